#include <tapegrad/optim/adadelta.h>

#include "autograd/kernels/optim_adadelta.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

void AdadeltaOptions::check() const {
  check_ranges();
  detail::check(rho() <= 1, "Invalid rho value: ", rho());
}

static void adadelta_kernel(const core::Call& c) noexcept {
  const detail::Update<AdadeltaOptions> u(c);
  const AdadeltaOptions& o = u.options;
  ++u.state.step;
  kernels::adadelta(u.param(), {.v = u.buffer(0),
                                .u = u.buffer(1),
                                .lr = o.lr(),
                                .sign = o.maximize() ? -1.0 : 1.0,
                                .rho = o.rho(),
                                .eps = o.eps(),
                                .weight_decay = o.weight_decay()});
}
static constexpr StateBuffer kBuffers[] = {{"square_avg"}, {"acc_delta"}};
static constexpr core::Op kAdadelta = detail::update_op<kBuffers>("adadelta", adadelta_kernel);
TAPEGRAD_OPTIMIZER_STEP(Adadelta, kAdadelta)

}  // namespace tapegrad::optim
