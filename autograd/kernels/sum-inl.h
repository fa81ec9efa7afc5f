// Sums in vector code, of terms, rows and columns: several accumulators hide the latency of an addition, a tree joins
// them.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_SUM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_SUM_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_SUM_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_SUM_INL_H_
#endif

#include <algorithm>

#include "autograd/kernels/loop-inl.h"
#include "autograd/kernels/parallel.h"
#include "autograd/kernels/reduce.h"
#include "autograd/kernels/sum_tree.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

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
  return tree_sum<hn::TFromD<D>>(begin, end,
                                 [&](std::size_t b, std::size_t e) HWY_ATTR { return sum_block(d, b, e, term); });
}
template <class D, class Term>
hn::TFromD<D> sum_long(D d, std::size_t n, const Term& term) {
  if (n <= kBlock) return sum_block(d, 0, n, term);
  const auto of_block = [&](std::size_t b, std::size_t e) HWY_ATTR { return sum_block(d, b, e, term); };
  return long_sum<hn::TFromD<D>>(
      n, of_block, [](std::int64_t all, std::int64_t grain, const auto& f) { parallel_for(all, grain, f); });
}

constexpr std::size_t kWide = 64;  // columns summed together
constexpr std::int64_t kRows = 16;

template <bool kSquares, class V>
HWY_INLINE V added(V sum, V v) {
  return hn::Add(sum, kSquares ? hn::Mul(v, v) : v);
}

// acc[0, width) = the sum of rows [begin, end) of x, or of their squares, whose rows are `stride` apart.
template <bool kSquares, class T>
void sum_rows(const T* x, std::int64_t stride, std::int64_t begin, std::int64_t end, std::size_t width, T* acc) {
  const hn::ScalableTag<T> d;
  if (end - begin <= kRows) {
    const std::size_t lanes = hn::Lanes(d);
    std::size_t i = 0;
    for (; i + 4 * lanes <= width; i += 4 * lanes) {
      hn::Vec<decltype(d)> s[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
      for (std::int64_t r = begin; r < end; ++r) {
        HWY_UNROLL(4)
        for (std::size_t k = 0; k < 4; ++k) s[k] = added<kSquares>(s[k], hn::LoadU(d, x + r * stride + i + k * lanes));
      }
      HWY_UNROLL(4)
      for (std::size_t k = 0; k < 4; ++k) hn::StoreU(s[k], d, acc + i + k * lanes);
    }
    for_steps(d, width - i, [&](std::size_t at, auto step) HWY_ATTR {
      auto sum = hn::Zero(d);
      for (std::int64_t r = begin; r < end; ++r) sum = added<kSquares>(sum, step.load(d, x + r * stride + i + at));
      step.store(sum, d, acc + i + at);
    });
    return;
  }
  const std::int64_t half = (end - begin + kRows - 1) / kRows / 2 * kRows;
  sum_rows<kSquares>(x, stride, begin, begin + half, width, acc);
  T right[kWide];
  sum_rows<kSquares>(x, stride, begin + half, end, width, right);
  for (std::size_t i = 0; i < width; ++i) acc[i] += right[i];
}

// The same for rows that lie one behind the other and are narrow: as many as are kWide elements become one, whose sums
// are then joined as a tree.
template <bool kSquares, class T>
void sum_narrow_rows(const T* x, std::int64_t begin, std::int64_t end, std::size_t width, T* out) {
  const auto n = static_cast<std::int64_t>(width);
  const std::int64_t joined = std::min(static_cast<std::int64_t>(kWide) / n, std::max<std::int64_t>(end - begin, 1));
  T acc[kWide], rest[kWide];
  x += begin * n;
  const std::int64_t whole = (end - begin) / joined, left = (end - begin) % joined;
  sum_rows<kSquares>(x, joined * n, 0, whole, static_cast<std::size_t>(joined * n), acc);
  sum_rows<kSquares>(x + whole * joined * n, 0, 0, std::min<std::int64_t>(left, 1), static_cast<std::size_t>(left * n),
                     rest);
  for (std::int64_t i = 0; i < left * n; ++i) acc[i] += rest[i];
  for (std::int64_t parts = joined; parts > 1; parts -= parts / 2)
    for (std::int64_t i = 0; i < parts / 2 * n; ++i) acc[i] += acc[i + (parts - parts / 2) * n];
  std::copy(acc, acc + width, out);
}

// The sums of columns. Where they are few but long, rows are cut in a few chunks, by the shape alone.
template <bool kSquares, class T>
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
    if (2 * s.inner <= kColumns)
      return sum_narrow_rows<kSquares>(first, begin, end, static_cast<std::size_t>(s.inner), to);
    sum_rows<kSquares>(first, s.inner, begin, end, static_cast<std::size_t>(std::min(kColumns, s.inner - from)), to);
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
        for (std::int64_t j = 0; j < n; ++j) part[k][j] += part[k + step][j];
    std::copy(part[0], part[0] + n, result(i));
  }
}

// The sums of rows of at most four vectors, one behind the other.
template <bool kSquares, class T>
void sum_short_rows(const T* x, std::int64_t rows, std::size_t n, T* out) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d), last = (n - 1) / lanes * lanes;
  const Tail tail(d, static_cast<std::int64_t>(n - last));
  for (std::int64_t r = 0; r < rows; ++r, x += n) {
    auto sum = hn::Zero(d);
    for (std::size_t i = 0; i < last; i += lanes) sum = added<kSquares>(sum, hn::LoadU(d, x + i));
    out[r] = hn::GetLane(hn::SumOfLanes(d, added<kSquares>(sum, tail.load(d, x + last))));
  }
}

// The sums over the middle of a Shape3: along its rows where inner is 1, else of neighbouring columns together.
template <bool kSquares, class T>
void sum_middle(const T* x, Shape3 s, T* out) {
  const hn::ScalableTag<T> d;
  if (s.inner != 1) return sum_columns<kSquares>(x, s, out);
  const auto n = static_cast<std::size_t>(s.n);
  const auto term = [=](std::int64_t r) {  // of row r
    return [=, from = x + r * s.n](std::size_t i, auto step) {
      const auto v = step.load(d, from + i);
      return kSquares ? hn::Mul(v, v) : v;
    };
  };
  if (s.outer == 1) {
    *out = sum_long(d, n, term(0));
  } else if (n > 0 && n <= 4 * hn::Lanes(d)) {
    parallel_for(s.outer, kGrain / 16,
                 [=](std::int64_t b, std::int64_t e) { sum_short_rows<kSquares>(x + b * s.n, e - b, n, out + b); });
  } else {
    for_rows(s.outer, s.n, [=](std::int64_t r) { out[r] = sum_range(d, 0, n, term(r)); });
  }
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
