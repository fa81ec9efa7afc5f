// Operations at the shapes of small models, called as a program calls them, without gradients. Names: op/WHAT.
#include <tapegrad/tapegrad.h>

#include <benchmark/benchmark.h>

namespace {

using namespace tapegrad;

template <class F>
void call(benchmark::State& state, F fn) {
  set_num_threads(1);
  const NoGradGuard no_grad;
  for (auto _ : state) benchmark::DoNotOptimize(fn());
}

void linear_of_one_row(benchmark::State& state) {
  const Tensor x = randn({1, 64}), weight = randn({64, 64}), bias = randn({64});
  call(state, [&] { return linear(x, weight, bias); });
}
BENCHMARK(linear_of_one_row)->Name("op/linear_of_one_row");

void sum_of_all(benchmark::State& state) {
  const Tensor x = randn({128, 10});
  call(state, [&] { return x.sum(); });
}
BENCHMARK(sum_of_all)->Name("op/sum_128_10");

void sum_of_columns(benchmark::State& state) {
  const Tensor x = randn({128, 10});
  call(state, [&] { return x.sum(0); });
}
BENCHMARK(sum_of_columns)->Name("op/sum_0_128_10");

void add_row(benchmark::State& state) {
  const Tensor x = randn({256, 5}), row = randn({5});
  call(state, [&] { return x + row; });
}
BENCHMARK(add_row)->Name("op/add_row_256_5");

void add_columns_of(benchmark::State& state) {
  const Tensor x = randn({256, 10}).slice(1, 0, 5), y = randn({256, 10}).slice(1, 5, 10);
  call(state, [&] { return x + y; });
}
BENCHMARK(add_columns_of)->Name("op/add_strided_256_5");

void log_softmax_of_few(benchmark::State& state) {
  const Tensor x = randn({256, 5});
  call(state, [&] { return log_softmax(x, 1); });
}
BENCHMARK(log_softmax_of_few)->Name("op/log_softmax_256_5");

}  // namespace
