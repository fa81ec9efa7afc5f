#include <tapegrad/nn/losses/bce.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

Tensor functional::binary_cross_entropy(const Tensor& x, const Tensor& target, const BCELossOptions& options) {
  if (x.sizes() != target.sizes()) {
    core::throw_shape("binary_cross_entropy", "Using a target size (", target.sizes(),
                      ") that is different to the input size (", x.sizes(),
                      ") is deprecated; please ensure they have the same size, with view()");
  }
  return tapegrad::binary_cross_entropy(x, target, options.weight(), options.reduction());
}

}  // namespace tapegrad::nn
