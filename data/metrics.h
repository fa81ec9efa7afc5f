// How good predictions are: scikit-learn's measures, by its names.
//
//   double good = data::metrics::accuracy_score(y_test, model.forward(x_test).argmax(1));
//   double f1 = data::metrics::f1_score(y_test, predicted, {.average = data::metrics::Average::kMacro});
#pragma once

#include <tapegrad/autograd/tensor.h>

/// Values are those of scikit-learn 1.2.1 on the same input, in f64 whatever the dtype; nothing is recorded.
///
/// Labels are whole numbers of any dtype, [n] or [n, 1]; `labels` names the classes, also those that do not occur, and
/// leaves out what it does not name. sample_weight [n] counts each row so many times; undefined, once. ShapeError for
/// other shapes and different numbers of rows; ValueError for no rows, labels that are no whole numbers, NaN or an
/// infinity, and weights that sum to zero where they are divided by.
namespace tapegrad::data::metrics {

/// The share of rows whose label is predicted.
TAPEGRAD_EXPORT double accuracy_score(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {});

enum class Normalize { kNone, kTrue, kPred, kAll };

struct ConfusionOptions {
  std::vector<std::int64_t> labels{};      ///< unset: those of y_true and y_pred, in order
  Tensor sample_weight{};                  //
  Normalize normalize = Normalize::kNone;  ///< kTrue: rows sum to 1; kPred: columns; kAll: everything. 0 / 0 is 0
};

/// How many rows of class i (down) are predicted as class j (across), [classes, classes]: int64, or f64 where weights
/// are floating or something is normalised. ValueError where none of `labels` is in y_true.
TAPEGRAD_EXPORT Tensor confusion_matrix(const Tensor& y_true, const Tensor& y_pred,
                                        const ConfusionOptions& options = {});

/// Over classes: kBinary, the one of pos_label alone; kMacro, their mean; kWeighted, by their rows; kMicro, of all rows
/// counted together.
enum class Average { kBinary, kMacro, kMicro, kWeighted };

struct ScoreOptions {
  Average average = Average::kBinary;
  std::int64_t pos_label = 1;          ///< of kBinary
  double zero_division = 0;            ///< what 0 / 0 is: 0 or 1
  std::vector<std::int64_t> labels{};  ///< unset: those of y_true and y_pred, in order; kBinary takes no notice of it
  Tensor sample_weight{};
};

/// Of the rows predicted as a class, the share that is of it: tp / (tp + fp). Beside the common errors, ValueError for
/// kBinary with more than two classes, a pos_label that is neither, and another zero_division than 0 and 1.
TAPEGRAD_EXPORT double precision_score(const Tensor& y_true, const Tensor& y_pred, const ScoreOptions& options = {});
/// Of the rows of a class, the share predicted as it: tp / (tp + fn).
TAPEGRAD_EXPORT double recall_score(const Tensor& y_true, const Tensor& y_pred, const ScoreOptions& options = {});
/// 2 p r / (p + r), of precision and recall.
TAPEGRAD_EXPORT double f1_score(const Tensor& y_true, const Tensor& y_pred, const ScoreOptions& options = {});

/// The three by class, and each class's rows (weights), f64 [classes].
struct ClassScores {
  Tensor precision, recall, fscore, support;
};
/// The same without an average: of options, labels, zero_division and sample_weight.
TAPEGRAD_EXPORT ClassScores precision_recall_fscore_support(const Tensor& y_true, const Tensor& y_pred,
                                                            const ScoreOptions& options = {});

struct ProbabilityOptions {
  std::vector<std::int64_t> labels{};  ///< the class of each column, ascending
  Tensor sample_weight{};
};

/// The share of rows whose class is among the k highest scores, y_score [n, classes]; of equal scores the last class
/// counts first. Without `labels` the columns are the classes of y_true in order where there are as many, else 0, 1 ...
/// y_score [n] scores the second of two classes: above 0.5, or above 0 where a score is outside [0, 1].
TAPEGRAD_EXPORT double top_k_accuracy_score(const Tensor& y_true, const Tensor& y_score, std::int64_t k = 2,
                                            const ProbabilityOptions& options = {});

/// -mean(log p[class]), y_pred [n, classes] or, of the second of two, [n]; columns as above. Probabilities are clipped
/// by the eps of y_pred's dtype, and each row is divided by its sum (in f64; scikit-learn sums in y_pred's dtype).
/// ValueError for labels of one class alone.
TAPEGRAD_EXPORT double log_loss(const Tensor& y_true, const Tensor& y_pred, const ProbabilityOptions& options = {});

/// The area under the ROC curve: how likely a row of the higher of two classes has a higher score than one of the
/// lower, where equal scores count one half. NaN where all rows of a class weigh 0; ValueError unless there are two
/// classes.
TAPEGRAD_EXPORT double roc_auc_score(const Tensor& y_true, const Tensor& y_score, const Tensor& sample_weight = {});

/// Of numbers, [n] or [n, outputs], averaged over outputs: 1 - sum((y - p)^2) / sum((y - mean y)^2). An output that is
/// constant scores 1 where it is met, else 0. NaN for a single row.
TAPEGRAD_EXPORT double r2_score(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {});
/// mean(|y - p|).
TAPEGRAD_EXPORT double mean_absolute_error(const Tensor& y_true, const Tensor& y_pred,
                                           const Tensor& sample_weight = {});
/// mean((y - p)^2).
TAPEGRAD_EXPORT double mean_squared_error(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {});

}  // namespace tapegrad::data::metrics
