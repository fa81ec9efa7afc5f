// L1Loss: the absolute error.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct L1LossFields {
  Reduction reduction = kMean;
};
struct L1LossOptions : OptionsOf<L1LossFields> {
  using OptionsOf::OptionsOf;
  L1LossOptions(Reduction reduction = kMean) : OptionsOf({reduction}) {}
  TAPEGRAD_SETTERS(reduction)
};

namespace functional {
/// |x - target|, reduced to its mean unless the options say kSum or kNone.
inline Tensor l1_loss(const Tensor& x, const Tensor& target, const L1LossOptions& options = {}) {
  return tapegrad::l1_loss(x, target, options.reduction());
}
}  // namespace functional

TAPEGRAD_LAYER(L1Loss, functional::l1_loss);

}  // namespace tapegrad::nn
