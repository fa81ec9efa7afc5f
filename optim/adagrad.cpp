#include <tapegrad/optim/adagrad.h>

#include "autograd/kernels/optim_adagrad.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

void AdagradOptions::check() const {
  detail::check(lr() >= 0, "Invalid learning rate: ", lr());
  detail::check(lr_decay() >= 0, "Invalid lr_decay value: ", lr_decay());
  detail::check(weight_decay() >= 0, "Invalid weight_decay value: ", weight_decay());
  const double initial = initial_accumulator_value();
  detail::check(initial >= 0, "Invalid initial_accumulator_value value: ", initial);
  detail::check(eps() >= 0, "Invalid epsilon value: ", eps());
}

namespace {

void adagrad_kernel(const core::Call& c) noexcept {
  const detail::Update<AdagradOptions> u(c);
  const AdagradOptions& o = u.options;
  const auto before = static_cast<double>(u.state.step++);
  kernels::adagrad(u.param(), {.sum = u.buffer(0),
                               .lr = o.lr() / (1 + before * o.lr_decay()),
                               .sign = o.maximize() ? -1.0 : 1.0,
                               .weight_decay = o.weight_decay(),
                               .eps = o.eps()});
}
constexpr core::Op kAdagrad = detail::update_op("adagrad", adagrad_kernel);

double first_sum(const OptimizerOptions& o) { return detail::as<AdagradOptions>(o).initial_accumulator_value(); }
constexpr StateBuffer kBuffers[] = {{.name = "sum", .value = first_sum}};

}  // namespace

Tensor Adagrad::step(LossClosure closure) { return step_by(kAdagrad, kBuffers, closure); }
Adagrad::Kept Adagrad::kept() const { return {kBuffers}; }

}  // namespace tapegrad::optim
