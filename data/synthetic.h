// Made-up problems whose answer is known.
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data {

struct RegressionOptions {
  std::int64_t n_samples = 100;
  std::int64_t n_features = 1;
  std::int64_t n_informative = 10;  // features with a coefficient other than 0; at most n_features
  std::int64_t n_targets = 1;
  double bias = 0.0;
  double noise = 0.0;                          // the standard deviation of what is added to y
  bool shuffle = true;                         // mix rows and features
  std::optional<std::int64_t> random_state{};  // unset: drawn from this thread's default generator
  Tensor* coef = nullptr;                      // receives the true coefficients [n_features, n_targets]
  Dtype dtype = kFloat;                        // or kDouble
};

/// x [n_samples, n_features] and y [n_samples, n_targets], a column where scikit-learn gives one dim.
struct Regression {
  Tensor x;
  Tensor y;
};

/// Standard normal x, y = x @ coef + bias + noise, coef uniform on [0, 100): scikit-learn 1.2.1's numbers for the same
/// random_state, rounded to the dtype. In kDouble x and coef have its bits, y too where one feature is informative
/// (else up to the order in which NumPy's matrix product adds).
/// Error: sizes below 1, a noise that is negative or NaN, a random_state outside [0, 2^32). DtypeError: another dtype.
TAPEGRAD_EXPORT Regression make_regression(const RegressionOptions& options = {});

}  // namespace tapegrad::data
