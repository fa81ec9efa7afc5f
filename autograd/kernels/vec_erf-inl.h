// erf and erfc. Coefficients: own minimax fits. Errors beside the functions: measured, in ULP.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_VEC_ERF_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_VEC_ERF_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_VEC_ERF_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_VEC_ERF_INL_H_
#endif

#include <hwy/highway.h>

#include "autograd/kernels/vec_base-inl.h"
#include "autograd/kernels/vec_exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

namespace vec_math {

// erf(x) = x + x p(x^2), for |x| < 0.8 (float) or 0.65 (double).
template <class D, class V>
HWY_INLINE V ErfSmall(D d, V x) {
  const V z = hn::Mul(x, x);
  V p;
  if constexpr (kIsFloat<D>) {
    p = Polynomial(d, z, -0.0006441641f, 0.0050734957f, -0.02681665f, 0.1128309f, -0.37612608f, 0.12837917f);
  } else {
    p = Polynomial(d, z, -1.3123231077879863e-07, 1.6139343309225997e-06, -1.4907625853691473e-05,
                   0.00012054722907825857, -0.0008548314239320887, 0.0052239774623914674, -0.026866170633186925,
                   0.11283791670910669, -0.3761263890318311, 0.12837916709551256);
  }
  return hn::MulAdd(x, p, x);
}

// erfc(x + x_lo), by erfc(x) = e^(-x^2) p(q) / (1 + 2x), q = (x - c) / (x + c) (the substitution of Shepherd and
// Laframboise, Math. Comp. 36, 1981), for x >= 0.6, subnormal results included. The rounding error of x^2 and x_lo,
// which exp would magnify, go into the reduced argument.
template <class D, class V>
HWY_INLINE V ErfcTail(D d, V x, V x_lo) {
  using T = hn::TFromD<D>;
  const V one = hn::Set(d, T{1});
  const V c = hn::Set(d, static_cast<T>(kIsFloat<D> ? 2 : 3));
  const V q = hn::Div(hn::Sub(x, c), hn::Add(x, c));
  V p;
  if constexpr (kIsFloat<D>) {
    p = Polynomial(d, q, -0.0014466395f, 0.0010114202f, 0.008769711f, -0.007977938f, -0.054232337f, 0.1640464f,
                   -0.16602956f, -0.0927637f, 1.2769784f);
  } else {
    p = Polynomial(d, q, 8.086946423612184e-08, -6.550704696543236e-08, -6.063533069352499e-07, 2.861380031618681e-07,
                   3.4742209472509585e-06, -6.929965039638409e-07, -2.0104542232256724e-05, 4.936450012576844e-06,
                   0.0001251011495373155, -0.00010515701978863613, -0.0007798326785068703, 0.0018886899928962752,
                   0.002529391865982958, -0.023770514890544544, 0.06830802734080187, -0.11927366341641789,
                   0.12964515870284968, -0.04756229435343355, -0.1356211061245819, 1.2530080582697296);
  }
  // p / (1 + 2x) as hi + lo: the roundings of this quotient would be half of the error.
  const V twice = hn::Add(x, x);
  const V divisor = hn::Add(twice, one);
  const V divisor_lo = hn::Sub(one, hn::Sub(divisor, twice));
  const V inverse = hn::Div(one, divisor);
  const V hi = hn::Mul(p, inverse);
  const V lo = hn::Mul(hn::NegMulAdd(hi, divisor_lo, Remainder(d, p, divisor, hi)), inverse);
  const V square = hn::Mul(x, x);
  const V square_lo = hn::MulAdd(twice, x_lo, ProductError(d, x, x, square));
  V rounded;
  const V r = ReduceByLn2(d, hn::Neg(square), hn::Neg(square_lo), rounded);
  const auto keep = hn::Lt(x, hn::Set(d, static_cast<T>(kIsFloat<D> ? 10.1 : 27.4)));
  return ScaleAny(d, hn::Add(hn::MulAdd(hi, ExpReducedMinus1(d, r), lo), hi), rounded, keep);
}

}  // namespace vec_math

// Large float |x|: 1 - e^-g with g = -log(erfc|x|) a polynomial. 1.3 / 1.7 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Erf(D d, V x) {
  using T = hn::TFromD<D>;
  const V one = hn::Set(d, T{1});
  const V ax = hn::Abs(x);
  const V limit = hn::Set(d, static_cast<T>(vec_math::kIsFloat<D> ? 4 : 6));  // 1 from there up
  const V bounded = hn::IfThenElse(hn::Lt(ax, limit), ax, limit);
  const V small = vec_math::ErfSmall(d, x);
  V large;
  if constexpr (vec_math::kIsFloat<D>) {
    const V p = vec_math::Polynomial(d, bounded, -0.00021626064f, 0.003233501f, -0.022948684f, 0.105352156f, 0.6356508f,
                                     0.12853399f);
    large = hn::Sub(one, vec_math::ExpNormal(d, hn::Neg(hn::MulAdd(bounded, p, bounded))));
  } else {
    const V start = hn::Set(d, 0.65);
    large = hn::Sub(one, vec_math::ErfcTail(d, hn::IfThenElse(hn::Gt(bounded, start), bounded, start), hn::Zero(d)));
  }
  const auto above = hn::Ge(ax, hn::Set(d, static_cast<T>(vec_math::kIsFloat<D> ? 0.8 : 0.65)));
  return hn::IfThenElse(above, hn::CopySign(large, x), small);
}

// erfc(x + x_lo). 3.3 / 3.0 ULP.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Erfc(D d, V x, V x_lo) {
  using T = hn::TFromD<D>;
  const V one = hn::Set(d, T{1});
  const V two = hn::Set(d, T{2});
  const V ax = hn::Abs(x);
  const V start = hn::Set(d, static_cast<T>(0.65));
  const auto below = hn::Lt(x, hn::Zero(d));
  const V lo = hn::IfThenElse(below, hn::Neg(x_lo), x_lo);
  const V tail = vec_math::ErfcTail(d, hn::IfThenElse(hn::Gt(ax, start), ax, start), lo);
  const V large = hn::IfThenElse(below, hn::Sub(two, tail), tail);
  return hn::IfThenElse(hn::Ge(ax, start), large, hn::Sub(one, vec_math::ErfSmall(d, x)));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V Erfc(D d, V x) {
  return Erfc(d, x, hn::Zero(d));
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
