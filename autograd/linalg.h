// Linear algebra on matrices [.., m, n] of f32 or f64, the last two dims; batch dims broadcast where two tensors meet.
// Names, arguments and results are those of torch::linalg. f32 is decomposed in f64 and rounded. ValueError, with the
// number of the matrix in its batch, where a decomposition cannot be made; ShapeError, DtypeError. Everything runs on
// one thread.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The solution of a x = b for b [.., n, k], from the factor l (upper: l^T) that linalg::cholesky(a) gives.
/// grad: that of two solve_triangular.
TAPEGRAD_EXPORT Tensor cholesky_solve(const Tensor& b, const Tensor& l, bool upper = false);

}  // namespace tapegrad

namespace tapegrad::linalg {

/// The lower triangle l of a = l l^T, for a symmetric positive definite a [.., n, n], of which only the lower triangle
/// is read. ValueError names the first leading minor that is not positive. grad: l^-T sym(phi(l^T g)) l^-1, phi: the
/// lower triangle with half its diagonal; symmetric.
TAPEGRAD_EXPORT Tensor cholesky(const Tensor& a);

/// The solution of a x = b, or (left = false) x a = b, where a is upper or lower triangular, with ones on the diagonal
/// where unitriangular; its other triangle is not read. Infinite or NaN where the diagonal has a 0. grad: -db x^T in
/// the triangle, db = a^-T g.
TAPEGRAD_EXPORT Tensor solve_triangular(const Tensor& a, const Tensor& b, bool upper, bool left = true,
                                        bool unitriangular = false);

/// The solution of a x = b for a [.., n, n] and b [.., n, k] or vectors [.., n]; or, left = false, of x a = b.
/// ValueError where a is singular. grad: -db x^T, db = a^-T g.
TAPEGRAD_EXPORT Tensor solve(const Tensor& a, const Tensor& b, bool left = true);

/// The inverse of a [.., n, n]; solve(a, b) is more exact than inv(a) times b. ValueError where a is singular.
/// grad: -y^T g y^T.
TAPEGRAD_EXPORT Tensor inv(const Tensor& a);

/// The determinant of a [.., n, n], to [..]; 1 of an empty matrix. Of a singular matrix the second derivative needs
/// singular values that differ. grad: g times the cofactors, y a^-T.
TAPEGRAD_EXPORT Tensor det(const Tensor& a);

/// The sign of the determinant (-1, 0 or 1, without a gradient) and the logarithm of its absolute value, which neither
/// overflow; 0 and -inf of a singular matrix. grad: g a^-T; ValueError where a is singular.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> slogdet(const Tensor& a);

/// An orthonormal q [.., m, k] and an upper triangular r [.., k, n] with a = q r: k = min(m, n) where mode is
/// "reduced", m where it is "complete", whose gradient needs m <= n; "r" gives an empty q. r's diagonal is of either
/// sign. grad: (dq + q copyltu(r dr^T - dq^T q)) r^-T, of independent leading columns.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> qr(const Tensor& a, const std::string& mode = "reduced");

/// The eigenvalues [.., n] of a symmetric a [.., n, n], ascending, and its eigenvectors [.., n, n], a column each, of
/// either sign. Only the lower triangle ("U": the upper) is read. Where eigenvalues are equal, eigenvectors have no
/// gradient (infinite or NaN). grad: v (diag(dw) + v^T dv / (w_j - w_i)) v^T, symmetric.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> eigh(const Tensor& a, const std::string& uplo = "L");

/// The eigenvalues alone. grad: v diag(g) v^T.
TAPEGRAD_EXPORT Tensor eigvalsh(const Tensor& a, const std::string& uplo = "L");

/// The singular values of a [.., m, n], descending, [.., min(m, n)]. grad: u diag(g) v^T.
TAPEGRAD_EXPORT Tensor svdvals(const Tensor& a);

/// The x [.., n, k] with the least |a x - b| for a [.., m, n] and b [.., m, k] or vectors [.., m], the shortest where
/// there are many; the sums of squares [.., k] that are left (of m > n and full rank, else empty); the rank, int64; and
/// an empty tensor: svdvals(a) gives the singular values. It is made by a complete orthogonal decomposition, whose
/// pivots up to rcond (max(m, n) eps) times the largest count as 0. Only x has a gradient.
/// grad: (b - a x) (a^+ u)^T - u x^T + (a^T)^+ x (g - a^T u)^T, u = (a^T)^+ g; by b: u.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor, Tensor, Tensor> lstsq(const Tensor& a, const Tensor& b,
                                                                 std::optional<double> rcond = std::nullopt);

/// The norm (sum |x|^ord)^(1/ord) over dims, or over all elements; ord = inf is max |x|, 0 counts what is not 0.
/// grad: that of norm.
TAPEGRAD_EXPORT Tensor vector_norm(const Tensor& x, const Scalar& ord = 2, IntList dims = {}, bool keepdim = false);

/// A norm of matrices over two dims: "fro", the root of the sum of squares; "nuc", the sum of the singular values; 2
/// and -2, the largest and the smallest of them; 1 and -1, the largest and the smallest sum of |x| of a column; inf and
/// -inf, of a row. grad: that of sum, amax, norm or svdvals.
TAPEGRAD_EXPORT Tensor matrix_norm(const Tensor& x, const std::string& ord = "fro", IntList dims = {-2, -1},
                                   bool keepdim = false);
TAPEGRAD_EXPORT Tensor matrix_norm(const Tensor& x, const Scalar& ord, IntList dims = {-2, -1}, bool keepdim = false);

/// vector_norm of all elements where ord is not given; else over one dim (the dim of a vector) vector_norm, and over
/// two (of a matrix) matrix_norm. grad: that of either.
TAPEGRAD_EXPORT Tensor norm(const Tensor& x, const OptScalar& ord = std::nullopt, IntList dims = {},
                            bool keepdim = false);
TAPEGRAD_EXPORT Tensor norm(const Tensor& x, const std::string& ord, IntList dims = {}, bool keepdim = false);

}  // namespace tapegrad::linalg
