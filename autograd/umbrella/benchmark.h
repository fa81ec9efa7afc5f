// Rows of Google Benchmark for steps of your own: target tapegrad::benchmark (find_package(tapegrad COMPONENTS
// benchmark)). docs/guide/benchmark.md
//
//   TAPEGRAD_BENCHMARK_STEP("mlp", {.samples = 32, .at_most_us = 200, .at_most_allocations = 0}, [] {
//     ...                                   // model, optimizer and data
//     return [=]() mutable { ... };         // the step
//   });
//   TAPEGRAD_BENCHMARK_MAIN();
#pragma once

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <limits>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <tapegrad/tapegrad.h>

namespace tapegrad::bench {

/// What a row says beside its time, and what it may not exceed.
struct StepOptions {
  std::int64_t samples = 0;                                     ///< rows that a step works on, for samples a second
  double at_most_us = std::numeric_limits<double>::infinity();  ///< the mean of a step
  double at_most_allocations = std::numeric_limits<double>::infinity();  ///< from the heap, a step
  double at_most_bytes = std::numeric_limits<double>::infinity();        ///< of the heap, above what was there before
  bool captured = false;  ///< a second row, NAME/captured, with the same step replayed (capture.h)
};

#define TAPEGRAD_BENCHMARK_COUNTS true
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#undef TAPEGRAD_BENCHMARK_COUNTS
#define TAPEGRAD_BENCHMARK_COUNTS false
#endif
#elif defined(__SANITIZE_THREAD__)
#undef TAPEGRAD_BENCHMARK_COUNTS
#define TAPEGRAD_BENCHMARK_COUNTS false
#endif

/// What TAPEGRAD_BENCHMARK_MAIN's operator new has seen. ThreadSanitizer has an operator new of its own: what is then
/// not counted is NaN, and misses each limit.
struct Heap {
  std::atomic<std::int64_t> allocations{0}, bytes{0}, peak{0};
  void take(void* block) noexcept {
    ++allocations;
    const std::int64_t now = bytes += static_cast<std::int64_t>(malloc_usable_size(block));
    for (std::int64_t seen = peak; now > seen && !peak.compare_exchange_weak(seen, now);) {
    }
  }
  void give(void* block) noexcept { bytes -= static_cast<std::int64_t>(malloc_usable_size(block)); }
};
inline Heap heap;
inline bool missed = false;  ///< a threshold, in any row

/// Measures a step until its time is known: three steps first, so that memory and captured programs are there.
template <class Step>
void measure(::benchmark::State& state, const StepOptions& options, Step&& step) {
  for (int i = 0; i < 3; ++i) step();
  const std::int64_t before = heap.bytes;
  heap.peak = before;
  const std::int64_t allocations = heap.allocations;
  const auto began = std::chrono::steady_clock::now();
  for (auto _ : state) step();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
  const auto steps = static_cast<double>(std::max<std::int64_t>(state.iterations(), 1));
  const auto counted = [](std::int64_t n) {
    return TAPEGRAD_BENCHMARK_COUNTS ? static_cast<double>(n) : std::numeric_limits<double>::quiet_NaN();
  };
  const double us = took.count() / steps, taken = counted(heap.allocations - allocations) / steps;
  const double bytes = counted(heap.peak - before);
  if (options.samples > 0) state.SetItemsProcessed(state.iterations() * options.samples);
  state.counters["allocations"] = taken;
  state.counters["peak_bytes"] = bytes;
  const auto check = [&](const char* what, double value, double limit) {
    if (value <= limit || limit == std::numeric_limits<double>::infinity()) return;
    missed = true;
    state.SkipWithError(
        (std::string(what) + ": " + std::to_string(value) + ", at most " + std::to_string(limit)).c_str());
  };
  check("us a step", us, options.at_most_us);
  check("heap allocations a step", taken, options.at_most_allocations);
  check("bytes of the heap", bytes, options.at_most_bytes);
}

/// What a step spends on each operation, by name (autograd/profiler.h): the sums of 100 steps.
template <class Step>
std::string profile_of(const std::string& name, Step&& step) {
  for (int i = 0; i < 3; ++i) step();
  autograd::profiler::Profile profile;
  for (int i = 0; i < 100; ++i) step();
  profile.stop();
  return name + ", 100 steps:\n" + profile.table(20) + "\n";
}
inline std::vector<std::function<std::string()>> profiles;  ///< one a step of this program, made when it is called

/// A row for the step that make() makes. make() runs anew for each row and each time that the row is measured.
template <class Make>
bool add_step(const std::string& name, const StepOptions& options, Make make) {
  profiles.push_back([=] { return profile_of(name, make()); });
  ::benchmark::RegisterBenchmark(name.c_str(), [=](::benchmark::State& state) { measure(state, options, make()); });
  if (options.captured) {
    ::benchmark::RegisterBenchmark((name + "/captured").c_str(), [=](::benchmark::State& state) {
      auto step = make();
      measure(state, options, capture([&] { step(); }));
    });
  }
  return true;
}

/// Runs the rows that the command line asks for (Google Benchmark's flags): 1 where a threshold was missed. With
/// --profile no row is run: what each step spends on each operation is printed.
inline int run(int argc, char** argv) {
  if (std::any_of(argv + 1, argv + argc, [](const std::string& word) { return word == "--profile"; })) {
    for (const auto& profile : profiles) std::cout << profile();
    return 0;
  }
  ::benchmark::Initialize(&argc, argv);
  if (::benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  ::benchmark::RunSpecifiedBenchmarks();
  return missed ? 1 : 0;
}

}  // namespace tapegrad::bench

#define TAPEGRAD_BENCHMARK_JOIN(a, b) a##b
#define TAPEGRAD_BENCHMARK_NAME(line) TAPEGRAD_BENCHMARK_JOIN(tapegrad_benchmark_step_, line)
/// (name, options, make): a row of this program.
#define TAPEGRAD_BENCHMARK_STEP(name, ...) \
  [[maybe_unused]] static const bool TAPEGRAD_BENCHMARK_NAME(__LINE__) = ::tapegrad::bench::add_step(name, __VA_ARGS__)

#if TAPEGRAD_BENCHMARK_COUNTS  // inlined, GCC takes free() for a mistake
#define TAPEGRAD_BENCHMARK_OPERATORS()                                                                  \
  [[gnu::noinline]] void* operator new(std::size_t size) {                                              \
    void* block = std::malloc(size > 0 ? size : 1);                                                     \
    if (block == nullptr) throw std::bad_alloc();                                                       \
    ::tapegrad::bench::heap.take(block);                                                                \
    return block;                                                                                       \
  }                                                                                                     \
  [[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {                  \
    const auto to = static_cast<std::size_t>(alignment);                                                \
    void* block = std::aligned_alloc(to, (size + to - 1) / to * to);                                    \
    if (block == nullptr) throw std::bad_alloc();                                                       \
    ::tapegrad::bench::heap.take(block);                                                                \
    return block;                                                                                       \
  }                                                                                                     \
  [[gnu::noinline]] void operator delete(void* block) noexcept {                                        \
    if (block == nullptr) return;                                                                       \
    ::tapegrad::bench::heap.give(block);                                                                \
    std::free(block);                                                                                   \
  }                                                                                                     \
  void operator delete(void* block, std::size_t) noexcept { operator delete(block); }                   \
  void operator delete(void* block, std::align_val_t) noexcept { operator delete(block); }              \
  void operator delete(void* block, std::size_t, std::align_val_t) noexcept { operator delete(block); } \
  static_assert(true)
#else
#define TAPEGRAD_BENCHMARK_OPERATORS() static_assert(true)
#endif
/// main(), and the operator new that counts: in one source of the program.
#define TAPEGRAD_BENCHMARK_MAIN()                                                \
  TAPEGRAD_BENCHMARK_OPERATORS();                                                \
  int main(int argc, char** argv) { return ::tapegrad::bench::run(argc, argv); } \
  static_assert(true)
