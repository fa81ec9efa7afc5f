// Products, and whether all or any elements are true: over all elements or over a dim, dropped or (keepdim) kept as
// size 1.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// The product; int64 and bool multiply to int64. grad: g times the product of the others.
TAPEGRAD_EXPORT Tensor prod(const Tensor& x);
TAPEGRAD_EXPORT Tensor prod(const Tensor& x, std::int64_t dim, bool keepdim = false);

/// Whether nothing is 0, as bool. grad: none
TAPEGRAD_EXPORT Tensor all(const Tensor& x);
TAPEGRAD_EXPORT Tensor all(const Tensor& x, std::int64_t dim, bool keepdim = false);

/// Whether something is not 0, as bool. grad: none
TAPEGRAD_EXPORT Tensor any(const Tensor& x);
TAPEGRAD_EXPORT Tensor any(const Tensor& x, std::int64_t dim, bool keepdim = false);

}  // namespace tapegrad
