// Adam and AMSGrad. One template makes AdamW (adamw.h) too.
#pragma once

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

template <bool kDecoupled>
struct AdamFieldsOf {
  double lr = 1e-3;
  std::tuple<double, double> betas = {0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = kDecoupled ? 1e-2 : 0;
  bool amsgrad = false;
};
template <bool kDecoupled>
class TAPEGRAD_EXPORT AdamOptionsOf : public OptionsWith<AdamOptionsOf<kDecoupled>, AdamFieldsOf<kDecoupled>> {
 public:
  using Fields = AdamFieldsOf<kDecoupled>;
  using betas_t = std::tuple<double, double>;
  using OptionsWith<AdamOptionsOf, Fields>::OptionsWith;
  TAPEGRAD_OPTIONS(lr, betas, eps, weight_decay, amsgrad)
  void check() const override { this->check_ranges(); }
  /// beta1^t and beta2^t, computed once while they stay the same: the parameters of a group mostly march in step.
  betas_t powers(double t) const;

 private:
  mutable double power_of_[3] = {};  // t, beta1, beta2
  mutable betas_t powers_;
};

template <bool kDecoupled>
class TAPEGRAD_EXPORT AdamOf : public OptimizerWith<AdamOptionsOf<kDecoupled>> {
 public:
  using OptimizerWith<AdamOptionsOf<kDecoupled>>::OptimizerWith;
  Tensor step(Optimizer::LossClosure closure = nullptr) override;

 protected:
  Optimizer::Kept kept() const override;
};

/// The options of Adam: {.lr = 1e-3, .betas = {0.9, 0.99}}, or AdamOptions(1e-3).betas({0.9, 0.99}). lr, eps and
/// weight_decay are at least 0; betas are in [0, 1).
using AdamOptions = AdamOptionsOf</*kDecoupled=*/false>;

/// Adam, as torch.optim.Adam. For each parameter p with gradient g, in its step t = 1, 2 ...:
///
///     g = g + weight_decay * p
///     m = b1 * m + (1 - b1) * g
///     v = b2 * v + (1 - b2) * g^2
///     s = v, or with amsgrad the largest v so far
///     p = p - lr / (1 - b1^t) * m / (sqrt(s) / sqrt(1 - b2^t) + eps)
///
/// State: step (t), exp_avg (m), exp_avg_sq (v), max_exp_avg_sq. What falls below the smallest normal number becomes 0
/// there. Sources: Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015; Reddi et al., On the Convergence of
/// Adam and Beyond, 2018 (amsgrad).
using Adam = AdamOf</*kDecoupled=*/false>;

}  // namespace tapegrad::optim
