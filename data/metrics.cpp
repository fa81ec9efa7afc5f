// Measures of predicted labels.
#include <tapegrad/data/metrics.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "autograd/core/text.h"
#include "data/detail/inputs.h"

namespace tapegrad::data::metrics {

using namespace detail;  // NOLINT(google-build-using-namespace): what the measures take

namespace {

std::vector<std::int64_t> present_classes(const std::vector<std::int64_t>& a, std::vector<std::int64_t> b) {
  b.insert(b.end(), a.begin(), a.end());
  return classes_of(std::move(b));
}

// What is known of the classes: by class its rows that are predicted as it, rows predicted as it, and rows.
struct Counts {
  std::vector<double> hits, predicted, rows;
  double total(const std::vector<double>& of) const { return std::accumulate(of.begin(), of.end(), 0.0); }
};

Counts count(const char* op, const Tensor& y_true, const Tensor& y_pred, const ScoreOptions& o, bool binary) {
  const std::vector<std::int64_t> truth = labels_of(op, y_true), guess = labels_of(op, y_pred);
  check_rows(op, truth.size(), guess.size());
  const std::vector<double> weights = weights_of(op, o.sample_weight, truth.size());
  if (o.zero_division != 0 && o.zero_division != 1)
    core::throw_value(op, "Got zero_division=", o.zero_division, ". Must be one of [0, 1]; give one of these");
  const std::vector<std::int64_t> present = present_classes(truth, guess);
  if (binary && present.size() > 2) {
    core::throw_value(op, "Target is multiclass but average is binary. Please choose another average setting, one of ",
                      "kMicro, kMacro, kWeighted; or compare with the class in question");
  }
  if (binary && present.size() == 2 && !std::binary_search(present.begin(), present.end(), o.pos_label)) {
    core::throw_value(op, "pos_label=", o.pos_label, " is not a valid label. It should be one of ", IntList(present),
                      "; give one of these");
  }
  const std::vector<std::int64_t> classes = binary ? std::vector{o.pos_label} : o.labels.empty() ? present : o.labels;

  std::map<std::int64_t, std::array<double, 3>> by_class;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    by_class[truth[i]][0] += truth[i] == guess[i] ? weights[i] : 0.0;
    by_class[guess[i]][1] += weights[i];
    by_class[truth[i]][2] += weights[i];
  }
  Counts counts;
  for (const std::int64_t c : classes) {
    counts.hits.push_back(by_class[c][0]);
    counts.predicted.push_back(by_class[c][1]);
    counts.rows.push_back(by_class[c][2]);
  }
  return counts;
}

struct Scores {
  double precision, recall, f1;
};

Scores scores_of(double hits, double predicted, double rows, double zero_division) {
  const double precision = predicted == 0 ? zero_division : hits / predicted;
  const double recall = rows == 0 ? zero_division : hits / rows, sum = precision + recall;
  return {precision, recall, 2 * precision * recall / (sum == 0 ? 1 : sum)};
}

double score(const char* op, const Tensor& y_true, const Tensor& y_pred, const ScoreOptions& o, double Scores::*which) {
  Counts counts = count(op, y_true, y_pred, o, o.average == Average::kBinary);
  const double hits = counts.total(counts.hits), predicted = counts.total(counts.predicted),
               rows = counts.total(counts.rows);
  if (o.average == Average::kMicro) counts = {{hits}, {predicted}, {rows}};
  if (o.average == Average::kWeighted && rows == 0) {  // nothing to weight by
    const double all = predicted == 0 ? o.zero_division : 0;
    return Scores{all, o.zero_division, all}.*which;
  }
  std::vector<double> values, weights(counts.rows.size(), 1.0);
  for (std::size_t c = 0; c < counts.rows.size(); ++c)
    values.push_back(scores_of(counts.hits[c], counts.predicted[c], counts.rows[c], o.zero_division).*which);
  return average(op, values, o.average == Average::kWeighted ? counts.rows : weights);
}

}  // namespace

double accuracy_score(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  constexpr const char* kOp = "accuracy_score";
  const std::vector<std::int64_t> truth = labels_of(kOp, y_true), guess = labels_of(kOp, y_pred);
  check_rows(kOp, truth.size(), guess.size());
  std::vector<double> hits;
  for (std::size_t i = 0; i < truth.size(); ++i) hits.push_back(truth[i] == guess[i] ? 1.0 : 0.0);
  return average(kOp, hits, weights_of(kOp, sample_weight, truth.size()));
}

Tensor confusion_matrix(const Tensor& y_true, const Tensor& y_pred, const ConfusionOptions& options) {
  constexpr const char* kOp = "confusion_matrix";
  const std::vector<std::int64_t> truth = labels_of(kOp, y_true), guess = labels_of(kOp, y_pred);
  check_rows(kOp, truth.size(), guess.size());
  const std::vector<double> weights = weights_of(kOp, options.sample_weight, truth.size());
  const std::vector<std::int64_t> labels = options.labels.empty() ? present_classes(truth, guess) : options.labels;
  std::map<std::int64_t, std::int64_t> place;
  for (std::size_t i = 0; i < labels.size(); ++i) place[labels[i]] = static_cast<std::int64_t>(i);
  if (std::none_of(truth.begin(), truth.end(), [&](std::int64_t label) { return place.contains(label); }))
    core::throw_value(kOp, "At least one label specified must be in y_true; give labels that occur");

  const auto size = static_cast<std::int64_t>(labels.size());
  Tensor matrix = zeros({size, size}, kDouble);
  auto* const cells = matrix.data_ptr<double>();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const auto row = place.find(truth[i]), column = place.find(guess[i]);
    if (row != place.end() && column != place.end()) cells[row->second * size + column->second] += weights[i];
  }
  if (options.normalize == Normalize::kNone) {
    const bool counts = !options.sample_weight.defined() || !options.sample_weight.is_floating_point();
    return counts ? matrix.to(kLong) : matrix;
  }
  const Tensor sums = options.normalize == Normalize::kTrue   ? matrix.sum(1, true)
                      : options.normalize == Normalize::kPred ? matrix.sum(0, true)
                                                              : matrix.sum();
  return where(sums == 0, zeros_like(matrix), matrix / sums);
}

double precision_score(const Tensor& y_true, const Tensor& y_pred, const ScoreOptions& options) {
  return score("precision_score", y_true, y_pred, options, &Scores::precision);
}
double recall_score(const Tensor& y_true, const Tensor& y_pred, const ScoreOptions& options) {
  return score("recall_score", y_true, y_pred, options, &Scores::recall);
}
double f1_score(const Tensor& y_true, const Tensor& y_pred, const ScoreOptions& options) {
  return score("f1_score", y_true, y_pred, options, &Scores::f1);
}

ClassScores precision_recall_fscore_support(const Tensor& y_true, const Tensor& y_pred, const ScoreOptions& options) {
  const Counts counts = count("precision_recall_fscore_support", y_true, y_pred, options, false);
  std::vector<double> precision, recall, fscore;
  for (std::size_t c = 0; c < counts.rows.size(); ++c) {
    const Scores s = scores_of(counts.hits[c], counts.predicted[c], counts.rows[c], options.zero_division);
    precision.push_back(s.precision);
    recall.push_back(s.recall);
    fscore.push_back(s.f1);
  }
  return {tensor(precision, kDouble), tensor(recall, kDouble), tensor(fscore, kDouble), tensor(counts.rows, kDouble)};
}

}  // namespace tapegrad::data::metrics
