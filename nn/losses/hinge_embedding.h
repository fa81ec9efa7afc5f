// HingeEmbeddingLoss: of distances of pairs that belong together or do not.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct HingeEmbeddingLossFields {
  double margin = 1;
  Reduction reduction = kMean;
};
struct HingeEmbeddingLossOptions : OptionsOf<HingeEmbeddingLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(margin, reduction)
};

namespace functional {
/// x where target is 1, max(margin - x, 0) where it is -1.
inline Tensor hinge_embedding_loss(const Tensor& x, const Tensor& target,
                                   const HingeEmbeddingLossOptions& options = {}) try {
  const Tensor near = where(target.ne(-1), x, 0), far = where(target.ne(1), (options.margin() - x).clamp_min(0), 0);
  return detail::reduced(near + far, options.reduction());
} catch (const Error&) {
  detail::throw_as("hinge_embedding_loss");
}
}  // namespace functional

/// It prints its margin.
struct TAPEGRAD_EXPORT HingeEmbeddingLossImpl
    : FunctionLayer<HingeEmbeddingLossImpl, &functional::hinge_embedding_loss> {
  using FunctionLayer::FunctionLayer;
  std::string arguments() const override { return "margin=" + detail::number(options.margin()); }
};
TAPEGRAD_MODULE(HingeEmbeddingLoss);

}  // namespace tapegrad::nn
