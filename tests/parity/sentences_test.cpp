// The sentences of exceptions: both say them of the commonest mistakes.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;

namespace {

// Of these sizes.
template <class... Size>
torch::Tensor ones(Size... sizes) {
  return torch::ones({static_cast<int64_t>(sizes)...});
}
template <class... Class>
torch::Tensor classes(Class... numbers) {
  return torch::tensor({static_cast<int64_t>(numbers)...});
}

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

TEST(Sentences, OfConvolutions) {
  EXPECT_TRUE(says([] { nn::Conv2d(3, 4, 2)(ones(1, 2, 5, 5)); },
                   "Given groups=1, weight of size [4, 3, 2, 2], expected input[1, 2, 5, 5] to have 3 channels, but "
                   "got 2 channels instead"));
  EXPECT_TRUE(says([] { nn::Conv1d(3, 4, 2)(ones(1, 2, 5)); },
                   "Given groups=1, weight of size [4, 3, 2], expected input[1, 2, 5] to have 3 channels, but got 2 "
                   "channels instead"));
  EXPECT_TRUE(says([] { nn::Conv2d(3, 4, 2)(ones(2, 5)); },
                   "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [2, 5]"));
  EXPECT_TRUE(says([] { nn::Conv2d(3, 4, 7)(ones(1, 3, 5, 5)); },
                   "Calculated padded input size per channel: (5 x 5). Kernel size: (7 x 7). Kernel size can't be "
                   "greater than actual input size"));
  EXPECT_TRUE(
      says([] { nn::Conv2d(nn::Conv2dOptions(3, 4, 2).groups(2)); }, "in_channels must be divisible by groups"));
  EXPECT_TRUE(
      says([] { nn::Conv2d(nn::Conv2dOptions(4, 3, 2).groups(2)); }, "out_channels must be divisible by groups"));
  EXPECT_TRUE(says([] { torch::conv2d(ones(1, 2, 5, 5), ones(3, 2, 2, 2), ones(2)); },
                   "Given weight of size [3, 2, 2, 2], expected bias to be 1-dimensional with 3 elements, but got bias "
                   "of size [2] instead"));
  EXPECT_TRUE(
      says([] { torch::conv2d(ones(1, 2, 5, 5), ones(3, 2, 2, 2), {}, 0); }, "non-positive stride is not supported"));
  EXPECT_TRUE(
      says([] { torch::conv2d(ones(1, 2, 5, 5), ones(3, 2, 2, 2), {}, 1, -1); }, "negative padding is not supported"));
  EXPECT_TRUE(says([] { nn::ConvTranspose2d(nn::ConvTranspose2dOptions(1, 1, 3).output_padding(2))(ones(1, 1, 4, 4)); },
                   "output padding must be smaller than either stride or dilation, but got output_padding"));
}

TEST(Sentences, OfPools) {
  EXPECT_TRUE(says([] { nn::MaxPool2d(3)(ones(1, 2, 2, 2)); }, "Output size is too small"));
  EXPECT_TRUE(says([] { nn::AvgPool2d(nn::AvgPool2dOptions(2).divisor_override(0))(ones(1, 1, 4, 4)); },
                   "divisor must be not zero"));
  EXPECT_TRUE(says([] { F::unfold(ones(2), F::UnfoldFuncOptions(2)); },
                   "Input Error: Only 4D input Tensors are supported (got"));
}

TEST(Sentences, OfNorms) {
  EXPECT_TRUE(says([] { nn::BatchNorm2d(3)(ones(2, 3)); }, "expected 4D input (got 2D input)"));
  EXPECT_TRUE(says([] { nn::BatchNorm1d(3)(ones(2, 3, 1, 1)); }, "expected 2D or 3D input (got 4D input)"));
  EXPECT_TRUE(says([] { nn::BatchNorm3d(3)(ones(2, 3)); }, "expected 5D input (got 2D input)"));
  EXPECT_TRUE(says([] { nn::BatchNorm1d(3)(ones(1, 3)); },
                   "Expected more than 1 value per channel when training, got input size [1, 3]"));
  EXPECT_TRUE(says([] { nn::InstanceNorm2d(3)(ones(2, 3)); }, "expected 3D or 4D input (got 2D input)"));
  EXPECT_TRUE(says([] { nn::LayerNorm(nn::LayerNormOptions({4}))(ones(2, 3)); },
                   "Given normalized_shape=[4], expected input with shape [*, 4], but got input of size[2, 3]"));
  EXPECT_TRUE(says([] { nn::GroupNorm(2, 4)(ones(1, 3, 2)); },
                   "Expected number of channels in input to be divisible by num_groups, but got input of shape [1, 3, "
                   "2] and num_groups=2"));
}

TEST(Sentences, OfClassification) {
  EXPECT_TRUE(says([] { nn::CrossEntropyLoss()(ones(3, 2), torch::zeros({2}, torch::kLong)); },
                   "Expected input batch_size (3) to match target batch_size (2)"));
  EXPECT_TRUE(says([] { nn::CrossEntropyLoss()(ones(2, 3), classes(0, 3)); }, "Target 3 is out of bounds"));
  EXPECT_TRUE(
      says([] { nn::CrossEntropyLoss()(ones(2, 3), torch::zeros({2})); }, "expected scalar type Long but found Float"));
  EXPECT_TRUE(says(
      [] { nn::CrossEntropyLoss(nn::CrossEntropyLossOptions().weight(ones(2)))(ones(2, 3), classes(0, 1)); },
      "weight tensor should be defined either for all 3 classes or no classes but got weight tensor of shape: [2]"));
}

TEST(Sentences, OfLosses) {
  EXPECT_TRUE(says([] { nn::BCELoss()(torch::full({2}, 0.5), ones(3)); },
                   "Using a target size ([3]) that is different to the input size ([2]) is deprecated"));
  EXPECT_TRUE(
      says([] { nn::BCELoss()(torch::full({2}, 1.5), ones(2)); }, "all elements of input should be between 0 and 1"));
  EXPECT_TRUE(says([] { nn::BCEWithLogitsLoss()(ones(2), ones(3)); },
                   "Target size ([3]) must be the same as input size ([2])"));
  EXPECT_TRUE(says([] { nn::MultiLabelMarginLoss()(ones(2, 3), classes(0, 1)); },
                   "inconsistent size [2] for argument #2 'target'"));
  EXPECT_TRUE(says([] { nn::MultiMarginLoss()(ones(2, 3), classes(0)); }, "inconsistent target size, got: [1]"));
  EXPECT_TRUE(says([] { nn::MultiMarginLoss(nn::MultiMarginLossOptions().p(3))(ones(2, 3), classes(0, 1)); },
                   "only p == 1 and p == 2 supported"));
  EXPECT_TRUE(says([] { nn::CosineEmbeddingLoss()(ones(2, 3), ones(2, 3), torch::tensor(1.0)); },
                   "0D target tensor expects 1D input tensors, but found inputs with sizes [2, 3] and [2, 3]"));
  EXPECT_TRUE(
      says([] { nn::MarginRankingLoss()(ones(2, 3), ones(2, 3), ones(3)); },
           "All input tensors should have same dimension but got sizes: input1: [2, 3], input2: [2, 3], target: [3]"));
}

TEST(Sentences, OfEmbeddings) {
  EXPECT_TRUE(says([] { nn::Embedding(3, 2)(classes(3)); }, "index out of range in self"));
  EXPECT_TRUE(
      says([] { nn::Embedding(3, 2)(ones(3)); },
           "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got"));
  EXPECT_TRUE(says([] { nn::Embedding(nn::EmbeddingOptions(3, 2).padding_idx(3)); },
                   "Padding_idx must be within num_embeddings"));
  EXPECT_TRUE(
      says([] { nn::Embedding::from_pretrained(ones(3)); }, "Embeddings parameter is expected to be 2-dimensional"));
  EXPECT_TRUE(says([] { nn::EmbeddingBag(3, 2)->forward(classes(1), classes(1)); },
                   "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. "
                   "However, got 1"));
  EXPECT_TRUE(says([] { nn::EmbeddingBag(3, 2)->forward(classes(1)); }, "offsets has to be a 1D Tensor but got null"));
  EXPECT_TRUE(says(
      [] { nn::EmbeddingBag(3, 2)->forward(torch::tensor({{1}}), classes(0)); },
      "If input is 2D, then offsets has to be null, as input is treated is a mini-batch of fixed length sequences"));
  EXPECT_TRUE(says([] { nn::EmbeddingBag(3, 2)->forward(torch::tensor({{{1}}})); },
                   "input has to be 1D or 2D Tensor, but got Tensor of dimension 3"));
}

TEST(Sentences, OfRecurrentLayers) {
  EXPECT_TRUE(
      says([] { nn::LSTM(2, 3)->forward(ones(4, 1, 3)); }, "input.size(-1) must be equal to input_size. Expected"));
  EXPECT_TRUE(
      says([] { nn::GRU(2, 3)->forward(ones(4, 1, 3)); }, "input.size(-1) must be equal to input_size. Expected"));
  EXPECT_TRUE(says([] { nn::LSTM(2, 3)->forward(ones(4, 1, 2), std::make_tuple(ones(1, 2, 3), ones(1, 2, 3))); },
                   "Expected hidden[0] size"));
  EXPECT_TRUE(says([] { nn::LSTM(2, 3)->forward(ones(4, 1, 2), std::make_tuple(ones(1, 1, 3), ones(1, 2, 3))); },
                   "Expected hidden[1] size"));
  EXPECT_TRUE(
      says([] { nn::LSTM(nn::LSTMOptions(2, 3).dropout(2)); },
           "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"));
  EXPECT_TRUE(
      says([] { nn::GRUCell(2, 3)(ones(2, 2), ones(1, 3)); }, "Input batch size 2 doesn't match hidden batch size"));
}

TEST(Sentences, OfAttention) {
  EXPECT_TRUE(says([] { nn::MultiheadAttention(5, 2); }, "embed_dim must be divisible by num_heads"));
  EXPECT_TRUE(
      says([] { nn::Transformer(nn::TransformerOptions(4, 2))(ones(2, 1, 3), ones(2, 1, 4)); },
           "src and tgt should have same feature size as d_model (at dim 2), but got 3 and 4 while d_model is 4"));
  EXPECT_TRUE(says([] { nn::Transformer(nn::TransformerOptions(4, 2))(ones(2, 1, 4), ones(2, 2, 4)); },
                   "src and tgt should have equal batch size (at dim 1), but got 1 and 2"));
}

TEST(Sentences, OfActivations) {
  EXPECT_TRUE(says([] { torch::glu(ones(2, 3)); }, "Halving dimension must be even, but dimension 1 is size 3"));
  EXPECT_TRUE(says([] { torch::softshrink(ones(2), -1); }, "lambda must be greater or equal to 0, but found to be -1"));
  EXPECT_TRUE(says([] { torch::celu(ones(2), 0); }, "ZeroDivisionError: alpha cannot be 0 for CELU"));
  EXPECT_TRUE(
      says([] { torch::prelu(ones(2, 3), ones(2)); },
           "Mismatch of parameter numbers and input channel size. Found parameter numbers = 2 and channel size = 3"));
  EXPECT_TRUE(says([] { nn::Softmax2d()(ones(2, 3)); }, "Softmax2d requires a 3D or 4D tensor as input"));
  EXPECT_TRUE(says([] { nn::Dropout(1.5); }, "dropout probability has to be between 0 and 1, but got 1.5"));
}

TEST(Sentences, OfPaddings) {
  EXPECT_TRUE(says([] { F::pad(ones(2, 3), F::PadFuncOptions({1})); }, "Padding length must be divisible by 2"));
  EXPECT_TRUE(says([] { nn::ReflectionPad1d(4)(ones(1, 3, 4)); },
                   "Padding size should be less than the corresponding input dimension, but got: padding (4, 4) at "
                   "dimension 2 of input [1, 3, 4]"));
  EXPECT_TRUE(says([] { torch::pixel_shuffle(ones(1, 3, 2, 2), 2); },
                   "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
                   "upscale_factor, but input.size(-3)=3 is not divisible by 4"));
  EXPECT_TRUE(says([] { F::interpolate(ones(1, 1, 2)); }, "either size or scale_factor should be defined"));
}

TEST(Sentences, OfInitialValues) {
  EXPECT_TRUE(says([] { nn::init::xavier_normal_(ones(3)); },
                   "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions"));
  EXPECT_TRUE(says([] { nn::init::eye_(ones(3)); }, "Only tensors with 2 dimensions are supported"));
  EXPECT_TRUE(says([] { nn::init::orthogonal_(ones(3)); }, "Only tensors with 2 or more dimensions are supported"));
}

TEST(Sentences, OfModules) {
  EXPECT_TRUE(says([] { nn::Sequential()->register_module("a.b", nn::Identity()); },
                   "Submodule name must not contain a dot (got 'a.b')"));
  EXPECT_TRUE(says([] { nn::Sequential()->register_parameter("", ones(1)); }, "Parameter name must not be empty"));
  EXPECT_TRUE(says([] { nn::Sequential()->forward(ones(1)); }, "Cannot call forward() on an empty Sequential"));
  EXPECT_TRUE(says(
      [] {
        nn::Linear none{nullptr};
        none->reset();
      },
      "Accessing empty ModuleHolder"));
}

}  // namespace
