// The rows in folds, each of which tests once.
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data {

/// Row numbers, int64, ascending: `x.index_select(0, fold.train)`.
struct Fold {
  Tensor train, test;
};

/// n_splits folds of nearly equal size, the longer ones first; those that scikit-learn 1.2.1 gives:
///
///   for (const data::Fold& fold : data::KFold{.n_splits = 5, .shuffle = true, .random_state = 0}.split(x)) ...
struct KFold {
  std::int64_t n_splits = 5;
  bool shuffle = false;                        ///< else folds are runs of rows
  std::optional<std::int64_t> random_state{};  ///< of the shuffle; unset: drawn from this thread's default generator

  /// Of the rows of x [n, ...]. ValueError for fewer than 2 folds, more folds than rows, or a random_state without
  /// shuffle.
  TAPEGRAD_EXPORT std::vector<Fold> split(const Tensor& x) const;
};

/// The same with each class spread evenly over the folds.
struct StratifiedKFold {
  std::int64_t n_splits = 5;
  bool shuffle = false;
  std::optional<std::int64_t> random_state{};

  /// By the labels y [n] or [n, 1], whole numbers. ValueError as above, and where every class has fewer rows than there
  /// are folds (where one has, some folds test none of it).
  TAPEGRAD_EXPORT std::vector<Fold> split(const Tensor& y) const;
};

}  // namespace tapegrad::data
