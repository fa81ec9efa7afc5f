// exp, expm1, tanh, sigmoid. x = n ln 2 + r with |r| <= ln(2)/2, then a polynomial in r, then 2^n by exponent bits.
// Coefficients: own minimax fits (Remez, rounded one by one). Errors beside the functions: measured, in ULP.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_VEC_EXP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_VEC_EXP_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_VEC_EXP_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_VEC_EXP_INL_H_
#endif

#include <hwy/highway.h>

#include <limits>

#include "autograd/kernels/vec_base-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

namespace vec_math {

// x = n ln 2 + r; returns r, and n as rounded = n + kRound.
template <class D, class V>
HWY_INLINE V ReduceByLn2(D d, V x, V& rounded) {
  using F = FormatOf<D>;
  const V round = hn::Set(d, F::kRound);
  rounded = hn::MulAdd(x, hn::Set(d, F::kLog2E), round);
  const V n = hn::Sub(rounded, round);
  return hn::NegMulAdd(n, hn::Set(d, F::kLn2Lo), hn::NegMulAdd(n, hn::Set(d, F::kLn2Hi), x));
}

// The same for the exact argument x + x_lo.
template <class D, class V>
HWY_INLINE V ReduceByLn2(D d, V x, V x_lo, V& rounded) {
  using F = FormatOf<D>;
  const V round = hn::Set(d, F::kRound);
  rounded = hn::MulAdd(x, hn::Set(d, F::kLog2E), round);
  const V n = hn::Sub(rounded, round);
  return hn::Sub(hn::NegMulAdd(n, hn::Set(d, F::kLn2Hi), x), hn::MulSub(n, hn::Set(d, F::kLn2Lo), x_lo));
}

// e^r - 1 for |r| <= ln(2)/2, as r + r^2 q(r), accurate on the scale of e^r.
template <class D, class V>
HWY_INLINE V ExpReducedMinus1(D d, V r) {
  V q;
  if constexpr (kIsFloat<D>) {
    q = Polynomial(d, r, 0.0013817013f, 0.0083692465f, 0.041668244f, 0.16666515f, 0.49999994f);
  } else {
    q = Polynomial(d, r, 2.5026513777663672e-08, 2.7630981309929214e-07, 2.7557522167597003e-06, 2.4801491295338144e-05,
                   0.00019841269556420622, 0.0013888888945124535, 0.008333333333481227, 0.04166666666652536,
                   0.16666666666666421, 0.5000000000000011);
  }
  return hn::MulAdd(hn::Mul(r, r), q, r);
}

template <class D, class V>
HWY_INLINE V ExpReduced(D d, V r) {
  return hn::Add(ExpReducedMinus1(d, r), hn::Set(d, hn::TFromD<D>{1}));
}

// e^r - 1, accurate on its own scale: one degree more.
template <class D, class V>
HWY_INLINE V Expm1Reduced(D d, V r) {
  V q;
  if constexpr (kIsFloat<D>) {
    q = Polynomial(d, r, 0.00014933241f, 0.0013930548f, 0.008341611f, 0.04166651f, 0.16666636f, 0.5f);
  } else {
    q = Polynomial(d, r, 2.094954141275145e-09, 2.5110119904623557e-08, 2.7557182554239106e-07, 2.7557241524464788e-06,
                   2.480158740499771e-05, 0.00019841269888275288, 0.0013888888888858011, 0.008333333333321046,
                   0.04166666666666669, 0.16666666666666677, 0.5);
  }
  return hn::MulAdd(hn::Mul(r, r), q, r);
}

// exp where the result is a normal number. NaN gives any number.
template <class D, class V>
HWY_INLINE V ExpNormal(D d, V x) {
  V rounded;
  const V r = ReduceByLn2(d, x, rounded);
  return ScaleNormal(d, ExpReduced(d, r), rounded);
}

// exp(x) for x <= 0, subnormal results included; NaN gives NaN.
template <class D, class V>
HWY_INLINE V ExpNegative(D d, V x) {
  using F = FormatOf<D>;
  V rounded;
  const V r = ReduceByLn2(d, x, rounded);
  const auto tiny = hn::Lt(rounded, hn::Set(d, F::kRound + F::kTinyExponent));
  rounded = hn::Add(rounded, hn::IfThenElseZero(tiny, hn::Set(d, F::kTinyStep)));
  const V one = hn::Set(d, hn::TFromD<D>{1});
  const V y = hn::Mul(ExpReduced(d, r), ScaleNormal(d, one, rounded));  // a product keeps NaN, adding bits does not
  const auto keep = hn::Not(hn::Lt(x, hn::Set(d, F::kExpMin)));
  return hn::Mul(hn::IfThenElseZero(keep, y), hn::IfThenElse(tiny, hn::Set(d, F::kTinyScale), one));
}

}  // namespace vec_math

// 1.1 / 1.1 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Exp(D d, V x) {
  using F = vec_math::FormatOf<D>;
  V rounded;
  const V r = vec_math::ReduceByLn2(d, x, rounded);
  const auto keep = hn::Ge(x, hn::Set(d, F::kExpMin));
  const V y = vec_math::ScaleAny(d, vec_math::ExpReduced(d, r), rounded, keep);
  const V inf = hn::Set(d, std::numeric_limits<hn::TFromD<D>>::infinity());
  return hn::IfThenElse(hn::Le(x, hn::Set(d, F::kExpMax)), y, hn::Add(x, inf));  // NaN + inf = NaN
}

// 2^n ((1 - 2^-n) + (e^r - 1)). 1.6 / 2.1 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Expm1(D d, V x) {
  using F = vec_math::FormatOf<D>;
  using T = hn::TFromD<D>;
  const vec_math::Unsigned<D> du;
  const V low = hn::Set(d, T{-45});  // -1 to the last bit from -37.5 down
  const V bounded = hn::IfThenElse(hn::Lt(x, low), low, x);
  V rounded;
  const V r = vec_math::ReduceByLn2(d, bounded, rounded);
  const V one = hn::Set(d, T{1});
  const auto shifted = hn::ShiftLeft<F::kMantissa>(hn::BitCast(du, rounded));
  const V power = hn::BitCast(d, hn::Sub(hn::BitCast(du, one), shifted));  // 2^-n
  const V negligible = hn::IfThenElseZero(hn::Lt(x, hn::Set(d, T{60})), power);
  const V y = hn::Add(vec_math::Expm1Reduced(d, r), hn::Sub(one, negligible));
  const V scaled = hn::CopySign(vec_math::ScaleNormal(d, y, rounded), x);  // keeps -0
  const V inf = hn::Set(d, std::numeric_limits<T>::infinity());
  return hn::IfThenElse(hn::Le(x, hn::Set(d, F::kExpMax)), scaled, hn::Add(x, inf));
}

// Below 0.625 an odd polynomial (float), above 1 - 2 / (e^2|x| + 1); double: t / (t + 2) of t = expm1(2|x|).
// 1.4 / 2.6 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Tanh(D d, V x) {
  using T = hn::TFromD<D>;
  const V one = hn::Set(d, T{1});
  const V two = hn::Set(d, T{2});
  const V ax = hn::Abs(x);
  if constexpr (vec_math::kIsFloat<D>) {
    const V z = hn::Mul(x, x);
    V small = vec_math::Polynomial(d, z, -0.0056641228f, 0.020603487f, -0.053729158f, 0.13331321f, -0.33333278f);
    small = hn::MulAdd(hn::Mul(z, x), small, x);
    const V limit = hn::Set(d, 10.0f);
    const V bounded = hn::IfThenElse(hn::Lt(ax, limit), ax, limit);
    const V e = vec_math::ExpNormal(d, hn::Add(bounded, bounded));
    const V large = hn::Sub(one, hn::Div(two, hn::Add(e, one)));
    return hn::CopySign(hn::IfThenElse(hn::Ge(ax, hn::Set(d, 0.625f)), large, small), x);  // keeps -0
  } else {
    const V limit = hn::Set(d, 22.0);
    const V bounded = hn::IfThenElse(hn::Gt(ax, limit), limit, ax);  // keeps NaN
    const V t = Expm1(d, hn::Add(bounded, bounded));
    return hn::CopySign(hn::Div(t, hn::Add(t, two)), x);
  }
}

// 1 / (1 + e^-x), from e^-|x| so that the lower tail keeps its digits. 2.5 / 2.3 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Sigmoid(D d, V x) {
  using T = hn::TFromD<D>;
  const V one = hn::Set(d, T{1});
  const V e = vec_math::ExpNegative(d, hn::Neg(hn::Abs(x)));
  return hn::Div(hn::IfThenElse(hn::Lt(x, hn::Zero(d)), e, one), hn::Add(one, e));
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
