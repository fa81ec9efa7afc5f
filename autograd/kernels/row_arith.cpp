// Arithmetic rows for floating dtypes: a few instructions an element, bound by memory outside the cache.
#include "autograd/kernels/row.h"
#include "autograd/kernels/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/row_arith.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "autograd/kernels/row_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// clang-format off
#define TAPEGRAD_FN1(Name, expr) \
  struct Name { template <class D, class P, class V> HWY_INLINE V operator()(D d, P p, V a) const { (void)d; (void)p; return expr; } };
#define TAPEGRAD_FN2(Name, expr) \
  struct Name { template <class D, class P, class V> HWY_INLINE V operator()(D d, P p, V a, V b) const { (void)d; (void)p; return expr; } };
#define TAPEGRAD_FN3(Name, expr) \
  struct Name { template <class D, class P, class V> HWY_INLINE V operator()(D d, P p, V a, V b, V c) const { (void)d; (void)p; return expr; } };
// clang-format on

TAPEGRAD_FN2(AddFn, hn::Add(a, b))
TAPEGRAD_FN2(SubFn, hn::Sub(a, b))
TAPEGRAD_FN2(MulFn, hn::Mul(a, b))
TAPEGRAD_FN2(DivFn, hn::Div(a, b))
// NaN wins on either side.
TAPEGRAD_FN2(MaxFn, hn::IfThenElse(hn::IsNaN(a), a, hn::IfThenElse(hn::Gt(a, b), a, b)))
TAPEGRAD_FN2(MinFn, hn::IfThenElse(hn::IsNaN(a), a, hn::IfThenElse(hn::Lt(a, b), a, b)))
TAPEGRAD_FN1(NegFn, hn::Neg(a))
TAPEGRAD_FN1(AbsFn, hn::Abs(a))
TAPEGRAD_FN1(SquareFn, hn::Mul(a, a))
TAPEGRAD_FN1(SqrtFn, hn::Sqrt(a))
TAPEGRAD_FN1(SignFn, hn::IfThenElse(hn::Gt(a, hn::Zero(d)), hn::Set(d, 1),
                                    hn::IfThenElse(hn::Lt(a, hn::Zero(d)), hn::Set(d, -1), hn::Mul(a, hn::Zero(d)))))
// NaN stays NaN.
TAPEGRAD_FN1(ReluFn, hn::IfThenElse(hn::Le(a, hn::Zero(d)), hn::Zero(d), a))
TAPEGRAD_FN1(ClampFn, hn::IfThenElse(hn::IsNaN(a), a, hn::Min(hn::Max(a, hn::Set(d, p[0])), hn::Set(d, p[1]))))
TAPEGRAD_FN2(ReluGradFn, hn::IfThenElse(hn::Le(b, hn::Zero(d)), hn::Zero(d), a))
TAPEGRAD_FN2(SigmoidGradFn, hn::Mul(a, hn::Mul(b, hn::Sub(hn::Set(d, 1), b))))
TAPEGRAD_FN2(TanhGradFn, hn::Mul(a, hn::NegMulAdd(b, b, hn::Set(d, 1))))
TAPEGRAD_FN2(AddScaledFn, hn::MulAdd(b, hn::Set(d, p[0]), a))
TAPEGRAD_FN3(ScaledDiffFn, hn::Mul(hn::Mul(a, hn::Set(d, p[0])), hn::Sub(b, c)))

// g where b beats c, half of it in a tie (two NaNs tie, one beats a number), else 0. Never multiplies by a mask.
template <class D, class V, class M>
HWY_INLINE V Share(D d, V g, V b, V c, M beats) {
  const auto b_nan = hn::IsNaN(b);
  const auto c_nan = hn::IsNaN(c);
  const auto wins = hn::Or(hn::AndNot(c_nan, beats), hn::AndNot(c_nan, b_nan));
  const auto ties = hn::Or(hn::Eq(b, c), hn::And(b_nan, c_nan));
  return hn::IfThenElse(wins, g, hn::IfThenElseZero(ties, hn::Mul(g, hn::Set(d, 0.5F))));
}
TAPEGRAD_FN3(MaxGradFn, Share(d, a, b, c, hn::Gt(b, c)))
TAPEGRAD_FN3(MinGradFn, Share(d, a, b, c, hn::Lt(b, c)))

Row ArithRow(Fn fn, Dtype dtype) {
  switch (fn) {
    case Fn::Add:
      return RowOf<AddFn, 2>(dtype);
    case Fn::Sub:
      return RowOf<SubFn, 2>(dtype);
    case Fn::Mul:
      return RowOf<MulFn, 2>(dtype);
    case Fn::Div:
      return RowOf<DivFn, 2>(dtype);
    case Fn::Max:
      return RowOf<MaxFn, 2>(dtype);
    case Fn::Min:
      return RowOf<MinFn, 2>(dtype);
    case Fn::Neg:
      return RowOf<NegFn, 1>(dtype);
    case Fn::Abs:
      return RowOf<AbsFn, 1>(dtype);
    case Fn::Sign:
      return RowOf<SignFn, 1>(dtype);
    case Fn::Square:
      return RowOf<SquareFn, 1>(dtype);
    case Fn::Sqrt:
      return RowOf<SqrtFn, 1>(dtype);
    case Fn::Relu:
      return RowOf<ReluFn, 1>(dtype);
    case Fn::Clamp:
      return RowOf<ClampFn, 1>(dtype);
    case Fn::ReluGrad:
      return RowOf<ReluGradFn, 2>(dtype);
    case Fn::SigmoidGrad:
      return RowOf<SigmoidGradFn, 2>(dtype);
    case Fn::TanhGrad:
      return RowOf<TanhGradFn, 2>(dtype);
    case Fn::MaxGrad:
      return RowOf<MaxGradFn, 3>(dtype);
    case Fn::MinGrad:
      return RowOf<MinGradFn, 3>(dtype);
    case Fn::AddScaled:
      return RowOf<AddScaledFn, 2>(dtype);
    case Fn::ScaledDiff:
      return RowOf<ScaledDiffFn, 3>(dtype);
    default:
      return nullptr;
  }
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {
HWY_EXPORT(ArithRow);
Row arith_row(Fn fn, Dtype dtype) noexcept { return HWY_DYNAMIC_DISPATCH(ArithRow)(fn, dtype); }
}  // namespace tapegrad::kernels
#endif
