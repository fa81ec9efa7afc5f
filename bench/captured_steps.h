// The steps that are captured, written once in libtorch's spelling: this file is compiled against tapegrad and, where
// it is installed, against libtorch itself. Learning rates are small, so that no model converges: denormal numbers
// would slow it.
#pragma once

#include <functional>
#include <memory>
#include <tuple>
#include <vector>

namespace bench {

struct CapturedStep {
  const char* name;
  torch::Tensor x, y;
  std::function<torch::Tensor(const torch::Tensor& x, const torch::Tensor& y)> run;
};

using Forward = std::function<torch::Tensor(const torch::Tensor& x)>;
using LossOf = std::function<torch::Tensor(const torch::Tensor& y, const torch::Tensor& target)>;

inline torch::Tensor squares(const torch::Tensor& y, const torch::Tensor& target) { return torch::mse_loss(y, target); }
inline torch::Tensor labels(const torch::Tensor& y, const torch::Tensor& target) {
  return torch::nn::functional::cross_entropy(y, target);
}

template <class Optimizer>
CapturedStep training(const char* name, const Forward& forward, std::shared_ptr<Optimizer> optimizer,
                      const torch::Tensor& x, const torch::Tensor& y, LossOf loss_of = squares) {
  return {name, x, y, [=](const torch::Tensor& data, const torch::Tensor& target) {
            optimizer->zero_grad();
            const torch::Tensor loss = loss_of(forward(data), target);
            loss.backward();
            optimizer->step();
            return loss;
          }};
}

inline std::shared_ptr<torch::optim::SGD> sgd(std::vector<torch::Tensor> parameters, double momentum = 0) {
  return std::make_shared<torch::optim::SGD>(std::move(parameters), torch::optim::SGDOptions(1e-6).momentum(momentum));
}
inline std::shared_ptr<torch::optim::Adam> adam(std::vector<torch::Tensor> parameters) {
  return std::make_shared<torch::optim::Adam>(std::move(parameters), torch::optim::AdamOptions(1e-6));
}
inline Forward of(torch::nn::Sequential net) {
  return [net](const torch::Tensor& x) mutable { return net->forward(x); };
}

inline CapturedStep regression(const char* name, std::int64_t n) {
  const auto slope = torch::ones({}, torch::requires_grad()), intercept = torch::ones({}, torch::requires_grad());
  return training(
      name, [=](const torch::Tensor& x) { return x * slope + intercept; }, sgd({slope, intercept}),
      torch::randn({n, 1}), torch::randn({n, 1}));
}

inline torch::nn::Sequential mlp(std::int64_t in, std::int64_t hidden, std::int64_t out, bool deep) {
  torch::nn::Sequential net(torch::nn::Linear(in, hidden), torch::nn::Tanh());
  if (deep) {
    net->push_back(torch::nn::Linear(hidden, hidden));
    net->push_back(torch::nn::Tanh());
  }
  net->push_back(torch::nn::Linear(hidden, out));
  return net;
}

// u'' + u of a network at points.
template <class Optimizer>
CapturedStep pinn(const char* name, torch::nn::Sequential net, std::shared_ptr<Optimizer> optimizer, std::int64_t n) {
  return {name, torch::rand({n, 1}), torch::zeros({1}), [=](const torch::Tensor& at, const torch::Tensor&) mutable {
            optimizer->zero_grad();
            const torch::Tensor x = at.detach().requires_grad_();
            const torch::Tensor u = net->forward(x);
            const torch::Tensor du = torch::autograd::grad({u.sum()}, {x}, {}, true, true)[0];
            const torch::Tensor ddu = torch::autograd::grad({du.sum()}, {x}, {}, true, true)[0];
            const torch::Tensor loss = ddu.add(u).square().mean();
            loss.backward();
            optimizer->step();
            return loss;
          }};
}

inline CapturedStep gate(const char* name, std::int64_t n) {
  std::vector<torch::Tensor> p;
  for (int i = 0; i < 3; ++i) p.push_back(torch::randn({n}).requires_grad_());
  const torch::Tensor a = p[0], b = p[1], c = p[2];
  return training(
      name, [=](const torch::Tensor& x) { return (x * a + b) * torch::sigmoid(x * c) + torch::tanh(x * b) * a; },
      sgd(p), torch::randn({n}), torch::randn({n}));
}

inline CapturedStep of_net(const char* name, torch::nn::Sequential net, std::initializer_list<std::int64_t> x,
                           std::int64_t classes, double momentum = 0) {
  const torch::Tensor data = torch::randn(x);
  return training(name, of(net), sgd(net->parameters(), momentum), data,
                  torch::randint(0, classes, {data.size(0)}, torch::kLong), labels);
}

// Those that can be written out as C++, too.
inline std::vector<CapturedStep> small_steps() {
  const auto small = mlp(2, 16, 1, false), same = mlp(2, 16, 1, false), square = mlp(64, 64, 64, false);
  torch::nn::Linear linear(13, 1);
  return {
      regression("regression_32", 32),
      training(
          "linear_13_1", [=](const torch::Tensor& x) mutable { return linear->forward(x); }, sgd(linear->parameters()),
          torch::randn({64, 13}), torch::randn({64, 1})),
      training("mlp_2_16_1_sgd", of(small), sgd(small->parameters()), torch::randn({4, 2}), torch::randn({4, 1})),
      training("mlp_2_16_1_adam", of(same), adam(same->parameters()), torch::randn({4, 2}), torch::randn({4, 1})),
      training("mlp_64_64_64", of(square), sgd(square->parameters()), torch::randn({1, 64}), torch::randn({1, 64}))};
}

inline std::vector<CapturedStep> captured_steps() {
  std::vector<CapturedStep> steps = small_steps();
  steps.push_back(regression("regression_1024", 1024));
  steps.push_back(regression("regression_100000", 100000));
  const auto narrow = mlp(1, 8, 1, false), wide = mlp(1, 32, 1, true);
  steps.push_back(pinn("pinn_8", narrow, sgd(narrow->parameters()), 16));
  steps.push_back(pinn("pinn_32_32", wide, adam(wide->parameters()), 256));
  steps.push_back(gate("gate", 131072));
  steps.push_back(of_net("linear_784_10", torch::nn::Sequential(torch::nn::Linear(784, 10)), {128, 784}, 10));
  steps.push_back(of_net("mlp_784", mlp(784, 512, 10, true), {128, 784}, 10, 0.9));
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(32, 64));
  steps.push_back(training(
      "lstm", [=](const torch::Tensor& x) mutable { return std::get<0>(lstm->forward(x)); }, sgd(lstm->parameters()),
      torch::randn({20, 16, 32}), torch::randn({20, 16, 64})));
  using namespace torch::nn;
  Sequential lenet(Conv2d(Conv2dOptions(1, 6, 5)), ReLU(), MaxPool2d(2), Conv2d(Conv2dOptions(6, 16, 5)), ReLU(),
                   MaxPool2d(2), Flatten(), Linear(256, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10));
  steps.push_back(of_net("lenet", lenet, {32, 1, 28, 28}, 10));
  return steps;
}

}  // namespace bench
