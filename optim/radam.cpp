#include <tapegrad/optim/radam.h>

#include <cmath>

#include "autograd/kernels/optim_nadam.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

static void radam_kernel(const core::Call& c) noexcept {
  const detail::Update<RAdamOptions> u(c);
  const RAdamOptions& o = u.options;
  const auto [beta1, beta2] = o.betas();
  const auto t = static_cast<double>(++u.state.step);
  const double power2 = std::pow(beta2, t), most = 2 / (1 - beta2) - 1, now = most - 2 * t * power2 / (1 - power2);
  const bool plain = !(now > 5);
  const double r = std::sqrt((now - 4) * (now - 2) * most / ((most - 4) * (most - 2) * now) * (1 - power2));
  kernels::nadam(u.param(), {.m = u.buffer(0),
                             .v = u.buffer(1),
                             .step_size = o.lr() / (1 - std::pow(beta1, t)) * (plain ? 1 : r),
                             .grad_size = 0,
                             .sqrt_correction2 = 1,
                             .beta1 = beta1,
                             .beta2 = beta2,
                             .eps = o.eps(),
                             .weight_decay = o.weight_decay(),
                             .plain = plain});
}
static constexpr StateBuffer kBuffers[] = {{"exp_avg"}, {"exp_avg_sq"}};
static constexpr core::Op kRadam = detail::update_op<kBuffers>("radam", radam_kernel);
TAPEGRAD_OPTIMIZER_STEP(RAdam, kRadam)

}  // namespace tapegrad::optim
