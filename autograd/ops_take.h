// Elements picked and placed by index tensors: int64, within the dim (IndexError).
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// x[index[i][j]][j] for dim 0. grad: g added at each picked element.
TAPEGRAD_EXPORT Tensor gather(const Tensor& x, std::int64_t dim, const Tensor& index);

/// x with x[index[i][j]][j] = src[i][j] for dim 0. grad: g elsewhere, g there for what stayed.
TAPEGRAD_EXPORT Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src);
TAPEGRAD_EXPORT Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, const Scalar& value);

/// x with src[i][j] added at x[index[i][j]][j] for dim 0. grad: g, g there.
TAPEGRAD_EXPORT Tensor scatter_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src);

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
