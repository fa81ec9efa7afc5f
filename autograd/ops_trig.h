// Trigonometric and hyperbolic functions, elementwise, of angles in radians; int64 and bool count as f32.
#pragma once

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// sin x, x in radians. grad: g cos x.
TAPEGRAD_EXPORT Tensor sin(const Tensor& x);

/// cos x, x in radians. grad: -g sin x.
TAPEGRAD_EXPORT Tensor cos(const Tensor& x);

/// tan x, x in radians. grad: g (1 + y^2).
TAPEGRAD_EXPORT Tensor tan(const Tensor& x);

/// The angle in [-pi/2, pi/2] whose sine is x; NaN where |x| > 1. grad: g / sqrt(1 - x^2).
TAPEGRAD_EXPORT Tensor asin(const Tensor& x);

/// The angle in [0, pi] whose cosine is x; NaN where |x| > 1. grad: -g / sqrt(1 - x^2).
TAPEGRAD_EXPORT Tensor acos(const Tensor& x);

/// The angle in [-pi/2, pi/2] whose tangent is x. grad: g / (1 + x^2).
TAPEGRAD_EXPORT Tensor atan(const Tensor& x);

/// The angle in [-pi, pi] of the point (x, y): atan(y / x) and the quadrant that the signs tell.
/// grad: g x / (x^2 + y^2), -g y / (x^2 + y^2).
TAPEGRAD_EXPORT Tensor atan2(const Tensor& y, const Tensor& x);

/// The hyperbolic sine (e^x - e^-x) / 2. grad: g cosh x.
TAPEGRAD_EXPORT Tensor sinh(const Tensor& x);

/// The hyperbolic cosine (e^x + e^-x) / 2. grad: g sinh x.
TAPEGRAD_EXPORT Tensor cosh(const Tensor& x);

}  // namespace tapegrad
