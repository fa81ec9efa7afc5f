#include <tapegrad/nn/cloneable.h>

#include <tapegrad/nn/module_holder.h>

#include "nn/detail/clone_map.h"

namespace tapegrad::nn {

namespace detail {

namespace {

thread_local CloneMap* t_clones = nullptr;

Clone* find(const void* original) noexcept {
  if (t_clones == nullptr || original == nullptr) return nullptr;
  const auto at = t_clones->clones.find(original);
  return at == t_clones->clones.end() ? nullptr : &at->second;
}

}  // namespace

CloneMap* clone_map() noexcept { return t_clones; }

const Tensor& CloneMap::add(const Tensor& original) {
  if (!original.defined()) return original;
  Clone& c = clones[original.impl()];
  if (!c.tensor.defined()) {
    Tensor copy = original.detach().clone();
    copy.requires_grad_(original.requires_grad());
    c.tensor = std::move(copy);
  }
  return c.tensor;
}

const std::shared_ptr<Module>& CloneMap::add(const std::shared_ptr<Module>& original) {
  if (Clone* known = find(original.get()); known != nullptr && known->module != nullptr) return known->module;
  std::shared_ptr<Module> copy = original->clone();
  return clones[original.get()].module = std::move(copy);
}

Tensor copy_of(const Tensor& original) noexcept {
  Clone* c = find(original.impl());
  if (c == nullptr) return original;
  c->met = true;
  return c->tensor;
}

std::shared_ptr<Module> copy_of(const Module* original) noexcept {
  Clone* c = find(original);
  if (c == nullptr) return nullptr;
  c->met = true;
  return c->module;
}

CloneScope::CloneScope() : own_(t_clones == nullptr ? new CloneMap : nullptr) {
  if (own_ != nullptr) t_clones = own_.get();
}

CloneScope::~CloneScope() {
  if (own_ != nullptr) t_clones = nullptr;
}

std::string CloneScope::unfollowed(const Module& original) const {
  const auto stays = [](const void* address) {
    const Clone* c = find(address);
    return c != nullptr && !c->met;
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

void Module::clear_registry() noexcept {
  parameters_.clear();
  buffers_.clear();
  children_.clear();
}

namespace {

void check_count(std::size_t have, std::size_t want, const char* what, const char* function) {
  if (have == want) return;
  throw Error(std::string("clone: The cloned module does not have the same number of ") + what +
              " as the original module after calling reset(). Are you sure you called " + function +
              "() inside reset() and not the constructor?");
}

}  // namespace

void Module::copy_values(const Module& from) {
  check_count(parameters_.size(), from.parameters_.size(), "parameters", "register_parameter");
  check_count(buffers_.size(), from.buffers_.size(), "buffers", "register_buffer");
  check_count(children_.size(), from.children_.size(), "child modules", "register_module");
  for (const auto& [name, value] : from.parameters_) {
    Tensor& mine = parameters_[name];
    if (value.defined()) Parameter::bind(mine) = value;
    if (mine.defined()) mine.requires_grad_(value.requires_grad());
  }
  for (const auto& [name, value] : from.buffers_) {
    if (value.defined()) Buffer::bind(buffers_[name]) = value;
  }
  for (const auto& [name, child] : from.children_) children_[name]->copy_values(*child);
}

}  // namespace tapegrad::nn
