// exp, exp2, expm1, tanh, sigmoid, erf, erfc. x = n ln 2 + r with |r| <= ln(2)/2, then a polynomial in r, then 2^n by
// exponent bits. Coefficients: own minimax fits (Remez, rounded one by one). Errors beside the functions: measured, in
// ULP.
//
// A part of vec_math-inl.h, which alone includes it.

#include <limits>

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// The n of x = n ln 2 + r with the smallest |r|; also as rounded = n + kRound.
template <class D, class V>
HWY_INLINE V NearestLn2(D d, V x, V& rounded) {
  const V round = hn::Set(d, FormatOf<D>::kRound);
  rounded = hn::MulAdd(x, hn::Set(d, FormatOf<D>::kLog2E), round);
  return hn::Sub(rounded, round);
}

// Returns r.
template <class D, class V>
HWY_INLINE V ReduceByLn2(D d, V x, V& rounded) {
  using F = FormatOf<D>;
  const V n = NearestLn2(d, x, rounded);
  return hn::NegMulAdd(n, hn::Set(d, F::kLn2Lo), hn::NegMulAdd(n, hn::Set(d, F::kLn2Hi), x));
}

// The same for the exact argument x + x_lo.
template <class D, class V>
HWY_INLINE V ReduceByLn2(D d, V x, V x_lo, V& rounded) {
  using F = FormatOf<D>;
  const V n = NearestLn2(d, x, rounded);
  return hn::Sub(hn::NegMulAdd(n, hn::Set(d, F::kLn2Hi), x), hn::MulSub(n, hn::Set(d, F::kLn2Lo), x_lo));
}

// e^r - 1 for |r| <= ln(2)/2, as r + r^2 q(r), accurate on the scale of e^r.
template <class D, class V>
HWY_INLINE V ExpReducedMinus1(D d, V r) {
  const V q = Polynomial(d, r, {0.0013817013f, 0.0083692465f, 0.041668244f, 0.16666515f, 0.49999994f},
                         {2.5026513777663672e-08, 2.7630981309929214e-07, 2.7557522167597003e-06,
                          2.4801491295338144e-05, 0.00019841269556420622, 0.0013888888945124535, 0.008333333333481227,
                          0.04166666666652536, 0.16666666666666421, 0.5000000000000011});
  return hn::MulAdd(hn::Mul(r, r), q, r);
}

template <class D, class V>
HWY_INLINE V ExpReduced(D d, V r) {
  return hn::Add(ExpReducedMinus1(d, r), hn::Set(d, 1));
}

// e^r - 1, accurate on its own scale: one degree more.
template <class D, class V>
HWY_INLINE V Expm1Reduced(D d, V r) {
  const V q = Polynomial(d, r, {0.00014933241f, 0.0013930548f, 0.008341611f, 0.04166651f, 0.16666636f, 0.5f},
                         {2.094954141275145e-09, 2.5110119904623557e-08, 2.7557182554239106e-07, 2.7557241524464788e-06,
                          2.480158740499771e-05, 0.00019841269888275288, 0.0013888888888858011, 0.008333333333321046,
                          0.04166666666666669, 0.16666666666666677, 0.5});
  return hn::MulAdd(hn::Mul(r, r), q, r);
}

// exp where the result is a normal number. NaN gives any number.
template <class D, class V>
HWY_INLINE V ExpNormal(D d, V x) {
  V rounded;
  const V r = ReduceByLn2(d, x, rounded);
  return ScaleNormal(d, ExpReduced(d, r), rounded);
}

// exp(x) for x <= 0 as a normal number times `scale` (as ScaleAny gives it), 0 from x = least down; NaN gives NaN.
template <class D, class V>
HWY_INLINE V ExpNegative(D d, V x, hn::TFromD<D> least, V& scale) {
  V rounded;
  const V r = ReduceByLn2(d, x, rounded);
  scale = SplitTiny(d, rounded);
  const V power = ScaleNormal(d, hn::Set(d, 1), rounded);
  const V y = hn::Mul(ExpReduced(d, r), power);  // a product keeps NaN, adding bits does not
  return hn::IfThenElseZero(hn::Not(hn::Lt(x, hn::Set(d, least))), y);
}
template <class D, class V>
HWY_INLINE V ExpNegative(D d, V x) {
  V scale;
  const V y = ExpNegative(d, x, FormatOf<D>::kExpMin, scale);
  return hn::Mul(y, scale);
}

// 1.1 / 1.1 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Exp(D d, V x) {
  using F = FormatOf<D>;
  V rounded;
  const V r = ReduceByLn2(d, x, rounded);
  const auto keep = hn::Ge(x, hn::Set(d, F::kExpMin));
  const V y = ScaleAny(d, ExpReduced(d, r), rounded, keep);
  const V inf = hn::Set(d, std::numeric_limits<hn::TFromD<D>>::infinity());
  return hn::IfThenElse(hn::Le(x, hn::Set(d, F::kExpMax)), y, hn::Add(x, inf));  // NaN + inf = NaN
}

// 2^n e^(r ln 2), x = n + r. 1.0 / 1.1 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Exp2(D d, V x) {
  using F = FormatOf<D>;
  using T = hn::TFromD<D>;
  using Limits = std::numeric_limits<T>;
  constexpr T kLn2 = static_cast<T>(0.6931471805599453);
  const V round = hn::Set(d, F::kRound);
  const V rounded = hn::Add(x, round);
  const V r = hn::Mul(hn::Sub(x, hn::Sub(rounded, round)), hn::Set(d, kLn2));
  const auto keep = hn::Ge(x, hn::Set(d, static_cast<T>(Limits::min_exponent - Limits::digits - 1)));
  const V y = ScaleAny(d, ExpReduced(d, r), rounded, keep);
  const V end = hn::Set(d, static_cast<T>(Limits::max_exponent));
  return hn::IfThenElse(hn::Lt(x, end), y, hn::Add(x, hn::Set(d, Limits::infinity())));  // NaN + inf = NaN
}

// 2^n ((1 - 2^-n) + (e^r - 1)). 1.6 / 2.1 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Expm1(D d, V x) {
  using F = FormatOf<D>;
  const Unsigned<D> du;
  const V low = hn::Set(d, -45);  // -1 to the last bit from -37.5 down
  const V bounded = hn::IfThenElse(hn::Lt(x, low), low, x);
  V rounded;
  const V r = ReduceByLn2(d, bounded, rounded);
  const V one = hn::Set(d, 1);
  const auto shifted = hn::ShiftLeft<F::kMantissa>(hn::BitCast(du, rounded));
  const V power = hn::BitCast(d, hn::Sub(hn::BitCast(du, one), shifted));  // 2^-n
  const V negligible = hn::IfThenElseZero(hn::Lt(x, hn::Set(d, 60)), power);
  const V y = hn::Add(Expm1Reduced(d, r), hn::Sub(one, negligible));
  const V scaled = hn::CopySign(ScaleNormal(d, y, rounded), x);  // keeps -0
  const V inf = hn::Set(d, std::numeric_limits<hn::TFromD<D>>::infinity());
  return hn::IfThenElse(hn::Le(x, hn::Set(d, F::kExpMax)), scaled, hn::Add(x, inf));
}

// Below 0.625 an odd polynomial (float), above 1 - 2 / (e^2|x| + 1); double: t / (t + 2) of t = expm1(2|x|).
// 1.4 / 2.6 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Tanh(D d, V x) {
  const V one = hn::Set(d, 1);
  const V two = hn::Set(d, 2);
  const V ax = hn::Abs(x);
  if constexpr (kIsFloat<D>) {
    const V z = hn::Mul(x, x);
    V small = Polynomial(d, z, {-0.0056641228f, 0.020603487f, -0.053729158f, 0.13331321f, -0.33333278f});
    small = hn::MulAdd(hn::Mul(z, x), small, x);
    const V limit = hn::Set(d, 10.0f);
    const V bounded = hn::IfThenElse(hn::Lt(ax, limit), ax, limit);
    const V e = ExpNormal(d, hn::Add(bounded, bounded));
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
  const V one = hn::Set(d, 1);
  const V e = ExpNegative(d, hn::Neg(hn::Abs(x)));
  return hn::Div(hn::IfThenElse(hn::Lt(x, hn::Zero(d)), e, one), hn::Add(one, e));
}

// --- erf, erfc

// erf(x) = x + x p(x^2), for |x| < 0.8 (float) or 0.65 (double).
template <class D, class V>
HWY_INLINE V ErfSmall(D d, V x) {
  const V z = hn::Mul(x, x);
  const V p = Polynomial(d, z, {-0.0006441641f, 0.0050734957f, -0.02681665f, 0.1128309f, -0.37612608f, 0.12837917f},
                         {-1.3123231077879863e-07, 1.6139343309225997e-06, -1.4907625853691473e-05,
                          0.00012054722907825857, -0.0008548314239320887, 0.0052239774623914674, -0.026866170633186925,
                          0.11283791670910669, -0.3761263890318311, 0.12837916709551256});
  return hn::MulAdd(x, p, x);
}

// factor erfc(x + x_lo), by erfc(x) = e^(-x^2) p(q) / (1 + 2x), q = (x - c) / (x + c) (the substitution of Shepherd and
// Laframboise, Math. Comp. 36, 1981), for x >= 0.6, as a normal number times `scale`. The rounding error of x^2 and
// x_lo, which exp would magnify, go into the reduced argument.
template <class D, class V>
HWY_INLINE V ErfcTail(D d, V x, V x_lo, V factor, V& scale) {
  const V one = hn::Set(d, 1);
  const V c = hn::Set(d, kIsFloat<D> ? 2 : 3);
  const V q = hn::Div(hn::Sub(x, c), hn::Add(x, c));
  const V p =
      Polynomial(d, q,
                 {-0.0014466395f, 0.0010114202f, 0.008769711f, -0.007977938f, -0.054232337f, 0.1640464f, -0.16602956f,
                  -0.0927637f, 1.2769784f},
                 {8.086946423612184e-08,  -6.550704696543236e-08,  -6.063533069352499e-07,  2.861380031618681e-07,
                  3.4742209472509585e-06, -6.929965039638409e-07,  -2.0104542232256724e-05, 4.936450012576844e-06,
                  0.0001251011495373155,  -0.00010515701978863613, -0.0007798326785068703,  0.0018886899928962752,
                  0.002529391865982958,   -0.023770514890544544,   0.06830802734080187,     -0.11927366341641789,
                  0.12964515870284968,    -0.04756229435343355,    -0.1356211061245819,     1.2530080582697296});
  // p / (1 + 2x) as hi + lo: the roundings of this quotient would be half of the error.
  const V twice = hn::Add(x, x);
  const V divisor = hn::Add(twice, one);
  const V divisor_lo = hn::Add(hn::Sub(one, hn::Sub(divisor, twice)), hn::Add(x_lo, x_lo));
  const V inverse = hn::Div(one, divisor);
  const V hi = hn::Mul(p, inverse);
  const V lo = hn::Mul(hn::NegMulAdd(hi, divisor_lo, Remainder(d, p, divisor, hi)), inverse);
  const V square = hn::Mul(x, x);
  const V square_lo = hn::MulAdd(twice, x_lo, ProductError(d, x, x, square));
  V rounded;
  const V r = ReduceByLn2(d, hn::Neg(square), hn::Neg(square_lo), rounded);
  const auto keep = hn::Lt(x, hn::Set(d, static_cast<hn::TFromD<D>>(kIsFloat<D> ? 10.2 : 27.4)));
  const V product = hn::Mul(factor, hi);
  const V product_lo = hn::MulAdd(factor, lo, ProductError(d, factor, hi, product));
  return ScaleAny(d, hn::Add(hn::MulAdd(product, ExpReducedMinus1(d, r), product_lo), product), rounded, keep, scale);
}

// Large float |x|: 1 - e^-g with g = -log(erfc|x|) a polynomial. 1.3 / 1.7 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Erf(D d, V x) {
  const V one = hn::Set(d, 1);
  const V ax = hn::Abs(x);
  const V limit = hn::Set(d, kIsFloat<D> ? 4 : 6);  // 1 from there up
  const V bounded = hn::IfThenElse(hn::Lt(ax, limit), ax, limit);
  const V small = ErfSmall(d, x);
  V large;
  if constexpr (kIsFloat<D>) {
    const V p =
        Polynomial(d, bounded, {-0.00021626064f, 0.003233501f, -0.022948684f, 0.105352156f, 0.6356508f, 0.12853399f});
    large = hn::Sub(one, ExpNormal(d, hn::Neg(hn::MulAdd(bounded, p, bounded))));
  } else {
    const V start = hn::Set(d, 0.65);
    V unscaled;  // erfc(6) is far from subnormal
    const V tail_x = hn::IfThenElse(hn::Gt(bounded, start), bounded, start);
    large = hn::Sub(one, ErfcTail(d, tail_x, hn::Zero(d), one, unscaled));
  }
  const auto above = hn::Ge(ax, hn::Set(d, static_cast<hn::TFromD<D>>(kIsFloat<D> ? 0.8 : 0.65)));
  return hn::IfThenElse(above, hn::CopySign(large, x), small);
}

// factor erfc(x + x_lo), as a number times `scale` that is normal where erfc is subnormal. For factor 1: 3.3 / 3.5 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Erfc(D d, V x, V x_lo, V factor, V& scale) {
  const V one = hn::Set(d, 1);
  const V ax = hn::Abs(x);
  const V start = hn::Set(d, static_cast<hn::TFromD<D>>(0.65));
  const auto below = hn::Lt(x, hn::Zero(d));
  const V lo = hn::IfThenElse(below, hn::Neg(x_lo), x_lo);
  const V tail = ErfcTail(d, hn::IfThenElse(hn::Gt(ax, start), ax, start), lo, factor, scale);
  scale = hn::IfThenElse(below, one, scale);
  const V large = hn::IfThenElse(below, hn::Sub(hn::Add(factor, factor), tail), tail);
  return hn::IfThenElse(hn::Ge(ax, start), large, hn::Mul(factor, hn::Sub(one, ErfSmall(d, x))));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V Erfc(D d, V x) {
  V scale;
  const V y = Erfc(d, x, hn::Zero(d), hn::Set(d, 1), scale);
  return hn::Mul(y, scale);
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
