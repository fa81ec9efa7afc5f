// MultiLabelMarginLoss: of scores and the classes that apply, which are to be above the others by 1.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct MultiLabelMarginLossFields {
  Reduction reduction = kMean;
};
struct MultiLabelMarginLossOptions : OptionsOf<MultiLabelMarginLossFields> {
  using OptionsOf::OptionsOf;
  MultiLabelMarginLossOptions(Reduction reduction = kMean) : OptionsOf({reduction}) {}
  TAPEGRAD_SETTERS(reduction)
};

namespace functional {
/// The sum of max(1 - (x[j] - x[k]), 0) over classes j that apply and k that do not, over the number of classes; of
/// scores x [n, c] or [c] and target, int64 of these sizes: classes, up to the first -1. IndexError for a class that
/// does not exist.
TAPEGRAD_EXPORT Tensor multilabel_margin_loss(const Tensor& x, const Tensor& target,
                                              const MultiLabelMarginLossOptions& options = {});
}  // namespace functional

TAPEGRAD_LAYER(MultiLabelMarginLoss, functional::multilabel_margin_loss);

}  // namespace tapegrad::nn
