#include <tapegrad/nn/losses/cosine_embedding.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

Tensor functional::cosine_embedding_loss(const Tensor& x1, const Tensor& x2, const Tensor& target,
                                         const CosineEmbeddingLossOptions& options) try {
  const std::int64_t dims = target.dim();
  if (dims > 1) {
    core::throw_shape("cosine_embedding_loss",
                      "0D or 1D target tensor expected, multi-target not supported, but got sizes ", target.sizes(),
                      "; give one for each row");
  }
  if (x1.dim() != dims + 1 || x2.dim() != dims + 1) {
    core::throw_shape("cosine_embedding_loss", dims, "D target tensor expects ", dims + 1,
                      "D input tensors, but found inputs with sizes ", x1.sizes(), " and ", x2.sizes(),
                      "; give rows and a target for each, or two vectors and one");
  }
  const Tensor scale = ((x1 * x1).sum(dims) + 1e-12) * ((x2 * x2).sum(dims) + 1e-12);
  const Tensor cosine = (x1 * x2).sum(dims) / scale.sqrt();
  const Tensor near = where(target.eq(1), 1 - cosine, 0);
  const Tensor far = where(target.eq(-1), (cosine - options.margin()).clamp_min(0), 0);
  return detail::reduced(near + far, options.reduction());
} catch (const Error&) {
  core::throw_as("cosine_embedding_loss");
}

}  // namespace tapegrad::nn
