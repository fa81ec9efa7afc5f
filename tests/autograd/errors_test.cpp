// The sentences of the commonest mistakes, and that nothing has changed when they are thrown.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <new>
#include <string>
#include <typeinfo>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

#include "oracle.h"
#include "sanitizers.h"

namespace tapegrad::test {
namespace {

// The bytes, versions and gradients of tensors before a mistake, compared after it.
class Before {
 public:
  explicit Before(Tensors x) : tensors_(std::move(x)) {
    for (const Tensor& t : tensors_) {
      bits_.push_back(bits(t));
      versions_.push_back(t.version());
      grads_.push_back(t.requires_grad() && t.is_leaf() ? t.grad() : Tensor());
      grad_bits_.push_back(grads_.back().defined() ? bits(grads_.back()) : std::vector<std::uint64_t>());
    }
  }
  void expect_unchanged() const {
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      EXPECT_EQ(bits(tensors_[i]), bits_[i]) << "bytes of tensor " << i;
      EXPECT_EQ(tensors_[i].version(), versions_[i]) << "version of tensor " << i;
      if (!tensors_[i].requires_grad() || !tensors_[i].is_leaf()) continue;
      EXPECT_TRUE(tensors_[i].grad().is_same(grads_[i])) << ".grad of tensor " << i;
      if (!grads_[i].defined()) continue;
      EXPECT_EQ(bits(grads_[i]), grad_bits_[i]) << ".grad of tensor " << i;
    }
  }

 private:
  Tensors tensors_, grads_;
  std::vector<std::vector<std::uint64_t>> bits_, grad_bits_;
  std::vector<std::int64_t> versions_;
};

template <class E, class Call>
void expect_mistake(const std::string& sentence, const Tensors& watched, Call call) {
  const Before before(watched);
  try {
    call();
    ADD_FAILURE() << "nothing was thrown; expected: " << sentence;
  } catch (const Error& e) {
    EXPECT_EQ(typeid(e).name(), typeid(E).name()) << e.what();
    EXPECT_NE(std::string(e.what()).find(sentence), std::string::npos) << e.what() << "\nexpected: " << sentence;
  }
  before.expect_unchanged();
}

Tensor leaf() { return tensor({1.0f, 2.0f, 3.0f}).requires_grad_(); }
// A leaf whose .grad is there already: it must be left alone.
Tensor trained_leaf() {
  const Tensor x = leaf();
  (x * 2).sum().backward();
  return x;
}

TEST(Mistakes, BackwardFromANonScalar) {
  const Tensor x = trained_leaf();
  expect_mistake<AutogradError>("grad can be implicitly created only for scalar outputs", {x},
                                [&] { (x * x).backward(); });
  expect_mistake<AutogradError>("grad can be implicitly created only for scalar outputs", {x},
                                [&] { autograd::grad({x * x}, {x}); });
}

TEST(Mistakes, BackwardFromWhatHasNoHistory) {
  const Tensor x = tensor(1.0f);
  expect_mistake<AutogradError>("element 0 of tensors does not require grad and does not have a grad_fn", {x},
                                [&] { x.backward(); });
  const Tensor w = trained_leaf();
  expect_mistake<AutogradError>("element 0 of tensors does not require grad and does not have a grad_fn", {w},
                                [&] { w.detach().sum().backward(); });
  expect_mistake<AutogradError>("element 1 of tensors does not require grad and does not have a grad_fn", {w}, [&] {
    autograd::backward({w.sum(), x});
  });
}

TEST(Mistakes, ASecondBackward) {
  const Tensor x = leaf();
  const Tensor y = (x * x).sum();
  y.backward();
  const std::string sentence =
      "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
      "been freed).";
  expect_mistake<AutogradError>(sentence, {x}, [&] { y.backward(); });
  expect_mistake<AutogradError>("specify retain_graph = true if you need to backward through the graph a second time",
                                {x}, [&] { y.backward(); });
}

TEST(Mistakes, ALeafChangedInPlace) {
  const Tensor x = trained_leaf();
  const std::string sentence = "a leaf Variable that requires grad is being used in an in-place operation";
  expect_mistake<AutogradError>(sentence, {x}, [&] { x.add_(1); });
  expect_mistake<AutogradError>(sentence, {x}, [&] { x.zero_(); });
  expect_mistake<AutogradError>(sentence, {x}, [&] { x.uniform_(); });
  expect_mistake<AutogradError>(sentence, {x}, [&] { x.normal_(); });
  expect_mistake<AutogradError>(sentence, {x}, [&] { x.copy_(ones({3})); });
}

TEST(Mistakes, AViewOfALeafChangedInPlace) {
  const Tensor x = trained_leaf();
  const std::string sentence = "a view of a leaf Variable that requires grad is being used in an in-place operation";
  expect_mistake<AutogradError>(sentence, {x}, [&] { x.view({3, 1}).mul_(2); });
  expect_mistake<AutogradError>(sentence, {x}, [&] { x.narrow(0, 1, 2).fill_(7); });
  expect_mistake<AutogradError>(sentence, {x}, [&] { x[1] = 5.0f; });
}

TEST(Mistakes, ASavedTensorChangedInPlace) {
  const Tensor x = trained_leaf();
  const Tensor y = exp(x);
  y.add_(1);
  expect_mistake<AutogradError>(
      "one of the variables needed for gradient computation has been modified by an inplace operation: "
      "[FloatTensor [3]], which is output 0 of ExpBackward0, is at version 1; expected version 0 instead;",
      {x}, [&] { y.sum().backward(); });
  const Tensor w = ones({2, 3}, kDouble);
  const Tensor z = leaf();
  const Tensor product = (z * w).sum();
  w.mul_(2);
  w.mul_(2);
  expect_mistake<AutogradError>(
      "has been modified by an inplace operation: [DoubleTensor [2, 3]] is at version 2; "
      "expected version 0 instead;",
      {z, w}, [&] { product.backward(); });
}

TEST(Mistakes, ShapesThatDoNotBroadcast) {
  const Tensor a = ones({2, 3}), b = ones({2, 4});
  const std::string sentence =
      "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1";
  expect_mistake<ShapeError>(sentence, {a, b}, [&] { a + b; });
  expect_mistake<ShapeError>(sentence, {a, b}, [&] { a.mul_(b); });
  expect_mistake<ShapeError>(sentence, {a, b}, [&] { maximum(a, b); });
  const Tensor none = ones({2, 0});
  expect_mistake<ShapeError>("size of tensor a (3) must match the size of tensor b (0)", {a, none}, [&] { a + none; });
  expect_mistake<ShapeError>("size of tensor a (0) must match the size of tensor b (3)", {none, a}, [&] { none + a; });
}

TEST(Mistakes, ProductsOfShapesThatDoNotFit) {
  const Tensor a = ones({2, 3}), b = ones({4, 2});
  expect_mistake<ShapeError>("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x2)", {a, b}, [&] { mm(a, b); });
  expect_mistake<ShapeError>("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x2)", {a, b}, [&] { matmul(a, b); });
}

TEST(Mistakes, ProductsOfTwoDtypes) {
  const Tensor a = ones({2, 3}), b = ones({3, 2}, kDouble);
  expect_mistake<DtypeError>("expected scalar type Float but found Double", {a, b}, [&] { mm(a, b); });
  expect_mistake<DtypeError>("expected scalar type Double but found Float", {a, b}, [&] {
    mm(ones({2, 3}, kDouble), ones({3, 2}));
  });
}

TEST(Mistakes, AShapeOfAnotherSize) {
  const Tensor x = ones({2, 3});
  expect_mistake<ShapeError>("shape '[4]' is invalid for input of size 6", {x}, [&] { x.view(4); });
  expect_mistake<ShapeError>("shape '[4]' is invalid for input of size 6", {x}, [&] { x.reshape({4}); });
}

TEST(Mistakes, AViewThatStridesForbid) {
  const Tensor x = ones({2, 3});
  expect_mistake<ShapeError>(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
      "contiguous subspaces); use .reshape(...) instead",
      {x}, [&] { x.t().view(6); });
}

TEST(Mistakes, ANumberOfSeveralElements) {
  const Tensor x = ones({2});
  expect_mistake<ShapeError>("a Tensor with 2 elements cannot be converted to Scalar", {x}, [&] { x.item(); });
  expect_mistake<ShapeError>("a Tensor with 0 elements cannot be converted to Scalar", {x},
                             [&] { ones({0}).item<float>(); });
}

TEST(Mistakes, ADimensionOutOfRange) {
  const Tensor x = ones({2, 3});
  const std::string sentence = "Dimension out of range (expected to be in range of [-2, 1], but got 2)";
  const std::string other = "Dimension out of range (expected to be in range of [-2, 1], but got -3)";
  expect_mistake<IndexError>(sentence, {x}, [&] { x.sum(2); });
  expect_mistake<IndexError>(other, {x}, [&] { x.sum(-3); });
  expect_mistake<IndexError>(sentence, {x}, [&] { x.size(2); });
  expect_mistake<IndexError>(other, {x}, [&] { x.stride(-3); });
  expect_mistake<IndexError>(sentence, {x}, [&] { x.softmax(2); });
  expect_mistake<IndexError>(other, {x}, [&] { x.transpose(-3, 0); });
  const std::int64_t huge = std::numeric_limits<std::int64_t>::min();
  expect_mistake<IndexError>("Dimension out of range", {x}, [&] { x.sum(huge); });
  expect_mistake<IndexError>("Dimension out of range", {x}, [&] { x.unsqueeze(huge); });
}

TEST(Mistakes, TargetsThatAreNoClasses) {
  const Tensor x = ones({2, 3}).requires_grad_();
  expect_mistake<IndexError>("Target 3 is out of bounds.", {x}, [&] { cross_entropy(x, tensor({0, 3})); });
  expect_mistake<DtypeError>("expected scalar type Long but found Float", {x}, [&] {
    cross_entropy(x, tensor({0.0, 1.0}));
  });
  expect_mistake<ShapeError>("Expected input batch_size (2) to match target batch_size (3)", {x}, [&] {
    cross_entropy(x, tensor({0, 1, 2}));
  });
}

TEST(Mistakes, ATargetThatBroadcastsIsWarnedOf) {
  const Tensor x = ones({2, 1}), y = ones({2});
  ::testing::internal::CaptureStderr();
  const Tensor loss = mse_loss(x, y);
  const std::string warning = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(
      warning.find("Using a target size ([2]) that is different to the input size ([2, 1]). This will likely lead "
                   "to incorrect results due to broadcasting. Please ensure they have the same size."),
      std::string::npos)
      << warning;
  EXPECT_EQ(loss.item<float>(), 0.0f);
  ::testing::internal::CaptureStderr();
  mse_loss(x, x);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Mistakes, SayTheOperationFirst) {
  try {
    mm(ones({2, 3}), ones({4, 2}));
    ADD_FAILURE();
  } catch (const ShapeError& e) {
    EXPECT_EQ(std::string(e.what()).rfind("mm: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x2)", 0), 0U)
        << e.what();
  }
}

// --- sizes that overflow

TEST(HugeShapes, AreRefusedBeforeAnythingIsAllocated) {
  const std::int64_t p62 = std::int64_t{1} << 62, p61 = std::int64_t{1} << 61, p32 = std::int64_t{1} << 32;
  EXPECT_THROW(zeros({p62, 4}), ShapeError);
  EXPECT_THROW(empty({p62, 4}), ShapeError);
  EXPECT_THROW(ones({p32, p32}), ShapeError);
  EXPECT_THROW(zeros({p61}, kDouble), ShapeError);  // 2^64 bytes
  EXPECT_THROW(full({p32, p32}, 1), ShapeError);
  EXPECT_THROW(rand({p32, p32}), ShapeError);
  EXPECT_THROW(randn({p62, 4}), ShapeError);
  EXPECT_THROW(randint(10, {p62, 4}), ShapeError);
  EXPECT_THROW(eye(p32), ShapeError);
  EXPECT_THROW(zeros({-1}), ShapeError);
  EXPECT_THROW(zeros({2, -3}), ShapeError);
  EXPECT_THROW(zeros({1, 1, 1, 1, 1, 1, 1, 1, 1}), ShapeError);
  EXPECT_THROW(linspace(0, 1, p61), ShapeError);
  EXPECT_THROW(arange(0, 1e30), Error);
}

TEST(HugeShapes, AreRefusedByOperations) {
  const std::int64_t p62 = std::int64_t{1} << 62, p32 = std::int64_t{1} << 32, p31 = std::int64_t{1} << 31;
  const Tensor one = ones({1, 1});
  EXPECT_THROW(one.expand({p62, 4}), ShapeError);
  EXPECT_THROW(zeros({0}).view({p32, p32}), ShapeError);  // 2^64 is 0 in 64 bits
  EXPECT_THROW(ones({4}).reshape({p62, 4, 2}), ShapeError);
  const Tensor tall = one.expand({p32, 1}), wide = one.expand({1, p32});
  const Before before({one});
  EXPECT_THROW(tall + wide, ShapeError);
  EXPECT_THROW(maximum(tall, wide), ShapeError);
  EXPECT_THROW(where(tall > 0, tall, wide), ShapeError);
  EXPECT_THROW(mm(tall, wide), ShapeError);
  EXPECT_THROW(cat({ones({1}).expand({p62}), ones({1}).expand({p62})}), ShapeError);
  EXPECT_THROW(stack({one.expand({p32, p31 >> 1}), one.expand({p32, p31 >> 1})}), ShapeError);
  EXPECT_THROW(one.expand({p31, p31}).to(kDouble), ShapeError);
  before.expect_unchanged();
}

TEST(HugeShapes, ThatOnlyMemoryForbidsGiveBadAlloc) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's allocator ends the program instead";
  EXPECT_THROW(zeros({std::int64_t{1} << 50}), std::bad_alloc);
  const Tensor x = ones({1}).expand(std::int64_t{1} << 50);
  EXPECT_THROW(x * 2, std::bad_alloc);
  EXPECT_THROW(x.clone(), std::bad_alloc);
  EXPECT_EQ((ones({3}) * 2).sum().item<float>(), 6.0f);
}

TEST(UndefinedTensors, AreRefusedByOperations) {
  const Tensor none, x = ones({2});
  EXPECT_THROW(none + x, Error);
  EXPECT_THROW(x + none, Error);
  EXPECT_THROW(exp(none), Error);
  EXPECT_THROW(none.sum(), Error);
  EXPECT_THROW(matmul(x, none), Error);
  EXPECT_THROW(none.backward(), Error);
  EXPECT_THROW(none.item(), Error);
  EXPECT_THROW(none.view(2), Error);
  EXPECT_THROW(none.sizes(), Error);
  EXPECT_THROW(none.dtype(), Error);
  EXPECT_THROW(none[0], Error);
  EXPECT_THROW(cat({x, none}), Error);
  EXPECT_THROW(x.copy_(none), Error);
  EXPECT_THROW(none.add_(1), Error);
  EXPECT_THROW(none.requires_grad_(), Error);
  EXPECT_THROW(autograd::grad({x}, {none}), Error);
  EXPECT_THROW(autograd::backward({none}), Error);
  EXPECT_FALSE(none.defined());
  EXPECT_FALSE(none.requires_grad());
}

}  // namespace
}  // namespace tapegrad::test
