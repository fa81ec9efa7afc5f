// Rows to learn from and rows to judge by.
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data {

/// A share of the rows: 0.25 is a fraction in (0, 1), 20 a number of rows.
struct SplitSize {
  SplitSize(std::floating_point auto fraction) : value(static_cast<double>(fraction)) {}
  SplitSize(std::integral auto rows) : value(static_cast<double>(rows)), is_rows(true) {}
  double value;
  bool is_rows = false;
};

struct SplitOptions {
  SplitSize test_size = 0.25;
  std::optional<std::int64_t> random_state{};  ///< unset: drawn from this thread's default generator
  bool shuffle = true;                         ///< false: the first rows train, the last ones test
  Tensor stratify{};                           ///< labels [n] or [n, 1], each with its share of both parts
};

struct Split {
  Tensor x_train, x_test, y_train, y_test;
};

/// Copies of the rows of x [n, ...] and y [n, ...]: those, and in that order, which scikit-learn 1.2.1 gives for the
/// same random_state; the test rows are ceil(test_size * n). ShapeError where x, y and labels differ in rows;
/// ValueError for a test_size that leaves no row to test or to train on, or a random_state outside [0, 2^32); with
/// stratify also for no shuffle, labels that are no whole numbers, a label with one row, and parts of fewer rows than
/// labels.
TAPEGRAD_EXPORT Split train_test_split(const Tensor& x, const Tensor& y, const SplitOptions& options = {});

}  // namespace tapegrad::data
