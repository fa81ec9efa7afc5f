#include <tapegrad/data/fold.h>

#include <gtest/gtest.h>

#include "sklearn_golden.h"
#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

using Rows = std::vector<std::int64_t>;

// The fold in which each row tests. Each row tests once and trains in all other folds, both in ascending order.
Rows folds_of(const std::vector<data::Fold>& folds, std::size_t n) {
  Rows fold_of(n, -1);
  for (std::size_t k = 0; k < folds.size(); ++k) {
    const Rows test = folds[k].test.to_vector<std::int64_t>();
    for (const std::int64_t row : test) {
      EXPECT_EQ(fold_of[static_cast<std::size_t>(row)], -1);
      fold_of[static_cast<std::size_t>(row)] = static_cast<std::int64_t>(k);
    }
  }
  for (std::size_t k = 0; k < folds.size(); ++k) {
    Rows train, test;
    for (std::size_t row = 0; row < n; ++row)
      (fold_of[row] == static_cast<std::int64_t>(k) ? test : train).push_back(static_cast<std::int64_t>(row));
    EXPECT_EQ(folds[k].train.to_vector<std::int64_t>(), train);
    EXPECT_EQ(folds[k].test.to_vector<std::int64_t>(), test);
  }
  return fold_of;
}

template <class F>
F options(const sklearn_golden::Folds& g) {
  F f{.n_splits = g.n_splits, .shuffle = g.seed >= 0};
  if (g.seed >= 0) f.random_state = g.seed;
  return f;
}

TEST(KFold, GivesScikitLearnsRows) {
  const std::size_t n = sklearn_golden::fold_labels.size();
  for (const sklearn_golden::Folds& g : sklearn_golden::folds) {
    SCOPED_TRACE(testing::Message() << g.n_splits << " folds, random_state " << g.seed);
    EXPECT_EQ(folds_of(options<data::KFold>(g).split(zeros({static_cast<std::int64_t>(n), 2})), n), g.plain);
  }
}

TEST(StratifiedKFold, GivesScikitLearnsRows) {
  const Tensor y = tensor(sklearn_golden::fold_labels);
  for (const sklearn_golden::Folds& g : sklearn_golden::folds) {
    if (g.stratified.empty()) continue;
    SCOPED_TRACE(testing::Message() << g.n_splits << " folds, random_state " << g.seed);
    const auto f = options<data::StratifiedKFold>(g);
    EXPECT_EQ(folds_of(f.split(y), sklearn_golden::fold_labels.size()), g.stratified);
    EXPECT_EQ(folds_of(f.split(y.to(kDouble).unsqueeze(1)), sklearn_golden::fold_labels.size()), g.stratified);
  }
}

TEST(KFold, RefusesFoldsThatCannotBe) {
  const Tensor x = zeros({4});
  expect_error<ValueError>(
      [&] { data::KFold{.n_splits = 1}.split(x); },
      "KFold: k-fold cross-validation requires at least one train/test split by setting n_splits=2 or more, got "
      "n_splits=1; give 2 or more");
  expect_error<ValueError>(
      [&] { data::KFold{.n_splits = 5}.split(x); },
      "KFold: Cannot have number of splits n_splits=5 greater than the number of samples: n_samples=4; give "
      "fewer folds");
  expect_error<ValueError>(
      [&] { data::KFold{.n_splits = 2, .random_state = 3}.split(x); },
      "KFold: Setting a random_state has no effect since shuffle is false. You should leave random_state unset, "
      "or set shuffle = true; do one of them");
  expect_error<ValueError>(
      [&] {
        data::StratifiedKFold{.n_splits = 3}.split(tensor({0, 0, 1, 1}));
      },
      "StratifiedKFold: n_splits=3 cannot be greater than the number of members in each class; give fewer folds");
  expect_error<ValueError>(
      [&] {
        data::StratifiedKFold{.n_splits = 2}.split(tensor({0.5, 1.0}));
      },
      "StratifiedKFold: continuous is not supported: 0.5 is no label; give whole numbers");
}

}  // namespace
}  // namespace tapegrad
