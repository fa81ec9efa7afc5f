// Module: named parameters, buffers and submodules, and what is done to all of them.
//
//   struct LinearRegression : nn::Module {
//     nn::Parameter slope = register_parameter("slope", tensor(1.0f));
//     nn::Parameter intercept = register_parameter("intercept", tensor(1.0f));
//     Tensor forward(const Tensor& x) { return x * slope + intercept; }
//   };
//
// A module may stand on the stack. It holds handles, never addresses of members: a copy shares parameters, buffers and
// submodules with the original (and has a train/eval mark of its own); nn::clone (cloneable.h) copies their values.
#pragma once

#include <tapegrad/autograd/state_dict.h>
#include <tapegrad/nn/parameter.h>

namespace tapegrad::nn {

class Module;
/// Tensors and modules by their names, in the order in which they were registered.
using NamedTensors = StateDict;
using NamedModules = OrderedDict<std::string, std::shared_ptr<Module>>;

/// What load_state_dict() did not find in the state, and what it found there but does not have.
struct IncompatibleKeys {
  std::vector<std::string> missing_keys, unexpected_keys;
};

/// What is called around a forward(), with the tensors among its arguments, and then those of its result; a hook may
/// put others in their places.
using ForwardPreHook = std::function<void(Module& module, std::vector<Tensor>& inputs)>;
using ForwardHook =
    std::function<void(Module& module, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs)>;

/// What a ModuleHolder (module_holder.h) is whatever it holds.
class TAPEGRAD_EXPORT ModuleHolderBase {
 public:
  bool is_empty() const noexcept { return held_ == nullptr; }
  explicit operator bool() const noexcept { return !is_empty(); }

 protected:
  friend class Module;
  friend class AnyModule;
  [[noreturn]] static void throw_empty();
  /// Takes over a module that was just made.
  void hold(Module* module);

  std::shared_ptr<Module> held_;
};

namespace detail {

/// A type's name as it is written.
TAPEGRAD_EXPORT std::string readable(const char* mangled);

struct ForwardHooks;  // of one module

/// A holder of a module, a std::shared_ptr to one or a module (which is copied), as a std::shared_ptr to its own class.
template <class M>
auto pointer_to(M&& module) {
  using T = std::remove_cvref_t<M>;
  if constexpr (requires { std::shared_ptr<Module>(module.ptr()); }) {
    return module.ptr();
  } else if constexpr (requires { requires std::derived_from<typename T::element_type, Module>; }) {
    return std::shared_ptr<typename T::element_type>(std::forward<M>(module));
  } else if constexpr (std::derived_from<T, Module>) {
    return std::make_shared<T>(std::forward<M>(module));
  }
}

/// What pointer_to() takes.
template <class M>
concept HoldsModule = requires(M&& module) {
  std::shared_ptr<Module>(pointer_to(std::forward<M>(module)));
};

}  // namespace detail

/// The base of all modules: what registers parameters, buffers and submodules.
class TAPEGRAD_EXPORT Module : public std::enable_shared_from_this<Module> {
 public:
  Module();
  /// A module that is printed under this name.
  explicit Module(std::string name);
  /// Shares what `other` registered; inside of nn::clone() the copy has values of its own (cloneable.h).
  Module(const Module& other);
  Module(Module&&) = default;
  Module& operator=(const Module&);
  Module& operator=(Module&&) = default;
  virtual ~Module();

  /// The name given, or that of the class.
  std::string name() const;

  // --- registering. Names are unique in a module, not empty, without dots: Error otherwise.
  /// Registers `value` itself, sets its requires_grad and returns a handle to it. `value` may be undefined: a parameter
  /// that this module does without. AutogradError when it has a history: a parameter is a leaf.
  Parameter register_parameter(std::string name, Tensor value, bool requires_grad = true);
  /// The same, of a parameter that no member shows: clone() asks for none that takes its copy over.
  void register_memberless_parameter(std::string name, Tensor value, bool requires_grad = true);
  /// Forgets a parameter, which its handles go on showing. Error where there is none of that name.
  void unregister_parameter(const std::string& name);
  /// Registers a tensor that belongs to the module's state but is not trained, and returns a handle to it.
  Buffer register_buffer(std::string name, Tensor value);
  /// Registers a module, given by a holder or a std::shared_ptr, and returns what was given. Error where it is null, or
  /// has this module as a part.
  template <class HolderOrPointer>
  HolderOrPointer register_module(const std::string& name, HolderOrPointer module) {
    add_child(name, pointer(module));
    return module;
  }
  /// Puts a module in the place of one that is registered. IndexError where there is none of that name; otherwise as
  /// register_module().
  template <class HolderOrPointer>
  HolderOrPointer replace_module(const std::string& name, HolderOrPointer module) {
    set_child(name, pointer(module));
    return module;
  }
  /// Forgets a submodule. Error where there is none of that name.
  void unregister_module(const std::string& name);

  // --- what is registered, in order of registration: this module's own, then its submodules'. Each tensor and each
  // module appears once, under its first name ("fc1.weight"), undefined ones not at all.
  /// The tensors that are trained; with their names below. Without recurse, those of this module alone.
  std::vector<Tensor> parameters(bool recurse = true) const;
  NamedTensors named_parameters(bool recurse = true) const;
  /// The tensors that belong to the state but are not trained.
  std::vector<Tensor> buffers(bool recurse = true) const;
  NamedTensors named_buffers(bool recurse = true) const;
  /// The submodules that this module itself registered.
  std::vector<std::shared_ptr<Module>> children() const;
  const NamedModules& named_children() const noexcept { return children_; }
  /// All modules from this one on down. With include_self, this one must be held by a std::shared_ptr: Error otherwise.
  std::vector<std::shared_ptr<Module>> modules(bool include_self = true) const;
  NamedModules named_modules(const std::string& prefix = "", bool include_self = true) const;

  // --- what is kept
  /// The parameters and buffers by PyTorch's names ("fc1.weight"), which are those of its files: handles, not copies.
  /// What is shared appears under each of its names; what is undefined does not appear.
  NamedTensors state_dict(const std::string& prefix = "") const;
  /// Copies values into the parameters and buffers, cast to the dtype of each. Error, naming every key that is missing,
  /// unexpected or of other sizes; nothing has been changed then. Without strict, missing and unexpected keys are
  /// returned instead.
  IncompatibleKeys load_state_dict(const StateDict& state, bool strict = true);
  /// Does all of load_state_dict() that may throw, and returns what then changes the module: so that several objects
  /// can be loaded as one (autograd/serialize.h).
  std::function<void()> prepare_load(const StateDict& state, bool strict = true, IncompatibleKeys* found = nullptr);

  /// The same by libtorch's archives, of which load() takes the keys of this module.
  virtual void save(serialize::OutputArchive& archive) const;
  virtual void load(serialize::InputArchive& archive);

  // --- what is done to all
  /// Calls fn(module), fn(name, module), fn(pointer) or fn(name, pointer) for this module and all below it.
  template <class F>
  void apply(F&& fn, const std::string& prefix = "");
  /// Puts this module and all below it into training mode, which is the mode of a new module, or out of it.
  virtual void train(bool on = true);
  void eval() { train(false); }
  virtual bool is_training() const noexcept { return is_training_; }
  /// Makes every .grad undefined, or zero.
  virtual void zero_grad(bool set_to_none = true);
  /// Casts floating-point parameters and buffers where they are: every handle sees it, each .grad becomes undefined.
  /// DtypeError unless dtype is kFloat or kDouble.
  virtual void to(Dtype dtype, bool non_blocking = false);
  /// Does nothing for kCPU, which is the one device there is. Error for another.
  virtual void to(Device device, bool non_blocking = false);
  virtual void to(Device device, Dtype dtype, bool non_blocking = false) {
    to(device, non_blocking);
    to(dtype, non_blocking);
  }
  /// Calls `hook` before each forward(), or behind it, in the order in which they came, and returns the number by which
  /// remove_forward_hook() knows it. Seen are calls by a holder's operator(), an AnyModule or a container: what
  /// net->forward(x) calls directly is a plain C++ function. In place of an argument that is no Tensor itself, and of a
  /// result by reference, none can be put. Error where a hook changes how many tensors there are. Copies and clones
  /// have the same hooks.
  unsigned register_forward_pre_hook(ForwardPreHook hook);
  unsigned register_forward_hook(ForwardHook hook);
  void remove_forward_hook(unsigned number);
  /// Null where there is none.
  const std::shared_ptr<const detail::ForwardHooks>& forward_hooks() const noexcept { return hooks_; }

  /// A copy with values of its own. Error unless the class derives from Cloneable.
  virtual std::shared_ptr<Module> clone() const;

  /// This module as M (a module class, or a holder: then what it holds); null where it is something else.
  template <class M>
  auto* as() noexcept {
    if constexpr (std::derived_from<M, ModuleHolderBase>) {
      return dynamic_cast<typename M::ContainedType*>(this);
    } else {
      return dynamic_cast<M*>(this);
    }
  }
  template <class M>
  const auto* as() const noexcept {
    return const_cast<Module*>(this)->as<M>();
  }

  /// Writes the module as one line; operator<< adds the submodules, indented. The default writes name().
  virtual void pretty_print(std::ostream& out) const;

 protected:
  NamedTensors parameters_{"Parameter"};
  NamedTensors buffers_{"Buffer"};

 private:
  template <class Derived>
  friend class Cloneable;
  template <class Derived>
  friend class Container;

  template <class HolderOrPointer>
  static std::shared_ptr<Module> pointer(const HolderOrPointer& module) {
    if constexpr (std::derived_from<HolderOrPointer, ModuleHolderBase>) {
      if (module.is_empty()) ModuleHolderBase::throw_empty();
      return module.ModuleHolderBase::held_;
    } else if constexpr (detail::HoldsModule<const HolderOrPointer&> && !std::derived_from<HolderOrPointer, Module>) {
      return detail::pointer_to(module);
    } else {
      static_assert(tapegrad::detail::kNever<HolderOrPointer>,
                    "register_module() takes a holder of a module or a std::shared_ptr to one: name the class AImpl, "
                    "wrap it: TAPEGRAD_MODULE(A); and let the member be an A");
    }
  }
  NamedTensors named(NamedTensors Module::*kind, bool recurse) const;
  void check_name(const char* op, const char* kind, const std::string& name) const;
  void check_child(const char* op, const Module* child) const;
  void add_child(const std::string& name, std::shared_ptr<Module> child);
  void set_child(const std::string& name, std::shared_ptr<Module> child);
  // clone() by a class's copy constructor and reset(); without reset, the registry is all that shows its tensors.
  std::shared_ptr<Module> clone_by(Module* (*copied)(const Module&), void (*reset)(Module&)) const;
  [[noreturn]] void throw_other_class(const Module& clone) const;
  // Takes over the values of a module that registered the same, and what its children's clones are.
  void copy_values(const Module& from);
  // Makes a child that reset() made what `clone`, the clone of the original's child, is.
  virtual void become(const Module& clone);

  std::shared_ptr<const detail::ForwardHooks> hooks_;
  std::vector<std::string> memberless_;  // names of parameters
  NamedModules children_{"Submodule"};
  std::string name_;
  bool is_training_ = true;
};

/// Writes the tree of modules, as libtorch does:
///
///     Net(
///       (fc1): nn::Linear(in_features=1, out_features=2, bias=true)
///     )
TAPEGRAD_EXPORT std::ostream& operator<<(std::ostream& out, const Module& module);

template <class F>
void Module::apply(F&& fn, const std::string& prefix) {
  if constexpr (std::is_invocable_v<F&, Module&>) {
    fn(*this);
    for (auto& [name, module] : named_modules(prefix, false)) fn(*module);
  } else if constexpr (std::is_invocable_v<F&, const std::string&, Module&>) {
    fn(prefix, *this);
    for (auto& [name, module] : named_modules(prefix, false)) fn(name, *module);
  } else if constexpr (std::is_invocable_v<F&, const std::shared_ptr<Module>&>) {
    for (auto& [name, module] : named_modules(prefix)) fn(module);
  } else {
    for (auto& [name, module] : named_modules(prefix)) fn(name, module);
  }
}

}  // namespace tapegrad::nn
