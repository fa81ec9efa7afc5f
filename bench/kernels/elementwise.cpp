// Elementwise functions and reductions: the kernels alone, ns an element, beside Eigen where it was found, and the
// machine's triad bandwidth as the limit out of cache. Names: WHAT/WHOSE/elements.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "autograd/kernels/loop.h"
#include "autograd/kernels/parallel.h"
#include "autograd/kernels/reduce.h"
#include "bench/kernels/peers.h"

namespace bench {
namespace {

using tapegrad::kernels::Fn;

std::vector<float> uniform(std::int64_t n, float low, float high) {
  std::mt19937 gen(0);
  std::uniform_real_distribution<float> draw(low, high);
  std::vector<float> x(static_cast<std::size_t>(n));
  for (float& v : x) v = draw(gen);
  return x;
}

template <class F>
void add(const std::string& name, std::int64_t n, F body) {
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
    tapegrad::kernels::set_num_threads(1);
    const std::vector<float> x = uniform(n, -4, 4);
    std::vector<float> out(x.size());
    for (auto _ : state) {
      body(x.data(), out.data(), n);
      benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * n);
  });
}

void add_function(const char* what, Fn fn, EigenFn eigen_fn) {
  constexpr std::int64_t kElements = 4096;
  const tapegrad::kernels::Loop loop = tapegrad::kernels::find_loop(fn, tapegrad::kFloat);
  const std::string size = "/" + std::to_string(kElements);
  add(std::string(what) + "/tapegrad" + size, kElements, [loop](const float* x, float* out, std::int64_t n) {
    const void* in[] = {x};
    loop(out, in, 0, n, nullptr);
  });
  if (eigen_function(eigen_fn) == nullptr) return;
  add(std::string(what) + "/eigen" + size, kElements, eigen_function(eigen_fn));
}

const bool kAdded = [] {
  add_function("exp", Fn::Exp, EigenFn::kExp);
  add_function("log", Fn::Log, EigenFn::kNone);
  add_function("tanh", Fn::Tanh, EigenFn::kTanh);
  add_function("sigmoid", Fn::Sigmoid, EigenFn::kSigmoid);
  add_function("erf", Fn::Erf, EigenFn::kNone);
  add_function("sin", Fn::Sin, EigenFn::kNone);
  add_function("cos", Fn::Cos, EigenFn::kNone);
  add_function("gelu", Fn::Gelu, EigenFn::kNone);
  add_function("gelu_tanh", Fn::GeluTanh, EigenFn::kNone);
  add_function("relu", Fn::Relu, EigenFn::kRelu);
  constexpr std::int64_t kRows = 128, kColumns = 1000;
  const std::string size = "/" + std::to_string(kRows * kColumns);
  add("softmax/tapegrad" + size, kRows * kColumns, [](const float* x, float* out, std::int64_t) {
    tapegrad::kernels::softmax(tapegrad::kFloat, false, x, kRows, kColumns, out);
  });
  add("sum_last/tapegrad" + size, kRows * kColumns, [](const float* x, float* out, std::int64_t) {
    tapegrad::kernels::sum(tapegrad::kFloat, x, {kRows, kColumns, 1}, out);
  });
  if (eigen_function(EigenFn::kSoftmax) != nullptr) {
    add("softmax/eigen" + size, kRows * kColumns, eigen_function(EigenFn::kSoftmax));
    add("sum_last/eigen" + size, kRows * kColumns, eigen_function(EigenFn::kSumLast));
  }
  // Out of cache: 16 M elements, a + s b against the same loop by hand.
  constexpr std::int64_t kLarge = 1 << 24;
  const tapegrad::kernels::Loop plus = tapegrad::kernels::find_loop(Fn::Add, tapegrad::kFloat);
  add("add_large/tapegrad/" + std::to_string(kLarge), kLarge, [plus](const float* x, float* out, std::int64_t n) {
    const void* in[] = {x, out};
    plus(out, in, 0, n, nullptr);
  });
  add("add_large/limit/" + std::to_string(kLarge), kLarge, triad);
  return true;
}();

}  // namespace
}  // namespace bench
