// ConstantLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct ConstantLRFields {
  double factor = 1.0 / 3;
  std::int64_t total_iters = 5;

  void check(const Optimizer&) const {
    detail::check(factor >= 0 && factor <= 1, "Constant multiplicative factor expected to be between 0 and 1");
  }
  double rate(const RateAt& at) const {
    if (at.epoch == 0) return at.lr * factor;
    if (at.epoch != total_iters) return at.lr;
    return factor == 0 ? at.base_lr : at.lr * (1 / factor);
  }
};

/// The rate times factor, in [0, 1], for the first total_iters epochs: ConstantLR(optimizer, {.factor = 0.1}).
using ConstantLR = Scheduler<ConstantLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
