// A row keeps its threshold or misses it, as the command line's filter says.
#include <tapegrad/benchmark.h>

#include <vector>

using namespace tapegrad;

TAPEGRAD_BENCHMARK_STEP("keeps", {.samples = 1, .at_most_us = 1e6},
                        [] { return [] { benchmark::DoNotOptimize(std::vector<int>(100).data()); }; });
TAPEGRAD_BENCHMARK_STEP("misses", {.at_most_allocations = 0},
                        [] { return [] { benchmark::DoNotOptimize(std::vector<int>(100).data()); }; });

TAPEGRAD_BENCHMARK_MAIN();
