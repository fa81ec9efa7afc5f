#include <tapegrad/optim/lr_scheduler/reduce_lr_on_plateau.h>

#include <cmath>

#include "autograd/core/recorder.h"
#include "optim/detail/numbers.h"

namespace tapegrad::optim::lr_scheduler {

ReduceLROnPlateau::ReduceLROnPlateau(Optimizer& optimizer, const Fields& fields)
    : fields_(fields), optimizer_(optimizer), best_(fields.mode == "min" ? INFINITY : -INFINITY) {
  detail::check(fields.factor < 1, "Factor should be < 1.0");
  detail::check(fields.mode == "min" || fields.mode == "max", "mode " + fields.mode + " is unknown");
  detail::check(fields.threshold_mode == "rel" || fields.threshold_mode == "abs",
                "threshold mode " + fields.threshold_mode + " is unknown");
  detail::check_count(optimizer, "min_lr", fields.min_lr.values.size());
}

void ReduceLROnPlateau::step(double metric) {
  core::require_unrecorded("LRScheduler", "sets the learning rate", "step() it outside");
  last_lr_.reserve(optimizer_.param_groups().size());
  const double sign = fields_.mode == "min" ? -1 : 1;
  const double margin = sign * fields_.threshold;
  const bool better = sign * metric > sign * (fields_.threshold_mode == "abs" ? best_ + margin : best_ * (1 + margin));
  if (better) best_ = metric;
  num_bad_epochs_ = better ? 0 : num_bad_epochs_ + 1;
  if (cooldown_counter_ > 0) {
    --cooldown_counter_;
    num_bad_epochs_ = 0;
  }
  const bool reduces = num_bad_epochs_ > fields_.patience;
  if (reduces) {
    cooldown_counter_ = fields_.cooldown;
    num_bad_epochs_ = 0;
  }
  ++last_epoch_;
  last_lr_.clear();
  for (OptimizerParamGroup& group : optimizer_.param_groups()) {
    const double lr = group.options().get_lr(), next = std::max(lr * fields_.factor, fields_.min_lr[last_lr_.size()]);
    last_lr_.push_back(reduces && lr - next > fields_.eps ? next : lr);
    group.options().set_lr(last_lr_.back());
  }
}

std::vector<std::pair<const char*, OptionRef>> ReduceLROnPlateau::numbers() {
  return {{"best", &best_},
          {"num_bad_epochs", &num_bad_epochs_},
          {"cooldown_counter", &cooldown_counter_},
          {"last_epoch", &last_epoch_}};
}

StateDict ReduceLROnPlateau::state_dict() const { return detail::state_of(ReduceLROnPlateau(*this).numbers()); }
std::function<void()> ReduceLROnPlateau::prepare_load(const StateDict& state) {
  return detail::prepare(numbers(), state, "ReduceLROnPlateau");
}

}  // namespace tapegrad::optim::lr_scheduler
