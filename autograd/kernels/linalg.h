// Decompositions of one matrix, row by row, by Eigen, which linalg.cpp alone includes. They run on the caller's thread
// alone, in memory of their own, so that bits depend neither on threads nor on where the matrix lies. Sizes may be 0.
#pragma once

#include <cstdint>

namespace tapegrad::kernels {

// What they return beside 0 (done) and the numbers above it that they name. The output is NaN then.
inline constexpr std::int64_t kNoMemory = -1, kNoConvergence = -2;

// The lower triangle l [n, n] of a = l l^T, of which only the lower triangle is read; k: the leading minor of order k
// is not positive.
template <class T>
std::int64_t cholesky(std::int64_t n, const T* a, T* l) noexcept;

// x [n, m] of a x = b, where a [n, n] is its upper or lower triangle, with ones on the diagonal where unit.
template <class T>
std::int64_t solve_triangular(std::int64_t n, std::int64_t m, const T* a, bool upper, bool unit, const T* b,
                              T* x) noexcept;

// Rows 0 .. n - 1 of lu [n + 1, n]: l below the diagonal, u on it and above, where l u is a with its rows exchanged.
// The last row says which row of a stands where.
template <class T>
std::int64_t factor_lu(std::int64_t n, const T* a, T* lu) noexcept;

// x [n, m] of a x = b, or a^T x = b, from the factors of a.
template <class T>
std::int64_t solve_lu(std::int64_t n, std::int64_t m, const T* lu, bool transposed, const T* b, T* x) noexcept;

// a [m, n] = q r: rows 0 .. m - 1 of qr [m + n, k] are q, the others r^T.
template <class T>
std::int64_t factor_qr(std::int64_t m, std::int64_t n, std::int64_t k, const T* a, T* qr) noexcept;

// Rows 0 .. n - 1 of vw [n + 1, n]: the eigenvectors of the symmetric a, of which only the lower triangle is read, a
// column each; the last row: the eigenvalues, ascending. a is finite.
template <class T>
std::int64_t factor_eigh(std::int64_t n, const T* a, T* vw) noexcept;

// a [m, n] = u diag(s) v^T with k = min(m, n): the rows of usv [m + n + 1, k] are those of u, those of v, and s,
// descending. a is finite.
template <class T>
std::int64_t factor_svd(std::int64_t m, std::int64_t n, const T* a, T* usv) noexcept;

// The shortest x [n, k] with the least |a x - b|, and the rank of a [m, n]: by a complete orthogonal decomposition,
// whose pivots up to rcond times the largest count as 0. a is finite.
template <class T>
std::int64_t least_squares(std::int64_t m, std::int64_t n, std::int64_t k, const T* a, const T* b, double rcond,
                           T* x) noexcept;
template <class T>
std::int64_t rank(std::int64_t m, std::int64_t n, const T* a, double rcond, T* out) noexcept;

}  // namespace tapegrad::kernels
