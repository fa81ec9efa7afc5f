// LambdaLR.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

struct LambdaLRFields {
  PerGroup<std::function<double(std::int64_t)>> lr_lambda;

  void check(const Optimizer& o) const { detail::check_count(o, "lr_lambda", lr_lambda.values.size()); }
  double rate(const RateAt& at) const { return at.base_lr * lr_lambda[at.group](at.epoch); }
};

/// The first rate times lr_lambda(epoch): LambdaLR(optimizer, [](auto epoch) { return std::pow(0.95, epoch); }). One
/// function for all groups, or one for each.
using LambdaLR = Scheduler<LambdaLRFields>;

}  // namespace tapegrad::optim::lr_scheduler
