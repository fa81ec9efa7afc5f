#include <tapegrad/optim/adamax.h>

#include <cmath>

#include "autograd/kernels/optim_adamax.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

static void adamax_kernel(const core::Call& c) noexcept {
  const detail::Update<AdamaxOptions> u(c);
  const AdamaxOptions& o = u.options;
  const auto [beta1, beta2] = o.betas();
  kernels::adamax(u.param(), {.m = u.buffer(0),
                              .u = u.buffer(1),
                              .step_size = o.lr() / (1 - std::pow(beta1, static_cast<double>(++u.state.step))),
                              .sign = o.maximize() ? -1.0 : 1.0,
                              .beta1 = beta1,
                              .beta2 = beta2,
                              .eps = o.eps(),
                              .weight_decay = o.weight_decay()});
}
static constexpr StateBuffer kBuffers[] = {{"exp_avg"}, {"exp_inf"}};
static constexpr core::Op kAdamax = detail::update_op<kBuffers>("adamax", adamax_kernel);
TAPEGRAD_OPTIMIZER_STEP(Adamax, kAdamax)

}  // namespace tapegrad::optim
