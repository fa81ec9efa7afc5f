#include <tapegrad/nn/layers/linear.h>

#include <cmath>

#include <tapegrad/nn/init.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

LinearImpl::LinearImpl(const LinearOptions& linear_options) : Layer(linear_options) {
  const std::int64_t in = options.in_features(), out = options.out_features();
  if (in < 0 || out < 0) {
    core::throw_shape("Linear", "Trying to create tensor with negative dimension: in_features ", in, ", out_features ",
                      out, "; give both, 0 or more");
  }
  weight = register_parameter("weight", empty({out, in}));
  bias = options.bias() ? register_parameter("bias", empty({out})) : register_parameter("bias", {}, false);
  reset_parameters();
}

void LinearImpl::reset_parameters() {
  init::kaiming_uniform_(weight, std::sqrt(5.0));
  if (!bias.defined()) return;
  const std::int64_t fan_in = options.in_features();
  const double bound = fan_in > 0 ? 1 / std::sqrt(static_cast<double>(fan_in)) : 0;
  init::uniform_(bias, -bound, bound);
}

}  // namespace tapegrad::nn
