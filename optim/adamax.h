// Adamax.
#pragma once

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

struct AdamaxFields {
  double lr = 2e-3;
  std::tuple<double, double> betas = {0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 0;
  bool maximize = false;
};
/// The options of Adamax, with the ranges of Adam's: {.lr = 0.01}, or AdamaxOptions(0.01).betas({0.9, 0.99}).
class TAPEGRAD_EXPORT AdamaxOptions : public OptionsWith<AdamaxOptions, AdamaxFields> {
 public:
  using OptionsWith::OptionsWith;
  TAPEGRAD_OPTIONS(lr, betas, eps, weight_decay, maximize)
  void check() const override { check_ranges(); }
};

/// Adamax, as torch.optim.Adamax in Python: Adam with a maximum for the second moment. For each parameter p with
/// gradient g (-g with maximize), in its step t = 1, 2 ...:
///
///     g = g + weight_decay * p
///     m = b1 * m + (1 - b1) * g
///     u = max(b2 * u, |g| + eps)
///     p = p - lr / (1 - b1^t) * m / u
///
/// State: step (t), exp_avg (m), exp_inf (u). What falls below the smallest normal number becomes 0 there.
/// Source: Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, section 7.1.
TAPEGRAD_OPTIMIZER(Adamax);

}  // namespace tapegrad::optim
