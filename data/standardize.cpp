#include <tapegrad/data/standardize.h>

#include <limits>

#include <tapegrad/autograd/grad.h>
#include "autograd/core/text.h"
#include "autograd/io/keys.h"

namespace tapegrad::data {

Standardizer& Standardizer::fit(const Tensor& x) {
  if (x.dim() != 2 || x.size(0) == 0)
    core::throw_shape("Standardizer", "expected rows [n, columns] to fit, but got sizes ", x.sizes(), "; view() it so");
  const NoGradGuard guard;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Tensor wide = x.to(kDouble), known = wide.eq(wide), n = known.sum(0).to(kDouble);
  if ((wide.abs() == kInfinity).any().item<bool>())
    throw ValueError(
        "Standardizer: Input X contains infinity; fit() it to finite numbers, or NaN where one is missing");
  const auto mean_of = [&](const Tensor& t) { return where(known, t, 0).sum(0) / n; };
  const Tensor mean = mean_of(wide), variance = mean_of((wide - mean).square());
  // What rounding alone makes of a constant column: scikit-learn's _is_constant_feature.
  const Tensor eps = n * std::numeric_limits<double>::epsilon();
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

std::function<void()> Standardizer::prepare_load(const StateDict& state) {
  const Tensor* const given = state.find("mean");
  const std::int64_t columns = given == nullptr ? 0 : given->numel();
  tapegrad::detail::KeyReport report(state);
  const Tensor *const mean = report.find("mean", {columns}), *const scale = report.find("scale", {columns});
  report.check("Standardizer");
  return [this, mean = mean->to(kDouble).clone(), scale = scale->to(kDouble).clone()] {
    mean_ = mean;
    scale_ = scale;
  };
}

}  // namespace tapegrad::data
