#pragma once

#include "autograd/kernels/optim.h"

namespace tapegrad::kernels {

// g *= sign; g += weight_decay * p; sum <- sum + g^2; p -= lr * g / (sqrt(sum) + eps). A sign of -1 climbs.
struct AdagradArgs {
  void* sum;
  double lr, sign, weight_decay, eps;
};
void adagrad(const Param& x, const AdagradArgs& args) noexcept;

}  // namespace tapegrad::kernels
