// AnyModule: a module of any class that makes one tensor of one tensor.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <tapegrad/nn/module.h>
#include <tapegrad/nn/module_holder.h>

namespace tapegrad::nn {

// M has forward(Tensor), or forward(const Tensor&), that gives a Tensor.
template <class M>
concept MapsTensor = std::derived_from<M, Module> && requires(M& m, const Tensor& x) {
  { m.forward(x) } -> std::convertible_to<Tensor>;
};

class TAPEGRAD_EXPORT AnyModule {
 public:
  AnyModule() = default;
  template <MapsTensor M>
  explicit AnyModule(std::shared_ptr<M> module) : object_(module.get()), row_(&kRow<M>), module_(std::move(module)) {
    if (module_ == nullptr) throw Error("AnyModule: the module is null; make one first");
  }
  template <MapsTensor M>
  explicit AnyModule(const ModuleHolder<M>& holder) : AnyModule(holder.ptr()) {}
  template <class M>
  requires MapsTensor<std::remove_cvref_t<M>>
  explicit AnyModule(M&& module) : AnyModule(std::make_shared<std::remove_cvref_t<M>>(std::forward<M>(module))) {}

  AnyModule(const AnyModule& other) : object_(other.object_), row_(other.row_), module_(other.module_) {
    if (auto copy = detail::copy_of(module_.get())) {
      module_ = std::move(copy);
      object_ = row_->object(*module_);
    }
  }
  AnyModule(AnyModule&&) noexcept = default;
  AnyModule& operator=(const AnyModule&) = default;
  AnyModule& operator=(AnyModule&&) noexcept = default;
  ~AnyModule() = default;

  // Error when empty, and what the module's forward() throws.
  Tensor forward(const Tensor& x) const {
    if (is_empty()) throw Error("AnyModule: Cannot call forward() on an empty AnyModule; assign a module first");
    return row_->forward(object_, x);
  }

  bool is_empty() const noexcept { return module_ == nullptr; }
  const std::shared_ptr<Module>& ptr() const noexcept { return module_; }
  // As M (a module class or a holder). Error where it is something else.
  template <std::derived_from<Module> M>
  std::shared_ptr<M> ptr() const {
    auto m = std::dynamic_pointer_cast<M>(module_);
    if (m == nullptr) throw Error("AnyModule: Attempted to cast module to another type than that of " + name());
    return m;
  }
  template <std::derived_from<Module> M>
  M& get() const {
    return *ptr<M>();
  }
  template <std::derived_from<ModuleHolderBase> Holder>
  Holder get() const {
    return Holder(ptr<typename Holder::ContainedType>());
  }

 private:
  struct Row {
    Tensor (*forward)(void* object, const Tensor& x);
    void* (*object)(Module& module);
  };
  template <class M>
  static constexpr Row kRow = {
      [](void* object, const Tensor& x) -> Tensor { return static_cast<M*>(object)->forward(x); },
      [](Module& module) -> void* { return dynamic_cast<M*>(&module); }};

  std::string name() const { return is_empty() ? "an empty AnyModule" : module_->name(); }

  void* object_ = nullptr;
  const Row* row_ = nullptr;
  std::shared_ptr<Module> module_;
};

template <class M>
concept ToAnyModule = std::constructible_from<AnyModule, M>;

// A module and its name in a Sequential: {"fc1", nn::Linear(2, 3)}.
class NamedAnyModule {
 public:
  template <ToAnyModule M>
  NamedAnyModule(std::string name, M&& module) : name_(std::move(name)), module_(std::forward<M>(module)) {}
  const std::string& name() const noexcept { return name_; }
  const AnyModule& module() const noexcept { return module_; }

 private:
  std::string name_;
  AnyModule module_;
};

}  // namespace tapegrad::nn
