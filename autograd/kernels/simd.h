// Which SIMD targets are generated. Include this before any Highway header, in every file that uses Highway: all files
// must agree, or run-time dispatch would pick a target that some of them lack.
//
// x86-64: the baseline (any CPU; Highway 1.0.3 has no SSE2 target, so it is one lane wide), AVX2 with FMA, AVX-512.
// SSSE3 and SSE4 serve CPUs from before 2013 only, AVX3_DL adds nothing that is used here, and every target costs
// compile time and code. Arm: NEON; vectors of unknown length (SVE, RVV) cannot stand in arrays, as kernels want them.
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
//   HWY_EXPORT(exp_floats);
//   void exp(const float* in, float* out, size_t n) { HWY_DYNAMIC_DISPATCH(exp_floats)(in, out, n); }
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
  (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

#endif  // TAPEGRAD_AUTOGRAD_KERNELS_SIMD_H_
