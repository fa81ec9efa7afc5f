// Hooks, retain_grad(), and what grad_fn() tells.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {
namespace {

using Doubles = std::vector<double>;

Tensor leaf(const std::vector<double>& v = {1, 2, 3}) { return tensor(v, kDouble).requires_grad_(); }
Doubles grad_of(const Tensor& x) { return x.grad().to_vector<double>(); }

TEST(Hooks, RunInOrderAndEachSeesThePreviousOnesResult) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  std::vector<double> seen;
  y.register_hook([&](const Tensor& g) {
    seen.push_back(g[0].item<double>());
    return g * 10;
  });
  y.register_hook([&](const Tensor& g) { seen.push_back(g[0].item<double>()); });  // void: nothing replaced
  y.register_hook([&](const Tensor& g) {
    seen.push_back(g[0].item<double>());
    return Tensor();  // undefined: nothing replaced
  });
  y.register_hook([&](const Tensor& g) {
    seen.push_back(g[0].item<double>());
    return g + 1;
  });
  y.sum().backward();
  EXPECT_EQ(seen, (std::vector<double>{1, 10, 10, 10}));
  EXPECT_EQ(grad_of(x), (Doubles{22, 22, 22}));
}

TEST(Hooks, OfALeafSeeTheSumOfOneBackward) {
  const Tensor x = leaf();
  int calls = 0;
  x.register_hook([&](const Tensor& g) {
    ++calls;
    EXPECT_EQ(g.to_vector<double>(), (Doubles{5, 5, 5}));
    return g * 2;
  });
  (x * 2 + x * 3).sum().backward();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(grad_of(x), (Doubles{10, 10, 10}));
  (x * 2 + x * 3).sum().backward();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(grad_of(x), (Doubles{20, 20, 20}));
}

TEST(Hooks, SeeTheSumOverAllUsesOfATensor) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  int calls = 0;
  y.register_hook([&](const Tensor& g) {
    ++calls;
    EXPECT_EQ(g.to_vector<double>(), (Doubles{7, 7, 7}));
  });
  (y * 3 + y * 4).sum().backward();
  EXPECT_EQ(calls, 1);
}

TEST(Hooks, CanBeRemoved) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  const unsigned first = y.register_hook([](const Tensor& g) { return g * 3; });
  const unsigned second = y.register_hook([](const Tensor& g) { return g * 5; });
  EXPECT_NE(first, second);
  y.remove_hook(first);
  y.sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{10, 10, 10}));
}

TEST(Hooks, AreNotCalledWhereNoGradientPasses) {
  const Tensor x = leaf();
  const Tensor y = x * 2, other = x * 3;
  int calls = 0;
  y.register_hook([&](const Tensor&) { ++calls; });
  other.sum().backward();
  EXPECT_EQ(calls, 0);
}

TEST(Hooks, NeedATensorThatRequiresGrad) {
  EXPECT_THROW(ones({2}).register_hook([](const Tensor&) {}), Error);
}

TEST(Hooks, MayReturnAnotherDtypeWhichIsCastBack) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  y.retain_grad();
  y.register_hook([](const Tensor& g) { return g.to(kFloat) * 3; });
  x.register_hook([](const Tensor& g) { return g.to(kFloat) * 5; });
  y.sum().backward();
  EXPECT_EQ(y.grad().dtype(), kDouble);
  EXPECT_EQ(x.grad().dtype(), kDouble);
  EXPECT_EQ(grad_of(x), (Doubles{30, 30, 30}));
}

TEST(Hooks, MustKeepTheShape) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  y.register_hook([](const Tensor&) { return ones({2}, kDouble); });
  EXPECT_THROW(y.sum().backward(), Error);
  EXPECT_FALSE(x.grad().defined());
}

TEST(Hooks, AreDifferentiableUnderCreateGraph) {
  const Tensor x = leaf();
  const Tensor y = x * 1;
  y.register_hook([&](const Tensor& g) { return g * x; });
  const Tensor g = autograd::grad({(y * y).sum()}, {x}, {}, std::nullopt, true)[0];  // 2 x * x
  EXPECT_EQ(g.to_vector<double>(), (Doubles{2, 8, 18}));
  g.sum().backward();
  ASSERT_TRUE(x.grad().defined());
}

TEST(Hooks, LiveAsLongAsTheTensorsHistory) {
  const Tensor x = leaf();
  Tensor loss;
  int calls = 0;
  {
    const Tensor y = x * 2;
    y.register_hook([&](const Tensor&) { ++calls; });
    loss = y.sum();
  }
  loss.backward();
  EXPECT_EQ(calls, 1);
}

TEST(Hooks, AreFreedWithTheTensor) {
  const auto token = std::make_shared<int>(1);
  {
    const Tensor x = leaf();
    x.register_hook([token](const Tensor&) {});
    const Tensor y = x * 2;
    y.register_hook([token](const Tensor&) {});
    y.sum().backward();
    EXPECT_GT(token.use_count(), 1);
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(RetainGrad, KeepsTheGradientOfANonLeaf) {
  const Tensor x = leaf();
  const Tensor y = x * 2, z = y * y;
  EXPECT_FALSE(y.retains_grad());
  y.retain_grad();
  EXPECT_TRUE(y.retains_grad());
  z.sum().backward();
  EXPECT_EQ(grad_of(y), (Doubles{4, 8, 12}));
  EXPECT_EQ(grad_of(x), (Doubles{8, 16, 24}));
  EXPECT_FALSE(z.grad().defined());
}

TEST(RetainGrad, AccumulatesLikeALeafs) {
  const Tensor x = leaf();
  const Tensor y = x + 0;
  y.retain_grad();
  y.retain_grad();  // twice is once
  y.sum().backward();
  (y * 2).sum().backward();
  EXPECT_EQ(grad_of(y), (Doubles{3, 3, 3}));
}

TEST(RetainGrad, KeepsWhatTheHooksMadeOfIt) {
  const Tensor x = leaf();
  const Tensor y = x * 2;
  y.register_hook([](const Tensor& g) { return g * 10; });
  y.retain_grad();
  y.sum().backward();
  EXPECT_EQ(grad_of(y), (Doubles{10, 10, 10}));
}

TEST(RetainGrad, OfALeafChangesNothing) {
  const Tensor x = leaf();
  x.retain_grad();
  EXPECT_FALSE(x.retains_grad());
  (x * 2).sum().backward();
  EXPECT_EQ(grad_of(x), (Doubles{2, 2, 2}));
  EXPECT_THROW(ones({2}).retain_grad(), Error);
}

// --- grad_fn

struct Named {
  Tensor y;
  const char* name;
};

TEST(GradFn, HasPyTorchsNames) {
  const Tensor x = leaf(), m = ones({2, 3}, kDouble).requires_grad_();
  const std::vector<Named> all = {
      {x + x, "AddBackward0"},
      {x + 1, "AddBackward0"},
      {x - x, "SubBackward0"},
      {x * x, "MulBackward0"},
      {x * 2, "MulBackward0"},
      {x / x, "DivBackward0"},
      {pow(x, 2), "PowBackward0"},
      {-x, "NegBackward0"},
      {exp(x), "ExpBackward0"},
      {log(x), "LogBackward0"},
      {sqrt(x), "SqrtBackward0"},
      {abs(x), "AbsBackward0"},
      {sigmoid(x), "SigmoidBackward0"},
      {tanh(x), "TanhBackward0"},
      {relu(x), "ReluBackward0"},
      {sum(x), "SumBackward0"},
      {mean(x), "MeanBackward0"},
      {mm(m, m.detach().t()), "MmBackward0"},
      {linear(m, m.detach(), ones({2}, kDouble)), "AddmmBackward0"},
      {addmm(ones({2}, kDouble), m, m.detach().t()), "AddmmBackward0"},
      {mse_loss(x, ones({3}, kDouble)), "MseLossBackward0"},
      {m.t(), "TBackward0"},
      {m.view(6), "ViewBackward0"},
      {m.transpose(0, 1), "TransposeBackward0"},
      {m.permute({1, 0}), "PermuteBackward0"},
      {x.clone(), "CloneBackward0"},
      {cat({x, x}), "CatBackward0"},
      {m.select(0, 1), "SelectBackward0"},
      {softmax(m, 1), "SoftmaxBackward0"},
      {log_softmax(m, 1), "LogSoftmaxBackward0"},
  };
  for (const Named& n : all) {
    ASSERT_NE(n.y.grad_fn(), nullptr) << n.name;
    EXPECT_EQ(n.y.grad_fn()->name(), n.name);
  }
}

TEST(GradFn, LeadsToThoseOfTheInputs) {
  const Tensor x = leaf();
  const Tensor y = exp(x), z = y + ones({3}, kDouble);
  const auto next = z.grad_fn()->next_functions();
  ASSERT_EQ(next.size(), 2U);
  ASSERT_NE(next[0], nullptr);
  EXPECT_EQ(next[0]->name(), "ExpBackward0");
  EXPECT_EQ(next[1], nullptr);
  ASSERT_EQ(next[0]->next_functions().size(), 1U);
  ASSERT_NE(next[0]->next_functions()[0], nullptr);
  EXPECT_EQ(next[0]->next_functions()[0]->name(), "AccumulateGrad");
  EXPECT_TRUE(next[0]->next_functions()[0]->next_functions().empty());
}

TEST(GradFn, KeepsItsRecordAlive) {
  std::shared_ptr<GradFn> fn;
  {
    const Tensor x = leaf();
    fn = exp(x).grad_fn();
  }
  EXPECT_EQ(fn->name(), "ExpBackward0");
  EXPECT_EQ(fn->next_functions().size(), 1U);
}

TEST(GradFn, ChangesWithAnInPlaceOperation) {
  const Tensor x = leaf();
  const Tensor y = exp(x);
  EXPECT_EQ(y.grad_fn()->name(), "ExpBackward0");
  y.mul_(2);
  EXPECT_EQ(y.grad_fn()->name(), "MulBackward0");
  EXPECT_EQ(y.grad_fn()->next_functions()[0]->name(), "ExpBackward0");
}

// h waits for its second gradient in the outer pass when an inner pass goes through it.
TEST(Hooks, MayRunABackwardThroughARecordThatWaitsInTheOuterPass) {
  const Tensor x = tensor({1.0, 2.0}, kDouble).requires_grad_();
  const Tensor h = x * 2;
  const Tensor a = h * 3;
  const Tensor b = h * 5;
  Tensor inner;
  a.register_hook([&](const Tensor&) {
    const AutoGradMode on(true);
    h.square().sum().backward({}, /*retain_graph=*/true);
    inner = x.grad().clone();
  });
  (a + b).sum().backward({}, /*retain_graph=*/true);
  EXPECT_EQ(inner.to_vector<double>(), (std::vector<double>{8, 16}));
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{8 + 16, 16 + 16}));
}

TEST(Hooks, WithoutAFunctionAreRefused) {
  const Tensor x = ones({2}).requires_grad_();
  EXPECT_THROW(x.register_hook(std::function<Tensor(const Tensor&)>()), AutogradError);
  EXPECT_THROW(x.register_hook(std::function<void(const Tensor&)>()), AutogradError);
  x.sum().backward();
}

TEST(Hooks, ThatWereNeverRegisteredCannotBeRemoved) {
  const Tensor x = ones({2}).requires_grad_(), y = x * 2;
  EXPECT_THROW(x.remove_hook(3), AutogradError);
  const unsigned hook = y.register_hook([](const Tensor& g) { return g; });
  EXPECT_THROW(y.remove_hook(hook + 1), AutogradError);
  y.remove_hook(hook);
  y.remove_hook(hook);
}

}  // namespace
}  // namespace tapegrad::test
