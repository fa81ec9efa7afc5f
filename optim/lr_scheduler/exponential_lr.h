// ExponentialLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct ExponentialLRFields {
  double gamma = 1;  ///< must be given

  double rate(const RateAt& at) const { return at.epoch > 0 ? at.lr * gamma : at.lr; }
};

/// The rate times gamma every epoch: ExponentialLR(optimizer, 0.9).
using ExponentialLR = Scheduler<ExponentialLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
