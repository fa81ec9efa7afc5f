// Rows of the real functions, on the vectorised elementary functions of vec_math-inl.h.
#include "autograd/kernels/row.h"
#include "autograd/kernels/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/row_math.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "autograd/kernels/row_loop-inl.h"
#include "autograd/kernels/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

#define TAPEGRAD_MATH1(Name)                     \
  struct Name##Fn {                              \
    template <class D, class P, class V>         \
    HWY_INLINE V operator()(D d, P, V a) const { \
      return Name(d, a);                         \
    }                                            \
  };
TAPEGRAD_MATH1(Exp)
TAPEGRAD_MATH1(Log)
TAPEGRAD_MATH1(Sigmoid)
TAPEGRAD_MATH1(Tanh)
TAPEGRAD_MATH1(Softplus)

struct PowFn {
  template <class D, class P, class V>
  HWY_INLINE V operator()(D d, P, V a, V b) const {
    return Pow(d, a, b);
  }
};

struct BceFn {
  template <class D, class P, class V>
  HWY_INLINE V operator()(D d, P, V p, V y) const {
    const V low = hn::Set(d, -100);
    const V one = hn::Set(d, 1);
    const V yes = hn::Max(Log(d, p), low);
    const V no = hn::Max(Log1p(d, hn::Neg(p)), low);
    return hn::Neg(hn::MulAdd(y, yes, hn::Mul(hn::Sub(one, y), no)));
  }
};

struct BceLogitsFn {
  template <class D, class P, class V>
  HWY_INLINE V operator()(D d, P, V z, V y) const {
    const V no = hn::Mul(hn::Sub(hn::Set(d, 1), y), Softplus(d, z));
    return hn::MulAdd(y, Softplus(d, hn::Neg(z)), no);
  }
};

Row MathRow(Fn fn, Dtype dtype) {
  switch (fn) {
    case Fn::Exp:
      return HeavyRowOf<ExpFn, 1>(dtype);
    case Fn::Log:
      return HeavyRowOf<LogFn, 1>(dtype);
    case Fn::Sigmoid:
      return HeavyRowOf<SigmoidFn, 1>(dtype);
    case Fn::Tanh:
      return HeavyRowOf<TanhFn, 1>(dtype);
    case Fn::Softplus:
      return HeavyRowOf<SoftplusFn, 1>(dtype);
    case Fn::Pow:
      return HeavyRowOf<PowFn, 2>(dtype);
    case Fn::Bce:
      return HeavyRowOf<BceFn, 2>(dtype);
    case Fn::BceLogits:
      return HeavyRowOf<BceLogitsFn, 2>(dtype);
    default:
      return nullptr;
  }
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {
HWY_EXPORT(MathRow);
Row math_row(Fn fn, Dtype dtype) noexcept { return HWY_DYNAMIC_DISPATCH(MathRow)(fn, dtype); }
}  // namespace tapegrad::kernels
#endif
