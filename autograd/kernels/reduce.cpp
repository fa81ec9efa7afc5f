// Sums in vector code: four accumulators hide the latency of an addition, a tree joins them.
#include "autograd/kernels/reduce.h"
#include "autograd/kernels/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/reduce.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <limits>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/loop-inl.h"
#include "autograd/kernels/parallel.h"
#include "autograd/kernels/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

constexpr std::size_t kBlock = 1024;

// The sum of term(i, how it reads) over [begin, end) in steps of one vector.
template <class D, class Term>
HWY_INLINE hn::TFromD<D> SumBlock(D d, std::size_t begin, std::size_t end, const Term& term) {
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<D> s[8];
  HWY_UNROLL(8)
  for (auto& sum : s) sum = hn::Zero(d);
  std::size_t i = begin;
  for (; i + 8 * lanes <= end; i += 8 * lanes) {
    HWY_UNROLL(8)
    for (std::size_t k = 0; k < 8; ++k) s[k] = hn::Add(s[k], term(i + k * lanes, Few<D>()));
  }
  for (; i + lanes <= end; i += lanes) s[0] = hn::Add(s[0], term(i, Few<D>()));
  if (i < end) s[1] = hn::Add(s[1], term(i, Few<D>{end - i}));
  const auto left = hn::Add(hn::Add(s[0], s[1]), hn::Add(s[2], s[3]));
  const auto right = hn::Add(hn::Add(s[4], s[5]), hn::Add(s[6], s[7]));
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(left, right)));
}

template <class D, class Term>
hn::TFromD<D> SumRange(D d, std::size_t begin, std::size_t end, const Term& term) {
  if (end - begin <= kBlock) return SumBlock(d, begin, end, term);
  const std::size_t half = (end - begin + kBlock - 1) / kBlock / 2 * kBlock;
  const auto left = SumRange(d, begin, begin + half, term);
  return left + SumRange(d, begin + half, end, term);
}

// Long sums in at most 64 pieces, cut by n alone.
template <class D, class Term>
hn::TFromD<D> SumLong(D d, std::size_t n, const Term& term) {
  if (n <= kBlock) return SumBlock(d, 0, n, term);
  constexpr std::size_t kPieces = 64;
  const std::size_t grain = std::max<std::size_t>(std::size_t{1} << 15, (n / kPieces + kBlock) / kBlock * kBlock);
  if (n <= grain) return SumRange(d, 0, n, term);
  hn::TFromD<D> pieces[kPieces] = {};
  parallel_for(static_cast<std::int64_t>(n), static_cast<std::int64_t>(grain), [&](std::int64_t b, std::int64_t e) {
    pieces[static_cast<std::size_t>(b) / grain] =
        SumRange(d, static_cast<std::size_t>(b), static_cast<std::size_t>(e), term);
  });
  for (std::size_t step = 1; step < kPieces; step *= 2)
    for (std::size_t i = 0; i + step < kPieces; i += 2 * step) pieces[i] += pieces[i + step];
  return pieces[0];
}

constexpr std::size_t kWide = 64;  // columns summed together
constexpr std::int64_t kRows = 16;

// acc[0, width) = the sum of rows [begin, end) of x, or of their squares, whose rows are `stride` apart.
template <bool kSquares, class T>
void SumRows(const T* x, std::int64_t stride, std::int64_t begin, std::int64_t end, std::size_t width, T* acc) {
  if (end - begin <= kRows) {
    std::fill(acc, acc + width, T{});
    for (std::int64_t r = begin; r < end; ++r) {
      const T* row = x + r * stride;
      for (std::size_t i = 0; i < width; ++i) acc[i] += kSquares ? row[i] * row[i] : row[i];
    }
    return;
  }
  const std::int64_t half = (end - begin + kRows - 1) / kRows / 2 * kRows;
  SumRows<kSquares>(x, stride, begin, begin + half, width, acc);
  T right[kWide];
  SumRows<kSquares>(x, stride, begin + half, end, width, right);
  for (std::size_t i = 0; i < width; ++i) acc[i] += right[i];
}

// f(row), each of about as much work as `cost` additions.
template <class F>
void ForRows(std::int64_t rows, std::int64_t cost, const F& f) {
  const std::int64_t grain = std::max<std::int64_t>(1, (1 << 15) / std::max<std::int64_t>(1, cost));
  parallel_for(rows, grain, [&f](std::int64_t b, std::int64_t e) {
    for (std::int64_t r = b; r < e; ++r) f(r);
  });
}

template <bool kSquares, class T>
void Sum(const T* x, Shape3 s, T* out) {
  const hn::ScalableTag<T> d;
  if (s.inner == 1) {
    const auto n = static_cast<std::size_t>(s.n);
    const auto row = [=](std::int64_t r) {
      return [=, from = x + r * s.n](std::size_t i, auto step) {
        const auto v = step.load(d, from + i);
        return kSquares ? hn::Mul(v, v) : v;
      };
    };
    if (s.outer > 1) return ForRows(s.outer, s.n, [=](std::int64_t r) { out[r] = SumRange(d, 0, n, row(r)); });
    if (s.outer == 1) *out = SumLong(d, n, row(0));
    return;
  }
  const std::int64_t wide = static_cast<std::int64_t>(kWide);
  const std::int64_t pieces = (s.inner + wide - 1) / wide;
  ForRows(s.outer * pieces, s.n * wide, [=](std::int64_t i) {
    const std::int64_t o = i / pieces;
    const std::int64_t from = i % pieces * wide;
    SumRows<kSquares>(x + o * s.n * s.inner + from, s.inner, 0, s.n,
                      static_cast<std::size_t>(std::min(wide, s.inner - from)), out + o * s.inner + from);
  });
}
void SumFloating(Dtype dtype, const void* x, Shape3 s, void* out) {
  by_floating(dtype, [=]<class T>() { Sum<false>(static_cast<const T*>(x), s, static_cast<T*>(out)); });
}
void SumSquares(Dtype dtype, const void* x, Shape3 s, void* out) {
  by_floating(dtype, [=]<class T>() { Sum<true>(static_cast<const T*>(x), s, static_cast<T*>(out)); });
}

template <class T>
T PairSum(const T* x, const T* y, std::size_t n, bool inner) {
  const hn::ScalableTag<T> d;
  const auto product = [=](std::size_t i, auto step) { return hn::Mul(step.load(d, x + i), step.load(d, y + i)); };
  const auto square = [=](std::size_t i, auto step) {
    const auto diff = hn::Sub(step.load(d, x + i), step.load(d, y + i));
    return hn::Mul(diff, diff);
  };
  return inner ? SumLong(d, n, product) : SumLong(d, n, square);
}
void PairSumFloating(Dtype dtype, const void* x, const void* y, std::int64_t n, bool inner, void* out) {
  by_floating(dtype, [=]<class T>() {
    const auto count = static_cast<std::size_t>(n);
    *static_cast<T*>(out) = PairSum(static_cast<const T*>(x), static_cast<const T*>(y), count, inner);
  });
}

// NaN where there is one, so that it reaches every element of the row.
template <class D, class T>
T RowMax(D d, const T* x, std::size_t n) {
  const auto first = hn::Set(d, x[0]);
  auto max = first;
  auto nan = hn::IsNaN(first);
  for_steps(d, n, [&](std::size_t i, auto step) HWY_ATTR {
    const auto v = step.or_else(step.load(d, x + i), d, first);
    nan = hn::Or(nan, hn::IsNaN(v));
    max = hn::Max(max, v);
  });
  if (!hn::AllFalse(d, nan)) return x[0] - x[0] + std::numeric_limits<T>::quiet_NaN();
  return hn::GetLane(hn::MaxOfLanes(d, max));
}

// The first place of `value` in x, n where it is nowhere.
template <class D, class T>
std::size_t Find(D d, const T* x, std::size_t n, T value) {
  const auto v = hn::Set(d, value);
  std::size_t i = 0;
  while (i + hn::Lanes(d) <= n && hn::AllFalse(d, hn::Eq(hn::LoadU(d, x + i), v))) i += hn::Lanes(d);
  while (i < n && x[i] != value) ++i;
  return i;
}

// The largest element's term is exactly 1: the others are summed without it, so that log1p keeps the digits of a row
// whose largest element has nearly all the weight.
template <class T, bool kLog>
void SoftmaxRow(const T* x, std::size_t n, T* out) {
  const hn::ScalableTag<T> d;
  const T largest = RowMax(d, x, n);
  const auto max = hn::Set(d, largest);
  const auto term = [&](std::size_t i, auto step) {
    const auto e = Exp(d, hn::Sub(step.load(d, x + i), max));
    if (!kLog) step.store(e, d, out + i);
    return step.or_else(e, d, hn::Zero(d));
  };
  const std::size_t at = Find(d, x, n, largest);
  const T below = SumRange(d, 0, std::min(at, n), term);
  const T rest = below + SumRange(d, std::min(at + 1, n), n, term);
  const bool finite = largest - largest == 0;  // else every element is NaN, as in inf - inf
  if (!kLog) out[std::min(at, n - 1)] = finite ? T{1} : largest - largest;
  const T poison = finite ? T{0} : largest - largest;
  const auto scale = kLog ? Log1p(d, hn::Set(d, rest + poison)) : hn::Set(d, 1 + rest + poison);
  for_steps(d, n, [&](std::size_t i, auto step) HWY_ATTR {
    const auto v = step.load(d, kLog ? x + i : out + i);
    step.store(kLog ? hn::Sub(hn::Sub(v, max), scale) : hn::Div(v, scale), d, out + i);
  });
}

template <class T, bool kLog>
void SoftmaxGradRow(const T* g, const T* out, std::size_t n, T* dx) {
  const hn::ScalableTag<T> d;
  const auto sum = hn::Set(d, SumRange(d, 0, n, [&](std::size_t i, auto step) {
                             const auto vg = step.load(d, g + i);
                             return kLog ? vg : hn::Mul(vg, step.load(d, out + i));
                           }));
  for_steps(d, n, [&](std::size_t i, auto step) HWY_ATTR {
    const auto vg = step.load(d, g + i);
    const auto vo = step.load(d, out + i);
    step.store(kLog ? hn::NegMulAdd(Exp(d, vo), sum, vg) : hn::Mul(vo, hn::Sub(vg, sum)), d, dx + i);
  });
}

void Softmax(Dtype dtype, bool log, const void* x, std::int64_t rows, std::int64_t n, void* out) {
  if (n == 0) return;
  by_floating(dtype, [=]<class T>() {
    ForRows(rows, 4 * n, [=, row = log ? SoftmaxRow<T, true> : SoftmaxRow<T, false>](std::int64_t r) {
      row(static_cast<const T*>(x) + r * n, static_cast<std::size_t>(n), static_cast<T*>(out) + r * n);
    });
  });
}
void SoftmaxGrad(Dtype dtype, bool log, const void* g, const void* out, std::int64_t rows, std::int64_t n, void* dx) {
  by_floating(dtype, [=]<class T>() {
    ForRows(rows, 4 * n, [=, row = log ? SoftmaxGradRow<T, true> : SoftmaxGradRow<T, false>](std::int64_t r) {
      row(static_cast<const T*>(g) + r * n, static_cast<const T*>(out) + r * n, static_cast<std::size_t>(n),
          static_cast<T*>(dx) + r * n);
    });
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

HWY_EXPORT(SumFloating);
HWY_EXPORT(SumSquares);
HWY_EXPORT(PairSumFloating);
HWY_EXPORT(Softmax);
HWY_EXPORT(SoftmaxGrad);

void sum(Dtype dtype, const void* x, Shape3 s, void* out) noexcept {
  if (!is_floating_point(dtype)) return sum_integers(dtype, x, s, static_cast<std::int64_t*>(out));
  HWY_DYNAMIC_DISPATCH(SumFloating)(dtype, x, s, out);
}
void sum_squares(Dtype dtype, const void* x, Shape3 s, void* out) noexcept {
  HWY_DYNAMIC_DISPATCH(SumSquares)(dtype, x, s, out);
}
void pair_sum(Dtype dtype, const void* x, const void* y, std::int64_t n, bool inner, void* out) noexcept {
  HWY_DYNAMIC_DISPATCH(PairSumFloating)(dtype, x, y, n, inner, out);
}
void softmax(Dtype dtype, bool log, const void* x, std::int64_t rows, std::int64_t n, void* out) noexcept {
  HWY_DYNAMIC_DISPATCH(Softmax)(dtype, log, x, rows, n, out);
}
void softmax_grad(Dtype dtype, bool log, const void* g, const void* out, std::int64_t rows, std::int64_t n,
                  void* dx) noexcept {
  HWY_DYNAMIC_DISPATCH(SoftmaxGrad)(dtype, log, g, out, rows, n, dx);
}

}  // namespace tapegrad::kernels
#endif
