// Functions that choose one of their operands, element by element: sign, clamp, lerp, the gradients of maximum and
// minimum. What is not chosen never reaches the result, so that 0 times infinity cannot make a NaN.
//
// A part of vec_math-inl.h, which alone includes it.

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// 1, -1, or else x * 0: zeros keep their sign and NaN stays NaN.
template <class D, class V>
HWY_INLINE V Sign(D d, V x) {
  const V zero = hn::Zero(d);
  return hn::IfThenElse(hn::Gt(x, zero), hn::Set(d, 1),
                        hn::IfThenElse(hn::Lt(x, zero), hn::Set(d, -1), hn::Mul(x, zero)));
}

// min(max(x, low), high). NaN stays NaN.
template <class V>
HWY_INLINE V Between(V x, V low, V high) {
  const V raised = hn::IfThenElse(hn::Lt(x, low), low, x);
  return hn::IfThenElse(hn::Gt(raised, high), high, raised);
}

// a + w (b - a), computed from the end that is nearer, so that both ends are exact; below 0 from a.
template <class D, class V>
HWY_INLINE V Lerp(D d, V a, V b, V w) {
  const V way = hn::Sub(b, a);
  const auto near = hn::Lt(w, hn::Set(d, 0.5F));
  return hn::IfThenElse(near, hn::MulAdd(w, way, a), hn::NegMulAdd(hn::Sub(hn::Set(d, 1), w), way, b));
}

// g where a beats b, half of it in a tie (two NaNs tie, one beats a number), else 0.
template <class D, class V, class M>
HWY_INLINE V WinnersShare(D d, V g, V a, V b, M beats) {
  const auto a_nan = hn::IsNaN(a);
  const auto b_nan = hn::IsNaN(b);
  const auto wins = hn::Or(hn::AndNot(b_nan, beats), hn::AndNot(b_nan, a_nan));
  const auto ties = hn::Or(hn::Eq(a, b), hn::And(a_nan, b_nan));
  return hn::IfThenElse(wins, g, hn::IfThenElseZero(ties, hn::Mul(g, hn::Set(d, 0.5F))));
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
