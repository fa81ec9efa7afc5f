// ChainedScheduler.
#pragma once

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

/// Several schedulers at once, each on the rates that the one before it has set: ChainedScheduler({&a, &b}). They are
/// the caller's.
class ChainedScheduler : public SchedulerList {
 public:
  explicit ChainedScheduler(const std::vector<LRScheduler*>& schedulers)
      : SchedulerList(optimizer_of(schedulers), schedulers, "ChainedScheduler") {}
  void step() override {
    for (LRScheduler* scheduler : schedulers_) scheduler->step();
    ++step_count_;
    last_lr_ = get_current_lrs();
  }
  void restart() override {
    LRScheduler::restart();
    for (LRScheduler* scheduler : schedulers_) scheduler->restart();
    last_lr_ = get_current_lrs();
  }

 private:
  static Optimizer& optimizer_of(const std::vector<LRScheduler*>& schedulers) {
    detail::check(!schedulers.empty(), "ChainedScheduler expects at least one scheduler");
    return schedulers[0]->optimizer();
  }
};

}  // namespace tapegrad::optim::lr_scheduler
