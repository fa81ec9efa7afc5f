#include <tapegrad/optim/optimizer.h>

#include <algorithm>
#include <unordered_set>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/recorder.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

OptimizerParamGroup::OptimizerParamGroup(const OptimizerParamGroup& other)
    : params_(other.params_), options_(other.has_options() ? other.options_->clone() : nullptr) {}

OptimizerParamGroup& OptimizerParamGroup::operator=(const OptimizerParamGroup& other) {
  return *this = OptimizerParamGroup(other);
}

OptimizerOptions& OptimizerParamGroup::throw_no_options() {
  throw Error("OptimizerParamGroup: the group has no options; set_options(), or give defaults");
}

OptimizerParamGroup& OptimizerParamGroup::operator=(OptimizerParamGroup&& other) noexcept {
  core::change_structure();  // a captured step knows where the states are
  params_ = std::move(other.params_);
  states_ = std::move(other.states_);
  options_ = std::move(other.options_);
  initial_lr_ = other.initial_lr_;
  open_ = other.open_;
  return *this;
}

std::span<ParamState> OptimizerParamGroup::states() noexcept { return states_; }
std::span<const ParamState> OptimizerParamGroup::states() const noexcept { return states_; }

OptimizerParamGroup::~OptimizerParamGroup() { core::change_structure(); }

void OptimizerParamGroup::set_options(std::unique_ptr<OptimizerOptions> options) {
  options_ = std::move(options);
  core::change_structure();
  for (ParamState& s : states_) s.options = options_.get();
}

std::vector<Tensor>& OptimizerParamGroup::params() noexcept {
  if (!open_) core::change_structure();
  open_ = true;
  return params_;
}

ParamState OptimizerParamGroup::first_state(const Tensor& parameter) const {
  return {.step = 0, .buffers = {}, .options = options_.get(), .parameter = parameter};
}

void OptimizerParamGroup::reset_states() {
  std::vector<ParamState> states;
  for (const Tensor& p : params_) states.push_back(first_state(p));
  if (states_.size() == states.size()) {  // they stay where they are
    std::ranges::move(states, states_.begin());
  } else {
    states_ = std::move(states);
    core::change_structure();
  }
}

const ParamState* OptimizerParamGroup::state_of(std::size_t i) const noexcept {
  if (i < states_.size() && states_[i].parameter.is_same(params_[i])) return &states_[i];
  for (const ParamState& s : states_) {
    if (s.parameter.is_same(params_[i])) return &s;
  }
  return nullptr;
}

bool OptimizerParamGroup::is_settled() const noexcept {
  if (states_.size() != params_.size()) return false;
  for (std::size_t i = 0; i < params_.size(); ++i) {
    if (!states_[i].parameter.is_same(params_[i])) return false;
  }
  return true;
}

void OptimizerParamGroup::settle() {
  std::vector<ParamState> states;
  for (std::size_t i = 0; i < params_.size(); ++i) {
    const ParamState* own = state_of(i);
    states.push_back(own != nullptr ? *own : first_state(params_[i]));
  }
  states_ = std::move(states);
  core::change_structure();
}

Optimizer::Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults)
    : defaults_(std::move(defaults)) {
  defaults_->check();
  for (OptimizerParamGroup& group : groups) add_param_group(std::move(group));
  if (size() == 0) {
    throw Error(
        "Optimizer: optimizer got an empty parameter list; give it the parameters() of a module that registers some");
  }
}

Optimizer::Optimizer(std::vector<Tensor> parameters, std::unique_ptr<OptimizerOptions> defaults)
    : Optimizer(std::vector{OptimizerParamGroup(std::move(parameters))}, std::move(defaults)) {}

namespace {

using Seen = std::unordered_set<const void*>;

void check_params(const std::vector<Tensor>& params, Seen& seen) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    const Tensor& p = params[i];
    const std::string which = " (parameter " + std::to_string(i) + " of the group)";
    if (!p.defined())
      throw Error("Optimizer: can't optimize an undefined Tensor" + which + "; give it a value, or leave it out");
    if (!p.is_leaf())
      throw AutogradError("Optimizer: can't optimize a non-leaf Tensor" + which + "; give detach() of it");
    if (!p.is_floating_point() || is_narrow(p.dtype())) {
      throw DtypeError(std::string("Optimizer: can't optimize a Tensor of dtype ") + name(p.dtype()) + which +
                       "; convert it with to(kFloat)");
    }
    if (!seen.insert(p.impl()).second) {
      throw Error("Optimizer: some parameters appear in more than one parameter group, or twice in one" + which +
                  "; name it once");
    }
  }
}

}  // namespace

void Optimizer::settle() {
  if (std::ranges::none_of(groups_, &OptimizerParamGroup::open_)) return;
  core::require_unrecorded("Optimizer", "steps parameters that params() gave out to assign to",
                           "read them by std::as_const(group).params()");
  if (std::ranges::all_of(groups_, &OptimizerParamGroup::is_settled)) return;
  Seen seen;
  for (const OptimizerParamGroup& g : groups_) check_params(g.params(), seen);
  for (OptimizerParamGroup& g : groups_) g.settle();
}

void Optimizer::add_param_group(OptimizerParamGroup group) {
  Seen seen;
  for (const OptimizerParamGroup& g : groups_) {
    for (const Tensor& p : g.params()) seen.insert(p.impl());
  }
  check_params(std::as_const(group).params(), seen);
  if (!group.has_options()) {
    group.set_options(defaults_->clone());
  } else if (const OptimizerOptions& own = group.options(), &ours = *defaults_; typeid(own) != typeid(ours)) {
    detail::throw_other_options();
  }
  group.options().check();
  group.reset_states();
  groups_.push_back(std::move(group));
  core::change_structure();
}

void Optimizer::zero_grad(bool set_to_none) {
  for (const OptimizerParamGroup& group : groups_) {
    for (const Tensor& p : group.params()) p.zero_grad(set_to_none);
  }
}

double Optimizer::lr() const { return groups_.front().options().get_lr(); }

void Optimizer::set_lr(double lr) {
  core::require_unrecorded("set_lr", "sets the learning rate", "call it outside");
  detail::check(lr >= 0, "Invalid learning rate: ", lr);
  for (OptimizerParamGroup& group : groups_) group.options().set_lr(lr);
}

std::size_t Optimizer::size() const noexcept {
  std::size_t n = 0;
  for (const OptimizerParamGroup& group : groups_) n += group.params().size();
  return n;
}

std::vector<std::pair<std::string, Tensor>> Optimizer::state(const Tensor& parameter) const {
  const Kept kept = this->kept();
  for (const OptimizerParamGroup& group : groups_) {
    for (std::size_t i = 0; i < group.params().size(); ++i) {
      if (!group.params()[i].is_same(parameter)) continue;
      std::vector<std::pair<std::string, Tensor>> out;
      const ParamState* s = group.state_of(i);
      if (s == nullptr) return out;
      if (s->step > 0 && kept.counts_steps) out.emplace_back("step", full({}, s->step));
      for (std::size_t k = 0; k < std::min(s->buffers.size(), kept.buffers.size()); ++k) {
        if (s->buffers[k].defined()) out.emplace_back(kept.buffers[k].name, s->buffers[k]);
      }
      return out;
    }
  }
  throw Error("Optimizer: state() of a tensor that is none of its parameters; take it from param_groups()");
}

}  // namespace tapegrad::optim
