// Convolutions of rows that are whole vectors, parts of them and both, on every target, beside loops over all products.
#include "autograd/kernels/conv.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/autograd/kernels/targets.h"

namespace tapegrad::kernels {
namespace {

using std::int64_t;
using Numbers = std::vector<double>;

Numbers values(int64_t n, double step) {
  Numbers x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(step * static_cast<double>(i + 1));
  return x;
}

ConvShape shape_of(int64_t width, int64_t kernel, int64_t stride, int64_t dilation) {
  ConvShape s{};
  s.images = s.groups = 2;
  s.in = 3;
  s.out = 4;
  const int64_t size[] = {2, 5, width}, k[] = {1, 2, kernel};
  for (int d = 0; d < 3; ++d) {
    s.size[d] = size[d];
    s.kernel[d] = k[d];
    s.stride[d] = d == 2 ? stride : 1;
    s.dilation[d] = d == 2 ? dilation : 1;
    s.out_size[d] = (s.size[d] - s.dilation[d] * (s.kernel[d] - 1) - 1) / s.stride[d] + 1;
  }
  return s;
}

int64_t product(const int64_t (&v)[3]) { return v[0] * v[1] * v[2]; }

// Calls f(place in x, place in w, place in y) for every product of a convolution.
template <class F>
void for_products(const ConvShape& s, const F& f) {
  const int64_t pixels = product(s.size), taps = product(s.kernel), windows = product(s.out_size);
  for (int64_t plane = 0; plane < s.images * s.groups; ++plane) {
    for (int64_t o = 0; o < s.out; ++o) {
      for (int64_t i = 0; i < s.in; ++i) {
        for (int64_t k = 0; k < taps; ++k) {
          for (int64_t p = 0; p < windows; ++p) {
            int64_t from = 0;
            const int64_t tap[] = {k / s.kernel[2] / s.kernel[1], k / s.kernel[2] % s.kernel[1], k % s.kernel[2]};
            const int64_t at[] = {p / s.out_size[2] / s.out_size[1], p / s.out_size[2] % s.out_size[1],
                                  p % s.out_size[2]};
            for (int d = 0; d < 3; ++d) from = from * s.size[d] + at[d] * s.stride[d] + tap[d] * s.dilation[d];
            f(static_cast<std::size_t>((plane * s.in + i) * pixels + from),
              static_cast<std::size_t>(((plane % s.groups * s.out + o) * s.in + i) * taps + k),
              static_cast<std::size_t>((plane * s.out + o) * windows + p));
          }
        }
      }
    }
  }
}

template <class T>
void expect_near(const std::vector<T>& got, const Numbers& expected, double tolerance) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], expected[i], tolerance) << "element " << i;
}

template <class T>
void expect_convolutions(const ConvShape& s, double tolerance) {
  const int64_t planes = s.images * s.groups, weights = s.groups * s.out * s.in * product(s.kernel);
  const Numbers x = values(planes * s.in * product(s.size), 0.7), w = values(weights, 1.3);
  const Numbers dy = values(planes * s.out * product(s.out_size), 0.9), bias = values(s.groups * s.out, 2.1);
  Numbers y(dy.size()), dx(x.size()), dw(w.size());
  for (std::size_t i = 0; i < y.size(); ++i)
    y[i] = bias[i / static_cast<std::size_t>(product(s.out_size)) % bias.size()];
  for_products(s, [&](std::size_t in_x, std::size_t in_w, std::size_t in_y) {
    y[in_y] += x[in_x] * w[in_w];
    dx[in_x] += dy[in_y] * w[in_w];
    dw[in_w] += dy[in_y] * x[in_x];
  });
  const auto as = [](const Numbers& v) { return std::vector<T>(v.begin(), v.end()); };
  const std::vector<T> tx = as(x), tw = as(w), tdy = as(dy), tbias = as(bias);
  std::vector<T> ty(y.size()), tdx(x.size()), tdw(w.size());
  conv(s, tx.data(), tw.data(), tbias.data(), ty.data());
  conv_input(s, tdy.data(), tw.data(), tdx.data());
  conv_weight(s, tx.data(), tdy.data(), 1, tdw.data());
  expect_near(ty, y, tolerance);
  expect_near(tdx, dx, tolerance);
  expect_near(tdw, dw, tolerance);
}

TEST(ConvKernels, TakeRowsOfAnyWidth) {
  for (const Target target : targets_here()) {
    const OnTarget on(target);
    for (const int64_t stride : {1, 2}) {
      for (const int64_t dilation : {1, 2}) {
        for (const int64_t kernel : {1, 2, 3, 5}) {
          for (const int64_t width : {9, 14, 17, 24, 33, 50}) {
            SCOPED_TRACE(testing::Message() << name_of(target) << ", width " << width << ", kernel " << kernel
                                            << ", stride " << stride << ", dilation " << dilation);
            const ConvShape s = shape_of(width, kernel, stride, dilation);
            expect_convolutions<float>(s, 5e-5);
            expect_convolutions<double>(s, 1e-12);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace tapegrad::kernels
