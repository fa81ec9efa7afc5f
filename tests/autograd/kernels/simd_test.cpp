// That each SIMD target runs its own code, and that the processor is asked for what a target needs.
#include "autograd/kernels/simd.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/autograd/kernels/simd_test.cpp"
#include <hwy/foreach_target.h>  // before highway.h

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
std::int64_t compiled_for() { return HWY_TARGET; }
}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#include <gtest/gtest.h>

#include "tests/autograd/kernels/targets.h"

namespace tapegrad::kernels {
namespace {

TAPEGRAD_TARGETS(compiled_for);

TEST(Simd, EachTargetRunsItsOwnCode) {
  for (const Target target : targets_here()) {
    const OnTarget on(target);
    EXPECT_EQ(TAPEGRAD_DISPATCH(compiled_for)(), target == kAvx512 ? HWY_AVX3
                                                 : target == kAvx2 ? HWY_AVX2
                                                                   : HWY_STATIC_TARGET);
  }
}

TEST(Simd, AtMostThreeTargetsAreBuilt) { EXPECT_LE(__builtin_popcountll(HWY_TARGETS), 3); }

TEST(Simd, TheFirstDispatchFindsTheBestTarget) {
  target_in_use = -1;
  const auto best = TAPEGRAD_DISPATCH(compiled_for)();
  const OnTarget on(best_target());
  EXPECT_EQ(best, TAPEGRAD_DISPATCH(compiled_for)());
}

#if defined(__x86_64__)
// The compiler's run-time library asks the processor, too. It knows neither F16C nor LZCNT everywhere, which no
// processor with AVX2 lacks.
TEST(Simd, BestTargetIsWhatTheProcessorHas) {
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512cd");
  const bool wide = avx512 && (HWY_TARGETS & HWY_AVX3) != 0;
  EXPECT_EQ(best_target(), wide ? kAvx512 : avx2 && (HWY_TARGETS & HWY_AVX2) != 0 ? kAvx2 : kBaseline);
}
#endif

}  // namespace
}  // namespace tapegrad::kernels

#endif  // HWY_ONCE
