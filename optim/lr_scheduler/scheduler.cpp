#include <tapegrad/optim/lr_scheduler/scheduler.h>

#include <cmath>
#include <numbers>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>

#include "autograd/core/recorder.h"
#include "autograd/io/keys.h"

namespace tapegrad::optim {

void detail::check(bool holds, const std::string& sentence) {
  if (!holds) throw ValueError("LRScheduler: " + sentence + "; set the scheduler's fields within their ranges");
}
void detail::check_positive(const char* name, std::int64_t value) {
  check(value > 0, "Expected positive integer " + std::string(name) + ", but got " + std::to_string(value));
}
void detail::check_count(const Optimizer& optimizer, const char* name, std::size_t count) {
  const std::size_t groups = optimizer.param_groups().size();
  check(count == 1 || count == groups,
        "expected " + std::to_string(groups) + " values for " + name + ", got " + std::to_string(count));
}

bool detail::has_momentum(const OptimizerOptions& options, bool or_beta) {
  bool found = false;
  options.clone()->visit(
      [&](std::string_view name, OptionRef) { found = found || name == "momentum" || (or_beta && name == "betas.0"); });
  return found;
}
double detail::wave(double at, double length) { return 1 + std::cos(std::numbers::pi * at / length); }
double detail::power(double base, double exponent) { return std::pow(base, exponent); }

void detail::set_momentum(OptimizerOptions& options, double momentum) {
  options.visit([&](std::string_view name, OptionRef value) {
    if (name == "momentum" || name == "betas.0") *std::get<double*>(value) = momentum;
  });
}

namespace lr_scheduler {

LRScheduler::LRScheduler(Optimizer& optimizer) : optimizer_(optimizer) {
  for (OptimizerParamGroup& group : optimizer.param_groups()) base_lrs_.push_back(group.initial_lr());
  last_lr_ = get_current_lrs();
}

void LRScheduler::step() {
  set_optimizer_lrs(get_lrs());
  ++step_count_;
}

void LRScheduler::restart() {
  std::vector<double> lrs = get_current_lrs();
  std::copy(base_lrs_.begin(), base_lrs_.end(), lrs.begin());
  set_optimizer_lrs(lrs);
  step_count_ = 0;
}

std::vector<double> LRScheduler::get_current_lrs() const {
  std::vector<double> lrs;
  for (const OptimizerParamGroup& group : optimizer().param_groups()) lrs.push_back(group.options().get_lr());
  return lrs;
}

void LRScheduler::set_optimizer_lrs(const std::vector<double>& lrs) {
  auto& groups = optimizer_.param_groups();
  if (lrs.size() != groups.size()) {
    throw Error(
        "LRScheduler: Number of learning rates not equal to the number of param groups: " + std::to_string(lrs.size()) +
        " and " + std::to_string(groups.size()) + "; get_lrs() gives one for each");
  }
  core::require_unrecorded("LRScheduler", "sets the learning rate", "step() it outside");
  last_lr_ = lrs;
  for (std::size_t i = 0; i < lrs.size(); ++i) groups[i].options().set_lr(lrs[i]);
}

StateDict LRScheduler::state_dict() const {
  return {{"last_epoch", full({}, static_cast<std::int64_t>(step_count_))},
          {"base_lrs", tensor(base_lrs_, kDouble)},
          {"_last_lr", tensor(last_lr_, kDouble)}};
}

std::function<void()> LRScheduler::prepare_load(const StateDict& state) {
  tapegrad::detail::KeyReport report(state);
  const Tensor* epoch = report.find("last_epoch", {});
  const Tensor* base = report.find("base_lrs", static_cast<std::int64_t>(base_lrs_.size()));
  const Tensor* last = report.find("_last_lr", static_cast<std::int64_t>(optimizer_.param_groups().size()));
  report.check("LRScheduler");
  return [this, count = epoch->item<std::int64_t>(), base_lrs = base->to_vector<double>(),
          last_lr = last->to_vector<double>()]() mutable {
    step_count_ = static_cast<unsigned>(count);
    base_lrs_.swap(base_lrs);
    last_lr_.swap(last_lr);
  };
}

SchedulerList::SchedulerList(Optimizer& optimizer, std::vector<LRScheduler*> schedulers, const char* name)
    : LRScheduler(optimizer), schedulers_(std::move(schedulers)) {
  for (std::size_t i = 0; i < schedulers_.size(); ++i) {
    detail::check(&schedulers_[i]->optimizer() == &optimizer,
                  std::string(name) +
                      " expects all schedulers to belong to the same optimizer, but got schedulers at "
                      "index " +
                      std::to_string(i) + " to be different than the optimizer passed in");
  }
}

StateDict SchedulerList::state_dict() const {
  StateDict out = LRScheduler::state_dict();
  for (std::size_t i = 0; i < schedulers_.size(); ++i) {
    for (const auto& [key, value] : schedulers_[i]->state_dict())
      out.insert("_schedulers." + std::to_string(i) + "." + key, value);
  }
  return out;
}

std::function<void()> SchedulerList::prepare_load(const StateDict& state) {
  StateDict own;
  std::vector<StateDict> theirs(schedulers_.size());
  for (const auto& [key, value] : state) {
    const auto of = [&](std::size_t i) { return "_schedulers." + std::to_string(i) + "."; };
    std::size_t i = 0;
    while (i < theirs.size() && !key.starts_with(of(i))) ++i;
    i < theirs.size() ? theirs[i].insert(key.substr(of(i).size()), value) : own.insert(key, value);
  }
  std::vector<std::function<void()>> steps{LRScheduler::prepare_load(own)};
  for (std::size_t i = 0; i < theirs.size(); ++i) steps.push_back(schedulers_[i]->prepare_load(theirs[i]));
  return [steps = std::move(steps)] {
    for (const auto& load : steps) load();
  };
}

}  // namespace lr_scheduler

}  // namespace tapegrad::optim
