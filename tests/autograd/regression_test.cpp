// The regression's gradients against the two formulas that are derived by hand:
// dL/dslope = mean(-2 x (y - y_hat)), dL/dintercept = mean(-2 (y - y_hat)).
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {
namespace {

struct Line {
  Tensor x, y, slope, intercept;
  explicit Line(Dtype d, std::int64_t n = 80) {
    manual_seed(2);
    x = randn({n, 1}, d);
    y = x * 60.8 + randn({n, 1}, d) * 5;
    slope = full({}, -10.0, d).requires_grad_();
    intercept = full({}, 9.0, d).requires_grad_();
  }
  Tensor predict() const { return x * slope + intercept; }
};

// The two formulas in long double over the elements.
struct Partials {
  long double slope = 0, intercept = 0, loss = 0;
  long double slope_scale = 0, intercept_scale = 0;  // the same sums of absolute values
  explicit Partials(const Line& l) {
    const std::vector<double> x = l.x.to_vector<double>(), y = l.y.to_vector<double>();
    const long double a = l.slope.item<double>(), b = l.intercept.item<double>();
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double error = y[i] - (a * x[i] + b);
      slope += -2 * x[i] * error;
      intercept += -2 * error;
      slope_scale += std::abs(2 * x[i] * error);
      intercept_scale += std::abs(2 * error);
      loss += error * error;
    }
    const long double n = static_cast<long double>(x.size());
    slope /= n;
    intercept /= n;
    slope_scale /= n;
    intercept_scale /= n;
    loss /= n;
  }
};

void expect_close(double got, long double want, long double tolerance) {
  EXPECT_LE(std::abs(got - want), tolerance * std::abs(want)) << got << ", expected " << want;
}

TEST(Regression, HasTheGradientsOfTheFormulas) {
  for (const Dtype d : {kDouble, kFloat}) {
    const long double tolerance = d == kDouble ? 1e-12L : 1e-5L;
    for (const std::int64_t n : {1, 2, 32, 80, 1024}) {
      const Line line(d, n);
      const Partials want(line);
      const Tensor loss = mse_loss(line.predict(), line.y);
      loss.backward();
      expect_close(loss.item<double>(), want.loss, tolerance);
      expect_close(line.slope.grad().item<double>(), want.slope, tolerance);
      expect_close(line.intercept.grad().item<double>(), want.intercept, tolerance);
    }
  }
}

TEST(Regression, HasTheSameGradientsHoweverTheLossIsWritten) {
  const Line line(kDouble);
  const Partials want(line);
  const std::vector<Tensor> losses = {
      mse_loss(line.predict(), line.y),
      (line.predict() - line.y).square().mean(),
      pow(line.y - line.predict(), 2).mean(),
      ((line.y - line.predict()) * (line.y - line.predict())).sum() / 80,
      mse_loss(linear(line.x, line.slope.view({1, 1}), line.intercept.view(1)), line.y),
      mse_loss(addmm(line.intercept, line.x, line.slope.view({1, 1})), line.y),
  };
  for (std::size_t i = 0; i < losses.size(); ++i) {
    SCOPED_TRACE("loss " + std::to_string(i));
    line.slope.zero_grad();
    line.intercept.zero_grad();
    losses[i].backward();
    expect_close(line.slope.grad().item<double>(), want.slope, 1e-12L);
    expect_close(line.intercept.grad().item<double>(), want.intercept, 1e-12L);
  }
}

TEST(Regression, AgreesWithTheFormulasAtEveryStepOfDescent) {
  for (const Dtype d : {kDouble, kFloat}) {
    const Line line(d);
    for (int step = 0; step < 60; ++step) {
      const Partials want(line);
      mse_loss(line.predict(), line.y).backward();
      const NoGradGuard off;
      const long double tolerance = d == kDouble ? 1e-12L : 1e-5L;
      EXPECT_LE(std::abs(line.slope.grad().item<double>() - want.slope), tolerance * want.slope_scale) << step;
      EXPECT_LE(std::abs(line.intercept.grad().item<double>() - want.intercept), tolerance * want.intercept_scale)
          << step;
      line.slope.sub_(line.slope.grad(), 0.1);
      line.intercept.sub_(line.intercept.grad(), 0.1);
      line.slope.zero_grad();
      line.intercept.zero_grad();
    }
    EXPECT_NEAR(line.slope.item<double>(), 60.8, 2);
  }
}

TEST(Regression, HasTheHessianOfTheFormulas) {
  // d2L/dslope2 = 2 mean(x^2), d2L/dslope dintercept = 2 mean(x), d2L/dintercept2 = 2
  const Line line(kDouble);
  const Tensor loss = mse_loss(line.predict(), line.y);
  const auto g = autograd::grad({loss}, {line.slope, line.intercept}, {}, std::nullopt, /*create_graph=*/true);
  const auto first = autograd::grad({g[0]}, {line.slope, line.intercept}, {}, /*retain_graph=*/true);
  const auto second = autograd::grad({g[1]}, {line.slope, line.intercept});
  expect_close(first[0].item<double>(), 2 * (line.x * line.x).mean().item<double>(), 1e-12L);
  expect_close(first[1].item<double>(), 2 * line.x.mean().item<double>(), 1e-12L);
  expect_close(second[0].item<double>(), first[1].item<double>(), 1e-12L);
  expect_close(second[1].item<double>(), 2, 1e-12L);
}

}  // namespace
}  // namespace tapegrad::test
