#include <tapegrad/nn/layers/bilinear.h>

#include <cmath>

#include <tapegrad/nn/init.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

static void check_size(const char* what, std::int64_t got, std::int64_t expected) {
  if (got == expected) return;
  core::throw_shape("bilinear", what, " size does not match weight size: got ", got, " but expected ", expected,
                    "; give the sizes of the weight");
}

Tensor functional::bilinear(const Tensor& x1, const Tensor& x2, const Tensor& weight, const Tensor& bias) try {
  if (weight.dim() != 3 || x1.dim() == 0 || x1.dim() != x2.dim()) {
    core::throw_shape("bilinear", "input dimensions do not match: got sizes ", x1.sizes(), " and ", x2.sizes(),
                      " for a weight of sizes ", weight.sizes(), "; give [n, in1], [n, in2] and [out, in1, in2]");
  }
  for (std::int64_t d = 0; d + 1 < x1.dim(); ++d) {
    if (x1.size(d) == x2.size(d)) continue;
    core::throw_shape("bilinear", "input batch dimensions do not match at dim ", d, ": got ", x1.size(d), " and ",
                      x2.size(d), "; give as many of both");
  }
  check_size("input1", x1.size(-1), weight.size(1));
  check_size("input2", x2.size(-1), weight.size(2));
  if (bias.defined()) check_size("bias", bias.numel(), weight.size(0));
  const Tensor y = einsum("...i,oij,...j->...o", {x1, weight, x2});
  return bias.defined() ? y + bias : y;
} catch (const Error&) {
  core::throw_as("bilinear");
}

BilinearImpl::BilinearImpl(const BilinearOptions& bilinear_options) : Layer(bilinear_options) {
  const auto [in1, in2, out, with_bias] = static_cast<const BilinearFields&>(options);
  if (in1 < 0 || in2 < 0 || out < 0) {
    core::throw_shape("Bilinear", "Trying to create tensor with negative dimension: ", IntList({out, in1, in2}),
                      "; give all three, 0 or more");
  }
  weight = register_parameter("weight", empty({out, in1, in2}));
  bias = with_bias ? register_parameter("bias", empty({out})) : register_parameter("bias", {}, false);
  reset_parameters();
}

void BilinearImpl::reset_parameters() {
  const std::int64_t in1 = options.in1_features();
  const double bound = in1 > 0 ? 1 / std::sqrt(static_cast<double>(in1)) : 0;
  init::uniform_(weight, -bound, bound);
  if (bias.defined()) init::uniform_(bias, -bound, bound);
}

}  // namespace tapegrad::nn
