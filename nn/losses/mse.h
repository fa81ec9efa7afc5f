// MSELoss: the squared error.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct MSELossFields {
  Reduction reduction = kMean;
};
struct MSELossOptions : OptionsOf<MSELossFields> {
  using OptionsOf::OptionsOf;
  MSELossOptions(Reduction reduction = kMean) : OptionsOf({reduction}) {}
  TAPEGRAD_SETTERS(reduction)
};

namespace functional {
/// (x - target)^2, reduced to its mean unless the options say kSum or kNone. Warns where the shapes differ.
inline Tensor mse_loss(const Tensor& x, const Tensor& target, const MSELossOptions& options = {}) {
  return tapegrad::mse_loss(x, target, options.reduction());
}
}  // namespace functional

TAPEGRAD_LAYER(MSELoss, functional::mse_loss);

}  // namespace tapegrad::nn
