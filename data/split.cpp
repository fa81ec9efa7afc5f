#include <tapegrad/data/split.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include "autograd/core/text.h"
#include "data/detail/inputs.h"
#include "data/detail/numpy_random.h"

namespace tapegrad::data {

namespace {

std::int64_t count_test_rows(double n, const SplitSize& size) {
  const bool fits = size.value > 0 && size.value < (size.is_rows ? n : 1.0);
  const double test = size.is_rows ? size.value : std::ceil(size.value * n);
  if (fits && test < n) return static_cast<std::int64_t>(test);
  throw ValueError(core::joined(
      "train_test_split: test_size=", size.value,
      fits ? " leaves nothing to train on: the resulting train set will be empty with the number of samples "
           : " should be either positive and smaller than the number of samples, or a float in the (0, 1) range: "
             "the number of samples is ",
      n, "; give another test_size"));
}

using Counts = std::vector<std::int64_t>;

// How many of n draws fall to each class of so many rows: scikit-learn's _approximate_mode. Shares are rounded down;
// what is missing goes to the largest remainders, among equal ones to classes chosen at random.
Counts shares(const Counts& rows, std::int64_t n, detail::RandomState& random) {
  const double all = static_cast<double>(std::accumulate(rows.begin(), rows.end(), std::int64_t{0}));
  Counts out;
  std::map<double, Counts, std::greater<>> by_remainder;  // classes
  for (const std::int64_t count : rows) {
    const double exact = static_cast<double>(count) / all * static_cast<double>(n), whole = std::floor(exact);
    by_remainder[exact - whole].push_back(static_cast<std::int64_t>(out.size()));
    out.push_back(static_cast<std::int64_t>(whole));
  }
  std::int64_t missing = n - std::accumulate(out.begin(), out.end(), std::int64_t{0});
  for (auto at = by_remainder.begin(); missing > 0 && at != by_remainder.end(); ++at) {
    const Counts& classes = at->second;
    const Counts order = random.permutation(static_cast<std::int64_t>(classes.size())).to_vector<std::int64_t>();
    for (std::size_t k = 0; k < order.size() && missing > 0; ++k, --missing)
      ++out[static_cast<std::size_t>(classes[static_cast<std::size_t>(order[k])])];
  }
  return out;
}

// The rows to train on and to test by, each label with its share of both.
std::pair<Tensor, Tensor> stratified(const Counts& labels, std::int64_t n_train, std::int64_t n_test,
                                     std::optional<std::int64_t> random_state) {
  constexpr const char* kOp = "train_test_split";
  std::map<std::int64_t, Counts> rows_of;
  for (std::size_t row = 0; row < labels.size(); ++row) rows_of[labels[row]].push_back(static_cast<std::int64_t>(row));
  Counts counts;
  for (const auto& [label, rows] : rows_of) counts.push_back(static_cast<std::int64_t>(rows.size()));
  const auto classes = static_cast<std::int64_t>(counts.size());
  if (*std::min_element(counts.begin(), counts.end()) < 2) {
    core::throw_value(kOp, "The least populated class in y has only 1 member, which is too few. The minimum number of ",
                      "groups for any class cannot be less than 2; give more rows of it");
  }
  if (n_train < classes || n_test < classes) {
    core::throw_value(kOp, "The ", n_train < classes ? "train" : "test", "_size = ", std::min(n_train, n_test),
                      " should be greater or equal to the number of classes = ", classes, "; give another test_size");
  }
  detail::RandomState random(random_state);
  const Counts of_train = shares(counts, n_train, random);
  Counts left = counts;
  for (std::size_t c = 0; c < left.size(); ++c) left[c] -= of_train[c];
  const Counts of_test = shares(left, n_test, random);
  std::vector<Tensor> train, test;
  std::size_t c = 0;
  for (const auto& [label, rows] : rows_of) {
    const Tensor mixed = tensor(rows).index_select(0, random.permutation(counts[c]));
    train.push_back(mixed.narrow(0, 0, of_train[c]));
    test.push_back(mixed.narrow(0, of_train[c], of_test[c]));
    ++c;
  }
  const Tensor train_order = random.permutation(n_train), test_order = random.permutation(n_test);
  return {cat(train).index_select(0, train_order), cat(test).index_select(0, test_order)};
}

}  // namespace

Split train_test_split(const Tensor& x, const Tensor& y, const SplitOptions& options) {
  const std::int64_t n = x.size(0);
  detail::check_rows("train_test_split", static_cast<std::size_t>(n), static_cast<std::size_t>(y.size(0)));
  const std::int64_t n_test = count_test_rows(static_cast<double>(n), options.test_size), n_train = n - n_test;
  Tensor train, test;
  if (options.stratify.defined()) {
    if (!options.shuffle)
      core::throw_value("train_test_split", "Stratified train/test split is not implemented for shuffle = false; ",
                        "leave one of them out");
    const Counts labels = detail::labels_of("train_test_split", options.stratify);
    detail::check_rows("train_test_split", static_cast<std::size_t>(n), labels.size());
    std::tie(train, test) = stratified(labels, n_train, n_test, options.random_state);
  } else {
    const Tensor rows = options.shuffle ? detail::RandomState(options.random_state).permutation(n) : arange(n);
    // A permutation begins with the test rows, as in scikit-learn.
    train = rows.narrow(0, options.shuffle ? n_test : 0, n_train);
    test = rows.narrow(0, options.shuffle ? 0 : n_train, n_test);
  }
  return {x.index_select(0, train), x.index_select(0, test), y.index_select(0, train), y.index_select(0, test)};
}

}  // namespace tapegrad::data
