#include "run_example.h"
#include "tests/autograd/sanitizers.h"

namespace examples_test {
namespace {

class StepBenchmark : public Example {};

TEST_F(StepBenchmark, HasARowForTheStepAndOneForItsReplayAndNeitherAllocates) {
  if (!fs::exists(program("step_benchmark"))) GTEST_SKIP() << "Google Benchmark is not installed";
  if (TAPEGRAD_TEST_ASAN) GTEST_SKIP() << "under AddressSanitizer every tensor's memory comes from the system";
  const Outcome o = run("step_benchmark", "--benchmark_min_time=0.01");
  ASSERT_EQ(o.code, 0) << o.out << o.err;
  EXPECT_TRUE(contains(o.out, "mlp 2-16-2, batch 64/captured")) << o.out;
  EXPECT_TRUE(contains(o.out, "allocations=0")) << o.out;
}

TEST_F(StepBenchmark, TellsWhatTheStepSpendsOnEachOperation) {
  if (!fs::exists(program("step_benchmark"))) GTEST_SKIP() << "Google Benchmark is not installed";
  const Outcome o = run("step_benchmark", "--profile");
  ASSERT_EQ(o.code, 0) << o.out << o.err;
  for (const char* part : {"mlp 2-16-2, batch 64, 100 steps", "linear  ", "mm.tn (backward)", "adam  "})
    EXPECT_TRUE(contains(o.out, part)) << part << "\n" << o.out;
}

}  // namespace
}  // namespace examples_test
