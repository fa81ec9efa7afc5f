#include "main_job.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "four_ways.h"
#include "plots.h"
#include "reference.h"
#include "stability.h"

using namespace tapegrad;

namespace {

struct Data {
  Tensor x;          // all rows
  data::Split rows;  // 80 to train on, 20 to test
};

Data make_data(Dtype dtype) {
  auto [x, y] = data::make_regression(
      {.n_samples = 100, .n_features = 1, .noise = 5.0, .random_state = 2, .coef = nullptr, .dtype = dtype});
  return {x, data::train_test_split(x, y, {.test_size = 0.2, .random_state = 0})};
}

// The largest relative difference of slope or intercept at any step.
double largest_difference(const Fit& a, const Fit& b) {
  const auto relative = [](double p, double q) {
    return p == q ? 0.0 : std::abs(p - q) / std::max(std::abs(p), std::abs(q));
  };
  double largest = 0.0;
  for (std::size_t i = 0; i < a.path.size(); ++i) {
    const Line p = a.path[i], q = b.path[i];
    for (double d : {relative(p.slope, q.slope), relative(p.intercept, q.intercept)}) {
      largest = d <= largest ? largest : d;  // keeps a NaN
    }
  }
  return largest;
}

// Hand-derived and automatic gradients must walk the same path.
bool check_agreement(Dtype dtype, const char* name, double limit) {
  const data::Split rows = make_data(dtype).rows;
  const Fit by_hand = fit_from_scratch(rows.x_train, rows.y_train, {});
  const Fit by_tape = fit_module(rows.x_train, rows.y_train, {});
  const double difference = largest_difference(by_hand, by_tape);
  const bool good = by_hand.path.size() == by_tape.path.size() && difference <= limit;
  std::printf(
      "check from_scratch = module at each of %zu steps, %s: largest relative difference %.1e (limit %.0e) %s\n",
      by_hand.path.size() - 1, name, difference, limit, good ? "ok" : "FAILED");
  return good;
}

std::vector<Fit> fit_all(const Tensor& x, const Tensor& y) {
  const Recipe recipe;
  const auto with_progress = [&](const char* name, auto fit) {
    data::Progress progress(recipe.epochs, {.label = name, .samples = x.size(0), .plain_lines = 0});
    return fit(x, y, recipe, &progress);
  };
  return {with_progress("from_scratch", fit_from_scratch), with_progress("module", fit_module),
          with_progress("linear", fit_linear), fit_closed_form(x, y)};
}

void print_epochs(const std::vector<Fit>& fits, const data::Split& rows) {
  std::printf("\ntrain MSE after each epoch\nepoch");
  for (const Fit& fit : fits) std::printf("  %12s", fit.name.c_str());
  const auto epochs = static_cast<std::size_t>(Recipe().epochs);
  for (std::size_t epoch = 0; epoch <= epochs; ++epoch) {
    std::printf("\n%5zu", epoch);
    for (const Fit& fit : fits) {
      const std::size_t step = (fit.path.size() - 1) / epochs * epoch;
      std::printf("  %12.5f", mse(fit.path[step], rows.x_train, rows.y_train));
    }
  }
  std::printf("\n\n");
}

void print_results(const std::vector<Fit>& fits, const data::Split& rows) {
  for (const Fit& fit : fits) {
    std::printf("result %s slope=%.6f intercept=%.6f train_mse=%.6f test_mse=%.6f\n", fit.name.c_str(),
                fit.line().slope, fit.line().intercept, mse(fit.line(), rows.x_train, rows.y_train),
                mse(fit.line(), rows.x_test, rows.y_test));
  }
  std::printf("true slope=%.8f\n", kTrueSlope);
  for (const Reference& r : kReferences) {
    std::printf("reference %s slope=%.6f intercept=%.6f train_mse=%.6f test_mse=%.6f\n", r.name, r.slope, r.intercept,
                r.train_mse, r.test_mse);
  }
  std::printf(
      "published from_scratch slope=60.134 intercept=-0.009 test_mse=21.18 (their split and shuffles were unseeded)\n"
      "published SGDRegressor slope=60.045 intercept=-0.052 test_mse=21.32\n"
      "published PyTorch slope=59.928 intercept=0.703 test_mse=20.87\n");
}

void print_stability(const Data& all) {
  std::printf("stability limit 2/lambda_max: %.4f over all rows, %.4f over the training rows\n", stability_limit(all.x),
              stability_limit(all.rows.x_train));
}

}  // namespace

int run_main_job(const Options& options) {
  const Data all = make_data(kFloat);
  const data::Split& rows = all.rows;
  const Recipe recipe;
  std::printf("make_regression: %lld rows, %lld to train on, %lld to test; batch %lld, lr %g, %d epochs, f32\n",
              static_cast<long long>(all.x.size(0)), static_cast<long long>(rows.x_train.size(0)),
              static_cast<long long>(rows.x_test.size(0)), static_cast<long long>(recipe.batch_size), recipe.lr,
              recipe.epochs);
  const std::vector<Fit> fits = fit_all(rows.x_train, rows.y_train);
  print_epochs(fits, rows);
  print_results(fits, rows);
  print_stability(all);
  const bool good_f64 = check_agreement(kDouble, "f64", 1e-12), good_f32 = check_agreement(kFloat, "f32", 1e-4);
  if (!options.plot.empty()) draw_main_job(options.plot, all.x, rows, fits);
  return good_f64 && good_f32 ? 0 : 1;
}
