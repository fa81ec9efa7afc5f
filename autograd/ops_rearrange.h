// Rearranged copies.
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// x side by side, so often along each dim. grad: summed over the repeats.
TAPEGRAD_EXPORT Tensor repeat(const Tensor& x, IntList repeats);

/// These dims in reverse order. grad: flipped back.
TAPEGRAD_EXPORT Tensor flip(const Tensor& x, IntList dims);

/// x with 0 above this diagonal of the last two dims. grad: tril of g.
TAPEGRAD_EXPORT Tensor tril(const Tensor& x, std::int64_t diagonal = 0);

/// x with 0 below this diagonal of the last two dims. grad: triu of g.
TAPEGRAD_EXPORT Tensor triu(const Tensor& x, std::int64_t diagonal = 0);

/// x with {left, right, top, bottom ..} values around its last dims; a negative number cuts off. grad: g inside.
TAPEGRAD_EXPORT Tensor pad(const Tensor& x, IntList pads, const Scalar& value = 0);

}  // namespace tapegrad
