// Adagrad.
#pragma once

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

struct AdagradFields {
  double lr = 1e-2;
  double lr_decay = 0;
  double weight_decay = 0;
  double initial_accumulator_value = 0;
  double eps = 1e-10;
  bool maximize = false;
};
/// The options of Adagrad: {.lr_decay = 1e-3}, or AdagradOptions(1e-2).lr_decay(1e-3). None of the numbers is below 0.
class TAPEGRAD_EXPORT AdagradOptions : public OptionsWith<AdagradOptions, AdagradFields> {
 public:
  using OptionsWith::OptionsWith;
  TAPEGRAD_OPTIONS(lr, lr_decay, weight_decay, initial_accumulator_value, eps, maximize)
  void check() const override { check_ranges(); }
};

/// Adagrad, as torch.optim.Adagrad. For each parameter p with gradient g (-g with maximize), in its step t = 1, 2 ...:
///
///     g = g + weight_decay * p
///     s = s + g^2, which begins at initial_accumulator_value
///     p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)
///
/// State: step (t), sum (s), made in the first step. What falls below the smallest normal number becomes 0 there.
/// Source: Duchi et al., Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, 2011.
TAPEGRAD_OPTIMIZER(Adagrad);

}  // namespace tapegrad::optim
