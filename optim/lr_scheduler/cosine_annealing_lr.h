// CosineAnnealingLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct CosineAnnealingLRFields {
  std::int64_t T_max = 0;  ///< must be given
  double eta_min = 0;

  void check(const Optimizer&) const { detail::check_positive("T_max", T_max); }
  double rate(const RateAt& at) const {
    const auto wave = [&](std::int64_t e) { return detail::wave(static_cast<double>(e), static_cast<double>(T_max)); };
    if (at.epoch == 0) return at.lr;
    if ((at.epoch - 1 - T_max) % (2 * T_max) == 0) return at.lr + (at.base_lr - eta_min) * (2 - wave(1)) / 2;
    return wave(at.epoch) / wave(at.epoch - 1) * (at.lr - eta_min) + eta_min;
  }
};

/// eta_min + (base_lr - eta_min) (1 + cos(pi epoch / T_max)) / 2: CosineAnnealingLR(optimizer, {.T_max = 100}).
/// Source: Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2017.
using CosineAnnealingLR = Scheduler<CosineAnnealingLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
