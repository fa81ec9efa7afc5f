// ModuleList and ModuleDict: submodules by number and by name. They have no forward() of their own.
//
//   nn::ModuleList layers{nn::Linear(2, 3), nn::Linear(3, 1)};
//   for (const auto& layer : *layers) x = layer->as<nn::Linear>()->forward(x);
#pragma once

#include <tapegrad/nn/cloneable.h>
#include <tapegrad/nn/module_holder.h>

namespace tapegrad::nn {

namespace detail {

/// Goes over the modules of a container.
class ModuleIterator {
 public:
  using value_type = std::shared_ptr<Module>;
  using difference_type = std::ptrdiff_t;
  explicit ModuleIterator(NamedModules::ConstIterator at) noexcept : at_(at) {}
  const value_type& operator*() const noexcept { return at_->value(); }
  const value_type* operator->() const noexcept { return &at_->value(); }
  ModuleIterator& operator++() noexcept { return ++at_, *this; }
  friend bool operator==(ModuleIterator, ModuleIterator) noexcept = default;

 private:
  NamedModules::ConstIterator at_;
};

/// What both have in common.
template <class Derived>
class ModuleContainer : public Container<Derived> {
 public:
  std::size_t size() const noexcept { return this->named_children().size(); }
  bool is_empty() const noexcept { return size() == 0; }
  bool empty() const noexcept { return size() == 0; }

 protected:
  template <class M>
  static std::shared_ptr<M> cast(const std::shared_ptr<Module>& module) {
    auto m = std::dynamic_pointer_cast<M>(module);
    if (m == nullptr)
      throw Error("at: Unable to cast module to another type than that of " + module->name() + "; name its own class");
    return m;
  }
};

}  // namespace detail

/// Submodules "0", "1" ...
class TAPEGRAD_EXPORT ModuleListImpl : public detail::ModuleContainer<ModuleListImpl> {
 public:
  ModuleListImpl() = default;
  /// Modules, holders of modules or std::shared_ptr's to modules.
  template <class First, class... Rest>
  requires(!std::same_as<std::remove_cvref_t<First>, ModuleListImpl>) explicit ModuleListImpl(First&& first,
                                                                                              Rest&&... rest) {
    push_back(std::forward<First>(first));
    (push_back(std::forward<Rest>(rest)), ...);
  }

  template <class M>
  void push_back(M&& module) {
    append(detail::pointer_to(std::forward<M>(module)));
  }
  /// The modules of another container, or of a vector.
  template <class Container>
  void extend(const Container& container) {
    for (const auto& module : container) push_back(module);
  }
  /// Those from `index` on move up. IndexError unless index <= size().
  template <class M>
  void insert(std::size_t index, M&& module) {
    put(index, detail::pointer_to(std::forward<M>(module)));
  }

  auto begin() const noexcept { return detail::ModuleIterator(named_children().begin()); }
  auto end() const noexcept { return detail::ModuleIterator(named_children().end()); }
  /// The module at a place, as M where one is named. IndexError past the end; Error where the module is no M.
  std::shared_ptr<Module> operator[](std::size_t index) const { return ptr(index); }
  std::shared_ptr<Module> ptr(std::size_t index) const;
  template <class M>
  std::shared_ptr<M> ptr(std::size_t index) const {
    return cast<M>(ptr(index));
  }
  template <class M>
  M& at(std::size_t index) const {
    return *ptr<M>(index);
  }

  void pretty_print(std::ostream& out) const override;

 private:
  void append(std::shared_ptr<Module> module);
  void put(std::size_t index, std::shared_ptr<Module> module);
};
TAPEGRAD_MODULE(ModuleList);

/// Submodules by name.
class TAPEGRAD_EXPORT ModuleDictImpl : public detail::ModuleContainer<ModuleDictImpl> {
 public:
  using Item = std::pair<std::string, std::shared_ptr<Module>>;

  ModuleDictImpl() = default;
  explicit ModuleDictImpl(const std::vector<Item>& modules);
  explicit ModuleDictImpl(const NamedModules& modules);

  /// Under a new name, or in the place of the module of that name.
  template <class M>
  void insert(const std::string& name, M&& module) {
    put(name, detail::pointer_to(std::forward<M>(module)));
  }
  void update(const std::vector<Item>& modules);
  void update(const ModuleDictImpl& other);
  void clear();
  /// Forgets a module and gives it. IndexError where there is none of that name.
  std::shared_ptr<Module> pop(const std::string& name);

  bool contains(const std::string& name) const noexcept;
  std::vector<std::string> keys() const;
  std::vector<std::shared_ptr<Module>> values() const;
  std::vector<Item> items() const;
  auto begin() const noexcept { return named_children().begin(); }
  auto end() const noexcept { return named_children().end(); }

  /// The module of a name, as M where one is named. IndexError where there is none; Error where the module is no M.
  std::shared_ptr<Module> operator[](const std::string& name) const { return ptr(name); }
  std::shared_ptr<Module> ptr(const std::string& name) const;
  template <class M>
  std::shared_ptr<M> ptr(const std::string& name) const {
    return cast<M>(ptr(name));
  }
  template <class M>
  M& at(const std::string& name) const {
    return *ptr<M>(name);
  }

  void pretty_print(std::ostream& out) const override;

 private:
  void put(const std::string& name, std::shared_ptr<Module> module);
};
TAPEGRAD_MODULE(ModuleDict);

}  // namespace tapegrad::nn
