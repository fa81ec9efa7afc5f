// What it costs to fork and join: a parallel loop of as many empty chunks as there are threads.
#include "autograd/kernels/parallel.h"

#include <benchmark/benchmark.h>

namespace {

void fork_join(benchmark::State& state) {
  tapegrad::kernels::set_num_threads(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    tapegrad::kernels::parallel_for(state.range(0), 1, [](std::int64_t begin, std::int64_t end) noexcept {
      benchmark::DoNotOptimize(begin);
      benchmark::DoNotOptimize(end);
    });
  }
}
BENCHMARK(fork_join)->Name("fork_join")->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
