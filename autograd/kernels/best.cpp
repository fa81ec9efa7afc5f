// The largest or smallest element and where it stands, in vector code for floating dtypes.
#include "autograd/kernels/reduce.h"
#include "autograd/kernels/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/best.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <limits>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/loop-inl.h"
#include "autograd/kernels/parallel.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// The place of the best element of a row: the first NaN where there is one.
template <bool kLargest, class T>
std::size_t best_of_row(const T* x, std::size_t n) {
  const hn::ScalableTag<T> d;
  const auto first = hn::Set(d, x[0]);
  auto best = first;
  auto nan = hn::IsNaN(first);
  for_steps(d, n, [&](std::size_t i, auto step) HWY_ATTR {
    const auto v = step.or_else(step.load(d, x + i), d, first);
    nan = hn::Or(nan, hn::IsNaN(v));
    best = kLargest ? hn::Max(best, v) : hn::Min(best, v);
  });
  if (!hn::AllFalse(d, nan)) {
    return static_cast<std::size_t>(std::find_if(x, x + n, [](T v) { return v != v; }) - x);
  }
  const auto all = kLargest ? hn::MaxOfLanes(d, best) : hn::MinOfLanes(d, best);
  std::size_t i = 0;
  while (i + hn::Lanes(d) <= n && hn::AllFalse(d, hn::Eq(hn::LoadU(d, x + i), all))) i += hn::Lanes(d);
  while (x[i] != hn::GetLane(all)) ++i;
  return i;
}

// The same for kVectors neighbouring vectors of columns, the last of which has `step`'s lanes.
template <bool kLargest, int kVectors, class T, class Step>
void best_of_columns(const T* x, std::int64_t n, std::int64_t stride, Step step, std::size_t columns,
                     std::int64_t* index, T* value) {
  const hn::ScalableTag<T> d;
  const hn::RebindToSigned<decltype(d)> di;
  using Place = hn::TFromD<decltype(di)>;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<decltype(d)> best[kVectors];
  hn::Vec<decltype(di)> at[kVectors];
  HWY_UNROLL(4)
  for (int k = 0; k < kVectors; ++k) {
    best[k] = step.load(d, x + static_cast<std::size_t>(k) * lanes);
    at[k] = hn::Zero(di);
  }
  for (std::int64_t j = 1; j < n; ++j) {
    const auto place = hn::Set(di, static_cast<Place>(j));
    HWY_UNROLL(4)
    for (int k = 0; k < kVectors; ++k) {
      const auto v = step.load(d, x + j * stride + static_cast<std::int64_t>(static_cast<std::size_t>(k) * lanes));
      const auto beats = kLargest ? hn::Gt(v, best[k]) : hn::Lt(v, best[k]);
      const auto wins = hn::Or(beats, hn::AndNot(hn::IsNaN(best[k]), hn::IsNaN(v)));
      best[k] = hn::IfThenElse(wins, v, best[k]);
      at[k] = hn::IfThenElse(hn::RebindMask(di, wins), place, at[k]);
    }
  }
  HWY_ALIGN Place places[kVectors * hn::MaxLanes(di)];
  for (int k = 0; k < kVectors; ++k) {
    const std::size_t from = static_cast<std::size_t>(k) * lanes;
    hn::StoreU(at[k], di, places + from);
    if (value != nullptr) step.store(best[k], d, value + from);
  }
  if (index != nullptr) std::copy(places, places + columns, index);
}

template <bool kLargest, class T>
void best_of(const T* x, Shape3 s, std::int64_t* index, T* value) {
  if (s.inner == 1) {
    return for_rows(s.outer, s.n, [=](std::int64_t r) {
      const std::size_t at = best_of_row<kLargest>(x + r * s.n, static_cast<std::size_t>(s.n));
      if (index != nullptr) index[r] = static_cast<std::int64_t>(at);
      if (value != nullptr) value[r] = x[r * s.n + static_cast<std::int64_t>(at)];
    });
  }
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d)), width = 4 * lanes;
  const std::int64_t pieces = (s.inner + width - 1) / width;
  for_rows(s.outer * pieces, 4 * s.n * std::min(s.inner, width), [=](std::int64_t i) HWY_ATTR {
    const std::int64_t o = i / pieces;
    std::int64_t from = i % pieces * width;
    const std::int64_t end = std::min(from + width, s.inner);
    while (from < end) {
      const T* const begin = x + o * s.n * s.inner + from;
      const std::int64_t to = o * s.inner + from, left = end - from,
                         count = left == width ? width : std::min(left, lanes);
      std::int64_t* const places = index == nullptr ? nullptr : index + to;
      T* const values = value == nullptr ? nullptr : value + to;
      const auto columns = static_cast<std::size_t>(count);
      if (count == width) {
        best_of_columns<kLargest, 4>(begin, s.n, s.inner, Few<decltype(d)>(), columns, places, values);
      } else {
        best_of_columns<kLargest, 1>(begin, s.n, s.inner, Tail(d, count), columns, places, values);
      }
      from += count;
    }
  });
}

void best_floating(Dtype dtype, const void* x, Shape3 s, bool largest, std::int64_t* index, void* value) {
  by_floating(dtype, [=]<class T>() {
    (largest ? best_of<true, T> : best_of<false, T>)(static_cast<const T*>(x), s, index, static_cast<T*>(value));
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

HWY_EXPORT(best_floating);

void best(Dtype dtype, const void* x, Shape3 s, bool largest, std::int64_t* index, void* value) noexcept {
  // The vectors count places in integers as wide as their elements.
  if (!is_floating_point(dtype) || s.n > std::numeric_limits<std::int32_t>::max())
    return best_plain(dtype, x, s, largest, index, value);
  HWY_DYNAMIC_DISPATCH(best_floating)(dtype, x, s, largest, index, value);
}

}  // namespace tapegrad::kernels
#endif
