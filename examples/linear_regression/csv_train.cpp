#include "csv_train.h"

#include <tapegrad/tapegrad.h>

#include <cmath>
#include <cstdio>
#include <filesystem>

#include "examples/common/gnuplot.h"
#include "examples/common/interrupt.h"
#include "least_squares.h"
#include "model_file.h"
#include "plots.h"
#include "problem.h"

using namespace tapegrad;

namespace {

// A weight for each standardised feature, then the intercept.
using Weights = std::vector<double>;

Tensor predicted(const Weights& weights, const Tensor& x) {
  const auto n = static_cast<std::int64_t>(weights.size()) - 1;
  const Tensor all = tensor(weights, kDouble).view({n + 1, 1});
  return x.mm(all.narrow(0, 0, n)) + all[n];
}

double mse(const Weights& weights, const Tensor& x, const Tensor& y) {
  return mse_loss(predicted(weights, x), y).item<double>();
}

// The share of the variance of y that is explained; NaN where y does not vary.
double r2(const Weights& weights, const Tensor& x, const Tensor& y) {
  const double variance = (y - y.mean()).square().mean().item<double>();
  return variance > 0.0 ? 1.0 - mse(weights, x, y) / variance : std::nan("");
}

Weights weights_of(const nn::Linear& model) {
  Weights weights = model->weight.to_vector<double>();
  weights.push_back(model->bias.item<double>());
  return weights;
}

struct Outcome {
  Weights weights;
  LossHistory history;   // for the picture only
  std::string diverged;  // what happened; empty: nothing did
  int epochs = 0;        // that are behind the weights
  int code = 0;          // of exit; other than 0 where the user ended the training
};

// One pass over the batches, unless it is interrupted; the mean of their losses.
template <class Loader>
double train_epoch(nn::Linear& model, optim::SGD& optimizer, const Loader& loader) {
  nn::MSELoss loss_fn;
  double sum = 0.0;
  std::int64_t n_rows = 0;
  for (auto& batch : loader) {
    if (examples::Interrupt::seen()) break;
    optimizer.zero_grad();
    auto loss = loss_fn(model->forward(batch.data), batch.target);
    loss.backward();
    optimizer.step();
    sum += loss.template item<double>() * static_cast<double>(batch.data.size(0));
    n_rows += batch.data.size(0);
  }
  return sum / static_cast<double>(n_rows);
}

std::string divergence(int epoch, double loss, double first_loss, double limit) {
  if (std::isfinite(loss) && loss <= limit) return "";
  char text[128];
  std::snprintf(text, sizeof text, "diverged: the loss is %.3g after epoch %d, it began at %.3g", loss, epoch,
                first_loss);
  return text;
}

// Weights in the table's own units, for standardised features.
void begin_with(nn::Linear& model, const LinearModel& saved, const Problem& problem) {
  const NoGradGuard no_grad;
  model->weight = saved.linear->weight * problem.standardizer.scale();
  model->bias = saved.linear(problem.standardizer.mean().view({1, -1})).view({1});
}

Outcome train(const Problem& problem, const Options& options) {
  const data::Split& rows = problem.rows;
  const std::int64_t n_train = rows.x_train.size(0);
  manual_seed(static_cast<std::uint64_t>(options.seed));
  nn::Linear model(rows.x_train.size(1), 1);
  model->to(kDouble);
  // From 0 the descent goes to the shortest of the best weights, as least_squares() does: what the rows say nothing of,
  // a constant column for one, keeps weight 0.
  nn::init::zeros_(model->weight);
  nn::init::zeros_(model->bias);
  if (!options.load.empty()) begin_with(model, load_model(options.load), problem);
  optim::SGD optimizer(model->parameters(), optim::SGDOptions(options.lr).momentum(options.momentum));
  const bool all = options.batch_size == 0 || options.batch_size >= n_train;
  auto loader = data::make_data_loader(data::TensorDataset(rows.x_train, rows.y_train),
                                       {.batch_size = all ? n_train : options.batch_size, .shuffle = !all});

  Outcome outcome;
  const auto look_at_model = [&] {
    outcome.weights = weights_of(model);
    if (options.plot.empty()) return;
    outcome.history.train.push_back(mse(outcome.weights, rows.x_train, rows.y_train));
    outcome.history.test.push_back(mse(outcome.weights, rows.x_test, rows.y_test));
  };
  look_at_model();
  const double first_loss = mse(outcome.weights, rows.x_train, rows.y_train);
  const examples::Interrupt interrupt;
  data::Progress progress(options.epochs, {.label = "train", .samples = n_train});
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    const double loss = train_epoch(model, optimizer, loader);
    if (examples::Interrupt::seen()) {
      outcome.code = examples::Interrupt::exit_code();
      return outcome;
    }
    // With momentum a stable run may overshoot at first, but not by a thousand times.
    outcome.diverged = divergence(epoch, loss, first_loss, 1e3 * first_loss);
    if (!outcome.diverged.empty()) return outcome;
    progress.set("loss", loss);
    progress.step();
    look_at_model();
    outcome.epochs = epoch;
  }
  const double last_loss = mse(outcome.weights, rows.x_train, rows.y_train);
  outcome.diverged = divergence(options.epochs, last_loss, first_loss, first_loss * (1 + 1e-9));
  return outcome;
}

void print_result(const char* name, const Weights& weights, const data::Split& rows) {
  std::printf("result %s train_mse=%.6g test_mse=%.6g train_r2=%.4f test_r2=%.4f\n", name,
              mse(weights, rows.x_train, rows.y_train), mse(weights, rows.x_test, rows.y_test),
              r2(weights, rows.x_train, rows.y_train), r2(weights, rows.x_test, rows.y_test));
}

// For the table's own units: y = intercept + sum(coefficient * column).
std::vector<std::pair<std::string, double>> in_own_units(const Problem& problem, const Weights& weights) {
  const auto mean = problem.standardizer.mean().to_vector<double>();
  const auto scale = problem.standardizer.scale().to_vector<double>();
  std::vector<std::pair<std::string, double>> values = {{"intercept", weights.back()}};
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double coefficient = weights[i] / scale[i];
    values[0].second -= coefficient * mean[i];
    values.emplace_back(problem.features[i], coefficient);
  }
  return values;
}

void draw(const Options& options, const Problem& problem, const LossHistory& history, const Weights& best) {
  if (!examples::ready_to_draw(options.plot)) return;
  const std::filesystem::path file = std::filesystem::path(options.csv).filename();
  draw_loss(options.plot, "Predicting " + options.target + " of " + file.string(), history,
            mse(best, problem.rows.x_train, problem.rows.y_train));
}

void print_problem(const Problem& problem, const Options& options) {
  const std::size_t n_features = problem.features.size();
  std::printf("%s: %lld rows (%lld to train on, %lld to test), %zu feature%s, target '%s'\n", options.csv.c_str(),
              static_cast<long long>(problem.n_rows), static_cast<long long>(problem.rows.x_train.size(0)),
              static_cast<long long>(problem.rows.x_test.size(0)), n_features, n_features == 1 ? "" : "s",
              options.target.c_str());
}

// The Hessian of the loss is 2/n a^T a: its largest eigenvalue comes with the least squares. With momentum see Polyak
// (1964).
std::string stability(const LeastSquares& exact, std::int64_t n_train, const Options& options) {
  const double lambda_max =
      2.0 * exact.largest_singular_value * exact.largest_singular_value / static_cast<double>(n_train);
  char text[80];
  std::snprintf(text, sizeof text, "%s / lambda_max = %.4f", options.momentum > 0.0 ? "2 (1 + momentum)" : "2",
                2.0 * (1.0 + options.momentum) / lambda_max);
  return text;
}

}  // namespace

int train_on_csv(const Options& options) {
  const Problem problem = load_problem(options);
  const data::Split& rows = problem.rows;
  print_problem(problem, options);
  const Tensor with_ones = cat({rows.x_train, ones({rows.x_train.size(0), 1}, kDouble)}, 1);
  const LeastSquares exact = least_squares(with_ones, rows.y_train);
  const std::string stable = stability(exact, rows.x_train.size(0), options);
  std::printf("stable below lr %s over the training rows; lr is %g\n", stable.c_str(), options.lr);

  const Outcome outcome = train(problem, options);
  if (!outcome.diverged.empty()) {
    std::fflush(stdout);
    std::fprintf(stderr, "linear_regression: %s; gradient descent is stable below lr %s%s, --lr was %g\n",
                 outcome.diverged.c_str(), stable.c_str(), options.batch_size == 0 ? "" : ", small batches below less",
                 options.lr);
    return 1;
  }
  if (outcome.code != 0) {
    std::fflush(stdout);
    std::fprintf(stderr, "linear_regression: interrupted after %d of %d epochs%s\n", outcome.epochs, options.epochs,
                 outcome.epochs == 0 ? "; nothing is saved" : "");
    if (outcome.epochs == 0) return outcome.code;
  }
  print_result("gradient_descent", outcome.weights, rows);
  print_result("least_squares", exact.solution, rows);
  if (!options.save.empty()) {
    const auto values = in_own_units(problem, outcome.weights);
    save_model(options.save, values, options.target);
    std::printf("saved %s\n", options.save.c_str());
  }
  if (!options.plot.empty()) draw(options, problem, outcome.history, exact.solution);
  return outcome.code;
}
