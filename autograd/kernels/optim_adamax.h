#pragma once

#include "autograd/kernels/optim.h"

namespace tapegrad::kernels {

// g *= sign; g += weight_decay * p; m <- beta1 * m + (1 - beta1) * g; u <- max(beta2 * u, |g| + eps);
// p -= step_size * m / u. A sign of -1 climbs.
struct AdamaxArgs {
  void *m, *u;
  double step_size;  // lr / (1 - beta1^t)
  double sign, beta1, beta2, eps, weight_decay;
};
void adamax(const Param& x, const AdamaxArgs& args) noexcept;

}  // namespace tapegrad::kernels
