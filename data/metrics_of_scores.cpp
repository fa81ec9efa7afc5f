// Measures of scores, probabilities and numbers.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <tapegrad/data/metrics.h>

#include "autograd/core/text.h"
#include "data/detail/inputs.h"

namespace tapegrad::data::metrics {

using namespace detail;  // NOLINT(google-build-using-namespace): what the measures take

namespace {

// The column of each row's class, of which truth is the label.
std::vector<std::int64_t> columns_of(const char* op, std::vector<std::int64_t> truth, std::int64_t columns,
                                     const std::vector<std::int64_t>& labels) {
  const std::vector<std::int64_t> classes = labels.empty() ? classes_of(truth) : labels;
  if (classes != classes_of(classes))
    core::throw_value(op, "Parameter 'labels' must be unique and ordered, got ", IntList(labels), "; sort them");
  const auto count = static_cast<std::int64_t>(classes.size());
  if (labels.empty() && count < columns && classes.front() >= 0 && classes.back() < columns) return truth;
  if (count != columns)
    core::throw_value(op, labels.empty() ? "Number of classes in 'y_true' (" : "Number of given labels (", count,
                      ") not equal to the number of classes in 'y_score' (", columns,
                      "); name the class of each column in labels");
  for (std::int64_t& label : truth) {
    const auto at = std::lower_bound(classes.begin(), classes.end(), label);
    if (at == classes.end() || *at != label)
      core::throw_value(op, "'y_true' contains ", label, ", not in parameter 'labels'; name every class");
    label = at - classes.begin();
  }
  return truth;
}

// [n, columns], row by row; one column is that of the second of two classes.
std::vector<double> scores_of(const char* op, const Tensor& y, std::int64_t* columns) {
  *columns = y.dim() == 2 ? y.size(1) : 1;
  return outputs_of(op, y, *columns);
}

// mean of `error` over rows, averaged over outputs.
template <class Error>
double mean_error(const char* op, const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight,
                  const Error& error) {
  std::int64_t outputs = 1;
  const std::vector<double> truth = scores_of(op, y_true, &outputs), guess = outputs_of(op, y_pred, outputs);
  const auto width = static_cast<std::size_t>(outputs), n = truth.size() / width;
  check_rows(op, n, guess.size() / width);
  std::vector<double> errors(n, 0.0);
  for (std::size_t i = 0; i < truth.size(); ++i)
    errors[i / width] += error(truth[i] - guess[i]) / static_cast<double>(width);
  return average(op, errors, weights_of(op, sample_weight, n));
}

}  // namespace

double top_k_accuracy_score(const Tensor& y_true, const Tensor& y_score, std::int64_t k,
                            const ProbabilityOptions& options) {
  constexpr const char* kOp = "top_k_accuracy_score";
  if (k < 1) core::throw_value(kOp, "k should be 1 or more, but got k=", k, "; give such a number");
  std::int64_t columns = 1;
  const std::vector<double> scores = scores_of(kOp, y_score, &columns);
  const std::vector<std::int64_t> truth =
      columns_of(kOp, labels_of(kOp, y_true), std::max<std::int64_t>(columns, 2), options.labels);
  check_rows(kOp, truth.size(), scores.size() / static_cast<std::size_t>(columns));

  const auto [least, most] = std::minmax_element(scores.begin(), scores.end());
  const double threshold = *least >= 0 && *most <= 1 ? 0.5 : 0;
  std::vector<double> hits;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (columns == 1) {
      hits.push_back(k > 1 || (scores[i] > threshold) == (truth[i] == 1) ? 1.0 : 0.0);
      continue;
    }
    const double* const row = scores.data() + static_cast<std::int64_t>(i) * columns;
    std::int64_t before = 0;
    for (std::int64_t c = 0; c < columns; ++c)
      before += row[c] > row[truth[i]] || (row[c] == row[truth[i]] && c > truth[i]) ? 1 : 0;
    hits.push_back(before < k ? 1.0 : 0.0);
  }
  return average(kOp, hits, weights_of(kOp, options.sample_weight, truth.size()));
}

double log_loss(const Tensor& y_true, const Tensor& y_pred, const ProbabilityOptions& options) {
  constexpr const char* kOp = "log_loss";
  std::int64_t columns = 1;
  const std::vector<double> given = scores_of(kOp, y_pred, &columns);
  const std::int64_t classes = std::max<std::int64_t>(columns, 2);
  const std::vector<std::int64_t> labels = labels_of(kOp, y_true);
  if (options.labels.empty() && classes_of(labels).size() == 1) {
    core::throw_value(kOp, "y_true contains only one label (", labels.front(),
                      "). Please provide the true labels explicitly through the labels argument; as {0, 1}");
  }
  const std::vector<std::int64_t> truth = columns_of(kOp, labels, classes, options.labels);
  check_rows(kOp, truth.size(), given.size() / static_cast<std::size_t>(columns));
  const int digits = y_pred.dtype() == kHalf       ? 10
                     : y_pred.dtype() == kBFloat16 ? 7
                     : y_pred.dtype() == kFloat    ? 23
                                                   : 52;
  const double eps = std::ldexp(1.0, -digits);

  std::vector<double> losses;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    double total = 0, own = 0;
    for (std::int64_t c = 0; c < classes; ++c) {
      const double p = std::clamp(
          given[i * static_cast<std::size_t>(columns) + static_cast<std::size_t>(columns == 1 ? 0 : c)], eps, 1 - eps);
      const double probability = columns == 1 && c == 0 ? 1 - p : p;
      total += probability;
      if (c == truth[i]) own = probability;
    }
    losses.push_back(-std::log(own / total));
  }
  return average(kOp, losses, weights_of(kOp, options.sample_weight, truth.size()));
}

double roc_auc_score(const Tensor& y_true, const Tensor& y_score, const Tensor& sample_weight) {
  constexpr const char* kOp = "roc_auc_score";
  const std::vector<std::int64_t> truth = labels_of(kOp, y_true), classes = classes_of(truth);
  const std::vector<double> scores = column_of(kOp, y_score);
  check_rows(kOp, truth.size(), scores.size());
  const std::vector<double> weights = weights_of(kOp, sample_weight, truth.size());
  if (classes.size() != 2)
    core::throw_value(kOp,
                      classes.size() == 1
                          ? "Only one class present in y_true. ROC AUC score is not defined in that case"
                          : "multiclass is not supported",
                      "; give rows of two classes");

  std::vector<std::size_t> order(truth.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  double positive = 0, negative = 0, area = 0;  // weights of what scores higher; the area in their product
  for (std::size_t i = 0; i < order.size();) {
    const double score = scores[order[i]], above = positive;
    double width = 0;
    for (; i < order.size() && scores[order[i]] == score; ++i)
      (truth[order[i]] == classes[1] ? positive : width) += weights[order[i]];
    negative += width;
    area += width * (above + positive) / 2;
  }
  return positive > 0 && negative > 0 ? area / (positive * negative) : std::numeric_limits<double>::quiet_NaN();
}

double r2_score(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  constexpr const char* kOp = "r2_score";
  std::int64_t outputs = 1;
  const std::vector<double> truth = scores_of(kOp, y_true, &outputs), guess = outputs_of(kOp, y_pred, outputs);
  const auto width = static_cast<std::size_t>(outputs), n = truth.size() / width;
  check_rows(kOp, n, guess.size() / width);
  const std::vector<double> weights = weights_of(kOp, sample_weight, n);
  if (n < 2) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (std::size_t o = 0; o < width; ++o) {
    std::vector<double> column;
    for (std::size_t i = 0; i < n; ++i) column.push_back(truth[i * width + o]);
    const double mean = average(kOp, column, weights);
    double missed = 0, spread = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double error = column[i] - guess[i * width + o], distance = column[i] - mean;
      missed += weights[i] * (error * error);
      spread += weights[i] * (distance * distance);
    }
    sum += missed == 0 ? 1 : spread == 0 ? 0 : 1 - missed / spread;
  }
  return sum / static_cast<double>(outputs);
}

double mean_absolute_error(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  return mean_error("mean_absolute_error", y_true, y_pred, sample_weight, [](double e) { return std::abs(e); });
}
double mean_squared_error(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  return mean_error("mean_squared_error", y_true, y_pred, sample_weight, [](double e) { return e * e; });
}

}  // namespace tapegrad::data::metrics
