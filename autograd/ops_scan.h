// Running reductions along a dim.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// Running sums; int64 and bool sum to int64. grad: sums of g from the end.
TAPEGRAD_EXPORT Tensor cumsum(const Tensor& x, std::int64_t dim);

}  // namespace tapegrad
