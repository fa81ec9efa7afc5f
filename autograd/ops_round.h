// Rounding to whole numbers, quotients and remainders, elementwise. Integers stay integers; bool is refused.
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The largest whole number that is not above x. grad: 0.
TAPEGRAD_EXPORT Tensor floor(const Tensor& x);

/// The smallest whole number that is not below x. grad: 0.
TAPEGRAD_EXPORT Tensor ceil(const Tensor& x);

/// The nearest whole number, the even one of two: round(2.5) is 2. grad: 0.
TAPEGRAD_EXPORT Tensor round(const Tensor& x);

/// x without what stands behind the point. grad: 0.
TAPEGRAD_EXPORT Tensor trunc(const Tensor& x);

/// floor(x / other), with the digits of an exact division. ValueError where integers are divided by 0. grad: 0.
TAPEGRAD_EXPORT Tensor floor_divide(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor floor_divide(const Tensor& x, const Scalar& other);

/// x - other floor(x / other), of the sign of other, as Python's %; also written x % other. ValueError where integers
/// are divided by 0. grad: g, -g floor(x / other).
TAPEGRAD_EXPORT Tensor remainder(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor remainder(const Tensor& x, const Scalar& other);
TAPEGRAD_EXPORT Tensor remainder(const Scalar& x, const Tensor& other);

/// x - other trunc(x / other), of the sign of x, as C's fmod. ValueError where integers are divided by 0.
/// grad: g, -g trunc(x / other).
TAPEGRAD_EXPORT Tensor fmod(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor fmod(const Tensor& x, const Scalar& other);

#define TAPEGRAD_OPERATOR(op)                                           \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a, const Tensor& b); \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a, const Scalar& b); \
  TAPEGRAD_EXPORT Tensor operator op(const Scalar& a, const Tensor& b);
TAPEGRAD_OPERATOR(%)
#undef TAPEGRAD_OPERATOR

}  // namespace tapegrad
