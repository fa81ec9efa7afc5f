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

}  // namespace tapegrad
