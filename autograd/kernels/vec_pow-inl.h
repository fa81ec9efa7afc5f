// pow, with the special cases of C99 Annex F. |x|^y = e^(y log|x|), where the logarithm carries more digits than the
// type: float computes in double, double in pairs hi + lo. Coefficients: own minimax fits.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_VEC_POW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_VEC_POW_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_VEC_POW_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_VEC_POW_INL_H_
#endif

#include <hwy/highway.h>

#include <cmath>
#include <limits>

#include "autograd/kernels/vec_base-inl.h"
#include "autograd/kernels/vec_exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

namespace vec_math {

// x^y in double for positive x and finite y that were floats: log2 to 37 bits, 2^r to 32.
struct PowOfFloats {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x, V y) const {
    const V one = hn::Set(d, 1.0);
    const auto split = SplitNormal(d, x);
    const V s = hn::Div(hn::Sub(split.mantissa, one), hn::Add(split.mantissa, one));
    const V series = Polynomial(d, hn::Mul(s, s), 0.34075915147608404, 0.41167114562182355, 0.5770836114062022,
                                0.9617966732008706, 2.8853900817902023);
    const V log2 = hn::MulAdd(s, series, split.exponent);
    const V bound = hn::Set(d, 200.0);  // float's exponents end at -149 and 128
    const V t = hn::Max(hn::Min(hn::Mul(y, log2), bound), hn::Neg(bound));
    const V round = hn::Set(d, Format<double>::kRound);
    const V rounded = hn::Add(t, round);
    const V r = hn::Sub(t, hn::Sub(rounded, round));
    const V power =
        Polynomial(d, r, 1.5593811140654523e-05, 0.0001547505579695962, 0.001333311898717528, 0.009618014219543867,
                   0.05550409538592315, 0.24022651208708112, 0.6931471820804542, 0.9999999999610756);
    return ScaleNormal(d, power, rounded);
  }
};

// a + b exactly as sum + the returned error, for |a| >= |b| or a = 0.
template <class V>
HWY_INLINE V SumError(V a, V b, V sum) {
  return hn::Sub(b, hn::Sub(sum, a));
}

// hi + lo = log(x) to about 67 bits. With s = f / (2 + f) = s_hi + s_lo: log1p(f) = 2 s + 2 s (s^2 / 3 + s^4 q(s^2)).
template <class D, class V>
HWY_INLINE V LogInPairs(D d, V x, V& lo) {
  using F = Format<double>;
  const V one = hn::Set(d, 1.0);
  const auto tiny = hn::Lt(x, hn::Set(d, std::numeric_limits<double>::min()));
  const auto split = SplitNormal(d, hn::IfThenElse(tiny, hn::Mul(x, hn::Set(d, 0x1p53)), x));
  const V k = hn::Sub(split.exponent, hn::IfThenElseZero(tiny, hn::Set(d, 53.0)));
  const V f = hn::Sub(split.mantissa, one);
  const V sum = hn::Add(split.mantissa, one);
  const V sum_lo = hn::Sub(split.mantissa, hn::Sub(sum, one));
  const V s = hn::Div(f, sum);
  const V rest = hn::NegMulAdd(s, sum_lo, Remainder(d, f, sum, s));
  const V s_lo = hn::Div(rest, sum);

  const V z = hn::Mul(s, s);
  const V z_lo = hn::MulAdd(hn::Add(s, s), s_lo, ProductError(d, s, s, z));
  const V q = Polynomial(d, z, 0.059966974583058275, 0.058372742332111406, 0.06668157844369262, 0.07692278692308677,
                         0.09090909427260509, 0.11111111108872856, 0.14285714285721934, 0.1999999999999999);
  const V third = hn::Set(d, 1.0 / 3);
  const V c_add = hn::MulAdd(z, q, hn::Set(d, 0x1.5555555555555p-56));  // 1/3 - double(1/3), and the higher terms
  const V c = hn::Add(third, c_add);
  const V c_lo = SumError(third, c_add, c);
  const V w = hn::Mul(z, c);
  const V w_lo = hn::MulAdd(z, c_lo, hn::MulAdd(z_lo, c, ProductError(d, z, c, w)));
  const V u = hn::Mul(s, w);
  const V u_lo = hn::MulAdd(s, w_lo, hn::MulAdd(s_lo, w, ProductError(d, s, w, u)));
  const V log1p = hn::Add(s, u);
  const V log1p_lo = hn::Add(SumError(s, u, log1p), hn::Add(s_lo, u_lo));

  const V base = hn::Mul(k, hn::Set(d, F::kLn2Hi));  // exact
  const V twice = hn::Add(log1p, log1p);
  const V hi = hn::Add(base, twice);
  lo = hn::Add(SumError(base, twice, hi), hn::MulAdd(k, hn::Set(d, F::kLn2Lo), hn::Add(log1p_lo, log1p_lo)));
  const V total = hn::Add(hi, lo);
  lo = SumError(hi, lo, total);
  return total;
}

template <class D, class V>
HWY_INLINE V PowOfDoubles(D d, V x, V y) {
  using F = Format<double>;
  const V huge = hn::Set(d, 0x1p64);  // a larger |y| changes nothing, but would overflow below
  y = hn::Max(hn::Min(y, huge), hn::Neg(huge));
  V log_lo;
  const V log_hi = LogInPairs(d, x, log_lo);
  V t = hn::Mul(y, log_hi);
  const V t_lo = hn::MulAdd(y, log_lo, ProductError(d, y, log_hi, t));
  const V inside = hn::IfThenElseZero(hn::Lt(hn::Abs(t), hn::Set(d, 800.0)), t_lo);
  t = hn::Max(hn::Min(t, hn::Set(d, 800.0)), hn::Set(d, -800.0));
  V rounded;
  const V r = ReduceByLn2(d, t, inside, rounded);
  // 2^n in two steps at the top as well: t alone cannot tell whether the last finite numbers overflow.
  const auto top = hn::Gt(rounded, hn::Set(d, F::kRound - F::kTinyExponent));
  rounded = hn::Sub(rounded, hn::IfThenElseZero(top, hn::Set(d, F::kTinyStep)));
  const V result = ScaleAny(d, ExpReduced(d, r), rounded, hn::Gt(t, hn::Set(d, F::kExpMin)));
  return hn::Mul(result, hn::IfThenElse(top, hn::Set(d, 1 / F::kTinyScale), hn::Set(d, 1.0)));
}

}  // namespace vec_math

// 0.6 / 1.1 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Pow(D d, V x, V y) {
  using T = hn::TFromD<D>;
  const V zero = hn::Zero(d);
  const V inf = hn::Set(d, std::numeric_limits<T>::infinity());
  const V half = hn::Set(d, static_cast<T>(0.5));
  const V ax = hn::Abs(x);
  V power;
  if constexpr (vec_math::kIsFloat<D>) {
    power = vec_math::InDoubles<vec_math::PowOfFloats>(d, ax, y);
  } else {
    power = vec_math::PowOfDoubles(d, ax, y);
  }
  power = hn::IfThenElse(hn::Eq(x, zero), hn::IfThenElseZero(hn::Lt(y, zero), inf), power);
  power = hn::IfThenElse(hn::Eq(y, zero), hn::Set(d, T{1}), power);
  const auto whole = hn::Eq(hn::Round(y), y);
  const V half_y = hn::Mul(y, half);
  const auto odd = hn::AndNot(hn::Eq(hn::Round(half_y), half_y), whole);
  power = hn::Or(power, hn::And(hn::IfThenElseZero(odd, x), hn::SignBit(d)));
  power = hn::IfThenElse(hn::AndNot(whole, hn::Lt(x, zero)), hn::Set(d, std::numeric_limits<T>::quiet_NaN()), power);
  if (HWY_LIKELY(hn::AllTrue(d, hn::And(hn::Lt(ax, inf), hn::Lt(hn::Abs(y), inf))))) return power;
  return vec_math::FixLanes(
      d, x, y, power, [](T a, T b) { return !(std::isfinite(a) && std::isfinite(b)); },
      [](T a, T b) { return std::pow(a, b); });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
