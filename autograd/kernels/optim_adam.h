#pragma once

#include "autograd/kernels/optim.h"

namespace tapegrad::kernels {

// p *= decay; g += weight_decay * p; m <- beta1 * m + (1 - beta1) * g; v <- beta2 * v + (1 - beta2) * g^2;
// s = v, or with vmax (null without amsgrad) the largest v so far;
// p -= step_size * m / (sqrt(s) / sqrt_correction2 + eps). A decay of 1 decays nothing.
struct AdamArgs {
  void *m, *v, *vmax;
  double step_size;         // lr / (1 - beta1^t)
  double sqrt_correction2;  // sqrt(1 - beta2^t)
  double beta1, beta2, eps, weight_decay, decay;
};
void adam(const Param& x, const AdamArgs& args) noexcept;

}  // namespace tapegrad::kernels
