// Exponentials and logarithms of other bases, and sums and products in logarithms, elementwise; int64 and bool count as
// f32. exp, expm1, log, log1p: ops_pointwise.h.
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// 2^x. grad: g y log 2.
TAPEGRAD_EXPORT Tensor exp2(const Tensor& x);

/// The logarithm to base 2, exact for powers of 2; -inf at 0, NaN below. grad: g / (x log 2).
TAPEGRAD_EXPORT Tensor log2(const Tensor& x);

/// The logarithm to base 10, exact for powers of 10; -inf at 0, NaN below. grad: g / (x log 10).
TAPEGRAD_EXPORT Tensor log10(const Tensor& x);

/// log(e^x + e^other), without overflow. grad: g sigmoid(x - other), g sigmoid(other - x).
TAPEGRAD_EXPORT Tensor logaddexp(const Tensor& x, const Tensor& other);

/// x log other, 0 where x is 0 (NaN where other is NaN). grad: g log other, g x / other; the first is 0 where x is 0
/// and other is not above 0.
TAPEGRAD_EXPORT Tensor xlogy(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor xlogy(const Tensor& x, const Scalar& other);
TAPEGRAD_EXPORT Tensor xlogy(const Scalar& x, const Tensor& other);

/// The log-odds log(x / (1 - x)), of clamp(x, eps, 1 - eps) where eps is given; NaN outside of [0, 1].
/// grad: g / (x (1 - x)), 0 where x is clamped.
TAPEGRAD_EXPORT Tensor logit(const Tensor& x, std::optional<double> eps = std::nullopt);

}  // namespace tapegrad
