// Slices picked and placed along a dim, elements by a mask, classes. index is int64, within the dim (IndexError).
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// Slices index[k] along dim; index has one dim. grad: g added to each slice.
TAPEGRAD_EXPORT Tensor index_select(const Tensor& x, std::int64_t dim, const Tensor& index);

/// x with alpha src's slice k added to slice index[k]. grad: g, alpha g there.
TAPEGRAD_EXPORT Tensor index_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src,
                                 const Scalar& alpha = 1);

/// x with value where the bool mask is true. grad: g elsewhere, 0 there.
TAPEGRAD_EXPORT Tensor masked_fill(const Tensor& x, const Tensor& mask, const Scalar& value);

/// Classes [..], int64, as [.., classes]: 1 at the class, 0 elsewhere; classes = -1 stands for the largest + 1. grad:
/// none
TAPEGRAD_EXPORT Tensor one_hot(const Tensor& x, std::int64_t classes = -1);

}  // namespace tapegrad
