// Distributions against torch.distributions: the same draws from the same seed, and the same numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <tapegrad/testing.h>

#include "distributions_golden.h"
#include "tests/common/expect_error.h"

namespace tapegrad::test {
namespace {

using distributions::Bernoulli;
using distributions::Categorical;
using distributions::kl_divergence;
using distributions::Normal;
using distributions::Uniform;

constexpr double kInf = std::numeric_limits<double>::infinity(), kEps = std::numeric_limits<double>::epsilon();

template <std::size_t n>
Tensor golden(const double (&v)[n], IntList sizes) {
  return tensor(std::vector<double>(v, v + n), kDouble).view(sizes);
}
Tensor f64(const std::vector<double>& v) { return tensor(v, kDouble); }

// Elements within 1e-14 of themselves, infinities alike; or within an eps, where PyTorch loses the digits of a tail.
template <std::size_t n>
void expect_near(const Tensor& got, const double (&want)[n]) {
  ASSERT_EQ(got.numel(), static_cast<std::int64_t>(n));
  ASSERT_EQ(got.dtype(), kDouble);
  const Tensor flat = got.contiguous();
  for (std::size_t i = 0; i < n; ++i) {
    const double v = flat.data_ptr<double>()[i];
    EXPECT_TRUE(v == want[i] || std::abs(v - want[i]) <= 1e-14 * std::abs(want[i]) + kEps)
        << i << ": " << v << ", " << want[i];
  }
}
template <class Draw, std::size_t n>
void expect_draws(const Draw& draw, const double (&want)[n]) {
  manual_seed(0);
  expect_near(draw().to(kDouble), want);
}

const Normal normal() { return {f64({0.5, -1, 2}), f64({1, 0.25, 3})}; }
const Uniform uniform() { return {f64({0, -1, 2}), f64({1, 3, 2.5})}; }
const Categorical categorical() { return Categorical(f64({1, 2, 5, 0, 1, 1}).view({2, 3})); }

TEST(Distributions, OfNormalNumbers) {
  const Normal p = normal();
  expect_draws([&] { return p.sample({7}); }, golden::kNormalSample);
  expect_draws([&] { return p.rsample({7}); }, golden::kNormalRsample);
  expect_near(p.log_prob(f64({0.1, -1, 5, 2, 0, -3}).view({2, 3})), golden::kNormalLogProb);
  expect_near(p.entropy(), golden::kNormalEntropy);
  expect_near(kl_divergence(p, Normal(f64({0, 1, 2}), f64({2, 1, 1}))), golden::kNormalKl);
}

TEST(Distributions, OfUniformNumbers) {
  const Uniform p = uniform();
  expect_draws([&] { return p.sample({7}); }, golden::kUniformSample);
  expect_near(p.log_prob(f64({0.5, -1, 2.25, 1, 0, 2}).view({2, 3})), golden::kUniformLogProb);
  expect_near(p.entropy(), golden::kUniformEntropy);
  expect_near(kl_divergence(p, Uniform(f64({0, -2, 2.25}), f64({2, 3, 4}))), golden::kUniformKl);
}

TEST(Distributions, OfTwoOutcomes) {
  const Bernoulli p(f64({0, 0.25, 0.5, 1, 0.75})), q(f64({0.5, 0.5, 0, 1, 0.25}));
  const Bernoulli by_logits(Tensor(), f64({-3, 0, 2.5, 40, -40}));
  const Tensor x = f64({0, 1, 0, 1, 0, 1, 0, 1, 0, 1}).view({2, 5});
  expect_draws([&] { return p.sample({7}); }, golden::kBernoulliSample);
  expect_near(p.log_prob(x), golden::kBernoulliLogProb);
  expect_near(p.entropy(), golden::kBernoulliEntropy);
  expect_near(kl_divergence(p, q), golden::kBernoulliKl);
  expect_near(by_logits.log_prob(x), golden::kBernoulliByLogitsLogProb);
  expect_near(by_logits.entropy(), golden::kBernoulliByLogitsEntropy);
  expect_near(kl_divergence(by_logits, q), golden::kBernoulliByLogitsKl);
}

TEST(Distributions, OfClasses) {
  const Categorical p = categorical(), q(f64({1, 1, 2}));
  const Categorical by_logits(Tensor(), f64({0, -1, 2, 3, 3, -50}).view({2, 3}));
  const Tensor x = tensor({0, 2, 1, 0, 2, 1}, kLong).view({3, 2});
  expect_draws([&] { return p.sample({7}); }, golden::kCategoricalSample);
  EXPECT_EQ(p.sample().dtype(), kLong);
  expect_near(p.log_prob(x), golden::kCategoricalLogProb);
  expect_near(p.entropy(), golden::kCategoricalEntropy);
  expect_near(kl_divergence(p, q), golden::kCategoricalKl);
  expect_near(by_logits.log_prob(x), golden::kCategoricalByLogitsLogProb);
  expect_near(by_logits.entropy(), golden::kCategoricalByLogitsEntropy);
  expect_near(kl_divergence(by_logits, q), golden::kCategoricalByLogitsKl);
}

TEST(Distributions, HaveTheShapesOfTheirParameters) {
  const Normal p(zeros({3, 1}), ones({2}));
  EXPECT_EQ(p.batch_shape(), IntList({3, 2}));
  EXPECT_EQ(p.sample({4, 1}).sizes(), IntList({4, 1, 3, 2}));
  EXPECT_EQ(Normal(0, 1).sample().sizes(), IntList());
  EXPECT_EQ(Normal(0, 1).log_prob(zeros({5})).sizes(), IntList({5}));
  const Categorical c(ones({2, 4, 3}));
  EXPECT_EQ(c.batch_shape(), IntList({2, 4}));
  EXPECT_EQ(c.sample({5}).sizes(), IntList({5, 2, 4}));
  EXPECT_EQ(c.log_prob(tensor({0, 1, 2, 0}, kLong)).sizes(), IntList({2, 4}));
  EXPECT_EQ(c.entropy().sizes(), IntList({2, 4}));
  EXPECT_EQ(Bernoulli(full({2}, 0.5)).sample({0}).sizes(), IntList({0, 2}));
}

TEST(Distributions, DrawsHaveAGradientOnlyWhereTheyAreReparametrised) {
  const Tensor loc = zeros({2}, kDouble).requires_grad_(), scale = ones({2}, kDouble).requires_grad_();
  EXPECT_FALSE(Normal(loc, scale).sample().requires_grad());
  EXPECT_FALSE(Uniform(loc, scale).sample().requires_grad());
  EXPECT_TRUE(Normal(loc, scale).rsample().requires_grad());
  EXPECT_TRUE(Uniform(loc, scale).rsample().requires_grad());
}

// `f` of parameters, to second order.
void expect_gradients(const std::function<Tensor(const TensorList&)>& f, const TensorList& parameters) {
  TensorList leaves;
  for (const Tensor& x : parameters) leaves.push_back(x.detach().clone().requires_grad_());
  EXPECT_GRADIENTS_OK(f, leaves);
  EXPECT_SECOND_GRADIENTS_OK(f, leaves);
}

TEST(Distributions, GradientsOfDraws) {
  expect_gradients(
      [](const TensorList& in) {
        manual_seed(1);
        return Normal(in[0], in[1]).rsample({4}).square();
      },
      {f64({0.5, -1}), f64({1, 0.25})});
  expect_gradients(
      [](const TensorList& in) {
        manual_seed(1);
        return Uniform(in[0], in[1]).rsample({4}).square();
      },
      {f64({0.5, -1}), f64({1, 0.25})});
}

TEST(Distributions, GradientsOfLogProbabilitiesEntropiesAndDivergences) {
  const auto all = [](const auto& p, const auto& q, const Tensor& x) {
    return p.log_prob(x).sum() + p.entropy().exp().sum() + kl_divergence(p, q).square().sum();
  };
  expect_gradients(
      [&](const TensorList& in) {
        return all(Normal(in[0], in[1]), Normal(in[2], in[3]), f64({0.3, 2}));
      },
      {f64({0.5, -1}), f64({1, 0.25}), f64({0, 1}), f64({2, 3})});
  expect_gradients(
      [&](const TensorList& in) {
        return all(Uniform(in[0], in[1]), Uniform(in[2], in[3]), f64({0.75, 0}));
      },
      {f64({0.5, -1}), f64({1, 0.25}), f64({0, -2}), f64({2, 3})});
  expect_gradients(
      [&](const TensorList& in) {
        return all(Bernoulli(in[0]), Bernoulli(in[1]), f64({1, 0}));
      },
      {f64({0.5, 0.25}), f64({0.75, 0.5})});
  expect_gradients(
      [&](const TensorList& in) {
        return all(Bernoulli(Tensor(), in[0]), Bernoulli(Tensor(), in[1]), f64({1, 0}));
      },
      {f64({0.5, -2}), f64({1.75, 0.5})});
  const Tensor x = tensor({2, 0}, kLong);
  expect_gradients([&](const TensorList& in) { return all(Categorical(in[0]), Categorical(in[1]), x); },
                   {f64({1, 2, 5, 3, 1, 1}).view({2, 3}), f64({1, 2, 3})});
  expect_gradients(
      [&](const TensorList& in) { return all(Categorical(Tensor(), in[0]), Categorical(Tensor(), in[1]), x); },
      {f64({1, 2, 5, 3, 1, 1}).view({2, 3}), f64({1, 2, 3})});
}

TEST(Distributions, RefuseParametersOutsideTheirRange) {
  expect_error<ValueError>([] { Normal(0, -1); },
                           "Expected parameter scale (Tensor of shape []) of distribution Normal to satisfy the "
                           "constraint GreaterThan(lower_bound=0.0), but found invalid values");
  expect_error<ValueError>([] { Normal(std::nan(""), 1); }, "to satisfy the constraint Real()");
  expect_error<ShapeError>([] { Normal(zeros({2}), ones({3})); }, "must match the size");
  expect_error<ValueError>([] { Uniform(1, 1); }, "Uniform is not defined when low>= high");
  expect_error<ValueError>([] { Bernoulli(full({2}, 1.5)); }, "Interval(lower_bound=0.0, upper_bound=1.0)");
  expect_error<ValueError>([] { Bernoulli(ones({1}), ones({1})); },
                           "Either `probs` or `logits` must be specified, but not both");
  expect_error<ValueError>([] { Categorical(Tensor{}); }, "Either `probs` or `logits` must be specified, but not both");
  expect_error<ValueError>([] { Categorical(zeros({3})); }, "to satisfy the constraint Simplex()");
  expect_error<ValueError>([] { Categorical(tensor({0.5, -0.25})); }, "to satisfy the constraint Simplex()");
  expect_error<ShapeError>([] { Categorical(tensor(0.5)); }, "`probs` parameter must be at least one-dimensional");
  Normal(zeros({1}), -ones({1}), false);
}

TEST(Distributions, RefuseValuesThatCannotBeDrawn) {
  expect_error<ValueError>(
      [] { Normal(0, 1).log_prob(tensor(std::nan(""))); },
      "Expected value argument (Tensor of shape []) to be within the support (Real()) of the distribution Normal");
  expect_error<ValueError>([] { Uniform(0, 1).log_prob(tensor(2.0)); }, "within the support (Interval(low, high))");
  expect_error<ValueError>([] { Bernoulli(tensor(0.5)).log_prob(tensor(0.3)); }, "within the support (Boolean())");
  expect_error<ValueError>([] { Categorical(ones({2})).log_prob(tensor(2)); },
                           "within the support (IntegerInterval(0, n - 1))");
  expect_error<ValueError>([] { Categorical(ones({2})).log_prob(tensor(0.5)); }, "within the support");
  expect_error<ShapeError>([] { Normal(zeros({2}), ones({2})).log_prob(zeros({3})); },
                           "Value is not broadcastable with batch_shape+event_shape: [3] vs [2]");
  EXPECT_EQ(Uniform(0, 1, false).log_prob(tensor(2.0)).item<double>(), -kInf);
}

}  // namespace
}  // namespace tapegrad::test
