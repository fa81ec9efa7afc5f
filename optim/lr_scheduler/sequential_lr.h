// SequentialLR.
#pragma once

#include <algorithm>

#include <tapegrad/optim/lr_scheduler/scheduler.h>

namespace tapegrad::optim::lr_scheduler {

/// One scheduler after the other, each from a milestone on: SequentialLR(optimizer, {&warm_up, &decay}, {100}). They
/// are the caller's, and there is one milestone less than schedulers.
class SequentialLR : public SchedulerList {
 public:
  SequentialLR(Optimizer& optimizer, std::vector<LRScheduler*> schedulers, std::vector<std::int64_t> milestones)
      : SchedulerList(optimizer, std::move(schedulers), "Sequential Schedulers"), milestones_(std::move(milestones)) {
    detail::check(milestones_.size() + 1 == schedulers_.size(),
                  "Sequential Schedulers expects number of schedulers provided to be one more than the number of "
                  "milestone points, but got number of schedulers " +
                      std::to_string(schedulers_.size()) + " and the number of milestones to be equal to " +
                      std::to_string(milestones_.size()));
    restart();
  }
  void step() override {
    const auto next = std::upper_bound(milestones_.begin(), milestones_.end(), ++step_count_);
    LRScheduler& scheduler = *schedulers_[static_cast<std::size_t>(next - milestones_.begin())];
    next != milestones_.begin() && next[-1] == step_count_ ? scheduler.restart() : scheduler.step();
    last_lr_ = scheduler.get_last_lr();
  }
  void restart() override {
    LRScheduler::restart();
    schedulers_[0]->restart();
    last_lr_ = schedulers_[0]->get_last_lr();
  }

 private:
  std::vector<std::int64_t> milestones_;
};

}  // namespace tapegrad::optim::lr_scheduler
