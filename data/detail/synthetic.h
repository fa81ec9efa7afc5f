// What the makers of toy data share.
#pragma once

#include <algorithm>

#include <tapegrad/autograd/tensor.h>

#include "autograd/core/text.h"
#include "data/detail/numpy_random.h"

namespace tapegrad::data::detail {

inline void check_made(const char* op, bool in_range, const char* advice, Dtype dtype) {
  if (!in_range) core::throw_value(op, "a number is out of range; ", advice);
  if (!is_floating_point(dtype))
    core::throw_dtype(op, "expected kFloat or kDouble but got ", dtype, "; give one of the two");
}

// f64, drawn row by row.
Tensor drawn(IntList sizes, auto&& draw) {
  Tensor x = empty(sizes, kDouble);
  std::generate_n(x.data_ptr<double>(), x.numel(), draw);
  return x;
}

}  // namespace tapegrad::data::detail
