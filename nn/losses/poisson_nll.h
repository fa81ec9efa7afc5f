// PoissonNLLLoss: the negative log likelihood of counts, of a rate or its logarithm.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct PoissonNLLLossFields {
  bool log_input = true;  ///< x is the logarithm of the rate
  bool full = false;      ///< with the term of the target alone, by Stirling's formula
  double eps = 1e-8;      ///< added to a rate before its logarithm
  Reduction reduction = kMean;
};
struct PoissonNLLLossOptions : OptionsOf<PoissonNLLLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(log_input, full, eps, reduction)
};

namespace functional {
/// e^x - target x, or x - target log(x + eps) of rates x; in full with target log target - target + log(2 pi target) /
/// 2 where the target is above 1.
inline Tensor poisson_nll_loss(const Tensor& x, const Tensor& target, const PoissonNLLLossOptions& options = {}) try {
  Tensor terms = options.log_input() ? x.exp() - target * x : x - target * (x + options.eps()).log();
  if (options.full()) {
    const Tensor stirling = target * target.log() - target + (target * 6.283185307179586).log() * 0.5;
    terms = terms + stirling.masked_fill(target.le(1), 0);
  }
  return detail::reduced(terms, options.reduction());
} catch (const Error&) {
  detail::throw_as("poisson_nll_loss");
}
}  // namespace functional

TAPEGRAD_LAYER(PoissonNLLLoss, functional::poisson_nll_loss);

}  // namespace tapegrad::nn
