// Views of the same bytes in other sizes.
#pragma once

#include <string>
#include <vector>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// x with two dims swapped; a view. grad: swapped back.
TAPEGRAD_EXPORT Tensor transpose(const Tensor& x, std::int64_t dim0, std::int64_t dim1);

/// transpose, in another spelling. grad: swapped back.
TAPEGRAD_EXPORT Tensor swapaxes(const Tensor& x, std::int64_t dim0, std::int64_t dim1);

/// transpose, in another spelling. grad: swapped back.
TAPEGRAD_EXPORT Tensor swapdims(const Tensor& x, std::int64_t dim0, std::int64_t dim1);

/// The transpose of at most two dims; a view. grad: g^T.
TAPEGRAD_EXPORT Tensor t(const Tensor& x);

/// x with its dims in another order; a view. grad: the inverse order.
TAPEGRAD_EXPORT Tensor permute(const Tensor& x, IntList dims);

/// x with dims source at the places destination, the others in their order; a view. grad: moved back.
TAPEGRAD_EXPORT Tensor movedim(const Tensor& x, IntList source, IntList destination);

/// x in other sizes, of which one may be -1; a view where the bytes allow it, else a copy. grad: g in x's sizes.
TAPEGRAD_EXPORT Tensor reshape(const Tensor& x, IntList sizes);

/// Dims start_dim .. end_dim as one; as reshape. grad: g in x's sizes.
TAPEGRAD_EXPORT Tensor flatten(const Tensor& x, std::int64_t start_dim = 0, std::int64_t end_dim = -1);

/// x without its dims of size 1, or without this one if it is; a view. grad: g in x's sizes.
TAPEGRAD_EXPORT Tensor squeeze(const Tensor& x);
TAPEGRAD_EXPORT Tensor squeeze(const Tensor& x, std::int64_t dim);

/// x with one more dim, of size 1, at dim; a view. grad: g in x's sizes.
TAPEGRAD_EXPORT Tensor unsqueeze(const Tensor& x, std::int64_t dim);

/// x repeated along its dims of size 1, and along new ones in front, without a copy: expand. grad: summed over the
/// repeats.
TAPEGRAD_EXPORT Tensor broadcast_to(const Tensor& x, IntList sizes);

/// The tensors in their common sizes, as views. grad: summed over the repeats.
TAPEGRAD_EXPORT std::vector<Tensor> broadcast_tensors(const std::vector<Tensor>& tensors);

/// The coordinates of a grid, from a vector for each dim, as views of the grid's sizes; with indexing = "xy" the first
/// vector runs along dim 1. grad: summed over the repeats.
TAPEGRAD_EXPORT std::vector<Tensor> meshgrid(const std::vector<Tensor>& tensors, const std::string& indexing = "ij");

}  // namespace tapegrad
