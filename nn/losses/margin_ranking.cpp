#include <tapegrad/nn/losses/margin_ranking.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

Tensor functional::margin_ranking_loss(const Tensor& x1, const Tensor& x2, const Tensor& target,
                                       const MarginRankingLossOptions& options) try {
  if (x1.dim() != x2.dim() || x1.dim() != target.dim()) {
    core::throw_shape("margin_ranking_loss",
                      "All input tensors should have same dimension but got sizes: input1: ", x1.sizes(),
                      ", input2: ", x2.sizes(), ", target: ", target.sizes(), "; give the same number of dims");
  }
  return detail::reduced((-target * (x1 - x2) + options.margin()).clamp_min(0), options.reduction());
} catch (const Error&) {
  core::throw_as("margin_ranking_loss");
}

}  // namespace tapegrad::nn
