// Windows that lie wholly in a plane are folded a vector of neighbours at a time, those over its edge one by one.
#include "autograd/kernels/pool.h"

#include "autograd/kernels/simd.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/pool.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <limits>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/parallel.h"

#ifndef TAPEGRAD_AUTOGRAD_KERNELS_POOL_WINDOWS_
#define TAPEGRAD_AUTOGRAD_KERNELS_POOL_WINDOWS_
namespace tapegrad::kernels {

using std::int64_t;

// A window in one dim: begin, begin + step .. below end; what it would be with the padding counted.
struct Window {
  int64_t begin, end, step, padded;
};
inline Window window(const PoolDim& d, int64_t o) noexcept {
  if (d.adaptive != 0) {
    const int64_t begin = o * d.in / d.out, end = ((o + 1) * d.in + d.out - 1) / d.out;
    return {begin, end, 1, end - begin};
  }
  const int64_t first = o * d.stride - d.padding, last = first + (d.kernel - 1) * d.dilation + 1;
  const int64_t missing = first < 0 ? (-first + d.dilation - 1) / d.dilation : 0;
  return {first + missing * d.dilation, std::min(last, d.in), d.dilation, std::min(last, d.in + d.padding) - first};
}
inline int64_t count(const Window& w) noexcept {
  return w.end <= w.begin ? 0 : (w.end - w.begin + w.step - 1) / w.step;
}

inline int64_t plane_size(const PoolShape& s) noexcept { return s.dim[0].in * s.dim[1].in * s.dim[2].in; }
inline int64_t plane_out(const PoolShape& s) noexcept { return s.dim[0].out * s.dim[1].out * s.dim[2].out; }

// Calls f(output, w0, w1, w2) for each output of a plane.
template <class F>
void for_windows(const PoolShape& s, const F& f) {
  int64_t o = 0;
  for (int64_t i = 0; i < s.dim[0].out; ++i) {
    const Window w0 = window(s.dim[0], i);
    for (int64_t j = 0; j < s.dim[1].out; ++j) {
      const Window w1 = window(s.dim[1], j);
      for (int64_t k = 0; k < s.dim[2].out; ++k) f(o++, w0, w1, window(s.dim[2], k));
    }
  }
}
// Calls f(begin, end, step) for each run of a window along the last dim.
template <class F>
void for_runs(const PoolShape& s, const Window& w0, const Window& w1, const Window& w2, const F& f) {
  for (int64_t i = w0.begin; i < w0.end; i += w0.step) {
    for (int64_t j = w1.begin; j < w1.end; j += w1.step) {
      const int64_t row = (i * s.dim[1].in + j) * s.dim[2].in;
      f(row + w2.begin, row + w2.end, w2.step);
    }
  }
}
inline int64_t divisor(const PoolShape& s, const Window& w0, const Window& w1, const Window& w2) noexcept {
  if (s.divisor != 0) return s.divisor;
  return s.include_pad != 0 ? w0.padded * w1.padded * w2.padded : count(w0) * count(w1) * count(w2);
}

inline int64_t cost(const PoolShape& s) noexcept {
  int64_t elements = plane_out(s);
  for (const PoolDim& d : s.dim) elements *= d.adaptive != 0 ? d.in / std::max<int64_t>(d.out, 1) + 1 : d.kernel;
  return 4 * elements;
}

// Elements of each whole window in a dim; 0 where windows differ.
inline int64_t whole(const PoolDim& d) noexcept {
  return d.adaptive == 0 ? d.kernel : d.out > 0 && d.in % d.out == 0 ? d.in / d.out : 0;
}
// From a whole window to the next.
inline int64_t stride_of(const PoolDim& d) noexcept { return d.adaptive == 0 ? d.stride : whole(d); }

// The outputs [begin, end) of a dim whose windows are whole.
struct Range {
  int64_t begin, end;
};
inline Range whole_windows(const PoolDim& d) noexcept {
  Range r{0, d.out};
  while (r.begin < r.end && count(window(d, r.begin)) != whole(d)) ++r.begin;
  while (r.begin < r.end && count(window(d, r.end - 1)) != whole(d)) --r.end;
  return r;
}

}  // namespace tapegrad::kernels
#endif  // TAPEGRAD_AUTOGRAD_KERNELS_POOL_WINDOWS_

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Calls f(offset, elements) for each element of a row of a vector's windows, which begin at x and every stride.
template <class D, class F>
HWY_INLINE void for_elements(D d, const PoolDim& dim, const hn::TFromD<D>* x, const F& f) {
  const int64_t width = whole(dim), stride = stride_of(dim);
  if (stride == 1) {
    for (int64_t k = 0; k < width; ++k) f(k * dim.dilation, hn::LoadU(d, x + k * dim.dilation));
  } else if (stride == 2 && dim.dilation == 1 && width > 1) {
    hn::Vec<D> a, b;
    for (int64_t k = 0; k + 1 < width; k += 2) {
      hn::LoadInterleaved2(d, x + k, a, b);
      f(k, a);
      f(k + 1, b);
    }
    if (width % 2 == 0) return;
    hn::LoadInterleaved2(d, x + width - 2, a, b);  // from the left: nothing beyond the last window is read
    f(width - 1, b);
  } else {
    using I = hwy::MakeSigned<hn::TFromD<D>>;
    const hn::RebindToSigned<D> di;
    const auto places = hn::Mul(hn::Iota(di, 0), hn::Set(di, static_cast<I>(stride)));
    for (int64_t k = 0; k < width; ++k) f(k * dim.dilation, hn::GatherIndex(d, x + k * dim.dilation, places));
  }
}
// Calls f(offset) for each row of a whole window, from where the window begins.
template <class F>
HWY_INLINE void for_rows_of_window(const PoolShape& s, const F& f) {
  for (int64_t i = 0; i < whole(s.dim[0]); ++i)
    for (int64_t j = 0; j < whole(s.dim[1]); ++j)
      f((i * s.dim[0].dilation * s.dim[1].in + j * s.dim[1].dilation) * s.dim[2].in);
}

// The largest element of each of a vector's windows: how far from the window's first it stands.
template <class D>
HWY_INLINE hn::Vec<hn::RebindToSigned<D>> largest(D d, const PoolShape& s, const hn::TFromD<D>* x) {
  const hn::RebindToSigned<D> di;
  auto best = hn::Set(d, -std::numeric_limits<hn::TFromD<D>>::infinity());
  auto at = hn::Zero(di);
  for_rows_of_window(s, [&](int64_t row) HWY_ATTR {
    for_elements(d, s.dim[2], x + row, [&](int64_t k, hn::Vec<D> v) HWY_ATTR {
      const auto better = hn::Or(hn::Gt(v, best), hn::IsNaN(v));
      const auto place = hn::Set(di, static_cast<hn::TFromD<decltype(di)>>(row + k));
      best = hn::IfThenElse(better, v, best);
      at = hn::IfThenElse(hn::RebindMask(di, better), place, at);
    });
  });
  return at;
}
// Their sums, each row's first.
template <class D>
HWY_INLINE hn::Vec<D> sum_of(D d, const PoolShape& s, const hn::TFromD<D>* x) {
  auto sum = hn::Zero(d);
  for_rows_of_window(s, [&](int64_t row) HWY_ATTR {
    auto run = hn::Zero(d);
    for_elements(d, s.dim[2], x + row, [&](int64_t, hn::Vec<D> v) HWY_ATTR { run = hn::Add(run, v); });
    sum = hn::Add(sum, run);
  });
  return sum;
}

// f(d, at) for vectors that cover [begin, end), the last of them over part of that before it, or of half the lanes
// where there are fewer; what no vector covers is left: returns where it begins.
template <class D, class F>
HWY_INLINE int64_t for_vectors(D d, int64_t begin, int64_t end, const F& f) {
  const auto lanes = static_cast<int64_t>(hn::MaxLanes(d));
  if (end - begin >= lanes) {
    for (; begin < end; begin += lanes) f(d, std::min(begin, end - lanes));
    return end;
  }
  if constexpr (hn::MaxLanes(d) * sizeof(hn::TFromD<D>) > 16) return for_vectors(hn::Half<D>(), begin, end, f);
  return begin;
}

// For the outputs of one plane: vector(d, output, where its window begins) for a vector of neighbours whose windows are
// whole, edge(output, three Windows) for each other. The windows of the last dim are whole in r.
template <class T, class Vector, class Edge>
HWY_INLINE void pool_plane(const PoolShape& s, Range r, const Vector& vector, const Edge& edge) {
  const hn::ScalableTag<T> d;
  constexpr int64_t kFewestLanes = 16 / sizeof(T);
  if (hn::MaxLanes(d) == 1 || r.end - r.begin < kFewestLanes ||
      plane_size(s) > std::numeric_limits<hwy::MakeSigned<T>>::max())
    return for_windows(s, edge);
  int64_t o = 0;
  for (int64_t i = 0; i < s.dim[0].out; ++i) {
    const Window w0 = window(s.dim[0], i);
    for (int64_t j = 0; j < s.dim[1].out; ++j, o += s.dim[2].out) {
      const Window w1 = window(s.dim[1], j);
      int64_t done = r.begin;
      if (count(w0) == whole(s.dim[0]) && count(w1) == whole(s.dim[1])) {
        const int64_t row = (w0.begin * s.dim[1].in + w1.begin) * s.dim[2].in;
        done = for_vectors(d, r.begin, r.end, [&](auto lanes, int64_t k) HWY_ATTR {
          vector(lanes, o + k, row + window(s.dim[2], k).begin);
        });
      }
      const auto edges = [&](int64_t k, int64_t end) {
        for (; k < end; ++k) edge(o + k, w0, w1, window(s.dim[2], k));
      };
      edges(0, r.begin);
      edges(done, s.dim[2].out);
    }
  }
}

template <class T>
void max_pool_plane(const PoolShape& s, Range r, const T* x, int64_t before, int64_t* place) {
  const auto vector = [&](auto d, int64_t o, int64_t begin) HWY_ATTR {
    const hn::RebindToSigned<decltype(d)> di;
    HWY_ALIGN hn::TFromD<decltype(di)> at[hn::MaxLanes(di)];
    hn::Store(largest(d, s, x + begin), di, at);
    const int64_t stride = stride_of(s.dim[2]);
    for (std::size_t l = 0; l < hn::MaxLanes(di); ++l)
      place[o + static_cast<int64_t>(l)] = before + begin + static_cast<int64_t>(l) * stride + at[l];
  };
  pool_plane<T>(s, r, vector, [&](int64_t o, const Window& w0, const Window& w1, const Window& w2) {
    T best = -std::numeric_limits<T>::infinity();
    int64_t at = (w0.begin * s.dim[1].in + w1.begin) * s.dim[2].in + w2.begin;
    for_runs(s, w0, w1, w2, [&](int64_t i, int64_t end, int64_t step) {
      for (; i < end; i += step) {
        const T v = x[i];
        const bool better = v > best || v != v;
        best = better ? v : best;
        at = better ? i : at;
      }
    });
    place[o] = before + at;
  });
}

template <class T>
void avg_pool_plane(const PoolShape& s, Range r, const T* x, T* y) {
  const int64_t all = whole(s.dim[0]) * whole(s.dim[1]) * whole(s.dim[2]);
  const T number = static_cast<T>(s.divisor != 0 ? s.divisor : all);
  const auto vector = [&](auto d, int64_t o, int64_t begin)
                          HWY_ATTR { hn::StoreU(hn::Div(sum_of(d, s, x + begin), hn::Set(d, number)), d, y + o); };
  pool_plane<T>(s, r, vector, [&](int64_t o, const Window& w0, const Window& w1, const Window& w2) {
    T sum = 0;
    for_runs(s, w0, w1, w2, [&](int64_t i, int64_t end, int64_t step) {
      T run = 0;
      for (; i < end; i += step) run += x[i];
      sum += run;
    });
    y[o] = sum / static_cast<T>(divisor(s, w0, w1, w2));
  });
}

void max_pool_any(Dtype dtype, const PoolShape& s, Range r, const void* x, int64_t p, int64_t* place) {
  by_floating(dtype, [=, &s]<class T>() {
    const int64_t before = p * plane_size(s);
    max_pool_plane(s, r, static_cast<const T*>(x) + before, before, place + p * plane_out(s));
  });
}
void avg_pool_any(Dtype dtype, const PoolShape& s, Range r, const void* x, int64_t p, void* y) {
  by_floating(dtype, [=, &s]<class T>() {
    avg_pool_plane(s, r, static_cast<const T*>(x) + p * plane_size(s), static_cast<T*>(y) + p * plane_out(s));
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

TAPEGRAD_TARGETS(max_pool_any);
TAPEGRAD_TARGETS(avg_pool_any);

void max_pool(Dtype dtype, const PoolShape& s, const void* x, int64_t planes, int64_t* place) noexcept {
  const Range r = whole_windows(s.dim[2]);
  for_rows(planes, cost(s), [=, &s](int64_t p) { TAPEGRAD_DISPATCH(max_pool_any)(dtype, s, r, x, p, place); });
}

void avg_pool(Dtype dtype, const PoolShape& s, const void* x, int64_t planes, void* y) noexcept {
  const Range r = whole_windows(s.dim[2]);
  for_rows(planes, cost(s), [=, &s](int64_t p) { TAPEGRAD_DISPATCH(avg_pool_any)(dtype, s, r, x, p, y); });
}

void avg_pool_grad(Dtype dtype, const PoolShape& s, const void* dy, int64_t planes, void* dx) noexcept {
  by_floating(dtype, [=, &s]<class T>() {
    for_rows(planes, cost(s), [=, &s](int64_t p) {
      const T* const from = static_cast<const T*>(dy) + p * plane_out(s);
      T* const to = static_cast<T*>(dx) + p * plane_size(s);
      std::fill_n(to, plane_size(s), T{});
      for_windows(s, [=, &s](int64_t o, const Window& w0, const Window& w1, const Window& w2) {
        const T share = from[o] / static_cast<T>(divisor(s, w0, w1, w2));
        for_runs(s, w0, w1, w2, [&](int64_t i, int64_t end, int64_t step) {
          for (; i < end; i += step) to[i] += share;
        });
      });
    });
  });
}

}  // namespace tapegrad::kernels
#endif
