// Which SIMD targets are generated, and which of them runs. Include this before any Highway header, in every file that
// uses Highway: all files must agree, or dispatch would pick a target that some of them lack.
//
// x86-64: the baseline (any CPU; Highway 1.0.3 has no SSE2 target, so it is one lane wide), AVX2 with FMA, AVX-512.
// SSSE3 and SSE4 serve CPUs from before 2013 only, what is better than plain AVX-512 adds nothing that is used here,
// and every target costs compile time and code. Elsewhere the baseline alone, which is NEON on Arm; vectors of unknown
// length (SVE, RVV) cannot stand in arrays, as kernels want them.
//
// Only Highway's headers are used. Its library would be another file to find at run time, calibrates a timer whenever a
// program starts, and has one choice of target for all that is in the process; so tables and choice are ours.
//
// A kernel file, from its first line (the path is its own, relative to the repository; loop_floating.cpp and optim.cpp
// are examples):
//
//   #include "autograd/kernels/simd.h"
//   #undef HWY_TARGET_INCLUDE
//   #define HWY_TARGET_INCLUDE "autograd/kernels/NAME.cpp"
//   #include <hwy/foreach_target.h>  // includes this file once per target; must come before highway.h
//   #include <hwy/highway.h>
//   #include "autograd/kernels/vec_math-inl.h"
//
//   HWY_BEFORE_NAMESPACE();
//   namespace tapegrad::kernels::HWY_NAMESPACE {
//   namespace hn = hwy::HWY_NAMESPACE;
//   void exp_floats(const float* in, float* out, size_t n) { ... }  // once per target
//   }
//   HWY_AFTER_NAMESPACE();
//
//   #if HWY_ONCE
//   namespace tapegrad::kernels {
//   TAPEGRAD_TARGETS(exp_floats);
//   void exp(const float* in, float* out, size_t n) { TAPEGRAD_DISPATCH(exp_floats)(in, out, n); }
//   }
//   #endif
#ifndef TAPEGRAD_AUTOGRAD_KERNELS_SIMD_H_
#define TAPEGRAD_AUTOGRAD_KERNELS_SIMD_H_

#ifdef HIGHWAY_HWY_DETECT_TARGETS_H_
#error "include autograd/kernels/simd.h before any Highway header"
#endif

// One lane wide on Clang as on GCC: emulated vectors take minutes to compile under sanitizers.
#define HWY_BROKEN_EMU128 1

#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | (HWY_AVX3 - 1) | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

#if !defined(__x86_64__) && !defined(HWY_COMPILE_ONLY_STATIC)
#define HWY_COMPILE_ONLY_STATIC
#endif

#include <hwy/base.h>
#include <hwy/detect_targets.h>

#include <atomic>

// What Highway asserts in builds for debugging would end in its library.
#undef HWY_ABORT
#define HWY_ABORT(...) __builtin_trap()

namespace tapegrad::kernels {

// Where the table of a function has the one that is compiled for a target.
enum Target : int { kBaseline, kAvx2, kAvx512 };

// The best target that is built and that the processor and the system have: asks them.
Target best_target() noexcept;

// That of all dispatch, once it is known. Tests set it.
inline std::atomic<int> target_in_use{-1};

Target find_target() noexcept;  // sets it

inline int target() noexcept {
#if HWY_TARGETS == HWY_STATIC_TARGET
  return kBaseline;
#else
  const int known = target_in_use.load(std::memory_order_relaxed);
  return known >= 0 ? known : find_target();
#endif
}

}  // namespace tapegrad::kernels

#define TAPEGRAD_TARGETS(function)                                                       \
  constexpr decltype(&HWY_STATIC_DISPATCH(function)) function##_targets[] {              \
    &HWY_STATIC_DISPATCH(function), HWY_CHOOSE_AVX2(function), HWY_CHOOSE_AVX3(function) \
  }
#define TAPEGRAD_DISPATCH(function) (*function##_targets[::tapegrad::kernels::target()])

#endif  // TAPEGRAD_AUTOGRAD_KERNELS_SIMD_H_
