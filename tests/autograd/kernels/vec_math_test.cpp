// Accuracy, edge values and lane independence of the vectorised elementary functions, once per SIMD target that this
// machine supports. References: double for float, long double for double.
#include "autograd/kernels/simd.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/autograd/kernels/vec_math_test.cpp"
#include <hwy/foreach_target.h>  // before highway.h

#include <hwy/highway.h>

#include <cstddef>

#include "autograd/kernels/vec_math-inl.h"
#include "tests/autograd/kernels/vec_reference.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D, class V>
V compute(Function function, D d, V x, V y) {
  switch (function) {
#define FUNCTION(Name, vector, wide) \
  case Function::k##Name:            \
    return vector;
    TAPEGRAD_VEC_FUNCTIONS(FUNCTION)
#undef FUNCTION
  }
  return x;
}

// n is a multiple of every vector length.
template <class D, class T = hn::TFromD<D>>
void apply_vectors(D d, Function function, const T* x, const T* y, T* out, size_t n) {
  for (size_t i = 0; i < n; i += hn::Lanes(d)) {
    hn::StoreU(compute(function, d, hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, out + i);
  }
}

// lanes: 1, 4, or 0 for whole vectors.
template <class T>
void apply_in_lanes(Function function, size_t lanes, const T* x, const T* y, T* out, size_t n) {
  if (lanes == 1) return apply_vectors(hn::CappedTag<T, 1>(), function, x, y, out, n);
  if (lanes == 4) return apply_vectors(hn::CappedTag<T, 4>(), function, x, y, out, n);
  apply_vectors(hn::ScalableTag<T>(), function, x, y, out, n);
}

void apply_float(Function function, size_t lanes, const float* x, const float* y, float* out, size_t n) {
  apply_in_lanes(function, lanes, x, y, out, n);
}

void apply_double(Function function, size_t lanes, const double* x, const double* y, double* out, size_t n) {
  apply_in_lanes(function, lanes, x, y, out, n);
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/autograd/kernels/targets.h"

namespace tapegrad::kernels {
TAPEGRAD_TARGETS(apply_float);
TAPEGRAD_TARGETS(apply_double);

namespace {

constexpr size_t kMultiple = 64;  // of every vector length

template <class T>
std::vector<T> apply(Function function, std::vector<T> x, std::vector<T> y = {}, size_t lanes = 0) {
  const size_t n = x.size();
  const size_t padded = (n + kMultiple - 1) / kMultiple * kMultiple;
  x.resize(padded, T{1});
  y.resize(padded, T{1});
  std::vector<T> out = x;
  if constexpr (std::is_same_v<T, float>) {
    TAPEGRAD_DISPATCH(apply_float)(function, lanes, x.data(), y.data(), out.data(), padded);
  } else {
    TAPEGRAD_DISPATCH(apply_double)(function, lanes, x.data(), y.data(), out.data(), padded);
  }
  out.resize(n);
  std::replace_if(
      out.begin(), out.end(), [](T v) { return std::isnan(v); }, kNaN<T>);  // sign and payload vary
  return out;
}

template <class Body>
void for_each_target(Body body) {
  for (const Target target : targets_here()) {
    SCOPED_TRACE(name_of(target));
    const OnTarget on(target);
    body();
  }
}

template <class T>
void expect_within(Function function, double limit, const std::vector<T>& x, const std::vector<T>& y = {}) {
  std::vector<Wide<T>> expected(x.size());
  for (size_t i = 0; i < x.size(); ++i) expected[i] = reference<Wide<T>>(function, x[i], y.empty() ? T{1} : y[i]);
  for_each_target([&] {
    const std::vector<T> got = apply(function, x, y);
    double worst = 0;
    size_t where = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double distance = ulp_distance(got[i], expected[i]);
      if (!(distance <= worst)) worst = distance, where = i;
    }
    EXPECT_LE(worst, limit) << "at x = " << x[where] << (y.empty() ? "" : ", y = " + std::to_string(y[where]))
                            << ": got " << got[where] << ", expected " << expected[where];
  });
}

TEST(VecMath, ExpStaysWithinItsUlpOverAllNumbers) {
  expect_within(Function::kExp, 2, sweep(-105.0f, 90.0f));
  expect_within(Function::kExp, 4, sweep(-750.0, 711.0));
}

TEST(VecMath, Expm1StaysWithinItsUlpOverAllNumbers) {
  expect_within(Function::kExpm1, 2, sweep(-20.0f, 90.0f));
  expect_within(Function::kExpm1, 4, sweep(-40.0, 711.0));
}

TEST(VecMath, LogStaysWithinItsUlpOverAllNumbers) {
  expect_within(Function::kLog, 2, sweep(0.5f, 2.0f));
  expect_within(Function::kLog, 4, sweep(0.5, 2.0));
}

TEST(VecMath, Log1pStaysWithinItsUlpOverAllNumbers) {
  expect_within(Function::kLog1p, 2, sweep(-1.0f, 1.0f));
  expect_within(Function::kLog1p, 4, sweep(-1.0, 1.0));
}

TEST(VecMath, PowersAndLogarithmsOfOtherBasesStayWithinTheirUlpOverAllNumbers) {
  expect_within(Function::kExp2, 2, sweep(-151.0f, 129.0f));
  expect_within(Function::kExp2, 4, sweep(-1080.0, 1030.0));
  expect_within(Function::kLog2, 2, sweep(0.5f, 2.0f));
  expect_within(Function::kLog2, 4, sweep(0.5, 2.0));
  expect_within(Function::kLog10, 2, sweep(0.5f, 2.0f));
  expect_within(Function::kLog10, 4, sweep(0.5, 2.0));
}

TEST(VecMath, LogitStaysWithinItsUlpOverAllNumbers) {
  expect_within(Function::kLogit, 3, sweep(0.0f, 1.0f));
  expect_within(Function::kLogit, 4, sweep(0.0, 1.0));
}

template <class T>
void expect_whole_logarithms() {
  std::vector<T> powers, logs, tens = {1}, ten_logs = {0};
  for (int n = -100; n <= 100; ++n) {
    powers.push_back(std::ldexp(T{1}, n));
    logs.push_back(static_cast<T>(n));
  }
  for (int n = 1; n <= (sizeof(T) == 4 ? 10 : 22); ++n) {
    tens.push_back(tens.back() * 10);
    ten_logs.push_back(static_cast<T>(n));
  }
  for_each_target([&] {
    EXPECT_EQ(apply(Function::kExp2, logs), powers);
    EXPECT_EQ(apply(Function::kLog2, powers), logs);
    EXPECT_EQ(apply(Function::kLog10, tens), ten_logs);
  });
}

TEST(VecMath, LogarithmsOfPowersOfTheirBaseAreWhole) {
  expect_whole_logarithms<float>();
  expect_whole_logarithms<double>();
}

TEST(VecMath, TanhStaysWithinItsUlpOverAllNumbers) {
  expect_within(Function::kTanh, 2, sweep(-10.0f, 10.0f));
  expect_within(Function::kTanh, 4, sweep(-22.0, 22.0));
}

TEST(VecMath, SigmoidStaysWithinItsUlpOverAllNumbersTailsIncluded) {
  expect_within(Function::kSigmoid, 3, sweep(-105.0f, 20.0f));
  expect_within(Function::kSigmoid, 4, sweep(-750.0, 40.0));
}

TEST(VecMath, SoftplusAndLogSigmoidStayWithinTheirUlpOverAllNumbers) {
  expect_within(Function::kSoftplus, 3, sweep(-105.0f, 20.0f));
  expect_within(Function::kSoftplus, 4, sweep(-750.0, 40.0));
  expect_within(Function::kLogSigmoid, 3, sweep(-20.0f, 105.0f));
  expect_within(Function::kLogSigmoid, 4, sweep(-40.0, 750.0));
}

TEST(VecMath, ErfStaysWithinItsUlpOverAllNumbers) {
  expect_within(Function::kErf, 2, sweep(-4.0f, 4.0f));
  expect_within(Function::kErf, 4, sweep(-6.0, 6.0));
}

TEST(VecMath, ErfcKeepsTheDigitsOfItsTail) {
  expect_within(Function::kErfc, 4, sweep(-4.0f, 10.2f));
  expect_within(Function::kErfc, 4, sweep(-6.0, 27.5));
}

TEST(VecMath, GatesKeepTheDigitsOfTheirTails) {
  expect_within(Function::kNormalCdf, 4, sweep(-14.5f, 6.0f));
  expect_within(Function::kNormalCdf, 8, sweep(-38.7, 9.0));
  expect_within(Function::kSilu, 3, sweep(-110.0f, 20.0f));
  expect_within(Function::kSilu, 4, sweep(-760.0, 40.0));
  expect_within(Function::kGelu, 4, sweep(-15.0f, 6.0f));
  expect_within(Function::kGelu, 8, sweep(-39.0, 9.0));
  expect_within(Function::kGeluTanh, 4, sweep(-11.0f, 6.0f));
  expect_within(Function::kGeluTanh, 8, sweep(-22.0, 9.0));
}

TEST(VecMath, SinAndCosStayWithinTheirUlpOverAllNumbers) {
  expect_within(Function::kSin, 2, sweep(-1.7e6f, 1.7e6f));
  expect_within(Function::kCos, 2, sweep(-1.7e6f, 1.7e6f));
  expect_within(Function::kSin, 4, sweep(-1.7e6, 1.7e6));
  expect_within(Function::kCos, 4, sweep(-1.7e6, 1.7e6));
}

TEST(VecMath, SinAndCosAreRightNextToMultiplesOfHalfPi) {
  std::vector<float> floats;
  std::vector<double> doubles;
  for (int i = 0; i < 20'000; ++i) {
    doubles.push_back(i * 51 * 1.5707963267948966);
    floats.push_back(static_cast<float>(doubles.back()));
  }
  expect_within(Function::kSin, 2, floats);
  expect_within(Function::kCos, 2, floats);
  expect_within(Function::kSin, 4, doubles);
  expect_within(Function::kCos, 4, doubles);
}

// Bases and exponents of any bits, and pairs whose power is an ordinary number.
template <class T>
void sweep_pow(std::vector<T>& x, std::vector<T>& y, T largest_log2) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<T> unit(-1, 1);
  for (int i = 0; i < 20'000; ++i) {
    x.push_back(from_bits<T>(random()));
    y.push_back(from_bits<T>(random()));
    x.push_back(std::abs(from_bits<T>(random())));
    y.push_back(largest_log2 * unit(random) / std::abs(std::log2(x.back())));
    x.push_back(1 + std::ldexp(unit(random), -static_cast<int>(random() % 30)));
    y.push_back(largest_log2 * unit(random) / std::abs(std::log2(x.back())));
    x.push_back(10 * unit(random));
    y.push_back(static_cast<T>(static_cast<int>(random() % 31) - 15));
  }
}

TEST(VecMath, PowStaysWithinItsUlpOverAllNumbers) {
  std::vector<float> x, y;
  sweep_pow(x, y, 150.0f);
  expect_within(Function::kPow, 2, x, y);
  std::vector<double> xd, yd;
  sweep_pow(xd, yd, 1080.0);
  expect_within(Function::kPow, 4, xd, yd);
}

template <class T>
void expect_pow_special_cases() {
  using Limits = std::numeric_limits<T>;
  const T odd = Limits::digits == 24 ? T{16777215} : static_cast<T>(9007199254740991);
  const T whole[] = {0,        1,        2, 3, odd, odd + 1, Limits::max(), kInf<T>, kNaN<T>, Limits::denorm_min(),
                     T{1} / 2, T{5} / 2, 10};
  std::vector<T> x, y;
  for (const T a : whole) {
    for (const T b : whole) {
      for (const int signs : {0, 1, 2, 3}) {
        x.push_back(signs & 1 ? -a : a);
        y.push_back(signs & 2 ? -b : b);
      }
    }
  }
  expect_within<T>(Function::kPow, 1, x, y);
}

TEST(VecMath, PowFollowsTheSpecialCasesOfC99) {
  expect_pow_special_cases<float>();
  expect_pow_special_cases<double>();
}

template <class T>
void expect_edge_values() {
  struct Edge {
    Function function;
    T x, expected;
  };
  const T inf = kInf<T>;
  const T nan = kNaN<T>;
  const T tiny = std::numeric_limits<T>::denorm_min();
  const T most = std::numeric_limits<T>::max();
  using F = Function;
  // clang-format off
  const Edge edges[] = {
      {F::kExp, 0, 1}, {F::kExp, -T{0}, 1}, {F::kExp, inf, inf}, {F::kExp, -inf, 0}, {F::kExp, most, inf},
      {F::kExp, -most, 0},
      {F::kExp2, 0, 1}, {F::kExp2, inf, inf}, {F::kExp2, -inf, 0}, {F::kExp2, most, inf}, {F::kExp2, -most, 0},
      {F::kExp2, nan, nan}, {F::kLog2, 0, -inf}, {F::kLog2, -T{0}, -inf}, {F::kLog2, -tiny, nan}, {F::kLog2, inf, inf},
      {F::kLog2, 1, 0}, {F::kLog2, nan, nan}, {F::kLog10, 0, -inf}, {F::kLog10, -1, nan}, {F::kLog10, inf, inf},
      {F::kLogit, 0, -inf}, {F::kLogit, 1, inf}, {F::kLogit, T{1} / 2, 0}, {F::kLogit, -tiny, nan}, {F::kLogit, 2, nan},
      {F::kLogit, inf, nan}, {F::kLogit, nan, nan},
      {F::kExpm1, 0, 0}, {F::kExpm1, -T{0}, -T{0}}, {F::kExpm1, tiny, tiny}, {F::kExpm1, inf, inf},
      {F::kExpm1, -inf, -1}, {F::kExpm1, -most, -1},
      {F::kLog, 0, -inf}, {F::kLog, -T{0}, -inf}, {F::kLog, -1, nan}, {F::kLog, -inf, nan}, {F::kLog, -tiny, nan},
      {F::kLog, inf, inf}, {F::kLog, 1, 0},
      {F::kLog1p, 0, 0}, {F::kLog1p, -T{0}, -T{0}}, {F::kLog1p, -1, -inf}, {F::kLog1p, -2, nan}, {F::kLog1p, -inf, nan},
      {F::kLog1p, inf, inf}, {F::kLog1p, -tiny, -tiny},
      {F::kSoftplus, inf, inf}, {F::kSoftplus, -inf, 0},
      {F::kLogSigmoid, -inf, -inf}, {F::kLogSigmoid, inf, -T{0}},
      {F::kTanh, 0, 0}, {F::kTanh, -T{0}, -T{0}}, {F::kTanh, inf, 1}, {F::kTanh, -inf, -1}, {F::kTanh, -tiny, -tiny},
      {F::kSigmoid, inf, 1}, {F::kSigmoid, -inf, 0}, {F::kSigmoid, 0, T{1} / 2},
      {F::kErf, 0, 0}, {F::kErf, -T{0}, -T{0}}, {F::kErf, inf, 1}, {F::kErf, -inf, -1},
      {F::kErfc, inf, 0}, {F::kErfc, -inf, 2}, {F::kErfc, 0, 1},
      {F::kNormalCdf, 0, T{1} / 2}, {F::kNormalCdf, inf, 1}, {F::kNormalCdf, -inf, 0}, {F::kNormalCdf, nan, nan},
      {F::kSilu, 0, 0}, {F::kSilu, -T{0}, -T{0}}, {F::kSilu, inf, inf}, {F::kSilu, -inf, -T{0}}, {F::kSilu, nan, nan},
      {F::kGelu, 0, 0}, {F::kGelu, -T{0}, -T{0}}, {F::kGelu, inf, inf}, {F::kGelu, -inf, -T{0}}, {F::kGelu, nan, nan},
      {F::kGeluTanh, 0, 0}, {F::kGeluTanh, -T{0}, -T{0}}, {F::kGeluTanh, inf, inf}, {F::kGeluTanh, -inf, -T{0}},
      {F::kGeluTanh, nan, nan}, {F::kGeluTanh, most, most}, {F::kGelu, -most, -T{0}}, {F::kSilu, -most, -T{0}},
      {F::kSin, 0, 0}, {F::kSin, -T{0}, -T{0}}, {F::kSin, inf, nan}, {F::kSin, -tiny, -tiny},
      {F::kCos, -T{0}, 1}, {F::kCos, -inf, nan},
  };
  // clang-format on
  for_each_target([&] {
    for (const Edge& edge : edges) {
      const T got = apply<T>(edge.function, {edge.x})[0];
      EXPECT_TRUE(std::isnan(edge.expected) ? std::isnan(got)
                                            : got == edge.expected && std::signbit(got) == std::signbit(edge.expected))
          << "function " << static_cast<int>(edge.function) << " of " << edge.x << ": got " << got << ", expected "
          << edge.expected;
    }
  });
}

TEST(VecMath, EdgeValuesAreExact) {
  expect_edge_values<float>();
  expect_edge_values<double>();
}

// Vectors of 1 and 4 lanes, and every position in a whole vector, among ordinary and rare neighbours.
template <class T>
void expect_same_bits_in_every_lane() {
  std::vector<T> x, y;
  sweep_pow(x, y, T{100});
  x.resize(4096);
  y.resize(4096);
  for (size_t i = 0; i < x.size(); i += 37) x[i] = i % 2 ? kInf<T> : static_cast<T>(1e9 + static_cast<double>(i));
  for_each_target([&] {
    for (const Function function : kFunctions) {
      const std::vector<T> one = apply(function, x, y, 1);
      const std::vector<T> four = apply(function, x, y, 4);
      const std::vector<T> moved = apply<T>(function, {x.begin() + 1, x.end()}, {y.begin() + 1, y.end()});
      EXPECT_EQ(std::memcmp(one.data(), four.data(), one.size() * sizeof(T)), 0)
          << "function " << static_cast<int>(function);
      EXPECT_EQ(std::memcmp(one.data() + 1, moved.data(), moved.size() * sizeof(T)), 0)
          << "function " << static_cast<int>(function);
    }
  });
}

TEST(VecMath, EveryLaneHasTheBitsOfAVectorOfOne) {
  expect_same_bits_in_every_lane<float>();
  expect_same_bits_in_every_lane<double>();
}

}  // namespace
}  // namespace tapegrad::kernels

#endif  // HWY_ONCE
