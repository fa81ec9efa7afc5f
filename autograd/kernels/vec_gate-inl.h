// x times a gate that goes from 0 to 1: silu, gelu and its tanh form; and the normal distribution's cdf. Where a gate
// is e^z of a large z, the rounding error of z would be magnified |z| times, so it is carried along. Errors beside the
// functions: measured, in ULP.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_VEC_GATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_VEC_GATE_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_VEC_GATE_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_VEC_GATE_INL_H_
#endif

#include <hwy/highway.h>

#include "autograd/kernels/vec_log-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// A constant as the sum of two numbers of the lanes' type.
template <class D>
struct Pair {
  constexpr explicit Pair(double value)
      : hi(static_cast<hn::TFromD<D>>(value)), lo(static_cast<hn::TFromD<D>>(value - hi)) {}
  hn::TFromD<D> hi, lo;
};

// Not below `low`, so that a gate of 0 is not multiplied by -inf. NaN stays NaN.
template <class D, class V>
HWY_INLINE V AtLeast(D d, V x, double low) {
  const V bound = hn::Set(d, static_cast<hn::TFromD<D>>(low));
  return hn::IfThenElse(hn::Lt(x, bound), bound, x);
}

// x sigmoid(z + z_lo)
template <class D, class V>
HWY_INLINE V GatedBySigmoid(D d, V x, V z, V z_lo) {
  const V one = hn::Set(d, hn::TFromD<D>{1});
  const auto below = hn::Lt(z, hn::Zero(d));
  const V e = ExpNegative(d, hn::Neg(hn::Abs(z)));
  const V exact = hn::MulAdd(e, hn::IfThenElse(below, z_lo, hn::Neg(z_lo)), e);
  return hn::Div(hn::IfThenElse(below, hn::Mul(x, exact), x), hn::Add(one, exact));
}

constexpr double kGateEnd = 40;  // from here out every gate is 0 or 1

// erfc(-x / sqrt(2)) / 2.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V NormalCdf(D d, V x) {
  constexpr Pair<D> kScale(-0.70710678118654752440);
  const V scale = hn::Set(d, kScale.hi);
  const V bounded = hn::Neg(AtLeast(d, hn::Neg(AtLeast(d, x, -kGateEnd)), -kGateEnd));
  const V t = hn::Mul(bounded, scale);
  const V t_lo = hn::MulAdd(bounded, hn::Set(d, kScale.lo), ProductError(d, bounded, scale, t));
  return hn::Mul(hn::Set(d, static_cast<hn::TFromD<D>>(0.5)), Erfc(d, t, t_lo));
}

// x times the normal cdf of x.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Gelu(D d, V x) {
  return hn::Mul(AtLeast(d, x, -kGateEnd), NormalCdf(d, x));
}

// x sigmoid(x).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Silu(D d, V x) {
  return GatedBySigmoid(d, AtLeast(d, x, -1000), x, hn::Zero(d));
}

// x sigmoid(z), z = 2 sqrt(2/pi) (x + 0.044715 x^3) = x (a + b x^2).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V GeluTanh(D d, V x) {
  constexpr Pair<D> kA(1.5957691216057307117), kB(0.071354816272600248275);
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

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
