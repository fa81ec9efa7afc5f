#include <tapegrad/data/fold.h>

#include <algorithm>
#include <map>

#include "autograd/core/text.h"
#include "data/detail/inputs.h"
#include "data/detail/numpy_random.h"

namespace tapegrad::data {

namespace {

void check(const char* op, const auto& options, std::int64_t rows) {
  if (options.n_splits < 2) {
    core::throw_value(op, "k-fold cross-validation requires at least one train/test split by setting n_splits=2 or ",
                      "more, got n_splits=", options.n_splits, "; give 2 or more");
  }
  if (options.random_state.has_value() && !options.shuffle) {
    core::throw_value(op, "Setting a random_state has no effect since shuffle is false. ",
                      "You should leave random_state unset, or set shuffle = true; do one of them");
  }
  if (options.n_splits > rows) {
    core::throw_value(op, "Cannot have number of splits n_splits=", options.n_splits,
                      " greater than the number of samples: n_samples=", rows, "; give fewer folds");
  }
}

// fold_of[row]: where it tests.
std::vector<Fold> folds(const std::vector<std::int64_t>& fold_of, std::int64_t n_splits) {
  std::vector<Fold> out;
  for (std::int64_t fold = 0; fold < n_splits; ++fold) {
    std::vector<std::int64_t> train, test;
    for (std::size_t row = 0; row < fold_of.size(); ++row)
      (fold_of[row] == fold ? test : train).push_back(static_cast<std::int64_t>(row));
    out.push_back({tensor(train), tensor(test)});
  }
  return out;
}

}  // namespace

std::vector<Fold> KFold::split(const Tensor& x) const {
  const std::int64_t n = x.size(0);
  check("KFold", *this, n);
  const auto order = (shuffle ? detail::RandomState(random_state).permutation(n) : arange(n)).to_vector<std::int64_t>();
  std::vector<std::int64_t> fold_of(order.size());
  auto row = order.begin();
  for (std::int64_t fold = 0; fold < n_splits; ++fold) {
    const std::int64_t size = n / n_splits + (fold < n % n_splits);
    for (std::int64_t k = 0; k < size; ++k) fold_of[static_cast<std::size_t>(*row++)] = fold;
  }
  return folds(fold_of, n_splits);
}

std::vector<Fold> StratifiedKFold::split(const Tensor& y) const {
  const std::vector<std::int64_t> labels = detail::labels_of("StratifiedKFold", y);
  check("StratifiedKFold", *this, static_cast<std::int64_t>(labels.size()));
  std::vector<std::vector<std::size_t>> rows_of;  // of each class, in the order of their first rows
  std::map<std::int64_t, std::size_t> place;      // of a label there
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto [at, is_new] = place.try_emplace(labels[row], rows_of.size());
    if (is_new) rows_of.emplace_back();
    rows_of[at->second].push_back(row);
  }
  const auto splits = static_cast<std::size_t>(n_splits);
  if (std::all_of(rows_of.begin(), rows_of.end(), [=](const auto& rows) { return rows.size() < splits; })) {
    core::throw_value("StratifiedKFold", "n_splits=", n_splits,
                      " cannot be greater than the number of members in each class; give fewer folds");
  }
  std::optional<detail::RandomState> random;
  if (shuffle) random.emplace(random_state);
  std::vector<std::int64_t> fold_of(labels.size());
  std::size_t dealt = 0;  // rows go to the folds in turn, class after class: that says how many of each a fold gets
  for (const auto& rows : rows_of) {
    std::vector<std::int64_t> blocks;
    for (std::size_t k = 0; k < rows.size(); ++k) blocks.push_back(static_cast<std::int64_t>((dealt + k) % splits));
    dealt += rows.size();
    std::sort(blocks.begin(), blocks.end());
    const auto n = static_cast<std::int64_t>(rows.size());
    const auto order = (shuffle ? random->permutation(n) : arange(n)).to_vector<std::int64_t>();
    for (std::size_t k = 0; k < rows.size(); ++k) fold_of[rows[k]] = blocks[static_cast<std::size_t>(order[k])];
  }
  return folds(fold_of, n_splits);
}

}  // namespace tapegrad::data
