// Rows for floating dtypes.
#include "autograd/kernels/loop.h"
#include "autograd/kernels/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/loop_floating.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "autograd/kernels/loop-inl.h"
#include "autograd/kernels/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// --- arithmetic: a few instructions an element, bound by memory outside the cache

TAPEGRAD_FN2(Add, hn::Add(a, b))
TAPEGRAD_FN2(Sub, hn::Sub(a, b))
TAPEGRAD_FN2(Mul, hn::Mul(a, b))
TAPEGRAD_FN2(Div, hn::Div(a, b))
// NaN wins on either side.
TAPEGRAD_FN2(Max, hn::IfThenElse(hn::IsNaN(a), a, hn::IfThenElse(hn::Gt(a, b), a, b)))
TAPEGRAD_FN2(Min, hn::IfThenElse(hn::IsNaN(a), a, hn::IfThenElse(hn::Lt(a, b), a, b)))
TAPEGRAD_FN1(Neg, hn::Neg(a))
TAPEGRAD_FN1(Abs, hn::Abs(a))
TAPEGRAD_FN1(Square, hn::Mul(a, a))
TAPEGRAD_FN1(Sqrt, hn::Sqrt(a))
TAPEGRAD_FN1(Sign, hn::IfThenElse(hn::Gt(a, hn::Zero(d)), hn::Set(d, 1),
                                  hn::IfThenElse(hn::Lt(a, hn::Zero(d)), hn::Set(d, -1), hn::Mul(a, hn::Zero(d)))))
TAPEGRAD_FN1(Reciprocal, hn::Div(hn::Set(d, 1), a))
TAPEGRAD_FN1(Rsqrt, hn::Div(hn::Set(d, 1), hn::Sqrt(a)))
// NaN stays NaN.
TAPEGRAD_FN1(Relu, hn::IfThenElse(hn::Le(a, hn::Zero(d)), hn::Zero(d), a))
TAPEGRAD_FN1(LeakyRelu, hn::IfThenElse(hn::Gt(a, hn::Zero(d)), a, hn::Mul(a, hn::Set(d, p[0]))))
template <class V>
HWY_INLINE V Between(V a, V low, V high) {
  const V raised = hn::IfThenElse(hn::Lt(a, low), low, a);
  return hn::IfThenElse(hn::Gt(raised, high), high, raised);
}
TAPEGRAD_FN1(Clamp, Between(a, hn::Set(d, p[0]), hn::Set(d, p[1])))
TAPEGRAD_FN2(ReluGrad, hn::IfThenElse(hn::Le(b, hn::Zero(d)), hn::Zero(d), a))
TAPEGRAD_FN2(SigmoidGrad, hn::Mul(a, hn::Mul(b, hn::Sub(hn::Set(d, 1), b))))
TAPEGRAD_FN2(TanhGrad, hn::Mul(a, hn::NegMulAdd(b, b, hn::Set(d, 1))))
TAPEGRAD_FN2(AddScaled, hn::MulAdd(b, hn::Set(d, p[0]), a))
TAPEGRAD_FN3(ScaledDiff, hn::Mul(hn::Mul(a, hn::Set(d, p[0])), hn::Sub(b, c)))

// g where b beats c, half of it in a tie (two NaNs tie, one beats a number), else 0. Never multiplies by a mask.
template <class D, class V, class M>
HWY_INLINE V Share(D d, V g, V b, V c, M beats) {
  const auto b_nan = hn::IsNaN(b);
  const auto c_nan = hn::IsNaN(c);
  const auto wins = hn::Or(hn::AndNot(c_nan, beats), hn::AndNot(c_nan, b_nan));
  const auto ties = hn::Or(hn::Eq(b, c), hn::And(b_nan, c_nan));
  return hn::IfThenElse(wins, g, hn::IfThenElseZero(ties, hn::Mul(g, hn::Set(d, 0.5F))));
}
TAPEGRAD_FN3(MaxGrad, Share(d, a, b, c, hn::Gt(b, c)))
TAPEGRAD_FN3(MinGrad, Share(d, a, b, c, hn::Lt(b, c)))

// --- real functions, on the vectorised elementary functions of vec_math-inl.h

template <class D, class V>
HWY_INLINE V Bce(D d, V p, V y) {
  const V low = hn::Set(d, -100);
  const V one = hn::Set(d, 1);
  const V yes = hn::Max(Log(d, p), low);
  const V no = hn::Max(Log1p(d, hn::Neg(p)), low);
  return hn::Neg(hn::MulAdd(y, yes, hn::Mul(hn::Sub(one, y), no)));
}

template <class D, class V>
HWY_INLINE V BceLogits(D d, V z, V y) {
  const V no = hn::Mul(hn::Sub(hn::Set(d, 1), y), Softplus(d, z));
  return hn::MulAdd(y, Softplus(d, hn::Neg(z)), no);
}

TAPEGRAD_FN1(Exp, Exp(d, a))
TAPEGRAD_FN1(Expm1, Expm1(d, a))
TAPEGRAD_FN1(Log, Log(d, a))
TAPEGRAD_FN1(Log1p, Log1p(d, a))
TAPEGRAD_FN1(Sin, Sin(d, a))
TAPEGRAD_FN1(Cos, Cos(d, a))
TAPEGRAD_FN1(Erf, Erf(d, a))
TAPEGRAD_FN1(NormalCdf, NormalCdf(d, a))
TAPEGRAD_FN1(Sigmoid, Sigmoid(d, a))
TAPEGRAD_FN1(Tanh, Tanh(d, a))
TAPEGRAD_FN1(Softplus, Softplus(d, a))
TAPEGRAD_FN1(Silu, Silu(d, a))
TAPEGRAD_FN1(Gelu, Gelu(d, a))
TAPEGRAD_FN1(GeluTanh, GeluTanh(d, a))
TAPEGRAD_FN1(Elu, hn::IfThenElse(hn::Gt(a, hn::Zero(d)), a, hn::Mul(Expm1(d, a), hn::Set(d, p[0]))))
TAPEGRAD_FN2(Pow, Pow(d, a, b))
TAPEGRAD_FN2(Bce, Bce(d, a, b))
TAPEGRAD_FN2(BceLogits, BceLogits(d, a, b))

Loop FloatingLoop(Fn fn, Dtype dtype) {
  if (fn >= Fn::Exp) {
    return FindLoop</*kHeavy=*/true, ExpFn, Expm1Fn, LogFn, Log1pFn, SinFn, CosFn, ErfFn, NormalCdfFn, SigmoidFn,
                    TanhFn, SoftplusFn, SiluFn, GeluFn, GeluTanhFn, EluFn, PowFn, BceFn, BceLogitsFn>(fn, dtype);
  }
  return FindLoop</*kHeavy=*/false, AddFn, SubFn, MulFn, DivFn, MaxFn, MinFn, NegFn, AbsFn, SignFn, SquareFn, SqrtFn,
                  ReciprocalFn, RsqrtFn, ReluFn, LeakyReluFn, ClampFn, ReluGradFn, SigmoidGradFn, TanhGradFn, MaxGradFn,
                  MinGradFn, AddScaledFn, ScaledDiffFn>(fn, dtype);
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {
HWY_EXPORT(FloatingLoop);
Loop floating_loop(Fn fn, Dtype dtype) noexcept { return HWY_DYNAMIC_DISPATCH(FloatingLoop)(fn, dtype); }
}  // namespace tapegrad::kernels
#endif
