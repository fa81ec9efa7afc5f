// Lengths of differences, and angles.
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The norms of the differences of each row of x1 [.., n, m] and each of x2 [.., k, m], to [.., n, k]; batch dims
/// broadcast. It takes n k m elements of memory. grad: that of norm, 0 at distance 0.
TAPEGRAD_EXPORT Tensor cdist(const Tensor& x1, const Tensor& x2, double p = 2);

/// The norms of x1 - x2 + eps over the last dim. grad: that of norm, g and -g through the difference.
TAPEGRAD_EXPORT Tensor pairwise_distance(const Tensor& x1, const Tensor& x2, double p = 2, double eps = 1e-6,
                                         bool keepdim = false);

/// x / max(norm of x along dim, eps). grad: that of the quotient, g / eps at 0.
TAPEGRAD_EXPORT Tensor normalize(const Tensor& x, double p = 2, std::int64_t dim = 1, double eps = 1e-12);

/// The cosine of the angle along dim: the sum of x1 x2 over the product of the norms, each at least eps; x1 and x2
/// broadcast. grad: that of normalize, times the other.
TAPEGRAD_EXPORT Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, std::int64_t dim = 1, double eps = 1e-8);

}  // namespace tapegrad
