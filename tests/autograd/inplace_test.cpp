// In-place changes: versions, what is found out at backward, views that went stale; detach() and data().
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {
namespace {

using Doubles = std::vector<double>;

Tensor leaf(const std::vector<double>& v = {1, 2, 3}) { return tensor(v, kDouble).requires_grad_(); }
Doubles grad_of(const Tensor& x) { return x.grad().to_vector<double>(); }

template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const AutogradError& e) {
    return e.what();
  }
  return "nothing was thrown";
}

bool says_modified(const std::string& message) {
  return message.find("has been modified by an inplace operation") != std::string::npos;
}

// --- versions

TEST(Version, CountsChangesInPlace) {
  const Tensor x = ones({3});
  EXPECT_EQ(x.version(), 0);
  x.add_(1);
  x.mul_(2);
  EXPECT_EQ(x.version(), 2);
  EXPECT_EQ(x._version(), 2);
  x.zero_();
  x.fill_(3);
  x.copy_(ones({3}));
  x.uniform_();
  x.normal_();
  EXPECT_EQ(x.version(), 7);
  EXPECT_EQ((x + 1).version(), 0);
}

TEST(Version, IsSharedByViewsAndByDetach) {
  const Tensor x = ones({3});
  const Tensor view = x.narrow(0, 0, 2), detached = x.detach();
  x.add_(1);
  EXPECT_EQ(view.version(), 1);
  EXPECT_EQ(detached.version(), 1);
  view.add_(1);
  EXPECT_EQ(x.version(), 2);
  detached.add_(1);
  EXPECT_EQ(x.version(), 3);
}

TEST(Version, IsNotSharedByData) {
  const Tensor x = ones({3});
  x.data().add_(1);
  EXPECT_EQ(x.version(), 0);
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{2, 2, 2}));
}

TEST(Version, IsCountedOnceByAnAssignmentToAnElement) {
  const Tensor x = zeros({2, 3});
  x[0][1] = 5.0f;
  EXPECT_EQ(x.version(), 1);
  x[1] = ones({3});
  EXPECT_EQ(x.version(), 2);
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{0, 5, 0, 1, 1, 1}));
}

// --- detach and data

TEST(Detach, SharesBytesWithoutHistory) {
  const Tensor x = leaf();
  const Tensor y = x * 2, d = y.detach();
  EXPECT_FALSE(d.requires_grad());
  EXPECT_TRUE(d.is_leaf());
  EXPECT_EQ(d.grad_fn(), nullptr);
  EXPECT_EQ(d.data_ptr(), y.data_ptr());
  (y * d).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{4, 8, 12}));
}

TEST(Detach, InPlaceTurnsATensorIntoALeaf) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  EXPECT_TRUE(y.detach_().is_same(y));
  EXPECT_TRUE(y.is_leaf());
  EXPECT_FALSE(y.requires_grad());
  EXPECT_EQ(y.to_vector<double>(), (Doubles{2, 4, 6}));
}

TEST(Detach, LetsAChangeBeFoundOutAndDataDoesNot) {
  const Tensor x = leaf();
  const Tensor y = exp(x);
  y.detach().add_(1);
  EXPECT_TRUE(says_modified(message_of([&] { y.sum().backward(); })));
  const Tensor z = exp(x);
  z.data().zero_();
  z.sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{0, 0, 0}));
}

// --- differentiable in-place operations

TEST(InPlace, IsDifferentiable) {
  const Tensor x = leaf(), w = leaf({4, 5, 6});
  Tensor y = x * 2;
  y.mul_(w).add_(x, 3).sub_(1);  // 2 x w + 3 x - 1
  EXPECT_EQ(y.to_vector<double>(), (Doubles{10, 25, 44}));
  y.sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{11, 13, 15}));
  EXPECT_EQ(grad_of(w), (Doubles{2, 4, 6}));
}

TEST(InPlace, RecordsATensorThatHadNoHistory) {
  const Tensor w = leaf();
  const Tensor sum = zeros({3}, kDouble);
  sum.add_(w);
  EXPECT_TRUE(sum.requires_grad());
  EXPECT_FALSE(sum.is_leaf());
  sum.add_(w);
  sum.sum().backward();
  EXPECT_EQ(grad_of(w), (Doubles{2, 2, 2}));
}

TEST(InPlace, IsSeenByEveryHandleToTheTensor) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  const Tensor other = y;
  y.mul_(5);
  EXPECT_EQ(other.grad_fn()->name(), "MulBackward0");
  other.sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{10, 10, 10}));
}

TEST(InPlace, CutsOffWhatIsOverwritten) {
  const Tensor x = leaf(), w = leaf();
  const Tensor y = x * x;
  y.zero_();
  y.add_(w);
  y.sum().backward();
  EXPECT_EQ(grad_of(w), (Doubles{1, 1, 1}));
  EXPECT_TRUE(!x.grad().defined() || grad_of(x) == (Doubles{0, 0, 0}));
}

TEST(InPlace, ReadsWhatOverlapsBeforeItWrites) {
  const Tensor x = ones({100}, kDouble), square = ones({40, 40}, kDouble).triu();
  x.narrow(0, 1, 99).add_(x.narrow(0, 0, 99));
  EXPECT_EQ(x.narrow(0, 1, 99).to_vector<double>(), Doubles(99, 2));
  square.add_(square.t());
  EXPECT_TRUE(square.equal(ones({40, 40}, kDouble) + eye(40, kDouble)));
}

TEST(InPlace, CopiesWithTheSourcesGradient) {
  const Tensor x = leaf({2});
  const Tensor y = zeros({3}, kFloat);
  y.copy_(x);
  (y * tensor({1.0f, 2.0f, 3.0f})).sum().backward();
  EXPECT_EQ(x.grad().dtype(), kDouble);
  EXPECT_EQ(grad_of(x), (Doubles{6}));
}

TEST(InPlace, IsTwiceDifferentiable) {
  const Tensor x = leaf();
  const Tensor y = x * 1;
  y.mul_(x).mul_(x);  // x^3
  const Tensor g = autograd::grad({y.sum()}, {x}, {}, std::nullopt, true)[0];
  g.sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{6, 12, 18}));
}

// --- found out at backward

TEST(SavedTensors, ChangedInPlaceAreFoundOut) {
  const Tensor x = leaf();
  const Tensor input = ones({3}, kDouble);
  const Tensor product = x * input;
  input.add_(1);
  EXPECT_TRUE(says_modified(message_of([&] { product.sum().backward(); })));
  const Tensor output = tanh(x);
  output.mul_(2);
  EXPECT_TRUE(says_modified(message_of([&] { output.sum().backward(); })));
  const Tensor through_view = x * 1, square = through_view * through_view;
  const Tensor view = through_view.detach().narrow(0, 0, 1);
  view.add_(1);
  EXPECT_TRUE(says_modified(message_of([&] { square.sum().backward(); })));
  EXPECT_FALSE(x.grad().defined());
}

TEST(SavedTensors, ChangedByAnOptimizerBeforeBackwardAreFoundOut) {
  const Tensor w = leaf(), x = leaf();
  const Tensor loss = (w * x).sum();
  {
    const NoGradGuard off;
    w.sub_(0.5);
  }
  const std::string message = message_of([&] { loss.backward(); });
  EXPECT_TRUE(says_modified(message)) << message;
  EXPECT_NE(message.find("[DoubleTensor [3]] is at version 1; expected version 0 instead;"), std::string::npos)
      << message;
}

TEST(SavedTensors, ThatNoRuleReadsMayBeChanged) {
  const Tensor x = leaf(), y = leaf({4, 5, 6});
  const Tensor a = x * 1, b = a + y;  // add reads nothing
  a.zero_();
  b.sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{1, 1, 1}));
  const Tensor p = x * 1;
  const Tensor scaled = p * 3;  // a number is no tensor
  p.zero_();
  scaled.sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{4, 4, 4}));
}

TEST(SavedTensors, AreOnlyThoseTheWantedGradientsRead) {
  const Tensor x = leaf();
  const Tensor w = ones({3}, kDouble);  // wants no gradient, so x is not saved
  const Tensor xs = x * 1, y = xs * w;
  xs.zero_();
  y.sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{1, 1, 1}));
}

TEST(SavedTensors, ThatNoWantedGradientReadsAreLetGoOf) {
  double numbers[] = {1, 2, 3};
  bool freed = false;
  Tensor y;
  {
    const Tensor x = from_blob(
                         numbers, {3}, [&](void*) { freed = true; }, kDouble)
                         .requires_grad_();
    y = x * ones({3}, kDouble);
  }
  EXPECT_TRUE(freed);
  y.sum().backward();
}

TEST(SavedTensors, ThatAreAGradAreFoundOutWhenBackwardAddsToIt) {
  const Tensor x = leaf(), w = leaf();
  (x * 2).sum().backward();
  const Tensor y = w * x.grad();
  (x * 3).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{5, 5, 5}));
  EXPECT_TRUE(says_modified(message_of([&] { y.sum().backward(); })));
}

TEST(SavedTensors, AtTheRightVersionMayHaveBeenChangedBefore) {
  const Tensor x = leaf();
  const Tensor y = x * 1;
  y.add_(1);
  const Tensor z = exp(y).log();
  z.sum().backward();
  for (const double g : grad_of(x)) EXPECT_NEAR(g, 1.0, 1e-12);
}

// --- views

TEST(Views, ShareBytesAndHistory) {
  const Tensor x = leaf({1, 2, 3, 4});
  const Tensor v = x.view({2, 2});
  EXPECT_EQ(v.data_ptr(), x.data_ptr());
  EXPECT_EQ(v.grad_fn()->name(), "ViewBackward0");
  (v[1] * 2).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{0, 0, 2, 2}));
}

TEST(Views, TakeAnyStrideOfADimOfSizeOne) {
  const Tensor x = arange(6).view({1, 2, 3}).permute({1, 0, 2});
  EXPECT_EQ(x.stride(1), 6);
  EXPECT_EQ(x.view({6}).data_ptr(), x.data_ptr());
  EXPECT_EQ(x.reshape({3, 2}).data_ptr(), x.data_ptr());
}

TEST(Views, MadeBeforeARecordedChangeAreStale) {
  const Tensor x = leaf();
  const Tensor base = x * 1;
  const Tensor view = base.view({3, 1});
  base.mul_(2);
  EXPECT_THROW(view * 2, AutogradError);
  EXPECT_THROW(view.sum(), AutogradError);
  const Tensor fresh = base.view({3, 1});
  (fresh * 2).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{4, 4, 4}));
}

TEST(Views, OfATensorWithoutHistoryAreStaleOnceItGetsOne) {
  const Tensor w = leaf();
  const Tensor base = zeros({3}, kDouble);
  const Tensor view = base.view({3, 1});
  base.add_(w);
  EXPECT_THROW(view * leaf({2}), AutogradError);
}

TEST(Views, MadeBeforeAnUnrecordedChangeStayGood) {
  const Tensor w = leaf();
  const Tensor wt = w.view({1, 3});
  for (int step = 0; step < 3; ++step) {
    (wt * 2).sum().backward();
    const NoGradGuard off;
    w.sub_(w.grad() * 0.1);
    w.zero_grad();
  }
  (wt * 2).sum().backward();
  EXPECT_EQ(grad_of(w), (Doubles{2, 2, 2}));
}

TEST(Views, MayBeReadWhileStale) {
  const Tensor x = leaf();
  const Tensor base = x * 1;
  const Tensor view = base.view({3, 1});
  base.mul_(2);
  EXPECT_EQ(view.detach().to_vector<double>(), (Doubles{2, 4, 6}));
  const NoGradGuard off;
  EXPECT_EQ(view.to_vector<double>(), (Doubles{2, 4, 6}));
}

TEST(Views, OfWhatRequiresGradMayNotBeChangedInPlace) {
  const Tensor x = leaf();
  EXPECT_THROW(x.view({3, 1}).add_(1), AutogradError);
  EXPECT_THROW(x.narrow(0, 0, 1).zero_(), AutogradError);
  EXPECT_EQ(x.to_vector<double>(), (Doubles{1, 2, 3}));
  EXPECT_EQ(x.version(), 0);
}

TEST(Views, MadeWithoutRecordingWriteThrough) {
  const Tensor x = leaf();
  {
    const NoGradGuard off;
    x.view({3, 1}).add_(1);
  }
  EXPECT_EQ(x.to_vector<double>(), (Doubles{2, 3, 4}));
  (x * x).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{4, 6, 8}));
}

// --- writing elements

TEST(Elements, AreWrittenDifferentiably) {
  const Tensor x = leaf({7}), base = leaf();
  const Tensor y = base * 2;
  y[1] = x[0];
  EXPECT_EQ(y.to_vector<double>(), (Doubles{2, 7, 6}));
  (y * y).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{14}));
  EXPECT_EQ(grad_of(base), (Doubles{8, 0, 24}));
}

TEST(Elements, AreWrittenDifferentiablyThroughTwoIndices) {
  const Tensor x = leaf({7});
  const Tensor y = zeros({2, 3}, kDouble);
  y[1][2] = x[0] * 2;
  y[0] = x;  // broadcasts
  EXPECT_EQ(y.to_vector<double>(), (Doubles{7, 7, 7, 0, 0, 14}));
  (y * y).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{42 + 56}));
}

TEST(Elements, WrittenWithNumbersCutTheGradient) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  y[0] = 10.0;
  (y * y).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{0, 16, 24}));
}

// The view that a 3-D linear ends with is the only one to hold its bytes.
TEST(InPlace, WritesToAResultThatIsTheOnlyViewOfItsBytes) {
  const Tensor x = tensor({{{1.0, -2.0}, {3.0, 4.0}}}, kDouble).requires_grad_();
  const Tensor w = tensor({{1.0, 1.0}, {1.0, -1.0}}, kDouble).requires_grad_();
  const Tensor y = linear(x, w, undefined());
  y.relu_();
  y.sum().backward();
  EXPECT_EQ(y.to_vector<double>(), (std::vector<double>{0, 3, 7, 0}));
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{1, -1, 1, 1}));
  EXPECT_EQ(w.grad().to_vector<double>(), (std::vector<double>{3, 4, 1, -2}));
  const Tensor z = x * 2;
  const Tensor view = z.view({4});
  EXPECT_THROW(view.mul_(2), AutogradError);
}

// A dim of size 1 repeated last is no view of the copy that was made for an earlier one.
TEST(InPlace, WritesIntoWhatWasRepeated) {
  Tensor x = ones({2, 1}).repeat({2, 3});
  EXPECT_TRUE(x.is_contiguous());
  x[0][1] = 5;
  EXPECT_EQ(x.add_(x).to_vector<float>(), (std::vector<float>{2, 10, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}));
  EXPECT_TRUE(ones({2, 1}).tile({2, 3}).is_contiguous());
}

}  // namespace
}  // namespace tapegrad::test
