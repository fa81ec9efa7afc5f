// GaussianNLLLoss: the negative log likelihood of numbers, of a normal distribution's mean and variance.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct GaussianNLLLossFields {
  bool full = false;  ///< with the constant log(2 pi) / 2
  double eps = 1e-6;  ///< the variance counts as at least this
  Reduction reduction = kMean;
};
struct GaussianNLLLossOptions : OptionsOf<GaussianNLLLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(full, eps, reduction)
};

namespace functional {
/// (log v + (x - target)^2 / v) / 2 with v = max(variance, eps), whose gradient ignores the bound. The variance has x's
/// sizes, or one for each row: [.., 1], or [..]. ValueError where it is negative, ShapeError for other sizes.
TAPEGRAD_EXPORT Tensor gaussian_nll_loss(const Tensor& x, const Tensor& target, const Tensor& variance,
                                         const GaussianNLLLossOptions& options = {});
}  // namespace functional

TAPEGRAD_LAYER(GaussianNLLLoss, functional::gaussian_nll_loss);

}  // namespace tapegrad::nn
