// An exception anywhere leaves every tensor's bytes, version and .grad as they were.
#include <gtest/gtest.h>

#include <cstdint>
#include <new>
#include <stdexcept>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

#include "memory.h"
#include "oracle.h"

namespace tapegrad::test {
namespace {

struct Snapshot {
  Tensors tensors, grads;
  std::vector<std::vector<std::uint64_t>> bytes, grad_bytes;
  std::vector<std::int64_t> versions, grad_versions;

  explicit Snapshot(Tensors t) : tensors(std::move(t)) {
    for (const Tensor& x : tensors) {
      bytes.push_back(bits(x));
      versions.push_back(x.version());
      grads.push_back(x.grad());
      grad_bytes.push_back(x.grad().defined() ? bits(x.grad()) : std::vector<std::uint64_t>());
      grad_versions.push_back(x.grad().defined() ? x.grad().version() : -1);
    }
  }
  void expect_unchanged() const {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      SCOPED_TRACE("tensor " + std::to_string(i));
      EXPECT_EQ(bits(tensors[i]), bytes[i]);
      EXPECT_EQ(tensors[i].version(), versions[i]);
      EXPECT_TRUE(tensors[i].grad().is_same(grads[i]));
      if (!grads[i].defined()) continue;
      EXPECT_EQ(bits(grads[i]), grad_bytes[i]);
      EXPECT_EQ(grads[i].version(), grad_versions[i]);
    }
  }
};

// Three leaves: one without a .grad, one with, one whose .grad was assigned.
struct Leaves {
  Tensor a = tensor({1.0f, 2.0f}).requires_grad_(), b = tensor({3.0f, 4.0f}).requires_grad_(),
         c = tensor({5.0f, 6.0f}).requires_grad_();
  Leaves() {
    (b * 2).sum().backward();
    c.mutable_grad() = tensor({10.0f, 20.0f});
  }
  Tensors all() const { return {a, b, c}; }
};

void thrower(const Tensor&) { throw std::runtime_error("hook"); }

TEST(Exceptions, OfAHookInTheMiddleLeaveEveryGradAsItWas) {
  const Leaves l;
  const Tensor early = l.a * l.b;  // reached after the gradient of c is known
  const Tensor late = exp(early) * l.c;
  early.register_hook(thrower);
  const Snapshot before(l.all());
  EXPECT_THROW(late.sum().backward(), std::runtime_error);
  before.expect_unchanged();
}

TEST(Exceptions, OfALeafsHookLeaveTheOtherLeavesAsTheyWere) {
  for (int which = 0; which < 3; ++which) {
    const Leaves l;
    l.all()[static_cast<std::size_t>(which)].register_hook(thrower);
    const Snapshot before(l.all());
    EXPECT_THROW((l.a * l.b * l.c).sum().backward(), std::runtime_error);
    before.expect_unchanged();
  }
}

TEST(Exceptions, LeaveRetainedGradsAsTheyWere) {
  const Leaves l;
  const Tensor y = l.a * 2;
  y.retain_grad();
  (y * 3).sum().backward({}, /*retain_graph=*/true);
  l.b.register_hook(thrower);
  const Snapshot before({l.a, l.b, l.c, y});
  EXPECT_THROW((y * l.b).sum().backward(), std::runtime_error);
  before.expect_unchanged();
}

struct ThrowsBackward : autograd::Function<ThrowsBackward> {
  static Tensor forward(autograd::AutogradContext*, const Tensor& x) { return x * 1; }
  static autograd::tensor_list backward(autograd::AutogradContext*, autograd::tensor_list) {
    throw std::runtime_error("function");
  }
};

TEST(Exceptions, OfAFunctionLeaveEveryGradAsItWas) {
  const Leaves l;
  const Snapshot before(l.all());
  EXPECT_THROW((ThrowsBackward::apply(l.a * l.b) * l.c + l.b).sum().backward(), std::runtime_error);
  before.expect_unchanged();
}

struct Both : autograd::Function<Both> {
  static Tensors forward(autograd::AutogradContext*, const Tensor& x) { return {x * 1, x * 2}; }
  static Tensors backward(autograd::AutogradContext*, Tensors g) { return {g[0] + g[1] * 2}; }
};

TEST(Exceptions, LeaveNoGradientWithAFunction) {
  const Leaves l;
  const Tensors y = Both::apply(l.a);
  const unsigned hook = y[0].register_hook(thrower);
  EXPECT_THROW((y[0] + y[1]).sum().backward({}, /*retain_graph=*/true), std::runtime_error);  // y[1] has been passed
  y[0].remove_hook(hook);
  y[0].sum().backward({}, /*retain_graph=*/true);
  EXPECT_EQ(l.a.grad().to_vector<float>(), (std::vector<float>{1, 1}));
}

TEST(Exceptions, InANestedBackwardLeaveBothAsTheyWere) {
  const Leaves outer, inner;
  const Tensor y = outer.a * outer.b;
  y.register_hook([&](const Tensor&) {
    const AutoGradMode on(true);
    const Tensor z = inner.a * inner.c;
    z.register_hook(thrower);
    (z + inner.b).sum().backward();
  });
  const Snapshot before(outer.all()), inside(inner.all());
  EXPECT_THROW((y * outer.c).sum().backward(), std::runtime_error);
  before.expect_unchanged();
  inside.expect_unchanged();
}

TEST(Exceptions, LeaveTheThreadReadyForTheNextBackward) {
  const Leaves l;
  const Tensor y = l.a * l.b;
  y.register_hook(thrower);
  EXPECT_THROW((y * l.c).sum().backward(), std::runtime_error);
  EXPECT_TRUE(is_grad_enabled());
  (l.a * 7).sum().backward();
  EXPECT_EQ(l.a.grad().to_vector<float>(), (std::vector<float>{7, 7}));
}

TEST(Exceptions, LetGoOfTheGraphThatWasPassed) {
  const Leaves l;
  const Tensor y = l.a * l.b, z = exp(y);
  const unsigned hook = y.register_hook(thrower);
  EXPECT_THROW(z.sum().backward(), std::runtime_error);
  y.remove_hook(hook);
  EXPECT_THROW(z.sum().backward(), AutogradError) << "exp has been passed";
  (y * 2).sum().backward();  // y itself has not
  EXPECT_EQ(l.a.grad().to_vector<float>(), (std::vector<float>{6, 8}));
}

TEST(Exceptions, UnderRetainGraphLeaveTheGraphAsItWas) {
  const Leaves l;
  const Tensor y = l.a * l.b, loss = exp(y * 0.1).sum();
  const unsigned hook = y.register_hook(thrower);
  EXPECT_THROW(loss.backward({}, /*retain_graph=*/true), std::runtime_error);
  y.remove_hook(hook);
  EXPECT_NO_THROW(loss.backward());
  EXPECT_TRUE(l.a.grad().defined());
}

TEST(Exceptions, OfChecksLeaveTheInputsOfInPlaceOperationsAsTheyWere) {
  const Tensor x = tensor({1.0f, 2.0f}), w = tensor({1.0f, 2.0f}).requires_grad_();
  const Tensor y = w * 2;
  const auto bytes = bits(y);
  EXPECT_THROW(y.add_(ones({3})), ShapeError);
  EXPECT_THROW(y.copy_(ones({3, 2})), ShapeError);
  EXPECT_THROW(y.mul_(ones({2, 2})), ShapeError);
  EXPECT_EQ(bits(y), bytes);
  EXPECT_EQ(y.version(), 0);
  EXPECT_EQ(y.grad_fn()->name(), "MulBackward0");
  EXPECT_THROW(y[0] = x, ShapeError);
  EXPECT_THROW(y[5] = 1.0f, IndexError);
  EXPECT_EQ(bits(y), bytes);
  EXPECT_EQ(y.version(), 0);
  y.sum().backward();
  EXPECT_EQ(w.grad().to_vector<float>(), (std::vector<float>{2, 2}));
}

// Every allocation of a step fails once. The sizes are new each time, so that no cache holds their blocks.
TEST(Exceptions, OfMemoryThatRunsOutLeaveEverythingAsItWas) {
  if (!malloc_is_counted()) GTEST_SKIP() << "this program's malloc is not ours: it cannot be made to fail";
  int failures = 0;
  for (std::int64_t n = 0; n < 60; ++n) {
    SCOPED_TRACE("allocation " + std::to_string(n));
    const std::int64_t size = 5000 + 977 * n;
    const Tensor x = full({size}, 0.5f).requires_grad_(), w = full({size}, 2.0f).requires_grad_();
    w.mutable_grad() = ones({size});
    const Snapshot before({x, w});
    const Tensor held = x * w;
    const auto held_bytes = bits(held);
    bool threw = false, failed = false;
    try {
      const FailingAllocation next(n);
      try {
        const Tensor y = exp(held) * w, z = y.t().reshape({size, 1}).add(1);
        (tanh(z).sum() + held.sum()).backward({}, std::nullopt, /*create_graph=*/n % 2 == 0);
      } catch (const std::bad_alloc&) {
        threw = true;
      }
      failed = next.happened();
    } catch (...) {
      ADD_FAILURE() << "something else than bad_alloc";
    }
    EXPECT_EQ(threw, failed);
    EXPECT_EQ(bits(held), held_bytes);
    if (!threw) continue;
    ++failures;
    before.expect_unchanged();
    (x * 3).sum().backward();  // and the next one works
    EXPECT_EQ(x.grad()[0].item<float>(), 3.0f);
  }
  EXPECT_GT(failures, 0);
}

TEST(Exceptions, OfMemoryThatRunsOutLeaveAnInPlaceOperationUndone) {
  if (!malloc_is_counted()) GTEST_SKIP() << "this program's malloc is not ours: it cannot be made to fail";
  for (std::int64_t n = 0; n < 4; ++n) {
    const Tensor w = full({6001 + n}, 2.0f).requires_grad_();
    const Tensor y = w * 2;
    const auto bytes = bits(y);
    bool threw = false;
    {
      const FailingAllocation next(n);
      try {
        y.mul_(y.detach().expand({1, 6001 + n}).clone()[0]);
      } catch (const std::bad_alloc&) {
        threw = true;
      }
    }
    if (!threw) break;
    EXPECT_EQ(bits(y), bytes);
    EXPECT_EQ(y.version(), 0);
    EXPECT_EQ(y.grad_fn()->name(), "MulBackward0");
    y.sum().backward();
    EXPECT_EQ(w.grad()[0].item<float>(), 2.0f);
  }
}

}  // namespace
}  // namespace tapegrad::test
