// The decompositions of linalg.h. Eigen gets a namespace of this library's own: a program that has Eigen too may
// compile it for other vectors, and the linker keeps one of two functions of the same name.
#include "autograd/kernels/linalg.h"

#define Eigen tapegrad_eigen
#define EIGEN_DONT_PARALLELIZE
#define EIGEN_NO_CPUID  // blocks of the same sizes, and so the same bits, whatever the caches
#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <limits>
#include <new>

namespace tapegrad::kernels {

// f32 is decomposed in f64: half the code to compile, and its result is the rounded one.
template <class T>
using Rows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Matrix = Rows<double>;

// A copy, which lies as Eigen wants it; and back.
template <class T>
static Matrix copied(const T* a, std::int64_t rows, std::int64_t cols) {
  return Eigen::Map<const Rows<T>>(a, rows, cols).template cast<double>();
}
template <class T>
static void put(const Matrix& a, T* out) {
  std::transform(a.data(), a.data() + a.size(), out, [](double v) { return static_cast<T>(v); });
}

// Runs f, which writes the output and returns what it gives; where that is not 0 the n numbers of it are NaN.
template <class T, class F>
static std::int64_t guarded(T* out, std::int64_t n, const F& f) noexcept {
  std::int64_t status = kNoMemory;
  try {
    status = n == 0 ? 0 : f();
  } catch (const std::bad_alloc&) {
  }
  if (status != 0) std::fill_n(out, n, std::numeric_limits<T>::quiet_NaN());
  return status;
}

template <class T>
std::int64_t cholesky(std::int64_t n, const T* a, T* l) noexcept {
  return guarded(l, n * n, [&]() -> std::int64_t {
    Matrix m = copied(a, n, n);
    const auto failed = Eigen::internal::llt_inplace<double, Eigen::Lower>::blocked(m);  // LLT does not say where
    if (failed < 0) put<T>(m.triangularView<Eigen::Lower>(), l);
    return failed + 1;
  });
}

template <class T>
std::int64_t solve_triangular(std::int64_t n, std::int64_t m, const T* a, bool upper, bool unit, const T* b,
                              T* x) noexcept {
  return guarded(x, n * m, [&] {
    const Matrix triangle = copied(a, n, n);
    Matrix solution = copied(b, n, m);
    if (upper && unit) triangle.triangularView<Eigen::UnitUpper>().solveInPlace(solution);
    if (upper && !unit) triangle.triangularView<Eigen::Upper>().solveInPlace(solution);
    if (!upper && unit) triangle.triangularView<Eigen::UnitLower>().solveInPlace(solution);
    if (!upper && !unit) triangle.triangularView<Eigen::Lower>().solveInPlace(solution);
    put(solution, x);
    return 0;
  });
}

template <class T>
std::int64_t factor_lu(std::int64_t n, const T* a, T* lu) noexcept {
  return guarded(lu, (n + 1) * n, [&] {
    const Eigen::PartialPivLU<Matrix> factors(copied(a, n, n));
    put(factors.matrixLU(), lu);
    for (std::int64_t row = 0; row < n; ++row) lu[n * n + factors.permutationP().indices()[row]] = static_cast<T>(row);
    return 0;
  });
}

template <class T>
std::int64_t solve_lu(std::int64_t n, std::int64_t m, const T* lu, bool transposed, const T* b, T* x) noexcept {
  return guarded(x, n * m, [&] {
    const Matrix factors = copied(lu, n, n);
    const auto l = factors.triangularView<Eigen::UnitLower>();
    const auto u = factors.triangularView<Eigen::Upper>();
    const auto row = [&](std::int64_t i) { return static_cast<std::int64_t>(lu[n * n + i]); };
    const Matrix right = copied(b, n, m);
    Matrix solution = right;
    if (transposed) {
      u.transpose().solveInPlace(solution);
      l.transpose().solveInPlace(solution);
      const Matrix exchanged = solution;
      for (std::int64_t i = 0; i < n; ++i) solution.row(row(i)) = exchanged.row(i);
    } else {
      for (std::int64_t i = 0; i < n; ++i) solution.row(i) = right.row(row(i));
      l.solveInPlace(solution);
      u.solveInPlace(solution);
    }
    put(solution, x);
    return 0;
  });
}

template <class T>
std::int64_t factor_qr(std::int64_t m, std::int64_t n, std::int64_t k, const T* a, T* qr) noexcept {
  return guarded(qr, (m + n) * k, [&] {
    Matrix q = Matrix::Identity(m, k), r = Matrix::Zero(k, n);
    if (const std::int64_t rows = std::min(m, n); rows > 0) {
      const Eigen::HouseholderQR<Matrix> factors(copied(a, m, n));
      q.applyOnTheLeft(factors.householderQ());
      r.topRows(rows) = factors.matrixQR().topRows(rows).triangularView<Eigen::Upper>();
    }
    put<T>(q, qr);
    put<T>(r.transpose(), qr + m * k);
    return 0;
  });
}

template <class T>
std::int64_t factor_eigh(std::int64_t n, const T* a, T* vw) noexcept {
  return guarded(vw, (n + 1) * n, [&]() -> std::int64_t {
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(copied(a, n, n));
    if (solver.info() != Eigen::Success) return kNoConvergence;
    put<T>(solver.eigenvectors(), vw);
    put<T>(solver.eigenvalues().transpose(), vw + n * n);
    return 0;
  });
}

template <class T>
std::int64_t factor_svd(std::int64_t m, std::int64_t n, const T* a, T* usv) noexcept {
  const std::int64_t k = std::min(m, n);
  return guarded(usv, (m + n + 1) * k, [&]() -> std::int64_t {
    // Column by column, as its rotations go: half the time.
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(copied(a, m, n), Eigen::ComputeThinU | Eigen::ComputeThinV);
    if (svd.info() != Eigen::Success) return kNoConvergence;
    put<T>(svd.matrixU(), usv);
    put<T>(svd.matrixV(), usv + m * k);
    put<T>(svd.singularValues().transpose(), usv + (m + n) * k);
    return 0;
  });
}

static Eigen::CompleteOrthogonalDecomposition<Matrix> orthogonal(const Matrix& a, double rcond) {
  Eigen::CompleteOrthogonalDecomposition<Matrix> factors;
  factors.setThreshold(rcond);
  factors.compute(a);
  return factors;
}
template <class T>
std::int64_t least_squares(std::int64_t m, std::int64_t n, std::int64_t k, const T* a, const T* b, double rcond,
                           T* x) noexcept {
  return guarded(x, n * k, [&] {
    if (m == 0) {
      std::fill_n(x, n * k, T{0});
    } else {
      put<T>(orthogonal(copied(a, m, n), rcond).solve(copied(b, m, k)), x);
    }
    return 0;
  });
}
template <class T>
std::int64_t rank(std::int64_t m, std::int64_t n, const T* a, double rcond, T* out) noexcept {
  return guarded(out, 1, [&] {
    *out = m * n == 0 ? T{0} : static_cast<T>(orthogonal(copied(a, m, n), rcond).rank());
    return 0;
  });
}

#define TAPEGRAD_DECOMPOSITIONS(T)                                                                                 \
  template std::int64_t cholesky(std::int64_t, const T*, T*) noexcept;                                             \
  template std::int64_t solve_triangular(std::int64_t, std::int64_t, const T*, bool, bool, const T*, T*) noexcept; \
  template std::int64_t factor_lu(std::int64_t, const T*, T*) noexcept;                                            \
  template std::int64_t solve_lu(std::int64_t, std::int64_t, const T*, bool, const T*, T*) noexcept;               \
  template std::int64_t factor_qr(std::int64_t, std::int64_t, std::int64_t, const T*, T*) noexcept;                \
  template std::int64_t factor_eigh(std::int64_t, const T*, T*) noexcept;                                          \
  template std::int64_t factor_svd(std::int64_t, std::int64_t, const T*, T*) noexcept;                             \
  template std::int64_t least_squares(std::int64_t, std::int64_t, std::int64_t, const T*, const T*, double,        \
                                      T*) noexcept;                                                                \
  template std::int64_t rank(std::int64_t, std::int64_t, const T*, double, T*) noexcept;
TAPEGRAD_DECOMPOSITIONS(float)
TAPEGRAD_DECOMPOSITIONS(double)

}  // namespace tapegrad::kernels
