// Matrices of dual numbers, and what linear algebra does to one, in plain loops.
#pragma once

#include <functional>
#include <vector>

#include "../registry.h"

namespace tapegrad::test {

struct Matrix {
  std::int64_t rows = 0, cols = 0;
  std::vector<Dual> v = {};

  Matrix(std::int64_t m, std::int64_t n) : rows(m), cols(n), v(static_cast<std::size_t>(m * n)) {}
  Dual& at(std::int64_t i, std::int64_t j) { return v[static_cast<std::size_t>(i * cols + j)]; }
  const Dual& at(std::int64_t i, std::int64_t j) const { return v[static_cast<std::size_t>(i * cols + j)]; }
};
using Matrices = std::vector<Matrix>;

Matrix flipped(const Matrix& a);
Matrix product(const Matrix& a, const Matrix& b);
Matrix plus_diagonal(Matrix a, const std::function<Real(std::int64_t)>& element);  // element(i) at (i, i)
Matrix cholesky(const Matrix& a);
Matrix substituted(const Matrix& a, Matrix b, bool upper, bool unit);  // the solution of a triangle
Matrix solved(Matrix a, Matrix b);                                     // by elimination without exchanges
Dual determinant(Matrix a);
// Householder's, with the signs that LAPACK chooses: q [m, k] and r [k, n].
struct Qr {
  Matrix q, r;
};
Qr qr(Matrix a, std::int64_t k);
// Jacobi's rotations of a symmetric matrix with a dominant, ascending diagonal.
struct Eigen {
  std::vector<Dual> values;
  Matrix vectors;  // columns, each with a positive element on the diagonal
};
Eigen eigen(Matrix a);
std::vector<Dual> singular_values(const Matrix& a);  // descending

// f of each matrix of the inputs, whose batch dims are the same (an input without any is the same for all), as an
// array with these last sizes.
using OfMatrices = std::function<std::vector<Dual>(const Matrices&)>;
Array by_matrix(const Arrays& in, const Shape& last, const OfMatrices& f);

// The bound of a backward stable algorithm, to be taken n eps times: a change of each input by its largest element, or
// by `size`, that of the matrix which is made of it, through the derivatives of f; and the rounded result.
Accuracy conditioned(double n, double size, const Reference& f);

}  // namespace tapegrad::test
