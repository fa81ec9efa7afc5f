#pragma once

#include "autograd/kernels/optim.h"

namespace tapegrad::kernels {

// g += weight_decay * p; m <- beta1 * m + (1 - beta1) * g; v <- beta2 * v + (1 - beta2) * g^2;
// p -= (step_size * m + grad_size * g) / (sqrt(v) / sqrt_correction2 + eps), or where plain p -= step_size * m: what
// NAdam and RAdam take.
struct NadamArgs {
  void *m, *v;
  double step_size, grad_size, sqrt_correction2, beta1, beta2, eps, weight_decay;
  bool plain;
};
void nadam(const Param& x, const NadamArgs& args) noexcept;

}  // namespace tapegrad::kernels
