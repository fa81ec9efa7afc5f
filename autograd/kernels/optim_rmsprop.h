#pragma once

#include "autograd/kernels/optim.h"

namespace tapegrad::kernels {

// g *= sign; g += weight_decay * p; v <- alpha * v + (1 - alpha) * g^2; s = v, or where a is not null
// a <- alpha * a + (1 - alpha) * g and s = v - a^2; d = g / (sqrt(s) + eps); where buffer is not null
// buffer <- momentum * buffer + d and d = buffer; p -= lr * d. A sign of -1 climbs.
struct RmspropArgs {
  void *v, *buffer, *a;
  double lr, sign, alpha, eps, weight_decay, momentum;
};
void rmsprop(const Param& x, const RmspropArgs& args) noexcept;

}  // namespace tapegrad::kernels
