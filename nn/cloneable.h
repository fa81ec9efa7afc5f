// Copies of modules with values of their own.
#pragma once

#include <tapegrad/autograd/grad.h>
#include <tapegrad/nn/module.h>

namespace tapegrad::nn {

namespace detail {

struct CloneMap;

// Copying inside of a clone.
//
// A user's module is copied by the copy constructor that the compiler makes of its members. Members are handles, so the
// copy would show the tensors of the original, and nobody asks the user for code that says otherwise. Therefore three
// copy constructors act in another way while a CloneScope lives in the thread:
//
// - Module copies each tensor and submodule that is registered, and writes down which copy stands for which original.
//   It is a base of the user's class, so this happens before any member is copied.
// - Parameter (and Buffer) and ModuleHolder look up what they are copied from, and show the copy where there is one.
//
// What is registered twice is written down once, so what two modules share, their copies share. A member of another
// type (Tensor, std::shared_ptr) does not look, and goes on showing the original: not_rebound() finds the copies that
// no member took over. nn::clone() then throws; Cloneable::clone() calls reset() as libtorch does, and copies values.
//
// Outside of a scope one thread-local pointer is null, and copies share.
class TAPEGRAD_EXPORT CloneScope {
 public:
  CloneScope();
  ~CloneScope();
  CloneScope(const CloneScope&) = delete;
  CloneScope& operator=(const CloneScope&) = delete;
  // The name of the first tensor or module registered by `original` whose copy no member took over; else empty.
  std::string not_rebound(const Module& original) const;

 private:
  NoGradGuard no_grad_;
  CloneMap* own_;  // null inside of another scope
};

}  // namespace detail

/// A copy of a module with values of its own: auto copy = nn::clone(model). Submodules must be able to clone(). Error
/// when a registered tensor or module has a member that would go on showing the original (a plain Tensor or
/// std::shared_ptr).
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

/// A holder of a clone of what the holder holds.
template <std::derived_from<ModuleHolderBase> Holder>
Holder clone(const Holder& holder) {
  return Holder(std::dynamic_pointer_cast<typename Holder::ContainedType>(holder.ptr()->clone()));
}

/// Gives Derived a clone(). A class whose members are plain Tensors or pointers overrides reset(), as in libtorch: it
/// makes and registers everything anew; clone() then copies the values, and each child becomes the clone of the
/// original's child. Error where reset() makes another number of them, or another class.
template <class Derived>
class Cloneable : public Module {
 public:
  using Module::Module;
  /// Unless overridden, reset_parameters() of a Derived that has it.
  virtual void reset() {
    if constexpr (requires(Derived & d) { d.reset_parameters(); }) static_cast<Derived&>(*this).reset_parameters();
  }

  std::shared_ptr<Module> clone() const override {
    return this->clone_by(copied, [](Module& copy) { static_cast<Derived&>(copy).reset(); });
  }

 protected:
  static Module* copied(const Module& module) { return new Derived(static_cast<const Derived&>(module)); }

 private:
  void become(const Module& clone) override {
    const auto* same = dynamic_cast<const Derived*>(&clone);
    if (same == nullptr) this->throw_other_class(clone);
    if constexpr (std::is_copy_assignable_v<Derived>) {
      static_cast<Derived&>(*this) = *same;
    } else {
      this->copy_values(clone);
      this->train(clone.is_training());
    }
  }
};

/// A Cloneable whose registry is all that shows its tensors and modules: the copy's shows the copies.
template <class Derived>
class Container : public Cloneable<Derived> {
 public:
  using Cloneable<Derived>::Cloneable;
  std::shared_ptr<Module> clone() const override { return this->clone_by(this->copied, nullptr); }
};

}  // namespace tapegrad::nn
