// Module::state_dict() and what takes one back.
#include <set>

#include <tapegrad/autograd/archive.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/nn/module.h>

#include "autograd/core/impl.h"
#include "autograd/io/keys.h"

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
  const NamedTensors own = state_dict();
  // A tensor with several names need not come under each of them, as Python's save_model() writes one. Tensors are the
  // same here when their elements are.
  using Elements = std::pair<const void*, std::int64_t>;
  const auto elements = [](const Tensor& x) { return Elements(x.data_ptr(), x.numel()); };
  std::set<Elements> given;
  std::set<const core::Storage*> written;
  for (const auto& [name, x] : own) {
    if (const Tensor* value = state.find(name); value == nullptr || !value->defined()) continue;
    given.insert(elements(x));
    written.insert(x.impl()->storage);
  }
  // A value that shares bytes with a tensor that is written is copied first: the state may hold this module's handles.
  std::vector<std::pair<Tensor, Tensor>> changes;
  for (const auto& [name, x] : own) {
    const Tensor* value = report.find(name, x.sizes(), !given.contains(elements(x)));
    if (value == nullptr || value->is_same(x)) continue;
    if (core::is_repeated(x.impl())) report.note(name + " shows one element in many places; register its clone()");
    const bool changes_too = written.contains(value->impl()->storage);
    changes.emplace_back(x, changes_too ? value->detach().to(x.dtype()).clone() : value->detach().to(x.dtype()));
  }
  report.check(name(), strict);
  if (found != nullptr) *found = {report.missing(), report.unexpected()};
  return [changes = std::move(changes)] {
    const NoGradGuard guard;
    for (const auto& [x, value] : changes) x.copy_(value);
  };
}

void Module::save(serialize::OutputArchive& archive) const { archive.write(state_dict()); }
void Module::load(serialize::InputArchive& archive) {
  StateDict own;
  for (const std::string& key : state_dict().keys())
    if (const Tensor* value = archive.state_dict().find(key)) own.insert(key, *value);
  load_state_dict(own);
}

IncompatibleKeys Module::load_state_dict(const StateDict& state, bool strict) {
  IncompatibleKeys found;
  prepare_load(state, strict, &found)();
  return found;
}

}  // namespace tapegrad::nn
