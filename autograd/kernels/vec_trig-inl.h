// sin and cos. |x| = n pi/2 + r with |r| <= pi/4 (0.89 for float, whose n is rounded coarsely); r is computed in double
// for both types, so that it keeps its relative accuracy next to the multiples of pi/2. Beyond kTrigMax: std::sin and
// std::cos, lane by lane. Coefficients: own minimax fits. Errors beside the functions: measured, in ULP.
//
// A part of vec_math-inl.h, which alone includes it.

#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

inline constexpr double kTrigMax = 1.6e6;  // n <= 2^20, so n times 33 bits is exact

// x - n pi/2 for floats, widened: one piece of pi/2, of 33 bits, and a rest.
struct SubtractQuadrantsOfFloat {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x, V n) const {
    const V r = hn::NegMulAdd(n, hn::Set(d, 1.57079632673412561417e+00), x);
    return hn::NegMulAdd(n, hn::Set(d, 6.07710050650619224932e-11), r);
  }
};

// sin of |x| plus quadrants * pi/2, times the sign that sign_of has; exact(x, x) beyond kTrigMax.
template <class D, class V, class F>
HWY_INLINE V SinQuadrant(D d, V x, int quadrants, V sign_of, F exact) {
  using T = hn::TFromD<D>;
  const Unsigned<D> du;
  const V ax = hn::Abs(x);
  const V round = hn::Set(d, FormatOf<D>::kRound);
  const V n = hn::Sub(hn::MulAdd(ax, hn::Set(d, static_cast<T>(6.36619772367581382433e-01)), round), round);
  V r;
  if constexpr (kIsFloat<D>) {
    r = InDoubles<SubtractQuadrantsOfFloat>(d, ax, n);
  } else {
    // pi/2 is three pieces of 33 bits and a rest (fdlibm's e_rem_pio2.c), 151 bits in all: enough, as no double up to
    // kTrigMax is nearer than 2^-62 to a multiple of pi/2.
    r = hn::NegMulAdd(n, hn::Set(d, 1.57079632673412561417e+00), ax);
    r = hn::NegMulAdd(n, hn::Set(d, 6.07710050630396597660e-11), r);
    r = hn::NegMulAdd(n, hn::Set(d, 2.02226624871116645580e-21), r);
    r = hn::NegMulAdd(n, hn::Set(d, 8.47842766036889956997e-32), r);
  }
  const V z = hn::Mul(r, r);
  V sine = Polynomial(d, z, {-0.00019419234f, 0.008331364f, -0.1666664f},
                      {1.5895679678915657e-10, -2.5050737216570012e-08, 2.7557313547844315e-06, -0.00019841269829365857,
                       0.00833333333332184, -0.1666666666666663});
  V cosine = Polynomial(d, z, {2.4331084e-05f, -0.0013886326f, 0.041666623f},
                        {-1.1358549525575329e-11, 2.087570216758819e-09, -2.75573141985032e-07, 2.480158728895821e-05,
                         -0.0013888888888873307, 0.041666666666666595});
  sine = hn::MulAdd(hn::Mul(z, r), sine, r);
  cosine = hn::MulAdd(hn::Mul(z, z), cosine, hn::NegMulAdd(hn::Set(d, 0.5F), z, hn::Set(d, 1)));
  const auto q = hn::BitCast(du, hn::Add(n, hn::Set(d, FormatOf<D>::kRound + static_cast<T>(quadrants))));
  const auto odd = hn::RebindMask(d, hn::TestBit(q, hn::Set(du, typename FormatOf<D>::Bits{1})));
  const auto turn = hn::ShiftLeft<FormatOf<D>::kMantissa + (kIsFloat<D> ? 7 : 10)>(q);  // bit 1 of q into the sign bit
  const V sign = hn::And(hn::Xor(hn::BitCast(d, turn), sign_of), hn::SignBit(d));
  const V y = hn::Xor(hn::IfThenElse(odd, cosine, sine), sign);
  if (HWY_LIKELY(hn::AllTrue(d, hn::Le(ax, hn::Set(d, static_cast<T>(kTrigMax)))))) return y;
  return FixLanes(
      d, x, x, y, [](T v, T) { return !(std::abs(v) <= static_cast<T>(kTrigMax)); }, exact);
}

// 1.7 / 2.3 ULP.
template <class D, class V = hn::Vec<D>, class T = hn::TFromD<D>>
HWY_INLINE V Sin(D d, V x) {
  return SinQuadrant(d, x, 0, x, [](T v, T) { return std::sin(v); });
}

// 1.7 / 2.3 ULP.
template <class D, class V = hn::Vec<D>, class T = hn::TFromD<D>>
HWY_INLINE V Cos(D d, V x) {
  return SinQuadrant(d, x, 1, hn::Zero(d), [](T v, T) { return std::cos(v); });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
