#include <tapegrad/optim/lion.h>

#include "autograd/kernels/optim_lion.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

static void lion_kernel(const core::Call& c) noexcept {
  const detail::Update<LionOptions> u(c);
  const LionOptions& o = u.options;
  const auto [beta1, beta2] = o.betas();
  kernels::lion(
      u.param(),
      {.m = u.buffer(0), .lr = o.lr(), .beta1 = beta1, .beta2 = beta2, .decay = 1 - o.lr() * o.weight_decay()});
}
static constexpr StateBuffer kBuffers[] = {{"exp_avg"}};
static constexpr core::Op kLion = detail::update_op<kBuffers>("lion", lion_kernel);
TAPEGRAD_OPTIMIZER_STEP(Lion, kLion, /*counts_steps=*/false)

}  // namespace tapegrad::optim
