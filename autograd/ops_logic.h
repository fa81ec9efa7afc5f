// Logic, elementwise: of truth values, where anything but 0 is true, NaN too; and of the bits of int64 and bool.
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// Whether x and other are both true, as bool. grad: none
TAPEGRAD_EXPORT Tensor logical_and(const Tensor& x, const Tensor& other);

/// Whether x or other is true, as bool. grad: none
TAPEGRAD_EXPORT Tensor logical_or(const Tensor& x, const Tensor& other);

/// Whether just one of x and other is true, as bool. grad: none
TAPEGRAD_EXPORT Tensor logical_xor(const Tensor& x, const Tensor& other);

/// Whether x is 0, as bool; also written !x. grad: none
TAPEGRAD_EXPORT Tensor logical_not(const Tensor& x);
TAPEGRAD_EXPORT Tensor operator!(const Tensor& x);

/// The bits that are set in both x and other; also written x & other. Floating dtypes are refused. grad: none
TAPEGRAD_EXPORT Tensor bitwise_and(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor bitwise_and(const Tensor& x, const Scalar& other);

/// The bits that are set in x or other; also written x | other. Floating dtypes are refused. grad: none
TAPEGRAD_EXPORT Tensor bitwise_or(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor bitwise_or(const Tensor& x, const Scalar& other);

/// The bits that are set in just one of x and other; also written x ^ other. Floating dtypes are refused. grad: none
TAPEGRAD_EXPORT Tensor bitwise_xor(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor bitwise_xor(const Tensor& x, const Scalar& other);

/// The bits that are not set in x, -x - 1 of int64; also written ~x. Floating dtypes are refused. grad: none
TAPEGRAD_EXPORT Tensor bitwise_not(const Tensor& x);
TAPEGRAD_EXPORT Tensor operator~(const Tensor& x);

#define TAPEGRAD_OPERATOR(op)                                           \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a, const Tensor& b); \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a, const Scalar& b); \
  TAPEGRAD_EXPORT Tensor operator op(const Scalar& a, const Tensor& b);
TAPEGRAD_OPERATOR(&)
TAPEGRAD_OPERATOR(|)
TAPEGRAD_OPERATOR(^)
#undef TAPEGRAD_OPERATOR

}  // namespace tapegrad
