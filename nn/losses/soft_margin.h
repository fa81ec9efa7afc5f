// SoftMarginLoss: of scores and signs.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct SoftMarginLossFields {
  Reduction reduction = kMean;
};
struct SoftMarginLossOptions : OptionsOf<SoftMarginLossFields> {
  using OptionsOf::OptionsOf;
  SoftMarginLossOptions(Reduction reduction = kMean) : OptionsOf({reduction}) {}
  TAPEGRAD_SETTERS(reduction)
};

namespace functional {
/// log(1 + e^(-target x)), without overflow; target is 1 or -1.
inline Tensor soft_margin_loss(const Tensor& x, const Tensor& target, const SoftMarginLossOptions& options = {}) try {
  return detail::reduced(tapegrad::softplus(-target * x), options.reduction());
} catch (const Error&) {
  detail::throw_as("soft_margin_loss");
}
}  // namespace functional

TAPEGRAD_LAYER(SoftMarginLoss, functional::soft_margin_loss);

}  // namespace tapegrad::nn
