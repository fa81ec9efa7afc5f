#include <tapegrad/data/synthetic.h>

#include <algorithm>

#include "data/detail/numpy_random.h"

namespace tapegrad::data {

Regression make_regression(const RegressionOptions& options) {
  const std::int64_t n = options.n_samples, features = options.n_features, targets = options.n_targets;
  if (std::min({n, features, targets}) < 1 || options.n_informative < 0 || !(options.noise >= 0.0)) {
    throw ValueError(
        "make_regression: a number is out of range; n_samples, n_features and n_targets must be 1 or more, "
        "n_informative and noise 0 or more");
  }
  if (!is_floating_point(options.dtype)) {
    throw DtypeError(std::string("make_regression: expected kFloat or kDouble but got ") + name(options.dtype) +
                     "; give one of the two");
  }
  const std::int64_t informative = std::min(features, options.n_informative);
  detail::RandomState random(options.random_state);

  Tensor x = empty({n, features}, kDouble), coef = zeros({features, targets}, kDouble);
  std::generate_n(x.data_ptr<double>(), x.numel(), [&] { return random.standard_normal(); });
  // The first features are the informative ones; the shuffle below mixes them with the others.
  std::generate_n(coef.data_ptr<double>(), informative * targets, [&] { return 100.0 * random.random_sample(); });
  Tensor y = x.matmul(coef) + options.bias;
  if (options.noise > 0.0) {
    double* const y_data = y.data_ptr<double>();
    for (std::int64_t i = 0; i < y.numel(); ++i) y_data[i] += options.noise * random.standard_normal();
  }
  if (options.shuffle) {
    const Tensor rows = random.permutation(n), columns = random.permutation(features);
    x = x.index_select(0, rows).index_select(1, columns);
    y = y.index_select(0, rows);
    coef = coef.index_select(0, columns);
  }
  if (options.coef != nullptr) *options.coef = coef.to(options.dtype);
  return {x.to(options.dtype), y.to(options.dtype)};
}

}  // namespace tapegrad::data
