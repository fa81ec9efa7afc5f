// AnyModule: a module of any class, with whatever its forward() takes and gives.
//
//   nn::AnyModule any{nn::Linear(2, 3)}, loss{nn::MSELoss()}, pair{Pair()};
//   Tensor y = any.forward(x);
//   Tensor error = loss.forward(y, target);
//   auto [both, difference] = pair.forward<std::tuple<Tensor, Tensor>>(y, target);
#pragma once

#include <optional>
#include <span>

#include <tapegrad/nn/any_value.h>
#include <tapegrad/nn/module_holder.h>

namespace tapegrad::nn {

/// A module class with a public forward(Tensor), or forward(const Tensor&), that gives a Tensor.
template <class M>
concept MapsTensor = std::derived_from<M, Module> && requires(M& m, const Tensor& x) {
  { m.forward(x) } -> std::convertible_to<Tensor>;
};

namespace detail {

[[noreturn]] TAPEGRAD_EXPORT void throw_argument(std::size_t index, const std::type_info& got,
                                                 const std::type_info& wanted);
[[noreturn]] TAPEGRAD_EXPORT void throw_count(const Module& module, std::size_t least, std::size_t most,
                                              std::size_t got);
[[noreturn]] TAPEGRAD_EXPORT void throw_empty_any(const char* function);

/// Calls a forward() of these parameters with values.
template <class Result, class... Parameters>
struct AnyForward {
  static constexpr bool kPossible =
      !std::is_void_v<Result> &&
      ((!std::is_lvalue_reference_v<Parameters> || std::is_const_v<std::remove_reference_t<Parameters>>)&&...);

  template <class M>
  static AnyValue call(M& module, std::span<AnyValue> values) {
    std::optional<AnyValue> result;
    std::size_t least = sizeof...(Parameters);
    // With as many as there are: the others have defaults.
    const auto with = [&]<std::size_t... I>(std::index_sequence<I...>) {
      if constexpr (requires { module.forward(std::declval<Parameter<I>>()...); }) {
        least = std::min(least, sizeof...(I));
        if (values.size() == sizeof...(I)) result.emplace(detail::call(module, argument<Parameter<I>>(values, I)...));
      }
    };
    [&]<std::size_t... N>(std::index_sequence<N...>) { (with(std::make_index_sequence<N>()), ...); }
    (std::make_index_sequence<sizeof...(Parameters) + 1>());
    if (!result.has_value()) throw_count(module, least, sizeof...(Parameters), values.size());
    return *std::move(result);
  }

 private:
  template <std::size_t I>
  using Parameter = std::tuple_element_t<I, std::tuple<Parameters...>>;

  template <class P>
  static P&& argument(std::span<AnyValue> values, std::size_t index) {
    using Value = std::remove_cvref_t<P>;
    Value* value = values[index].try_get<Value>();
    if (value == nullptr) throw_argument(index, values[index].type_info(), typeid(Value));
    return static_cast<P&&>(*value);
  }
};

/// The value as a tensor. Error where it is none.
TAPEGRAD_EXPORT const Tensor& tensor_argument(AnyValue& value);

/// The same where all is a tensor, as in most layers.
template <>
struct AnyForward<Tensor, const Tensor&> {
  static constexpr bool kPossible = true;

  template <class M>
  static AnyValue call(M& module, std::span<AnyValue> values) {
    if (values.size() == 1) return AnyValue(detail::call(module, tensor_argument(values[0])));
    if constexpr (requires { module.forward(); }) {
      if (values.empty()) return AnyValue(detail::call(module));
      throw_count(module, 0, 1, values.size());
    } else {
      throw_count(module, 1, 1, values.size());
    }
  }
};

template <class Function>
struct ForwardOf;
template <class R, class C, class... Args>
struct ForwardOf<R (C::*)(Args...)> : AnyForward<R, Args...> {};
template <class R, class C, class... Args>
struct ForwardOf<R (C::*)(Args...) const> : AnyForward<R, Args...> {};
template <class R, class C, class... Args>
struct ForwardOf<R (C::*)(Args...) noexcept> : AnyForward<R, Args...> {};
template <class R, class C, class... Args>
struct ForwardOf<R (C::*)(Args...) const noexcept> : AnyForward<R, Args...> {};

/// A module class with one public forward(), that is no template, gives a value and changes no argument.
template <class M>
concept HasOneForward = std::derived_from<M, Module> && requires {
  requires ForwardOf<decltype(&M::forward)>::kPossible;
};

}  // namespace detail

/// A module of any class. Copies share the module.
class TAPEGRAD_EXPORT AnyModule {
 public:
  AnyModule() = default;
  /// Takes a module, a holder of one, or a std::shared_ptr to one. Error where the pointer is null.
  template <class M>
  requires(!std::same_as<std::remove_cvref_t<M>, AnyModule>) explicit AnyModule(M&& module) {
    if constexpr (detail::HoldsModule<M>) {
      hold(detail::pointer_to(std::forward<M>(module)));
    } else {
      hold(std::shared_ptr<std::remove_cvref_t<M>>());
    }
  }
  template <class M>
  requires(!std::same_as<std::remove_cvref_t<M>, AnyModule>) AnyModule& operator=(M&& module) {
    return *this = AnyModule(std::forward<M>(module));
  }

  /// The module's forward(). Error when there is no module, where an argument is not of the parameter's very type (an
  /// int is no std::int64_t), or the result is no Result.
  template <class Result = Tensor, class... Args>
  Result forward(Args&&... args) const {
    if constexpr (std::same_as<Result, Tensor> && sizeof...(Args) == 1 &&
                  (std::convertible_to<Args&&, const Tensor&> && ...)) {
      if (forward_ != nullptr) return forward_(*module_.held_, std::forward<Args>(args)...);
    }
    return any_forward(std::forward<Args>(args)...).template get<Result>();
  }
  /// The same, with a result of any type.
  template <class... Args>
  AnyValue any_forward(Args&&... args) const {
    std::array<AnyValue, sizeof...(Args)> values{AnyValue(std::forward<Args>(args))...};
    return any_forward_of(values);
  }
  AnyValue any_forward_of(std::span<AnyValue> values) const {
    if (is_empty()) detail::throw_empty_any("forward");
    return any_forward_(*module_.held_, values);
  }
  /// Whether forward() takes a tensor and gives one.
  bool maps_tensor() const noexcept { return forward_ != nullptr; }

  bool is_empty() const noexcept { return module_.is_empty(); }
  /// The module. Error where there is none, as of what follows.
  const std::shared_ptr<Module>& ptr() const {
    if (is_empty()) detail::throw_empty_any("ptr");
    return module_.held_;
  }
  /// The module as M, a module class. Error where it is something else.
  template <std::derived_from<Module> M>
  std::shared_ptr<M> ptr() const {
    auto m = std::dynamic_pointer_cast<M>(ptr());
    if (m == nullptr)
      throw Error("AnyModule: Attempted to cast module of type " + detail::readable(type_info().name()) + " to type " +
                  detail::readable(typeid(M).name()) + "; name its own class");
    return m;
  }
  /// The module as a module class, or in a holder: get<nn::LinearImpl>(), get<nn::Linear>(). Error where it is
  /// something else.
  template <std::derived_from<Module> M>
  M& get() const {
    return *ptr<M>();
  }
  template <std::derived_from<ModuleHolderBase> Holder>
  Holder get() const {
    return Holder(ptr<typename Holder::ContainedType>());
  }
  /// The module's class.
  const std::type_info& type_info() const {
    const Module& module = *ptr();
    return typeid(module);
  }
  /// One whose module is a clone(). Error where the module's class has none.
  AnyModule clone() const;

 private:
  template <class M>
  static M& as(Module& module) {
    if constexpr (requires { static_cast<M&>(module); }) {
      return static_cast<M&>(module);
    } else {  // Module is a virtual base
      return dynamic_cast<M&>(module);
    }
  }
  template <class M>
  static Tensor forward_of(Module& module, const Tensor& x) {
    return detail::call(as<M>(module), x);
  }
  template <class M>
  static AnyValue any_forward_by(Module& module, std::span<AnyValue> values) {
    if constexpr (requires(M & m) { m.any_forward_of(values); }) {  // a Sequential
      return as<M>(module).any_forward_of(values);
    } else if constexpr (detail::HasOneForward<M>) {
      return detail::ForwardOf<decltype(&M::forward)>::call(as<M>(module), values);
    } else {
      return detail::AnyForward<Tensor, const Tensor&>::call(as<M>(module), values);
    }
  }
  template <class M>
  void hold(std::shared_ptr<M> module) {
    if constexpr (MapsTensor<M> || detail::HasOneForward<M>) {
      if (module == nullptr) throw Error("AnyModule: the module is null; make one first");
      module_ = ModuleHolder<Module>(std::shared_ptr<Module>(std::move(module)));
      if constexpr (MapsTensor<M>) forward_ = &forward_of<M>;
      any_forward_ = &any_forward_by<M>;
    } else {
      static_assert(tapegrad::detail::kNever<M>,
                    "nn::Sequential and nn::AnyModule take modules with a public forward() that returns a value, takes "
                    "no T& and, unless it maps a Tensor to a Tensor, is neither a template nor overloaded; give the "
                    "module one, or write a lambda: nn::Functional([=](const Tensor& x) { ... })");
    }
  }

  ModuleHolder<Module> module_{nullptr};
  Tensor (*forward_)(Module& module, const Tensor& x) = nullptr;  // of a module that maps a tensor to a tensor
  AnyValue (*any_forward_)(Module& module, std::span<AnyValue> values) = nullptr;
};

/// A module and its name in a Sequential: {"fc1", nn::Linear(2, 3)}.
class NamedAnyModule {
 public:
  template <class M>
  NamedAnyModule(std::string name, M&& module) : name_(std::move(name)), module_(std::forward<M>(module)) {}
  const std::string& name() const noexcept { return name_; }
  const AnyModule& module() const noexcept { return module_; }

 private:
  std::string name_;
  AnyModule module_;
};

}  // namespace tapegrad::nn
