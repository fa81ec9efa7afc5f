// LinearLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct LinearLRFields {
  double start_factor = 1.0 / 3, end_factor = 1;
  std::int64_t total_iters = 5;

  void check(const Optimizer&) const {
    detail::check(start_factor > 0 && start_factor <= 1,
                  "Starting multiplicative factor expected to be greater than 0 and less or equal to 1");
    detail::check(end_factor >= 0 && end_factor <= 1, "Ending multiplicative factor expected to be between 0 and 1");
  }
  double rate(const RateAt& at) const {
    if (at.epoch == 0) return at.lr * start_factor;
    if (at.epoch > total_iters) return at.lr;
    const double rise = end_factor - start_factor, done = static_cast<double>(at.epoch - 1);
    return at.lr * (1 + rise / (static_cast<double>(total_iters) * start_factor + done * rise));
  }
};

/// The rate times a factor that goes from start_factor, in (0, 1], to end_factor, in [0, 1], in total_iters epochs: a
/// warm-up is LinearLR(optimizer, {.start_factor = 0.01, .total_iters = 100}).
using LinearLR = Scheduler<LinearLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
