// Closed-form least squares: what the trained models are compared with. Plain f64 loops, no tapegrad in them.
#pragma once

#include <tapegrad/tapegrad.h>

#include <vector>

struct LeastSquares {
  std::vector<double> solution;  // w
  double largest_singular_value;
};

// The w that makes |a w - b| smallest, the shortest one where several do; a [n, k], b [n, 1], n >= 1.
LeastSquares least_squares(const tapegrad::Tensor& a, const tapegrad::Tensor& b);
