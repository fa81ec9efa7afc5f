// ParameterList and ParameterDict: parameters by number and by name.
#pragma once

#include <tapegrad/nn/cloneable.h>
#include <tapegrad/nn/module_holder.h>

namespace tapegrad::nn {

namespace detail {

/// What both have in common; Derived is one of them.
template <class Derived>
class ParameterContainer : public Container<Derived> {
 public:
  std::size_t size() const noexcept { return this->parameters_.size(); }
  bool is_empty() const noexcept { return size() == 0; }
  bool empty() const noexcept { return size() == 0; }
  /// The items, of key() and value().
  auto begin() noexcept { return this->parameters_.begin(); }
  auto end() noexcept { return this->parameters_.end(); }
  auto begin() const noexcept { return this->parameters_.begin(); }
  auto end() const noexcept { return this->parameters_.end(); }
};

TAPEGRAD_EXPORT void print_parameters(std::ostream& out, const char* name, const NamedTensors& parameters);

}  // namespace detail

/// Parameters "0", "1" ... A plain tensor's own requires_grad is kept, as in libtorch.
class TAPEGRAD_EXPORT ParameterListImpl : public detail::ParameterContainer<ParameterListImpl> {
 public:
  ParameterListImpl() = default;
  template <class... Rest>
  explicit ParameterListImpl(const Tensor& first, const Rest&... rest) {
    append(first);
    (append(rest), ...);
  }

  void append(const Tensor& parameter);
  void append(const NamedTensors::Item& item) { append(item.value()); }
  /// The parameters of another container, or of a vector.
  template <class Container>
  void extend(const Container& container) {
    for (const auto& parameter : container) append(parameter);
  }
  void operator+=(const ParameterListImpl& other);

  /// IndexError past the end.
  Tensor& at(std::size_t index);
  const Tensor& at(std::size_t index) const;
  Tensor& operator[](std::size_t index) { return at(index); }
  const Tensor& operator[](std::size_t index) const { return at(index); }

  void pretty_print(std::ostream& out) const override;
};
TAPEGRAD_MODULE(ParameterList);

/// Parameters by name. A plain tensor's own requires_grad is kept, as in libtorch.
class TAPEGRAD_EXPORT ParameterDictImpl : public detail::ParameterContainer<ParameterDictImpl> {
 public:
  ParameterDictImpl() = default;
  explicit ParameterDictImpl(const NamedTensors& parameters);

  /// Gives what is registered. Error for a name that is taken.
  Tensor& insert(const std::string& name, const Tensor& parameter);
  void update(const NamedTensors& parameters);
  void update(const ParameterDictImpl& other);
  /// Forgets a parameter and gives it. IndexError where there is none of that name.
  Tensor pop(const std::string& name);
  void clear();

  bool contains(const std::string& name) const noexcept;
  std::vector<std::string> keys() const;
  std::vector<Tensor> values() const;
  std::vector<std::pair<std::string, Tensor>> items() const;
  /// IndexError where there is none of that name.
  Tensor& get(const std::string& name);
  const Tensor& get(const std::string& name) const;
  Tensor& operator[](const std::string& name) { return get(name); }
  const Tensor& operator[](const std::string& name) const { return get(name); }

  void pretty_print(std::ostream& out) const override;
};
TAPEGRAD_MODULE(ParameterDict);

}  // namespace tapegrad::nn
