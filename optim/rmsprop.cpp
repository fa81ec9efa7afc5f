#include <tapegrad/optim/rmsprop.h>

#include "autograd/kernels/optim_rmsprop.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

void RMSpropOptions::check() const {
  detail::check(lr() >= 0, "Invalid learning rate: ", lr());
  detail::check(eps() >= 0, "Invalid epsilon value: ", eps());
  detail::check(momentum() >= 0, "Invalid momentum value: ", momentum());
  detail::check(weight_decay() >= 0, "Invalid weight_decay value: ", weight_decay());
  detail::check(alpha() >= 0, "Invalid alpha value: ", alpha());
}

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
constexpr core::Op kRmsprop = detail::update_op("rmsprop", rmsprop_kernel);

bool needs_momentum(const OptimizerOptions& o) { return detail::as<RMSpropOptions>(o).momentum() > 0; }
bool needs_mean(const OptimizerOptions& o) { return detail::as<RMSpropOptions>(o).centered(); }
constexpr StateBuffer kBuffers[] = {{"square_avg"},
                                    {.name = "momentum_buffer", .needed = needs_momentum, .joins = true},
                                    {.name = "grad_avg", .needed = needs_mean, .joins = true}};

}  // namespace

Tensor RMSprop::step(LossClosure closure) { return step_by(kRmsprop, kBuffers, closure); }
RMSprop::Kept RMSprop::kept() const { return {kBuffers}; }

}  // namespace tapegrad::optim
