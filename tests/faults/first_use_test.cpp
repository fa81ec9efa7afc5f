// Memory that runs out at the first use of a process: of the library, of its threads, of a random generator. Each
// failure has a process of its own, which this program starts from itself.
#include <gtest/gtest.h>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <new>
#include <string>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/threads.h>

#include "heap.h"
#include "scenario.h"
#include "tests/common/this_program.h"

extern char** environ;

namespace tapegrad::test {
namespace {

constexpr const char* kPlan = "TAPEGRAD_TEST_FIRST_USE";  // "use k times" of the child

double use_of_the_tape() {
  const Tensor x = ones({8}).requires_grad_();
  (exp(x) * x).sum().backward();
  return x.grad().sum().item<double>();
}

double use_of_threads() {
  set_num_threads(4);
  return (ones({300'000}) * 3).sum().item<double>();
}

double use_of_random_numbers() { return rand({4}).sum().item<double>(); }

constexpr double (*kUses[])() = {use_of_the_tape, use_of_threads, use_of_random_numbers};

// Ends with 0 where all is well, 3 where there is no k-th allocation.
int child(const std::string& plan) {
  const int use = plan[0] - '0', times = plan[2] - '0', k = std::atoi(plan.c_str() + 4);
  double value = 0;
  bool threw = false;
  FailingHeap heap(k, times == 0 ? Times::Once : Times::FromThereOn);
  try {
    value = kUses[use]();
  } catch (const std::bad_alloc&) {
    threw = true;
  }
  heap.stop();
  if (!heap.happened()) return threw ? 1 : 3;
  if (threw) value = kUses[use]();
  return value == kUses[use]() || use == 2 ? 0 : 2;
}

// Run by the tests below, in a process of its own.
TEST(FirstUse, DISABLED_Child) {
  const char* plan = std::getenv(kPlan);
  ASSERT_NE(plan, nullptr);
  std::_Exit(child(plan));
}

int run_child(const std::string& plan) {
  ::setenv(kPlan, plan.c_str(), 1);
  std::string self = std::filesystem::read_symlink("/proc/self/exe"), emulator = test::emulator(),
              filter = "--gtest_filter=FirstUse.DISABLED_Child", all = "--gtest_also_run_disabled_tests",
              quiet = "--gtest_brief=1";
  char* arguments[] = {emulator.data(), self.data(), filter.data(), all.data(), quiet.data(), nullptr};
  char** const first = arguments + (emulator.empty() ? 1 : 0);
  pid_t pid = 0;
  int status = 0;
  if (::posix_spawnp(&pid, *first, nullptr, nullptr, first, environ) != 0) return 126;
  if (::waitpid(pid, &status, 0) != pid) return 127;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(FirstUse, SurvivesFailingMemory) {
  if (!kHeapCanFail) GTEST_SKIP() << "ThreadSanitizer's operator new cannot be made to fail";
  int n_failed = 0;
  for (int use = 0; use < 3; ++use) {
    for (int times = 0; times < 2; ++times) {
      const int step = every_k() ? 1 : 4;
      for (int k = times % step;; k += step) {
        const std::string plan = std::to_string(use) + ' ' + std::to_string(times) + ' ' + std::to_string(k);
        const int code = run_child(plan);
        if (code == 3) break;
        ++n_failed;
        EXPECT_EQ(code, 0) << "use, times and allocation: " << plan;
        ASSERT_LT(k, 1000);
      }
    }
  }
  EXPECT_GT(n_failed, 5);
  RecordProperty("injected", std::to_string(n_failed));
}

}  // namespace
}  // namespace tapegrad::test
