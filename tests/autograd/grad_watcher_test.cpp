// Who watches leaves is told of each gradient once it is final, and may change all before .grad does.
#include <tapegrad/autograd/grad_watcher.h>

#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

namespace tapegrad {
namespace {

struct Watcher : GradWatcher {
  using GradWatcher::GradWatcher;
  void ready(std::size_t index, const Tensor& grad) override {
    order.push_back(index);
    values.push_back(grad.to_vector<float>());
    if (on_ready) on_ready(index);
  }
  void settle(std::vector<Tensor>& grads) override {
    ++settled;
    if (on_settle) on_settle(grads);
  }
  std::vector<std::size_t> order;
  std::vector<std::vector<float>> values;
  int settled = 0;
  std::function<void(std::size_t)> on_ready;
  std::function<void(std::vector<Tensor>&)> on_settle;
};

Tensor leaf(float v) { return tensor({v}).requires_grad_(); }

TEST(GradWatcher, IsToldInReverseOrderOfUseWhileBackwardGoesOn) {
  const Tensor a = leaf(2), b = leaf(3), c = leaf(4);
  Watcher watcher({a, b, c});
  bool reached_a = false;
  const Tensor h = a * 1;
  h.register_hook([&](const Tensor&) { reached_a = true; });
  watcher.on_ready = [&](std::size_t index) { EXPECT_EQ(reached_a, index == 0); };
  (h * b * c).sum().backward();
  EXPECT_EQ(watcher.order, (std::vector<std::size_t>{2, 1, 0}));
  EXPECT_EQ(watcher.values, (std::vector<std::vector<float>>{{6}, {8}, {12}}));
  EXPECT_EQ(watcher.settled, 1);
  EXPECT_EQ(a.grad().item<float>(), 12);
}

TEST(GradWatcher, IsToldOfALeafOfManyUsesWhenItsLastEdgeHasDelivered) {
  const Tensor a = leaf(2), b = leaf(3);
  Watcher watcher({a, b});
  const Tensor early = a * b, late = early * a + a;
  (late * b + a * a).sum().backward();
  // late b + a^2 with late = a^2 b + a: by a 2 a b^2 + b + 2 a, by b 2 a^2 b + a. The last to deliver is a * b.
  EXPECT_EQ(watcher.values, (std::vector<std::vector<float>>{{43}, {26}}));
  EXPECT_EQ(watcher.order, (std::vector<std::size_t>{0, 1}));
}

TEST(GradWatcher, GradientsOfWhatItSettlesTakeThePlaceOfThePasss) {
  const Tensor a = leaf(2), b = leaf(3);
  Watcher watcher({a, b});
  watcher.on_settle = [](std::vector<Tensor>& grads) {
    EXPECT_EQ(grads[0].item<float>(), 1);
    EXPECT_FALSE(grads[1].defined());
    grads[0] = tensor({10.0f});
    grads[1] = tensor({20.0f});
  };
  a.sum().backward();
  a.sum().backward();
  EXPECT_EQ(a.grad().item<float>(), 20);
  EXPECT_EQ(b.grad().item<float>(), 40);
}

TEST(GradWatcher, WhatItThrowsLeavesEveryGradAsItWas) {
  const Tensor a = leaf(2), other = leaf(3);
  Watcher watcher({a});
  (a * other).sum().backward();
  watcher.on_settle = [](std::vector<Tensor>&) { throw Error("no"); };
  EXPECT_THROW((a * other).sum().backward(), Error);
  EXPECT_EQ(a.grad().item<float>(), 3);
  EXPECT_EQ(other.grad().item<float>(), 2);
  watcher.on_settle = nullptr;
  (a * other).sum().backward();
  EXPECT_EQ(a.grad().item<float>(), 6);
}

TEST(GradWatcher, SeesBackwardOfChosenInputsButNotGrad) {
  const Tensor a = leaf(2), b = leaf(3);
  Watcher watcher({a, b});
  autograd::grad({(a * b).sum()}, {a});
  EXPECT_EQ(watcher.settled, 0);
  (a * b * a).sum().backward({}, {}, false, {a});
  EXPECT_EQ(watcher.order, std::vector<std::size_t>{0});
  EXPECT_EQ(watcher.values[0], std::vector<float>{12});
}

TEST(GradWatcher, SeesGradientsThroughCheckpointsFunctionsAndPassesWithinPasses) {
  const Tensor a = leaf(2), b = leaf(3);
  Watcher watcher({a, b});
  const Tensor y = autograd::checkpoint([&](const Tensor& x) { return x * b * b; }, a * 1);
  y.register_hook([](const Tensor& g) {
    const AutoGradMode recording(true);
    const Tensor other = tensor({5.0f}).requires_grad_();
    (other * other).sum().backward();
    return g;
  });
  y.sum().backward();
  EXPECT_EQ(watcher.settled, 1);
  EXPECT_EQ(a.grad().item<float>(), 9);
  EXPECT_EQ(b.grad().item<float>(), 12);
  EXPECT_EQ(watcher.values.size(), 2U);
}

TEST(GradWatcher, ARootThatIsALeafIsToldToo) {
  const Tensor a = leaf(2);
  Watcher watcher({a});
  autograd::backward({a, (a * a).sum()}, {ones({1}), ones({})});
  EXPECT_EQ(watcher.values, std::vector<std::vector<float>>{{5}});
  a.backward();
  EXPECT_EQ(watcher.settled, 2);
}

TEST(GradWatcher, ALeafThatTakesNoGradientIsNotTold) {
  const Tensor a = leaf(2), b = leaf(3);
  Watcher watcher({a, b});
  const Tensor y = (a * b).sum();
  a.requires_grad_(false);
  y.backward();
  EXPECT_EQ(watcher.order, std::vector<std::size_t>{1});
}

TEST(GradWatcher, PassesWithinItsPassesOverTheSameLeavesAreRefused) {
  const Tensor a = leaf(2);
  Watcher watcher({a});
  watcher.on_ready = [&](std::size_t) { (a * 2).sum().backward(); };
  EXPECT_THROW((a * 3).sum().backward(), AutogradError);
  EXPECT_FALSE(a.grad().defined());
}

TEST(GradWatcher, LetsGoOfLeavesWhenItDies) {
  const Tensor a = leaf(2);
  {
    Watcher watcher({a});
    EXPECT_THROW(Watcher({a}), AutogradError);
  }
  (a * 2).sum().backward();
  EXPECT_EQ(a.grad().item<float>(), 2);
  Watcher again({a});
  (a * 2).sum().backward();
  EXPECT_EQ(again.settled, 1);
}

TEST(GradWatcher, TakesLeavesThatRequireGradAlone) {
  EXPECT_THROW(Watcher({ones({1})}), AutogradError);
  EXPECT_THROW(Watcher({leaf(1) * 2}), AutogradError);
  const Tensor a = leaf(1);
  EXPECT_THROW(Watcher({a, a}), AutogradError);
  a.sum().backward();  // nothing watches it
}

}  // namespace
}  // namespace tapegrad
