// The limit: the regression step as one hand-written loop with its analytic gradient. Compiled with -march=native.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <vector>

namespace {

void fused_regression(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  std::mt19937 gen(0);
  std::normal_distribution<float> normal;
  std::vector<float> x(n);
  std::vector<float> y(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = normal(gen);
    y[i] = normal(gen);
  }
  float slope = 1;
  float intercept = 1;
  const float lr = 1e-6F;
  for (auto _ : state) {
    // Eight partial sums, so that the compiler may use vectors without reordering one sum.
    float ds[8] = {};
    float di[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
      for (std::size_t k = 0; k < 8; ++k) {
        const float d = x[i + k] * slope + intercept - y[i + k];
        ds[k] += d * x[i + k];
        di[k] += d;
      }
    }
    for (; i < n; ++i) {
      const float d = x[i] * slope + intercept - y[i];
      ds[0] += d * x[i];
      di[0] += d;
    }
    const float scale = 2 * lr / static_cast<float>(n);
    slope -= scale * (((ds[0] + ds[1]) + (ds[2] + ds[3])) + ((ds[4] + ds[5]) + (ds[6] + ds[7])));
    intercept -= scale * (((di[0] + di[1]) + (di[2] + di[3])) + ((di[4] + di[5]) + (di[6] + di[7])));
    benchmark::DoNotOptimize(slope);
    benchmark::DoNotOptimize(intercept);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fused_regression)->Name("fused/regression")->Arg(1)->Arg(32)->Arg(1024);

}  // namespace
