// CosineAnnealingWarmRestarts.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct CosineAnnealingWarmRestartsFields {
  std::int64_t T_0 = 0, T_mult = 1;  ///< T_0 must be given
  double eta_min = 0;

  void check(const Optimizer&) const {
    detail::check_positive("T_0", T_0);
    detail::check(T_mult >= 1, "Expected integer T_mult >= 1, but got " + std::to_string(T_mult));
  }
  double rate(const RateAt& at) const {
    std::int64_t length = T_0, epoch = T_mult == 1 ? at.epoch % T_0 : at.epoch;
    for (; epoch >= length; length *= T_mult) epoch -= length;
    const double wave = detail::wave(static_cast<double>(epoch), static_cast<double>(length));
    return eta_min + (at.base_lr - eta_min) * wave / 2;
  }
};

/// Half waves of the cosine from the first rate down to eta_min, the first T_0 epochs long and each next T_mult times
/// as long: CosineAnnealingWarmRestarts(optimizer, {.T_0 = 10, .T_mult = 2}). Source: Loshchilov and Hutter, SGDR,
/// 2017.
using CosineAnnealingWarmRestarts = Scheduler<CosineAnnealingWarmRestartsFields>;

}  // namespace tapegrad::optim::lr_scheduler
