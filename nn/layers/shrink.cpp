#include <tapegrad/nn/layers/shrink.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

Tensor functional::softshrink(const Tensor& x, const SoftshrinkOptions& options) {
  const double lambda = options.lambda();
  if (!(lambda >= 0)) {
    core::throw_value("softshrink", "lambda must be greater or equal to 0, but found to be ", lambda,
                      "; give 0 or more");
  }
  return x - x.clamp(-lambda, lambda);
}

}  // namespace tapegrad::nn
