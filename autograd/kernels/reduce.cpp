// Sums in vector code: four accumulators hide the latency of an addition, a tree joins them.
#include "autograd/kernels/reduce.h"
#include "autograd/kernels/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/reduce.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <limits>

#include "autograd/kernels/parallel.h"
#include "autograd/kernels/row_loop-inl.h"
#include "autograd/kernels/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

constexpr std::size_t kBlock = 1024;

template <class D, class V = hn::Vec<D>>
HWY_INLINE hn::TFromD<D> LaneSum(D d, V v) {
  return hn::GetLane(hn::SumOfLanes(d, v));
}

// The sum of term(i, few) over i in steps of one vector: few = 0 for a whole vector, else how many lanes count.
template <class D, class Term>
HWY_INLINE hn::TFromD<D> SumBlock(D d, std::size_t begin, std::size_t end, const Term& term) {
  const std::size_t lanes = hn::Lanes(d);
  auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  std::size_t i = begin;
  for (; i + 8 * lanes <= end; i += 8 * lanes) {
    s0 = hn::Add(s0, term(i, std::size_t{0}));
    s1 = hn::Add(s1, term(i + lanes, std::size_t{0}));
    s2 = hn::Add(s2, term(i + 2 * lanes, std::size_t{0}));
    s3 = hn::Add(s3, term(i + 3 * lanes, std::size_t{0}));
    s4 = hn::Add(s4, term(i + 4 * lanes, std::size_t{0}));
    s5 = hn::Add(s5, term(i + 5 * lanes, std::size_t{0}));
    s6 = hn::Add(s6, term(i + 6 * lanes, std::size_t{0}));
    s7 = hn::Add(s7, term(i + 7 * lanes, std::size_t{0}));
  }
  for (; i + lanes <= end; i += lanes) s0 = hn::Add(s0, term(i, std::size_t{0}));
  if (i < end) s1 = hn::Add(s1, term(i, end - i));
  return LaneSum(d, hn::Add(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)), hn::Add(hn::Add(s4, s5), hn::Add(s6, s7))));
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

template <class D, class T>
struct Element {
  D d;
  const T* x;
  HWY_INLINE hn::Vec<D> operator()(std::size_t i, std::size_t few) const { return LoadFew(d, x + i, few); }
};

constexpr std::size_t kWide = 64;  // columns summed together
constexpr std::int64_t kRows = 16;

// acc[0, width) = the sum of rows [begin, end) of x, whose rows are `stride` apart.
template <class T>
void SumRows(const T* x, std::int64_t stride, std::int64_t begin, std::int64_t end, std::size_t width, T* acc) {
  if (end - begin <= kRows) {
    std::fill(acc, acc + width, T{});
    for (std::int64_t r = begin; r < end; ++r) {
      const T* row = x + r * stride;
      for (std::size_t i = 0; i < width; ++i) acc[i] += row[i];
    }
    return;
  }
  const std::int64_t half = (end - begin + kRows - 1) / kRows / 2 * kRows;
  SumRows(x, stride, begin, begin + half, width, acc);
  T right[kWide];
  SumRows(x, stride, begin + half, end, width, right);
  for (std::size_t i = 0; i < width; ++i) acc[i] += right[i];
}

template <class T>
void Sum(const T* x, Shape3 s, T* out) {
  const hn::ScalableTag<T> d;
  if (s.inner == 1) {
    const auto n = static_cast<std::size_t>(s.n);
    if (s.outer == 1) {
      *out = SumLong(d, n, Element<decltype(d), T>{d, x});
      return;
    }
    const std::int64_t grain = std::max<std::int64_t>(1, (1 << 15) / std::max<std::int64_t>(1, s.n));
    parallel_for(s.outer, grain, [=](std::int64_t b, std::int64_t e) {
      for (std::int64_t r = b; r < e; ++r) out[r] = SumRange(d, 0, n, Element<decltype(d), T>{d, x + r * s.n});
    });
    return;
  }
  const std::int64_t wide = static_cast<std::int64_t>(kWide);
  const std::int64_t pieces = (s.inner + wide - 1) / wide;
  const std::int64_t grain = std::max<std::int64_t>(1, (1 << 15) / std::max<std::int64_t>(1, s.n * wide));
  parallel_for(s.outer * pieces, grain, [=](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) {
      const std::int64_t o = i / pieces;
      const std::int64_t from = i % pieces * wide;
      SumRows(x + o * s.n * s.inner + from, s.inner, 0, s.n, static_cast<std::size_t>(std::min(wide, s.inner - from)),
              out + o * s.inner + from);
    }
  });
}
void SumReal(Dtype dtype, const void* x, Shape3 s, void* out) {
  by_real(dtype, [=]<class T>() { Sum(static_cast<const T*>(x), s, static_cast<T*>(out)); });
}

template <class T>
T PairSum(const T* x, const T* y, std::int64_t n, bool inner) {
  const hn::ScalableTag<T> d;
  const Element<decltype(d), T> ex{d, x};
  const Element<decltype(d), T> ey{d, y};
  const auto count = static_cast<std::size_t>(n);
  if (inner) return SumLong(d, count, [&](std::size_t i, std::size_t few) { return hn::Mul(ex(i, few), ey(i, few)); });
  return SumLong(d, count, [&](std::size_t i, std::size_t few) {
    const auto diff = hn::Sub(ex(i, few), ey(i, few));
    return hn::Mul(diff, diff);
  });
}
void PairSumReal(Dtype dtype, const void* x, const void* y, std::int64_t n, bool inner, void* out) {
  by_real(dtype, [=]<class T>() {
    *static_cast<T*>(out) = PairSum(static_cast<const T*>(x), static_cast<const T*>(y), n, inner);
  });
}

// NaN where there is one, so that it reaches every element of the row.
template <class D, class T>
T RowMax(D d, const T* x, std::size_t n) {
  const std::size_t lanes = hn::Lanes(d);
  const auto first = hn::Set(d, x[0]);
  auto max = first;
  auto nan = hn::IsNaN(first);
  for (std::size_t i = 0; i < n; i += lanes) {
    const std::size_t few = n - i < lanes ? n - i : 0;
    const auto all = LoadFew(d, x + i, few);
    const auto v = few == 0 ? all : hn::IfThenElse(hn::FirstN(d, few), all, first);
    nan = hn::Or(nan, hn::IsNaN(v));
    max = hn::Max(max, v);
  }
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
  const std::size_t lanes = hn::Lanes(d);
  const Element<decltype(d), T> element{d, x};
  const T largest = RowMax(d, x, n);
  const auto max = hn::Set(d, largest);
  const auto term = [&](std::size_t i, std::size_t few) {
    const auto e = Exp(d, hn::Sub(element(i, few), max));
    if (!kLog) StoreFew(e, d, out + i, few);
    return few == 0 ? e : hn::IfThenElseZero(hn::FirstN(d, few), e);
  };
  const std::size_t at = Find(d, x, n, largest);
  const T below = SumRange(d, 0, std::min(at, n), term);
  const T rest = below + SumRange(d, std::min(at + 1, n), n, term);
  const bool finite = largest - largest == 0;  // else every element is NaN, as in inf - inf
  if (!kLog) out[std::min(at, n - 1)] = finite ? T{1} : largest - largest;
  const T poison = finite ? T{0} : largest - largest;
  const auto scale = kLog ? Log1p(d, hn::Set(d, rest + poison)) : hn::Set(d, 1 + rest + poison);
  for (std::size_t i = 0; i < n; i += lanes) {
    const std::size_t few = n - i < lanes ? n - i : 0;
    const auto v = kLog ? hn::Sub(hn::Sub(element(i, few), max), scale) : hn::Div(LoadFew(d, out + i, few), scale);
    StoreFew(v, d, out + i, few);
  }
}

template <class T, bool kLog>
void SoftmaxGradRow(const T* g, const T* out, std::size_t n, T* dx) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  const Element<decltype(d), T> eg{d, g};
  const Element<decltype(d), T> eo{d, out};
  const auto sum = hn::Set(d, SumRange(d, 0, n, [&](std::size_t i, std::size_t few) {
                             return kLog ? eg(i, few) : hn::Mul(eg(i, few), eo(i, few));
                           }));
  for (std::size_t i = 0; i < n; i += lanes) {
    const std::size_t few = n - i < lanes ? n - i : 0;
    const auto vg = eg(i, few);
    const auto vo = eo(i, few);
    const auto v = kLog ? hn::NegMulAdd(Exp(d, vo), sum, vg) : hn::Mul(vo, hn::Sub(vg, sum));
    StoreFew(v, d, dx + i, few);
  }
}

template <class F>
void ForRows(std::int64_t rows, std::int64_t n, const F& f) {
  if (n == 0) return;
  parallel_for(rows, std::max<std::int64_t>(1, (1 << 13) / n), [&f](std::int64_t b, std::int64_t e) {
    for (std::int64_t r = b; r < e; ++r) f(r);
  });
}

void Softmax(Dtype dtype, bool log, const void* x, std::int64_t rows, std::int64_t n, void* out) {
  by_real(dtype, [=]<class T>() {
    ForRows(rows, n, [=, row = log ? SoftmaxRow<T, true> : SoftmaxRow<T, false>](std::int64_t r) {
      row(static_cast<const T*>(x) + r * n, static_cast<std::size_t>(n), static_cast<T*>(out) + r * n);
    });
  });
}
void SoftmaxGrad(Dtype dtype, bool log, const void* g, const void* out, std::int64_t rows, std::int64_t n, void* dx) {
  by_real(dtype, [=]<class T>() {
    ForRows(rows, n, [=, row = log ? SoftmaxGradRow<T, true> : SoftmaxGradRow<T, false>](std::int64_t r) {
      row(static_cast<const T*>(g) + r * n, static_cast<const T*>(out) + r * n, static_cast<std::size_t>(n),
          static_cast<T*>(dx) + r * n);
    });
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

HWY_EXPORT(SumReal);
HWY_EXPORT(PairSumReal);
HWY_EXPORT(Softmax);
HWY_EXPORT(SoftmaxGrad);

void sum(Dtype dtype, const void* x, Shape3 s, void* out) noexcept {
  if (!is_floating_point(dtype)) return sum_integers(dtype, x, s, static_cast<std::int64_t*>(out));
  HWY_DYNAMIC_DISPATCH(SumReal)(dtype, x, s, out);
}
void pair_sum(Dtype dtype, const void* x, const void* y, std::int64_t n, bool inner, void* out) noexcept {
  HWY_DYNAMIC_DISPATCH(PairSumReal)(dtype, x, y, n, inner, out);
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
