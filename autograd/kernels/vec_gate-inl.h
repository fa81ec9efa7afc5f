// x times a gate that goes from 0 to 1: silu, gelu and its tanh form; and the normal distribution's cdf. Where a gate
// is e^z of a large z, the rounding error of z would be magnified |z| times, so it is carried along. Errors beside the
// functions: measured, in ULP.
//
// A part of vec_math-inl.h, which alone includes it.

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// The constant value + rest as the sum of two numbers of the lanes' type.
template <class D>
struct Pair {
  using T = hn::TFromD<D>;
  constexpr Pair(double value, double rest)
      : hi(static_cast<T>(value)), lo(static_cast<T>(value - static_cast<double>(hi) + rest)) {}
  T hi, lo;
};

// Not below `low`, so that a gate of 0 is not multiplied by -inf. NaN stays NaN.
template <class D, class V>
HWY_INLINE V AtLeast(D d, V x, double low) {
  const V bound = hn::Set(d, static_cast<hn::TFromD<D>>(low));
  return hn::IfThenElse(hn::Lt(x, bound), bound, x);
}

// x sigmoid(z + z_lo), multiplied before e^z becomes subnormal.
template <class D, class V>
HWY_INLINE V GatedBySigmoid(D d, V x, V z, V z_lo) {
  const V one = hn::Set(d, hn::TFromD<D>{1});
  const auto below = hn::Lt(z, hn::Zero(d));
  V scale;
  const V y = ExpNegative(d, hn::Neg(hn::Abs(z)), FormatOf<D>::kExpMin - 8, scale);
  const V exact = hn::MulAdd(y, hn::IfThenElse(below, z_lo, hn::Neg(z_lo)), y);
  const V e = hn::Mul(exact, scale);
  const V divisor = hn::Add(one, e);
  const V inverse = hn::Div(one, divisor);
  const V product = hn::Mul(x, exact);
  const V quotient = hn::Mul(hn::IfThenElse(below, product, x), inverse);
  // Below 0 the roundings of product, divisor and quotient would be two thirds of the error.
  const V divisor_lo = hn::Sub(e, hn::Sub(divisor, one));
  const V rest = hn::Add(Remainder(d, product, divisor, quotient), ProductError(d, x, exact, product));
  const V exacter = hn::MulAdd(hn::NegMulAdd(quotient, divisor_lo, rest), inverse, quotient);
  return hn::IfThenElse(below, hn::Mul(hn::CopySign(exacter, x), scale), quotient);  // keeps -0
}

constexpr double kGateEnd = 40;  // from here out every gate is 0 or 1

// factor erfc(-x / sqrt(2)) / 2, multiplied before erfc is rounded or becomes subnormal.
template <class D, class V>
HWY_INLINE V TimesNormalCdf(D d, V factor, V x) {
  constexpr Pair<D> kScale(-0.7071067811865476, 4.833646656726457e-17);
  const V root = hn::Set(d, kScale.hi);
  const V bounded = hn::Neg(AtLeast(d, hn::Neg(AtLeast(d, x, -kGateEnd)), -kGateEnd));
  const V t = hn::Mul(bounded, root);
  const V t_lo = hn::MulAdd(bounded, hn::Set(d, kScale.lo), ProductError(d, bounded, root, t));
  V scale;
  const V y = Erfc(d, t, t_lo, hn::Mul(factor, hn::Set(d, static_cast<hn::TFromD<D>>(0.5))), scale);
  return hn::Mul(hn::CopySign(y, factor), scale);  // keeps -0
}

// erfc(-x / sqrt(2)) / 2. 3.4 / 3.3 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V NormalCdf(D d, V x) {
  return TimesNormalCdf(d, hn::Set(d, hn::TFromD<D>{1}), x);
}

// x times the normal cdf of x. 3.6 / 3.4 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Gelu(D d, V x) {
  return TimesNormalCdf(d, AtLeast(d, x, -kGateEnd), x);
}

// x sigmoid(x). 2.3 / 2.1 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Silu(D d, V x) {
  return GatedBySigmoid(d, AtLeast(d, x, -1000), x, hn::Zero(d));
}

// x sigmoid(z), z = 2 sqrt(2/pi) (x + 0.044715 x^3) = x (a + b x^2). 2.5 / 2.5 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V GeluTanh(D d, V x) {
  constexpr Pair<D> kA(1.5957691216057308, -9.96930880911092e-17), kB(0.07135481627260025, -6.175149918155315e-19);
  const V low = AtLeast(d, x, -kGateEnd);
  const V c = hn::Neg(AtLeast(d, hn::Neg(low), -kGateEnd));
  const V a = hn::Set(d, kA.hi);
  const V b = hn::Set(d, kB.hi);
  const V square = hn::Mul(c, c);
  const V cubic = hn::Mul(square, b);
  const V cubic_lo = hn::MulAdd(b, ProductError(d, c, c, square),
                                hn::MulAdd(square, hn::Set(d, kB.lo), ProductError(d, square, b, cubic)));
  const V h = hn::Add(a, cubic);
  const V h_lo = hn::Add(hn::Add(SumError(hn::Max(a, cubic), hn::Min(a, cubic), h), cubic_lo), hn::Set(d, kA.lo));
  const V z = hn::Mul(c, h);
  return GatedBySigmoid(d, low, z, hn::MulAdd(c, h_lo, ProductError(d, c, h, z)));
}

// Gradients, of which no digit is promised beyond those of their terms: x is kept off infinity, where a gate of 0 would
// meet it.
template <class D, class V>
HWY_INLINE V WithinGate(D d, V x, double end) {
  return hn::Neg(AtLeast(d, hn::Neg(AtLeast(d, x, -end)), -end));
}

// g (s + x s (1 - s)), s = sigmoid(x)
template <class D, class V>
HWY_INLINE V SiluGrad(D d, V g, V x) {
  const V bounded = WithinGate(d, x, 1000);
  const V s = Sigmoid(d, bounded);
  return hn::Mul(g, hn::MulAdd(hn::Mul(bounded, s), Sigmoid(d, hn::Neg(bounded)), s));
}

// g (cdf(x) + x pdf(x)) of the normal distribution
template <class D, class V>
HWY_INLINE V GeluGrad(D d, V g, V x) {
  using T = hn::TFromD<D>;
  const V bounded = WithinGate(d, x, kGateEnd);
  const V pdf = hn::Mul(Exp(d, hn::Mul(hn::Mul(bounded, bounded), hn::Set(d, static_cast<T>(-0.5)))),
                        hn::Set(d, static_cast<T>(0.3989422804014327)));
  return hn::Mul(g, hn::MulAdd(bounded, pdf, NormalCdf(d, bounded)));
}

// g, or g alpha exp(x) where x <= 0
template <class D, class V>
HWY_INLINE V EluGrad(D d, V g, V x, V alpha) {
  const V zero = hn::Zero(d);
  const V low = hn::IfThenElse(hn::Gt(x, zero), zero, x);
  return hn::IfThenElse(hn::Gt(x, zero), g, hn::Mul(g, hn::Mul(Exp(d, low), alpha)));
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
