// Tensors side by side, in one copy.
#pragma once

#include <cstdint>
#include <vector>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// Tensors one behind the other along dim; their other sizes agree. grad: g's part.
TAPEGRAD_EXPORT Tensor cat(const std::vector<Tensor>& tensors, std::int64_t dim = 0);

/// cat, in another spelling. grad: g's part.
TAPEGRAD_EXPORT Tensor concat(const std::vector<Tensor>& tensors, std::int64_t dim = 0);

/// cat along dim 1, or of vectors along dim 0; scalars count as vectors. grad: g's part.
TAPEGRAD_EXPORT Tensor hstack(const std::vector<Tensor>& tensors);

/// cat along dim 0; vectors and scalars count as rows. grad: g's part.
TAPEGRAD_EXPORT Tensor vstack(const std::vector<Tensor>& tensors);

/// Tensors of equal sizes along a new dim. grad: g's slice.
TAPEGRAD_EXPORT Tensor stack(const std::vector<Tensor>& tensors, std::int64_t dim = 0);

}  // namespace tapegrad
