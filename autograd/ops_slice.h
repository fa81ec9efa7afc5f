// Parts of a tensor, as views; and diag.
#pragma once

#include <vector>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// Elements start .. start + length of a dim. grad: g there, 0 elsewhere.
TAPEGRAD_EXPORT Tensor narrow(const Tensor& x, std::int64_t dim, std::int64_t start, std::int64_t length);

/// One index of a dim, which goes. grad: g there, 0 elsewhere.
TAPEGRAD_EXPORT Tensor select(const Tensor& x, std::int64_t dim, std::int64_t index);

/// Elements start:end:step of a dim, clipped to it as Python does. grad: g there, 0 elsewhere.
TAPEGRAD_EXPORT Tensor slice(const Tensor& x, std::int64_t dim, OptInt start = std::nullopt, OptInt end = std::nullopt,
                             std::int64_t step = 1);

/// Elements (i, i + offset) of two dims, as the last dim. grad: g there, 0 elsewhere.
TAPEGRAD_EXPORT Tensor diagonal(const Tensor& x, std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1);

/// The diagonal of a matrix, as a copy; or the matrix that has the vector x there, and 0 elsewhere. grad: g there.
TAPEGRAD_EXPORT Tensor diag(const Tensor& x, std::int64_t offset = 0);

/// Parts of `length`, the last of what is left, or of the lengths, side by side. grad: g there.
TAPEGRAD_EXPORT std::vector<Tensor> split(const Tensor& x, std::int64_t length, std::int64_t dim = 0);
TAPEGRAD_EXPORT std::vector<Tensor> split(const Tensor& x, const std::vector<std::int64_t>& lengths,
                                          std::int64_t dim = 0);

/// split by lengths, in another spelling. grad: g there.
TAPEGRAD_EXPORT std::vector<Tensor> split_with_sizes(const Tensor& x, const std::vector<std::int64_t>& lengths,
                                                     std::int64_t dim = 0);

/// Parts of n / chunks, rounded up. grad: g there.
TAPEGRAD_EXPORT std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, std::int64_t dim = 0);

/// Each index of a dim. grad: g there.
TAPEGRAD_EXPORT std::vector<Tensor> unbind(const Tensor& x, std::int64_t dim = 0);

}  // namespace tapegrad
