// Matrix products: kernels/gemm.h beside OpenBLAS, oneDNN, Eigen and libxsmm, where they were found. One thread, and
// two. Names: gemm/WHOSE/LAYOUT/TYPE/m/n/k/threads; LAYOUT says which of A and B is stored transposed.
#include "autograd/kernels/gemm.h"

#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "autograd/kernels/parallel.h"
#include "bench/kernels/peers.h"

namespace bench {
namespace {

using tapegrad::kernels::gemm;

template <class T>
void ours(const Gemm<T>& g) {
  gemm<T>(g.m, g.n, g.k, g.a, g.ta ? 1 : g.k, g.ta ? g.m : 1, g.b, g.tb ? 1 : g.n, g.tb ? g.k : 1, g.c, g.n, false,
          nullptr);
}

template <class T>
void run(benchmark::State& state, void (*product)(const Gemm<T>&), Gemm<T> g, int threads) {
  std::mt19937 gen(0);
  std::uniform_real_distribution<T> uniform(-1, 1);
  std::vector<T> a(static_cast<std::size_t>(g.m * g.k)), b(static_cast<std::size_t>(g.k * g.n)),
      c(static_cast<std::size_t>(g.m * g.n));
  for (T& v : a) v = uniform(gen);
  for (T& v : b) v = uniform(gen);
  g.a = a.data();
  g.b = b.data();
  g.c = c.data();
  tapegrad::kernels::set_num_threads(threads);
  set_peer_threads(threads);
  for (auto _ : state) {
    product(g);
    benchmark::ClobberMemory();
  }
  state.counters["GFLOP/s"] =
      benchmark::Counter(2e-9 * static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k),
                         benchmark::Counter::kIsIterationInvariantRate);
}

template <class T>
void add(const char* type, std::int64_t m, std::int64_t n, std::int64_t k, bool ta, bool tb, int threads) {
  const Gemm<T> g{m, n, k, ta, tb, nullptr, nullptr, nullptr};
  const std::string what = std::string("/") + (ta ? "T" : "N") + (tb ? "T" : "N") + "/" + type + "/" +
                           std::to_string(m) + "/" + std::to_string(n) + "/" + std::to_string(k) + "/" +
                           std::to_string(threads);
  const auto add_one = [&](const char* whose, void (*product)(const Gemm<T>&)) {
    if (product == nullptr) return;
    benchmark::RegisterBenchmark(("gemm/" + std::string(whose) + what).c_str(), [=](benchmark::State& s) {
      run<T>(s, product, g, threads);
    })->UseRealTime();
  };
  add_one("tapegrad", &ours<T>);
  add_one("openblas", openblas<T>());
  add_one("onednn", onednn<T>());
  add_one("eigen", eigen<T>());
  if (!ta && threads == 1) add_one("libxsmm", libxsmm<T>());
}

void peak(benchmark::State& state) {
  float inout[2] = {0.5F, 0};
  double done = 0;
  for (auto _ : state) {
    done += fma_peak(100000, inout);
    benchmark::ClobberMemory();
  }
  state.counters["GFLOP/s"] = benchmark::Counter(2e-9 * done, benchmark::Counter::kIsRate);
}
BENCHMARK(peak)->Name("peak");

struct Shape {
  std::int64_t m, n, k;
  bool ta, tb;
};

const bool kAdded = [] {
  // Forward, weight gradient and input gradient of Linear(784, 512), (512, 512), (784, 10) and (512, 10), batch 128.
  constexpr Shape kTraining[] = {{128, 512, 784, false, true},  {512, 784, 128, true, false},
                                 {128, 512, 512, false, true},  {512, 512, 128, true, false},
                                 {128, 512, 512, false, false}, {128, 10, 784, false, true},
                                 {10, 784, 128, true, false},   {128, 10, 512, false, true},
                                 {10, 512, 128, true, false},   {128, 512, 10, false, false}};
  for (const Shape& s : kTraining) {
    add<float>("f32", s.m, s.n, s.k, s.ta, s.tb, 1);
    add<float>("f32", s.m, s.n, s.k, s.ta, s.tb, 2);
  }
  for (const std::int64_t n : {4, 8, 16, 32, 64, 128, 256, 512, 1024}) {
    add<float>("f32", n, n, n, false, false, 1);
    add<double>("f64", n, n, n, false, false, 1);
  }
  for (const std::int64_t n : {512, 1024}) add<float>("f32", n, n, n, false, false, 2);
  constexpr Shape kThin[] = {{64, 1, 13, false, true},    {1, 13, 64, true, false},   {4096, 1, 512, false, true},
                             {1, 512, 4096, true, false}, {4096, 8, 64, false, true}, {8, 4096, 64, false, false}};
  for (const Shape& s : kThin) add<float>("f32", s.m, s.n, s.k, s.ta, s.tb, 1);
  return true;
}();

}  // namespace
}  // namespace bench
