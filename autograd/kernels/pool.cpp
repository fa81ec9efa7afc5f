#include "autograd/kernels/pool.h"

#include <algorithm>
#include <limits>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/parallel.h"

namespace tapegrad::kernels {
namespace {

using std::int64_t;

// A window in one dim: begin, begin + step .. below end; what it would be with the padding counted.
struct Window {
  int64_t begin, end, step, padded;
};
Window window(const PoolDim& d, int64_t o) noexcept {
  if (d.adaptive != 0) {
    const int64_t begin = o * d.in / d.out, end = ((o + 1) * d.in + d.out - 1) / d.out;
    return {begin, end, 1, end - begin};
  }
  const int64_t first = o * d.stride - d.padding, last = first + (d.kernel - 1) * d.dilation + 1;
  const int64_t missing = first < 0 ? (-first + d.dilation - 1) / d.dilation : 0;
  return {first + missing * d.dilation, std::min(last, d.in), d.dilation, std::min(last, d.in + d.padding) - first};
}
int64_t count(const Window& w) noexcept { return w.end <= w.begin ? 0 : (w.end - w.begin + w.step - 1) / w.step; }

int64_t plane_size(const PoolShape& s) noexcept { return s.dim[0].in * s.dim[1].in * s.dim[2].in; }
int64_t plane_out(const PoolShape& s) noexcept { return s.dim[0].out * s.dim[1].out * s.dim[2].out; }

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
int64_t divisor(const PoolShape& s, const Window& w0, const Window& w1, const Window& w2) noexcept {
  if (s.divisor != 0) return s.divisor;
  return s.include_pad != 0 ? w0.padded * w1.padded * w2.padded : count(w0) * count(w1) * count(w2);
}

int64_t cost(const PoolShape& s) noexcept {
  int64_t elements = plane_out(s);
  for (const PoolDim& d : s.dim) elements *= d.adaptive != 0 ? d.in / std::max<int64_t>(d.out, 1) + 1 : d.kernel;
  return 4 * elements;
}

}  // namespace

void max_pool(Dtype dtype, const PoolShape& s, const void* x, int64_t planes, int64_t* place) noexcept {
  by_floating(dtype, [=, &s]<class T>() {
    for_rows(planes, cost(s), [=, &s](int64_t p) {
      const int64_t first = p * plane_size(s);
      const T* const from = static_cast<const T*>(x) + first;
      int64_t* const to = place + p * plane_out(s);
      for_windows(s, [=, &s](int64_t o, const Window& w0, const Window& w1, const Window& w2) {
        T best = -std::numeric_limits<T>::infinity();
        int64_t at = (w0.begin * s.dim[1].in + w1.begin) * s.dim[2].in + w2.begin;
        for_runs(s, w0, w1, w2, [&](int64_t i, int64_t end, int64_t step) {
          for (; i < end; i += step) {
            const T v = from[i];
            const bool better = v > best || v != v;
            best = better ? v : best;
            at = better ? i : at;
          }
        });
        to[o] = first + at;
      });
    });
  });
}

void avg_pool(Dtype dtype, const PoolShape& s, const void* x, int64_t planes, void* y) noexcept {
  by_floating(dtype, [=, &s]<class T>() {
    for_rows(planes, cost(s), [=, &s](int64_t p) {
      const T* const from = static_cast<const T*>(x) + p * plane_size(s);
      T* const to = static_cast<T*>(y) + p * plane_out(s);
      for_windows(s, [=, &s](int64_t o, const Window& w0, const Window& w1, const Window& w2) {
        T sum = 0;
        for_runs(s, w0, w1, w2, [&](int64_t i, int64_t end, int64_t step) {
          T run = 0;
          for (; i < end; i += step) run += from[i];
          sum += run;
        });
        to[o] = sum / static_cast<T>(divisor(s, w0, w1, w2));
      });
    });
  });
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
