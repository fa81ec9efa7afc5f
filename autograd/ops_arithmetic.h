// Arithmetic of two tensors, elementwise. Shapes broadcast; dtypes promote.
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The sum x + alpha other. grad: g, alpha g.
TAPEGRAD_EXPORT Tensor add(const Tensor& x, const Tensor& other, const Scalar& alpha = 1);
TAPEGRAD_EXPORT Tensor add(const Tensor& x, const Scalar& other, const Scalar& alpha = 1);

/// The difference x - alpha other; bool is refused. grad: g, -alpha g.
TAPEGRAD_EXPORT Tensor sub(const Tensor& x, const Tensor& other, const Scalar& alpha = 1);
TAPEGRAD_EXPORT Tensor sub(const Tensor& x, const Scalar& other, const Scalar& alpha = 1);

/// The product x other. grad: g other, g x.
TAPEGRAD_EXPORT Tensor mul(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor mul(const Tensor& x, const Scalar& other);

/// The quotient x / other; of two integers it is f32. grad: g / other, -g y / other.
TAPEGRAD_EXPORT Tensor div(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor div(const Tensor& x, const Scalar& other);

/// The power x^e; an int64 x takes no negative integer e (DtypeError).
/// grad: g e x^(e-1), g y log x; 0 where e = 0, and where x = 0 and e >= 0.
TAPEGRAD_EXPORT Tensor pow(const Tensor& x, const Tensor& exponent);
TAPEGRAD_EXPORT Tensor pow(const Tensor& x, const Scalar& exponent);
TAPEGRAD_EXPORT Tensor pow(const Scalar& x, const Tensor& exponent);

/// The larger of x and other; NaN wins. grad: g to the larger, g / 2 to each in a tie.
TAPEGRAD_EXPORT Tensor maximum(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor max(const Tensor& x, const Tensor& other);

/// The smaller of x and other; NaN wins. grad: g to the smaller, g / 2 to each in a tie.
TAPEGRAD_EXPORT Tensor minimum(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor min(const Tensor& x, const Tensor& other);

#define TAPEGRAD_OPERATOR(op)                                           \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a, const Tensor& b); \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a, const Scalar& b); \
  TAPEGRAD_EXPORT Tensor operator op(const Scalar& a, const Tensor& b);
TAPEGRAD_OPERATOR(+)
TAPEGRAD_OPERATOR(-)
TAPEGRAD_OPERATOR(*)
TAPEGRAD_OPERATOR(/)
#undef TAPEGRAD_OPERATOR

}  // namespace tapegrad
