// Logic of truth values, to bool, and of the bits of int64 and bool.
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

#define TAPEGRAD_LOGICAL(fn, Name)                                                         \
  constexpr Op k##Name = elementwise<Fn::Name>(#fn, "", kNoGrad, {}, nullptr, bool_shape); \
  TAPEGRAD_BINARY_RESULT(fn, k##Name)                                                      \
  Tensor& TensorOps::fn##_(const Tensor& other) const { return copy_over(#fn, self(), fn(other)); }
TAPEGRAD_LOGICAL(logical_and, LogicalAnd)
TAPEGRAD_LOGICAL(logical_or, LogicalOr)
TAPEGRAD_LOGICAL(logical_xor, LogicalXor)

constexpr Op kLogicalNot = elementwise<Fn::LogicalNot>("logical_not", "", kNoGrad, {}, nullptr, bool_shape);
TAPEGRAD_UNARY_RESULT(logical_not, kLogicalNot)
Tensor& TensorOps::logical_not_() const { return copy_over("logical_not", self(), logical_not()); }
Tensor operator!(const Tensor& x) { return logical_not(x); }

static void bits_shape(Call& c) {
  broadcast_shape(c);
  if (is_floating_point(c.dtype)) {
    throw_dtype(c.op->name, "not implemented for '", c.dtype, "'; convert with to(kLong) first, or compare with 0");
  }
}

#define TAPEGRAD_BITWISE(fn, Name, op)                                                     \
  constexpr Op k##Name = elementwise<Fn::Name>(#fn, "", kNoGrad, {}, nullptr, bits_shape); \
  TAPEGRAD_BINARY_SCALAR(fn, k##Name)                                                      \
  TAPEGRAD_OPERATOR(op, fn, fn(a, b))
TAPEGRAD_BITWISE(bitwise_and, BitwiseAnd, &)
TAPEGRAD_BITWISE(bitwise_or, BitwiseOr, |)
TAPEGRAD_BITWISE(bitwise_xor, BitwiseXor, ^)

constexpr Op kBitwiseNot = elementwise<Fn::BitwiseNot>("bitwise_not", "", kNoGrad, {}, nullptr, bits_shape);
TAPEGRAD_UNARY(bitwise_not, kBitwiseNot)
Tensor operator~(const Tensor& x) { return bitwise_not(x); }

}  // namespace tapegrad
