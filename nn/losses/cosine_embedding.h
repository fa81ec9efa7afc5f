// CosineEmbeddingLoss: of the angle between vectors that belong together or do not.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct CosineEmbeddingLossFields {
  double margin = 0;  ///< the cosine that vectors which do not may have
  Reduction reduction = kMean;
};
struct CosineEmbeddingLossOptions : OptionsOf<CosineEmbeddingLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(margin, reduction)
};

namespace functional {
/// 1 - cos(x1, x2) where target is 1, max(cos(x1, x2) - margin, 0) where it is -1; of rows [n, c] and target [n], or of
/// vectors [c] and target (). ShapeError for others.
TAPEGRAD_EXPORT Tensor cosine_embedding_loss(const Tensor& x1, const Tensor& x2, const Tensor& target,
                                             const CosineEmbeddingLossOptions& options = {});
}  // namespace functional

/// It prints its margin.
struct TAPEGRAD_EXPORT CosineEmbeddingLossImpl
    : FunctionLayer<CosineEmbeddingLossImpl, &functional::cosine_embedding_loss> {
  using FunctionLayer::FunctionLayer;
  std::string arguments() const override { return "margin=" + detail::number(options.margin()); }
};
TAPEGRAD_MODULE(CosineEmbeddingLoss);

}  // namespace tapegrad::nn
