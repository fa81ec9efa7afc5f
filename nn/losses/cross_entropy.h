// CrossEntropyLoss: what a classifier's scores cost.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct CrossEntropyLossFields {
  Tensor weight = {};                ///< of each class, [c]
  std::int64_t ignore_index = -100;  ///< a target of this class does not count
  Reduction reduction = kMean;
  double label_smoothing = 0.0;  ///< this part of each target is spread over all classes
};
struct CrossEntropyLossOptions : OptionsOf<CrossEntropyLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(weight, ignore_index, reduction, label_smoothing)
};

namespace functional {
/// nll_loss(log_softmax(x, 1), target), of scores x [n, c] and classes target, int64 [n], or probabilities of the
/// classes, [n, c].
inline Tensor cross_entropy(const Tensor& x, const Tensor& target, const CrossEntropyLossOptions& options = {}) {
  return tapegrad::cross_entropy(x, target, options.weight(), options.reduction(), options.ignore_index(),
                                 options.label_smoothing());
}
}  // namespace functional

TAPEGRAD_LAYER(CrossEntropyLoss, functional::cross_entropy);

}  // namespace tapegrad::nn
