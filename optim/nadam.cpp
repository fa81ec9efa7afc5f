#include <tapegrad/optim/nadam.h>

#include <cmath>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/optim_nadam.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

static void nadam_kernel(const core::Call& c) noexcept {
  const detail::Update<NAdamOptions> u(c);
  const NAdamOptions& o = u.options;
  const auto [beta1, beta2] = o.betas();
  const auto t = static_cast<double>(++u.state.step);
  const auto mu = [&, b = beta1](double step) { return b * (1 - 0.5 * std::pow(0.96, step * o.momentum_decay())); };
  const double product = kernels::by_floating(
      u.param().dtype, [&]<class T>() -> double { return *static_cast<T*>(u.buffer(2)) *= static_cast<T>(mu(t)); });
  kernels::nadam(u.param(), {.m = u.buffer(0),
                             .v = u.buffer(1),
                             .step_size = o.lr() * mu(t + 1) / (1 - product * mu(t + 1)),
                             .grad_size = o.lr() * (1 - mu(t)) / (1 - product),
                             .sqrt_correction2 = std::sqrt(1 - std::pow(beta2, t)),
                             .beta1 = beta1,
                             .beta2 = beta2,
                             .eps = o.eps(),
                             .weight_decay = o.weight_decay(),
                             .plain = false});
}
static constexpr StateBuffer kBuffers[] = {
    {"exp_avg"},
    {"exp_avg_sq"},
    {.name = "mu_product",
     .value = [](const OptimizerOptions&) { return 1.0; },
     .sizes = [](const Tensor&, const OptimizerOptions&) { return std::vector<std::int64_t>(); }}};
static constexpr core::Op kNadam = detail::update_op<kBuffers>("nadam", nadam_kernel);
TAPEGRAD_OPTIMIZER_STEP(NAdam, kNadam)

}  // namespace tapegrad::optim
