// What an optimiser keeps: "param_groups.0.lr" and the other options as f64, "param_groups.0.params" (which parameters,
// counted over all groups), "state.0.step", "state.0.exp_avg" and the other buffers of each parameter.
#include <tapegrad/autograd/grad.h>
#include <tapegrad/optim/optimizer.h>

#include "autograd/io/keys.h"

namespace tapegrad::optim {

namespace {

std::string group_key(std::size_t index) { return "param_groups." + std::to_string(index) + "."; }
std::string state_key(std::size_t index) { return "state." + std::to_string(index) + "."; }

}  // namespace

void OptimizerOptions::visit(const Visitor& fn) {
  double lr = get_lr();
  fn("lr", lr);
  set_lr(lr);
}

StateDict Optimizer::state_dict() const {
  const StateNames names = state_names();
  StateDict out;
  std::size_t index = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    groups_[g].options().clone()->visit(
        [&](const char* name, double& value) { out.insert(group_key(g) + name, full({}, value, kDouble)); });
    const std::size_t begin = index;
    for (const ParamState& state : groups_[g].states()) {
      const std::string key = state_key(index++);
      const std::size_t size = out.size();
      for (std::size_t k = 0; k < ParamState::kMaxBuffers; ++k) {
        if (names.buffers[k] != nullptr && state.buffers[k].defined()) {
          out.insert(key + names.buffers[k], state.buffers[k]);
        }
      }
      if (state.step > 0 || out.size() > size) out.insert(key + "step", full({}, state.step));
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
  const StateNames names = state_names();
  tapegrad::detail::KeyReport report(state);
  std::vector<Loaded> loaded(groups_.size());
  std::vector<std::unique_ptr<OptimizerOptions>> options;
  std::size_t index = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const std::vector<Tensor>& params = groups_[g].params();
    options.push_back(groups_[g].options().clone());
    options.back()->visit([&](const char* name, double& value) {
      if (const Tensor* found = report.find(group_key(g) + name, {})) value = found->item<double>();
      loaded[g].options.push_back(value);
    });
    report.find(group_key(g) + "params", static_cast<std::int64_t>(params.size()));
    for (const Tensor& p : params) {
      const std::string key = state_key(index++);
      ParamState& s = loaded[g].states.emplace_back();
      bool any = state.contains(key + "step");
      for (std::size_t k = ParamState::kMaxBuffers; k-- > 0;) {
        if (names.buffers[k] == nullptr) continue;
        if (const Tensor* found = report.find(key + names.buffers[k], p.sizes(), any && k < names.always)) {
          s.buffers[k] = empty(p.sizes(), p.dtype()).copy_(*found);
          any = true;
        }
      }
      if (const Tensor* found = report.find(key + "step", {}, any)) s.step = found->item<std::int64_t>();
      if (s.step < 0) report.note(key + "step is negative.");
    }
  }
  report.check("Optimizer");
  for (const auto& o : options) o->check();
  return [this, loaded = std::move(loaded)]() mutable {
    for (std::size_t g = 0; g < loaded.size(); ++g) {
      auto value = loaded[g].options.begin();
      groups_[g].options().visit([&](const char*, double& option) { option = *value++; });
      groups_[g].states().swap(loaded[g].states);
    }
  };
}

}  // namespace tapegrad::optim
