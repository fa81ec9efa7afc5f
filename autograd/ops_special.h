// Special functions, elementwise: of the normal distribution, and of the gamma function; int64 and bool count as f32.
// erf: ops_pointwise.h.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// 1 - erf(x), with all digits of its tail. grad: -g 2 / sqrt(pi) exp(-x^2).
TAPEGRAD_EXPORT Tensor erfc(const Tensor& x);

/// The number whose erf is x: infinite at -1 and 1, NaN outside. grad: g sqrt(pi) / 2 exp(y^2).
TAPEGRAD_EXPORT Tensor erfinv(const Tensor& x);

/// log |gamma(x)|; inf at 0, -1, -2 ... grad: g digamma(x).
TAPEGRAD_EXPORT Tensor lgamma(const Tensor& x);

/// The derivative of lgamma, gamma'(x) / gamma(x); -inf at 0, inf at -0, NaN at -1, -2 ... grad: g polygamma(1, x).
TAPEGRAD_EXPORT Tensor digamma(const Tensor& x);

/// The n-th derivative of digamma, (-1)^(n+1) n! sum of (x + k)^-(n+1), k = 0, 1 ...; ValueError for a negative n.
/// Source: https://dlmf.nist.gov/5.15. grad: g polygamma(n + 1, x).
TAPEGRAD_EXPORT Tensor polygamma(std::int64_t n, const Tensor& x);

}  // namespace tapegrad
