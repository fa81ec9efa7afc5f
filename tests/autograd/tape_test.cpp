// The tape: what backward() leaves in .grad, what may be walked again, and derivatives of derivatives.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {
namespace {

using Floats = std::vector<float>;
using Doubles = std::vector<double>;

Tensor leaf(const std::vector<double>& v = {1, 2, 3}) { return tensor(v, kDouble).requires_grad_(); }
Doubles grad_of(const Tensor& x) { return x.grad().to_vector<double>(); }

// --- .grad

TEST(Grad, IsUndefinedBeforeABackward) {
  const Tensor x = leaf();
  EXPECT_FALSE(x.grad().defined());
  (x * 2).sum().backward();
  EXPECT_TRUE(x.grad().defined());
  EXPECT_FALSE(x.grad().requires_grad());
}

TEST(Grad, Accumulates) {
  const Tensor x = leaf();
  (x * x).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{2, 4, 6}));
  const Tensor first = x.grad();
  (x * 10).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{12, 14, 16}));
  EXPECT_TRUE(x.grad().is_same(first)) << "further gradients are added in place";
  x.zero_grad();
  EXPECT_FALSE(x.grad().defined());
  (x * 5).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{5, 5, 5}));
  EXPECT_EQ(first.to_vector<double>(), (Doubles{12, 14, 16})) << "zero_grad() lets go, it does not write";
}

TEST(Grad, MayBeAssigned) {
  const Tensor x = leaf();
  x.mutable_grad() = ones({3}, kDouble);
  (x * 2).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{3, 3, 3}));
  x.mutable_grad() = Tensor();
  EXPECT_FALSE(x.grad().defined());
}

TEST(Grad, OfAnotherShapeIsNotAddedTo) {
  const Tensor x = leaf();
  x.mutable_grad() = ones({2}, kDouble);
  EXPECT_THROW((x * 2).sum().backward(), Error);
  EXPECT_EQ(grad_of(x), (Doubles{1, 1}));
}

TEST(Grad, NeverSharesBytesWithTheCotangent) {
  const Tensor w = tensor({1.0, 2.0, 3.0}, kDouble);
  const auto expect_own = [&](const Tensor& x, const char* what) {
    ASSERT_TRUE(x.grad().defined()) << what;
    EXPECT_NE(x.grad().data_ptr(), w.data_ptr()) << what;
    EXPECT_EQ(grad_of(x), w.to_vector<double>()) << what;
  };
  const Tensor itself = leaf(), viewed = leaf(), added = leaf(), copied = leaf(), cast = leaf(), piece = leaf();
  itself.backward(w);
  viewed.view({3, 1}).view(3).backward(w);
  (added + 1).backward(w);
  copied.clone().backward(w);
  cast.to(kDouble).backward(w);
  piece.narrow(0, 0, 3).backward(w);
  expect_own(itself, "the leaf itself");
  expect_own(viewed, "view");
  expect_own(added, "add");
  expect_own(copied, "clone");
  expect_own(cast, "to");
  expect_own(piece, "narrow");
  w.fill_(100);
  EXPECT_EQ(grad_of(itself), (Doubles{1, 2, 3}));
  EXPECT_EQ(grad_of(added), (Doubles{1, 2, 3}));
}

TEST(Grad, NeverSharesBytesWithAnotherGrad) {
  const Tensor x = leaf(), y = leaf();
  const Tensor sum = x + y;
  sum.retain_grad();
  sum.backward(ones({3}, kDouble));
  EXPECT_NE(x.grad().data_ptr(), y.grad().data_ptr());
  EXPECT_NE(x.grad().data_ptr(), sum.grad().data_ptr());
  EXPECT_NE(y.grad().data_ptr(), sum.grad().data_ptr());
  x.grad().fill_(7);
  EXPECT_EQ(grad_of(y), (Doubles{1, 1, 1}));
  EXPECT_EQ(grad_of(sum), (Doubles{1, 1, 1}));
  const Tensor w = ones({3}, kDouble);
  const auto g = autograd::grad({x + y}, {x, y}, {w});
  EXPECT_NE(g[0].data_ptr(), g[1].data_ptr());
  EXPECT_NE(g[0].data_ptr(), w.data_ptr());
  EXPECT_NE(g[1].data_ptr(), w.data_ptr());
}

TEST(Grad, RetainedNeverSharesBytesWithTheCotangent) {
  const Tensor x = leaf(), w = tensor({1.0, 2.0, 3.0}, kDouble);
  const Tensor y = x * 2;
  y.retain_grad();
  y.backward(w);
  EXPECT_NE(y.grad().data_ptr(), w.data_ptr());
  const Tensor z = x * 2;
  z.retain_grad();
  z.sum().backward();  // an expanded number inside
  z.grad()[1] = 5.0;
  EXPECT_EQ(grad_of(z), (Doubles{1, 5, 1}));
}

TEST(Grad, IsNotWrittenToThroughWhatItSharesOnTheWay) {
  // a and b get the same gradient; a gets more. b must not see it.
  const Tensor x = leaf(), y = leaf();
  const Tensor a = x * 1, b = y * 1;
  const Tensor more = a * 3, sum = a + b;
  ((sum + more) * tensor({1.0, 1.0, 1.0}, kDouble)).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{4, 4, 4}));
  EXPECT_EQ(grad_of(y), (Doubles{1, 1, 1}));
}

TEST(Grad, NeverSharesBytesWithWhatAHookSaw) {
  const Tensor x = leaf(), two = tensor({2.0, 2.0, 2.0}, kDouble);
  const Tensor y = x + 0;
  Tensor seen;
  y.register_hook([&](const Tensor& g) { seen = g; });
  x.register_hook([&](const Tensor& g) { return g; });
  Tensor leaf_seen;
  x.register_hook([&](const Tensor& g) { leaf_seen = g; });
  (y * two).sum().backward();
  leaf_seen.fill_(50);
  seen.fill_(50);
  EXPECT_EQ(grad_of(x), (Doubles{2, 2, 2}));
}

TEST(Grad, CanBeWrittenElementByElement) {
  const Tensor x = zeros({2, 3}, kDouble).requires_grad_();
  x.sum().backward();  // an expanded number inside
  x.grad()[0][1] = 5.0;
  EXPECT_EQ(grad_of(x), (Doubles{1, 5, 1, 1, 1, 1}));
  x.grad().mul_(2);
  EXPECT_EQ(grad_of(x), (Doubles{2, 10, 2, 2, 2, 2}));
}

TEST(Grad, OfAProgramThatDoesNotUseALeafStaysUndefined) {
  const Tensor x = leaf(), y = leaf();
  (x * 2).sum().backward();
  EXPECT_FALSE(y.grad().defined());
  const Tensor unused = y * 3;
  (x * 2 + unused.detach()).sum().backward();
  EXPECT_FALSE(y.grad().defined());
}

TEST(Grad, AddsUpOverAllPathsThroughADiamond) {
  const Tensor x = leaf();
  const Tensor a = x * 2, b = x * 3, c = a * b;
  (c + a + x + x).sum().backward();  // 6 x^2 + 4 x
  EXPECT_EQ(grad_of(x), (Doubles{16, 28, 40}));
}

TEST(Grad, AddsUpOverATensorUsedTwiceByOneOperation) {
  const Tensor x = leaf();
  (x * x).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{2, 4, 6}));
  x.zero_grad();
  cat({x, x, x}).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{3, 3, 3}));
  x.zero_grad();
  (x - x).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{0, 0, 0}));
}

TEST(Grad, ReachesOnlyTheInputsNamed) {
  const Tensor x = leaf(), y = leaf();
  const Tensor loss = (x * y).sum();
  loss.backward({}, std::nullopt, false, {x});
  EXPECT_EQ(grad_of(x), (Doubles{1, 2, 3}));
  EXPECT_FALSE(y.grad().defined());
}

TEST(Grad, OfALongChainOfUsesIsExact) {
  const Tensor x = leaf({1});
  Tensor sum = zeros({1}, kDouble);
  for (int i = 0; i < 1000; ++i) sum = sum + x * i;
  sum.backward();
  EXPECT_EQ(grad_of(x), (Doubles{499500}));
}

// --- walking a graph again

TEST(RetainGraph, MayBeWalkedAnyNumberOfTimes) {
  const Tensor x = leaf();
  const Tensor loss = (x * x).exp().log().sum();
  for (int i = 0; i < 3; ++i) loss.backward({}, /*retain_graph=*/true);
  const Doubles thrice = grad_of(x);
  x.zero_grad();
  loss.backward();
  EXPECT_EQ(thrice, (Doubles{grad_of(x)[0] * 3, grad_of(x)[1] * 3, grad_of(x)[2] * 3}));
  EXPECT_THROW(loss.backward(), AutogradError);
}

TEST(SecondBackward, ThrowsWhereSomethingWasSaved) {
  const Tensor x = leaf();
  const auto expect_once = [&](const Tensor& loss, const char* what) {
    loss.backward();
    EXPECT_THROW(loss.backward(), AutogradError) << what;
  };
  expect_once((x * x).sum(), "mul");
  expect_once(exp(x).sum(), "exp");
  expect_once(pow(x, 2).sum(), "pow");
  expect_once(matmul(x.view({1, 3}), x.view({3, 1})).sum(), "matmul");
  expect_once(mse_loss(x, zeros({3}, kDouble)), "mse_loss");
  expect_once(((x * x) + 1).sum(), "mul below add");
}

TEST(SecondBackward, IsAllowedWhereNothingWasSaved) {
  const Tensor x = zeros({2, 3}, kDouble).requires_grad_(), y = zeros({2, 3}, kDouble).requires_grad_();
  const Tensor loss = (x + y - x.t().t() + x.view(6).view({2, 3})).sum();
  loss.backward();
  loss.backward();
  EXPECT_EQ(grad_of(x), Doubles(6, 2.0));
  EXPECT_EQ(grad_of(y), Doubles(6, 2.0));
}

TEST(SecondBackward, AllowsATransposeHoistedOutOfTheLoop) {
  const Tensor w = tensor({{1.0, 2.0}, {3.0, 4.0}}, kDouble).requires_grad_();
  const Tensor wt = w.t();
  for (int i = 0; i < 3; ++i) matmul(ones({1, 2}, kDouble), wt).sum().backward();
  EXPECT_EQ(grad_of(w), (Doubles{3, 3, 3, 3}));
}

TEST(SecondBackward, OfAnotherPartOfTheGraphStillWorks) {
  const Tensor x = leaf();
  const Tensor y = x + 1;  // saves nothing
  (y * y).sum().backward();
  (y * 3).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{4 + 3, 6 + 3, 8 + 3}));
}

// --- derivatives of derivatives

TEST(CreateGraph, GoesToThirdOrderAndBeyond) {
  const Tensor x = tensor(1.5, kDouble).requires_grad_();
  const Tensor y = x * x * x * x;
  const Tensor d1 = autograd::grad({y}, {x}, {}, std::nullopt, /*create_graph=*/true)[0];
  const Tensor d2 = autograd::grad({d1}, {x}, {}, std::nullopt, true)[0];
  const Tensor d3 = autograd::grad({d2}, {x}, {}, std::nullopt, true)[0];
  const Tensor d4 = autograd::grad({d3}, {x}, {}, std::nullopt, true)[0];
  EXPECT_DOUBLE_EQ(d1.item<double>(), 4 * 1.5 * 1.5 * 1.5);
  EXPECT_DOUBLE_EQ(d2.item<double>(), 12 * 1.5 * 1.5);
  EXPECT_DOUBLE_EQ(d3.item<double>(), 24 * 1.5);
  EXPECT_DOUBLE_EQ(d4.item<double>(), 24);
}

TEST(CreateGraph, GoesToFifthOrderThroughTranscendentals) {
  const double at = 0.3;
  const Tensor x = tensor(at, kDouble).requires_grad_();
  Tensor d = exp(x * 2) + log(x);
  for (int order = 0; order < 5; ++order) d = autograd::grad({d}, {x}, {}, std::nullopt, true)[0];
  const double expected = 32 * std::exp(2 * at) + 24 / std::pow(at, 5);
  EXPECT_NEAR(d.item<double>(), expected, 1e-12 * expected);
}

TEST(CreateGraph, ByBackwardGivesAGradThatHasHistory) {
  const Tensor x = leaf();
  (x * x * x).sum().backward({}, std::nullopt, /*create_graph=*/true);
  EXPECT_TRUE(x.grad().requires_grad());
  const Tensor g = x.grad();
  x.zero_grad();
  g.sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{6, 12, 18}));
}

TEST(CreateGraph, AddsToAGradThatIsThereWithHistory) {
  const Tensor x = leaf();
  (x * 10).sum().backward();
  const Tensor before = x.grad();
  (x * x).sum().backward({}, std::nullopt, /*create_graph=*/true);
  EXPECT_EQ(grad_of(x), (Doubles{12, 14, 16}));
  EXPECT_TRUE(x.grad().requires_grad());
  EXPECT_EQ(before.to_vector<double>(), (Doubles{10, 10, 10}));
  EXPECT_EQ(autograd::grad({x.grad().sum()}, {x})[0].to_vector<double>(), (Doubles{2, 2, 2}));
}

TEST(CreateGraph, KeepsTheGraphForAnotherBackward) {
  const Tensor x = leaf();
  const Tensor loss = (x * x * x).sum();
  const Tensor g = autograd::grad({loss}, {x}, {}, std::nullopt, true)[0];
  loss.backward();
  EXPECT_EQ(grad_of(x), (Doubles{3, 12, 27}));
  EXPECT_EQ(g.to_vector<double>(), (Doubles{3, 12, 27}));
}

TEST(CreateGraph, DifferentiatesTheCotangentToo) {
  const Tensor x = leaf(), w = leaf({1, 1, 1});
  const Tensor g = autograd::grad({x * x}, {x}, {w}, std::nullopt, true)[0];  // 2 x w
  g.sum().backward();
  EXPECT_EQ(grad_of(w), (Doubles{2, 4, 6}));
  EXPECT_EQ(grad_of(x), (Doubles{2, 2, 2}));
}

TEST(CreateGraph, GivesTheGradientPenaltyItsGradient) {
  const Tensor w = leaf({2}), x = leaf({3});
  const Tensor y = (w * x * x).sum();
  const Tensor g = autograd::grad({y}, {x}, {}, std::nullopt, true)[0];  // 2 w x = 12
  (g * g).sum().backward();                                              // 4 w^2 x^2
  EXPECT_EQ(grad_of(w), (Doubles{8 * 2 * 9}));
  EXPECT_EQ(grad_of(x), (Doubles{8 * 4 * 3}));
}

// --- leaves, modes

TEST(RequiresGrad, MakesALeafOfWhatTheUserMade) {
  const Tensor x = ones({2});
  EXPECT_TRUE(x.is_leaf());
  EXPECT_FALSE(x.requires_grad());
  x.requires_grad_();
  EXPECT_TRUE(x.is_leaf() && x.requires_grad());
  EXPECT_EQ(x.grad_fn(), nullptr);
  const Tensor y = x * 2;
  EXPECT_FALSE(y.is_leaf());
  EXPECT_TRUE(y.requires_grad());
  x.requires_grad_(false);
  EXPECT_FALSE((x * 2).requires_grad());
  EXPECT_TRUE(ones({2}, requires_grad()).requires_grad());
  EXPECT_TRUE(tensor({1.0, 2.0}, TensorOptions().dtype(kDouble).requires_grad(true)).requires_grad());
}

TEST(RequiresGrad, IsForFloatingPointAndForLeaves) {
  EXPECT_THROW(ones({2}, kLong).requires_grad_(), Error);
  EXPECT_THROW(ones({2}, kBool).requires_grad_(), Error);
  EXPECT_THROW(ones({2}, TensorOptions(kLong).requires_grad(true)), Error);
  EXPECT_NO_THROW(ones({2}, kLong).requires_grad_(false));
  const Tensor y = ones({2}, requires_grad()) * 2;
  EXPECT_NO_THROW(y.requires_grad_());
  EXPECT_THROW(y.requires_grad_(false), AutogradError);
}

TEST(GradMode, IsRestoredByItsGuards) {
  const Tensor x = leaf();
  EXPECT_TRUE(is_grad_enabled());
  {
    const NoGradGuard off;
    EXPECT_FALSE(is_grad_enabled());
    EXPECT_FALSE((x * 2).requires_grad());
    {
      const AutoGradMode on(true);
      EXPECT_TRUE(is_grad_enabled());
      EXPECT_TRUE((x * 2).requires_grad());
    }
    EXPECT_FALSE(is_grad_enabled());
  }
  EXPECT_TRUE(is_grad_enabled());
  try {
    const NoGradGuard off;
    throw 1;
  } catch (int) {
  }
  EXPECT_TRUE(is_grad_enabled());
}

TEST(GradMode, OffStillMakesViewsThatShare) {
  const Tensor x = leaf();
  const NoGradGuard off;
  x.narrow(0, 0, 1).fill_(9);
  EXPECT_EQ(x.to_vector<double>(), (Doubles{9, 2, 3}));
  EXPECT_EQ(x.version(), 1);
}

TEST(GradMode, BackwardWithoutCreateGraphRecordsNothing) {
  const Tensor x = leaf();
  bool enabled = true;
  const Tensor y = x * 2;
  y.register_hook([&](const Tensor& g) {
    enabled = is_grad_enabled();
    EXPECT_FALSE(g.requires_grad());
  });
  y.sum().backward({}, /*retain_graph=*/true);
  EXPECT_FALSE(enabled);
  EXPECT_TRUE(is_grad_enabled());
  y.sum().backward({}, std::nullopt, /*create_graph=*/true);
  EXPECT_TRUE(enabled);
}

}  // namespace
}  // namespace tapegrad::test
