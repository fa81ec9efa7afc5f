// From what is known when the program runs to template arguments. A dtype as the C++ type behind it:
// by_dtype(dtype, [&]<class T>() { ... }), of those that kernels compute in, by_any_dtype() of all; flags:
// with_flags([&]<bool... kFlags>() { ... }, a, b).
#pragma once

#include <tapegrad/autograd/dtype.h>

#include "autograd/kernels/half.h"

namespace tapegrad::kernels {

// The number that an element is: T, or f32 of what is only stored.
template <class T>
using Number = std::conditional_t<std::is_arithmetic_v<T>, T, float>;

// Where elements are added and multiplied, so that integers wrap around.
template <class T>
using Wrapping = std::conditional_t<std::is_integral_v<T>, std::uint64_t, Number<T>>;

// For floating dtypes only.
decltype(auto) by_floating(Dtype dtype, auto&& f) {
  return dtype == kFloat ? f.template operator()<float>() : f.template operator()<double>();
}

// For bool, int64, f32 and f64.
decltype(auto) by_dtype(Dtype dtype, auto&& f) {
  if (is_floating_point(dtype)) return by_floating(dtype, f);
  return dtype == kBool ? f.template operator()<bool>() : f.template operator()<std::int64_t>();
}

decltype(auto) by_any_dtype(Dtype dtype, auto&& f) {
  switch (dtype) {
    case kByte:
      return f.template operator()<std::uint8_t>();
    case kChar:
      return f.template operator()<std::int8_t>();
    case kShort:
      return f.template operator()<std::int16_t>();
    case kInt:
      return f.template operator()<std::int32_t>();
    case kHalf:
      return f.template operator()<Half>();
    case kBFloat16:
      return f.template operator()<BFloat16>();
    default:
      return by_dtype(dtype, f);
  }
}

template <bool... kKnown, class F>
void with_flags(F&& f) {
  f.template operator()<kKnown...>();
}
template <bool... kKnown, class F, class... Rest>
void with_flags(F&& f, bool flag, Rest... rest) {
  flag ? with_flags<kKnown..., true>(f, rest...) : with_flags<kKnown..., false>(f, rest...);
}

}  // namespace tapegrad::kernels
