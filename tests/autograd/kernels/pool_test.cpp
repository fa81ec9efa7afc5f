// Pools of whole vectors, parts of them and edges, on every target, beside a loop over each window.
#include "autograd/kernels/pool.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/autograd/kernels/targets.h"

namespace tapegrad::kernels {
namespace {

using std::int64_t;

struct Dim {
  int64_t in, kernel, stride, padding = 0, dilation = 1;
};

PoolDim of(const Dim& d) {
  const int64_t out = (d.in + 2 * d.padding - d.dilation * (d.kernel - 1) - 1) / d.stride + 1;
  return {d.in, out, d.kernel, d.stride, d.padding, d.dilation, 0};
}
PoolDim shared_out(int64_t in, int64_t out) { return {in, out, 1, 1, 0, 1, 1}; }
constexpr PoolDim kOne{1, 1, 1, 1, 0, 1, 0};

// Every window's places in a plane, in order.
std::vector<int64_t> places_of(const PoolDim& d, int64_t o) {
  std::vector<int64_t> all;
  if (d.adaptive != 0) {
    for (int64_t i = 0; i < d.in; ++i)
      if ((i + 1) * d.out > o * d.in && i * d.out < (o + 1) * d.in) all.push_back(i);
    return all;
  }
  for (int64_t k = 0; k < d.kernel; ++k) {
    const int64_t i = o * d.stride - d.padding + k * d.dilation;
    if (i >= 0 && i < d.in) all.push_back(i);
  }
  return all;
}

template <class T>
Dtype dtype_of() {
  return sizeof(T) == 4 ? kFloat : kDouble;
}

// Of few values, so that there are equals; some are NaN and infinite, if `odd`.
template <class T>
std::vector<T> values(int64_t n, bool odd) {
  std::vector<T> x(static_cast<std::size_t>(n));
  std::uint32_t state = 7;
  for (T& v : x) {
    state = state * 1664525 + 1013904223;
    const int draw = static_cast<int>(state >> 24);
    v = static_cast<T>(draw % 9) / 4 - 1;
    if (!odd) continue;
    if (draw % 31 == 0) v = std::numeric_limits<T>::quiet_NaN();
    if (draw % 5 == 0) v = -std::numeric_limits<T>::infinity();
  }
  return x;
}

template <class T>
void expect_pools(const PoolShape& s, bool odd) {
  const int64_t planes = 3, in = s.dim[0].in * s.dim[1].in * s.dim[2].in;
  const int64_t out = s.dim[0].out * s.dim[1].out * s.dim[2].out;
  const std::vector<T> x = values<T>(planes * in, odd);
  std::vector<int64_t> place(static_cast<std::size_t>(planes * out), -1);
  std::vector<T> average(static_cast<std::size_t>(planes * out));
  max_pool(dtype_of<T>(), s, x.data(), planes, place.data());
  avg_pool(dtype_of<T>(), s, x.data(), planes, average.data());
  std::size_t at = 0;
  for (int64_t p = 0; p < planes; ++p) {
    for (int64_t o = 0; o < out; ++o, ++at) {
      int64_t best = -1;
      T sum = 0;
      int64_t count = 0;
      for (const int64_t i : places_of(s.dim[0], o / s.dim[2].out / s.dim[1].out)) {
        for (const int64_t j : places_of(s.dim[1], o / s.dim[2].out % s.dim[1].out)) {
          T row = 0;
          for (const int64_t k : places_of(s.dim[2], o % s.dim[2].out)) {
            const int64_t here = p * in + (i * s.dim[1].in + j) * s.dim[2].in + k;
            const T v = x[static_cast<std::size_t>(here)];
            if (best < 0 || v > x[static_cast<std::size_t>(best)] || std::isnan(v)) best = here;
            row += v;
            ++count;
          }
          sum += row;
        }
      }
      ASSERT_EQ(place[at], best) << "plane " << p << ", output " << o;
      const T expected = sum / static_cast<T>(s.divisor != 0 ? s.divisor : count);
      if (odd) continue;
      ASSERT_EQ(average[at], expected) << "plane " << p << ", output " << o;
    }
  }
}

void expect_pools_of(const PoolDim& depth, const PoolDim& height, const PoolDim& width, int64_t divisor = 0) {
  const PoolShape s{{depth, height, width}, /*include_pad=*/0, divisor};
  for (const Target target : targets_here()) {
    const OnTarget on(target);
    for (const bool odd : {false, true}) {
      SCOPED_TRACE(testing::Message() << name_of(target) << ", width " << width.in << ", kernel " << width.kernel
                                      << ", stride " << width.stride << ", padding " << width.padding << ", dilation "
                                      << width.dilation << ", adaptive " << width.adaptive);
      expect_pools<float>(s, odd);
      expect_pools<double>(s, odd);
    }
  }
}

TEST(PoolKernels, FoldRowsOfAnyWidth) {
  for (int64_t width = 3; width <= 41; ++width) {
    for (const Dim& d :
         {Dim{width, 2, 2}, Dim{width, 3, 2, 1}, Dim{width, 3, 1, 1}, Dim{width, 1, 2}, Dim{width, 3, 3}})
      expect_pools_of(kOne, of({5, 2, 2}), of(d));
  }
}

TEST(PoolKernels, FoldWindowsWithGapsAndPadding) {
  for (const int64_t stride : {1, 2, 3}) {
    for (const int64_t dilation : {1, 2, 3}) {
      for (const int64_t kernel : {2, 3, 5})
        expect_pools_of(of({4, 2, 1}), of({6, 3, 2, 1}), of({29, kernel, stride, kernel / 2, dilation}), 7);
    }
  }
}

TEST(PoolKernels, ShareDimsOut) {
  for (const int64_t out : {1, 4, 5, 8, 10, 20, 40}) {
    expect_pools_of(kOne, shared_out(6, 3), shared_out(40, out));
    expect_pools_of(shared_out(3, 2), shared_out(5, 5), shared_out(40, out));
  }
  expect_pools_of(kOne, shared_out(6, 3), shared_out(3, 7));
}

}  // namespace
}  // namespace tapegrad::kernels
