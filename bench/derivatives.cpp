// Derivatives of functions: Hessians, products with them, gradients of samples. Names: derivative/WHAT.
#include <tapegrad/tapegrad.h>

#include <benchmark/benchmark.h>

namespace {

using namespace tapegrad;
namespace functional = autograd::functional;

Tensor rosenbrock(const Tensor& v) {
  const Tensor a = v.slice(0, 0, 9), b = v.slice(0, 1);
  return ((b - a * a).square() * 100 + (1 - a).square()).sum();
}

void hessian(benchmark::State& state) {
  set_num_threads(1);
  const Tensor x = randn({10}, kDouble);
  for (auto _ : state) benchmark::DoNotOptimize(functional::hessian(rosenbrock, x));
}
BENCHMARK(hessian)->Name("derivative/hessian");

// An MLP, 64-64-1, on a batch of 128, by its parameters.
struct Net {
  nn::Linear first{64, 64}, second{64, 1};
  std::vector<Tensor> parameters{first->weight, first->bias, second->weight, second->bias};
  Tensor x = randn({128, 64}), y = randn({128, 1});

  static Tensor loss(const std::vector<Tensor>& p, const Tensor& x, const Tensor& y) {
    return mse_loss(linear(linear(x, p[0], p[1]).tanh(), p[2], p[3]), y);
  }
};

void batch_gradient(benchmark::State& state) {
  set_num_threads(1);
  const Net net;
  for (auto _ : state)
    benchmark::DoNotOptimize(autograd::grad({Net::loss(net.parameters, net.x, net.y)}, net.parameters));
}
BENCHMARK(batch_gradient)->Name("derivative/batch_gradient");

void sample_gradients(benchmark::State& state) {
  set_num_threads(1);
  const Net net;
  auto per_sample = functional::vmap([&](const Tensor& x, const Tensor& y) {
    return autograd::grad({Net::loss(net.parameters, x, y)}, net.parameters);
  });
  for (auto _ : state) benchmark::DoNotOptimize(per_sample(net.x, net.y));
}
BENCHMARK(sample_gradients)->Name("derivative/sample_gradients");

// The same, one sample after the other.
void sample_loop(benchmark::State& state) {
  set_num_threads(1);
  const Net net;
  for (auto _ : state)
    for (std::int64_t i = 0; i < 128; ++i)
      benchmark::DoNotOptimize(autograd::grad({Net::loss(net.parameters, net.x[i], net.y[i])}, net.parameters));
}
BENCHMARK(sample_loop)->Name("derivative/sample_loop");

void hvp(benchmark::State& state) {
  set_num_threads(1);
  const Net net;
  std::vector<Tensor> v;
  for (const Tensor& p : net.parameters) v.push_back(randn_like(p));
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        functional::hvp([&](const std::vector<Tensor>& p) { return std::vector<Tensor>{Net::loss(p, net.x, net.y)}; },
                        net.parameters, v));
  }
}
BENCHMARK(hvp)->Name("derivative/hvp");

}  // namespace
