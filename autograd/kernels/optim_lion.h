#pragma once

#include "autograd/kernels/optim.h"

namespace tapegrad::kernels {

// c = beta1 * m + (1 - beta1) * g; p <- decay * p - lr * sign(c); m <- beta2 * m + (1 - beta2) * g. A decay of 1 decays
// nothing.
struct LionArgs {
  void* m;
  double lr, beta1, beta2, decay;
};
void lion(const Param& x, const LionArgs& args) noexcept;

}  // namespace tapegrad::kernels
