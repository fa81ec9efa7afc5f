#include <tapegrad/nn/losses/triplet_margin.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

Tensor functional::triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                       const TripletMarginLossOptions& options) try {
  if (anchor.dim() != positive.dim() || anchor.dim() != negative.dim()) {
    core::throw_shape("triplet_margin_loss", "All inputs should have same dimension but got ", anchor.dim(), "D, ",
                      positive.dim(), "D and ", negative.dim(), "D inputs; give the same number of dims");
  }
  const auto distance = [&](const Tensor& a, const Tensor& b) {
    return pairwise_distance(a, b, options.p(), options.eps());
  };
  Tensor far = distance(anchor, negative);
  if (options.swap()) far = minimum(far, distance(positive, negative));
  return detail::reduced((options.margin() + distance(anchor, positive) - far).clamp_min(0), options.reduction());
} catch (const Error&) {
  core::throw_as("triplet_margin_loss");
}

}  // namespace tapegrad::nn
