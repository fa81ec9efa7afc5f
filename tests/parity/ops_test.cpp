// Operations of several families that programs use less often.
#include "tests/parity/parity.h"

namespace {

const double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Unique, OfAllElements) {
  const torch::Tensor x = torch::tensor({{3, 1, 3}, {2, 1, 3}});
  const auto [values, places, counts] = torch::_unique2(x, /*sorted=*/true, /*return_inverse=*/true, true);
  EXPECT_TRUE(same(values, torch::tensor({1, 2, 3})));
  EXPECT_TRUE(same(places, torch::tensor({{2, 0, 2}, {1, 0, 2}})));
  EXPECT_TRUE(same(counts, torch::tensor({2, 1, 3})));
  EXPECT_TRUE(same(std::get<0>(torch::_unique2(torch::tensor({0.5, -1.0, 0.5}))), torch::tensor({-1.0, 0.5})));
}

TEST(Unique, OfRows) {
  const torch::Tensor x = torch::tensor({{2, 1}, {0, 5}, {2, 1}});
  const auto [rows, places, counts] = torch::unique_dim(x, 0, true, true, true);
  EXPECT_TRUE(same(rows, torch::tensor({{0, 5}, {2, 1}})));
  EXPECT_TRUE(same(places, torch::tensor({1, 0, 1})));
  EXPECT_TRUE(same(counts, torch::tensor({1, 2})));
  EXPECT_TRUE(same(std::get<0>(torch::unique_dim(torch::tensor({{1, 0, 1}}), 1)), torch::tensor({{0, 1}})));
}

TEST(Order, SearchesInWhatIsSorted) {
  const torch::Tensor sorted = torch::tensor({1.0, 3.0, 3.0, 7.0}), x = torch::tensor({{3.0, 0.0}, {8.0, 4.0}});
  EXPECT_TRUE(same(torch::searchsorted(sorted, x), torch::tensor({{1, 0}, {4, 3}})));
  EXPECT_TRUE(
      same(torch::searchsorted(sorted, x, /*out_int32=*/false, /*right=*/true), torch::tensor({{3, 0}, {4, 3}})));
  EXPECT_TRUE(same(torch::searchsorted(sorted, x[0], /*out_int32=*/true), torch::tensor({1, 0}, torch::kInt)));
  EXPECT_EQ(torch::searchsorted(sorted, 7).item<int64_t>(), 3);
  const torch::Tensor rows = torch::tensor({{1, 5}, {2, 9}});
  EXPECT_TRUE(same(torch::searchsorted(rows, torch::tensor({{4}, {10}})), torch::tensor({{1}, {2}})));
}

TEST(Order, CountsWholeNumbers) {
  const torch::Tensor x = torch::tensor({1, 4, 1});
  EXPECT_TRUE(same(torch::bincount(x), torch::tensor({0, 2, 0, 0, 1})));
  EXPECT_TRUE(same(torch::bincount(x, torch::tensor({0.5, 2.0, 1.0})), torch::tensor({0.0, 1.5, 0.0, 0.0, 2.0})));
  EXPECT_TRUE(same(torch::bincount(torch::tensor({1}), {}, /*minlength=*/4), torch::tensor({0, 1, 0, 0})));
  EXPECT_THROW(torch::bincount(torch::tensor({-1})), c10::Error);
  EXPECT_THROW(torch::bincount(torch::tensor({{1}})), c10::Error);
}

TEST(Order, Differences) {
  const torch::Tensor x = torch::tensor({{1, 4, 9}, {0, 0, 5}});
  EXPECT_TRUE(same(torch::diff(x), torch::tensor({{3, 5}, {0, 5}})));
  EXPECT_TRUE(same(torch::diff(x, /*n=*/2), torch::tensor({{2}, {5}})));
  EXPECT_TRUE(same(torch::diff(x, 1, /*dim=*/0), torch::tensor({{-1, -4, -4}})));
  EXPECT_TRUE(same(x[0].diff(1, -1, torch::tensor({0}), torch::tensor({10})), torch::tensor({1, 3, 5, 1})));
  EXPECT_TRUE(same(torch::diff(torch::tensor({true, false})), torch::tensor({true})));
}

TEST(Order, FlipsFromLeftToRight) {
  EXPECT_TRUE(same(torch::fliplr(torch::tensor({{1, 2, 3}, {4, 5, 6}})), torch::tensor({{3, 2, 1}, {6, 5, 4}})));
  EXPECT_THROW(torch::fliplr(torch::tensor({1, 2})), c10::Error);
}

TEST(Special, AnglesAndHyperbolas) {
  const torch::Tensor x = torch::tensor({-1.0, 0.0, 0.5});
  EXPECT_TRUE(same(torch::acos(x), torch::tensor({std::acos(-1.0), std::acos(0.0), std::acos(0.5)})));
  EXPECT_TRUE(same(x.atan(), torch::tensor({std::atan(-1.0), 0.0, std::atan(0.5)})));
  EXPECT_TRUE(same(torch::cosh(x), torch::tensor({std::cosh(1.0), 1.0, std::cosh(0.5)})));
  EXPECT_TRUE(same(torch::acos(torch::tensor({2.0})), torch::tensor({kNan})));
  EXPECT_TRUE(same(torch::atan(torch::tensor({kInf})), torch::tensor({std::atan(kInf)})));
}

TEST(Special, ErrorFunctions) {
  const torch::Tensor x = torch::tensor({-0.5, 0.0, 2.0});
  EXPECT_TRUE(same(torch::erfc(x), torch::tensor({std::erfc(-0.5), 1.0, std::erfc(2.0)})));
  EXPECT_TRUE(same(torch::erfinv(torch::erf(x)), x, /*rtol=*/1e-4));
  EXPECT_TRUE(same(torch::erfinv(torch::tensor({-1.0, 1.0, 2.0})), torch::tensor({-kInf, kInf, kNan})));
}

TEST(Special, Logarithms) {
  const torch::Tensor x = torch::tensor({0.5, 1.0, 4.0});
  EXPECT_TRUE(same(torch::lgamma(x), torch::tensor({std::lgamma(0.5), 0.0, std::log(6.0)})));
  EXPECT_TRUE(same(torch::lgamma(torch::tensor({0.0, -1.0})), torch::tensor({kInf, kInf})));
  EXPECT_TRUE(same(torch::logit(torch::tensor({0.0, 0.25, 1.0})), torch::tensor({-kInf, std::log(1.0 / 3), kInf})));
  EXPECT_TRUE(
      same(torch::logit(torch::tensor({0.0, 1.0}), /*eps=*/0.25), torch::tensor({-std::log(3.0), std::log(3.0)})));
  EXPECT_TRUE(same(torch::xlogy(torch::tensor({0.0, 2.0, kNan}), torch::tensor({0.0, 3.0, 1.0})),
                   torch::tensor({0.0, 2 * std::log(3.0), kNan})));
  EXPECT_TRUE(same(torch::xlogy(2, x), 2 * x.log()));
  EXPECT_TRUE(same(torch::logaddexp(torch::tensor({1000.0, -kInf}), torch::tensor({1000.0, 3.0})),
                   torch::tensor({1000 + std::log(2.0), 3.0})));
  EXPECT_TRUE(
      same(torch::log_sigmoid(torch::tensor({-200.0, 0.0, 200.0})), torch::tensor({-200.0, -std::log(2.0), 0.0})));
  EXPECT_TRUE(same(torch::exp2(torch::tensor({-1.0, 0.0, 10.0})), torch::tensor({0.5, 1.0, 1024.0})));
  EXPECT_TRUE(same(torch::exp2(torch::tensor({3})), torch::tensor({8.0})));
}

TEST(Comparison, OfWhatIsClose) {
  const torch::Tensor x = torch::tensor({1.0, kNan, kInf, 0.0}), y = torch::tensor({1.0 + 1e-6, kNan, kInf, 0.1});
  EXPECT_TRUE(same(torch::isclose(x, y), torch::tensor({true, false, true, false})));
  EXPECT_TRUE(same(torch::isclose(x, y, /*rtol=*/0, /*atol=*/0.2, /*equal_nan=*/true), torch::ones({4}, torch::kBool)));
  EXPECT_TRUE(same(torch::tensor({2, 3}).isclose(torch::tensor({2, 4})), torch::tensor({true, false})));
}

TEST(Products, OfBatches) {
  const torch::Tensor a = torch::tensor({{{1.0, 2.0}, {3.0, 4.0}}}), b = torch::tensor({{{1.0}, {-1.0}}});
  const torch::Tensor x = torch::full({1, 2, 1}, 10.0);
  EXPECT_TRUE(same(torch::baddbmm(x, a, b), torch::tensor({{{9.0}, {9.0}}})));
  EXPECT_TRUE(same(torch::baddbmm(x, a, b, /*beta=*/0.5, /*alpha=*/2), torch::tensor({{{3.0}, {3.0}}})));
  EXPECT_TRUE(same(torch::baddbmm(x * kNan, a, b, 0), torch::bmm(a, b)));
  EXPECT_THROW(torch::baddbmm(x, a, a.unsqueeze(0)), c10::Error);
}

TEST(Products, OverSeveralDims) {
  const torch::Tensor a = torch::arange(24.0).view({2, 3, 4}), b = torch::arange(12.0).view({4, 3});
  EXPECT_TRUE(same(torch::tensordot(a, b, {1, 2}, {1, 0}), torch::tensor({440.0, 1232.0})));
  EXPECT_TRUE(same(torch::tensordot(a, b, {2}, {0}), torch::matmul(a, b)));
  EXPECT_EQ(sizes(torch::tensordot(a, b, torch::IntArrayRef(), torch::IntArrayRef())),
            (std::vector<int64_t>{2, 3, 4, 4, 3}));
  EXPECT_THROW(torch::tensordot(a, b, {0}, {0}), c10::Error);
}

TEST(Products, OfVectorsInSpace) {
  const torch::Tensor x = torch::tensor({1.0, 0.0, 0.0}), y = torch::tensor({{0.0, 1.0, 0.0}, {0.0, 0.0, 2.0}});
  EXPECT_TRUE(same(torch::cross(x.expand({2, 3}), y, 1), torch::tensor({{0.0, 0.0, 1.0}, {0.0, -2.0, 0.0}})));
  EXPECT_TRUE(same(x.cross(y[0]), torch::tensor({0.0, 0.0, 1.0})));
  EXPECT_THROW(torch::cross(y.t().contiguous(), y.t().contiguous(), 1), c10::Error);
}

TEST(Spreads, WithTheMean) {
  const torch::Tensor x = torch::tensor({{1.0, 2.0, 6.0}, {4.0, 4.0, 4.0}});
  const auto [variance, mean] = torch::var_mean(x, /*dim=*/{1});
  EXPECT_TRUE(same(variance, torch::tensor({7.0, 0.0})));
  EXPECT_TRUE(same(mean, torch::tensor({3.0, 4.0})));
  const auto [deviation, middle] = torch::std_mean(x[0], /*unbiased=*/false);
  EXPECT_TRUE(same(deviation, torch::tensor(std::sqrt(14.0 / 3))));
  EXPECT_TRUE(same(middle, torch::tensor(3.0)));
  EXPECT_EQ(sizes(std::get<0>(torch::std_mean(x, {0}, /*unbiased=*/true, /*keepdim=*/true))),
            (std::vector<int64_t>{1, 3}));
}

TEST(Bits, ByName) {
  const torch::Tensor x = torch::tensor({6, 5}), y = torch::tensor({3, 1});
  EXPECT_TRUE(same(torch::bitwise_and(x, y), torch::tensor({2, 1})));
  EXPECT_TRUE(same(torch::bitwise_or(x, y), torch::tensor({7, 5})));
  EXPECT_TRUE(same(torch::bitwise_xor(x, y), torch::tensor({5, 4})));
  EXPECT_TRUE(same(torch::bitwise_not(x), torch::tensor({-7, -6})));
  EXPECT_TRUE(same(x.bitwise_and(4), torch::tensor({4, 4})));
  EXPECT_TRUE(same(torch::tensor({1}, torch::kByte).bitwise_not(), torch::tensor({254}, torch::kByte)));
  EXPECT_THROW(torch::bitwise_and(x, torch::ones({2})), c10::Error);
}

TEST(Bits, OfTruthByName) {
  const torch::Tensor x = torch::tensor({0.0, 0.5, 0.0}), y = torch::tensor({0, 0, 7});
  EXPECT_TRUE(same(torch::logical_or(x, y), torch::tensor({false, true, true})));
  EXPECT_TRUE(same(torch::logical_xor(x, x), torch::tensor({false, false, false})));
  EXPECT_TRUE(same(torch::bitwise_or(x > 0, y > 0), torch::tensor({false, true, true})));
}

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
