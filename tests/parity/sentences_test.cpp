// The sentences of exceptions, of tensors and optimisers: both say them of the commonest mistakes.
#include "tests/parity/parity.h"
#include "tests/parity/small_tensors.h"

namespace nn = torch::nn;

namespace {

TEST(Sentences, OfShapes) {
  EXPECT_TRUE(says([] { ones(2, 3).view({4}); }, "shape '[4]' is invalid for input of size 6"));
  EXPECT_TRUE(says([] { ones(2, 3).view({-1, -1}); }, "only one dimension can be inferred"));
  EXPECT_TRUE(says([] { ones(2, 3).t().view({6}); },
                   "view size is not compatible with input tensor's size and stride (at least one dimension spans "
                   "across two contiguous subspaces)"));
  EXPECT_TRUE(says([] { ones(2, 3).reshape({5}); }, "shape '[5]' is invalid for input of size 6"));
  EXPECT_TRUE(says(
      [] {
        ones(2, 3).expand({2, 4});
      },
      "The expanded size of the tensor (4) must match the existing size (3) at non-singleton dimension 1"));
  EXPECT_TRUE(
      says([] { ones(2, 3).expand({3}); },
           "the number of sizes provided (1) must be greater or equal to the number of dimensions in the tensor (2)"));
  EXPECT_TRUE(says([] { ones(2, 3).permute({0}); },
                   "number of dimensions in the tensor input does not match the length of the desired ordering of "
                   "dimensions i.e. input.dim() = 2 is not equal to len(dims) = 1"));
  EXPECT_TRUE(says([] { ones(2, 3).permute({0, 0}); }, "duplicate dims are not allowed"));
  EXPECT_TRUE(
      says([] { ones(2, 3).sum(2); }, "Dimension out of range (expected to be in range of [-2, 1], but got 2)"));
  EXPECT_TRUE(says([] { ones(2, 3).transpose(0, 5); },
                   "Dimension out of range (expected to be in range of [-2, 1], but got 5)"));
  EXPECT_TRUE(
      says([] { ones(2).unsqueeze(3); }, "Dimension out of range (expected to be in range of [-2, 1], but got 3)"));
  EXPECT_TRUE(says([] { ones(2, 3).flatten(1, 0); }, "has invalid args: start_dim cannot come after end_dim"));
  EXPECT_TRUE(says(
      [] {
        nn::Unflatten(nn::UnflattenOptions(0, {2, 2}))(ones(3));
      },
      "unflatten: Provided sizes [2, 2] don't multiply up to the size of dim 0 (3) in the input tensor"));
}

TEST(Sentences, OfBroadcasting) {
  EXPECT_TRUE(says([] { ones(2, 3) + ones(2, 4); },
                   "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1"));
  EXPECT_TRUE(says([] { nn::CosineEmbeddingLoss()(ones(2, 3), ones(2, 3), ones(3)); },
                   "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0"));
  EXPECT_TRUE(says([] { ones(2).copy_(ones(3)); },
                   "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"));
}

TEST(Sentences, OfJoining) {
  EXPECT_TRUE(says([] { torch::cat({ones(2, 3), ones(2, 4)}); }, "Sizes of tensors must match except in dimension 0"));
  EXPECT_TRUE(says([] { torch::cat({torch::tensor(1.0), torch::tensor(2.0)}); }, "cannot be concatenated"));
  EXPECT_TRUE(says([] { torch::cat(std::vector<torch::Tensor>{}); }, "expected a non-empty list of Tensors"));
  EXPECT_TRUE(says(
      [] {
        torch::stack({ones(2), ones(3)});
      },
      "expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1"));
}

TEST(Sentences, OfProducts) {
  EXPECT_TRUE(
      says([] { torch::mm(ones(2, 3), ones(2, 3)); }, "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"));
  EXPECT_TRUE(
      says([] { torch::matmul(ones(2, 3), ones(4, 5)); }, "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"));
  EXPECT_TRUE(says([] { torch::matmul(ones(2, 3, 4), ones(5, 4, 3)); },
                   "The size of tensor a (2) must match the size of tensor b (5) at non-singleton dimension 0"));
  EXPECT_TRUE(says([] { torch::matmul(ones(3), ones(4)); },
                   "inconsistent tensor size, expected tensor [3] and src [4] to have the same number of elements"));
  EXPECT_TRUE(says([] { torch::dot(ones(2), ones(3)); },
                   "inconsistent tensor size, expected tensor [2] and src [3] to have the same number of elements"));
  EXPECT_TRUE(says([] { torch::dot(ones(2, 2), ones(2)); }, "1D tensors expected, but got 2D and 1D tensors"));
  EXPECT_TRUE(says(
      [] {
        torch::mm(ones(2, 2), torch::ones({2, 2}, torch::kDouble));
      },
      "expected scalar type Float but found Double"));
  EXPECT_TRUE(says([] { nn::Linear(3, 2)(ones(4, 5)); }, "mat1 and mat2 shapes cannot be multiplied (4x5 and 3x2)"));
}

TEST(Sentences, OfIndices) {
  EXPECT_TRUE(says([] { ones(2, 3).index({0, 5}); }, "index 5 is out of bounds for dimension 1 with size 3"));
  EXPECT_TRUE(says([] { ones(2).index({0, 0}); }, "too many indices for tensor of dimension 1"));
  EXPECT_TRUE(says([] { torch::tensor(1.0)[0]; }, "cannot be applied to a 0-dim tensor"));
  EXPECT_TRUE(says([] { ones(2, 3).select(1, 3); }, "index 3 out of range for tensor of size [2, 3] at dimension 1"));
  EXPECT_TRUE(says([] { ones(4).narrow(0, 2, 3); }, "start (2) + length (3) exceeds dimension size (4)"));
  EXPECT_TRUE(says([] { ones(4).index_select(0, classes(4)); }, "index out of range in self"));
  EXPECT_TRUE(says(
      [] {
        ones(2, 2).gather(1, torch::tensor({{2}, {0}}));
      },
      "index 2 is out of bounds for dimension 1 with size 2"));
  EXPECT_TRUE(says([] { ones(2, 2).gather(1, ones(2, 1)); }, "Expected dtype int64 for index"));
  EXPECT_TRUE(says(
      [] {
        ones(4).split_with_sizes({1, 2});
      },
      "expects split_sizes to sum exactly to 4 (input tensor's size at dimension 0), but got split_sizes=[1, 2]"));
  EXPECT_TRUE(says([] { ones(4).chunk(0); }, "expects `chunks` to be greater than 0, got: 0"));
  EXPECT_TRUE(says([] { torch::topk(ones(2), 3); }, "selected index k out of range"));
  EXPECT_TRUE(says([] { torch::one_hot(classes(3), 2); }, "Class values must be smaller than num_classes"));
}

TEST(Sentences, OfNumbers) {
  EXPECT_TRUE(says([] { ones(2).item(); }, "a Tensor with 2 elements cannot be converted to Scalar"));
  EXPECT_TRUE(says([] { classes(1, 2).div_(2); }, "result type Float can't be cast to the desired output type Long"));
  EXPECT_TRUE(says([] { classes(1, 2).add_(0.5); }, "result type Float can't be cast to the desired output type Long"));
  EXPECT_TRUE(
      says([] { classes(1, 2).mean(); },
           "could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long"));
  EXPECT_TRUE(says(
      [] {
        const auto t = ones(2);
        t.accessor<double, 1>();
      },
      "expected scalar type Double but found Float"));
  EXPECT_TRUE(says([] { ones(2).data_ptr<double>(); }, "expected scalar type Double but found Float"));
  EXPECT_TRUE(says([] { torch::searchsorted(ones(2, 3), ones(3, 1)); },
                   "boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input "
                   "value tensor must match, but we got boundaries tensor [2, 3] and input value tensor [3, 1]"));
  EXPECT_TRUE(says([] { torch::bincount(classes(-1)); }, "only supports 1-d non-negative integral inputs"));
}

TEST(Sentences, OfCreation) {
  EXPECT_TRUE(says([] { torch::zeros({-1}); }, "Trying to create tensor with negative dimension -1: [-1]"));
  EXPECT_TRUE(says([] { torch::arange(3, 0); }, "upper bound and larger bound inconsistent with step sign"));
  EXPECT_TRUE(
      says([] { torch::randint(3, 3, {1}); }, "random_ expects 'from' to be less than 'to', but got from=3 >= to=3"));
}

TEST(Sentences, OfBackward) {
  EXPECT_TRUE(says([] { ones(2).requires_grad_().mul(2).backward(); },
                   "grad can be implicitly created only for scalar outputs"));
  EXPECT_TRUE(
      says([] { ones().backward(); }, "element 0 of tensors does not require grad and does not have a grad_fn"));
  EXPECT_TRUE(says(
      [] {
        const auto t = ones(2).requires_grad_().pow(2).sum();
        t.backward();
        t.backward();
      },
      "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
      "been freed)"));
  EXPECT_TRUE(says([] { ones(2).requires_grad_().add_(1); },
                   "a leaf Variable that requires grad is being used in an in-place operation"));
  EXPECT_TRUE(says([] { ones(2, 2).requires_grad_()[0].add_(1); },
                   "a view of a leaf Variable that requires grad is being used in an in-place operation"));
  EXPECT_TRUE(says(
      [] {
        const auto x = ones(2).requires_grad_().exp();
        const auto y = x * x;
        x.add_(1);
        y.sum().backward();
      },
      "one of the variables needed for gradient computation has been modified by an inplace operation"));
}

TEST(Sentences, OfOptimizers) {
  EXPECT_TRUE(says([] { torch::optim::Adam({ones(1).requires_grad_()}, torch::optim::AdamOptions(-1)); },
                   "Invalid learning rate: -1"));
  EXPECT_TRUE(says(
      [] {
        torch::optim::Adam({ones(1).requires_grad_()}, torch::optim::AdamOptions(0.1).betas(std::make_tuple(1.5, 0.9)));
      },
      "Invalid beta parameter at index 0: 1.5"));
  EXPECT_TRUE(says([] { torch::optim::SGD({ones(1).requires_grad_()}, torch::optim::SGDOptions(0.1).momentum(-1)); },
                   "Invalid momentum value: -1"));
  EXPECT_TRUE(says([] { torch::optim::SGD({ones(1).requires_grad_()}, torch::optim::SGDOptions(0.1).nesterov(true)); },
                   "Nesterov momentum requires a momentum and zero dampening"));
  EXPECT_TRUE(says([] { torch::optim::SGD({ones(1).requires_grad_() * 2}, 0.1); }, "can't optimize a non-leaf Tensor"));
}

TEST(Sentences, OfLinearAlgebra) {
  EXPECT_TRUE(says([] { torch::linalg::cholesky(ones(2, 3)); },
                   "cholesky: A must be batches of square matrices, but they are 2 by 3 matrices"));
  EXPECT_TRUE(says(
      [] {
        torch::linalg::inv(torch::zeros({2, 2}));
      },
      "inv: The diagonal element 1 is zero, the inversion could not be completed because the input matrix is "
      "singular"));
}

}  // namespace
