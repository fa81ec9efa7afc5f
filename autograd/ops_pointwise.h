// Functions of one tensor, elementwise. Those of real numbers take int64 and bool as f32.
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The negative -x; bool is refused. grad: -g.
TAPEGRAD_EXPORT Tensor neg(const Tensor& x);
TAPEGRAD_EXPORT Tensor operator-(const Tensor& x);

/// The exponential e^x. grad: g y.
TAPEGRAD_EXPORT Tensor exp(const Tensor& x);

/// e^x - 1, with all digits near 0. grad: g e^x.
TAPEGRAD_EXPORT Tensor expm1(const Tensor& x);

/// The natural logarithm log x: -inf at 0, NaN below. grad: g / x.
TAPEGRAD_EXPORT Tensor log(const Tensor& x);

/// log(1 + x), with all digits near 0. grad: g / (1 + x).
TAPEGRAD_EXPORT Tensor log1p(const Tensor& x);

/// The square root sqrt x; NaN below 0. grad: g / (2 y), inf at 0.
TAPEGRAD_EXPORT Tensor sqrt(const Tensor& x);

/// 1 / sqrt x. grad: -g y^3 / 2.
TAPEGRAD_EXPORT Tensor rsqrt(const Tensor& x);

/// 1 / x. grad: -g y^2.
TAPEGRAD_EXPORT Tensor reciprocal(const Tensor& x);

/// The error function 2 / sqrt(pi) integral of exp(-t^2), t = 0 .. x. grad: g 2 / sqrt(pi) exp(-x^2).
TAPEGRAD_EXPORT Tensor erf(const Tensor& x);

/// The absolute value |x|. grad: g sign x, 0 at 0.
TAPEGRAD_EXPORT Tensor abs(const Tensor& x);

/// The sign of x: -1, 0 or 1. grad: 0.
TAPEGRAD_EXPORT Tensor sign(const Tensor& x);

/// The square x^2. grad: 2 g x.
TAPEGRAD_EXPORT Tensor square(const Tensor& x);

/// The logistic function 1 / (1 + e^-x). grad: g y (1 - y).
TAPEGRAD_EXPORT Tensor sigmoid(const Tensor& x);

/// The hyperbolic tangent tanh x. grad: g (1 - y^2).
TAPEGRAD_EXPORT Tensor tanh(const Tensor& x);

/// The rectifier max(x, 0). grad: g where x > 0, else 0.
TAPEGRAD_EXPORT Tensor relu(const Tensor& x);

/// min(max(x, min), max), NaN where a bound is NaN; one bound may be left out. grad: g inside and at a bound.
TAPEGRAD_EXPORT Tensor clamp(const Tensor& x, const OptScalar& min, const OptScalar& max = std::nullopt);

/// max(x, min). grad: g where x >= min.
TAPEGRAD_EXPORT Tensor clamp_min(const Tensor& x, const Scalar& min);

/// min(x, max). grad: g where x <= max.
TAPEGRAD_EXPORT Tensor clamp_max(const Tensor& x, const Scalar& max);

}  // namespace tapegrad
