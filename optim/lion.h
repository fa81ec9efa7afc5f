// Lion: steps of one size, by the sign of a momentum.
#pragma once

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

struct LionFields {
  double lr = 1e-4;
  std::tuple<double, double> betas = {0.9, 0.99};
  double weight_decay = 0;
};
/// The options of Lion, with the ranges of Adam's: {.weight_decay = 0.1}, or LionOptions(1e-4).betas({0.95, 0.98}).
class TAPEGRAD_EXPORT LionOptions : public OptionsWith<LionOptions, LionFields> {
 public:
  using OptionsWith::OptionsWith;
  TAPEGRAD_OPTIONS(lr, betas, weight_decay)
  void check() const override { check_ranges(); }
};

/// Lion. For each parameter p with gradient g:
///
///     c = b1 * m + (1 - b1) * g
///     p = p * (1 - lr * weight_decay) - lr * sign(c)
///     m = b2 * m + (1 - b2) * g
///
/// Every element moves by lr, so lr is 3 to 10 times below Adam's, and weight_decay as much above AdamW's. State:
/// exp_avg (m). What falls below the smallest normal number becomes 0 there. Source: Chen et al., Symbolic Discovery of
/// Optimization Algorithms, 2023. PyTorch has none.
TAPEGRAD_OPTIMIZER(Lion);

}  // namespace tapegrad::optim
