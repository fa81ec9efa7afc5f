// Arithmetic of three tensors, elementwise. Shapes broadcast; dtypes promote.
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// x + weight (end - x): x where weight is 0, end where it is 1, both exactly.
/// grad: g (1 - weight), g weight, g (end - x).
TAPEGRAD_EXPORT Tensor lerp(const Tensor& x, const Tensor& end, const Tensor& weight);
TAPEGRAD_EXPORT Tensor lerp(const Tensor& x, const Tensor& end, const Scalar& weight);

/// x + value a b. grad: g, g value b, g value a.
TAPEGRAD_EXPORT Tensor addcmul(const Tensor& x, const Tensor& a, const Tensor& b, const Scalar& value = 1);

/// x + value a / b; of integers it is f32. grad: g, g value / b, -g value a / b^2.
TAPEGRAD_EXPORT Tensor addcdiv(const Tensor& x, const Tensor& a, const Tensor& b, const Scalar& value = 1);

}  // namespace tapegrad
