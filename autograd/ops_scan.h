// Running sums, products and differences along a dim.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/ops_create.h>

namespace tapegrad {

class Tensor;

/// Running sums; int64 and bool sum to int64. grad: sums of g from the end.
TAPEGRAD_EXPORT Tensor cumsum(const Tensor& x, std::int64_t dim);

/// Running products; int64 and bool multiply to int64. grad: for each product g times the product of the others.
TAPEGRAD_EXPORT Tensor cumprod(const Tensor& x, std::int64_t dim);

/// The differences of neighbours along dim, n times over, with prepend and append around x; of bools whether they
/// differ. grad: the differences of g, the other way round.
TAPEGRAD_EXPORT Tensor diff(const Tensor& x, std::int64_t n = 1, std::int64_t dim = -1,
                            const Tensor& prepend = undefined(), const Tensor& append = undefined());

}  // namespace tapegrad
