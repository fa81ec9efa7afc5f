#include <tapegrad/optim/adagrad.h>

#include "autograd/kernels/optim_adagrad.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

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
double first_sum(const OptimizerOptions& o) { return detail::as<AdagradOptions>(o).initial_accumulator_value(); }
constexpr StateBuffer kBuffers[] = {{.name = "sum", .value = first_sum}};
constexpr core::Op kAdagrad = detail::update_op<kBuffers>("adagrad", adagrad_kernel);

}  // namespace

TAPEGRAD_OPTIMIZER_STEP(Adagrad, kAdagrad)

}  // namespace tapegrad::optim
