// Copies.
#pragma once

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// A copy, which lies in memory in the order of x; contiguous() is row-major. grad: g.
TAPEGRAD_EXPORT Tensor clone(const Tensor& x);

}  // namespace tapegrad
