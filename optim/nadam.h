// NAdam: Adam with Nesterov's momentum.
#pragma once

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

struct NAdamFields {
  double lr = 2e-3;
  std::tuple<double, double> betas = {0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 0;
  double momentum_decay = 4e-3;
};
/// The options of NAdam, with the ranges of Adam's: {.lr = 0.01}, or NAdamOptions(0.01).momentum_decay(0.01).
class TAPEGRAD_EXPORT NAdamOptions : public OptionsWith<NAdamOptions, NAdamFields> {
 public:
  using OptionsWith::OptionsWith;
  TAPEGRAD_OPTIONS(lr, betas, eps, weight_decay, momentum_decay)
  void check() const override { check_ranges(); }
};

/// NAdam, as torch.optim.NAdam in Python. For each parameter p with gradient g, in its step t = 1, 2 ...:
///
///     g = g + weight_decay * p
///     m = b1 * m + (1 - b1) * g
///     v = b2 * v + (1 - b2) * g^2
///     mu_t = b1 * (1 - 0.96^(t * momentum_decay) / 2),   M_t = mu_1 * ... * mu_t
///     d = mu_{t+1} / (1 - M_{t+1}) * m + (1 - mu_t) / (1 - M_t) * g
///     p = p - lr * d / (sqrt(v / (1 - b2^t)) + eps)
///
/// State: step (t), exp_avg (m), exp_avg_sq (v), mu_product (M_t, one number). What falls below the smallest normal
/// number becomes 0 in m and v. (PyTorch 1.13 has mu_t twice in M_{t+1}; later ones have the paper's formula, as here.)
/// Source: Dozat, Incorporating Nesterov Momentum into Adam, 2016.
TAPEGRAD_OPTIMIZER(NAdam);

}  // namespace tapegrad::optim
