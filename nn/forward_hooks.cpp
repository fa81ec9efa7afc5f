#include <tapegrad/nn/forward_hooks.h>

#include <tapegrad/nn/forward_hook_list.h>

#include "autograd/core/recorder.h"
#include "autograd/core/text.h"

namespace tapegrad::nn {

namespace {

// A copy of the hooks, with one more.
template <class Hook>
unsigned add(std::shared_ptr<const detail::ForwardHooks>& hooks,
             std::vector<std::pair<unsigned, Hook>> detail::ForwardHooks::*kind, Hook hook) {
  auto more = std::make_shared<detail::ForwardHooks>(hooks != nullptr ? *hooks : detail::ForwardHooks());
  ((*more).*kind).emplace_back(more->next, std::move(hook));
  hooks = more;
  core::change_structure();
  return more->next++;
}

template <class Hooks, class... Tensors>
void run(const char* name, const Hooks& hooks, const std::vector<Tensor>& changed, Module& module,
         Tensors&... tensors) {
  const std::size_t count = changed.size();
  for (const auto& [number, hook] : hooks) {
    core::require_unrecorded(name, "calls a hook", "remove it, or let the function run as it is");
    hook(module, tensors...);
    if (changed.size() == count) continue;
    throw Error(core::joined(name, ": hook ", number, " has made ", changed.size(), " tensors of ", count,
                             "; put others in their places"));
  }
}

}  // namespace

unsigned Module::register_forward_pre_hook(ForwardPreHook hook) {
  return add(hooks_, &detail::ForwardHooks::before, std::move(hook));
}

unsigned Module::register_forward_hook(ForwardHook hook) {
  return add(hooks_, &detail::ForwardHooks::after, std::move(hook));
}

void Module::remove_forward_hook(unsigned number) {
  if (hooks_ == nullptr) return;
  auto fewer = std::make_shared<detail::ForwardHooks>(*hooks_);
  const auto same = [number](const auto& hook) { return hook.first == number; };
  std::erase_if(fewer->before, same);
  std::erase_if(fewer->after, same);
  hooks_ = fewer->before.empty() && fewer->after.empty() ? nullptr : fewer;
  core::change_structure();
}

void detail::run_hooks_before(Module& module, const ForwardHooks& hooks, std::vector<Tensor>& inputs) {
  run("register_forward_pre_hook", hooks.before, inputs, module, inputs);
}

void detail::run_hooks_after(Module& module, const ForwardHooks& hooks, const std::vector<Tensor>& inputs,
                             std::vector<Tensor>& outputs) {
  run("register_forward_hook", hooks.after, outputs, module, inputs, outputs);
}

Tensor detail::forward_tensors_with_hooks(Module& module, std::vector<Tensor> inputs, void* self,
                                          Tensor (*forward)(void* self, Tensor* inputs)) {
  const auto hooks = module.forward_hooks();  // a hook may remove hooks
  run_hooks_before(module, *hooks, inputs);
  std::vector<Tensor> given = inputs;
  std::vector<Tensor> outputs{forward(self, given.data())};
  run_hooks_after(module, *hooks, inputs, outputs);
  return std::move(outputs[0]);
}

}  // namespace tapegrad::nn
