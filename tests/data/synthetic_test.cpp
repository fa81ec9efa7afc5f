#include <tapegrad/data/synthetic.h>

#include <gtest/gtest.h>
#include <tapegrad/autograd/random.h>

#include <cmath>
#include <limits>

#include "fnv.h"
#include "sklearn_golden.h"

namespace tapegrad {
namespace {

data::RegressionOptions options_of(const sklearn_golden::Regression& g) {
  const auto& o = g.options;
  return {.n_samples = o.n,
          .n_features = o.features,
          .n_informative = o.informative,
          .n_targets = o.targets,
          .bias = o.bias,
          .noise = o.noise,
          .shuffle = o.shuffle,
          .random_state = o.seed,
          .dtype = kDouble};
}

TEST(MakeRegression, GivesScikitLearnsNumbers) {
  for (const sklearn_golden::Regression& g : sklearn_golden::regressions) {
    SCOPED_TRACE(testing::Message() << "random_state " << g.options.seed);
    Tensor coef;
    data::RegressionOptions options = options_of(g);
    options.coef = &coef;
    const auto [x, y] = data::make_regression(options);
    EXPECT_EQ(x.sizes(), IntList({g.options.n, g.options.features}));
    EXPECT_EQ(y.sizes(), IntList({g.options.n, g.options.targets}));
    EXPECT_EQ(coef.sizes(), IntList({g.options.features, g.options.targets}));
    EXPECT_EQ(fnv(x.to_vector<double>()), g.x);
    EXPECT_EQ(fnv(coef.to_vector<double>()), g.coef);
    const auto values = y.to_vector<double>();
    if (g.y != 0) {
      EXPECT_EQ(fnv(values), g.y);
    }
    for (std::size_t i = 0; i < g.y_begin.size(); ++i) {  // relative to the largest terms of the sum
      EXPECT_NEAR(values[i], g.y_begin[i], 1e-15 * 1000);
    }
  }
}

TEST(MakeRegression, GivesTheNumbersOfTheExample) {
  Tensor coef;
  const auto [x, y] =
      data::make_regression({.n_samples = 100, .noise = 5.0, .random_state = 2, .coef = &coef, .dtype = kDouble});
  EXPECT_NEAR(x[0][0].item<double>(), -0.878107893, 5e-10);
  EXPECT_NEAR(y[2][0].item<double>(), 93.73156709, 5e-9);
  EXPECT_NEAR(coef.item<double>(), 60.84421578, 5e-9);
}

TEST(MakeRegression, RoundsToFloatByDefault) {
  Tensor coef, wide_coef;
  const auto [x, y] = data::make_regression({.n_features = 3, .noise = 1.0, .random_state = 4, .coef = &coef});
  const auto [wide_x, wide_y] =
      data::make_regression({.n_features = 3, .noise = 1.0, .random_state = 4, .coef = &wide_coef, .dtype = kDouble});
  EXPECT_EQ(x.dtype(), kFloat);
  EXPECT_EQ(y.dtype(), kFloat);
  EXPECT_EQ(coef.dtype(), kFloat);
  EXPECT_TRUE(x.equal(wide_x.to(kFloat)));
  EXPECT_TRUE(y.equal(wide_y.to(kFloat)));
  EXPECT_TRUE(coef.equal(wide_coef.to(kFloat)));
  EXPECT_TRUE(x.is_contiguous());
  EXPECT_FALSE(x.requires_grad());
}

TEST(MakeRegression, HasDefaults) {
  const auto [x, y] = data::make_regression();
  EXPECT_EQ(x.sizes(), IntList({100, 1}));
  EXPECT_EQ(y.sizes(), IntList({100, 1}));
}

TEST(MakeRegression, DrawsFromTheLibrarysGeneratorWithoutARandomState) {
  manual_seed(1);
  const Tensor first = data::make_regression().x, second = data::make_regression().x;
  manual_seed(1);
  EXPECT_TRUE(data::make_regression().x.equal(first));
  EXPECT_FALSE(second.equal(first));
  const Tensor after = randn({3});
  manual_seed(1);
  data::make_regression({.random_state = 7});  // draws nothing
  EXPECT_TRUE(data::make_regression().x.equal(first));
  EXPECT_TRUE(randn({3}).defined() && after.defined());
}

TEST(MakeRegression, RejectsBadOptions) {
  EXPECT_THROW(data::make_regression({.n_samples = 0}), Error);
  EXPECT_THROW(data::make_regression({.n_samples = -5}), Error);
  EXPECT_THROW(data::make_regression({.n_features = 0}), Error);
  EXPECT_THROW(data::make_regression({.n_informative = -1}), Error);
  EXPECT_THROW(data::make_regression({.n_targets = 0}), Error);
  EXPECT_THROW(data::make_regression({.noise = -0.5}), Error);
  EXPECT_THROW(data::make_regression({.noise = std::numeric_limits<double>::quiet_NaN()}), Error);
  EXPECT_THROW(data::make_regression({.random_state = -1}), Error);
  EXPECT_THROW(data::make_regression({.random_state = std::int64_t{1} << 32}), Error);
  EXPECT_THROW(data::make_regression({.dtype = kLong}), DtypeError);
  EXPECT_THROW(data::make_regression({.n_samples = std::int64_t{1} << 40, .n_features = std::int64_t{1} << 40}),
               ShapeError);
}

}  // namespace
}  // namespace tapegrad
