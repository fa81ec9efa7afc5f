// SmoothL1Loss: the absolute error, which is squared near 0.
#pragma once

#include <tapegrad/autograd/ops_loss.h>
#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct SmoothL1LossFields {
  Reduction reduction = kMean;
  double beta = 1;  ///< below it the error is squared
};
struct SmoothL1LossOptions : OptionsOf<SmoothL1LossFields> {
  using OptionsOf::OptionsOf;
  SmoothL1LossOptions(Reduction reduction = kMean) : OptionsOf({reduction}) {}
  TAPEGRAD_SETTERS(reduction, beta)
};

namespace functional {
/// d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, of d = x - target; reduced to its mean unless the options say
/// kSum or kNone.
inline Tensor smooth_l1_loss(const Tensor& x, const Tensor& target, const SmoothL1LossOptions& options = {}) {
  return tapegrad::smooth_l1_loss(x, target, options.reduction(), options.beta());
}
/// With another beta than that of the options.
inline Tensor smooth_l1_loss(const Tensor& x, const Tensor& target, const SmoothL1LossOptions& options, double beta) {
  return tapegrad::smooth_l1_loss(x, target, options.reduction(), beta);
}
}  // namespace functional

/// Printed without brackets, as libtorch does.
struct TAPEGRAD_EXPORT SmoothL1LossImpl : Layer<SmoothL1LossImpl, SmoothL1LossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x, const Tensor& target) { return functional::smooth_l1_loss(x, target, options); }
  void pretty_print(std::ostream& out) const override { out << detail::prefix() + "SmoothL1Loss"; }
};
TAPEGRAD_MODULE(SmoothL1Loss);

}  // namespace tapegrad::nn
