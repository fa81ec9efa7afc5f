// MultiStepLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct MultiStepLRFields {
  std::vector<std::int64_t> milestones;  ///< must be given
  double gamma = 0.1;

  double rate(const RateAt& at) const {
    double reached = 0;
    for (const std::int64_t milestone : milestones) reached += milestone == at.epoch ? 1 : 0;
    return at.lr * detail::power(gamma, reached);
  }
};

/// The rate times gamma at each milestone: MultiStepLR(optimizer, {.milestones = {30, 80}}).
using MultiStepLR = Scheduler<MultiStepLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
