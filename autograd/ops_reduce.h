// Reductions, over all elements or over dims, each dropped or (keepdim) kept as size 1.
#pragma once

#include <tuple>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The sum, pairwise; int64 and bool sum to int64. grad: g for each term.
TAPEGRAD_EXPORT Tensor sum(const Tensor& x);
TAPEGRAD_EXPORT Tensor sum(const Tensor& x, IntList dims, bool keepdim = false);

/// The mean, of floating-point elements; of nothing it is NaN. grad: g / n.
TAPEGRAD_EXPORT Tensor mean(const Tensor& x);
TAPEGRAD_EXPORT Tensor mean(const Tensor& x, IntList dims, bool keepdim = false);

/// The largest element; with dim also the index of the first. Nothing has no largest (IndexError).
/// grad: g to it, over all elements shared evenly by ties.
TAPEGRAD_EXPORT Tensor max(const Tensor& x);
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> max(const Tensor& x, std::int64_t dim, bool keepdim = false);

/// The smallest element, as max gives the largest. grad: g to it, over all elements shared evenly by ties.
TAPEGRAD_EXPORT Tensor min(const Tensor& x);
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> min(const Tensor& x, std::int64_t dim, bool keepdim = false);

/// The index of the largest element, int64, the first of ties. grad: none
TAPEGRAD_EXPORT Tensor argmax(const Tensor& x, OptInt dim = std::nullopt, bool keepdim = false);

/// The index of the smallest element, int64, the first of ties. grad: none
TAPEGRAD_EXPORT Tensor argmin(const Tensor& x, OptInt dim = std::nullopt, bool keepdim = false);

/// The largest element. grad: g shared evenly by ties.
TAPEGRAD_EXPORT Tensor amax(const Tensor& x, IntList dims = {}, bool keepdim = false);

/// The smallest element. grad: g shared evenly by ties.
TAPEGRAD_EXPORT Tensor amin(const Tensor& x, IntList dims = {}, bool keepdim = false);

}  // namespace tapegrad
