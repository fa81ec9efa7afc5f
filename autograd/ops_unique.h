// What different elements there are, how many, and where: results whose sizes depend on the elements.
#pragma once

#include <tuple>

#include <tapegrad/autograd/ops_create.h>
#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The different elements, or (dim) slices along dim, in ascending order; for each of x's its place among these, int64;
/// and how often each occurs. No NaN equals another. grad: none
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor, Tensor> unique(const Tensor& x, OptInt dim = std::nullopt);

/// The first two of unique(x): always in order, and both, whatever the flags. grad: none
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> _unique(const Tensor& x, bool sorted = true, bool return_inverse = false);

/// unique(x): always in order, and whole, whatever the flags. grad: none
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor, Tensor> _unique2(const Tensor& x, bool sorted = true,
                                                            bool return_inverse = false, bool return_counts = false);

/// unique(x, dim): always in order, and whole, whatever the flags. grad: none
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor, Tensor> unique_dim(const Tensor& x, std::int64_t dim, bool sorted = true,
                                                              bool return_inverse = false, bool return_counts = false);

/// How often each of 0 .. max x, or minlength - 1, occurs in the vector x of integers, as int64; or the sums of its
/// weights. grad: none; of weights g at each element of x.
TAPEGRAD_EXPORT Tensor bincount(const Tensor& x, const Tensor& weights = undefined(), std::int64_t minlength = 0);

/// The coordinates of the elements that are not 0, a row each, int64 [count, dim]. grad: none
TAPEGRAD_EXPORT Tensor nonzero(const Tensor& x);

/// How many elements are not 0, int64, over all or over dims. grad: none
TAPEGRAD_EXPORT Tensor count_nonzero(const Tensor& x, IntList dims = {});

/// The elements where the bool mask is true, as a vector; x and mask broadcast. grad: g there, 0 elsewhere.
TAPEGRAD_EXPORT Tensor masked_select(const Tensor& x, const Tensor& mask);

}  // namespace tapegrad
