#include <tapegrad/nn/linear.h>

#include <cmath>
#include <ostream>

#include <tapegrad/nn/init.h>

namespace tapegrad::nn {

LinearImpl::LinearImpl(const LinearOptions& linear_options) : options(linear_options) {
  const std::int64_t in = options.in_features(), out = options.out_features();
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

void LinearImpl::pretty_print(std::ostream& out) const {
  out << "nn::Linear(in_features=" << options.in_features() << ", out_features=" << options.out_features()
      << ", bias=" << (options.bias() ? "true" : "false") << ")";
}

}  // namespace tapegrad::nn
