// torch::linalg: decompositions, what solves, norms.
#include "tests/parity/parity.h"

namespace {

const torch::Tensor matrix() { return torch::tensor({{4.0, 1.0}, {1.0, 3.0}}, torch::kDouble); }

TEST(Linalg, DecomposesAndSolves) {
  const torch::Tensor a = matrix(), b = torch::tensor({1.0, 2.0}, torch::kDouble), l = torch::linalg::cholesky(a);
  EXPECT_TRUE(same(torch::matmul(l, l.t()), a));
  EXPECT_TRUE(same(torch::matmul(a, torch::linalg::solve(a, b, true)), b));
  EXPECT_TRUE(same(torch::cholesky_solve(b.unsqueeze(1), l), torch::linalg::solve(a, b, true).unsqueeze(1)));
  EXPECT_TRUE(same(torch::linalg::solve_triangular(l, torch::matmul(l, a), false, true, false), a));
  EXPECT_TRUE(same(torch::linalg::inv(a), torch::tensor({{3.0, -1.0}, {-1.0, 4.0}}, torch::kDouble) / 11));
  const auto [w, v] = torch::linalg::eigh(a, "L");
  EXPECT_TRUE(same(torch::matmul(v * w, v.t()), a));
  EXPECT_TRUE(same(torch::linalg::eigvalsh(a, "U"), w));
  const auto [q, r] = torch::linalg::qr(a);
  EXPECT_TRUE(same(torch::matmul(q, r), a));
  EXPECT_TRUE(same(r[0][0], torch::tensor(-4.123105625617661, torch::kDouble)));
}

TEST(Linalg, DeterminantsAndNorms) {
  const torch::Tensor a = matrix();
  EXPECT_TRUE(same(torch::linalg::det(a), torch::tensor(11.0, torch::kDouble)));
  const auto [sign, log] = torch::linalg::slogdet(-a);
  EXPECT_TRUE(same(sign, torch::tensor(1.0, torch::kDouble)));
  EXPECT_TRUE(same(log.exp(), torch::tensor(11.0, torch::kDouble)));
  EXPECT_TRUE(same(torch::linalg::det(a.flip({0})), torch::tensor(-11.0, torch::kDouble)));
}

TEST(Linalg, RefusesWhatItCannotDo) {
  const torch::Tensor singular = torch::tensor({{1.0, 2.0}, {2.0, 4.0}}, torch::kDouble);
  EXPECT_THROW(torch::linalg::inv(singular), c10::Error);
  EXPECT_THROW(torch::linalg::solve(singular, torch::ones({2}, torch::kDouble), true), c10::Error);
  EXPECT_THROW(torch::linalg::cholesky(-matrix()), c10::Error);
  EXPECT_THROW(torch::linalg::det(torch::ones({2, 3})), c10::Error);
}

}  // namespace
