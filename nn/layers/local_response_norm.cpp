#include <tapegrad/nn/layers/local_response_norm.h>

#include <tapegrad/nn/layers/padding.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

Tensor functional::local_response_norm(const Tensor& x, const LocalResponseNormOptions& options) try {
  if (x.dim() < 3)
    core::throw_shape("local_response_norm", "Expected 3D or higher dimensionality input (got ", x.dim(),
                      " dimensions); give [n, channels, sizes]");
  const std::int64_t size = options.size();
  if (size < 1) core::throw_value("local_response_norm", "size must be 1 or more, but got ", size, "; give 1 or more");
  if (x.numel() == 0) return x;
  const Tensor squares = pad(x.square().flatten(2).unsqueeze(1), PadFuncOptions({0, 0, size / 2, (size - 1) / 2}));
  const Tensor means = avg_pool2d(squares, {size, 1}, {1, 1}).view(x.sizes());
  return x / (means * options.alpha() + options.k()).pow(options.beta());
} catch (const Error&) {
  core::throw_as("local_response_norm");
}

}  // namespace tapegrad::nn
