#include <tapegrad/nn/losses/gaussian_nll.h>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/text.h"
#include "autograd/ops/require.h"

namespace tapegrad::nn {

Tensor functional::gaussian_nll_loss(const Tensor& x, const Tensor& target, const Tensor& variance,
                                     const GaussianNLLLossOptions& options) try {
  std::vector<std::int64_t> rows = x.sizes().vec();
  if (!rows.empty()) rows.back() = 1;
  Tensor v = variance.dim() == x.dim() ? variance : variance.unsqueeze(-1);
  if (v.sizes() != x.sizes() && v.sizes() != rows) {
    core::throw_shape("gaussian_nll_loss", "var is of incorrect size ", variance.sizes(), " for input of sizes ",
                      x.sizes(), "; give x's sizes, or one number for each row");
  }
  v = v.clone();
  {
    const NoGradGuard no_grad;
    ops::require(v.lt(0).logical_not(), [](std::int64_t) {
      core::throw_value("gaussian_nll_loss", "var has negative entry/entries; give 0 or more");
    });
    v.clamp_min_(options.eps());
  }
  const Tensor terms = (v.log() + (x - target).square() / v) * 0.5;
  return detail::reduced(options.full() ? terms + 0.9189385332046727 : terms, options.reduction());
} catch (const Error&) {
  core::throw_as("gaussian_nll_loss");
}

}  // namespace tapegrad::nn
