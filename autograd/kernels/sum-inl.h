// Sums in vector code, of terms, rows and columns: several accumulators hide the latency of an addition, a tree joins
// them. Products go the same ways.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_SUM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_SUM_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_SUM_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_SUM_INL_H_
#endif

#include <algorithm>
#include <functional>

#include "autograd/kernels/loop-inl.h"
#include "autograd/kernels/parallel.h"
#include "autograd/kernels/reduce.h"
#include "autograd/kernels/sum_tree.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// What becomes of the elements: their sum, that of their squares, or their product.
struct Sum {
  using Join = std::plus<>;  // of numbers
  static constexpr int kStart = 0;
  template <class V>
  HWY_INLINE static V term(V v) {
    return v;
  }
  template <class V>
  HWY_INLINE static V join(V a, V b) {
    return hn::Add(a, b);
  }
  template <class D, class V>
  HWY_INLINE static hn::TFromD<D> join_lanes(D d, V v) {
    return hn::GetLane(hn::SumOfLanes(d, v));
  }
};
struct SumOfSquares : Sum {
  template <class V>
  HWY_INLINE static V term(V v) {
    return hn::Mul(v, v);
  }
};
struct Multiply : Sum {
  using Join = std::multiplies<>;
  static constexpr int kStart = 1;
  template <class V>
  HWY_INLINE static V join(V a, V b) {
    return hn::Mul(a, b);
  }
  template <class D, class V>
  HWY_INLINE static hn::TFromD<D> join_lanes([[maybe_unused]] D d, V v) {
#if HWY_TARGET != HWY_SCALAR
    if constexpr (hn::MaxLanes(d) > 1) {
      const hn::Half<D> half;
      return join_lanes(half, hn::Mul(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
    }
#endif
    return hn::GetLane(v);
  }
};
template <class Fold, class D>
HWY_INLINE hn::Vec<D> start(D d) {
  return hn::Set(d, hn::TFromD<D>{Fold::kStart});
}

// The sum of term(i, step) over [begin, end), a vector at a time; `step` reads it (loop-inl.h).
template <class Fold = Sum, class D, class Term>
HWY_INLINE hn::TFromD<D> sum_block(D d, std::size_t begin, std::size_t end, const Term& term) {
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<D> s[8];
  HWY_UNROLL(8)
  for (auto& sum : s) sum = start<Fold>(d);
  std::size_t i = begin;
  for (; i + 8 * lanes <= end; i += 8 * lanes) {
    HWY_UNROLL(8)
    for (std::size_t k = 0; k < 8; ++k) s[k] = Fold::join(s[k], term(i + k * lanes, Few<D>()));
  }
  for (; i + lanes <= end; i += lanes) s[0] = Fold::join(s[0], term(i, Few<D>()));
  if (i < end) s[1] = Fold::join(s[1], term(i, Few<D>{end - i}));
  const auto left = Fold::join(Fold::join(s[0], s[1]), Fold::join(s[2], s[3]));
  const auto right = Fold::join(Fold::join(s[4], s[5]), Fold::join(s[6], s[7]));
  return Fold::join_lanes(d, Fold::join(left, right));
}

// The same for any length: a tree over blocks.
template <class Fold = Sum, class D, class Term>
hn::TFromD<D> sum_range(D d, std::size_t begin, std::size_t end, const Term& term) {
  return tree_sum<hn::TFromD<D>, typename Fold::Join>(
      begin, end, [&](std::size_t b, std::size_t e) HWY_ATTR { return sum_block<Fold>(d, b, e, term); });
}
template <class Fold = Sum, class D, class Term>
hn::TFromD<D> sum_long(D d, std::size_t n, const Term& term) {
  if (n <= kBlock) return sum_block<Fold>(d, 0, n, term);
  const auto of_block = [&](std::size_t b, std::size_t e) HWY_ATTR { return sum_block<Fold>(d, b, e, term); };
  return long_sum<hn::TFromD<D>, typename Fold::Join>(
      n, of_block, [](std::int64_t all, std::int64_t grain, const auto& f) { parallel_for(all, grain, f); });
}

constexpr std::size_t kWide = 64;  // columns summed together
constexpr std::int64_t kRows = 16;

// acc[0, width) = the sum of rows [begin, end) of x, which are `stride` apart.
template <class Fold, class T>
void sum_rows(const T* x, std::int64_t stride, std::int64_t begin, std::int64_t end, std::size_t width, T* acc) {
  const hn::ScalableTag<T> d;
  if (end - begin <= kRows) {
    const std::size_t lanes = hn::Lanes(d);
    std::size_t i = 0;
    for (; i + 4 * lanes <= width; i += 4 * lanes) {
      hn::Vec<decltype(d)> s[4] = {start<Fold>(d), start<Fold>(d), start<Fold>(d), start<Fold>(d)};
      for (std::int64_t r = begin; r < end; ++r) {
        HWY_UNROLL(4)
        for (std::size_t k = 0; k < 4; ++k)
          s[k] = Fold::join(s[k], Fold::term(hn::LoadU(d, x + r * stride + i + k * lanes)));
      }
      HWY_UNROLL(4)
      for (std::size_t k = 0; k < 4; ++k) hn::StoreU(s[k], d, acc + i + k * lanes);
    }
    for_steps(d, width - i, [&](std::size_t at, auto step) HWY_ATTR {
      auto sum = start<Fold>(d);
      for (std::int64_t r = begin; r < end; ++r)
        sum = Fold::join(sum, Fold::term(step.load(d, x + r * stride + i + at)));
      step.store(sum, d, acc + i + at);
    });
    return;
  }
  const std::int64_t half = (end - begin + kRows - 1) / kRows / 2 * kRows;
  sum_rows<Fold>(x, stride, begin, begin + half, width, acc);
  T right[kWide];
  sum_rows<Fold>(x, stride, begin + half, end, width, right);
  for (std::size_t i = 0; i < width; ++i) acc[i] = typename Fold::Join()(acc[i], right[i]);
}

// The same for rows that lie one behind the other and are narrow: as many as are kWide elements become one, whose sums
// are then joined as a tree.
template <class Fold, class T>
void sum_narrow_rows(const T* x, std::int64_t begin, std::int64_t end, std::size_t width, T* out) {
  const auto n = static_cast<std::int64_t>(width);
  const std::int64_t joined = std::min(static_cast<std::int64_t>(kWide) / n, std::max<std::int64_t>(end - begin, 1));
  T acc[kWide], rest[kWide];
  x += begin * n;
  const std::int64_t whole = (end - begin) / joined, left = (end - begin) % joined;
  sum_rows<Fold>(x, joined * n, 0, whole, static_cast<std::size_t>(joined * n), acc);
  sum_rows<Fold>(x + whole * joined * n, 0, 0, std::min<std::int64_t>(left, 1), static_cast<std::size_t>(left * n),
                 rest);
  const typename Fold::Join join;
  for (std::int64_t i = 0; i < left * n; ++i) acc[i] = join(acc[i], rest[i]);
  for (std::int64_t parts = joined; parts > 1; parts -= parts / 2)
    for (std::int64_t i = 0; i < parts / 2 * n; ++i) acc[i] = join(acc[i], acc[i + (parts - parts / 2) * n]);
  std::copy(acc, acc + width, out);
}

// The sums of columns. Where they are few but long, rows are cut in a few chunks, by the shape alone.
template <class Fold, class T>
void sum_columns(const T* x, Shape3 s, T* out) {
  constexpr std::int64_t kColumns = static_cast<std::int64_t>(kWide), kMostParts = 16;
  const std::int64_t pieces = (s.inner + kColumns - 1) / kColumns, columns = s.outer * pieces;
  const std::int64_t width = std::min(s.inner, kColumns);
  const std::int64_t chunks = std::clamp<std::int64_t>(
      s.n * width / (2 * kGrain), 1, std::max<std::int64_t>(kMostParts / std::max<std::int64_t>(columns, 1), 1));
  const auto run = [=](std::int64_t column, std::int64_t chunk, T* to) {
    const std::int64_t o = column / pieces, from = column % pieces * kColumns;
    const std::int64_t begin = chunk * s.n / chunks, end = (chunk + 1) * s.n / chunks;
    const T* const first = x + o * s.n * s.inner + from;
    if (2 * s.inner <= kColumns) return sum_narrow_rows<Fold>(first, begin, end, static_cast<std::size_t>(s.inner), to);
    sum_rows<Fold>(first, s.inner, begin, end, static_cast<std::size_t>(std::min(kColumns, s.inner - from)), to);
  };
  const auto result = [=](std::int64_t column) { return out + column / pieces * s.inner + column % pieces * kColumns; };
  if (chunks == 1) return for_rows(columns, s.n * width, [=](std::int64_t i) { run(i, 0, result(i)); });
  T parts[kMostParts][kWide];
  for_rows(columns * chunks, s.n * width / chunks, [&](std::int64_t i) { run(i / chunks, i % chunks, parts[i]); });
  for (std::int64_t i = 0; i < columns; ++i) {
    T(*part)[kWide] = parts + i * chunks;
    const std::int64_t n = std::min(kColumns, s.inner - i % pieces * kColumns);
    for (std::int64_t step = 1; step < chunks; step *= 2)
      for (std::int64_t k = 0; k + step < chunks; k += 2 * step)
        for (std::int64_t j = 0; j < n; ++j) part[k][j] = typename Fold::Join()(part[k][j], part[k + step][j]);
    std::copy(part[0], part[0] + n, result(i));
  }
}

// The sums of rows of at most four vectors, one behind the other.
template <class Fold, class T>
void sum_short_rows(const T* x, std::int64_t rows, std::size_t n, T* out) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d), last = (n - 1) / lanes * lanes;
  const Tail tail(d, static_cast<std::int64_t>(n - last));
  const auto in_row = hn::FirstN(d, n - last);
  for (std::int64_t r = 0; r < rows; ++r, x += n) {
    auto sum = start<Fold>(d);
    for (std::size_t i = 0; i < last; i += lanes) sum = Fold::join(sum, Fold::term(hn::LoadU(d, x + i)));
    const auto end = tail.load(d, x + last);
    sum = Fold::join(sum, Fold::term(Fold::kStart == 0 ? end : hn::IfThenElse(in_row, end, start<Fold>(d))));
    out[r] = Fold::join_lanes(d, sum);
  }
}

// The sums over the middle of a Shape3: along its rows where inner is 1, else of neighbouring columns together.
template <class Fold, class T>
void sum_middle(const T* x, Shape3 s, T* out) {
  const hn::ScalableTag<T> d;
  if (s.inner != 1) return sum_columns<Fold>(x, s, out);
  const auto n = static_cast<std::size_t>(s.n);
  const auto term = [=](std::int64_t r) {  // of row r
    return [=, from = x + r * s.n](std::size_t i, auto step) {
      const auto v = Fold::term(step.load(d, from + i));
      return Fold::kStart == 0 ? v : step.or_else(v, d, start<Fold>(d));
    };
  };
  if (s.outer == 1) {
    *out = sum_long<Fold>(d, n, term(0));
  } else if (n > 0 && n <= 4 * hn::Lanes(d)) {
    parallel_for(s.outer, kGrain / 16,
                 [=](std::int64_t b, std::int64_t e) { sum_short_rows<Fold>(x + b * s.n, e - b, n, out + b); });
  } else {
    for_rows(s.outer, s.n, [=](std::int64_t r) { out[r] = sum_range<Fold>(d, 0, n, term(r)); });
  }
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
