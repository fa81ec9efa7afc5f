// A program that uses Highway's own library beside tapegrad: neither chooses the SIMD target of the other.
#ifndef TAPEGRAD_SHARED
#include "autograd/kernels/simd.h"  // before Highway's headers
#endif
#include <hwy/aligned_allocator.h>
#include <hwy/targets.h>

#include <tapegrad/tapegrad.h>

#include <cstdio>
#include <cstring>

using namespace tapegrad;

int main() {
  const Tensor x = randn({64, 64});
  const auto compute = [&] { return matmul(x, x).tanh().softmax(1); };
  const Tensor before = compute();
  const auto has = hwy::SupportedTargets();
  hwy::SetSupportedTargetsForTest(HWY_SCALAR);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  const Tensor after = compute();
  const auto kept = hwy::AllocateAligned<float>(64 * 64);
  std::memcpy(kept.get(), after.data_ptr<float>(), 64 * 64 * sizeof(float));
  if (std::memcmp(kept.get(), before.data_ptr<float>(), 64 * 64 * sizeof(float)) != 0) {
    std::fprintf(stderr, "highway: its target, chosen by the program, is tapegrad's, too\n");
    return 1;
  }
#ifndef TAPEGRAD_SHARED
  const auto built = has & HWY_TARGETS;
  const auto expected = (built & HWY_AVX3) != 0   ? kernels::kAvx512
                        : (built & HWY_AVX2) != 0 ? kernels::kAvx2
                                                  : kernels::kBaseline;
  if (kernels::best_target() != expected) {
    std::fprintf(stderr, "highway: it finds target %d, tapegrad %d\n", expected, kernels::best_target());
    return 1;
  }
#endif
  return has == 0;
}
