#include <tapegrad/data/standardize.h>

#include <limits>

#include <tapegrad/autograd/grad.h>
#include "autograd/core/text.h"

namespace tapegrad::data {

Standardizer& Standardizer::fit(const Tensor& x) {
  if (x.dim() != 2 || x.size(0) == 0)
    core::throw_shape("Standardizer", "expected rows [n, columns] to fit, but got sizes ", x.sizes(), "; view() it so");
  const NoGradGuard guard;
  const Tensor wide = x.to(kDouble), mean = wide.mean(0), variance = (wide - mean).square().mean(0);
  // What rounding alone makes of a constant column: scikit-learn's _is_constant_feature.
  const double eps = static_cast<double>(x.size(0)) * std::numeric_limits<double>::epsilon();
  scale_ = where(variance <= eps * variance + (eps * mean).square(), ones_like(variance), variance.sqrt());
  mean_ = mean;
  return *this;
}

Tensor Standardizer::checked(const Tensor& x) const {
  if (!mean_.defined()) throw Error("Standardizer: not fitted yet; call fit() with the training rows first");
  if (x.dim() != 2 || x.size(1) != mean_.size(0)) {
    core::throw_shape("Standardizer", "expected ", mean_.size(0), " columns as in fit(), but got sizes ", x.sizes(),
                      "; give the same columns");
  }
  return x.to(kDouble);
}

Tensor Standardizer::transform(const Tensor& x) const {
  return ((checked(x) - mean_) / scale_).to(x.is_floating_point() ? x.dtype() : kFloat);
}

Tensor Standardizer::inverse_transform(const Tensor& x) const {
  return (checked(x) * scale_ + mean_).to(x.is_floating_point() ? x.dtype() : kFloat);
}

}  // namespace tapegrad::data
