// What the vectorised elementary functions share: the two float formats, polynomials, exact products, scaling by 2^n.
//
// A part of vec_math-inl.h, which alone includes it.

#include <cstddef>
#include <cstdint>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
inline constexpr bool kIsFloat = sizeof(hn::TFromD<D>) == 4;

// Adding kRound to |x| < 2^(kMantissa - 2) rounds x to an integer n and leaves n in the low bits: a conversion on every
// target in one addition. ln 2 = kLn2Hi + kLn2Lo, where n * kLn2Hi is exact for every exponent n even without FMA.
template <class T>
struct Format {
  using Bits = hwy::MakeUnsigned<T>;
  static constexpr T of(float for_float, double for_double) {
    return sizeof(T) == 4 ? static_cast<T>(for_float) : static_cast<T>(for_double);
  }
  static constexpr int kMantissa = std::numeric_limits<T>::digits - 1;
  static constexpr Bits kBias = std::numeric_limits<T>::max_exponent - 1;
  static constexpr Bits kSqrtHalf = static_cast<Bits>(sizeof(T) == 4 ? 0x3F3504F3u : 0x3FE6A09E667F3BCDull);
  static constexpr T kRound = of(0x1.8p23f, 0x1.8p52);
  static constexpr T kLog2E = of(0x1.715476p+0f, 0x1.71547652b82fep+0);
  static constexpr T kLn2Hi = of(0x1.63p-1f, 0x1.62e42feep-1);
  static constexpr T kLn2Lo = of(-0x1.bd0106p-13f, 0x1.a39ef35793c76p-33);
  static constexpr T kExpMin = of(-104.0f, -746.0);                       // exp rounds to 0 from here down ...
  static constexpr T kExpMax = of(0x1.62e42ep+6f, 0x1.62e42fefa39efp+9);  // ... and to infinity above
  static constexpr T kTinyExponent = of(-100.0f, -1000.0);                // below it 2^n is reached in two steps
  static constexpr T kTinyStep = of(64.0f, 256.0);
  static constexpr T kTinyScale = of(0x1p-64f, 0x1p-256);
};

template <class D>
using FormatOf = Format<hn::TFromD<D>>;

template <class D>
using Unsigned = hn::RebindToUnsigned<D>;

// Two interleaved Horner chains in x^2, one for the even powers and one for the odd: half the latency of one chain, and
// it is latency that bounds these loops. The coefficients come highest power first, at least three.
template <class D, class V, size_t N>
HWY_INLINE V Polynomial(D d, V x, const hn::TFromD<D> (&coefficients)[N]) {
  const V x2 = hn::Mul(x, x);
  V older = hn::Set(d, coefficients[0]);
  V newer = hn::Set(d, coefficients[1]);
  HWY_UNROLL(32)
  for (size_t i = 2; i < N - 1; ++i) {
    const V next = hn::MulAdd(older, x2, hn::Set(d, coefficients[i]));
    older = newer;
    newer = next;
  }
  return hn::MulAdd(newer, x, hn::MulAdd(older, x2, hn::Set(d, coefficients[N - 1])));
}
template <class D, class V, size_t N, size_t M>
HWY_INLINE V Polynomial(D d, V x, const float (&for_float)[N], const double (&for_double)[M]) {
  if constexpr (kIsFloat<D>) {
    return Polynomial(d, x, for_float);
  } else {
    return Polynomial(d, x, for_double);
  }
}

// a * b - product exactly, product being the rounded a * b (Veltkamp's split and Dekker's product without FMA).
template <class D, class V>
HWY_INLINE V ProductError(D d, V a, V b, V product) {
#if HWY_NATIVE_FMA
  (void)d;
  return hn::MulSub(a, b, product);
#else
  using Bits = typename FormatOf<D>::Bits;
  const Unsigned<D> du;
  const auto top = hn::Set(du, ~((Bits{1} << (FormatOf<D>::kMantissa / 2 + 1)) - 1));
  const V a_hi = hn::BitCast(d, hn::And(hn::BitCast(du, a), top));
  const V b_hi = hn::BitCast(d, hn::And(hn::BitCast(du, b), top));
  const V a_lo = hn::Sub(a, a_hi);
  const V b_lo = hn::Sub(b, b_hi);
  V error = hn::Sub(hn::Mul(a_hi, b_hi), product);
  error = hn::Add(error, hn::Mul(a_hi, b_lo));
  error = hn::Add(error, hn::Mul(a_lo, b_hi));
  return hn::Add(error, hn::Mul(a_lo, b_lo));
#endif
}

// a - b * quotient exactly, quotient being about a / b.
template <class D, class V>
HWY_INLINE V Remainder(D d, V a, V b, V quotient) {
#if HWY_NATIVE_FMA
  (void)d;
  return hn::NegMulAdd(b, quotient, a);
#else
  const V product = hn::Mul(b, quotient);
  return hn::Sub(hn::Sub(a, product), ProductError(d, b, quotient, product));
#endif
}

// y * 2^n for rounded = n + kRound. y must be a normal number and so must the result (2^n itself need not).
template <class D, class V>
HWY_INLINE V ScaleNormal(D d, V y, V rounded) {
  const Unsigned<D> du;
  const auto shifted = hn::ShiftLeft<FormatOf<D>::kMantissa>(hn::BitCast(du, rounded));
  return hn::BitCast(d, hn::Add(hn::BitCast(du, y), shifted));
}

// Where 2^n may be subnormal, n down to twice the smallest exponent: makes n larger, and returns the factor to follow.
template <class D, class V>
HWY_INLINE V SplitTiny(D d, V& rounded) {
  using F = FormatOf<D>;
  const auto tiny = hn::Lt(rounded, hn::Set(d, F::kRound + F::kTinyExponent));
  rounded = hn::Add(rounded, hn::IfThenElseZero(tiny, hn::Set(d, F::kTinyStep)));
  return hn::IfThenElse(tiny, hn::Set(d, F::kTinyScale), hn::Set(d, 1));
}

// y * 2^n as a normal number times `scale`: what else is to be multiplied goes between, before a subnormal result drops
// digits. Zero where keep is false, before a product could meet subnormals, which are slow.
template <class D, class V, class M>
HWY_INLINE V ScaleAny(D d, V y, V rounded, M keep, V& scale) {
  scale = SplitTiny(d, rounded);
  return hn::IfThenElseZero(keep, ScaleNormal(d, y, rounded));
}
template <class D, class V, class M>
HWY_INLINE V ScaleAny(D d, V y, V rounded, M keep) {
  V scale;
  const V scaled = ScaleAny(d, y, rounded, keep, scale);
  return hn::Mul(scaled, scale);
}

// x = 2^exponent * (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), for normal x > 0.
template <class V>
struct Split {
  V exponent;
  V mantissa;
};

template <class D, class V>
HWY_INLINE Split<V> SplitNormal(D d, V x) {
  using F = FormatOf<D>;
  using Bits = typename F::Bits;
  using T = hn::TFromD<D>;
  const Unsigned<D> du;
  constexpr Bits kOne = F::kBias << F::kMantissa;
  constexpr T kMagic = static_cast<T>(Bits{1} << F::kMantissa);  // its low bits hold the biased exponent
  const auto moved = hn::Add(hn::BitCast(du, x), hn::Set(du, kOne - F::kSqrtHalf));
  const auto biased = hn::Or(hn::ShiftRight<F::kMantissa>(moved), hn::BitCast(du, hn::Set(d, kMagic)));
  const auto fraction = hn::And(moved, hn::Set(du, (Bits{1} << F::kMantissa) - 1));
  return {hn::Sub(hn::BitCast(d, biased), hn::Set(d, kMagic + static_cast<T>(F::kBias))),
          hn::BitCast(d, hn::Add(fraction, hn::Set(du, F::kSqrtHalf)))};
}

// The same for all positive numbers.
template <class D, class V>
HWY_INLINE Split<V> SplitAny(D d, V x) {
  using T = hn::TFromD<D>;
  constexpr int kUp = FormatOf<D>::kMantissa + 1;
  const auto tiny = hn::Lt(x, hn::Set(d, std::numeric_limits<T>::min()));  // subnormal (or out of the domain)
  const V up = hn::Set(d, static_cast<T>(uint64_t{1} << kUp));
  const Split<V> split = SplitNormal(d, hn::IfThenElse(tiny, hn::Mul(x, up), x));
  return {hn::Sub(split.exponent, hn::IfThenElseZero(tiny, hn::Set(d, T{kUp}))), split.mantissa};
}

// Doubles as floats, what is too large as infinity.
template <class D, class DD = hn::Rebind<double, D>, class W = hn::Vec<DD>>
HWY_INLINE hn::Vec<D> DemoteRounding(D d, W wide) {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128  // their DemoteTo turns overflow into FLT_MAX
  const DD dd;
  HWY_ALIGN double lanes[hn::MaxLanes(dd)];
  HWY_ALIGN float narrow[hn::MaxLanes(d)];
  hn::Store(wide, dd, lanes);
  for (size_t i = 0; i < hn::Lanes(d); ++i) narrow[i] = static_cast<float>(lanes[i]);
  return hn::Load(d, narrow);
#else
  return hn::DemoteTo(d, wide);
#endif
}

// F()(dd, a, b) of float lanes widened to double, rounded to float: all of them at once, or one half after the other.
template <class F, class D, class V>
HWY_INLINE V InDoubles(D d, V a, V b) {
#if HWY_TARGET != HWY_SCALAR
  if constexpr (hn::MaxLanes(D()) > 1) {
    const hn::Half<D> dh;
    const hn::Rebind<double, hn::Half<D>> dd;
    const auto low = F()(dd, hn::PromoteTo(dd, hn::LowerHalf(dh, a)), hn::PromoteTo(dd, hn::LowerHalf(dh, b)));
    const auto high = F()(dd, hn::PromoteTo(dd, hn::UpperHalf(dh, a)), hn::PromoteTo(dd, hn::UpperHalf(dh, b)));
    return hn::Combine(d, DemoteRounding(dh, high), DemoteRounding(dh, low));
  } else  // NOLINT
#endif
  {
    const hn::Rebind<double, D> dd;
    return DemoteRounding(d, F()(dd, hn::PromoteTo(dd, a), hn::PromoteTo(dd, b)));
  }
}

// For arguments too rare to be worth a vector: where needs(x, y), f(x, y) replaces that lane of result.
template <class D, class V, class Needs, class F>
HWY_NOINLINE V FixLanes(D d, V x, V y, V result, Needs needs, F f) {
  using T = hn::TFromD<D>;
  HWY_ALIGN T xs[hn::MaxLanes(d)];
  HWY_ALIGN T ys[hn::MaxLanes(d)];
  HWY_ALIGN T results[hn::MaxLanes(d)];
  hn::Store(x, d, xs);
  hn::Store(y, d, ys);
  hn::Store(result, d, results);
  for (size_t i = 0; i < hn::Lanes(d); ++i) {
    if (needs(xs[i], ys[i])) results[i] = f(xs[i], ys[i]);
  }
  return hn::Load(d, results);
}

// f(x, y) of each lane: a call of the C library, or of special.h, for functions too rare to be worth a vector.
template <class D, class V, class F>
HWY_INLINE V ByLanes(D d, V x, V y, F f) {
  using T = hn::TFromD<D>;
  return FixLanes(
      d, x, y, x, [](T, T) { return true; }, [f](T a, T b) { return static_cast<T>(f(a, b)); });
}
template <class D, class V, class F>
HWY_INLINE V ByLanes(D d, V x, F f) {
  return ByLanes(d, x, x, [f](auto a, auto) { return f(a); });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
