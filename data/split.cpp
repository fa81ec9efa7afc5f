#include <tapegrad/data/split.h>

#include <cmath>

#include "autograd/core/text.h"
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

}  // namespace

Split train_test_split(const Tensor& x, const Tensor& y, const SplitOptions& options) {
  const std::int64_t n = x.size(0), y_rows = y.size(0);
  if (n != y_rows) {
    core::throw_shape("train_test_split", "Found input variables with inconsistent numbers of samples: [", n, ", ",
                      y_rows, "]; both need the same number of rows");
  }
  const std::int64_t n_test = count_test_rows(static_cast<double>(n), options.test_size), n_train = n - n_test;
  const Tensor rows = options.shuffle ? detail::RandomState(options.random_state).permutation(n) : arange(n);
  // A permutation begins with the test rows, as in scikit-learn.
  const Tensor train = rows.narrow(0, options.shuffle ? n_test : 0, n_train);
  const Tensor test = rows.narrow(0, options.shuffle ? 0 : n_train, n_test);
  return {x.index_select(0, train), x.index_select(0, test), y.index_select(0, train), y.index_select(0, test)};
}

}  // namespace tapegrad::data
