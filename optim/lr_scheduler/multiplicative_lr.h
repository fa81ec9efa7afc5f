// MultiplicativeLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct MultiplicativeLRFields {
  PerGroup<std::function<double(std::int64_t)>> lr_lambda;
  static constexpr bool kGoesOn = true;  ///< restart() leaves the rates

  void check(const Optimizer& o) const { detail::check_count(o, "lr_lambda", lr_lambda.values.size()); }
  double rate(const RateAt& at) const { return at.epoch > 0 ? at.lr * lr_lambda[at.group](at.epoch) : at.lr; }
};

/// The rate times lr_lambda(epoch), every epoch: MultiplicativeLR(optimizer, [](auto) { return 0.95; }). One function
/// for all groups, or one for each.
using MultiplicativeLR = Scheduler<MultiplicativeLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
