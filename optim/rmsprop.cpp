#include <tapegrad/optim/rmsprop.h>

#include "autograd/kernels/optim_rmsprop.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

namespace {

void rmsprop_kernel(const core::Call& c) noexcept {
  const detail::Update<RMSpropOptions> u(c);
  const RMSpropOptions& o = u.options;
  ++u.state.step;
  kernels::rmsprop(u.param(), {.v = u.buffer(0),
                               .buffer = o.momentum() > 0 ? u.buffer(1) : nullptr,
                               .a = o.centered() ? u.buffer(2) : nullptr,
                               .lr = o.lr(),
                               .sign = o.maximize() ? -1.0 : 1.0,
                               .alpha = o.alpha(),
                               .eps = o.eps(),
                               .weight_decay = o.weight_decay(),
                               .momentum = o.momentum()});
}
bool needs_momentum(const OptimizerOptions& o) { return detail::as<RMSpropOptions>(o).momentum() > 0; }
bool needs_mean(const OptimizerOptions& o) { return detail::as<RMSpropOptions>(o).centered(); }
constexpr StateBuffer kBuffers[] = {{"square_avg"},
                                    {.name = "momentum_buffer", .needed = needs_momentum, .joins = true},
                                    {.name = "grad_avg", .needed = needs_mean, .joins = true}};
constexpr core::Op kRmsprop = detail::update_op<kBuffers>("rmsprop", rmsprop_kernel);

}  // namespace

TAPEGRAD_OPTIMIZER_STEP(RMSprop, kRmsprop)

}  // namespace tapegrad::optim
