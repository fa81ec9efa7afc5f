// Module::state_dict() and what takes one back.
#include <tapegrad/autograd/grad.h>
#include <tapegrad/nn/module.h>

#include "autograd/detail/keys.h"

namespace tapegrad::nn {

NamedTensors Module::state_dict(const std::string& prefix) const {
  NamedTensors out;
  for (const NamedTensors* own : {&parameters_, &buffers_}) {
    for (const auto& [name, value] : *own) {
      if (value.defined()) out.insert(prefix + name, value);
    }
  }
  for (const auto& [name, child] : children_) out.update(child->state_dict(prefix + name + "."));
  return out;
}

std::function<void()> Module::prepare_load(const StateDict& state, bool strict, IncompatibleKeys* found) {
  const NoGradGuard no_grad;
  tapegrad::detail::KeyReport report(state);
  std::vector<std::pair<Tensor, Tensor>> changes;
  for (const auto& [name, x] : state_dict()) {
    if (const Tensor* value = report.find(name, x.sizes())) changes.emplace_back(x, value->detach().to(x.dtype()));
  }
  report.check(name(), strict);
  if (found != nullptr) *found = {report.missing(), report.unexpected()};
  return [changes = std::move(changes)] {
    const NoGradGuard guard;
    for (const auto& [x, value] : changes) x.copy_(value);
  };
}

IncompatibleKeys Module::load_state_dict(const StateDict& state, bool strict) {
  IncompatibleKeys found;
  prepare_load(state, strict, &found)();
  return found;
}

}  // namespace tapegrad::nn
