#pragma once

#include "autograd/kernels/optim.h"

namespace tapegrad::kernels {

// g *= sign; g += weight_decay * p; with a buffer: buffer <- keep * buffer + take * g, and then g <- buffer, or
// g + nesterov * buffer where that is not 0; p -= lr * g. A sign of -1 climbs. The buffer is null without momentum.
struct SgdArgs {
  void* buffer = nullptr;
  double lr, sign, weight_decay, keep = 0, take = 0, nesterov = 0;
};
void sgd(const Param& x, const SgdArgs& args) noexcept;

}  // namespace tapegrad::kernels
