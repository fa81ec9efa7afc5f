// One small training step, N times: what guard.sh counts the instructions and allocations of.
// usage: guard STEP N, with STEP regression (regression1: parameters of shape [1]), linear, mlp (64-64-1, one sample),
// chain, grad, hessian (10 variables), or tape: N products recorded, for their memory
#include <tapegrad/tapegrad.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/allocations.h"

using namespace tapegrad;

namespace {

struct LinearRegression : nn::Module {
  explicit LinearRegression(IntList sizes)
      : slope(register_parameter("slope", ones(sizes))), intercept(register_parameter("intercept", ones(sizes))) {}
  Tensor forward(const Tensor& x) { return x * slope + intercept; }
  nn::Parameter slope, intercept;
};

// What guard.sh counts instructions in, by its name: start-up is not among them.
template <class Step>
[[gnu::noinline]] void measured_steps(int n, Step step) {
  for (int i = 0; i < n; ++i) step();
}

template <class Step>
void repeat(int n, Step step) {
  for (int i = 0; i < 20; ++i) step();
  const std::uint64_t before = bench::allocations();
  measured_steps(n, step);
  std::printf("allocations %llu\n", static_cast<unsigned long long>(bench::allocations() - before));
}

template <class Model, class Forward>
void train(int n, Model& model, std::int64_t batch, std::int64_t features, Forward forward) {
  const Tensor x = randn({batch, features}), y = randn({batch, 1});
  optim::SGD optimizer(model.parameters(), 1e-6);
  nn::MSELoss loss_fn;
  repeat(n, [&] {
    optimizer.zero_grad();
    auto loss = loss_fn(forward(x), y);
    loss.backward();
    optimizer.step();
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const int n = argc > 2 ? std::atoi(argv[2]) : 1;
  set_num_threads(1);
  manual_seed(0);
  if (what == "regression" || what == "regression1") {
    LinearRegression model(what == "regression" ? IntList() : IntList{1});
    train(n, model, 32, 1, [&](const Tensor& x) { return model.forward(x); });
  } else if (what == "linear") {
    nn::Linear model(13, 1);
    train(n, *model, 64, 13, [&](const Tensor& x) { return model->forward(x); });
  } else if (what == "mlp") {
    nn::Sequential model{nn::Linear(64, 64), nn::ReLU(), nn::Linear(64, 1)};
    train(n, *model, 1, 64, [&](const Tensor& x) { return model->forward(x); });
  } else if (what == "grad") {
    const Tensor x = randn({10}, requires_grad()), y = randn({10});
    repeat(n, [&] { autograd::grad({mse_loss(x * x, y)}, {x}); });
  } else if (what == "hessian") {
    const Tensor x = randn({10}, kDouble);
    const auto rosenbrock = [](const Tensor& v) {
      const Tensor a = v.slice(0, 0, 9), b = v.slice(0, 1);
      return ((b - a * a).square() * 100 + (1 - a).square()).sum();
    };
    repeat(n, [&] { autograd::functional::hessian(rosenbrock, x); });
  } else if (what == "chain") {
    const Tensor a = full({1}, 0.5, requires_grad());
    repeat(n, [&] {
      Tensor h = a;
      for (int i = 0; i < 10; ++i) h = tanh(h);
      h.backward();
      a.zero_grad();
    });
  } else if (what == "tape") {
    Tensor h = full({1}, 0.5, requires_grad());
    const Tensor b = full({1}, 0.999);
    for (int i = 0; i < n; ++i) h = h * b;
  } else {
    std::fprintf(stderr, "usage: guard regression|regression1|linear|mlp|chain|grad|hessian|tape N\n");
    return 2;
  }
}
