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

// The best element of a row, and its place where `index` is not null: the first NaN where there is one.
template <bool kLargest, class T>
void best_of_row(const T* x, std::size_t n, std::int64_t* index, T* value) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d), last = (n - 1) / lanes * lanes;
  const Tail tail(d, static_cast<std::int64_t>(n - last));
  const auto in_row = hn::FirstN(d, n - last);
  const auto v = hn::IfThenElse(in_row, tail.load(d, x + last), hn::Set(d, x[last]));  // of the last vector
  auto best = v;
  auto nan = hn::IsNaN(v);
  for (std::size_t i = 0; i < last; i += lanes) {
    const auto w = hn::LoadU(d, x + i);
    nan = hn::Or(nan, hn::IsNaN(w));
    best = kLargest ? hn::Max(best, w) : hn::Min(best, w);
  }
  const bool has_nan = !hn::AllFalse(d, nan);
  const auto all = kLargest ? hn::MaxOfLanes(d, best) : hn::MinOfLanes(d, best);
  if (!has_nan && index == nullptr && hn::GetLane(all) != 0) {  // of zeros the first one tells the sign
    *value = hn::GetLane(all);
    return;
  }
  std::size_t at = 0;
  if (has_nan) {
    at = static_cast<std::size_t>(std::find_if(x, x + n, [](T e) { return e != e; }) - x);
  } else {
    while (at < last && hn::AllFalse(d, hn::Eq(hn::LoadU(d, x + at), all))) at += lanes;
    const auto found = hn::Eq(at < last ? hn::LoadU(d, x + at) : v, all);
    at += static_cast<std::size_t>(std::max<std::int64_t>(hn::FindFirstTrue(d, found), 0));
  }
  if (index != nullptr) *index = static_cast<std::int64_t>(at);
  if (value != nullptr) *value = x[at];
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
      best_of_row<kLargest>(x + r * s.n, static_cast<std::size_t>(s.n), index == nullptr ? nullptr : index + r,
                            value == nullptr ? nullptr : value + r);
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

TAPEGRAD_TARGETS(best_floating);

void best(Dtype dtype, const void* x, Shape3 s, bool largest, std::int64_t* index, void* value) noexcept {
  // The vectors count places in integers as wide as their elements.
  if (!is_floating_point(dtype) || s.n > std::numeric_limits<std::int32_t>::max())
    return best_plain(dtype, x, s, largest, index, value);
  TAPEGRAD_DISPATCH(best_floating)(dtype, x, s, largest, index, value);
}

}  // namespace tapegrad::kernels
#endif
