#include <tapegrad/nn/loss.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

Tensor detail::binary_cross_entropy(const Tensor& x, const Tensor& target, const Tensor& weight, Reduction reduction) {
  if (x.sizes() != target.sizes()) {
    core::throw_shape("binary_cross_entropy", "Using a target size (", target.sizes(),
                      ") that is different to the input size (", x.sizes(),
                      ") is deprecated; please ensure they have the same size, with view()");
  }
  return tapegrad::binary_cross_entropy(x, target, weight, reduction);
}

}  // namespace tapegrad::nn
