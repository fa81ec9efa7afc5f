// Adadelta.
#pragma once

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

struct AdadeltaFields {
  double lr = 1;
  double rho = 0.9;
  double eps = 1e-6;
  double weight_decay = 0;
  bool maximize = false;
};
/// The options of Adadelta: {.rho = 0.95}, or AdadeltaOptions(1.0).rho(0.95). rho is in [0, 1], the other numbers are
/// at least 0.
class TAPEGRAD_EXPORT AdadeltaOptions : public OptionsWith<AdadeltaOptions, AdadeltaFields> {
 public:
  using OptionsWith::OptionsWith;
  TAPEGRAD_OPTIONS(lr, rho, eps, weight_decay, maximize)
  void check() const override;
};

/// Adadelta, as torch.optim.Adadelta in Python. For each parameter p with gradient g (-g with maximize):
///
///     g = g + weight_decay * p
///     v = rho * v + (1 - rho) * g^2
///     d = sqrt(u + eps) / sqrt(v + eps) * g
///     u = rho * u + (1 - rho) * d^2
///     p = p - lr * d
///
/// State: step, square_avg (v), acc_delta (u). What falls below the smallest normal number becomes 0 there.
/// Source: Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012.
TAPEGRAD_OPTIMIZER(Adadelta);

}  // namespace tapegrad::optim
