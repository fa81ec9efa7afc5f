#include "autograd/kernels/simd.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tapegrad::kernels {

// What Highway lets the compiler use for HWY_AVX2 and HWY_AVX3, by its HWY_TARGET_STR, and two that go with it: LZCNT
// and AVX-512 CD, which later versions use. Vectors are there only if the system keeps their registers for each thread.
Target best_target() noexcept {
#if defined(__x86_64__)
  constexpr unsigned kNeeds1 = bit_SSE3 | bit_SSSE3 | bit_SSE4_1 | bit_SSE4_2 | bit_PCLMUL | bit_AES | bit_AVX |
                               bit_FMA | bit_F16C | bit_OSXSAVE;
  constexpr unsigned kNeeds7 = bit_AVX2 | bit_BMI | bit_BMI2;
  constexpr unsigned kNeeds512 = bit_AVX512F | bit_AVX512VL | bit_AVX512DQ | bit_AVX512BW | bit_AVX512CD;
  constexpr unsigned kLzcnt = 1U << 5, kYmm = 0x06, kZmm = 0xe6;  // kYmm, kZmm: of the registers that are kept
  const auto has = [](unsigned bits, unsigned needed) { return (bits & needed) == needed; };
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !has(c, kNeeds1)) return kBaseline;
  if (!__get_cpuid(0x80000001, &a, &b, &c, &d) || !has(c, kLzcnt)) return kBaseline;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !has(b, kNeeds7)) return kBaseline;
  unsigned kept = 0;
  __asm__("xgetbv" : "=a"(kept), "=d"(d) : "c"(0));
  if ((HWY_TARGETS & HWY_AVX3) != 0 && has(b, kNeeds512) && has(kept, kZmm)) return kAvx512;
  if ((HWY_TARGETS & HWY_AVX2) != 0 && has(kept, kYmm)) return kAvx2;
#endif
  return kBaseline;
}

Target find_target() noexcept {
  const Target best = best_target();
  target_in_use.store(best, std::memory_order_relaxed);
  return best;
}

}  // namespace tapegrad::kernels
