// The tape, with every call of PyTorch's tutorial "Autograd in C++ Frontend" (pytorch/examples, cpp/autograd).
#include "tests/parity/parity.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

// The number behind an operation's name is libtorch's: 1 where the other operand is a number.
std::string function_of(const torch::Tensor& x) {
  const std::string name = x.grad_fn()->name();
  return name.substr(0, name.size() - 1);
}

TEST(Autograd, RecordsWithNames) {
  const torch::Tensor x = torch::ones({2, 2}, torch::requires_grad());
  const torch::Tensor y = x + 2, z = y * y * 3, out = z.mean();
  EXPECT_EQ(function_of(y), "AddBackward");
  EXPECT_EQ(function_of(z), "MulBackward");
  EXPECT_EQ(out.grad_fn()->name(), "MeanBackward0");
  EXPECT_EQ(x.grad_fn(), nullptr);
  out.backward();
  EXPECT_TRUE(same(x.grad(), torch::full({2, 2}, 4.5)));
}

TEST(Autograd, TurnsOnForATensor) {
  torch::Tensor a = torch::randn({2, 2});
  a = (a * 3) / (a - 1);
  EXPECT_FALSE(a.requires_grad());
  a.requires_grad_(true);
  EXPECT_TRUE(a.requires_grad());
  const torch::Tensor b = (a * a).sum();
  EXPECT_EQ(b.grad_fn()->name(), "SumBackward0");
  a.set_requires_grad(false);
  EXPECT_FALSE(a.requires_grad());
  EXPECT_THROW(b.requires_grad_(false), std::exception);
}

TEST(Autograd, MultipliesByTheJacobian) {
  const torch::Tensor x = torch::randn(3, torch::requires_grad());
  torch::Tensor y = x * 2;
  double factor = 2;
  while (y.norm().item<double>() < 1000) {
    y = y * 2;
    factor *= 2;
  }
  const torch::Tensor v = torch::tensor({0.1, 1.0, 0.0001}, torch::kFloat);
  y.backward(v);
  EXPECT_TRUE(same(x.grad(), v * factor));
  EXPECT_THROW((x * 2).backward(), c10::Error);
}

TEST(Autograd, IsOffInABlock) {
  const torch::Tensor x = torch::randn(3, torch::requires_grad());
  EXPECT_TRUE(x.pow(2).requires_grad());
  {
    torch::NoGradGuard no_grad;
    EXPECT_FALSE(x.pow(2).requires_grad());
    EXPECT_FALSE(torch::GradMode::is_enabled());
    torch::AutoGradMode on(true);
    EXPECT_TRUE(x.pow(2).requires_grad());
  }
  {
    c10::InferenceMode guard;
    EXPECT_FALSE(x.pow(2).requires_grad());
  }
  EXPECT_TRUE(x.pow(2).requires_grad());
}

TEST(Autograd, Detaches) {
  const torch::Tensor x = torch::randn(3, torch::requires_grad());
  const torch::Tensor y = x.detach();
  EXPECT_FALSE(y.requires_grad());
  EXPECT_TRUE(x.eq(y).all().item<bool>());
  torch::Tensor z = x * 2;
  z.detach_();
  EXPECT_TRUE(z.is_leaf());
  EXPECT_FALSE(z.requires_grad());
}

TEST(Autograd, DifferentiatesGradients) {
  torch::manual_seed(0);
  auto model = torch::nn::Linear(4, 3);
  auto input = torch::randn({3, 4}).requires_grad_(true);
  auto output = model(input);
  auto loss = torch::nn::MSELoss()(output, torch::randn({3, 3}));
  auto gradient = torch::autograd::grad({output}, {input}, /*grad_outputs=*/{torch::ones_like(output)},
                                        /*retain_graph=*/true, /*create_graph=*/true)[0];
  EXPECT_TRUE(same(gradient, model->weight.sum(0).expand({3, 4})));
  auto penalty = torch::pow((gradient.norm(2, /*dim=*/1) - 1), 2).mean();
  (loss + penalty).backward();
  EXPECT_TRUE(input.grad().defined());
  const torch::Tensor columns = model->weight.detach().sum(0), length = columns.norm();
  const torch::Tensor both = (2 * (length - 1) / length * columns).expand({3, 4});
  auto alone = torch::autograd::grad({torch::nn::MSELoss()(model(input), torch::zeros({3, 3}))}, {model->weight})[0];
  EXPECT_EQ(alone.sizes(), both.sizes());
  model->zero_grad();
  gradient = torch::autograd::grad({model(input).sum()}, {input}, {}, torch::nullopt, /*create_graph=*/true)[0];
  torch::pow(gradient.norm(2, 1) - 1, 2).mean().backward();
  EXPECT_TRUE(same(model->weight.grad(), both, 1e-4));
}

class LinearFunction : public torch::autograd::Function<LinearFunction> {
 public:
  static torch::Tensor forward(AutogradContext* ctx, torch::Tensor input, torch::Tensor weight,
                               torch::Tensor bias = torch::Tensor()) {
    ctx->save_for_backward({input, weight, bias});
    auto output = input.mm(weight.t());
    if (bias.defined()) output += bias.unsqueeze(0).expand_as(output);
    return output;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grad_outputs) {
    auto saved = ctx->get_saved_variables();
    auto input = saved[0], weight = saved[1], bias = saved[2], g = grad_outputs[0];
    return {g.mm(weight), g.t().mm(input), bias.defined() ? g.sum(0) : torch::Tensor()};
  }
};

TEST(CustomFunction, WithoutItsDefaultArgument) {
  auto x = torch::randn({2, 3}).requires_grad_(), weight = torch::randn({4, 3}).requires_grad_();
  auto y = LinearFunction::apply(x, weight);
  EXPECT_TRUE(same(y, x.mm(weight.t())));
  y.sum().backward();
  EXPECT_TRUE(same(x.grad(), weight.sum(0).expand({2, 3})));
  EXPECT_TRUE(same(weight.grad(), x.sum(0).expand({4, 3})));
}

TEST(CustomFunction, WithAllArguments) {
  auto x = torch::randn({2, 3}), weight = torch::randn({4, 3}).requires_grad_(), bias = torch::randn({4});
  bias.requires_grad_();
  auto y = LinearFunction::apply(x, weight, bias);
  EXPECT_TRUE(same(y, torch::addmm(bias, x, weight.t())));
  y.sum().backward();
  EXPECT_TRUE(same(bias.grad(), torch::full({4}, 2.0)));
  EXPECT_FALSE(x.grad().defined());
}

class MulConstant : public torch::autograd::Function<MulConstant> {
 public:
  static torch::Tensor forward(AutogradContext* ctx, torch::Tensor tensor, double constant) {
    ctx->saved_data["constant"] = constant;
    return tensor * constant;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grad_outputs) {
    return {grad_outputs[0] * ctx->saved_data["constant"].toDouble(), torch::Tensor()};
  }
};

TEST(CustomFunction, KeepsNumbers) {
  auto x = torch::randn({2}).requires_grad_();
  auto y = MulConstant::apply(x, 5.5);
  y.sum().backward();
  EXPECT_TRUE(same(x.grad(), torch::full({2}, 5.5)));
}

struct SinCos : torch::autograd::Function<SinCos> {
  static tensor_list forward(AutogradContext* ctx, const torch::Tensor& x) {
    ctx->save_for_backward({x});
    return {x.sin(), x.cos()};
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    auto x = ctx->get_saved_variables()[0];
    return {grads[0] * x.cos() - grads[1] * x.sin()};
  }
};

TEST(CustomFunction, GivesSeveralAndDifferentiatesTwice) {
  auto x = torch::tensor({0.3, 0.7}, torch::requires_grad());
  auto out = SinCos::apply(x);
  auto g = torch::autograd::grad({out[0].sum()}, {x}, {}, torch::nullopt, /*create_graph=*/true)[0];
  EXPECT_TRUE(same(g, x.cos()));
  g.sum().backward();
  EXPECT_TRUE(same(x.grad(), -x.sin()));
}

TEST(Autograd, Accumulates) {
  auto x = torch::tensor({2.0}, torch::requires_grad());
  (x * 3).backward();
  (x * x).backward();
  EXPECT_TRUE(same(x.grad(), torch::tensor({7.0})));
  x.mutable_grad() = torch::Tensor();
  EXPECT_FALSE(x.grad().defined());
  x.mutable_grad() = torch::tensor({1.0});
  x.grad().zero_();
  EXPECT_TRUE(same(x.grad(), torch::tensor({0.0})));
}

TEST(Autograd, RunsOnceUnlessTold) {
  auto x = torch::tensor({2.0}, torch::requires_grad());
  auto y = x * x;
  y.backward({}, /*retain_graph=*/true);
  y.backward();
  EXPECT_TRUE(same(x.grad(), torch::tensor({8.0})));
  EXPECT_THROW(y.backward(), c10::Error);
  EXPECT_THROW(torch::ones({1}).backward(), c10::Error);
}

TEST(Autograd, LeavesWhatIsUnused) {
  auto x = torch::ones({1}, torch::requires_grad()), unused = torch::ones({1}, torch::requires_grad());
  EXPECT_THROW(torch::autograd::grad({x * 2}, {unused}), c10::Error);
  auto g = torch::autograd::grad({x * 2}, {x, unused}, {}, torch::nullopt, false, /*allow_unused=*/true);
  EXPECT_TRUE(same(g[0], torch::tensor({2.0})));
  EXPECT_FALSE(g[1].defined());
  EXPECT_FALSE(x.grad().defined());
}

TEST(Autograd, OfManyRoots) {
  auto x = torch::ones({2}, torch::requires_grad());
  torch::autograd::backward({(x * 2).sum(), x * 3}, {torch::Tensor(), torch::tensor({1.0, 10.0})});
  EXPECT_TRUE(same(x.grad(), torch::tensor({5.0, 32.0})));
}

TEST(Autograd, HooksSeeGradients) {
  auto x = torch::ones({2}, torch::requires_grad());
  auto y = x * 2;
  torch::Tensor seen;
  y.register_hook([&](torch::Tensor g) { seen = g; });
  const auto id = y.register_hook([](torch::Tensor g) { return g * 10; });
  y.retain_grad();
  y.sum().backward({}, /*retain_graph=*/true);
  EXPECT_TRUE(same(seen, torch::ones({2})));
  EXPECT_TRUE(same(x.grad(), torch::tensor({20.0, 20.0})));
  EXPECT_TRUE(same(y.grad(), torch::tensor({10.0, 10.0})));
  EXPECT_TRUE(y.retains_grad());
  y.remove_hook(id);
  y.sum().backward();
  EXPECT_TRUE(same(x.grad(), torch::tensor({22.0, 22.0})));
}

TEST(Autograd, InPlaceIsWatched) {
  auto x = torch::ones({2}, torch::requires_grad());
  EXPECT_THROW(x.add_(1), c10::Error);
  EXPECT_THROW(x += 1, c10::Error);
  auto y = x * 2;
  y.mul_(3);
  y += x;
  y.sum().backward();
  EXPECT_TRUE(same(x.grad(), torch::tensor({7.0, 7.0})));
  auto z = x.exp();
  z.add_(1);
  EXPECT_EQ(z._version(), 1);
  EXPECT_THROW(z.sum().backward(), c10::Error);
  torch::NoGradGuard no_grad;
  x -= 0.5 * x.grad();
  EXPECT_TRUE(same(x, torch::tensor({-2.5, -2.5})));
  EXPECT_TRUE(x.is_leaf());
}

TEST(Autograd, DataIsAnotherTensor) {
  auto x = torch::ones({2}, torch::requires_grad());
  x.data().mul_(3);
  EXPECT_TRUE(same(x.detach(), torch::tensor({3.0, 3.0})));
  EXPECT_FALSE(x.data().requires_grad());
  x.set_data(torch::zeros({2}));
  EXPECT_TRUE(same(x.detach(), torch::zeros({2})));
  EXPECT_TRUE(x.requires_grad());
}

TEST(Autograd, GradientsOfCommonOperations) {
  auto x = torch::tensor({{1.0, -2.0}, {0.5, 3.0}}, torch::requires_grad());
  const auto gradient = [&](const torch::Tensor& y) { return torch::autograd::grad({y.sum()}, {x})[0]; };
  EXPECT_TRUE(same(gradient(x.relu()), torch::tensor({{1.0, 0.0}, {1.0, 1.0}})));
  EXPECT_TRUE(same(gradient(x.abs()), torch::tensor({{1.0, -1.0}, {1.0, 1.0}})));
  EXPECT_TRUE(same(gradient(x.max()), torch::tensor({{0.0, 0.0}, {0.0, 1.0}})));
  EXPECT_TRUE(same(gradient(std::get<0>(x.max(1))), torch::tensor({{1.0, 0.0}, {0.0, 1.0}})));
  EXPECT_TRUE(same(gradient(x.clamp(0, 2)), torch::tensor({{1.0, 0.0}, {1.0, 0.0}})));
  EXPECT_TRUE(same(gradient(x.t().matmul(torch::ones({2}))), torch::ones({2, 2})));
  EXPECT_TRUE(same(gradient(torch::where(x > 0, x * x, x)), torch::tensor({{2.0, 1.0}, {1.0, 6.0}})));
  EXPECT_TRUE(same(gradient(torch::cat({x, x})), torch::full({2, 2}, 2.0)));
}

}  // namespace
