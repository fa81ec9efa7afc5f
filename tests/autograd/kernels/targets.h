// For tests of kernels that run once per SIMD target of this machine.
#pragma once

#include <vector>

#include "autograd/kernels/simd.h"

namespace tapegrad::kernels {

inline std::vector<Target> targets_here() {
  std::vector<Target> list{kBaseline};
  if ((HWY_TARGETS & HWY_AVX2) != 0 && HWY_STATIC_TARGET != HWY_AVX2 && best_target() >= kAvx2) list.push_back(kAvx2);
  if ((HWY_TARGETS & HWY_AVX3) != 0 && HWY_STATIC_TARGET != HWY_AVX3 && best_target() >= kAvx512)
    list.push_back(kAvx512);
  return list;
}

inline const char* name_of(Target target) {
  return target == kAvx512 ? "AVX512" : target == kAvx2 ? "AVX2" : "Baseline";
}

// All kernels run on the target while it lives.
class OnTarget {
 public:
  explicit OnTarget(Target target) { target_in_use = target; }
  ~OnTarget() { target_in_use = best_target(); }
  OnTarget(const OnTarget&) = delete;
  OnTarget& operator=(const OnTarget&) = delete;
};

}  // namespace tapegrad::kernels
