// PolynomialLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct PolynomialLRFields {
  std::int64_t total_iters = 5;
  double power = 1;

  void check(const Optimizer&) const { detail::check_positive("total_iters", total_iters); }
  double rate(const RateAt& at) const {
    if (at.epoch == 0 || at.epoch > total_iters) return at.lr;
    const auto left = [&](std::int64_t e) { return 1 - static_cast<double>(e) / static_cast<double>(total_iters); };
    return at.lr * detail::power(left(at.epoch) / left(at.epoch - 1), power);
  }
};

/// The rate times (1 - epoch / total_iters)^power, and 0 from there on: PolynomialLR(optimizer, {.total_iters = 100}).
using PolynomialLR = Scheduler<PolynomialLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
