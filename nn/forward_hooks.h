// A module's forward() with its hooks around it: how holders, AnyModule and containers call it.
#pragma once

#include <tuple>

#include <tapegrad/nn/module.h>

namespace tapegrad::nn::detail {

TAPEGRAD_EXPORT void run_hooks_before(Module& module, const ForwardHooks& hooks, std::vector<Tensor>& inputs);
TAPEGRAD_EXPORT void run_hooks_after(Module& module, const ForwardHooks& hooks, const std::vector<Tensor>& inputs,
                                     std::vector<Tensor>& outputs);

/// fn(tensor) for each tensor in a value: itself, or of a tuple, a list or an optional.
template <class T, class F>
void each_tensor(T&& value, const F& fn) {
  using V = std::remove_cvref_t<T>;
  if constexpr (std::derived_from<V, Tensor>) {
    fn(value);
  } else if constexpr (requires { std::tuple_size<V>::value; }) {
    std::apply([&](auto&&... parts) { (each_tensor(parts, fn), ...); }, value);
  } else if constexpr (requires {
                         value.end();
                         requires !std::same_as<std::remove_cvref_t<decltype(*value.begin())>, V>;
                       }) {
    for (auto&& part : value) each_tensor(part, fn);
  } else if constexpr (requires { value.has_value(), *value; }) {
    if (value.has_value()) each_tensor(*value, fn);
  }
}

template <class T>
std::vector<Tensor> tensors_in(const T& value) {
  std::vector<Tensor> found;
  each_tensor(value, [&](const Tensor& x) { found.push_back(x); });
  return found;
}

/// The argument, or what hooks have put in the place of a Tensor.
template <class Arg>
Arg&& hooked(Arg& arg, const std::vector<Tensor>& inputs, std::vector<Tensor>& kept, std::size_t& at) {
  if constexpr (std::is_same_v<std::remove_cvref_t<Arg>, Tensor>) {
    return static_cast<Arg&&>(kept.emplace_back(inputs[at++]));
  } else {
    at += tensors_in(arg).size();
    return static_cast<Arg&&>(arg);
  }
}

template <class M, class... Args>
[[gnu::noinline]] decltype(auto) forward_with_hooks(M& module, Args&&... args) {
  const auto hooks = module.forward_hooks();  // a hook may remove hooks
  std::vector<Tensor> inputs, kept;
  (each_tensor(args, [&](const Tensor& x) { inputs.push_back(x); }), ...);
  run_hooks_before(module, *hooks, inputs);
  kept.reserve(inputs.size());
  std::size_t at = 0;
  const auto forward = [&]() -> decltype(auto) {
    // Within braces arguments are made in the order written.
    return std::apply(
        [&](auto&&... all) -> decltype(auto) { return module.forward(static_cast<decltype(all)>(all)...); },
        std::tuple<Args&&...>{hooked<Args>(args, inputs, kept, at)...});
  };
  using Result = decltype(forward());
  if constexpr (std::is_void_v<Result>) {
    forward();
    std::vector<Tensor> none;
    run_hooks_after(module, *hooks, inputs, none);
  } else {
    Result result = forward();
    std::vector<Tensor> outputs = tensors_in(result);
    run_hooks_after(module, *hooks, inputs, outputs);
    if constexpr (std::is_reference_v<Result>) {
      return static_cast<Result>(result);
    } else {
      std::size_t k = 0;
      each_tensor(result, [&](const Tensor& x) { const_cast<Tensor&>(x) = outputs[k++]; });
      return result;
    }
  }
}

/// The same of a forward() from tensors to a tensor, as most are: one function for all modules, whose `self` is theirs.
TAPEGRAD_EXPORT Tensor forward_tensors_with_hooks(Module& module, std::vector<Tensor> inputs, void* self,
                                                  Tensor (*forward)(void* self, Tensor* inputs));
template <class M, class... Args, std::size_t... I>
Tensor forward_of(void* self, Tensor* inputs, std::index_sequence<I...>) {
  return static_cast<M*>(self)->forward(static_cast<Args&&>(inputs[I])...);
}

template <class M, class... Args>
decltype(auto) call(M& module, Args&&... args) {
  if constexpr (std::derived_from<M, Module>) {
    if (module.forward_hooks() != nullptr) [[unlikely]] {
      if constexpr (std::is_same_v<decltype(module.forward(std::forward<Args>(args)...)), Tensor> &&
                    (std::is_same_v<std::remove_cvref_t<Args>, Tensor> && ...)) {
        return forward_tensors_with_hooks(module, {args...}, &module, [](void* self, Tensor* inputs) {
          return forward_of<M, Args...>(self, inputs, std::index_sequence_for<Args...>());
        });
      } else {
        return forward_with_hooks(module, std::forward<Args>(args)...);
      }
    }
  }
  return module.forward(std::forward<Args>(args)...);
}

}  // namespace tapegrad::nn::detail
