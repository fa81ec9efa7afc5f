#include <tapegrad/data/standardize.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sklearn_golden.h"

namespace tapegrad {
namespace {

Tensor rows() { return tensor(sklearn_golden::unscaled, kDouble).reshape({-1, 3}); }

void expect_near(const Tensor& got, const std::vector<double>& want, double tolerance) {
  const auto values = got.to_vector<double>();
  ASSERT_EQ(values.size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(values[i], want[i], tolerance * std::abs(want[i]) + 1e-300) << i;
  }
}

TEST(Standardizer, GivesScikitLearnsNumbers) {
  data::Standardizer standardizer;
  standardizer.fit(rows());
  expect_near(standardizer.mean(), sklearn_golden::scaler_mean, 1e-15);
  expect_near(standardizer.scale(), sklearn_golden::scaler_scale, 1e-14);
  // The third column lies near 1e8: its mean is known to 1.5e-8 only, in scikit-learn too.
  const auto values = standardizer.transform(rows()).to_vector<double>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(values[i], sklearn_golden::scaled[i], i % 3 == 2 ? 2e-8 : 1e-14) << i;
  }
}

TEST(Standardizer, BringsColumnsToMeanZeroAndVarianceOne) {
  const Tensor x = randn({50, 4}, kDouble) * 3 + 7;
  const Tensor z = data::Standardizer().fit(x).transform(x);
  for (double mean : z.mean(0).to_vector<double>()) EXPECT_NEAR(mean, 0, 1e-14);
  for (double variance : z.square().mean(0).to_vector<double>()) EXPECT_NEAR(variance, 1, 1e-14);
}

// As scikit-learn: numbers of [1, 3] and of [2, 4, 6], and a column of which nothing is known.
TEST(Standardizer, LeavesMissingNumbersOutAndKeepsThem) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor x = tensor({{1.0, 2.0, nan}, {nan, 4.0, nan}, {3.0, 6.0, nan}}, kDouble);
  data::Standardizer standardizer;
  const Tensor z = standardizer.fit(x).transform(x);
  expect_near(standardizer.mean().narrow(0, 0, 2), {2, 4}, 1e-15);
  expect_near(standardizer.scale().narrow(0, 0, 2), {1, std::sqrt(8.0 / 3)}, 1e-15);
  EXPECT_TRUE(standardizer.mean()[2].isnan().item<bool>());
  EXPECT_EQ(z.isnan().to_vector<bool>(), x.isnan().to_vector<bool>());
  expect_near(z.select(1, 1), {-std::sqrt(1.5), 0, std::sqrt(1.5)}, 1e-15);
  EXPECT_EQ(z[2][0].item<double>(), 1);
}

TEST(Standardizer, RefusesInfinity) {
  EXPECT_THROW(data::Standardizer().fit(tensor({{1.0}, {std::numeric_limits<double>::infinity()}}, kDouble)), Error);
}

TEST(Standardizer, UsesTheRowsItWasFittedOnOnly) {
  data::Standardizer standardizer;
  standardizer.fit(tensor({{1.0, 0.0}, {3.0, 4.0}}, kDouble));
  EXPECT_EQ(standardizer.transform(tensor({{5.0, 2.0}}, kDouble)).to_vector<double>(), (std::vector<double>{3, 0}));
}

TEST(Standardizer, LeavesConstantColumnsAtScaleOne) {
  for (double value : {0.0, 0.1, -1e300, 1e-300}) {
    const Tensor x = full({7, 1}, value, kDouble);
    const data::Standardizer standardizer = data::Standardizer().fit(x);
    EXPECT_EQ(standardizer.scale().item<double>(), 1) << value;
  }
}

TEST(Standardizer, TurnsItsOwnWorkBack) {
  const data::Standardizer standardizer = data::Standardizer().fit(rows());
  const auto back = standardizer.inverse_transform(standardizer.transform(rows())).to_vector<double>();
  for (std::size_t i = 0; i < back.size(); ++i) {
    EXPECT_NEAR(back[i], sklearn_golden::unscaled[i], 1e-15 * std::abs(sklearn_golden::unscaled[i])) << i;
  }
}

TEST(Standardizer, KeepsTheDtypeAndTheDigitsOfFloat) {
  const Tensor x = tensor({{16777216.0f}, {16777218.0f}});
  const Tensor z = data::Standardizer().fit(x).transform(x);
  EXPECT_EQ(z.dtype(), kFloat);
  EXPECT_EQ(z.to_vector<float>(), (std::vector<float>{-1, 1}));
  EXPECT_EQ(data::Standardizer().fit(arange(4).reshape({2, 2})).transform(arange(2).reshape({1, 2})).dtype(), kFloat);
}

TEST(Standardizer, PassesGradientsThrough) {
  const Tensor x = tensor({{1.0, 2.0}, {3.0, 6.0}}, TensorOptions(kDouble).requires_grad(true));
  const data::Standardizer standardizer = data::Standardizer().fit(x);
  EXPECT_FALSE(standardizer.mean().requires_grad());
  standardizer.transform(x).sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{1, 0.5, 1, 0.5}));
}

TEST(Standardizer, RejectsWhatItCannotScale) {
  data::Standardizer standardizer;
  EXPECT_THROW(standardizer.transform(zeros({2, 2})), Error);
  EXPECT_THROW(standardizer.fit(zeros({3})), ShapeError);
  EXPECT_THROW(standardizer.fit(zeros({0, 3})), ShapeError);
  EXPECT_FALSE(standardizer.mean().defined());
  standardizer.fit(zeros({2, 3}));
  EXPECT_THROW(standardizer.transform(zeros({2, 2})), ShapeError);
  EXPECT_THROW(standardizer.inverse_transform(zeros({3})), ShapeError);
}

}  // namespace
}  // namespace tapegrad
