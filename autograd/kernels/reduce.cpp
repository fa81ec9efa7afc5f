// Sums and softmax in vector code: eight accumulators hide the latency of an addition, a tree joins them.
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

// The sum of term(i, step) over [begin, end), a vector at a time; `step` reads it (loop-inl.h).
template <class D, class Term>
HWY_INLINE hn::TFromD<D> sum_block(D d, std::size_t begin, std::size_t end, const Term& term) {
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

// The same for any length: a tree over blocks.
template <class D, class Term>
hn::TFromD<D> sum_range(D d, std::size_t begin, std::size_t end, const Term& term) {
  if (end - begin <= kBlock) return sum_block(d, begin, end, term);
  const std::size_t half = (end - begin + kBlock - 1) / kBlock / 2 * kBlock;
  const auto left = sum_range(d, begin, begin + half, term);
  return left + sum_range(d, begin + half, end, term);
}

// Long sums in at most 64 pieces, cut by n alone.
template <class D, class Term>
hn::TFromD<D> sum_long(D d, std::size_t n, const Term& term) {
  if (n <= kBlock) return sum_block(d, 0, n, term);
  constexpr std::size_t kPieces = 64;
  const std::size_t grain = std::max<std::size_t>(kGrain, (n / kPieces + kBlock) / kBlock * kBlock);
  if (n <= grain) return sum_range(d, 0, n, term);
  hn::TFromD<D> pieces[kPieces] = {};
  parallel_for(static_cast<std::int64_t>(n), static_cast<std::int64_t>(grain), [&](std::int64_t b, std::int64_t e) {
    pieces[static_cast<std::size_t>(b) / grain] =
        sum_range(d, static_cast<std::size_t>(b), static_cast<std::size_t>(e), term);
  });
  for (std::size_t step = 1; step < kPieces; step *= 2)
    for (std::size_t i = 0; i + step < kPieces; i += 2 * step) pieces[i] += pieces[i + step];
  return pieces[0];
}

constexpr std::size_t kWide = 64;  // columns summed together
constexpr std::int64_t kRows = 16;

// acc[0, width) = the sum of rows [begin, end) of x, or of their squares, whose rows are `stride` apart.
template <bool kSquares, class T>
void sum_rows(const T* x, std::int64_t stride, std::int64_t begin, std::int64_t end, std::size_t width, T* acc) {
  if (end - begin <= kRows) {
    std::fill(acc, acc + width, T{});
    for (std::int64_t r = begin; r < end; ++r) {
      const T* row = x + r * stride;
      for (std::size_t i = 0; i < width; ++i) acc[i] += kSquares ? row[i] * row[i] : row[i];
    }
    return;
  }
  const std::int64_t half = (end - begin + kRows - 1) / kRows / 2 * kRows;
  sum_rows<kSquares>(x, stride, begin, begin + half, width, acc);
  T right[kWide];
  sum_rows<kSquares>(x, stride, begin + half, end, width, right);
  for (std::size_t i = 0; i < width; ++i) acc[i] += right[i];
}

// f(row) for each row, which takes about as long as `cost` additions.
template <class F>
void for_rows(std::int64_t rows, std::int64_t cost, const F& f) {
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, cost));
  parallel_for(rows, grain, [&f](std::int64_t b, std::int64_t e) {
    for (std::int64_t r = b; r < e; ++r) f(r);
  });
}

// The sums over the middle of a Shape3: along its rows where inner is 1, else of kWide neighbouring columns together.
template <bool kSquares, class T>
void sum_middle(const T* x, Shape3 s, T* out) {
  const hn::ScalableTag<T> d;
  if (s.inner == 1) {
    const auto n = static_cast<std::size_t>(s.n);
    const auto term = [=](std::int64_t r) {  // of row r
      return [=, from = x + r * s.n](std::size_t i, auto step) {
        const auto v = step.load(d, from + i);
        return kSquares ? hn::Mul(v, v) : v;
      };
    };
    if (s.outer > 1) return for_rows(s.outer, s.n, [=](std::int64_t r) { out[r] = sum_range(d, 0, n, term(r)); });
    if (s.outer == 1) *out = sum_long(d, n, term(0));
    return;
  }
  const std::int64_t wide = static_cast<std::int64_t>(kWide);
  const std::int64_t pieces = (s.inner + wide - 1) / wide;
  for_rows(s.outer * pieces, s.n * wide, [=](std::int64_t i) {
    const std::int64_t o = i / pieces;
    const std::int64_t from = i % pieces * wide;
    sum_rows<kSquares>(x + o * s.n * s.inner + from, s.inner, 0, s.n,
                       static_cast<std::size_t>(std::min(wide, s.inner - from)), out + o * s.inner + from);
  });
}
void sum_floating(Dtype dtype, const void* x, Shape3 s, void* out) {
  by_floating(dtype, [=]<class T>() { sum_middle<false>(static_cast<const T*>(x), s, static_cast<T*>(out)); });
}
void sum_squares_floating(Dtype dtype, const void* x, Shape3 s, void* out) {
  by_floating(dtype, [=]<class T>() { sum_middle<true>(static_cast<const T*>(x), s, static_cast<T*>(out)); });
}

template <class T>
T sum_of_pairs(const T* x, const T* y, std::size_t n, bool inner) {
  const hn::ScalableTag<T> d;
  const auto product = [=](std::size_t i, auto step) { return hn::Mul(step.load(d, x + i), step.load(d, y + i)); };
  const auto square = [=](std::size_t i, auto step) {
    const auto diff = hn::Sub(step.load(d, x + i), step.load(d, y + i));
    return hn::Mul(diff, diff);
  };
  return inner ? sum_long(d, n, product) : sum_long(d, n, square);
}
void pair_sum_floating(Dtype dtype, const void* x, const void* y, std::int64_t n, bool inner, void* out) {
  by_floating(dtype, [=]<class T>() {
    const auto count = static_cast<std::size_t>(n);
    *static_cast<T*>(out) = sum_of_pairs(static_cast<const T*>(x), static_cast<const T*>(y), count, inner);
  });
}

// The largest of x, NaN where one is among them, so that it reaches every element of the row.
template <class D, class T>
T max_or_nan(D d, const T* x, std::size_t n) {
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

// The first place of `value` in x; n where it is nowhere, as NaN is.
template <class D, class T>
std::size_t find_first(D d, const T* x, std::size_t n, T value) {
  const auto v = hn::Set(d, value);
  std::size_t i = 0;
  while (i + hn::Lanes(d) <= n && hn::AllFalse(d, hn::Eq(hn::LoadU(d, x + i), v))) i += hn::Lanes(d);
  while (i < n && x[i] != value) ++i;
  return i;
}

// Note: the sum of a softmax. The largest element's term is exactly 1 and is not added with the others, so that log1p
// keeps the digits of a row whose largest element has nearly all the weight. A row with NaN or infinity in its largest
// element is NaN throughout: largest - largest is then NaN, else 0, and is added to the sum.

// The sum of term(i, step) over all of a row but place `at`, which is n where the largest element is NaN.
template <class D, class Term>
hn::TFromD<D> sum_others(D d, std::size_t n, std::size_t at, const Term& term) {
  const auto before = sum_range(d, 0, std::min(at, n), term);
  return before + sum_range(d, std::min(at + 1, n), n, term);
}

template <class T>
void softmax_row(const T* x, std::size_t n, T* out) {
  const hn::ScalableTag<T> d;
  const T largest = max_or_nan(d, x, n), zero_or_nan = largest - largest;
  const auto max = hn::Set(d, largest);
  const std::size_t at = find_first(d, x, n, largest);
  const T others = sum_others(d, n, at, [&](std::size_t i, auto step) {
    const auto e = Exp(d, hn::Sub(step.load(d, x + i), max));
    step.store(e, d, out + i);
    return step.or_else(e, d, hn::Zero(d));
  });
  out[std::min(at, n - 1)] = 1 + zero_or_nan;
  const auto sum = hn::Set(d, 1 + others + zero_or_nan);
  for_steps(d, n,
            [&](std::size_t i, auto step) HWY_ATTR { step.store(hn::Div(step.load(d, out + i), sum), d, out + i); });
}

template <class T>
void log_softmax_row(const T* x, std::size_t n, T* out) {
  const hn::ScalableTag<T> d;
  const T largest = max_or_nan(d, x, n), zero_or_nan = largest - largest;
  const auto max = hn::Set(d, largest);
  const std::size_t at = find_first(d, x, n, largest);
  const T others = sum_others(d, n, at, [&](std::size_t i, auto step) {
    return step.or_else(Exp(d, hn::Sub(step.load(d, x + i), max)), d, hn::Zero(d));
  });
  const auto log_sum = Log1p(d, hn::Set(d, others + zero_or_nan));
  for_steps(d, n, [&](std::size_t i, auto step) HWY_ATTR {
    step.store(hn::Sub(hn::Sub(step.load(d, x + i), max), log_sum), d, out + i);
  });
}

template <class T, bool kLog>
void softmax_grad_row(const T* g, const T* out, std::size_t n, T* dx) {
  const hn::ScalableTag<T> d;
  const auto sum = hn::Set(d, sum_range(d, 0, n, [&](std::size_t i, auto step) {
                             const auto vg = step.load(d, g + i);
                             return kLog ? vg : hn::Mul(vg, step.load(d, out + i));
                           }));
  for_steps(d, n, [&](std::size_t i, auto step) HWY_ATTR {
    const auto vg = step.load(d, g + i);
    const auto vo = step.load(d, out + i);
    step.store(kLog ? hn::NegMulAdd(Exp(d, vo), sum, vg) : hn::Mul(vo, hn::Sub(vg, sum)), d, dx + i);
  });
}

void softmax_floating(Dtype dtype, bool log, const void* x, std::int64_t rows, std::int64_t n, void* out) {
  if (n == 0) return;
  by_floating(dtype, [=]<class T>() {
    for_rows(rows, 4 * n, [=, row = log ? log_softmax_row<T> : softmax_row<T>](std::int64_t r) {
      row(static_cast<const T*>(x) + r * n, static_cast<std::size_t>(n), static_cast<T*>(out) + r * n);
    });
  });
}
void softmax_grad_floating(Dtype dtype, bool log, const void* g, const void* out, std::int64_t rows, std::int64_t n,
                           void* dx) {
  by_floating(dtype, [=]<class T>() {
    for_rows(rows, 4 * n, [=, row = log ? softmax_grad_row<T, true> : softmax_grad_row<T, false>](std::int64_t r) {
      row(static_cast<const T*>(g) + r * n, static_cast<const T*>(out) + r * n, static_cast<std::size_t>(n),
          static_cast<T*>(dx) + r * n);
    });
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

TAPEGRAD_TARGETS(sum_floating);
TAPEGRAD_TARGETS(sum_squares_floating);
TAPEGRAD_TARGETS(pair_sum_floating);
TAPEGRAD_TARGETS(softmax_floating);
TAPEGRAD_TARGETS(softmax_grad_floating);

void sum(Dtype dtype, const void* x, Shape3 s, void* out) noexcept {
  if (!is_floating_point(dtype)) return sum_integers(dtype, x, s, static_cast<std::int64_t*>(out));
  TAPEGRAD_DISPATCH(sum_floating)(dtype, x, s, out);
}
void sum_squares(Dtype dtype, const void* x, Shape3 s, void* out) noexcept {
  TAPEGRAD_DISPATCH(sum_squares_floating)(dtype, x, s, out);
}
void pair_sum(Dtype dtype, const void* x, const void* y, std::int64_t n, bool inner, void* out) noexcept {
  TAPEGRAD_DISPATCH(pair_sum_floating)(dtype, x, y, n, inner, out);
}
void softmax(Dtype dtype, bool log, const void* x, std::int64_t rows, std::int64_t n, void* out) noexcept {
  TAPEGRAD_DISPATCH(softmax_floating)(dtype, log, x, rows, n, out);
}
void softmax_grad(Dtype dtype, bool log, const void* g, const void* out, std::int64_t rows, std::int64_t n,
                  void* dx) noexcept {
  TAPEGRAD_DISPATCH(softmax_grad_floating)(dtype, log, g, out, rows, n, dx);
}

}  // namespace tapegrad::kernels
#endif
