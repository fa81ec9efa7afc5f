// Copies.
#pragma once

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// A copy. grad: g.
TAPEGRAD_EXPORT Tensor clone(const Tensor& x);

}  // namespace tapegrad
