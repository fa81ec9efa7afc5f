// log, log1p, softplus, log-sigmoid. x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), then log1p(f) + k ln 2.
// Coefficients: own minimax fits. Errors beside the functions: measured, in ULP.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_VEC_LOG_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_VEC_LOG_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_VEC_LOG_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_VEC_LOG_INL_H_
#endif

#include <hwy/highway.h>

#include <limits>

#include "autograd/kernels/vec_base-inl.h"
#include "autograd/kernels/vec_exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

namespace vec_math {

// log1p(f) + k ln 2. Float: f - f^2/2 + f^3 p(f). Double: with s = f / (2 + f), log1p(f) = f - (h - s (h + R(s^2))),
// h = f^2/2 (the arrangement of fdlibm's e_log.c), which needs half the degree.
template <class D, class V>
HWY_INLINE V LogReduced(D d, V f, V k) {
  using F = FormatOf<D>;
  const V z = hn::Mul(f, f);
  const V ln2_hi = hn::Set(d, F::kLn2Hi);
  const V ln2_lo = hn::Set(d, F::kLn2Lo);
  if constexpr (kIsFloat<D>) {
    const V p = Polynomial(d, f, -0.07645415f, 0.12768641f, -0.13159618f, 0.14200823f, -0.1662332f, 0.20001262f,
                           -0.25000823f, 0.3333333f);
    V y = hn::MulAdd(k, ln2_lo, hn::Mul(hn::Mul(z, f), p));
    y = hn::NegMulAdd(hn::Set(d, 0.5f), z, y);
    return hn::MulAdd(k, ln2_hi, hn::Add(f, y));
  } else {
    const V half = hn::Mul(hn::Set(d, 0.5), z);
    const V s = hn::Div(f, hn::Add(hn::Set(d, 2.0), f));
    const V s2 = hn::Mul(s, s);
    const V r =
        hn::Mul(s2, Polynomial(d, s2, 0.14798257248344046, 0.15313832066740068, 0.1818357236605216, 0.22222198428676554,
                               0.28571428743689653, 0.3999999999940934, 0.6666666666666735));
    const V y = hn::MulAdd(s, hn::Add(half, r), hn::Mul(k, ln2_lo));
    return hn::MulAdd(k, ln2_hi, hn::Sub(f, hn::Sub(half, y)));
  }
}

// The values of log and log1p where y does not hold: x itself for +inf and NaN, -inf at the pole, NaN below it.
template <class D, class V>
HWY_INLINE V LogSpecial(D d, V x, V y, hn::TFromD<D> pole) {
  using T = hn::TFromD<D>;
  const V inf = hn::Set(d, std::numeric_limits<T>::infinity());
  const V at = hn::Set(d, pole);
  V special = hn::IfThenElse(hn::Lt(x, at), hn::Set(d, std::numeric_limits<T>::quiet_NaN()), x);
  special = hn::IfThenElse(hn::Eq(x, at), hn::Neg(inf), special);
  return hn::IfThenElse(hn::And(hn::Gt(x, at), hn::Lt(x, inf)), y, special);
}

// log1p(x) for 0 <= x <= 1; NaN gives NaN.
template <class D, class V>
HWY_INLINE V Log1pUnit(D d, V x) {
  using T = hn::TFromD<D>;
  const V half = hn::Set(d, static_cast<T>(0.5));
  const auto above = hn::Gt(x, hn::Set(d, static_cast<T>(0.41421356)));
  const V f = hn::IfThenElse(above, hn::Sub(hn::Mul(x, half), half), x);  // exact
  return LogReduced(d, f, hn::IfThenElseZero(above, hn::Set(d, T{1})));
}

}  // namespace vec_math

// 0.9 / 0.8 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Log(D d, V x) {
  using F = vec_math::FormatOf<D>;
  using T = hn::TFromD<D>;
  constexpr int kUp = F::kMantissa + 1;
  const auto tiny = hn::Lt(x, hn::Set(d, std::numeric_limits<T>::min()));  // subnormal (or out of the domain)
  const V up = hn::Set(d, static_cast<T>(uint64_t{1} << kUp));
  const auto split = vec_math::SplitNormal(d, hn::IfThenElse(tiny, hn::Mul(x, up), x));
  const V k = hn::Sub(split.exponent, hn::IfThenElseZero(tiny, hn::Set(d, T{kUp})));
  const V y = vec_math::LogReduced(d, hn::Sub(split.mantissa, hn::Set(d, T{1})), k);
  return vec_math::LogSpecial(d, x, y, T{0});
}

// 1 + f = 2^-k (1 + x), computed as f = 2^-k x + (2^-k - 1): one rounding, none when k = 0. 1.5 / 1.4 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Log1p(D d, V x) {
  using F = vec_math::FormatOf<D>;
  using T = hn::TFromD<D>;
  const V one = hn::Set(d, T{1});
  const auto split = vec_math::SplitNormal(d, hn::Add(one, x));
  const V power = vec_math::ScaleNormal(d, one, hn::Sub(hn::Set(d, F::kRound), split.exponent));
  const auto large = hn::Gt(x, hn::Set(d, static_cast<T>(0x1p60)));  // there 1 + x = x, and 2^-k may not exist
  const V f = hn::IfThenElse(large, hn::Sub(split.mantissa, one), hn::MulAdd(x, power, hn::Sub(power, one)));
  const V y = hn::CopySign(vec_math::LogReduced(d, f, split.exponent), x);  // keeps -0
  return vec_math::LogSpecial(d, x, y, T{-1});
}

// log(1 + e^x) = max(x, 0) + log1p(e^-|x|). 1.8 / 1.7 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Softplus(D d, V x) {
  const V tail = vec_math::Log1pUnit(d, vec_math::ExpNegative(d, hn::Neg(hn::Abs(x))));
  return hn::Add(hn::IfThenElseZero(hn::Gt(x, hn::Zero(d)), x), tail);
}

// log(1 / (1 + e^-x)) = -Softplus(-x). 1.8 / 1.7 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V LogSigmoid(D d, V x) {
  return hn::Neg(Softplus(d, hn::Neg(x)));
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
