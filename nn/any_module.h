// AnyModule: a module of any class that makes one tensor of one tensor.
#pragma once

#include <tapegrad/nn/module_holder.h>

namespace tapegrad::nn {

/// A module class with a public forward(Tensor), or forward(const Tensor&), that gives a Tensor.
template <class M>
concept MapsTensor = std::derived_from<M, Module> && requires(M& m, const Tensor& x) {
  { m.forward(x) } -> std::convertible_to<Tensor>;
};

/// A module of any class that makes one tensor of one tensor. Copies share the module.
class TAPEGRAD_EXPORT AnyModule {
 public:
  AnyModule() = default;
  /// Takes a module, a holder of one, or a std::shared_ptr to one. Error where the pointer is null.
  template <class M>
  requires(!std::same_as<std::remove_cvref_t<M>, AnyModule>) explicit AnyModule(M&& module) {
    using T = std::remove_cvref_t<M>;
    if constexpr (MapsTensor<T>) {
      hold(std::make_shared<T>(std::forward<M>(module)));
    } else if constexpr (requires { requires MapsTensor<typename T::ContainedType>; }) {
      hold(module.ptr());
    } else if constexpr (requires { requires MapsTensor<typename T::element_type>; }) {
      hold(std::shared_ptr<typename T::element_type>(std::forward<M>(module)));
    } else {
      static_assert(tapegrad::detail::kNever<M>,
                    "nn::Sequential and nn::AnyModule take modules with a public Tensor forward(const Tensor& x); "
                    "give the module one, or write a lambda: nn::Functional([=](const Tensor& x) { ... })");
    }
  }

  /// The module's forward(x). Error when there is no module.
  Tensor forward(const Tensor& x) const {
    if (is_empty()) throw Error("AnyModule: Cannot call forward() on an empty AnyModule; assign a module first");
    return forward_(*module_.impl_, x);
  }

  bool is_empty() const noexcept { return module_.is_empty(); }
  /// The module; null where there is none.
  const std::shared_ptr<Module>& ptr() const noexcept { return module_.impl_; }
  /// The module as M, a module class. Error where it is something else.
  template <std::derived_from<Module> M>
  std::shared_ptr<M> ptr() const {
    auto m = std::dynamic_pointer_cast<M>(ptr());
    if (m == nullptr)
      throw Error("AnyModule: Attempted to cast module to another type than that of " + name() +
                  "; name its own class");
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

 private:
  template <class M>
  static Tensor forward_of(Module& module, const Tensor& x) {
    if constexpr (requires { static_cast<M&>(module); }) {
      return static_cast<M&>(module).forward(x);
    } else {  // Module is a virtual base
      return dynamic_cast<M&>(module).forward(x);
    }
  }
  template <class M>
  void hold(std::shared_ptr<M> module) {
    if (module == nullptr) throw Error("AnyModule: the module is null; make one first");
    module_ = ModuleHolder<Module>(std::shared_ptr<Module>(std::move(module)));
    forward_ = &forward_of<M>;
  }
  std::string name() const { return is_empty() ? "an empty AnyModule" : module_->name(); }

  ModuleHolder<Module> module_{nullptr};
  Tensor (*forward_)(Module& module, const Tensor& x) = nullptr;
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
