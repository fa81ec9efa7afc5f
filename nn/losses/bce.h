// BCELoss and BCEWithLogitsLoss: binary cross entropy, of probabilities and of logits.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct BCELossFields {
  Tensor weight = {};  ///< of each element; broadcasts
  Reduction reduction = kMean;
};
struct BCELossOptions : OptionsOf<BCELossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(weight, reduction)
};

struct BCEWithLogitsLossFields {
  Tensor weight = {};  ///< of each element; broadcasts
  Reduction reduction = kMean;
  Tensor pos_weight = {};  ///< of the positive answers; broadcasts
};
struct BCEWithLogitsLossOptions : OptionsOf<BCEWithLogitsLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(weight, reduction, pos_weight)
};

namespace functional {

/// -weight (y log p + (1 - y) log(1 - p)) of probabilities p = x in [0, 1] and y = target. ShapeError unless their
/// sizes are equal, as in libtorch (the operation tapegrad::binary_cross_entropy takes [n, 1] beside [n]).
TAPEGRAD_EXPORT Tensor binary_cross_entropy(const Tensor& x, const Tensor& target, const BCELossOptions& options = {});
/// The same of p = sigmoid(x), without losing digits.
inline Tensor binary_cross_entropy_with_logits(const Tensor& x, const Tensor& target,
                                               const BCEWithLogitsLossOptions& options = {}) {
  return tapegrad::binary_cross_entropy_with_logits(x, target, options.weight(), options.pos_weight(),
                                                    options.reduction());
}

}  // namespace functional

TAPEGRAD_LAYER(BCELoss, functional::binary_cross_entropy);

/// The module of functional::binary_cross_entropy_with_logits; weight and pos_weight are buffers.
struct TAPEGRAD_EXPORT BCEWithLogitsLossImpl
    : FunctionLayer<BCEWithLogitsLossImpl, &functional::binary_cross_entropy_with_logits> {
  explicit BCEWithLogitsLossImpl(const BCEWithLogitsLossOptions& loss_options = {})
      : FunctionLayer(loss_options), pos_weight(register_buffer("pos_weight", loss_options.pos_weight())) {}
  Tensor forward(const Tensor& x, const Tensor& target) {
    return functional::binary_cross_entropy_with_logits(x, target, current_options().pos_weight(pos_weight));
  }

  Buffer pos_weight;
};
TAPEGRAD_MODULE(BCEWithLogitsLoss);

}  // namespace tapegrad::nn
