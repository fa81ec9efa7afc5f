// RAdam: Adam whose first steps are rectified.
#pragma once

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

struct RAdamFields {
  double lr = 1e-3;
  std::tuple<double, double> betas = {0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 0;
};
/// The options of RAdam, with the ranges of Adam's: {.lr = 0.01}, or RAdamOptions(0.01).betas({0.9, 0.99}).
class TAPEGRAD_EXPORT RAdamOptions : public OptionsWith<RAdamOptions, RAdamFields> {
 public:
  using OptionsWith::OptionsWith;
  TAPEGRAD_OPTIONS(lr, betas, eps, weight_decay)
  void check() const override { check_ranges(); }
};

/// RAdam, as torch.optim.RAdam in Python. For each parameter p with gradient g, in its step t = 1, 2 ...:
///
///     g = g + weight_decay * p
///     m = b1 * m + (1 - b1) * g
///     v = b2 * v + (1 - b2) * g^2
///     R = 2 / (1 - b2) - 1,   R_t = R - 2 t b2^t / (1 - b2^t)
///     where R_t > 5: r = sqrt((R_t - 4) (R_t - 2) R / ((R - 4) (R - 2) R_t))
///                    p = p - lr / (1 - b1^t) * m * r * sqrt(1 - b2^t) / (sqrt(v) + eps)
///     else:          p = p - lr / (1 - b1^t) * m
///
/// State: step (t), exp_avg (m), exp_avg_sq (v). What falls below the smallest normal number becomes 0 there.
/// Source: Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, 2020.
TAPEGRAD_OPTIMIZER(RAdam);

}  // namespace tapegrad::optim
