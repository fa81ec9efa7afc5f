// Sums, products and softmax in vector code.
#include "autograd/kernels/reduce.h"
#include "autograd/kernels/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/reduce.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <limits>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/sum-inl.h"
#include "autograd/kernels/transpose-inl.h"
#include "autograd/kernels/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

void sum_floating(Dtype dtype, const void* x, Shape3 s, void* out) {
  by_floating(dtype, [=]<class T>() { sum_middle<Sum>(static_cast<const T*>(x), s, static_cast<T*>(out)); });
}
void sum_squares_floating(Dtype dtype, const void* x, Shape3 s, void* out) {
  by_floating(dtype, [=]<class T>() { sum_middle<SumOfSquares>(static_cast<const T*>(x), s, static_cast<T*>(out)); });
}
void product_floating(Dtype dtype, const void* x, Shape3 s, void* out) {
  by_floating(dtype, [=]<class T>() { sum_middle<Multiply>(static_cast<const T*>(x), s, static_cast<T*>(out)); });
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

// Lane `at` alone.
template <class D>
HWY_INLINE hn::Mask<D> lane(D d, std::size_t at) {
  return hn::AndNot(hn::FirstN(d, at), hn::FirstN(d, at + 1));
}

// The sum of term(i, step) over all of a row but place `at`, which is n where the largest element is NaN.
template <class D, class Term>
hn::TFromD<D> sum_others(D d, std::size_t n, std::size_t at, const Term& term) {
  return sum_range(d, 0, n, [&, lanes = hn::Lanes(d)](std::size_t i, auto step) HWY_ATTR {
    const auto v = step.or_else(term(i, step), d, hn::Zero(d));
    return at - i < lanes ? hn::IfThenZeroElse(lane(d, at - i), v) : v;
  });
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
    return e;
  });
  out[std::min(at, n - 1)] = 1 + zero_or_nan;
  const auto sum = hn::Set(d, 1 + others + zero_or_nan);
  for_steps(d, n,
            [&](std::size_t i, auto step) HWY_ATTR { step.store(hn::Div(step.load(d, out + i), sum), d, out + i); });
}

// In groups of as many rows as a vector has lanes: one Log1p is for them all.
template <class T>
void log_softmax_rows(const T* x, std::int64_t rows, std::size_t n, T* out) {
  const hn::ScalableTag<T> d;
  HWY_ALIGN T max[hn::MaxLanes(d)], sum[hn::MaxLanes(d)] = {};
  const std::size_t lanes = hn::Lanes(d);
  for (auto left = static_cast<std::size_t>(rows); left > 0;) {
    const std::size_t count = std::min(left, lanes);
    for (std::size_t r = 0; r < count; ++r) {
      const T* const row = x + r * n;
      max[r] = max_or_nan(d, row, n);
      const auto m = hn::Set(d, max[r]);
      sum[r] = sum_others(d, n, find_first(d, row, n, max[r]),
                          [&](std::size_t i, auto step) { return Exp(d, hn::Sub(step.load(d, row + i), m)); });
      sum[r] += max[r] - max[r];
    }
    hn::Store(Log1p(d, hn::Load(d, sum)), d, sum);
    for (std::size_t r = 0; r < count; ++r, x += n, out += n) {
      const auto m = hn::Set(d, max[r]), log_sum = hn::Set(d, sum[r]);
      for_steps(d, n, [&](std::size_t i, auto step) HWY_ATTR {
        step.store(hn::Sub(hn::Sub(step.load(d, x + i), m), log_sum), d, out + i);
      });
    }
    left -= count;
  }
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

// Rows of one vector at most: as many as a vector has lanes go together, transposed, so that nothing is summed over the
// lanes of a vector.

constexpr std::int64_t kShortRows = kGrain / 64;  // in a chunk

template <class T, bool kLog>
void softmax_short_rows(const T* x, std::int64_t rows, std::int64_t n, T* out) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  HWY_ALIGN T columns[hn::MaxLanes(d) * hn::MaxLanes(d)] = {};
  for (std::int64_t first = 0; first < rows; first += lanes) {
    const std::int64_t count = std::min(lanes, rows - first);
    transpose_of(x + first * n, n, n, count, columns, lanes);
    auto max = hn::Load(d, columns);
    auto nan = hn::IsNaN(max);
    for (std::int64_t j = 1; j < n; ++j) {
      const auto v = hn::Load(d, columns + j * lanes);
      nan = hn::Or(nan, hn::IsNaN(v));
      max = hn::Max(max, v);
    }
    max = hn::IfThenElse(nan, hn::Set(d, std::numeric_limits<T>::quiet_NaN()), max);
    auto others = hn::Sub(max, max);
    auto found = hn::FirstN(d, 0);
    for (std::int64_t j = 0; j < n; ++j) {
      const auto v = hn::Load(d, columns + j * lanes), shifted = hn::Sub(v, max), e = Exp(d, shifted);
      const auto is_largest = hn::AndNot(found, hn::Eq(v, max));
      found = hn::Or(found, is_largest);
      others = hn::Add(others, hn::IfThenZeroElse(is_largest, e));
      hn::Store(kLog ? shifted : e, d, columns + j * lanes);
    }
    const auto last = kLog ? Log1p(d, others) : hn::Add(hn::Set(d, 1), others);
    for (std::int64_t j = 0; j < n; ++j) {
      const auto v = hn::Load(d, columns + j * lanes);
      hn::Store(kLog ? hn::Sub(v, last) : hn::Div(v, last), d, columns + j * lanes);
    }
    transpose_of(columns, lanes, count, n, out + first * n, n);
  }
}

// Each in a register: there is one sum.
template <class T, bool kLog>
void softmax_grad_short_rows(const T* g, const T* out, std::int64_t rows, std::int64_t n, T* dx) {
  const hn::ScalableTag<T> d;
  const Tail tail(d, n);
  for (std::int64_t r = 0; r < rows; ++r, g += n, out += n, dx += n) {
    const auto vg = tail.load(d, g), vo = tail.load(d, out);
    const auto sum = hn::SumOfLanes(d, kLog ? vg : hn::Mul(vg, vo));
    tail.store(kLog ? hn::NegMulAdd(Exp(d, vo), sum, vg) : hn::Mul(vo, hn::Sub(vg, sum)), d, dx);
  }
}

void softmax_floating(Dtype dtype, bool log, const void* x, std::int64_t rows, std::int64_t n, void* out) {
  if (n == 0) return;
  by_floating(dtype, [=]<class T>() {
    const T* const from = static_cast<const T*>(x);
    T* const to = static_cast<T*>(out);
    const auto count = static_cast<std::size_t>(n);
    if (count <= hn::Lanes(hn::ScalableTag<T>())) {
      const auto run = log ? softmax_short_rows<T, true> : softmax_short_rows<T, false>;
      return parallel_for(rows, kShortRows,
                          [=](std::int64_t b, std::int64_t e) { run(from + b * n, e - b, n, to + b * n); });
    }
    const std::int64_t grain = std::max<std::int64_t>(1, kGrain / (4 * n));
    if (log)
      return parallel_for(rows, grain, [=](std::int64_t b, std::int64_t e) {
        log_softmax_rows(from + b * n, e - b, count, to + b * n);
      });
    parallel_for(rows, grain, [=](std::int64_t b, std::int64_t e) {
      for (std::int64_t r = b; r < e; ++r) softmax_row(from + r * n, count, to + r * n);
    });
  });
}
void softmax_grad_floating(Dtype dtype, bool log, const void* g, const void* out, std::int64_t rows, std::int64_t n,
                           void* dx) {
  by_floating(dtype, [=]<class T>() {
    const T* const of_out = static_cast<const T*>(g);
    const T* const result = static_cast<const T*>(out);
    T* const to = static_cast<T*>(dx);
    const auto count = static_cast<std::size_t>(n);
    if (count <= hn::Lanes(hn::ScalableTag<T>())) {
      const auto run = log ? softmax_grad_short_rows<T, true> : softmax_grad_short_rows<T, false>;
      return parallel_for(rows, kShortRows, [=](std::int64_t b, std::int64_t e) {
        run(of_out + b * n, result + b * n, e - b, n, to + b * n);
      });
    }
    for_rows(rows, 4 * n, [=, row = log ? softmax_grad_row<T, true> : softmax_grad_row<T, false>](std::int64_t r) {
      row(of_out + r * n, result + r * n, count, to + r * n);
    });
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

TAPEGRAD_TARGETS(sum_floating);
TAPEGRAD_TARGETS(sum_squares_floating);
TAPEGRAD_TARGETS(product_floating);
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
void product(Dtype dtype, const void* x, Shape3 s, void* out) noexcept {
  if (!is_floating_point(dtype))
    return product_integers(static_cast<const std::int64_t*>(x), s, static_cast<std::int64_t*>(out));
  TAPEGRAD_DISPATCH(product_floating)(dtype, x, s, out);
}
void pair_sum(Dtype dtype, const void* x, const void* y, std::int64_t n, bool inner, void* out) noexcept {
  TAPEGRAD_DISPATCH(pair_sum_floating)(dtype, x, y, n, inner, out);
}
void sum_block(Dtype dtype, TotalSum::Term term, const void* x, const void* y, std::int64_t n, void* out) noexcept {
  if (term == TotalSum::kElement) return sum(dtype, x, {1, n, 1}, out);
  pair_sum(dtype, x, y, n, term == TotalSum::kProduct, out);
}
void join_blocks(Dtype dtype, const void* sums, std::int64_t n, std::int64_t divisor, void* out) noexcept {
  by_floating(dtype, [=]<class T>() {
    const auto of_block = [first = static_cast<const T*>(sums)](std::size_t begin, std::size_t) {
      return first[begin / kBlock];
    };
    const auto in_turn = [](std::int64_t all, std::int64_t grain, const auto& f) {
      for (std::int64_t begin = 0; begin < all; begin += grain) f(begin, std::min(begin + grain, all));
    };
    const T total = long_sum<T>(static_cast<std::size_t>(n), of_block, in_turn);
    *static_cast<T*>(out) = divisor == 1 ? total : total / static_cast<T>(divisor);
  });
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
