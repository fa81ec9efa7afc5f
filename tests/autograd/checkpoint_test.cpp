// autograd::checkpoint and anomaly mode.
#include <tapegrad/testing.h>

#include <string>

namespace tapegrad::autograd {
namespace {

struct Net : nn::Module {
  nn::Linear a = register_module("a", nn::Linear(4, 8));
  nn::Linear b = register_module("b", nn::Linear(8, 2));
  Tensor forward(const Tensor& x) { return b(a(x).tanh()); }
};

TEST(Checkpoint, GivesTheSameBitsAsWithout) {
  manual_seed(1);
  Net net;
  const Tensor x = randn({5, 4}).requires_grad_();
  net.forward(x).square().sum().backward();
  std::vector<Tensor> want{x.grad()};
  for (const Tensor& p : net.parameters()) want.push_back(p.grad());
  net.zero_grad();
  x.zero_grad();
  checkpoint([&](const Tensor& t) { return net.forward(t); }, x).square().sum().backward();
  EXPECT_TENSOR_EQ(x.grad(), want[0]);
  for (std::size_t i = 0; i < net.parameters().size(); ++i) EXPECT_TENSOR_EQ(net.parameters()[i].grad(), want[i + 1]);
}

TEST(Checkpoint, ReachesParametersWhereNoInputRequiresGrad) {
  Net net;
  const Tensor x = ones({3, 4});
  const Tensor out = checkpoint([&](const Tensor& t) { return net.forward(t); }, x);
  EXPECT_TRUE(out.requires_grad());
  out.sum().backward();
  for (const Tensor& p : net.parameters()) EXPECT_TRUE(p.grad().defined());
}

TEST(Checkpoint, RunsTheFunctionAgainOnlyInBackward) {
  int calls = 0;
  const Tensor x = ones({2}).requires_grad_();
  const Tensor y = checkpoint(
      [&](const Tensor& t) {
        ++calls;
        return t.exp();
      },
      x);
  EXPECT_EQ(calls, 1);
  y.sum().backward();
  EXPECT_EQ(calls, 2);
  const NoGradGuard off;
  checkpoint(
      [&](const Tensor& t) {
        ++calls;
        return t.exp();
      },
      x);
  EXPECT_EQ(calls, 3);
}

TEST(Checkpoint, DrawsTheSameRandomNumbersAgainAndDisturbsNoOthers) {
  manual_seed(7);
  const Tensor x = ones({6}).requires_grad_();
  Tensor drawn;
  const Tensor y = checkpoint(
      [&](const Tensor& t) {
        drawn = rand({6});
        return t * drawn;
      },
      x);
  const Tensor first = drawn;
  const Generator before = default_generator();
  y.sum().backward();
  EXPECT_TENSOR_EQ(x.grad(), first);
  Generator after = default_generator(), expected = before;
  EXPECT_EQ(after.random32(), expected.random32());
}

TEST(Checkpoint, IsDifferentiableAgain) {
  const Tensor x = tensor({0.3, -0.7}, kDouble).requires_grad_(), w = tensor({2.0}, kDouble).requires_grad_();
  const auto fn = [&](const Tensor& t) { return (t * w).sin() * t; };
  const auto second = [&](const Tensor& y) {
    const Tensor g = grad({y.sum()}, {x}, {}, true, true)[0];
    return grad({g.square().sum()}, {x, w});
  };
  const tensor_list want = second(fn(x)), got = second(checkpoint(fn, x));
  EXPECT_TENSOR_NEAR(got[0], want[0], 1e-14);
  EXPECT_TENSOR_NEAR(got[1], want[1], 1e-14);
}

TEST(Checkpoint, HandlesSeveralInputsAndOutputsSomeUnused) {
  const Tensor x = ones({2}).requires_grad_(), y = ones({2}), z = ones({2}).requires_grad_();
  const tensor_list out = checkpoint(
      [](const tensor_list& in) {
        return tensor_list{in[0] * 3 + in[1], in[0].gt(0), in[2] * 2};
      },
      {x, y, z});
  EXPECT_FALSE(out[1].requires_grad());
  out[0].sum().backward();
  EXPECT_TENSOR_EQ(x.grad(), full({2}, 3.0));
}

TEST(Checkpoint, LeavesEverythingAsItWasWhereTheSecondRunThrows) {
  manual_seed(1);
  const Tensor x = ones({2}).requires_grad_(), w = ones({2}).requires_grad_();
  bool fail = false;
  const Tensor y = checkpoint(
      [&](const Tensor& t) {
        if (fail) throw Error("second run");
        return t * w;
      },
      x * 2);
  manual_seed(7);
  const Tensor drawn = rand({2});
  manual_seed(7);
  fail = true;
  EXPECT_THROW(y.sum().backward(), Error);
  EXPECT_FALSE(x.grad().defined());
  EXPECT_FALSE(w.grad().defined());
  EXPECT_TENSOR_EQ(rand({2}), drawn);
}

template <class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const AutogradError& e) {
    return e.what();
  }
  return "";
}

TEST(AnomalyMode, NamesTheOperationThatFirstMadeANanInForward) {
  const DetectAnomalyGuard guard;
  const Tensor x = tensor({-1.0, 2.0}).requires_grad_();
  const std::string text = message_of([&] { (x * 2).log().sum(); });
  for (const char* part : {"Function 'log' returned nan", "sizes [2]", "node "})
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(AnomalyMode, NamesTheNodeThatFirstMadeANanInBackward) {
  const Tensor x = tensor({0.0, 4.0}).requires_grad_();
  const Tensor loss = (x.sqrt() * tensor({0.0, 1.0})).sum();
  const DetectAnomalyGuard guard;
  const std::string text = message_of([&] { loss.backward(); });
  for (const char* part : {"Function 'SqrtBackward0' returned nan", "sizes [2]", "node "})
    EXPECT_NE(text.find(part), std::string::npos) << text;
  EXPECT_FALSE(x.grad().defined());
}

TEST(AnomalyMode, EndsWithItsGuardAndIsOffAtFirst) {
  EXPECT_FALSE(AnomalyMode::is_enabled());
  {
    const DetectAnomalyGuard guard;
    EXPECT_TRUE(AnomalyMode::is_enabled());
  }
  EXPECT_FALSE(AnomalyMode::is_enabled());
  const Tensor x = tensor({-1.0}).requires_grad_();
  EXPECT_NO_THROW(x.log().backward());
}

}  // namespace
}  // namespace tapegrad::autograd
