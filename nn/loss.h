// Losses as modules: nn::MSELoss loss_fn; loss_fn(prediction, target). Each calls the operation of the same name
// (autograd/ops.h, which states shapes, dtypes and errors) with its options, which are written
// nn::MSELoss({.reduction = kSum}) or nn::MSELoss(nn::MSELossOptions().reduction(kSum)). The reduction is kMean unless
// said.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct MSELossFields {
  Reduction reduction = kMean;
};
struct MSELossOptions : OptionsOf<MSELossFields> {
  using OptionsOf::OptionsOf;
  MSELossOptions(Reduction reduction = kMean) : OptionsOf({reduction}) {}
  TAPEGRAD_SETTER(reduction)
};
using L1LossOptions = MSELossOptions;

struct BCELossFields {
  Tensor weight = {};  // of each element; broadcasts
  Reduction reduction = kMean;
};
struct BCELossOptions : OptionsOf<BCELossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTER(weight)
  TAPEGRAD_SETTER(reduction)
};

struct BCEWithLogitsLossFields {
  Tensor weight = {};
  Reduction reduction = kMean;
  Tensor pos_weight = {};  // of the positive answers
};
struct BCEWithLogitsLossOptions : OptionsOf<BCEWithLogitsLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTER(weight)
  TAPEGRAD_SETTER(reduction)
  TAPEGRAD_SETTER(pos_weight)
};

struct NLLLossFields {
  Tensor weight = {};  // of each class, [c]
  std::int64_t ignore_index = -100;
  Reduction reduction = kMean;
};
struct NLLLossOptions : OptionsOf<NLLLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTER(weight)
  TAPEGRAD_SETTER(ignore_index)
  TAPEGRAD_SETTER(reduction)
};

struct CrossEntropyLossFields {
  Tensor weight = {};
  std::int64_t ignore_index = -100;
  Reduction reduction = kMean;
  double label_smoothing = 0.0;
};
struct CrossEntropyLossOptions : OptionsOf<CrossEntropyLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTER(weight)
  TAPEGRAD_SETTER(ignore_index)
  TAPEGRAD_SETTER(reduction)
  TAPEGRAD_SETTER(label_smoothing)
};

// (x - target)^2
struct TAPEGRAD_EXPORT MSELossImpl : Layer<MSELossImpl, MSELossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x, const Tensor& target) { return mse_loss(x, target, options.reduction()); }
};
TAPEGRAD_MODULE(MSELoss);

// |x - target|
struct TAPEGRAD_EXPORT L1LossImpl : Layer<L1LossImpl, L1LossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x, const Tensor& target) { return l1_loss(x, target, options.reduction()); }
};
TAPEGRAD_MODULE(L1Loss);

namespace detail {
// Of equal sizes only, as in libtorch: the operation takes [n, 1] beside [n].
TAPEGRAD_EXPORT Tensor binary_cross_entropy(const Tensor& x, const Tensor& target, const Tensor& weight,
                                            Reduction reduction);
}  // namespace detail

// Of probabilities x in [0, 1], of target's sizes. weight is a buffer.
struct TAPEGRAD_EXPORT BCELossImpl : WeightedLayer<BCELossImpl, BCELossOptions> {
  using WeightedLayer::WeightedLayer;
  Tensor forward(const Tensor& x, const Tensor& target) {
    return detail::binary_cross_entropy(x, target, weight, options.reduction());
  }
};
TAPEGRAD_MODULE(BCELoss);

// The same of sigmoid(x), without losing digits.
struct TAPEGRAD_EXPORT BCEWithLogitsLossImpl : WeightedLayer<BCEWithLogitsLossImpl, BCEWithLogitsLossOptions> {
  explicit BCEWithLogitsLossImpl(const BCEWithLogitsLossOptions& loss_options = {})
      : WeightedLayer(loss_options), pos_weight(register_buffer("pos_weight", loss_options.pos_weight())) {}
  Tensor forward(const Tensor& x, const Tensor& target) {
    return binary_cross_entropy_with_logits(x, target, weight, pos_weight, options.reduction());
  }

  Buffer pos_weight;
};
TAPEGRAD_MODULE(BCEWithLogitsLoss);

// Of log-probabilities x [n, c] and classes target [n].
struct TAPEGRAD_EXPORT NLLLossImpl : WeightedLayer<NLLLossImpl, NLLLossOptions> {
  using WeightedLayer::WeightedLayer;
  Tensor forward(const Tensor& x, const Tensor& target) {
    return nll_loss(x, target, weight, options.reduction(), options.ignore_index());
  }
};
TAPEGRAD_MODULE(NLLLoss);

// Of scores x [n, c] and classes target [n], or probabilities of classes [n, c].
struct TAPEGRAD_EXPORT CrossEntropyLossImpl : WeightedLayer<CrossEntropyLossImpl, CrossEntropyLossOptions> {
  using WeightedLayer::WeightedLayer;
  Tensor forward(const Tensor& x, const Tensor& target) {
    return cross_entropy(x, target, weight, options.reduction(), options.ignore_index(), options.label_smoothing());
  }
};
TAPEGRAD_MODULE(CrossEntropyLoss);

}  // namespace tapegrad::nn
