// One small training step, N times: what guard.sh counts the instructions and allocations of.
// usage: guard STEP N, with STEP regression, linear, chain, or tape: N products recorded, for their memory
#include <tapegrad/tapegrad.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/allocations.h"

using namespace tapegrad;

namespace {

struct LinearRegression : nn::Module {
  nn::Parameter slope = register_parameter("slope", tensor(1.0F));
  nn::Parameter intercept = register_parameter("intercept", tensor(1.0F));
  Tensor forward(const Tensor& x) { return x * slope + intercept; }
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
  if (what == "regression") {
    LinearRegression model;
    train(n, model, 32, 1, [&](const Tensor& x) { return model.forward(x); });
  } else if (what == "linear") {
    nn::Linear model(13, 1);
    train(n, *model, 64, 13, [&](const Tensor& x) { return model->forward(x); });
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
    std::fprintf(stderr, "usage: guard regression|linear|chain|tape N\n");
    return 2;
  }
}
