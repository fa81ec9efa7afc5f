#include "autograd/kernels/conv.h"

#include "autograd/kernels/simd.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/conv.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <type_traits>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/gemm_pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// The lanes of a vector at from[at] that are below n and not below 0; 0 elsewhere, where from[] is not looked at.
template <class D, class T>
HWY_INLINE hn::Vec<D> load_within(D d, const T* from, int64_t at, int64_t n) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  if (at >= 0 && at + lanes <= n) return hn::LoadU(d, from + at);
#if HWY_TARGET <= HWY_AVX2
  const auto below = hn::FirstN(d, static_cast<size_t>(std::clamp<int64_t>(n - at, 0, lanes)));
  const auto before = hn::FirstN(d, static_cast<size_t>(std::clamp<int64_t>(-at, 0, lanes)));
  return hn::MaskedLoad(hn::AndNot(before, below), d, from + at);
#else
  HWY_ALIGN T buffer[hn::MaxLanes(d)] = {};
  for (int64_t l = std::max<int64_t>(0, -at); l < std::min(lanes, n - at); ++l) buffer[l] = from[at + l];
  return hn::Load(d, buffer);
#endif
}

// to[i] += from[i]
template <class T>
void add_run(const T* from, int64_t n, T* to) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), whole = n / lanes * lanes;
  for (int64_t i = 0; i < whole; i += lanes)
    hn::StoreU(hn::Add(hn::LoadU(d, to + i), hn::LoadU(d, from + i)), d, to + i);
  if (whole == n) return;
  const Tail tail(d, n - whole);
  tail.store(hn::Add(tail.load(d, to + whole), tail.load(d, from + whole)), d, to + whole);
}

// to[rows(i) + cols(first + j)] += from[i * width + j] for i < count, j < n. Columns of one innermost dim lie side by
// side. What rows of one innermost dim add to short ones overlaps: it is added in registers, as a load of what was just
// stored in part waits for the store.
template <class T>
void add_windows(const T* from, int64_t width, const Nest& rows, NestWalk row, int64_t count, const Nest& cols,
                 int64_t first, int64_t n, T* to) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), step = cols.stride[3], shift = rows.stride[3];
  for (int64_t i = 0, taps; i < count; i += taps, row.advance(taps), from += taps * width) {
    taps = std::min(row.left(), count - i);
    NestWalk col(cols, first);
    for (int64_t j = 0, run; j < n; j += run, col.advance(run)) {
      run = std::min(col.left(), n - j);
      T* const x = to + row.offset() + col.offset();
      if (step != 1) {
        for (int64_t t = 0; t < taps; ++t)
          for (int64_t l = 0; l < run; ++l) x[t * shift + l * step] += from[t * width + j + l];
        continue;
      }
      if (taps == 1 || shift >= run || run >= 2 * lanes) {
        for (int64_t t = 0; t < taps; ++t) add_run(from + t * width + j, run, x + t * shift);
        continue;
      }
      const int64_t span = run + (taps - 1) * shift;
      for (int64_t l = 0; l < span; l += lanes) {
        const Tail tail(d, std::min(lanes, span - l));
        auto sum = tail.load(d, x + l);
        for (int64_t t = 0; t < taps; ++t) {
          const int64_t at = l - t * shift;
          if (at < run && at + lanes > 0) sum = hn::Add(sum, load_within(d, from + t * width + j, at, run));
        }
        tail.store(sum, d, x + l);
      }
    }
  }
}
void add_windows_of(Dtype dtype, const void* from, int64_t width, const Nest& rows, int64_t first_row, int64_t count,
                    const Nest& cols, int64_t first, int64_t n, void* to) {
  by_floating(dtype, [=, &rows, &cols]<class T>() {
    add_windows(static_cast<const T*>(from), width, rows, NestWalk(rows, first_row), count, cols, first, n,
                static_cast<T*>(to));
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "autograd/kernels/parallel.h"

namespace tapegrad::kernels {

TAPEGRAD_TARGETS(add_windows_of);

static std::int64_t product(const std::int64_t (&v)[3]) noexcept { return v[0] * v[1] * v[2]; }

// Where in an image a window element (in, kernel) is, and where the window of an output begins.
static Nest elements_of(const ConvShape& s) noexcept {
  const std::int64_t row = s.size[2], plane = s.size[1] * row;
  return {{s.in, s.kernel[0], s.kernel[1], s.kernel[2]},
          {s.size[0] * plane, s.dilation[0] * plane, s.dilation[1] * row, s.dilation[2]}};
}
static Nest windows_of(const ConvShape& s) noexcept {
  const std::int64_t row = s.size[2], plane = s.size[1] * row;
  return {{1, s.out_size[0], s.out_size[1], s.out_size[2]}, {0, s.stride[0] * plane, s.stride[1] * row, s.stride[2]}};
}

template <class T>
void conv(const ConvShape& s, const T* x, const T* w, const T* bias, T* y) noexcept {
  const std::int64_t n = product(s.out_size), k = s.in * product(s.kernel), pixels = s.in * product(s.size);
  const Nested windows{elements_of(s), windows_of(s)};
  for_rows(s.images * s.groups, s.out * n * (k + 8) / 16, [&](std::int64_t i) {
    const std::int64_t group = i % s.groups;
    T* const to = y + i * s.out * n;
    for (std::int64_t o = 0; o < s.out; ++o)
      std::fill_n(to + o * n, n, bias == nullptr ? T{} : bias[group * s.out + o]);
    gemm_nested(s.out, n, k, w + group * s.out * k, k, 1, x + i * pixels, windows, to, n, true, k);
  });
}

template <class T>
void conv_weight(const ConvShape& s, const T* x, const T* dy, std::int64_t parts, T* dw) noexcept {
  const std::int64_t k = product(s.out_size), n = s.in * product(s.kernel), pixels = s.in * product(s.size);
  const std::int64_t each = (s.images + parts - 1) / std::max<std::int64_t>(parts, 1);
  const Nested windows{windows_of(s), elements_of(s)};
  parallel_for(parts * s.groups, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      T* const to = dw + i * s.out * n;
      std::fill_n(to, s.out * n, T{});
      const std::int64_t first = i / s.groups * each, last = std::min(first + each, s.images);
      for (std::int64_t image = first; image < last; ++image) {
        const std::int64_t at = image * s.groups + i % s.groups;
        gemm_nested(s.out, n, k, dy + at * s.out * k, k, 1, x + at * pixels, windows, to, n, true, k * each);
      }
    }
  });
}

// Products over tiles of windows, in a buffer on the stack, from which they are added to where each window lies.
template <class T>
void conv_input(const ConvShape& s, const T* dy, const T* w, T* dx) noexcept {
  constexpr std::int64_t kBuffer = 32768 / sizeof(T), kRows = 64;
  const std::int64_t n = product(s.out_size), taps = product(s.kernel), pixels = product(s.size);
  const std::int64_t channels = std::max<std::int64_t>(1, kRows / std::max<std::int64_t>(taps, 1));
  const std::int64_t blocks = (s.in + channels - 1) / channels;
  const Nest elements = elements_of(s), windows = windows_of(s);
  // One image after the other, so that what is read of w stays near.
  const std::int64_t planes = s.images * s.groups;
  for_rows(planes * blocks, channels * taps * n * (s.out + 16) / 16, [&](std::int64_t i) {
    alignas(64) T buffer[kBuffer];
    const std::int64_t at = i % planes, first = i / planes * channels, end = std::min(first + channels, s.in);
    T* const to = dx + at * s.in * pixels;
    std::fill_n(to + first * pixels, (end - first) * pixels, T{});
    const T* const of_group = w + at % s.groups * s.out * s.in * taps;
    for (std::int64_t row = first * taps, rows; row < end * taps; row += rows) {
      rows = std::min(kRows, end * taps - row);
      for (std::int64_t p = 0, cols; p < n; p += cols) {
        cols = std::min(kBuffer / kRows, n - p);
        gemm(rows, cols, s.out, of_group + row, std::int64_t{1}, s.in * taps, dy + at * s.out * n + p, n,
             std::int64_t{1}, buffer, cols, false, static_cast<const T*>(nullptr));
        TAPEGRAD_DISPATCH(add_windows_of)
        (std::is_same_v<T, float> ? kFloat : kDouble, buffer, cols, elements, row, rows, windows, p, cols, to);
      }
    }
  });
}

template void conv<float>(const ConvShape&, const float*, const float*, const float*, float*) noexcept;
template void conv<double>(const ConvShape&, const double*, const double*, const double*, double*) noexcept;
template void conv_weight<float>(const ConvShape&, const float*, const float*, std::int64_t, float*) noexcept;
template void conv_weight<double>(const ConvShape&, const double*, const double*, std::int64_t, double*) noexcept;
template void conv_input<float>(const ConvShape&, const float*, const float*, float*) noexcept;
template void conv_input<double>(const ConvShape&, const double*, const double*, double*) noexcept;

}  // namespace tapegrad::kernels
#endif  // HWY_ONCE
