#include <tapegrad/nn/layers/rectifier.h>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/text.h"

namespace tapegrad::nn::functional {

Tensor prelu(const Tensor& x, const Tensor& weight) try {
  if (weight.dim() > 1) {
    core::throw_shape("prelu", "Expected `weight` to be a scalar or 1D tensor, but got sizes ", weight.sizes(),
                      "; give one element, or one for each channel");
  }
  Tensor slope = weight;
  if (weight.numel() != 1) {
    if (x.dim() == 0) core::throw_shape("prelu", "Not allow zero-dim input tensor; give a weight of one element");
    const std::int64_t channels = x.dim() > 1 ? x.size(1) : 1;
    if (weight.numel() != channels) {
      core::throw_shape("prelu", "Mismatch of parameter numbers and input channel size. Found parameter numbers = ",
                        weight.numel(), " and channel size = ", channels, "; give one for each channel, or one");
    }
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(x.dim()), 1);
    sizes[1] = channels;
    slope = weight.view(sizes);
  } else if (weight.dim() == 1) {
    slope = weight.view(IntList());
  }
  return where(x.gt(0), x, slope * x);
} catch (const Error&) {
  core::throw_as("prelu");
}

Tensor rrelu(const Tensor& x, const RReLUFuncOptions& options) try {
  const double lower = options.lower(), upper = options.upper();
  if (!(lower <= upper)) {
    core::throw_value("rrelu", "Lower bound should be less than or equal to the upper bound, but got ", lower, " and ",
                      upper, "; give the smaller first");
  }
  return detail::in_place_if(options.inplace(), x, [&](const Tensor& v) {
    if (!options.training()) return tapegrad::leaky_relu(v, (lower + upper) / 2);
    const Tensor falls = v.le(0);
    const Tensor drawn = empty({falls.sum().item<std::int64_t>()}, kDouble).uniform_(lower, upper).to(v.dtype());
    return v * ones_like(v.detach()).index_put_({falls}, drawn);
  });
} catch (const Error&) {
  core::throw_as("rrelu");
}

}  // namespace tapegrad::nn::functional
