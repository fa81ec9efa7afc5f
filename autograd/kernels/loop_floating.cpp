// Loops for floating dtypes, made from the list in functions.inc.
#include "autograd/kernels/loop.h"
#include "autograd/kernels/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/loop_floating.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/loop-inl.h"
#include "autograd/kernels/special.h"
#include "autograd/kernels/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// AddFn()(d, p, a, b, c) is a + b: a function sees three vectors, of which it reads as many as it has inputs.
#define TAPEGRAD_FN(Name, n_inputs, weight, result)                                                                 \
  struct Name##Fn {                                                                                                 \
    static constexpr int kInputs = n_inputs;                                                                        \
    template <class D, class P, class V>                                                                            \
    HWY_INLINE V operator()([[maybe_unused]] D d, [[maybe_unused]] P p, [[maybe_unused]] V a, [[maybe_unused]] V b, \
                            [[maybe_unused]] V c) const {                                                           \
      return result;                                                                                                \
    }                                                                                                               \
  };
#include "autograd/kernels/functions.inc"

Loop find_floating(Fn fn, Dtype dtype) {
  return by_floating(dtype, [fn]<class T>() -> Loop {
    switch (fn) {
#define TAPEGRAD_FN(Name, n_inputs, weight, result) \
  case Fn::Name:                                    \
    return &weight##_loop<Name##Fn, T>;
#include "autograd/kernels/functions.inc"
      default:
        return nullptr;
    }
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {
TAPEGRAD_TARGETS(find_floating);
Loop floating_loop(Fn fn, Dtype dtype) noexcept { return TAPEGRAD_DISPATCH(find_floating)(fn, dtype); }
}  // namespace tapegrad::kernels
#endif
