// Copies of modules with values of their own.
#pragma once

#include <tapegrad/autograd/grad.h>
#include <tapegrad/nn/module.h>

namespace tapegrad::nn {

namespace detail {

struct CloneMap;

// While it lives, in this thread, a copied Module gets copies of what it registered, and members that are
// nn::Parameter, nn::Buffer or holders follow. What two modules share, their copies share.
class TAPEGRAD_EXPORT CloneScope {
 public:
  CloneScope();
  ~CloneScope();
  // The name of the first tensor or module registered by `original` that no member followed; else empty.
  std::string not_rebound(const Module& original) const;

 private:
  NoGradGuard no_grad_;
  std::unique_ptr<CloneMap> own_;  // null inside of another scope
};

}  // namespace detail

// For a module on the stack: auto copy = nn::clone(model). Submodules must be able to clone(). Error when a registered
// tensor or module has a member that cannot follow (a plain Tensor or std::shared_ptr), as it would go on sharing.
template <std::derived_from<Module> M>
M clone(const M& module) {
  const detail::CloneScope scope;
  M copy(module);
  if (const std::string name = scope.not_rebound(module); !name.empty()) {
    throw Error("clone: the copy of '" + name + "' in " + module.name() +
                " would go on sharing its value; declare the member nn::Parameter, nn::Buffer or a module holder");
  }
  return copy;
}

template <std::derived_from<ModuleHolderBase> Holder>
Holder clone(const Holder& holder) {
  return Holder(std::dynamic_pointer_cast<typename Holder::ContainedType>(holder.ptr()->clone()));
}

// Gives Derived a clone(). A class whose members are plain Tensors or pointers overrides reset(), as in libtorch: it
// makes and registers everything anew; clone() then copies the values, and each child becomes the clone of the
// original's child: Error where reset() makes another number of them, or another class.
template <class Derived>
class Cloneable : public Module {
 public:
  using Module::Module;
  virtual void reset() {}

  std::shared_ptr<Module> clone() const override {
    const detail::CloneScope scope;
    auto copy = std::make_shared<Derived>(static_cast<const Derived&>(*this));
    if (!scope.not_rebound(*this).empty()) {
      copy->parameters_.clear();
      copy->buffers_.clear();
      copy->children_.clear();
      copy->reset();
      copy->copy_values(*this);
    }
    return copy;
  }

 private:
  void become(const Module& clone) override {
    const auto* same = dynamic_cast<const Derived*>(&clone);
    if (same == nullptr) {
      throw Error("clone: a child is now a " + clone.name() + " where reset() makes a " + this->name() +
                  "; let reset() make what the original has, or declare the member as a module holder");
    }
    if constexpr (std::is_copy_assignable_v<Derived>) {
      static_cast<Derived&>(*this) = *same;
    } else {
      this->copy_values(clone);
      this->train(clone.is_training());
    }
  }
};

}  // namespace tapegrad::nn
