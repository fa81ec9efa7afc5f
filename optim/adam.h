// Adam (Kingma and Ba 2015) and AMSGrad (Reddi et al. 2018), as torch.optim.Adam. One template makes AdamW (adamw.h)
// too.
#pragma once

#include <tapegrad/autograd/option.h>
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
class TAPEGRAD_EXPORT AdamOptionsOf : public OptimizerCloneableOptions<AdamOptionsOf<kDecoupled>>,
                                      public OptionsOf<AdamFieldsOf<kDecoupled>> {
 public:
  using Fields = AdamFieldsOf<kDecoupled>;
  using betas_t = std::tuple<double, double>;
  using OptionsOf<Fields>::OptionsOf;
  AdamOptionsOf(double lr = 1e-3) : OptionsOf<Fields>({.lr = lr}) {}
  // lr, eps, weight_decay >= 0; betas in [0, 1).
  void check() const override;
  void visit(const OptimizerOptions::Visitor& fn) override;
  TAPEGRAD_SETTER(lr)
  TAPEGRAD_SETTER(betas)
  TAPEGRAD_SETTER(eps)
  TAPEGRAD_SETTER(weight_decay)
  TAPEGRAD_SETTER(amsgrad)
};

template <bool kDecoupled>
class TAPEGRAD_EXPORT AdamOf : public OptimizerWith<AdamOptionsOf<kDecoupled>> {
 public:
  using OptimizerWith<AdamOptionsOf<kDecoupled>>::OptimizerWith;
  Tensor step(Optimizer::LossClosure closure = nullptr) override;

 protected:
  Optimizer::StateNames state_names() const override { return {{"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}, true, 2}; }
};

// {.lr = 1e-3, .betas = {0.9, 0.99}}, or AdamOptions(1e-3).betas({0.9, 0.99})
using AdamOptions = AdamOptionsOf</*kDecoupled=*/false>;

// For each parameter p with gradient g, in its step t = 1, 2 ...:
//   g = g + weight_decay * p
//   m = b1 * m + (1 - b1) * g;  v = b2 * v + (1 - b2) * g^2;  s = v, or with amsgrad the largest v so far
//   p = p - lr / (1 - b1^t) * m / (sqrt(s) / sqrt(1 - b2^t) + eps)
// State: step, exp_avg (m), exp_avg_sq (v), max_exp_avg_sq. What falls below the smallest normal number becomes 0
// there.
using Adam = AdamOf</*kDecoupled=*/false>;

}  // namespace tapegrad::optim
