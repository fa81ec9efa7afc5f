// RMSprop, plain, centered and with momentum.
#pragma once

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

struct RMSpropFields {
  double lr = 1e-2;
  double alpha = 0.99;
  double eps = 1e-8;
  double weight_decay = 0;
  double momentum = 0;
  bool centered = false;
  bool maximize = false;
};
/// The options of RMSprop: {.alpha = 0.9}, or RMSpropOptions(1e-2).alpha(0.9). None of the numbers is below 0.
class TAPEGRAD_EXPORT RMSpropOptions : public OptionsWith<RMSpropOptions, RMSpropFields> {
 public:
  using OptionsWith::OptionsWith;
  TAPEGRAD_OPTIONS(lr, alpha, eps, weight_decay, momentum, centered, maximize)
  void check() const override { check_ranges(); }
};

/// RMSprop, as torch.optim.RMSprop. For each parameter p with gradient g (-g with maximize):
///
///     g = g + weight_decay * p
///     v = alpha * v + (1 - alpha) * g^2
///     with centered: a = alpha * a + (1 - alpha) * g, and s = v - a^2; else s = v
///     d = g / (sqrt(s) + eps)
///     with momentum: buf = momentum * buf + d, and d = buf
///     p = p - lr * d
///
/// State: step, square_avg (v), momentum_buffer (buf), grad_avg (a). What falls below the smallest normal number
/// becomes 0 there. Sources: Hinton, Neural Networks for Machine Learning, lecture 6, 2012; Graves, Generating
/// Sequences With Recurrent Neural Networks, 2013 (centered).
TAPEGRAD_OPTIMIZER(RMSprop);

}  // namespace tapegrad::optim
