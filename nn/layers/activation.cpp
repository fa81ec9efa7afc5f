#include <tapegrad/nn/layers/activation.h>

#include "autograd/core/text.h"

namespace tapegrad::nn::functional {

Tensor celu(const Tensor& x, const CELUOptions& options) {
  const double alpha = options.alpha();
  if (alpha == 0) core::throw_value("celu", "ZeroDivisionError: alpha cannot be 0 for CELU; give another alpha");
  return detail::in_place_if(options.inplace(), x, [&](const Tensor& v) {
    return where(v.gt(0), v, (v.clamp_max(0) / alpha).expm1() * alpha);
  });
}

Tensor selu(const Tensor& x, const SELUOptions& options) {
  return detail::in_place_if(options.inplace(), x, [](const Tensor& v) {
    return tapegrad::elu(v, 1.6732632423543772848) * 1.0507009873554804934;
  });
}

Tensor glu(const Tensor& x, const GLUOptions& options) try {
  if (x.dim() == 0) {
    core::throw_shape("glu", "glu does not support scalars because halving size must be even; give a vector");
  }
  const std::int64_t size = x.size(options.dim());
  if (size % 2 != 0) {
    core::throw_shape("glu", "Halving dimension must be even, but dimension ",
                      options.dim() + (options.dim() < 0 ? x.dim() : 0), " is size ", size, "; give an even size");
  }
  return x.narrow(options.dim(), 0, size / 2) * x.narrow(options.dim(), size / 2, size / 2).sigmoid();
} catch (const Error&) {
  core::throw_as("glu");
}

}  // namespace tapegrad::nn::functional

namespace tapegrad::nn {

HardtanhImpl::HardtanhImpl(const HardtanhOptions& hardtanh_options) : FunctionLayer(hardtanh_options) {
  const double min = options.min_val(), max = options.max_val();
  if (!(max > min))
    core::throw_value("Hardtanh", "max_val must be greater than min_val, but got ", max, " and ", min,
                      "; give two bounds in order");
}

}  // namespace tapegrad::nn
