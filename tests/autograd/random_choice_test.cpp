// Draws of given probabilities, means and ranges: PyTorch's streams on the CPU (torch_golden.py), and what is refused.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/tensor.h>

#include "streams.h"

namespace tapegrad::test {
namespace {

// Two units in the last place of the largest: log, sin and cos differ from machine to machine.
void expect_near(const Tensor& x, const std::vector<double>& want) {
  const std::vector<double> got = x.to_vector<double>();
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], want[i], 64 * 0x1p-52) << i;
}

TEST(NormalOf, MeansAndDeviationsIsPyTorchs) {
  const auto check = [](std::int64_t n, const auto& of_means, const auto& of_deviations, const auto& of_both) {
    const Tensor means = arange(static_cast<double>(n), kDouble), deviations = means.div(4);
    manual_seed(0);
    expect_near(normal(means, 2.0), of_means);
    manual_seed(0);
    expect_near(normal(1.5, deviations), of_deviations);
    manual_seed(0);
    expect_near(normal(means, deviations), of_both);
  };
  check(5, all(golden::kNormalOfMeans5), all(golden::kNormalOfDeviations5), all(golden::kNormalOfBoth5));
  check(20, all(golden::kNormalOfMeans20), all(golden::kNormalOfDeviations20), all(golden::kNormalOfBoth20));
}

TEST(NormalOf, TwoNumbersIsNormalInPlace) {
  manual_seed(3);
  const Tensor want = empty({4, 5}, kDouble).normal_(1.5, 0.25);
  manual_seed(3);
  EXPECT_TRUE(normal(1.5, 0.25, {4, 5}, kDouble).equal(want));
}

TEST(NormalOf, TensorsBroadcastsAndHasNoGradient) {
  const Tensor mean = zeros({3, 1}).requires_grad_(), deviation = ones({4}, kDouble);
  const Tensor x = normal(mean, deviation);
  EXPECT_EQ(x.sizes(), IntList({3, 4}));
  EXPECT_EQ(x.dtype(), kFloat);
  EXPECT_FALSE(x.requires_grad());
  EXPECT_THROW(normal(zeros({2}), tensor({1.0, -1.0})), ValueError);
  EXPECT_THROW(normal(zeros({2}), -1.0), ValueError);
  EXPECT_THROW(normal(zeros({2}), ones({3})), ShapeError);
  EXPECT_THROW(normal(zeros({2}, kLong), 1.0), DtypeError);
}

TEST(Exponential, IsPyTorchs) {
  manual_seed(0);
  expect_near(empty({8}, kDouble).exponential_(2), all(golden::kExponentialDouble));
  EXPECT_THROW(empty({2}).exponential_(0), ValueError);
  EXPECT_THROW(empty({2}).exponential_(-1), ValueError);
  EXPECT_THROW(empty({2}, kLong).exponential_(), DtypeError);
}

TEST(RandomIntegers, ArePyTorchs) {
  const auto seeded = [](Dtype d, std::int64_t n) {
    manual_seed(0);
    return empty({n}, d);
  };
  expect_same(seeded(kFloat, 8).random_(), all(golden::kRandomFloat));
  expect_same(seeded(kDouble, 8).random_(), all(golden::kRandomDouble));
  expect_same(seeded(kLong, 8).random_(), all(golden::kRandomLong));
  expect_same(seeded(kBool, 20).random_().to(kLong), all(golden::kRandomBool));
  expect_same(seeded(kLong, 8).random_(100), all(golden::kRandomTo));
  expect_same(seeded(kDouble, 8).random_(-5, std::int64_t{1} << 40), all(golden::kRandomFromTo));
  EXPECT_THROW(empty({2}).random_(0), ValueError);
  EXPECT_THROW(empty({2}).random_(3, 3), ValueError);
}

TEST(RandomIntegers, LikeATensorHaveItsSizesAndDtype) {
  const Tensor x = randint_like(empty({3, 4}, kDouble), 2, 5);
  EXPECT_EQ(x.sizes(), IntList({3, 4}));
  EXPECT_EQ(x.dtype(), kDouble);
  EXPECT_TRUE(x.ge(2).all().item<bool>() && x.lt(5).all().item<bool>());
  EXPECT_EQ(randint_like(x, 5, kLong).dtype(), kLong);
  manual_seed(1);
  const Tensor want = randint(7, {3, 4}, kDouble);
  manual_seed(1);
  EXPECT_TRUE(randint_like(x, 7).equal(want));
  EXPECT_THROW(randint_like(x, 0), ValueError);
}

TEST(Bernoulli, IsPyTorchs) {
  manual_seed(0);
  expect_same(bernoulli(linspace(0, 1, 20)).to(kLong), all(golden::kBernoulli));
  manual_seed(0);
  expect_same(linspace(0, 1, 20, kDouble).bernoulli().to(kLong), all(golden::kBernoulliDouble));
  manual_seed(0);
  expect_same(empty({20}, kLong).bernoulli_(0.4), all(golden::kBernoulliNumber));
  manual_seed(0);
  expect_same(bernoulli(empty({20}, kLong), 0.4), all(golden::kBernoulliNumber));
  manual_seed(0);
  expect_same(empty({20}, kLong).bernoulli_(linspace(0, 1, 20, kDouble)), all(golden::kBernoulliDouble));
}

TEST(Bernoulli, HasNoGradientAndKeepsTheDtype) {
  const Tensor p = full({2, 3}, 0.5, kDouble).requires_grad_();
  EXPECT_FALSE(bernoulli(p).requires_grad());
  EXPECT_EQ(bernoulli(p).dtype(), kDouble);
  EXPECT_EQ(empty({2}, kBool).bernoulli(0.5).dtype(), kBool);
  EXPECT_TRUE(bernoulli(tensor({0.0, 1.0, 0.0})).equal(tensor({0.0f, 1.0f, 0.0f})));
}

TEST(Bernoulli, RefusesWhatIsNoProbability) {
  for (const double p : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(empty({2}).bernoulli_(p), ValueError);
    EXPECT_THROW(bernoulli(empty({2}), p), ValueError);
    EXPECT_THROW(bernoulli(tensor({0.5, p})), ValueError);
  }
  EXPECT_THROW(bernoulli(tensor({0, 1})), DtypeError);
  EXPECT_THROW(empty({2}).bernoulli_(ones({3})), ShapeError);
  EXPECT_EQ(bernoulli(empty({0, 3})).sizes(), IntList({0, 3}));
}

TEST(Multinomial, IsPyTorchs) {
  const Tensor weights = tensor({{1, 0, 2.5, 4, 0.5, 1}, {0, 3, 3, 1, 1, 2}});
  const auto draw = [&](Dtype d, std::int64_t n, bool replacement) {
    manual_seed(0);
    return multinomial(weights.to(d), n, replacement).flatten();
  };
  expect_same(draw(kFloat, 5, false), all(golden::kMultinomial));
  expect_same(draw(kDouble, 5, false), all(golden::kMultinomialDouble));
  expect_same(draw(kFloat, 1, true), all(golden::kMultinomialOne));
  expect_same(draw(kDouble, 1, true), all(golden::kMultinomialOneDouble));
  expect_same(draw(kFloat, 20, true), all(golden::kMultinomialAgain));
  expect_same(draw(kDouble, 20, true), all(golden::kMultinomialAgainDouble));
}

TEST(Multinomial, NeverDrawsWhatHasNoWeightNorTheSameTwice) {
  manual_seed(5);
  const Tensor weights = tensor({0, 1, 0, 1000000, 0.001, 0}, kDouble);
  for (int round = 0; round < 50; ++round) {
    const auto some = weights.multinomial(3).to_vector<std::int64_t>();
    EXPECT_EQ(std::set<std::int64_t>(some.begin(), some.end()), (std::set<std::int64_t>{1, 3, 4}));
    for (const std::int64_t i : weights.multinomial(9, true).to_vector<std::int64_t>())
      EXPECT_TRUE(i == 1 || i == 3 || i == 4) << i;
  }
}

TEST(Multinomial, FollowsTheWeights) {
  manual_seed(6);
  const Tensor counts = bincount(multinomial(tensor({1, 2, 5}, kDouble), 8000, true));
  const auto n = counts.to_vector<double>();
  for (std::size_t k = 0; k < 3; ++k) {
    const double p = (k == 0 ? 1 : k == 1 ? 2 : 5) / 8.0;
    EXPECT_LT(std::abs(n[k] - 8000 * p), 5 * std::sqrt(8000 * p * (1 - p))) << k;
  }
}

TEST(Multinomial, RefusesWhatCannotBeDrawn) {
  EXPECT_THROW(multinomial(tensor({1, 2}), 1), DtypeError);
  EXPECT_THROW(multinomial(ones({2, 2, 2}), 1), ShapeError);
  EXPECT_THROW(multinomial(ones({}), 1), ShapeError);
  EXPECT_THROW(multinomial(ones({2, 0}), 1), ShapeError);
  EXPECT_THROW(multinomial(ones({2}), 0), ValueError);
  EXPECT_THROW(multinomial(ones({2}), 3), ValueError);
  EXPECT_THROW(multinomial(tensor({1.0, 0.0}), 2), ValueError);
  EXPECT_THROW(multinomial(zeros({2}), 1, true), ValueError);
  for (const double bad : {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(multinomial(tensor({1.0, bad}), 1), ValueError) << bad;
  EXPECT_EQ(multinomial(ones({0, 3}), 2).sizes(), IntList({0, 2}));
}

}  // namespace
}  // namespace tapegrad::test
