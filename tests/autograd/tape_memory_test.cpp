// What the tape keeps, and how long: no heap allocation in a steady loop, and nothing that grows.
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

#include "memory.h"

namespace tapegrad::test {
namespace {

// The regression of the demo, by hand.
struct Regression {
  Tensor x = linspace(-1, 1, 32).view({32, 1}), y = x * 60 + 3;
  Tensor slope = tensor(1.0f).requires_grad_(), intercept = tensor(1.0f).requires_grad_();
  Tensor loss() const { return mse_loss(x * slope + intercept, y); }
  void update() const {
    const NoGradGuard off;
    for (const Tensor* p : {&slope, &intercept}) {
      p->sub_(p->grad(), 0.1);
      p->zero_grad();
    }
  }
  void step() const {
    loss().backward();
    update();
  }
};

struct Classifier {
  Tensor x = randn({64, 20}), target = randint(5, {64});
  Tensor w1 = randn({128, 20}).requires_grad_(), b1 = zeros({128}).requires_grad_();
  Tensor w2 = randn({5, 128}).requires_grad_(), b2 = zeros({5}).requires_grad_();
  Tensor loss() const { return cross_entropy(linear(relu(linear(x, w1, b1)), w2, b2), target); }
  void update() const {
    const NoGradGuard off;
    for (const Tensor* p : {&w1, &b1, &w2, &b2}) {
      p->sub_(p->grad() * 0.01);
      p->zero_grad();
    }
  }
};

template <class Step>
void expect_no_allocation(Step step) {
  for (int i = 0; i < 20; ++i) step();
  const std::uint64_t before = allocations();
  for (int i = 0; i < 100; ++i) step();
  const std::uint64_t made = allocations() - before;
  if (!malloc_is_counted()) GTEST_SKIP() << "this program's malloc is not ours: the calls cannot be counted";
  EXPECT_EQ(made, 0U);
}

TEST(SteadyLoop, OfTheRegressionAllocatesNothing) {
  const Regression r;
  expect_no_allocation([&] { r.step(); });
  EXPECT_NEAR(r.slope.item<float>(), 60, 1);
}

TEST(SteadyLoop, OfAClassifierAllocatesNothing) {
  const Classifier c;
  expect_no_allocation([&] {
    c.loss().backward();
    c.update();
  });
}

TEST(SteadyLoop, AllocatesNothingAfterMuchElseHasBeenDropped) {
  {
    std::vector<Tensor> others;  // whatever bounds the caches, they are full to the last KiB when these are dropped
    for (const std::int64_t floats : {9 << 20, 1 << 18, 1 << 14, 1 << 10, 1 << 8})
      for (int i = 0; i < 80; ++i) others.push_back(empty({floats}));
  }
  const Classifier c;
  expect_no_allocation([&] {
    c.loss().backward();
    c.update();
  });
}

TEST(SteadyLoop, WithViewsAndInPlaceOperationsAllocatesNothing) {
  const Tensor w = randn({4, 6}).requires_grad_();
  expect_no_allocation([&] {
    Tensor h = w.t().reshape({2, 12}) * 2;
    h.add_(1).mul_(h.detach());
    const Tensor part = h.narrow(1, 2, 5).select(0, 1) + w[0].slice(0, 0, 5).sum();
    softmax(part, 0).log().mean().backward();
    w.zero_grad();
  });
}

TEST(SteadyLoop, WithCreateGraphAllocatesNothing) {
  const Tensor w = randn({8}).requires_grad_();
  expect_no_allocation([&] {
    (w * w * w).sum().backward({}, std::nullopt, /*create_graph=*/true);
    const Tensor g = w.grad();
    w.zero_grad();
    g.sum().backward();
    w.zero_grad();
  });
}

TEST(SteadyLoop, WithHooksOnLeavesAllocatesNothing) {
  const Regression r;
  double seen = 0;
  r.slope.register_hook([&](const Tensor& g) { seen = g.item<double>(); });
  expect_no_allocation([&] { r.step(); });
  EXPECT_LT(std::abs(seen), 100);
}

// Repeats the step until the caches are warm, then demands that a byte a hundred steps is not lost.
template <class Step>
void expect_flat(Step step, int steps = 3000) {
  if (kSanitized) steps /= 10;
  for (int i = 0; i < 200; ++i) step();
  std::int64_t living = living_bytes();
  const std::int64_t resident = resident_bytes();
  for (int i = 0; i < steps; ++i) step();
  if (kSanitized && living_bytes() - living > 8 * 1024) {
    // A sanitizer's own statistics move in steps of 16 KiB: what leaks grows again.
    living = living_bytes();
    for (int i = 0; i < steps; ++i) step();
  }
  EXPECT_LE(living_bytes() - living, 8 * 1024) << "after " << steps << " steps";
  if (!kSanitized) {
    EXPECT_LE(resident_bytes() - resident, 1024 * 1024) << "after " << steps << " steps";
  }
}

TEST(Memory, StaysFlatInATrainingLoop) {
  const Regression r;
  expect_flat([&] { r.step(); });
}

TEST(Memory, StaysFlatWithAForgottenNoGradGuard) {
  const Classifier c;
  double sum = 0;
  expect_flat([&] { sum += c.loss().item<double>(); }, 1000);
  EXPECT_GT(sum, 0);
}

TEST(Memory, OfEveryLossKeptIsThatOfTheLossesAlone) {
  const Regression r;
  std::vector<Tensor> losses;
  const int steps = kSanitized ? 400 : 4000;
  losses.reserve(static_cast<std::size_t>(steps) + 200);
  const auto step = [&] {
    const Tensor x = ones({64, 64}), y = zeros({64, 64});  // 32 KiB that the loss must not hold
    losses.push_back(mse_loss(x * r.slope + r.intercept, y));
    losses.back().backward();
    r.update();
  };
  for (int i = 0; i < 200; ++i) step();
  const std::int64_t living = living_bytes(), resident = resident_bytes();
  for (int i = 0; i < steps; ++i) step();
  EXPECT_LE(living_bytes() - living, steps * 512);
  if (!kSanitized) {
    EXPECT_LE(resident_bytes() - resident, steps * 512 + 1024 * 1024);
  }
}

TEST(Memory, StaysFlatWithTwoLossesOverSeparateGraphs) {
  const Regression a, b;
  Tensor other = b.loss();  // alive, unwalked, while the first trains
  expect_flat([&] {
    a.step();
    a.loss().backward();
    other.backward();
    b.update();
    other = b.loss();
    a.update();
  });
}

TEST(Memory, StaysFlatWithGraphsOfCreateGraphDropped) {
  const Tensor w = randn({8}).requires_grad_();
  expect_flat([&] {
    const Tensor loss = (w * w * exp(w)).sum();
    loss.backward({}, std::nullopt, /*create_graph=*/true);
    w.zero_grad();
  });
  expect_flat([&] {
    const Tensor g = autograd::grad({(w * w * exp(w)).sum()}, {w}, {}, std::nullopt, true)[0];
    autograd::grad({g.sum()}, {w}, {}, std::nullopt, true);
  });
}

TEST(Memory, StaysFlatWhereAGradKeepsItsOwnGraph) {
  // x.grad -> its graph -> x: nobody but x holds it.
  expect_flat([] {
    const Tensor x = ones({8}).requires_grad_();
    (x * x * x).sum().backward({}, std::nullopt, /*create_graph=*/true);
  });
  // The same where x itself is gone before its .grad is made.
  expect_flat([] {
    Tensor loss;
    {
      const Tensor x = ones({8}).requires_grad_();
      loss = (x * x * x).sum();
    }
    loss.backward({}, std::nullopt, /*create_graph=*/true);
  });
  // The same where the graph is also held by an intermediate tensor.
  expect_flat([] {
    const Tensor x = ones({8}).requires_grad_();
    const Tensor y = exp(x * 2);
    y.retain_grad();
    y.sum().backward({}, std::nullopt, /*create_graph=*/true);
  });
}

TEST(Memory, StaysFlatWhereARecordSavedItsOwnOutput) {
  const Tensor x = ones({8}).requires_grad_();
  expect_flat([&] { exp(x); });
  expect_flat([&] { tanh(sigmoid(sqrt(exp(x)))); });
  expect_flat([&] { softmax(exp(x), 0).sum().backward({}, /*retain_graph=*/true); });
}

TEST(Memory, StaysFlatWhereATensorIsAddedToWhatItWasMadeFrom) {
  const Tensor x = ones({8}).requires_grad_();
  expect_flat([&] {
    const Tensor y = x * 3;
    const Tensor h = log(y);
    y.add_(h);
  });
  expect_flat([&] {
    const Tensor y = x * 3;
    y.mul_(y);
    y.mul_(exp(y));
  });
  expect_flat([&] {
    const Tensor buffer = zeros({8});
    for (int i = 0; i < 3; ++i) buffer[i] = (buffer * x).sum();
  });
}

TEST(Memory, StaysFlatOverARetainedTrunk) {
  const Tensor x = ones({8}).requires_grad_();
  const Tensor trunk = exp(x * 2);
  expect_flat([&] {
    (trunk * trunk).sum().backward({}, /*retain_graph=*/true);
    x.zero_grad();
    (trunk * 3).sum();  // a branch that is dropped
  });
}

TEST(Memory, StaysFlatInARecurrenceThatIsDetached) {
  const Tensor w = ones({8}).requires_grad_();
  Tensor h = zeros({8});
  expect_flat([&] {
    for (int t = 0; t < 5; ++t) h = tanh(h * w + 0.1);
    h.sum().backward();
    h = h.detach();
    w.zero_grad();
  });
}

TEST(Memory, StaysFlatInARecurrenceThatIsNeverWalked) {
  // The newest state holds all of its history: dropping it now and then must free it whole.
  const Tensor w = ones({8}).requires_grad_();
  expect_flat(
      [&] {
        Tensor h = zeros({8});
        for (int t = 0; t < 50; ++t) h = tanh(h * w + 0.1);
      },
      500);
}

TEST(Memory, StaysFlatWhereBackwardsAreRefused) {
  const Tensor x = ones({8}).requires_grad_();
  expect_flat(
      [&] {
        const Tensor y = exp(x), loss = (y * y).sum();
        loss.backward();
        EXPECT_THROW(loss.backward(), AutogradError);
        const Tensor z = exp(x);
        const Tensor changed = z * 2;
        z.add_(1);
        EXPECT_THROW(changed.sum().backward(), AutogradError);
        x.zero_grad();
      },
      500);
}

TEST(Memory, StaysFlatWhereHooksThrow) {
  const Tensor x = ones({8}).requires_grad_();
  expect_flat(
      [&] {
        const Tensor y = exp(x), z = y * y * x;
        y.register_hook([](const Tensor&) { throw std::runtime_error("hook"); });
        EXPECT_THROW(z.sum().backward(), std::runtime_error);
      },
      500);
}

struct Twice : autograd::Function<Twice> {
  static Tensor forward(autograd::AutogradContext* ctx, const Tensor& x) {
    const Tensor y = x * 2;
    ctx->save_for_backward({x, y});  // an input and its own output
    ctx->saved_data["copy"] = x.detach();
    return y;
  }
  static autograd::tensor_list backward(autograd::AutogradContext* ctx, autograd::tensor_list grads) {
    return {grads[0] * 2 + ctx->get_saved_variables()[1] * 0};
  }
};

TEST(Memory, StaysFlatWithFunctionsOfTheUser) {
  const Tensor x = ones({8}).requires_grad_();
  expect_flat([&] { Twice::apply(x * 3); });
  expect_flat([&] {
    Twice::apply(Twice::apply(x)).sum().backward();
    x.zero_grad();
  });
  expect_flat([&] {
    Twice::apply(x).sum().backward({}, std::nullopt, /*create_graph=*/true);
    x.zero_grad();
  });
}

TEST(Memory, OfALeafsGradGoesWithTheLeaf) {
  expect_flat([] {
    const Tensor x = ones({64}).requires_grad_();
    const Tensor y = x * 2;
    y.sum().backward();
  });
}

TEST(Memory, OfSavedValuesIsLetGoByBackward) {
  const Tensor x = ones({1 << 18}).requires_grad_();  // 1 MiB
  std::vector<Tensor> cached;  // what earlier tests left in the caches is taken first, so that new blocks are seen
  for (int i = 0; i < 520; ++i) cached.push_back(empty({1 << 18}));
  std::vector<Tensor> losses;
  const auto run = [&] {
    Tensor h = x;
    for (int i = 0; i < 16; ++i) h = tanh(h);
    losses.push_back(h.sum());
  };
  const std::int64_t before = living_bytes();
  run();
  const std::int64_t recorded = living_bytes() - before;
  losses.back().backward();
  x.zero_grad();
  if (recorded == 0) GTEST_SKIP() << "the heap is not watched here";
  EXPECT_GE(recorded, 15 << 20);
  // What is cached is bounded: the next run takes it again.
  run();
  EXPECT_LE(living_bytes() - before, recorded + (2 << 20));
}

// The pools must not hide it.
TEST(MemoryDeathTest, UseAfterFreeIsCaughtByAddressSanitizer) {
  if (!kAddressSanitizer) GTEST_SKIP() << "only under AddressSanitizer";
  for (const std::int64_t n : {8, 100'000}) {
    const volatile float* p = nullptr;
    {
      const Tensor x = ones({n});
      p = x.data_ptr<float>();
    }
    EXPECT_DEATH({ [[maybe_unused]] const float freed = p[n - 1]; }, "AddressSanitizer");
  }
}

}  // namespace
}  // namespace tapegrad::test
