// StepLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct StepLRFields {
  std::int64_t step_size = 0;  ///< must be given
  double gamma = 0.1;

  void check(const Optimizer&) const { detail::check_positive("step_size", step_size); }
  double rate(const RateAt& at) const { return at.epoch > 0 && at.epoch % step_size == 0 ? at.lr * gamma : at.lr; }
};

/// The rate times gamma every step_size epochs: StepLR(optimizer, 30), or StepLR(optimizer, {.step_size = 30}).
/// libtorch's own waits for one call of step() more before the first time.
using StepLR = Scheduler<StepLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
