// Columns brought to mean 0 and standard deviation 1.
#pragma once

#include <tapegrad/autograd/state_dict.h>

namespace tapegrad::data {

/// (x - mean) / scale by column, with the mean and the population standard deviation of the rows it was fitted on: the
/// training rows only, so that nothing leaks from the test rows. A constant column gets scale 1. NaN is a missing
/// number: fit() leaves it out, transform() keeps it. The numbers are those of scikit-learn's StandardScaler;
/// arithmetic is in f64, results have the dtype of x (kFloat for integers) and its tape.
class TAPEGRAD_EXPORT Standardizer {
 public:
  /// x [n, columns], n >= 1; else ShapeError. Error where x is infinite.
  Standardizer& fit(const Tensor& x);
  /// x [any, columns]. Error before fit(), ShapeError for another number of columns.
  Tensor transform(const Tensor& x) const;
  Tensor inverse_transform(const Tensor& x) const;

  const Tensor& mean() const { return mean_; }    ///< [columns], f64; undefined before fit()
  const Tensor& scale() const { return scale_; }  ///< the same

  /// "mean" and "scale", so that new rows are brought to the same numbers beside a saved model; undefined before fit().
  StateDict state_dict() const { return {{"mean", mean_}, {"scale", scale_}}; }
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  /// Of any number of columns.
  std::function<void()> prepare_load(const StateDict& state);

 private:
  Tensor checked(const Tensor& x) const;

  Tensor mean_, scale_;
};

}  // namespace tapegrad::data
