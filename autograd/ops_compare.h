// Comparisons, elementwise, to bool; and what a condition chooses.
#pragma once

#include <vector>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// x == other, as bool. grad: none
TAPEGRAD_EXPORT Tensor eq(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor eq(const Tensor& x, const Scalar& other);

/// x != other, as bool. grad: none
TAPEGRAD_EXPORT Tensor ne(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor ne(const Tensor& x, const Scalar& other);

/// x < other, as bool. grad: none
TAPEGRAD_EXPORT Tensor lt(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor lt(const Tensor& x, const Scalar& other);

/// x <= other, as bool. grad: none
TAPEGRAD_EXPORT Tensor le(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor le(const Tensor& x, const Scalar& other);

/// x > other, as bool. grad: none
TAPEGRAD_EXPORT Tensor gt(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor gt(const Tensor& x, const Scalar& other);

/// x >= other, as bool. grad: none
TAPEGRAD_EXPORT Tensor ge(const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor ge(const Tensor& x, const Scalar& other);

/// Whether x is NaN, as bool. grad: none
TAPEGRAD_EXPORT Tensor isnan(const Tensor& x);

/// Whether x is inf or -inf, as bool. grad: none
TAPEGRAD_EXPORT Tensor isinf(const Tensor& x);

/// Whether x is neither NaN nor infinite, as bool. grad: none
TAPEGRAD_EXPORT Tensor isfinite(const Tensor& x);

/// Whether |x - other| <= atol + rtol |other|, or x == other, as bool; of one dtype (DtypeError). ValueError for a
/// negative tolerance. grad: none
TAPEGRAD_EXPORT Tensor isclose(const Tensor& x, const Tensor& other, double rtol = 1e-5, double atol = 1e-8,
                               bool equal_nan = false);

/// x with its NaN, inf and -inf replaced: by 0, the largest and the smallest finite number, where not given.
/// grad: g where x is finite, else 0.
TAPEGRAD_EXPORT Tensor nan_to_num(const Tensor& x, std::optional<double> nan = 0,
                                  std::optional<double> posinf = std::nullopt,
                                  std::optional<double> neginf = std::nullopt);

/// condition ? x : other, elementwise; condition is bool. What is not chosen never reaches the gradient.
/// grad: g where chosen, else 0.
TAPEGRAD_EXPORT Tensor where(const Tensor& condition, const Tensor& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor where(const Tensor& condition, const Tensor& x, const Scalar& other);
TAPEGRAD_EXPORT Tensor where(const Tensor& condition, const Scalar& x, const Tensor& other);
TAPEGRAD_EXPORT Tensor where(const Tensor& condition, const Scalar& x, const Scalar& other);

/// The coordinates of the elements that are not 0, a vector for each dim, int64. grad: none
TAPEGRAD_EXPORT std::vector<Tensor> where(const Tensor& condition);

/// Whether x and other have the same sizes and equal elements. grad: none
TAPEGRAD_EXPORT bool equal(const Tensor& x, const Tensor& other);

/// Whether |x - other| <= atol + rtol |other| everywhere. grad: none
TAPEGRAD_EXPORT bool allclose(const Tensor& x, const Tensor& other, double rtol = 1e-5, double atol = 1e-8,
                              bool equal_nan = false);

#define TAPEGRAD_OPERATOR(op)                                           \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a, const Tensor& b); \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a, const Scalar& b); \
  TAPEGRAD_EXPORT Tensor operator op(const Scalar& a, const Tensor& b);
TAPEGRAD_OPERATOR(==)
TAPEGRAD_OPERATOR(!=)
TAPEGRAD_OPERATOR(<)
TAPEGRAD_OPERATOR(<=)
TAPEGRAD_OPERATOR(>)
TAPEGRAD_OPERATOR(>=)
#undef TAPEGRAD_OPERATOR

}  // namespace tapegrad
