// From what is known when the program runs to template arguments. A dtype as the C++ type behind it:
// by_dtype(dtype, [&]<class T>() { ... }); flags: with_flags([&]<bool... kFlags>() { ... }, a, b).
#pragma once

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

// For floating dtypes only.
decltype(auto) by_floating(Dtype dtype, auto&& f) {
  return dtype == kFloat ? f.template operator()<float>() : f.template operator()<double>();
}

decltype(auto) by_dtype(Dtype dtype, auto&& f) {
  if (is_floating_point(dtype)) return by_floating(dtype, f);
  return dtype == kBool ? f.template operator()<bool>() : f.template operator()<std::int64_t>();
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
