// The training steps that are timed, written once in libtorch's spelling: this file is compiled against tapegrad and,
// where it is installed, against libtorch itself. One step: zero_grad, forward, loss, backward, optimizer step.
// Data stay random and learning rates small, so that no model converges: denormal numbers would slow it.
#pragma once

#include <benchmark/benchmark.h>

#include <thread>

#include "bench/allocations.h"

namespace bench {

void set_threads(int n);  // each framework's own

template <class Step>
void run(benchmark::State& state, std::int64_t batch, Step step, int threads = 1) {
  set_threads(threads);
  for (int i = 0; i < 3; ++i) step();
  const std::uint64_t before = allocations();
  std::uint64_t steps = 0;
  for (auto _ : state) {
    step();
    ++steps;
  }
  state.counters["allocations"] = static_cast<double>(allocations() - before) / static_cast<double>(steps);
  state.SetItemsProcessed(static_cast<std::int64_t>(steps) * batch);
}

// The usual step, on all rows that the benchmark names.
template <class Model, class Optimizer, class Loss>
void train(benchmark::State& state, Model& model, Optimizer& optimizer, Loss& loss_fn, const torch::Tensor& x,
           const torch::Tensor& y, int threads = 1) {
  run(
      state, state.range(0),
      [&] {
        optimizer.zero_grad();
        auto loss = loss_fn(model.forward(x), y);
        loss.backward();
        optimizer.step();
      },
      threads);
}

struct Regression : torch::nn::Module {
  explicit Regression(std::vector<std::int64_t> sizes = {}) {
    slope = register_parameter("slope", torch::ones(sizes));
    intercept = register_parameter("intercept", torch::ones(sizes));
  }
  torch::Tensor forward(const torch::Tensor& x) { return x * slope + intercept; }
  torch::Tensor slope, intercept;
};

struct Mlp : torch::nn::Module {
  Mlp() {
    fc1 = register_module("fc1", torch::nn::Linear(784, 512));
    fc2 = register_module("fc2", torch::nn::Linear(512, 512));
    fc3 = register_module("fc3", torch::nn::Linear(512, 10));
  }
  torch::Tensor forward(const torch::Tensor& x) {
    return fc3->forward(torch::relu(fc2->forward(torch::relu(fc1->forward(x)))));
  }
  torch::nn::Linear fc1{nullptr}, fc2{nullptr}, fc3{nullptr};
};

inline void regression_of(benchmark::State& state, const std::vector<std::int64_t>& sizes) {
  torch::manual_seed(0);
  const auto x = torch::randn({state.range(0), 1});
  const auto y = torch::randn({state.range(0), 1});
  Regression model(sizes);
  torch::optim::SGD optimizer(model.parameters(), torch::optim::SGDOptions(1e-6));
  torch::nn::MSELoss loss_fn;
  train(state, model, optimizer, loss_fn, x, y);
}

inline void regression_step(benchmark::State& state) { regression_of(state, {}); }
inline void regression_of_1_step(benchmark::State& state) { regression_of(state, {1}); }

// The same in a process that has had a second thread: from then on counts are atomic.
inline void regression_beside_threads_step(benchmark::State& state) {
  std::thread([] {}).join();
  regression_step(state);
}

inline void linear_1_1_step(benchmark::State& state) {
  torch::manual_seed(0);
  const auto x = torch::randn({state.range(0), 1});
  const auto y = torch::randn({state.range(0), 1});
  torch::nn::Linear model(1, 1);
  torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(1e-6));
  torch::nn::MSELoss loss_fn;
  train(state, *model, optimizer, loss_fn, x, y);
}

inline void linear_13_1_step(benchmark::State& state) {
  torch::manual_seed(0);
  const auto x = torch::randn({state.range(0), 13});
  const auto y = torch::randn({state.range(0), 1});
  torch::nn::Linear model(13, 1);
  torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(1e-6));
  torch::nn::MSELoss loss_fn;
  train(state, *model, optimizer, loss_fn, x, y);
}

// One sample at a time.
inline void online_mlp_step(benchmark::State& state) {
  torch::manual_seed(0);
  const auto x = torch::randn({state.range(0), 64});
  const auto y = torch::randn({state.range(0), 1});
  torch::nn::Sequential model(torch::nn::Linear(64, 64), torch::nn::ReLU(), torch::nn::Linear(64, 1));
  torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(1e-6));
  torch::nn::MSELoss loss_fn;
  train(state, *model, optimizer, loss_fn, x, y);
}

inline void linear_784_10_step(benchmark::State& state) {
  torch::manual_seed(0);
  const auto x = torch::randn({state.range(0), 784});
  const auto y = torch::randint(0, 10, {state.range(0)}, torch::kLong);
  torch::nn::Linear model(784, 10);
  torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(1e-6));
  torch::nn::CrossEntropyLoss loss_fn;
  train(state, *model, optimizer, loss_fn, x, y);
}

template <class Optimizer, class Options>
void mlp_step(benchmark::State& state, Options options, int threads) {
  torch::manual_seed(0);
  const auto x = torch::randn({state.range(0), 784});
  const auto y = torch::randint(0, 10, {state.range(0)}, torch::kLong);
  Mlp model;
  Optimizer optimizer(model.parameters(), options);
  torch::nn::CrossEntropyLoss loss_fn;
  train(state, model, optimizer, loss_fn, x, y, threads);
}

template <int kThreads>
void mlp_sgd_step(benchmark::State& state) {
  mlp_step<torch::optim::SGD>(state, torch::optim::SGDOptions(1e-6).momentum(0.9), kThreads);
}
template <int kThreads>
void mlp_adam_step(benchmark::State& state) {
  mlp_step<torch::optim::Adam>(state, torch::optim::AdamOptions(1e-6), kThreads);
}

// A chain of one-element tensors, recorded and differentiated; time an operation.
inline void scalar_chain(benchmark::State& state) {
  set_threads(1);
  const auto a = torch::full({1}, 0.5, torch::requires_grad());
  for (auto _ : state) {
    torch::Tensor h = a;
    for (std::int64_t i = 0; i < state.range(0); ++i) h = torch::tanh(h);
    h.backward();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

}  // namespace bench

// Names start with the framework, so that the table can put them side by side.
#define TAPEGRAD_BENCH_STEPS(framework)                                                                    \
  BENCHMARK(bench::regression_step)->Name(framework "/regression")->Arg(1)->Arg(32)->Arg(1024);            \
  BENCHMARK(bench::regression_of_1_step)->Name(framework "/regression_of_1")->Arg(32);                     \
  BENCHMARK(bench::online_mlp_step)->Name(framework "/online_mlp")->Arg(1);                                \
  BENCHMARK(bench::linear_1_1_step)->Name(framework "/linear_1_1")->Arg(32);                               \
  BENCHMARK(bench::linear_13_1_step)->Name(framework "/linear_13_1")->Arg(64);                             \
  BENCHMARK(bench::linear_784_10_step)->Name(framework "/linear_784_10")->Arg(128);                        \
  BENCHMARK(bench::mlp_sgd_step<1>)->Name(framework "/mlp_sgd")->Arg(128);                                 \
  BENCHMARK(bench::mlp_adam_step<1>)->Name(framework "/mlp_adam")->Arg(128);                               \
  BENCHMARK(bench::regression_beside_threads_step)->Name(framework "/regression_beside_threads")->Arg(32); \
  BENCHMARK(bench::mlp_sgd_step<2>)->Name(framework "/mlp_sgd_2_threads")->Arg(128)->UseRealTime();        \
  BENCHMARK(bench::mlp_adam_step<2>)->Name(framework "/mlp_adam_2_threads")->Arg(128)->UseRealTime();      \
  BENCHMARK(bench::scalar_chain)->Name(framework "/scalar_chain")->Arg(10000)
