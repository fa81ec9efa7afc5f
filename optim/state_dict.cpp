// What an optimiser keeps: "param_groups.0.lr" and the other options as f64, "param_groups.0.params" (which parameters,
// counted over all groups), "state.0.step", "state.0.exp_avg" and the other buffers of each parameter.
#include <tapegrad/autograd/archive.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/optim/optimizer.h>

#include "autograd/io/keys.h"
#include "optim/detail/numbers.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

namespace {

std::string group_key(std::size_t index) { return "param_groups." + std::to_string(index) + "."; }
std::string state_key(std::size_t index) { return "state." + std::to_string(index) + "."; }

double value_of(const OptionRef& option) {
  return std::visit([](const auto* value) { return static_cast<double>(*value); }, option);
}
void set_value(const OptionRef& option, double to) {
  std::visit([&]<class T>(T* value) { *value = static_cast<T>(to); }, option);
}

}  // namespace

StateDict detail::state_of(const Numbers& numbers) {
  StateDict out;
  for (const auto& [name, number] : numbers) out.insert(name, full({}, value_of(number), kDouble));
  return out;
}
std::function<void()> detail::prepare(const Numbers& numbers, const StateDict& state, const char* who) {
  tapegrad::detail::KeyReport report(state);
  std::vector<const Tensor*> found;
  for (const auto& [name, number] : numbers) found.push_back(report.find(name, {}));
  report.check(who);
  std::vector<double> values;
  values.reserve(found.size());
  for (const Tensor* x : found) values.push_back(x->item<double>());
  return [numbers, values] {
    for (std::size_t i = 0; i < values.size(); ++i) set_value(numbers[i].second, values[i]);
  };
}

void OptimizerOptions::check_ranges() const {
  clone()->visit([](const std::string& name, OptionRef option) {
    if (!std::holds_alternative<double*>(option)) return;
    const double x = value_of(option);
    if (name.starts_with("betas.")) {
      detail::check(x >= 0 && x < 1, ("Invalid beta parameter at index " + name.substr(6) + ": ").c_str(), x);
    } else {
      const std::string what = name == "lr" ? "learning rate" : (name == "eps" ? "epsilon" : name) + " value";
      detail::check(x >= 0, ("Invalid " + what + ": ").c_str(), x);
    }
  });
}

void OptimizerOptions::visit_option(const Visitor& fn, Names names, double& value) { fn(names[0], &value); }
void OptimizerOptions::visit_option(const Visitor& fn, Names names, std::int64_t& value) { fn(names[0], &value); }
void OptimizerOptions::visit_option(const Visitor& fn, Names names, bool& value) { fn(names[0], &value); }
void OptimizerOptions::visit_option(const Visitor& fn, Names names, std::tuple<double, double>& pair) {
  fn(names[1], &std::get<0>(pair));
  fn(names[2], &std::get<1>(pair));
}

void OptimizerOptions::visit(const Visitor& fn) {
  double lr = get_lr();
  fn("lr", &lr);
  set_lr(lr);
}

void Optimizer::save(serialize::OutputArchive& archive) const { archive.write(state_dict()); }
void Optimizer::load(serialize::InputArchive& archive) { load_state_dict(archive.state_dict()); }

StateDict Optimizer::state_dict() const {
  const Kept kept = this->kept();
  StateDict out;
  std::size_t index = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    groups_[g].options().clone()->visit([&](const char* name, OptionRef option) {
      out.insert(group_key(g) + name, full({}, value_of(option), kDouble));
    });
    const std::size_t begin = index;
    for (std::size_t i = 0; i < groups_[g].params().size(); ++i) {
      const std::string key = state_key(index++);
      const ParamState* state = groups_[g].state_of(i);
      if (state == nullptr) continue;
      const std::size_t size = out.size();
      for (std::size_t k = 0; k < std::min(state->buffers.size(), kept.buffers.size()); ++k) {
        if (state->buffers[k].defined()) out.insert(key + kept.buffers[k].name, state->buffers[k]);
      }
      if (state->step > 0 || out.size() > size) out.insert(key + "step", full({}, state->step));
    }
    out.insert(group_key(g) + "params", arange(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(index)));
  }
  return out;
}

std::function<void()> Optimizer::prepare_load(const StateDict& state) {
  struct Loaded {
    std::vector<double> options;
    std::vector<ParamState> states;
  };
  const NoGradGuard no_grad;
  settle();
  const std::span<const StateBuffer> declared = kept().buffers;
  tapegrad::detail::KeyReport report(state);
  std::vector<Loaded> loaded(groups_.size());
  std::vector<std::unique_ptr<OptimizerOptions>> options;
  std::size_t index = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const std::vector<Tensor>& params = std::as_const(groups_[g]).params();
    options.push_back(groups_[g].options().clone());
    options.back()->visit([&](const char* name, OptionRef option) {
      if (const Tensor* found = report.find(group_key(g) + name, {})) set_value(option, found->item<double>());
      loaded[g].options.push_back(value_of(option));
    });
    report.find(group_key(g) + "params", static_cast<std::int64_t>(params.size()));
    for (const Tensor& p : params) {
      const std::string key = state_key(index++);
      ParamState& s = loaded[g].states.emplace_back();
      bool any = state.contains(key + "step");
      for (const StateBuffer& b : declared) any = any || state.contains(key + b.name);
      if (any) s.buffers.resize(declared.size());
      for (std::size_t k = 0; k < s.buffers.size(); ++k) {
        const StateBuffer& b = declared[k];
        const std::vector<std::int64_t> sizes = detail::sizes_of(b, p, *options.back());
        if (const Tensor* found = report.find(key + b.name, sizes, !b.joins))
          s.buffers[k] = empty(sizes, p.dtype()).copy_(*found);
      }
      if (const Tensor* found = report.find(key + "step", {}, any)) s.step = found->item<std::int64_t>();
      if (s.step < 0) report.note(key + "step is negative.");
    }
  }
  report.check("Optimizer");
  for (const auto& o : options) o->check();
  for (OptimizerParamGroup& group : groups_) {
    if (group.states().empty()) group.reset_states();
  }
  // Options and states keep their addresses, which calls that were written down refer to (optim/detail/update.h).
  return [this, loaded = std::move(loaded)]() mutable {
    for (std::size_t g = 0; g < loaded.size(); ++g) {
      auto value = loaded[g].options.begin();
      groups_[g].options().visit([&](const char*, OptionRef option) { set_value(option, *value++); });
      for (std::size_t i = 0; i < loaded[g].states.size(); ++i) {
        groups_[g].states()[i].step = loaded[g].states[i].step;
        groups_[g].states()[i].buffers.swap(loaded[g].states[i].buffers);
      }
    }
  };
}

}  // namespace tapegrad::optim
