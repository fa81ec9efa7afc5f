// The functions of vec_math_test.cpp in a wider type, the distance from them, and where they are looked at.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "tests/autograd/gates.h"

namespace tapegrad::kernels {

// Each function: its name, its vector of a tag d and vectors x and y, and what it should be, of numbers x and y in a
// wider type R. Minus infinity times 0 would be NaN: hence the bounds below x for Silu and Gelu.
#define TAPEGRAD_VEC_FUNCTIONS(FUNCTION)                                                       \
  FUNCTION(Exp, Exp(d, x), std::exp(x))                                                        \
  FUNCTION(Exp2, Exp2(d, x), std::exp2(x))                                                     \
  FUNCTION(Log2, Log2(d, x), std::log2(x))                                                     \
  FUNCTION(Log10, Log10(d, x), std::log10(x))                                                  \
  FUNCTION(Logit, Logit(d, x), test::logit(x))                                                 \
  FUNCTION(LogAddExp, LogAddExp(d, x, y), test::log_add_exp(x, y))                             \
  FUNCTION(Xlogy, Xlogy(d, x, y), x == 0 && y == y ? R{0} : x * std::log(y))                   \
  FUNCTION(Expm1, Expm1(d, x), std::expm1(x))                                                  \
  FUNCTION(Log, Log(d, x), std::log(x))                                                        \
  FUNCTION(Log1p, Log1p(d, x), std::log1p(x))                                                  \
  FUNCTION(Softplus, Softplus(d, x), std::max(x, R{0}) + std::log1p(std::exp(-std::abs(x))))   \
  FUNCTION(LogSigmoid, LogSigmoid(d, x), -reference(Function::kSoftplus, -x, y))               \
  FUNCTION(Tanh, Tanh(d, x), std::tanh(x))                                                     \
  FUNCTION(Sigmoid, Sigmoid(d, x), std::exp(std::min(x, R{0})) / (1 + std::exp(-std::abs(x)))) \
  FUNCTION(Erf, Erf(d, x), std::erf(x))                                                        \
  FUNCTION(Erfc, Erfc(d, x), std::erfc(x))                                                     \
  FUNCTION(NormalCdf, NormalCdf(d, x), test::normal_cdf(x))                                    \
  FUNCTION(Silu, Silu(d, x), std::max(x, R{-1e5}) * reference(Function::kSigmoid, x, y))       \
  FUNCTION(Gelu, Gelu(d, x), std::max(x, R{-1e5}) * test::normal_cdf(x))                       \
  FUNCTION(GeluTanh, GeluTanh(d, x), test::gelu_tanh(x))                                       \
  FUNCTION(Sin, Sin(d, x), std::sin(x))                                                        \
  FUNCTION(Cos, Cos(d, x), std::cos(x))                                                        \
  FUNCTION(Pow, Pow(d, x, y), std::pow(x, y))

#define FUNCTION(Name, vector, wide) k##Name,
enum class Function { TAPEGRAD_VEC_FUNCTIONS(FUNCTION) };
#undef FUNCTION
#define FUNCTION(Name, vector, wide) Function::k##Name,
inline constexpr Function kFunctions[] = {TAPEGRAD_VEC_FUNCTIONS(FUNCTION)};
#undef FUNCTION

template <class T>
inline constexpr T kInf = std::numeric_limits<T>::infinity();
template <class T>
inline constexpr T kNaN = std::numeric_limits<T>::quiet_NaN();

template <class R>
R reference(Function function, R x, R y) {
  switch (function) {
#define FUNCTION(Name, vector, wide) \
  case Function::k##Name:            \
    return wide;
    TAPEGRAD_VEC_FUNCTIONS(FUNCTION)
#undef FUNCTION
  }
  return x;
}

template <class T>
using Wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;

// Distance in units of the last place that the expected value has in T.
template <class T>
double ulp_distance(T got, Wide<T> expected) {
  using Limits = std::numeric_limits<T>;
  const T rounded = static_cast<T>(expected);
  if (std::isnan(got) || std::isnan(expected)) return std::isnan(got) && std::isnan(expected) ? 0 : kInf<double>;
  if (std::isinf(rounded) && rounded == got) return 0;
  if (std::isinf(expected) || (std::isinf(rounded) && std::isinf(got))) return kInf<double>;
  if (std::signbit(got) != std::signbit(expected)) return kInf<double>;
  const Wide<T> wide = std::isinf(got) ? std::ldexp(std::copysign(Wide<T>{1}, expected), Limits::max_exponent) : got;
  int exponent = 0;
  std::frexp(expected, &exponent);
  const int last = std::max(exponent, Limits::min_exponent) - Limits::digits;
  return static_cast<double>(std::ldexp(std::abs(wide - expected), -last));
}

template <class T>
T from_bits(uint64_t bits) {
  const auto narrow = static_cast<std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>>(bits);
  T value;
  std::memcpy(&value, &narrow, sizeof(value));
  return value;
}

// Every kind of number: evenly spaced bit patterns (subnormal, huge, NaN of any payload) and evenly spaced values where
// the function bends.
template <class T>
std::vector<T> sweep(T low, T high) {
  std::vector<T> values;
  const uint64_t stride = sizeof(T) == 4 ? 85'853 : 368'934'881'474'191;
  for (uint64_t i = 0; i < 50'000; ++i) values.push_back(from_bits<T>(i * stride));
  for (int i = 0; i <= 30'000; ++i) values.push_back(low + (high - low) * (static_cast<T>(i) / 30'000));
  for (int i = 0; i <= 20'000; ++i) values.push_back(static_cast<T>(i - 10'000) / 4'987);
  return values;
}

}  // namespace tapegrad::kernels
