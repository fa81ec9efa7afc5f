// linalg beside numpy.linalg: a well-conditioned matrix and Hilbert's of order 5 each, up to their condition.
#include <gtest/gtest.h>
#include <tapegrad/testing.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/common/golden.h"

namespace tapegrad::test {
namespace {

// How far a result may be off, relative to it, for a matrix of n rows: kFactor * n * eps * its condition number.
// NumPy's numbers are themselves off by as much.
constexpr double kFactor = 2;

struct Matrix {
  std::string name;
  Tensor a, b;
  double tolerance;   // of what the condition amplifies
  double well_posed;  // of what it does not

  explicit Matrix(const std::string& which) : name(which) {
    const std::int64_t rows = name == "tall" || name == "hilbert" ? 5 : 4;
    a = tensor(line("a"), kDouble).reshape({rows, -1});
    b = tensor(line("b"), kDouble).reshape({rows, 2});
    well_posed = kFactor * static_cast<double>(rows) * std::numeric_limits<double>::epsilon();
    tolerance = well_posed * line("cond").at(0);
  }
  golden::Numbers line(const std::string& function) const {
    static const golden::File file = golden::read("autograd/linalg_golden.txt");
    const auto found = file.find(function + "_" + name);
    return found == file.end() ? golden::Numbers{} : found->second;
  }
  // Relative to the largest element.
  void expect(const std::string& function, const Tensor& got) const {
    SCOPED_TRACE(function + "_" + name);
    golden::expect_near(golden::elements({got}), line(function), tolerance);
  }
  // Relative to each element.
  void expect_each(const std::string& function, const golden::Numbers& got, double each) const {
    const golden::Numbers want = line(function);
    ASSERT_FALSE(want.empty()) << function << "_" << name;
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t i = 0; i < want.size(); ++i) {
      EXPECT_NEAR(got[i], want[i], each * std::abs(want[i])) << function << "_" << name << ": " << i;
    }
  }
};

// The sign of each row's product with NumPy's.
Tensor signs(const Tensor& x, const Tensor& want) { return (x * want).sum(1, /*keepdim=*/true).sign(); }

TEST(LinalgNumPy, SolvesAndInverts) {
  for (const Matrix& m : {Matrix("general"), Matrix("hilbert")}) {
    m.expect("solve", linalg::solve(m.a, m.b));
    m.expect("inv", linalg::inv(m.a));
  }
}

TEST(LinalgNumPy, Determinants) {
  for (const Matrix& m : {Matrix("general"), Matrix("hilbert")}) {
    m.expect_each("det", golden::elements({linalg::det(m.a)}), m.tolerance);
    const auto [sign, logarithm] = linalg::slogdet(m.a);
    EXPECT_EQ(sign.item<double>(), m.line("slogdet").at(0));
    m.expect_each("slogdet", golden::elements({sign, logarithm}), m.tolerance);
  }
}

TEST(LinalgNumPy, Cholesky) {
  for (const Matrix& m : {Matrix("definite"), Matrix("hilbert")}) {
    m.expect("cholesky", linalg::cholesky(m.a));
    m.expect("solve", cholesky_solve(m.b, linalg::cholesky(m.a)));
  }
}

TEST(LinalgNumPy, QrUpToSigns) {
  for (const Matrix& m : {Matrix("tall"), Matrix("hilbert")}) {
    const auto [q, r] = linalg::qr(m.a);
    const Tensor turn = signs(r, tensor(m.line("r"), kDouble).reshape(r.sizes()));
    m.expect("q", q * turn.t());
    m.expect("r", r * turn);
  }
}

TEST(LinalgNumPy, EighUpToSigns) {
  for (const Matrix& m : {Matrix("definite"), Matrix("hilbert")}) {
    for (const char* triangle : {"L", "U"}) {
      const auto [w, v] = linalg::eigh(m.a, triangle);
      m.expect_each("eigenvalues", golden::elements({w}), m.tolerance);
      const Tensor want = tensor(m.line("eigenvectors"), kDouble).reshape(v.sizes());
      m.expect("eigenvectors", v * signs(v.t(), want.t()).t());
      m.expect_each("eigenvalues", golden::elements({linalg::eigvalsh(m.a, triangle)}), m.tolerance);
    }
  }
}

TEST(LinalgNumPy, SingularValues) {
  for (const Matrix& m : {Matrix("tall"), Matrix("hilbert")}) {
    m.expect_each("svdvals", golden::elements({linalg::svdvals(m.a)}), m.tolerance);
    m.expect_each("svdvals", golden::elements({linalg::svdvals(m.a.t())}), m.tolerance);
  }
}

TEST(LinalgNumPy, LeastSquares) {
  for (const Matrix& m : {Matrix("tall"), Matrix("hilbert")}) {
    const auto [x, rest, rank, none] = linalg::lstsq(m.a, m.b);
    m.expect("lstsq", x);
    EXPECT_EQ(rank.item<std::int64_t>(), m.line("rank").at(0));
    if (m.name == "tall") {
      m.expect_each("residuals", golden::elements({rest}), m.tolerance);
    } else {
      EXPECT_EQ(rest.numel(), 0);
    }
  }
}

// Which of them the condition amplifies: the smallest singular value alone.
TEST(LinalgNumPy, Norms) {
  const double inf = std::numeric_limits<double>::infinity();
  for (const Matrix& m : {Matrix("general"), Matrix("hilbert")}) {
    m.expect_each("norms",
                  golden::elements({linalg::norm(m.a, "fro"), linalg::norm(m.a, "nuc"), linalg::norm(m.a, 2),
                                    linalg::norm(m.a, 1), linalg::norm(m.a, inf)}),
                  m.well_posed);
    m.expect_each("norm_-2", golden::elements({linalg::norm(m.a, -2)}), m.tolerance);
  }
}

}  // namespace
}  // namespace tapegrad::test
