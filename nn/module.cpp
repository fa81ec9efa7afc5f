#include <tapegrad/nn/module.h>

#include <algorithm>
#include <ostream>
#include <typeinfo>
#include <unordered_set>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/nn/layer.h>

#include "autograd/core/class_name.h"
#include "autograd/core/node.h"

namespace tapegrad::nn {

namespace {

std::string joined(const std::string& prefix, const std::string& name) {
  return prefix.empty() ? name : prefix + "." + name;
}

void collect(const Module& module, const std::string& prefix, std::unordered_set<const Module*>& seen,
             NamedModules& out) {
  for (const auto& [name, child] : module.named_children()) {
    if (!seen.insert(child.get()).second) continue;
    const std::string path = joined(prefix, name);
    out.insert(path, child);
    collect(*child, path, seen, out);
  }
}

void print(std::ostream& out, const Module& module, const std::string& indentation) {
  module.pretty_print(out);
  if (module.named_children().is_empty()) return;
  out << "(\n";
  for (const auto& [name, child] : module.named_children()) {
    out << indentation << "  (" << name << "): ";
    print(out, *child, indentation + "  ");
    out << '\n';
  }
  out << indentation << ")";
}

}  // namespace

void ModuleHolderBase::throw_empty() {
  throw Error("ModuleHolder: Accessing empty ModuleHolder; assign a module first");
}

void ModuleHolderBase::hold(Module* module) { held_ = std::shared_ptr<Module>(module); }

Module::Module() = default;
Module::Module(std::string name) : name_(std::move(name)) {}
Module::~Module() = default;
Module& Module::operator=(const Module&) = default;

std::vector<std::shared_ptr<Module>> Module::children() const { return children_.values(); }

std::string detail::readable(const char* mangled) { return core::readable(mangled); }

// Where modules print torch::nn::, they are called so, too.
std::string Module::name() const {
  if (!name_.empty()) return name_;
  constexpr std::string_view kOurs = "tapegrad::nn::";
  const std::string name = detail::readable(typeid(*this).name()), prefix = detail::prefix();
  return prefix != "nn::" && name.starts_with(kOurs) ? prefix + name.substr(kOurs.size()) : name;
}

void Module::check_name(const char* op, const char* kind, const std::string& name) const {
  const std::string start = std::string(op) + ": " + kind;
  if (name.empty()) throw Error(start + " name must not be empty; give it a name");
  if (name.find('.') != std::string::npos) {
    throw Error(start + " name must not contain a dot (got '" + name + "'); dots separate submodules");
  }
  if (parameters_.contains(name) || buffers_.contains(name) || children_.contains(name)) {
    throw Error(start + " '" + name + "' already defined; a name stands for one thing in a module");
  }
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): libtorch's signature
Parameter Module::register_parameter(std::string name, Tensor value, bool requires_grad) {
  check_name("register_parameter", "Parameter", name);
  if (value.defined()) {
    if (!value.is_leaf()) {
      throw AutogradError("register_parameter: Cannot assign non-leaf Tensor to parameter '" + name +
                          "'; register detach() of it, or compute it in forward()");
    }
  }
  const bool before = value.requires_grad();
  if (value.defined()) value.requires_grad_(requires_grad);
  try {
    return Parameter::bind(parameters_.insert(std::move(name), value));
  } catch (...) {
    if (value.defined()) value.requires_grad_(before);
    throw;
  }
}

void Module::register_memberless_parameter(std::string name, Tensor value, bool requires_grad) {
  memberless_.push_back(name);
  try {
    register_parameter(std::move(name), std::move(value), requires_grad);
  } catch (...) {
    memberless_.pop_back();
    throw;
  }
}

void Module::unregister_parameter(const std::string& name) {
  if (!parameters_.contains(name))
    throw Error("unregister_parameter: No Parameter with name `" + name +
                "` is registered; named_parameters(false) names them all");
  parameters_.erase(name);
  std::erase(memberless_, name);
  core::change_structure();
}

Buffer Module::register_buffer(std::string name, Tensor value) {
  check_name("register_buffer", "Buffer", name);
  return Buffer::bind(buffers_.insert(std::move(name), std::move(value)));
}

void Module::check_child(const char* op, const Module* child) const {
  if (child == nullptr) throw Error(std::string(op) + ": the submodule is null; make one first");
  bool within = child == this;
  for (const auto& [path, module] : child->named_modules("", false)) within = within || module.get() == this;
  if (within) throw Error(std::string(op) + ": a module cannot be its own submodule; register another one");
}

void Module::add_child(const std::string& name, std::shared_ptr<Module> child) {
  check_name("register_module", "Submodule", name);
  check_child("register_module", child.get());
  children_.insert(name, std::move(child));
  core::change_structure();
}

void Module::set_child(const std::string& name, std::shared_ptr<Module> child) {
  check_child("replace_module", child.get());
  children_[name] = std::move(child);
  core::change_structure();
}

void Module::unregister_module(const std::string& name) {
  if (!children_.contains(name))
    throw Error("unregister_module: No Module with name `" + name + "` is registered; named_children() names them all");
  children_.erase(name);
  core::change_structure();
}

NamedTensors Module::named(NamedTensors Module::*kind, bool recurse) const {
  NamedTensors out((this->*kind).key_description());
  std::unordered_set<const void*> seen;
  const auto append = [&](const std::string& path, const Module& module) {
    for (const auto& [name, tensor] : module.*kind) {
      if (tensor.defined() && seen.insert(tensor.impl()).second) out.insert(joined(path, name), tensor);
    }
  };
  append("", *this);
  if (recurse) {
    for (const auto& [path, module] : named_modules("", false)) append(path, *module);
  }
  return out;
}

NamedTensors Module::named_parameters(bool recurse) const { return named(&Module::parameters_, recurse); }
NamedTensors Module::named_buffers(bool recurse) const { return named(&Module::buffers_, recurse); }
std::vector<Tensor> Module::parameters(bool recurse) const {
  if (recurse) return named_parameters().values();
  std::vector<Tensor> own;  // without names: a recurrent layer asks in each step
  own.reserve(parameters_.size());
  for (const NamedTensors::Item& item : parameters_) {
    const auto same = [&](const Tensor& other) { return other.impl() == item->impl(); };
    if (item->defined() && std::none_of(own.begin(), own.end(), same)) own.push_back(*item);
  }
  return own;
}
std::vector<Tensor> Module::buffers(bool recurse) const { return named_buffers(recurse).values(); }

NamedModules Module::named_modules(const std::string& prefix, bool include_self) const {
  NamedModules out("Submodule");
  std::unordered_set<const Module*> seen{this};
  if (include_self) {
    auto self = std::const_pointer_cast<Module>(weak_from_this().lock());
    if (self == nullptr) {
      throw Error(
          "modules: It looks like you attempted to retrieve your top-level module as a shared_ptr, but it is not "
          "stored in a shared_ptr; use std::make_shared<" +
          name() +
          "> instead of creating your module on the stack, or alternatively do not try to access your top-level module "
          "at all by passing /*include_self=*/false to modules() or named_modules()");
    }
    out.insert(prefix, std::move(self));
  }
  collect(*this, prefix, seen, out);
  return out;
}

std::vector<std::shared_ptr<Module>> Module::modules(bool include_self) const {
  return named_modules("", include_self).values();
}

void Module::train(bool on) {
  for (const auto& [name, child] : children_) child->train(on);
  if (is_training_ != on) core::change_structure();
  is_training_ = on;
}

void Module::zero_grad(bool set_to_none) {
  for (const auto& [name, parameter] : named_parameters()) parameter.zero_grad(set_to_none);
}

void Module::to(Dtype dtype, bool) {
  if (!is_floating_point(dtype) || is_narrow(dtype)) {
    throw DtypeError(std::string("to: nn.Module.to only accepts floating point dtypes, but got desired dtype=") +
                     tapegrad::name(dtype) + "; give kFloat or kDouble");
  }
  const NoGradGuard no_grad;
  std::vector<core::NewData> changes;
  for (const auto& tensors : {parameters(), buffers()}) {
    for (const Tensor& x : tensors) {
      if (x.is_floating_point() && x.dtype() != dtype) changes.emplace_back(x, x.detach().to(dtype).contiguous());
    }
  }
  for (const core::NewData& change : changes) change.commit();
}

void Module::to(Device device, bool) { tapegrad::detail::require_cpu("to", device); }

void Module::pretty_print(std::ostream& out) const { out << name(); }

std::ostream& operator<<(std::ostream& out, const Module& module) {
  print(out, module, "");
  return out;
}

std::shared_ptr<Module> Module::clone() const {
  throw Error("clone: clone() has not been implemented for " + name() + "; subclass nn::Cloneable<" + name() +
              "> instead of nn::Module to inherit the ability to clone");
}

}  // namespace tapegrad::nn
