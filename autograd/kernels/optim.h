// One optimiser step over one parameter: n contiguous elements, in one pass. Large ones run on several threads. The
// same bits on every machine and at any thread count: no fused multiply-add.
//
// State that falls below the smallest normal number becomes 0: a buffer that only decays would otherwise end among the
// subnormal numbers, where arithmetic is many times slower, and stay there.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

// A parameter p, its gradient g and what is kept for it (null where it is not used): n elements each, all of one dtype,
// kFloat or kDouble.
struct Param {
  Dtype dtype;
  void* p;
  const void* g;
  void* state[3];
  std::int64_t n;
};

// g *= sign; g += weight_decay * p; with a buffer: buffer <- keep * buffer + take * g, and then g <- buffer, or
// g + nesterov * buffer where that is not 0; p -= lr * g.
struct SgdArgs {
  double lr;
  double sign;  // -1 climbs
  double weight_decay;
  double keep;
  double take;
  double nesterov;
};

// x.state: buffer, null without momentum.
void sgd(const Param& x, const SgdArgs& args) noexcept;

// p *= decay; g += weight_decay * p; m <- beta1 * m + (1 - beta1) * g; v <- beta2 * v + (1 - beta2) * g^2;
// s = v, or with vmax the largest v so far; p -= step_size * m / (sqrt(s) / sqrt_correction2 + eps).
struct AdamArgs {
  double step_size;         // lr / (1 - beta1^t)
  double sqrt_correction2;  // sqrt(1 - beta2^t)
  double beta1;
  double beta2;
  double eps;
  double weight_decay;
  double decay;  // 1 without decoupled weight decay
};

// x.state: m, v and vmax, which is null without amsgrad.
void adam(const Param& x, const AdamArgs& args) noexcept;

}  // namespace tapegrad::kernels
