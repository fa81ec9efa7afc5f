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
}  // namespace functional

TAPEGRAD_LAYER(SmoothL1Loss, functional::smooth_l1_loss);

}  // namespace tapegrad::nn
