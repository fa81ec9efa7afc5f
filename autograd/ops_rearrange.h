// Rearranged copies.
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// x side by side, so often along each dim. grad: summed over the repeats.
TAPEGRAD_EXPORT Tensor repeat(const Tensor& x, IntList repeats);

/// repeat, with 1 for each dim in front that has no number. grad: summed over the repeats.
TAPEGRAD_EXPORT Tensor tile(const Tensor& x, IntList repeats);

/// These dims in reverse order. grad: flipped back.
TAPEGRAD_EXPORT Tensor flip(const Tensor& x, IntList dims);

/// flip of dim 1. grad: flipped back.
TAPEGRAD_EXPORT Tensor fliplr(const Tensor& x);

/// flip of dim 0. grad: flipped back.
TAPEGRAD_EXPORT Tensor flipud(const Tensor& x);

/// The elements of each dim moved on by its shift, what falls off the end at its start; without dims those of x as a
/// vector. grad: rolled back.
TAPEGRAD_EXPORT Tensor roll(const Tensor& x, IntList shifts, IntList dims = {});

/// x with 0 above this diagonal of the last two dims. grad: tril of g.
TAPEGRAD_EXPORT Tensor tril(const Tensor& x, std::int64_t diagonal = 0);

/// x with 0 below this diagonal of the last two dims. grad: triu of g.
TAPEGRAD_EXPORT Tensor triu(const Tensor& x, std::int64_t diagonal = 0);

/// x with {left, right, top, bottom ..} values around its last dims; a negative number cuts off. grad: g inside.
TAPEGRAD_EXPORT Tensor pad(const Tensor& x, IntList pads, const Scalar& value = 0);

/// pad, in another spelling. grad: g inside.
TAPEGRAD_EXPORT Tensor constant_pad_nd(const Tensor& x, IntList pads, const Scalar& value = 0);

}  // namespace tapegrad
