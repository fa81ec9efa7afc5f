// ModuleHolder: a shared pointer to a module, written as a value.
//
//   struct NetImpl : nn::Module {
//     explicit NetImpl(std::int64_t hidden) : fc(register_module("fc", nn::Linear(2, hidden))) {}
//     Tensor forward(const Tensor& x) { return fc(x); }
//     nn::Linear fc;
//   };
//   TAPEGRAD_MODULE(Net);
//
//   Net net(64);         // makes a NetImpl
//   Net later{nullptr};  // none yet
//   Tensor y = net(x);   // net->forward(x)
#pragma once

#include <tapegrad/nn/forward_hooks.h>
#include <tapegrad/nn/module.h>

namespace tapegrad::nn {

namespace detail {

/// Inside of nn::clone() the copy that stands for `original` (cloneable.h); else null.
TAPEGRAD_EXPORT std::shared_ptr<Module> copy_of(const Module* original) noexcept;

}  // namespace detail

/// A shared pointer to a module of class Contained, written as a value. Copies share the module. Every use of an empty
/// one throws Error.
template <class Contained>
class ModuleHolder : public ModuleHolderBase {
 public:
  using ContainedType = Contained;

  /// Makes a Contained where its constructor needs no arguments; the holder is empty otherwise.
  ModuleHolder() {
    if constexpr (std::is_default_constructible_v<Contained>) take(new Contained());
  }
  ModuleHolder(std::nullptr_t) noexcept {}
  ModuleHolder(std::shared_ptr<Contained> module) noexcept : impl_(module.get()) { held_ = std::move(module); }
  /// Makes a Contained of these arguments. (Another holder alone is copied.)
  template <class Head, class... Tail>
  requires(sizeof...(Tail) > 0 ||
           !std::is_base_of_v<ModuleHolder, std::remove_cvref_t<Head>>) explicit ModuleHolder(Head&& head,
                                                                                              Tail&&... tail) {
    if constexpr (std::is_constructible_v<Contained, Head, Tail...>) {
      take(new Contained(std::forward<Head>(head), std::forward<Tail>(tail)...));
    } else {
      static_assert(tapegrad::detail::kNever<Head>, "this module has no constructor that takes these arguments");
    }
  }
  /// Makes a Contained of its options' fields: nn::Linear({.in_features = 1, .out_features = 2}).
  template <class C = Contained, class Fields = typename decltype(C::options)::Fields>
  requires std::same_as<Fields, typename decltype(C::options)::Fields>
  explicit ModuleHolder(const Fields& fields) { take(new Contained(decltype(C::options)(fields))); }

  ModuleHolder(const ModuleHolder& other) : ModuleHolderBase(other), impl_(other.impl_) {
    if (auto copy = detail::copy_of(held_.get())) {
      impl_ = dynamic_cast<Contained*>(copy.get());
      held_ = impl_ == nullptr ? nullptr : std::move(copy);
    }
  }
  ModuleHolder(ModuleHolder&&) noexcept = default;
  ModuleHolder& operator=(const ModuleHolder&) noexcept = default;
  ModuleHolder& operator=(ModuleHolder&&) noexcept = default;

  operator std::shared_ptr<Contained>() const { return ptr(); }

  /// The module. Error where there is none, as of what follows.
  std::shared_ptr<Contained> ptr() const { return {held_, get()}; }
  Contained* get() const {
    if (is_empty()) throw_empty();
    return impl_;
  }
  Contained* operator->() const { return get(); }
  Contained& operator*() const { return *get(); }

  /// The module's forward().
  template <class... Args>
  requires requires(Contained& m, Args&&... args) { m.forward(std::forward<Args>(args)...); }
  decltype(auto) operator()(Args&&... args) const { return detail::call(*get(), std::forward<Args>(args)...); }
  /// The module's operator[].
  template <class Arg>
  decltype(auto) operator[](Arg&& arg) const {
    return (*get())[std::forward<Arg>(arg)];
  }

 private:
  // A plain pointer beside the base's shared one: a program that includes the layers instantiates no std::shared_ptr
  // for each of them.
  void take(Contained* made) {
    hold(made);
    impl_ = made;
  }
  Contained* impl_ = nullptr;
};

template <class Contained>
std::ostream& operator<<(std::ostream& out, const ModuleHolder<Contained>& holder) {
  return out << static_cast<const Module&>(*holder);
}

}  // namespace tapegrad::nn

/// class Name: a holder of ImplType.
#define TAPEGRAD_MODULE_IMPL(Name, ImplType)                    \
  class Name : public ::tapegrad::nn::ModuleHolder<ImplType> {  \
   public:                                                      \
    using ::tapegrad::nn::ModuleHolder<ImplType>::ModuleHolder; \
    using Impl [[maybe_unused]] = ImplType;                     \
  }

/// class Name: a holder of NameImpl.
#define TAPEGRAD_MODULE(Name) TAPEGRAD_MODULE_IMPL(Name, Name##Impl)
