#pragma once

#include "autograd/kernels/optim.h"

namespace tapegrad::kernels {

// g *= sign; g += weight_decay * p; v <- rho * v + (1 - rho) * g^2; d = sqrt(u + eps) / sqrt(v + eps) * g;
// u <- rho * u + (1 - rho) * d^2; p -= lr * d. A sign of -1 climbs.
struct AdadeltaArgs {
  void *v, *u;
  double lr, sign, rho, eps, weight_decay;
};
void adadelta(const Param& x, const AdadeltaArgs& args) noexcept;

}  // namespace tapegrad::kernels
