#include <tapegrad/nn/module_list.h>

#include <ostream>

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

std::shared_ptr<Module> ModuleListImpl::ptr(std::size_t index) const {
  if (index >= size()) {
    throw IndexError("ModuleList: Index out of range: " + std::to_string(index) + " of " + std::to_string(size()) +
                     " modules; look at size() first");
  }
  return (named_children().begin() + static_cast<std::ptrdiff_t>(index))->value();
}

void ModuleListImpl::append(std::shared_ptr<Module> module) {
  register_module(std::to_string(size()), std::move(module));
}

void ModuleListImpl::put(std::size_t index, std::shared_ptr<Module> module) {
  if (index > size()) {
    throw IndexError("ModuleList: Index out of range: " + std::to_string(index) + " of " + std::to_string(size()) +
                     " modules; insert at most at the end");
  }
  std::vector<std::shared_ptr<Module>> all = children();
  append(module);  // which checks it
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(index), std::move(module));
  for (std::size_t i = index; i < all.size(); ++i) replace_module(std::to_string(i), all[i]);
}

void ModuleListImpl::pretty_print(std::ostream& out) const { out << detail::prefix() << "ModuleList"; }

ModuleDictImpl::ModuleDictImpl(const std::vector<Item>& modules) { update(modules); }
ModuleDictImpl::ModuleDictImpl(const NamedModules& modules) { update(modules.pairs()); }
void ModuleDictImpl::update(const std::vector<Item>& modules) {
  for (const Item& item : modules) put(item.first, item.second);
}
void ModuleDictImpl::update(const ModuleDictImpl& other) { update(other.items()); }
bool ModuleDictImpl::contains(const std::string& name) const noexcept { return named_children().contains(name); }
std::vector<std::string> ModuleDictImpl::keys() const { return named_children().keys(); }
std::vector<std::shared_ptr<Module>> ModuleDictImpl::values() const { return named_children().values(); }
std::vector<ModuleDictImpl::Item> ModuleDictImpl::items() const { return named_children().pairs(); }
std::shared_ptr<Module> ModuleDictImpl::ptr(const std::string& name) const { return named_children()[name]; }

void ModuleDictImpl::put(const std::string& name, std::shared_ptr<Module> module) {
  contains(name) ? replace_module(name, std::move(module)) : register_module(name, std::move(module));
}

void ModuleDictImpl::clear() {
  for (const std::string& name : keys()) unregister_module(name);
}

std::shared_ptr<Module> ModuleDictImpl::pop(const std::string& name) {
  auto module = ptr(name);
  unregister_module(name);
  return module;
}

void ModuleDictImpl::pretty_print(std::ostream& out) const { out << detail::prefix() << "ModuleDict"; }

}  // namespace tapegrad::nn
