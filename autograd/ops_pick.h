// Slices picked and placed along a dim, elements by a mask, classes. index is int64, within the dim (IndexError).
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// Slices index[k] along dim; index, int64 or int32, has one dim. grad: g added to each slice.
TAPEGRAD_EXPORT Tensor index_select(const Tensor& x, std::int64_t dim, const Tensor& index);

/// x with alpha src's slice k added to slice index[k]. grad: g, alpha g there.
TAPEGRAD_EXPORT Tensor index_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src,
                                 const Scalar& alpha = 1);

/// x with value in the slices index[k], of which negative ones count from the end; value may be a 0-dim tensor.
/// grad: g elsewhere, 0 there; of value the sum of g there.
TAPEGRAD_EXPORT Tensor index_fill(const Tensor& x, std::int64_t dim, const Tensor& index, const Scalar& value);
TAPEGRAD_EXPORT Tensor index_fill(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& value);

/// Each slice along dim, or each element of x as a vector, so often one after the other; repeats: a number, or one for
/// each, int64. grad: summed over the repeats.
TAPEGRAD_EXPORT Tensor repeat_interleave(const Tensor& x, std::int64_t repeats, OptInt dim = std::nullopt);
TAPEGRAD_EXPORT Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, OptInt dim = std::nullopt);

/// The indices 0 .. n - 1, each so often as repeats [n] says. grad: none
TAPEGRAD_EXPORT Tensor repeat_interleave(const Tensor& repeats);

/// x with value where the bool mask is true. grad: g elsewhere, 0 there.
TAPEGRAD_EXPORT Tensor masked_fill(const Tensor& x, const Tensor& mask, const Scalar& value);

/// Classes [..], int64, as [.., classes]: 1 at the class, 0 elsewhere; classes = -1 stands for the largest + 1. grad:
/// none
TAPEGRAD_EXPORT Tensor one_hot(const Tensor& x, std::int64_t classes = -1);

}  // namespace tapegrad
