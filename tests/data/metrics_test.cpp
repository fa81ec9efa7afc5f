#include <tapegrad/data/metrics.h>
#include <tapegrad/testing.h>

#include "metrics_golden.h"
#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

namespace metrics = data::metrics;
using metrics::Average;

Tensor optional(const std::vector<double>& weight) { return weight.empty() ? Tensor() : tensor(weight, kDouble); }

// Sums of at most 30 terms of one sign round by less than 30 * 2^-53 relative, a quotient of two by twice that, and a
// mean of such by once more.
void expect_near(const std::vector<double>& got, const std::vector<double>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], wanted[i], 1e-14 * std::max(1.0, std::abs(wanted[i]))) << i;
}
void append(std::vector<double>& to, const Tensor& x) {
  for (const double v : x.to_vector<double>()) to.push_back(v);
}

TEST(Metrics, OfLabelsAreScikitLearns) {
  for (const metrics_golden::Labels& g : metrics_golden::labels) {
    SCOPED_TRACE(&g - metrics_golden::labels.data());
    const Tensor truth = tensor(g.y_true), guess = tensor(g.y_pred), weight = optional(g.weight);
    expect_near({metrics::accuracy_score(truth, guess, weight)}, {g.accuracy});
    std::vector<double> averaged, binary, by_class, confusion;
    for (const double zero : {0.0, 1.0}) {
      metrics::ScoreOptions options{.zero_division = zero, .labels = g.labels, .sample_weight = weight};
      for (const auto f : {metrics::precision_score, metrics::recall_score, metrics::f1_score}) {
        for (const Average average : {Average::kMacro, Average::kMicro, Average::kWeighted}) {
          options.average = average;
          averaged.push_back(f(truth, guess, options));
        }
        options.average = Average::kBinary;
        if (!g.binary.empty()) binary.push_back(f(truth, guess, options));
      }
    }
    const auto scores =
        metrics::precision_recall_fscore_support(truth, guess, {.labels = g.labels, .sample_weight = weight});
    for (const Tensor& x : {scores.precision, scores.recall, scores.fscore, scores.support}) append(by_class, x);
    for (const auto n :
         {metrics::Normalize::kNone, metrics::Normalize::kTrue, metrics::Normalize::kPred, metrics::Normalize::kAll}) {
      append(confusion, metrics::confusion_matrix(truth, guess, {g.labels, weight, n}));
    }
    expect_near(averaged, g.averaged);
    expect_near(binary, g.binary);
    expect_near(by_class, g.by_class);
    expect_near(confusion, g.confusion);
  }
}

TEST(Metrics, OfScoresAreScikitLearns) {
  for (const metrics_golden::Scores& g : metrics_golden::scores) {
    SCOPED_TRACE(&g - metrics_golden::scores.data());
    const Tensor truth = tensor(g.y_true), weight = optional(g.weight);
    Tensor score = tensor(g.y_score, kDouble);
    std::vector<double> values;
    if (g.columns == 1) values.push_back(metrics::roc_auc_score(truth, score, weight));
    if (g.columns > 1) score = score.reshape({-1, g.columns});
    for (std::int64_t k = 1; k <= std::max<std::int64_t>(g.columns, 2); ++k)
      values.push_back(metrics::top_k_accuracy_score(truth, score, k, {g.labels, weight}));
    values.push_back(metrics::log_loss(truth, score, {g.labels, weight}));
    expect_near(values, g.values);
  }
}

TEST(Metrics, OfNumbersAreScikitLearns) {
  for (const metrics_golden::Numbers& g : metrics_golden::numbers) {
    SCOPED_TRACE(&g - metrics_golden::numbers.data());
    const Tensor y = tensor(g.y_true, kDouble).reshape({-1, g.outputs}),
                 p = tensor(g.y_pred, kDouble).reshape({-1, g.outputs}), weight = optional(g.weight);
    expect_near({metrics::r2_score(y, p, weight), metrics::mean_absolute_error(y, p, weight),
                 metrics::mean_squared_error(y, p, weight)},
                g.values);
  }
  EXPECT_TRUE(std::isnan(metrics::r2_score(tensor({1.0}), tensor({2.0}))));
}

TEST(Metrics, TakeWhatAModelGives) {
  const Tensor logits = tensor({{2.0, 1.0}, {0.0, 3.0}, {1.0, 0.5}}).requires_grad_();
  const Tensor truth = tensor({0, 1, 1});
  EXPECT_EQ(metrics::accuracy_score(truth, logits.argmax(1)), 2.0 / 3);
  EXPECT_EQ(metrics::top_k_accuracy_score(truth, logits, 1),
            2.0 / 3);  // two classes in two columns, as a model has them
  EXPECT_EQ(metrics::accuracy_score(truth.to(kFloat).unsqueeze(1), logits.argmax(1).to(kInt)), 2.0 / 3);
  EXPECT_EQ(metrics::mean_absolute_error(tensor({1.0, 2.0}), tensor({{2.0}, {2.0}}).requires_grad_()), 0.5);
  EXPECT_EQ(metrics::confusion_matrix(truth, truth).dtype(), kLong);
  EXPECT_EQ(metrics::confusion_matrix(truth, truth, {.sample_weight = tensor({1, 2, 3})}).dtype(), kLong);
  EXPECT_EQ(metrics::confusion_matrix(truth, truth, {.sample_weight = tensor({1.0, 2.0, 3.0})}).dtype(), kDouble);
}

TEST(Metrics, ColumnsAreTheClassesFrom0WhereSomeDoNotOccur) {
  const Tensor scores = tensor({{0.1, 0.7, 0.2}, {0.2, 0.2, 0.6}}, kDouble);
  EXPECT_EQ(metrics::top_k_accuracy_score(tensor({1, 2}), scores, 1), 1);
  EXPECT_EQ(metrics::log_loss(tensor({1, 2}), scores),
            metrics::log_loss(tensor({1, 2}), scores, {.labels = {0, 1, 2}}));
}

TEST(Metrics, LogLossClipsByTheEpsOfTheDtype) {
  for (const auto& [dtype, bits] : {std::pair{kHalf, 10}, {kFloat, 23}, {kDouble, 52}}) {
    const Tensor p = tensor({0.0, 1.0}).to(dtype);
    EXPECT_NEAR(metrics::log_loss(tensor({1, 0}), p), bits * std::log(2.0), 1e-14);
    EXPECT_NEAR(metrics::log_loss(tensor({0, 1}), p), std::ldexp(1.0, -bits), std::ldexp(1.0, -2 * bits));
  }
}

TEST(Metrics, RocAucHasNoValueWhereAClassWeighsNothing) {
  EXPECT_TRUE(std::isnan(metrics::roc_auc_score(tensor({0, 1}), tensor({0.1, 0.2}), tensor({1.0, 0.0}))));
  EXPECT_TRUE(std::isnan(metrics::roc_auc_score(tensor({0, 1}), tensor({0.1, 0.2}), tensor({0.0, 1.0}))));
}

TEST(Metrics, RefuseWhatTheyCannotJudge) {
  const Tensor labels = tensor({0, 1, 2}), binary = tensor({0, 1, 1}), numbers = tensor({0.1, 0.2, 0.3});
  expect_error<ShapeError>(
      [&] {
        metrics::accuracy_score(labels, tensor({0, 1}));
      },
      "accuracy_score: Found input variables with inconsistent numbers of samples: [3, 2]; ");
  expect_error<ShapeError>(
      [&] {
        metrics::accuracy_score(labels, zeros({3, 2}));
      },
      "accuracy_score: y should be a 1d array, got an array of shape [3, 2] instead; ");
  expect_error<ValueError>(
      [&] { metrics::accuracy_score(zeros({0}), zeros({0})); },
      "accuracy_score: Found array with 0 sample(s) (shape=[0]) while a minimum of 1 is required; ");
  expect_error<ValueError>([&] { metrics::f1_score(labels, numbers); }, "f1_score: continuous is not supported: 0.1");
  expect_error<ValueError>([&] { metrics::mean_squared_error(numbers, numbers / 0); },
                           "mean_squared_error: Input contains inf");
  expect_error<ValueError>([&] { metrics::precision_score(labels, labels); },
                           "precision_score: Target is multiclass but average is binary");
  expect_error<ValueError>([&] { metrics::precision_score(binary, binary, {.pos_label = 2}); },
                           "precision_score: pos_label=2 is not a valid label. It should be one of [0, 1]; ");
  expect_error<ValueError>([&] { metrics::recall_score(binary, binary, {.zero_division = 0.5}); },
                           "recall_score: Got zero_division=0.5. Must be one of [0, 1]; ");
  expect_error<ValueError>([&] { metrics::accuracy_score(binary, binary, zeros({3})); },
                           "accuracy_score: Weights sum to zero, can't be normalized; ");
  expect_error<ShapeError>([&] { metrics::accuracy_score(binary, binary, ones({2})); },
                           "accuracy_score: sample_weight.shape == [2], expected [3]; ");
  expect_error<ValueError>([&] { metrics::confusion_matrix(binary, binary, {.labels = {5}}); },
                           "confusion_matrix: At least one label specified must be in y_true; ");
  expect_error<ValueError>(
      [&] { metrics::roc_auc_score(ones({3}), numbers); },
      "roc_auc_score: Only one class present in y_true. ROC AUC score is not defined in that case; ");
  expect_error<ValueError>([&] { metrics::roc_auc_score(labels, numbers); },
                           "roc_auc_score: multiclass is not supported; ");
  expect_error<ValueError>([&] { metrics::log_loss(ones({3}), numbers); },
                           "log_loss: y_true contains only one label (1)");
  expect_error<ValueError>(
      [&] { metrics::top_k_accuracy_score(labels, numbers); },
      "top_k_accuracy_score: Number of classes in 'y_true' (3) not equal to the number of classes");
  expect_error<ValueError>(
      [&] {
        metrics::log_loss(labels, ones({3, 3}), {.labels = {2, 1, 0}});
      },
      "log_loss: Parameter 'labels' must be unique and ordered, got [2, 1, 0]; ");
  expect_error<ValueError>(
      [&] {
        metrics::log_loss(labels, ones({3, 2}), {.labels = {0, 1}});
      },
      "log_loss: 'y_true' contains 2, not in parameter 'labels'; ");
  expect_error<ValueError>(
      [&] {
        metrics::top_k_accuracy_score(labels, ones({3, 3}), 0);
      },
      "top_k_accuracy_score: k should be 1 or more, but got k=0; ");
  expect_error<ShapeError>([&] { metrics::r2_score(zeros({3, 2}), zeros({3})); }, "r2_score: y_true and y_pred have");
}

}  // namespace
}  // namespace tapegrad
