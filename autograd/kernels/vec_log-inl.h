// log, log1p, log2, log10, logit, softplus, log-sigmoid, log-add-exp, the binary cross entropies, pow. x = 2^k (1 + f)
// with 1 + f in [sqrt(1/2), sqrt(2)), then log1p(f) + k ln 2. Coefficients: own minimax fits. Errors beside the
// functions: measured, in ULP.
//
// A part of vec_math-inl.h, which alone includes it.

#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// log1p(f) + k ln 2. Float: f - f^2/2 + f^3 p(f). Double: with s = f / (2 + f), log1p(f) = f - (h - s (h + R(s^2))),
// h = f^2/2 (the arrangement of fdlibm's e_log.c), which needs half the degree.
template <class D, class V>
HWY_INLINE V LogReduced(D d, V f, V k) {
  using F = FormatOf<D>;
  const V z = hn::Mul(f, f);
  const V ln2_hi = hn::Set(d, F::kLn2Hi);
  const V ln2_lo = hn::Set(d, F::kLn2Lo);
  if constexpr (kIsFloat<D>) {
    const V p = Polynomial(
        d, f,
        {-0.07645415f, 0.12768641f, -0.13159618f, 0.14200823f, -0.1662332f, 0.20001262f, -0.25000823f, 0.3333333f});
    V y = hn::MulAdd(k, ln2_lo, hn::Mul(hn::Mul(z, f), p));
    y = hn::NegMulAdd(hn::Set(d, 0.5f), z, y);
    return hn::MulAdd(k, ln2_hi, hn::Add(f, y));
  } else {
    const V half = hn::Mul(hn::Set(d, 0.5), z);
    const V s = hn::Div(f, hn::Add(hn::Set(d, 2.0), f));
    const V s2 = hn::Mul(s, s);
    const V r =
        hn::Mul(s2, Polynomial(d, s2,
                               {0.14798257248344046, 0.15313832066740068, 0.1818357236605216, 0.22222198428676554,
                                0.28571428743689653, 0.3999999999940934, 0.6666666666666735}));
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
  const V half = hn::Set(d, 0.5F);
  const auto above = hn::Gt(x, hn::Set(d, static_cast<hn::TFromD<D>>(0.41421356)));
  const V f = hn::IfThenElse(above, hn::Sub(hn::Mul(x, half), half), x);  // exact
  return LogReduced(d, f, hn::IfThenElseZero(above, hn::Set(d, 1)));
}

// 0.9 / 0.8 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Log(D d, V x) {
  const auto split = SplitAny(d, x);
  const V y = LogReduced(d, hn::Sub(split.mantissa, hn::Set(d, 1)), split.exponent);
  return LogSpecial(d, x, y, 0);
}

// 1 + f = 2^-k (1 + x), computed as f = 2^-k x + (2^-k - 1): one rounding, none when k = 0. 1.5 / 1.4 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Log1p(D d, V x) {
  const V one = hn::Set(d, 1);
  const auto split = SplitNormal(d, hn::Add(one, x));
  const V power = ScaleNormal(d, one, hn::Sub(hn::Set(d, FormatOf<D>::kRound), split.exponent));
  const auto large = hn::Gt(x, hn::Set(d, 0x1p60F));  // there 1 + x = x, and 2^-k may not exist
  const V f = hn::IfThenElse(large, hn::Sub(split.mantissa, one), hn::MulAdd(x, power, hn::Sub(power, one)));
  const V y = hn::CopySign(LogReduced(d, f, split.exponent), x);  // keeps -0
  return LogSpecial(d, x, y, -1);
}

// log(1 + e^x) = max(x, 0) + log1p(e^-|x|). 1.8 / 1.7 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Softplus(D d, V x) {
  const V tail = Log1pUnit(d, ExpNegative(d, hn::Neg(hn::Abs(x))));
  return hn::Add(hn::IfThenElseZero(hn::Gt(x, hn::Zero(d)), x), tail);
}

// log(1 / (1 + e^-x)) = -Softplus(-x). 1.8 / 1.7 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V LogSigmoid(D d, V x) {
  return hn::Neg(Softplus(d, hn::Neg(x)));
}

// log(e^a + e^b) = max(a, b) + log1p(e^-|a - b|).
template <class D, class V>
HWY_INLINE V LogAddExp(D d, V a, V b) {
  const V apart = hn::IfThenElse(hn::Eq(a, b), hn::Zero(d), hn::Abs(hn::Sub(a, b)));  // two infinities too
  return hn::Add(hn::IfThenElse(hn::Gt(a, b), a, b), Log1pUnit(d, ExpNegative(d, hn::Neg(apart))));
}

// log(x / (1 - x)), near 1/2 as log1p((2x - 1) / (1 - x)), whose argument is exact there but for the quotient.
// 2.4 / 2.4 ULP.
template <class D, class V>
HWY_INLINE V Logit(D d, V x) {
  const V one = hn::Set(d, 1);
  const V low = hn::Set(d, static_cast<hn::TFromD<D>>(1.0 / 3));
  const auto middle = hn::And(hn::Gt(x, low), hn::Lt(x, hn::Sub(one, low)));
  const V twice = hn::Sub(hn::Add(x, x), one);
  const V odds = hn::Div(hn::IfThenElse(middle, twice, x), hn::Sub(one, x));
  return hn::IfThenElse(middle, Log1p(d, odds), Log(d, odds));
}

// a log b, 0 where a is 0 and b a number.
template <class D, class V>
HWY_INLINE V Xlogy(D d, V a, V b) {
  const auto none = hn::And(hn::Eq(a, hn::Zero(d)), hn::Eq(b, b));
  return hn::IfThenElse(none, hn::Zero(d), hn::Mul(a, Log(d, b)));
}

// -(y log p + (1 - y) log(1 - p)), the logarithms bounded at -100.
template <class D, class V>
HWY_INLINE V Bce(D d, V p, V y) {
  const V low = hn::Set(d, -100);
  const V one = hn::Set(d, 1);
  const V yes = hn::Max(Log(d, p), low);
  const V no = hn::Max(Log1p(d, hn::Neg(p)), low);
  return hn::Neg(hn::MulAdd(y, yes, hn::Mul(hn::Sub(one, y), no)));
}

// (1 - y) softplus(z) + y softplus(-z).
template <class D, class V>
HWY_INLINE V BceLogits(D d, V z, V y) {
  const V no = hn::Mul(hn::Sub(hn::Set(d, 1), y), Softplus(d, z));
  return hn::MulAdd(y, Softplus(d, hn::Neg(z)), no);
}

// --- pow, with the special cases of C99 Annex F. |x|^y = e^(y log|x|), where the logarithm carries more digits than
// the type: float computes in double, double in pairs hi + lo.

// x^y in double for positive x and finite y that were floats: log2 to 37 bits, 2^r to 32.
struct PowOfFloats {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x, V y) const {
    const V one = hn::Set(d, 1.0);
    const auto split = SplitNormal(d, x);
    const V s = hn::Div(hn::Sub(split.mantissa, one), hn::Add(split.mantissa, one));
    const V series = Polynomial(
        d, hn::Mul(s, s),
        {0.34075915147608404, 0.41167114562182355, 0.5770836114062022, 0.9617966732008706, 2.8853900817902023});
    const V log2 = hn::MulAdd(s, series, split.exponent);
    const V bound = hn::Set(d, 200.0);  // float's exponents end at -149 and 128
    const V t = hn::Max(hn::Min(hn::Mul(y, log2), bound), hn::Neg(bound));
    const V round = hn::Set(d, Format<double>::kRound);
    const V rounded = hn::Add(t, round);
    const V r = hn::Sub(t, hn::Sub(rounded, round));
    const V power =
        Polynomial(d, r,
                   {1.5593811140654523e-05, 0.0001547505579695962, 0.001333311898717528, 0.009618014219543867,
                    0.05550409538592315, 0.24022651208708112, 0.6931471820804542, 0.9999999999610756});
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
  const auto split = SplitAny(d, x);
  const V f = hn::Sub(split.mantissa, one);
  const V sum = hn::Add(split.mantissa, one);
  const V sum_lo = hn::Sub(split.mantissa, hn::Sub(sum, one));
  const V s = hn::Div(f, sum);
  const V rest = hn::NegMulAdd(s, sum_lo, Remainder(d, f, sum, s));
  const V s_lo = hn::Div(rest, sum);

  const V z = hn::Mul(s, s);
  const V z_lo = hn::MulAdd(hn::Add(s, s), s_lo, ProductError(d, s, s, z));
  const V q = Polynomial(d, z,
                         {0.059966974583058275, 0.058372742332111406, 0.06668157844369262, 0.07692278692308677,
                          0.09090909427260509, 0.11111111108872856, 0.14285714285721934, 0.1999999999999999});
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

  const V base = hn::Mul(split.exponent, hn::Set(d, F::kLn2Hi));  // exact
  const V twice = hn::Add(log1p, log1p);
  const V hi = hn::Add(base, twice);
  lo = hn::Add(SumError(base, twice, hi),
               hn::MulAdd(split.exponent, hn::Set(d, F::kLn2Lo), hn::Add(log1p_lo, log1p_lo)));
  const V total = hn::Add(hi, lo);
  lo = SumError(hi, lo, total);
  return total;
}

// log(x) times factor + factor_lo, with the digits that make powers of the base whole.
template <class D, class V>
HWY_INLINE V ScaledLogInPairs(D d, V x, double factor, double factor_lo) {
  const V hi = hn::Set(d, factor);
  V log_lo;
  const V log_hi = LogInPairs(d, x, log_lo);
  const V product = hn::Mul(log_hi, hi);
  const V rest =
      hn::MulAdd(log_lo, hi, hn::MulAdd(log_hi, hn::Set(d, factor_lo), ProductError(d, log_hi, hi, product)));
  return hn::Add(product, rest);
}
struct Log2Factor {
  static constexpr double kHi = 1.4426950408889634, kLo = 2.0355273740931033e-17;
};
struct Log10Factor {
  static constexpr double kHi = 0.4342944819032518, kLo = 1.098319650216765e-17;
};
template <class Factor>
struct ScaledLogOfFloats {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x, V) const {
    return hn::Mul(Log(d, x), hn::Set(d, Factor::kHi));
  }
};
template <class Factor, class D, class V>
HWY_INLINE V ScaledLog(D d, V x) {
  if constexpr (kIsFloat<D>) {
    return InDoubles<ScaledLogOfFloats<Factor>>(d, x, x);
  } else {
    return LogSpecial(d, x, ScaledLogInPairs(d, x, Factor::kHi, Factor::kLo), 0);
  }
}

// 0.5 / 0.5 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Log2(D d, V x) {
  return ScaledLog<Log2Factor>(d, x);
}

// 0.5 / 0.5 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Log10(D d, V x) {
  return ScaledLog<Log10Factor>(d, x);
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

// 0.6 / 1.1 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Pow(D d, V x, V y) {
  using T = hn::TFromD<D>;
  const V zero = hn::Zero(d);
  const V inf = hn::Set(d, std::numeric_limits<T>::infinity());
  const V half = hn::Set(d, 0.5F);
  const V ax = hn::Abs(x);
  V power;
  if constexpr (kIsFloat<D>) {
    power = InDoubles<PowOfFloats>(d, ax, y);
  } else {
    power = PowOfDoubles(d, ax, y);
  }
  power = hn::IfThenElse(hn::Eq(x, zero), hn::IfThenElseZero(hn::Lt(y, zero), inf), power);
  power = hn::IfThenElse(hn::Eq(y, zero), hn::Set(d, 1), power);
  const auto whole = hn::Eq(hn::Round(y), y);
  const V half_y = hn::Mul(y, half);
  const auto odd = hn::AndNot(hn::Eq(hn::Round(half_y), half_y), whole);
  power = hn::Or(power, hn::And(hn::IfThenElseZero(odd, x), hn::SignBit(d)));
  power = hn::IfThenElse(hn::AndNot(whole, hn::Lt(x, zero)), hn::Set(d, std::numeric_limits<T>::quiet_NaN()), power);
  if (HWY_LIKELY(hn::AllTrue(d, hn::And(hn::Lt(ax, inf), hn::Lt(hn::Abs(y), inf))))) return power;
  return FixLanes(
      d, x, y, power, [](T a, T b) { return !(std::isfinite(a) && std::isfinite(b)); },
      [](T a, T b) { return std::pow(a, b); });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
