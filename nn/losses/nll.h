// NLLLoss: the negative log likelihood of classes.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct NLLLossFields {
  Tensor weight = {};                ///< of each class, [c]
  std::int64_t ignore_index = -100;  ///< a target of this class does not count
  Reduction reduction = kMean;
};
struct NLLLossOptions : OptionsOf<NLLLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(weight, ignore_index, reduction)
};

namespace functional {
/// -weight[target] x[target], of log-probabilities x [n, c] and classes target, int64 [n]. The mean divides by the sum
/// of the weights that count.
inline Tensor nll_loss(const Tensor& x, const Tensor& target, const NLLLossOptions& options = {}) {
  return tapegrad::nll_loss(x, target, options.weight(), options.reduction(), options.ignore_index());
}
}  // namespace functional

TAPEGRAD_LAYER(NLLLoss, functional::nll_loss);

}  // namespace tapegrad::nn
