// MultiStepLR.
#pragma once

#include <algorithm>

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct MultiStepLRFields {
  std::vector<std::int64_t> milestones;  ///< must be given
  double gamma = 0.1;

  double rate(const RateAt& at) const {
    return at.lr *
           detail::power(gamma, static_cast<double>(std::count(milestones.begin(), milestones.end(), at.epoch)));
  }
};

/// The rate times gamma at each milestone: MultiStepLR(optimizer, {.milestones = {30, 80}}).
using MultiStepLR = Scheduler<MultiStepLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
