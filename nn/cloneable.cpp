#include <tapegrad/nn/cloneable.h>

#include <algorithm>
#include <unordered_map>

#include <tapegrad/nn/module_holder.h>

#include "autograd/core/node.h"

namespace tapegrad::nn {

namespace detail {

// The copy of a tensor or of a module (one of the two is null), and whether a member has taken it over.
struct Clone {
  Tensor tensor;
  std::shared_ptr<Module> module;
  bool rebound = false;
};

// The copies made so far, by the address of the original (its TensorImpl or Module).
struct CloneMap : std::unordered_map<const void*, Clone> {};

namespace {

thread_local CloneMap* t_clones = nullptr;  // of the running nn::clone(); null outside

Clone* find(const void* original) noexcept {
  if (t_clones == nullptr || original == nullptr) return nullptr;
  const auto at = t_clones->find(original);
  return at == t_clones->end() ? nullptr : &at->second;
}

// The same, for a member that takes the copy over.
Clone* find_rebound(const void* original) noexcept {
  Clone* c = find(original);
  if (c != nullptr) c->rebound = true;
  return c;
}

// The copy, made where there is none yet.
const Tensor& copied(const Tensor& original) {
  Tensor& copy = (*t_clones)[original.impl()].tensor;
  if (original.defined() && !copy.defined()) {
    copy = original.detach().clone();
    copy.requires_grad_(original.requires_grad());
  }
  return copy;
}

const std::shared_ptr<Module>& copied(const std::shared_ptr<Module>& original) {
  if (Clone* known = find(original.get()); known != nullptr && known->module != nullptr) return known->module;
  std::shared_ptr<Module> copy = original->clone();
  return (*t_clones)[original.get()].module = std::move(copy);
}

Tensor copy_or_self(const Tensor& original) noexcept {
  const Clone* c = find_rebound(original.impl());
  return c != nullptr ? c->tensor : original;
}

}  // namespace

std::shared_ptr<Module> copy_of(const Module* original) noexcept {
  const Clone* c = find_rebound(original);
  return c != nullptr ? c->module : nullptr;
}

CloneScope::CloneScope() : own_(t_clones == nullptr ? new CloneMap : nullptr) {
  if (own_ != nullptr) t_clones = own_;
}

CloneScope::~CloneScope() {
  if (own_ == nullptr) return;
  t_clones = nullptr;
  delete own_;
}

std::string CloneScope::not_rebound(const Module& original) const {
  const auto stays = [](const void* address) {
    const Clone* c = find(address);
    return c != nullptr && !c->rebound;
  };
  for (const auto& tensors : {original.named_parameters(false), original.named_buffers(false)}) {
    for (const auto& [name, tensor] : tensors) {
      if (stays(tensor.impl())) return name;
    }
  }
  for (const auto& [name, child] : original.named_children()) {
    if (stays(child.get())) return name;
  }
  return {};
}

}  // namespace detail

Parameter::Parameter(const Parameter& other) noexcept : Tensor(detail::copy_or_self(other)) {}

Module::Module(const Module& other) : Module() {
  *this = other;
  if (detail::t_clones == nullptr) return;
  for (auto& [name, tensor] : parameters_) tensor = detail::copied(tensor);
  for (const std::string& name : memberless_) detail::find_rebound(other.parameters_[name].impl());
  for (auto& [name, tensor] : buffers_) tensor = detail::copied(tensor);
  for (auto& [name, child] : children_) child = detail::copied(child);
}

namespace {

void check_count(std::size_t have, std::size_t want, const char* what, const char* function) {
  if (have == want) return;
  throw Error(std::string("clone: The cloned module does not have the same number of ") + what +
              " as the original module after calling reset(); call " + function +
              "() inside reset() and not the constructor");
}

// Gives a tensor that reset() made the value, dtype and sizes of the original's.
void copy_value(const std::string& name, const Tensor& mine, const Tensor& value) {
  if (mine.defined() != value.defined() || (mine.defined() && mine.dim() != value.dim())) {
    throw Error("clone: '" + name + "' as reset() makes it differs from the original's in " +
                (mine.defined() && value.defined() ? "its number of dimensions" : "being defined") +
                "; let reset() make what the original has, or declare the member nn::Parameter");
  }
  if (!mine.defined()) return;
  if (mine.sizes() == value.sizes() && mine.dtype() == value.dtype()) {
    Parameter::bind(mine) = value;
  } else {
    core::NewData(mine, value.detach().clone()).commit();
  }
}

}  // namespace

std::shared_ptr<Module> Module::clone_by(Module* (*copied)(const Module&), void (*reset)(Module&)) const {
  const detail::CloneScope scope;
  std::shared_ptr<Module> copy(copied(*this));
  if (reset != nullptr && !scope.not_rebound(*this).empty()) {
    copy->parameters_.clear();
    copy->buffers_.clear();
    copy->children_.clear();
    reset(*copy);
    copy->copy_values(*this);
  }
  return copy;
}

void Module::throw_other_class(const Module& clone) const {
  throw Error("clone: a child is now a " + clone.name() + " where reset() makes a " + name() +
              "; let reset() make what the original has, or declare the member as a module holder");
}

void Module::become(const Module&) { clone(); }  // throws: this class is not Cloneable

void Module::copy_values(const Module& from) {
  check_count(parameters_.size(), from.parameters_.size(), "parameters", "register_parameter");
  check_count(buffers_.size(), from.buffers_.size(), "buffers", "register_buffer");
  check_count(children_.size(), from.children_.size(), "child modules", "register_module");
  for (const auto& [name, value] : from.parameters_) {
    Tensor& mine = parameters_[name];
    copy_value(name, mine, value);
    if (mine.defined()) mine.requires_grad_(value.requires_grad());
  }
  for (const auto& [name, value] : from.buffers_) copy_value(name, buffers_[name], value);
  // A child that shares a tensor with this module or with another child keeps its tensors, so that they stay shared;
  // its values are copied. Any other child becomes the clone of the original's child.
  std::unordered_map<const void*, int> uses;
  const auto tensors = [](const Module& m, bool recurse) {
    std::vector<Tensor> all = m.parameters(recurse), buffers = m.buffers(recurse);
    all.insert(all.end(), buffers.begin(), buffers.end());
    return all;
  };
  for (const Tensor& x : tensors(*this, false)) ++uses[x.impl()];
  for (const auto& [name, child] : children_)
    for (const Tensor& x : tensors(*child, true)) ++uses[x.impl()];
  for (const auto& [name, child] : from.children_) {
    Module& mine = *children_[name];
    const std::vector<Tensor> own = tensors(mine, true);
    const bool shared = std::any_of(own.begin(), own.end(), [&](const Tensor& x) { return uses[x.impl()] > 1; });
    const Module& clone = *detail::copied(child);
    if (shared) {
      mine.copy_values(clone);
      mine.train(clone.is_training());
    } else {
      mine.become(clone);
    }
  }
}

}  // namespace tapegrad::nn
