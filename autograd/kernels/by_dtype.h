// From a dtype to the C++ type behind it: by_dtype(dtype, [&]<class T>() { ... }).
#pragma once

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

// For floating dtypes only.
template <class F>
decltype(auto) by_real(Dtype dtype, F&& f) {
  return dtype == kFloat ? f.template operator()<float>() : f.template operator()<double>();
}

template <class F>
decltype(auto) by_dtype(Dtype dtype, F&& f) {
  if (is_floating_point(dtype)) return by_real(dtype, f);
  return dtype == kBool ? f.template operator()<bool>() : f.template operator()<std::int64_t>();
}

}  // namespace tapegrad::kernels
