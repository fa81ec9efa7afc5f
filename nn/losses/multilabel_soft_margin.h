// MultiLabelSoftMarginLoss: of scores and which of the classes apply, each by itself.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct MultiLabelSoftMarginLossFields {
  Tensor weight = {};  ///< of each class, [c]
  Reduction reduction = kMean;
};
struct MultiLabelSoftMarginLossOptions : OptionsOf<MultiLabelSoftMarginLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(weight, reduction)
};

namespace functional {
/// The binary cross entropy of sigmoid(x) and target, both [.., c], as the mean over the classes.
inline Tensor multilabel_soft_margin_loss(const Tensor& x, const Tensor& target,
                                          const MultiLabelSoftMarginLossOptions& options = {}) try {
  Tensor terms = -(target * tapegrad::log_sigmoid(x) + (1 - target) * tapegrad::log_sigmoid(-x));
  if (options.weight().defined()) terms = terms * options.weight();
  return detail::reduced(terms.sum(-1) / x.size(-1), options.reduction());
} catch (const Error&) {
  detail::throw_as("multilabel_soft_margin_loss");
}
}  // namespace functional

TAPEGRAD_LAYER(MultiLabelSoftMarginLoss, functional::multilabel_soft_margin_loss);

}  // namespace tapegrad::nn
