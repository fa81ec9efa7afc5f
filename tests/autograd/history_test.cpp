// What becomes of a gradient where the graph was let go in part, or where a tensor's history changes.
#include <gtest/gtest.h>
#include <tapegrad/autograd/checkpoint.h>
#include <tapegrad/autograd/grad.h>

#include <cmath>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

using autograd::grad;
using autograd::tensor_list;

constexpr const char* kSecondTime = "Trying to backward through the graph a second time";

Tensor leaf(std::initializer_list<double> values) {
  return tensor(std::vector<double>(values), kDouble).requires_grad_();
}

TEST(LetGo, GradNeverGivesAPartOfAGradient) {
  const Tensor x = leaf({0.0, 1.0});
  const Tensor y1 = x.exp(), y2 = x * 1;
  y1.sum().backward();
  const Tensor z = y1 + y2;
  expect_error<AutogradError>([&] { grad({z.sum()}, {x}); }, kSecondTime);
  expect_error<AutogradError>([&] { z.sum().backward({}, {}, false, {x}); }, kSecondTime);
  EXPECT_TRUE(x.grad().equal(x.detach().exp())) << "what the first pass left";
}

TEST(LetGo, RetainedBranchesStayWhole) {
  const Tensor x = leaf({0.0, 1.0});
  const Tensor y1 = x.exp(), y2 = x * 1;
  y1.sum().backward({}, true);
  EXPECT_TRUE(grad({(y1 + y2).sum()}, {x})[0].equal(x.detach().exp() + 1));
}

TEST(LetGo, WhatIsNewerThanTheBranchHasItsGradient) {
  const Tensor x = leaf({0.5});
  const Tensor y = x.exp();
  y.sum().backward();
  const Tensor w = leaf({3.0});
  const Tensor h = y * w;  // the way gradient penalties ask: for what was made after the branch was let go
  EXPECT_DOUBLE_EQ(grad({(h * h).sum()}, {h})[0].item<double>(), 2 * h.item<double>());
  EXPECT_DOUBLE_EQ(grad({(y * w).sum()}, {w})[0].item<double>(), std::exp(0.5));
  EXPECT_DOUBLE_EQ(grad({(y * w).sum()}, {y})[0].item<double>(), 3.0) << "the branch itself is not entered";
}

TEST(LetGo, BranchesThatSaveNothingMayBeUsedAgain) {
  const Tensor x = leaf({2.0});
  const Tensor t = x + x;
  t.sum().backward();
  EXPECT_DOUBLE_EQ(grad({t.sum()}, {x})[0].item<double>(), 2.0);
}

TEST(LetGo, CheckpointedFunctionsRefuseSuchABranch) {
  const Tensor x = leaf({0.5}), w = leaf({2.0});
  const Tensor y = x.exp();
  y.sum().backward();
  const auto fn = [y](const tensor_list& in) { return tensor_list{in[0] * y}; };
  expect_error<AutogradError>([&] { autograd::checkpoint(fn, {w}); }, kSecondTime);
}

TEST(Data, WhatARecordSavedOfItIsWhatItWas) {
  const Tensor x = leaf({3.0}), w = leaf({2.0});
  const Tensor d = x.data();
  const Tensor y = d * w;
  Tensor z = w * 1;
  z.mul_(d.view({1}));
  d.add_(1);
  EXPECT_DOUBLE_EQ(x.item<double>(), 4.0);
  EXPECT_DOUBLE_EQ(grad({y}, {w})[0].item<double>(), 3.0);
  EXPECT_DOUBLE_EQ(grad({z}, {w})[0].item<double>(), 3.0);
}

TEST(Div, ItsResultMayBeChangedInPlace) {
  const Tensor a = leaf({3.0, 5.0}), b = leaf({2.0, 4.0});
  Tensor y = a / b;
  y.add_(1);
  y.sum().backward();
  EXPECT_TRUE(a.grad().equal(tensor({0.5, 0.25}, kDouble)));
  EXPECT_TRUE(b.grad().equal(tensor({-0.75, -0.3125}, kDouble)));
}

TEST(Saved, ConstantsStayConstantWhereTheyRequireGradLater) {
  const Tensor w = leaf({2.0});
  Tensor x = tensor({3.0}, kDouble);
  const Tensor y = (x * w).square(), again = (x * w).square();
  x.requires_grad_();
  EXPECT_FALSE(grad({grad({y}, {w}, {}, true, true)[0]}, {x}, {}, {}, false, true)[0].defined());
  x.reset();
  const Tensor g = grad({again}, {w}, {}, true, true)[0];
  EXPECT_DOUBLE_EQ(g.item<double>(), 36.0);
  EXPECT_DOUBLE_EQ(grad({g}, {w})[0].item<double>(), 18.0);
}

TEST(Detach, InPlaceKeepsTheGradient) {
  const Tensor x = leaf({3.0});
  (x * x).sum().backward();
  x.detach_();
  EXPECT_FALSE(x.requires_grad());
  EXPECT_DOUBLE_EQ(x.grad().item<double>(), 6.0);
  x.requires_grad_();
  (x * x).sum().backward();
  EXPECT_DOUBLE_EQ(x.grad().item<double>(), 12.0);
}

TEST(Detach, InPlaceKeepsARetainedGradient) {
  const Tensor x = leaf({3.0});
  const Tensor y = x * 2;
  y.retain_grad();
  (y * y).sum().backward();
  y.detach_();
  EXPECT_TRUE(y.is_leaf());
  EXPECT_DOUBLE_EQ(y.grad().item<double>(), 12.0);
  EXPECT_DOUBLE_EQ(x.grad().item<double>(), 24.0);
}

TEST(Frozen, LeavesTakeNoGradientOfAnEarlierForward) {
  const Tensor x = leaf({3.0}), w = leaf({2.0});
  int calls = 0;
  x.register_hook([&](const Tensor&) { ++calls; });
  const Tensor y = x * w;
  x.requires_grad_(false);
  y.sum().backward({}, true);
  EXPECT_FALSE(x.grad().defined());
  EXPECT_EQ(calls, 0);
  EXPECT_DOUBLE_EQ(w.grad().item<double>(), 3.0);
  x.requires_grad_();
  y.sum().backward();
  EXPECT_DOUBLE_EQ(x.grad().item<double>(), 2.0);
  const Tensor z = x * 5;
  x.detach_();
  z.sum().backward();
  EXPECT_DOUBLE_EQ(x.grad().item<double>(), 2.0) << "what it had";
}

struct DetachesWhatItSaved : autograd::Function<DetachesWhatItSaved> {
  static Tensor forward(autograd::AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * 3;
  }
  static tensor_list backward(autograd::AutogradContext* ctx, tensor_list g) {
    Tensor x = ctx->get_saved_variables()[0];
    x.requires_grad_(false);
    x.detach_();
    x.requires_grad_();
    return {g[0] * 3};
  }
};

TEST(Frozen, IsNotALeafWhoseSavedValueIsDetached) {
  const Tensor x = leaf({1.0});
  for (int i = 1; i < 3; ++i) {
    DetachesWhatItSaved::apply(x).sum().backward({}, true, true);
    EXPECT_DOUBLE_EQ(x.grad().item<double>(), 3.0 * i);
  }
}

TEST(Detach, InPlaceTakesAResultThatEndsInAView) {
  const Tensor x = randn({2, 3, 4}, kDouble), w = randn({5, 4}, kDouble).requires_grad_();
  const Tensor y = linear(x, w);
  y.detach_();
  EXPECT_TRUE(y.is_leaf());
}

TEST(Grad, ThatThrowsForAnUnusedInputFillsNoGradient) {
  const Tensor x = leaf({3.0}), other = leaf({1.0});
  const Tensor y = x * x;
  y.retain_grad();
  expect_error<AutogradError>([&] { grad({y.sum()}, {y, other}, {}, true); }, "not have been used in the graph");
  EXPECT_FALSE(y.grad().defined());
}

TEST(Backward, FromAViewOutOfDateThrows) {
  const Tensor x = leaf({1.0, 2.0});
  const Tensor b = x * 1;
  const Tensor v = b.view({2, 1});
  b.mul_(3);
  expect_error<AutogradError>([&] { v.backward(ones({2, 1}, kDouble)); }, "take the view again after the change");
  expect_error<AutogradError>([&] { grad({v}, {x}, {ones({2, 1}, kDouble)}); }, "take the view again");
}

TEST(RetainGrad, FollowsAnInPlaceChange) {
  const Tensor x = leaf({3.0});
  Tensor y = x * 2;
  y.retain_grad();
  (y * y).sum().backward({}, true);
  y.add_(1);
  EXPECT_DOUBLE_EQ(y.grad().item<double>(), 12.0) << "the change takes nothing away";
  EXPECT_TRUE(y.retains_grad());
  y.sum().backward();
  EXPECT_DOUBLE_EQ(y.grad().item<double>(), 13.0);
}

TEST(InPlace, KeepsTheGradientThatALeafHad) {
  Tensor x = leaf({3.0});
  (x * x).sum().backward();
  x.requires_grad_(false);
  x.mul_(leaf({2.0}));
  EXPECT_FALSE(x.is_leaf());
  EXPECT_DOUBLE_EQ(x.grad().item<double>(), 6.0);
}

TEST(Hooks, MayRemoveThemselves) {
  const Tensor x = leaf({3.0});
  std::vector<int> ran;
  unsigned first = 0;
  first = x.register_hook([&](const Tensor&) {
    ran.push_back(1);
    x.remove_hook(first);
  });
  x.register_hook([&](const Tensor&) { ran.push_back(2); });
  (x * x).sum().backward();
  (x * x).sum().backward();
  EXPECT_EQ(ran, (std::vector<int>{1, 2, 2}));
}

TEST(Hooks, ThatRemoveThemselvesMustKeepTheShapeToo) {
  const Tensor x = leaf({3.0});
  x.register_hook([&](const Tensor&) {
    x.remove_hook(0);
    return zeros({2}, kDouble);
  });
  expect_error<AutogradError>([&] { (x * x).sum().backward(); }, "hook '0' has changed the size of value");
}

TEST(Hooks, MayBeRemovedAfterARecordedWrite) {
  const Tensor x = leaf({3.0});
  Tensor y = x * 2;
  const unsigned id = y.register_hook([](const Tensor&) {});
  y.add_(1);
  y.remove_hook(id);
  EXPECT_EQ(y.register_hook([](const Tensor&) {}), id + 1);
}

// The hook stands with the history that y had: taken off y, it runs no more for what was made of y before either.
TEST(Hooks, AreRemovedFromWhatWasBeforeAWrite) {
  const Tensor x = leaf({3.0});
  Tensor y = x * 2;
  int calls = 0;
  const unsigned first = y.register_hook([&](const Tensor&) { ++calls; });
  const unsigned second = y.register_hook([&](const Tensor&) { calls += 10; });
  const Tensor before = y * 3;
  y.add_(1).mul_(2);
  y.remove_hook(first);
  (before + y).sum().backward();
  EXPECT_EQ(calls, 10);
  y.remove_hook(second);
  y.remove_hook(second);  // once more, as ever
  Tensor z = (x * 2).add_(1);
  z.register_hook([&](const Tensor&) { calls += 100; });
  Tensor w = z * 1;  // z's hooks are not w's
  w.register_hook([](const Tensor&) {});
  w.remove_hook(0);
  w.remove_hook(0);
  w.sum().backward();
  EXPECT_EQ(calls, 110);
}

TEST(Hooks, KeepAStateOfTheirOwn) {
  const Tensor x = leaf({3.0});
  std::vector<int> counts;
  x.register_hook([&counts, n = 0](const Tensor&) mutable { counts.push_back(++n); });
  for (int i = 0; i < 3; ++i) (x * x).sum().backward();
  EXPECT_EQ(counts, (std::vector<int>{1, 2, 3}));
}

TEST(Hooks, AddedByAHookRunFromTheNextTimeOn) {
  const Tensor x = leaf({3.0});
  int added = 0, ran = 0;
  x.register_hook([&](const Tensor&) {
    ++added;
    x.register_hook([&](const Tensor&) { ++ran; });
  });
  (x * x).sum().backward();
  EXPECT_EQ(added, 1);
  EXPECT_EQ(ran, 0);
  (x * x).sum().backward();
  EXPECT_EQ(ran, 1);
}

void differentiate_inside(int depth, int& deepest) {
  const AutoGradMode on(true);  // a backward pass switches it off
  const Tensor x = leaf({3.0});
  x.register_hook([&](const Tensor&) {
    deepest = std::max(deepest, depth);
    if (depth < 300) differentiate_inside(depth + 1, deepest);
  });
  const Tensor y = x * x;
  (y * y + y).sum().backward();
  EXPECT_DOUBLE_EQ(x.grad().item<double>(), 114.0);
}

TEST(Backward, RunsInsideItselfDeeperThanAByteCounts) {
  int deepest = 0;
  differentiate_inside(1, deepest);
  EXPECT_EQ(deepest, 300);
}

struct Both : autograd::Function<Both> {
  static tensor_list forward(autograd::AutogradContext*, const Tensor& x) { return {x * 2, x * 3}; }
  static tensor_list backward(autograd::AutogradContext*, tensor_list g) { return {g[0] * 2 + g[1] * 3}; }
};

TEST(Function, GathersItsGradientsAPassWhereOneRunsInsideAnother) {
  const Tensor x = leaf({1.0});
  const tensor_list y = Both::apply(x);
  Tensor inner;
  // When the hook runs, the function has the outer pass's gradient of y[1] and waits for that of y[0].
  y[0].register_hook([&](const Tensor&) { inner = grad({y[1]}, {x}, {tensor({10.0}, kDouble)}, true)[0]; });
  (y[0].sum() + y[1].sum()).backward({}, true);
  EXPECT_DOUBLE_EQ(inner.item<double>(), 30.0);
  EXPECT_DOUBLE_EQ(x.grad().item<double>(), 5.0);
}

struct WritesThroughAPointer : autograd::Function<WritesThroughAPointer> {
  static Tensor forward(autograd::AutogradContext* ctx, const Tensor& v) {
    for (std::int64_t i = 0; i < v.numel(); ++i) v.data_ptr<double>()[i] *= 2;
    ctx->mark_dirty({v});
    return v;
  }
  static tensor_list backward(autograd::AutogradContext*, tensor_list g) { return {g[0] * 2}; }
};

TEST(Function, ADirtyInputHasAnotherVersion) {
  const Tensor w = leaf({3.0});
  const Tensor x = w * 1;
  const Tensor y = x * x;
  const std::int64_t before = x.version();
  WritesThroughAPointer::apply(x);
  EXPECT_EQ(x.version(), before + 1);
  expect_error<AutogradError>([&] { y.sum().backward(); }, "has been modified by an inplace operation");
}

TEST(Function, ADirtyInputHasAnotherVersionAlsoUnrecorded) {
  const Tensor x = tensor({3.0}, kDouble), w = leaf({2.0});
  const Tensor y = w * x;
  WritesThroughAPointer::apply(x);
  expect_error<AutogradError>([&] { y.sum().backward(); }, "has been modified by an inplace operation");
}

}  // namespace
}  // namespace tapegrad
