// Operators and elementwise functions, out of place and in place.
#include "tests/parity/parity.h"

namespace {

const double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Arithmetic, OfTensorsAndNumbers) {
  const torch::Tensor a = torch::tensor({1.0, 2.0}), b = torch::tensor({4.0, 8.0});
  EXPECT_TRUE(same(a + b, torch::tensor({5.0, 10.0})));
  EXPECT_TRUE(same(a - b, torch::tensor({-3.0, -6.0})));
  EXPECT_TRUE(same(a * b, torch::tensor({4.0, 16.0})));
  EXPECT_TRUE(same(b / a, torch::tensor({4.0, 4.0})));
  EXPECT_TRUE(same(a + 1, torch::tensor({2.0, 3.0})));
  EXPECT_TRUE(same(1 - a, torch::tensor({0.0, -1.0})));
  EXPECT_TRUE(same(2 * a, torch::tensor({2.0, 4.0})));
  EXPECT_TRUE(same(1 / b, torch::tensor({0.25, 0.125})));
  EXPECT_TRUE(same(-a, torch::tensor({-1.0, -2.0})));
}

TEST(Arithmetic, WithFactors) {
  const torch::Tensor a = torch::tensor({1.0, 2.0});
  EXPECT_TRUE(same(a.add(a, 3), torch::tensor({4.0, 8.0})));
  EXPECT_TRUE(same(torch::sub(a, a, 0.5), torch::tensor({0.5, 1.0})));
  EXPECT_TRUE(same(torch::add(a, 2), torch::tensor({3.0, 4.0})));
  EXPECT_TRUE(same(torch::addcmul(a, a, a, 2), torch::tensor({3.0, 10.0})));
  EXPECT_TRUE(same(torch::addcdiv(a, a, a), torch::tensor({2.0, 3.0})));
  EXPECT_TRUE(same(torch::lerp(a, a + 4, 0.25), torch::tensor({2.0, 3.0})));
}

TEST(Arithmetic, Broadcasts) {
  const torch::Tensor column = torch::tensor({{1}, {2}}), row = torch::tensor({10, 20, 30});
  EXPECT_TRUE(same(column + row, torch::tensor({{11, 21, 31}, {12, 22, 32}})));
  EXPECT_EQ(sizes(torch::zeros({2, 1, 4}) * torch::zeros({3, 1})), (std::vector<int64_t>{2, 3, 4}));
  EXPECT_EQ(sizes(torch::zeros({0, 1}) + torch::zeros({3})), (std::vector<int64_t>{0, 3}));
  EXPECT_THROW(torch::zeros({3}) + torch::zeros({4}), c10::Error);
}

TEST(Arithmetic, CompoundAssignment) {
  torch::Tensor x = torch::tensor({1.0, 2.0});
  const torch::Tensor shared = x;
  x += 1;
  x *= torch::tensor({2.0, 3.0});
  x -= 0.5;
  x /= 2;
  EXPECT_TRUE(same(shared, torch::tensor({1.75, 4.25})));
  torch::Tensor whole = torch::tensor({1, 2});
  whole += 1;
  EXPECT_TRUE(same(whole, torch::tensor({2, 3})));
  EXPECT_THROW(whole += torch::tensor({0.5, 0.5}), c10::Error);
}

TEST(Arithmetic, InPlaceOnAView) {
  torch::Tensor x = torch::zeros({2, 3});
  x[1] += 2;
  x.select(1, 0).sub_(1);
  x.slice(1, 2, 3).mul_(10);
  EXPECT_TRUE(same(x, torch::tensor({{-1.0, 0.0, 0.0}, {1.0, 2.0, 20.0}})));
  x.zero_().add_(torch::ones({3}), 2);
  EXPECT_TRUE(same(x, torch::full({2, 3}, 2.0)));
  x.fill_(3).copy_(torch::tensor({1, 2, 3}));
  EXPECT_TRUE(same(x, torch::tensor({{1.0, 2.0, 3.0}, {1.0, 2.0, 3.0}})));
}

TEST(Arithmetic, InPlaceForms) {
  const torch::Tensor x = torch::tensor({0.25, 0.5});
  EXPECT_TRUE(same(x.clone().exp_(), x.exp()));
  EXPECT_TRUE(same(x.clone().log_(), x.log()));
  EXPECT_TRUE(same(x.clone().sqrt_(), x.sqrt()));
  EXPECT_TRUE(same(x.clone().tanh_(), x.tanh()));
  EXPECT_TRUE(same(x.clone().sigmoid_(), x.sigmoid()));
  EXPECT_TRUE(same(x.clone().neg_(), -x));
  EXPECT_TRUE(same(x.clone().pow_(2), x.pow(2)));
  EXPECT_TRUE(same(x.clone().clamp_(0.3, 0.4), torch::tensor({0.3, 0.4})));
  EXPECT_TRUE(same(x.clone().clamp_max_(0.3), torch::tensor({0.25, 0.3})));
  EXPECT_TRUE(same(x.clone().round_(), torch::tensor({0.0, 0.0})));
  torch::Tensor y = x.clone();
  EXPECT_TRUE(y.abs_().is_same(y));
}

TEST(Arithmetic, Powers) {
  const torch::Tensor x = torch::tensor({2.0, 3.0});
  EXPECT_TRUE(same(x.pow(2), torch::tensor({4.0, 9.0})));
  EXPECT_TRUE(same(torch::pow(x, x), torch::tensor({4.0, 27.0})));
  EXPECT_TRUE(same(torch::pow(2, x), torch::tensor({4.0, 8.0})));
  EXPECT_TRUE(same(torch::square(x), torch::tensor({4.0, 9.0})));
  EXPECT_TRUE(same(torch::rsqrt(torch::tensor({4.0, 0.0})), torch::tensor({0.5, kInf})));
  EXPECT_TRUE(same(torch::sqrt(torch::tensor({-1.0})), torch::tensor({kNan})));
  EXPECT_TRUE(same(torch::pow(torch::tensor({2, 3}), 2), torch::tensor({4, 9})));
}

TEST(Arithmetic, Exponentials) {
  const torch::Tensor x = torch::tensor({0.0, 1.0});
  EXPECT_TRUE(same(x.exp(), torch::tensor({1.0, std::exp(1.0)})));
  EXPECT_TRUE(same(torch::expm1(x), torch::tensor({0.0, std::expm1(1.0)})));
  EXPECT_TRUE(same(x.log(), torch::tensor({-kInf, 0.0})));
  EXPECT_TRUE(same(torch::log1p(x), torch::tensor({0.0, std::log1p(1.0)})));
  EXPECT_TRUE(same(torch::log2(torch::tensor({8.0})), torch::tensor({3.0})));
  EXPECT_TRUE(same(torch::log10(torch::tensor({1000.0})), torch::tensor({3.0})));
  EXPECT_TRUE(same(torch::exp(torch::tensor({0})), torch::tensor({1.0})));
  EXPECT_TRUE(same(torch::erf(x), torch::tensor({0.0, std::erf(1.0)})));
}

TEST(Arithmetic, Angles) {
  const torch::Tensor x = torch::tensor({0.0, 0.5});
  EXPECT_TRUE(same(torch::sin(x), torch::tensor({0.0, std::sin(0.5)})));
  EXPECT_TRUE(same(x.cos(), torch::tensor({1.0, std::cos(0.5)})));
  EXPECT_TRUE(same(torch::tan(x), torch::tensor({0.0, std::tan(0.5)})));
  EXPECT_TRUE(same(torch::atan2(torch::tensor({1.0}), torch::tensor({-1.0})), torch::tensor({std::atan2(1, -1)})));
  EXPECT_TRUE(same(torch::asin(x), torch::tensor({0.0, std::asin(0.5)})));
  EXPECT_TRUE(same(torch::sinh(x), torch::tensor({0.0, std::sinh(0.5)})));
}

TEST(Arithmetic, Rounding) {
  const torch::Tensor x = torch::tensor({-1.5, -0.5, 0.5, 1.5, 2.7});
  EXPECT_TRUE(same(x.floor(), torch::tensor({-2.0, -1.0, 0.0, 1.0, 2.0})));
  EXPECT_TRUE(same(x.ceil(), torch::tensor({-1.0, 0.0, 1.0, 2.0, 3.0})));
  EXPECT_TRUE(same(torch::round(x), torch::tensor({-2.0, 0.0, 0.0, 2.0, 3.0})));
  EXPECT_TRUE(same(torch::trunc(x), torch::tensor({-1.0, 0.0, 0.0, 1.0, 2.0})));
}

TEST(Arithmetic, Remainders) {
  const torch::Tensor x = torch::tensor({-7, 7}), y = torch::tensor({-7.0, 7.0});
  EXPECT_TRUE(same(torch::remainder(x, 3), torch::tensor({2, 1})));
  EXPECT_TRUE(same(torch::fmod(x, 3), torch::tensor({-1, 1})));
  EXPECT_TRUE(same(x % 3, torch::tensor({2, 1})));
  EXPECT_TRUE(same(y.remainder(torch::tensor({4.0, -4.0})), torch::tensor({1.0, -1.0})));
  EXPECT_TRUE(same(torch::floor_divide(y, 2), torch::tensor({-4.0, 3.0})));
}

TEST(Arithmetic, Clamps) {
  const torch::Tensor x = torch::tensor({-2.0, 0.5, 3.0});
  EXPECT_TRUE(same(x.clamp(-1, 1), torch::tensor({-1.0, 0.5, 1.0})));
  EXPECT_TRUE(same(torch::clamp(x, 0), torch::tensor({0.0, 0.5, 3.0})));
  EXPECT_TRUE(same(torch::clamp(x, torch::nullopt, 1), torch::tensor({-2.0, 0.5, 1.0})));
  EXPECT_TRUE(same(x.clamp_min(0), torch::tensor({0.0, 0.5, 3.0})));
  EXPECT_TRUE(same(torch::relu(x), torch::tensor({0.0, 0.5, 3.0})));
  EXPECT_TRUE(same(torch::maximum(x, torch::ones(3)), torch::tensor({1.0, 1.0, 3.0})));
  EXPECT_TRUE(same(torch::min(x, torch::ones(3)), torch::tensor({-2.0, 0.5, 1.0})));
}

TEST(Arithmetic, SignsAndMagnitudes) {
  const torch::Tensor x = torch::tensor({-2.5, 0.0, 4.0});
  EXPECT_TRUE(same(x.abs(), torch::tensor({2.5, 0.0, 4.0})));
  EXPECT_TRUE(same(torch::sign(x), torch::tensor({-1.0, 0.0, 1.0})));
  EXPECT_TRUE(same(torch::reciprocal(x), torch::tensor({-0.4, kInf, 0.25})));
  EXPECT_TRUE(same(torch::abs(torch::tensor({-3})), torch::tensor({3})));
}

TEST(Arithmetic, Comparisons) {
  const torch::Tensor a = torch::tensor({1, 2, 3}), b = torch::tensor({3, 2, 1});
  EXPECT_TRUE(same(a < b, torch::tensor({true, false, false})));
  EXPECT_TRUE(same(a <= 2, torch::tensor({true, true, false})));
  EXPECT_TRUE(same(a > b, torch::tensor({false, false, true})));
  EXPECT_TRUE(same(a.ge(2), torch::tensor({false, true, true})));
  EXPECT_TRUE(same(a == b, torch::tensor({false, true, false})));
  EXPECT_TRUE(same(torch::ne(a, b), torch::tensor({true, false, true})));
  EXPECT_TRUE(torch::equal(a, b.flip({0})));
  EXPECT_FALSE(a.equal(b));
  EXPECT_TRUE(torch::allclose(torch::tensor({1.0}), torch::tensor({1.000001})));
}

TEST(Arithmetic, BitsAndTruth) {
  const torch::Tensor p = torch::tensor({true, true, false}), q = torch::tensor({true, false, false});
  EXPECT_TRUE(same(p & q, torch::tensor({true, false, false})));
  EXPECT_TRUE(same(p | q, torch::tensor({true, true, false})));
  EXPECT_TRUE(same(p ^ q, torch::tensor({false, true, false})));
  EXPECT_TRUE(same(~p, torch::tensor({false, false, true})));
  EXPECT_TRUE(same(torch::logical_and(torch::tensor({2, 0}), torch::tensor({3, 3})), torch::tensor({true, false})));
  EXPECT_TRUE(same(torch::logical_not(torch::tensor({0.0, 0.5})), torch::tensor({true, false})));
  EXPECT_TRUE(same(torch::tensor({6, 5}) & 3, torch::tensor({2, 1})));
  EXPECT_TRUE(same(p.clone().logical_and_(q), q));
}

TEST(Arithmetic, WhatIsNoNumber) {
  const torch::Tensor x = torch::tensor({kNan, kInf, -kInf, 1.0});
  EXPECT_TRUE(same(torch::isnan(x), torch::tensor({true, false, false, false})));
  EXPECT_TRUE(same(torch::isinf(x), torch::tensor({false, true, true, false})));
  EXPECT_TRUE(same(torch::isfinite(x), torch::tensor({false, false, false, true})));
  EXPECT_TRUE(same(torch::nan_to_num(x, 5, 6, 7), torch::tensor({5.0, 6.0, 7.0, 1.0})));
  EXPECT_FALSE(x.equal(x));
}

TEST(Arithmetic, Where) {
  const torch::Tensor p = torch::tensor({true, false}), a = torch::tensor({1.0, 2.0});
  EXPECT_TRUE(same(torch::where(p, a, -a), torch::tensor({1.0, -2.0})));
  EXPECT_TRUE(same(torch::where(p, a, 9.0), torch::tensor({1.0, 9.0})));
  EXPECT_TRUE(same(torch::where(p, 1, 0), torch::tensor({1, 0})));
  EXPECT_TRUE(same(torch::where(torch::tensor({0, 3, 4}) > 0)[0], torch::tensor({1, 2})));
}

TEST(Arithmetic, Products) {
  const torch::Tensor a = torch::tensor({{1.0, 2.0}, {3.0, 4.0}}), v = torch::tensor({1.0, -1.0});
  EXPECT_TRUE(same(torch::mm(a, a), torch::tensor({{7.0, 10.0}, {15.0, 22.0}})));
  EXPECT_TRUE(same(a.matmul(v), torch::tensor({-1.0, -1.0})));
  EXPECT_TRUE(same(torch::dot(v, v), torch::tensor(2.0)));
  EXPECT_TRUE(same(torch::outer(v, v), torch::tensor({{1.0, -1.0}, {-1.0, 1.0}})));
  EXPECT_TRUE(same(torch::addmm(v, a, a), torch::mm(a, a) + v));
  EXPECT_TRUE(same(torch::bmm(a.unsqueeze(0), a.unsqueeze(0))[0], torch::mm(a, a)));
  EXPECT_TRUE(same(torch::einsum("ij,j->i", {a, v}), a.matmul(v)));
  EXPECT_THROW(torch::mm(a, torch::ones({3, 2})), c10::Error);
  EXPECT_THROW(torch::mm(a, v), c10::Error);
}

}  // namespace
