// The loop over the elements of a parameter, for the kernels of all optimisers. A kernel's file names itself in
// HWY_TARGET_INCLUDE and includes this (optim_sgd.cpp shows how).
#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/optim.h"
#include "autograd/kernels/parallel.h"
#include "autograd/kernels/simd.h"
// The first includes the kernel's file once per target, and so must come before the second.
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if defined(TAPEGRAD_OPTIM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_OPTIM_INL_H_
#undef TAPEGRAD_OPTIM_INL_H_
#else
#define TAPEGRAD_OPTIM_INL_H_
#endif

#include <cstddef>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// One place of the loop: a vector of elements, or a single one in the tail. Vectors have the operators of numbers, each
// of which rounds by itself, so that vectors, tails and targets agree.
template <class D>
struct Place {
  using T = hn::TFromD<D>;
  using V = hn::Vec<D>;
  D d;
  size_t i;

  HWY_INLINE V load(const void* x) const { return hn::LoadU(d, static_cast<const T*>(x) + i); }
  HWY_INLINE void store(V v, void* x) const { hn::StoreU(v, d, static_cast<T*>(x) + i); }
  HWY_INLINE V all(double number) const { return hn::Set(d, static_cast<T>(number)); }
  // What is kept of a buffer: no subnormal numbers.
  HWY_INLINE V keep(V v, void* buffer) const {
    v = hn::IfThenZeroElse(hn::Lt(hn::Abs(v), hn::Set(d, std::numeric_limits<T>::min())), v);
    store(v, buffer);
    return v;
  }
};

// The baseline's scalar loop is for tiny parameters, where a copy counts; the others copy what the step reads, which no
// element that is written can then be.
#if HWY_TARGET == HWY_EMU128 || HWY_TARGET == HWY_SCALAR
template <class T, bool... kFlags>
HWY_INLINE void StepLoop(const Param& x, const auto& args, size_t i, size_t end, auto step) {
#else
template <class T, bool... kFlags>
HWY_NOINLINE void StepLoop(const Param x, const auto args, size_t i, size_t end, auto step) {
  const hn::ScalableTag<T> d;
  for (const size_t lanes = hn::Lanes(d); i + lanes <= end; i += lanes)
    step.template operator()<kFlags...>(Place<decltype(d)>{d, i}, x, args);
#endif
  for (const hn::CappedTag<T, 1> one; i < end; ++i)
    step.template operator()<kFlags...>(Place<decltype(one)>{one, i}, x, args);
}

// step<flags...>(place, x, args) for each place of x from begin to end, compiled once for each setting of the flags:
// what is not asked for is not computed, where 0 times an infinite parameter would be NaN.
template <class... Flags>
HWY_INLINE void EachPlace(const Param& x, const auto& args, size_t begin, size_t end, auto step, Flags... flags) {
  by_floating(x.dtype, [&]<class T>() {
    with_flags(
        [&]<bool... kFlags>() { StepLoop<T, kFlags...>(x, args, begin, end, step); }, flags...);
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#undef TAPEGRAD_UPDATE
#if HWY_ONCE
namespace tapegrad::kernels {

// Up to here the baseline's scalar code is quicker than the way to a vector.
inline bool is_tiny(const Param& x) noexcept { return x.n <= 8; }

// The kernel over all of x.
inline void run_step(auto kernel, const Param& x, const auto& args) noexcept {
  constexpr std::int64_t kStepGrain = 16384;  // elements a thread takes at a time
  parallel_for(x.n, kStepGrain, [&](std::int64_t begin, std::int64_t end) {
    kernel(x, args, static_cast<size_t>(begin), static_cast<size_t>(end));
  });
}

}  // namespace tapegrad::kernels

// At the end of a kernel's file: function(param, args), which runs Kernel on the best target, once for all targets.
#define TAPEGRAD_UPDATE(function, Kernel)                                                     \
  namespace tapegrad::kernels {                                                               \
  TAPEGRAD_TARGETS(Kernel);                                                                   \
  void function(const Param& x, const Kernel##Args& args) noexcept {                          \
    if (is_tiny(x)) return HWY_STATIC_DISPATCH(Kernel)(x, args, 0, static_cast<size_t>(x.n)); \
    run_step(TAPEGRAD_DISPATCH(Kernel), x, args);                                             \
  }                                                                                           \
  }
#else
#define TAPEGRAD_UPDATE(function, Kernel)
#endif  // HWY_ONCE

#endif  // per-target include guard
