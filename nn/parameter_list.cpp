#include <tapegrad/nn/parameter_list.h>

#include <ostream>

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

void detail::print_parameters(std::ostream& out, const char* name, const NamedTensors& parameters) {
  out << prefix() << name << "(\n";
  for (const auto& [key, value] : parameters)
    out << "(" << key << "): Parameter containing: [" << value.dtype() << " of size " << value.sizes() << "]\n";
  out << ")";
}

void ParameterListImpl::append(const Tensor& parameter) {
  register_parameter(std::to_string(size()), parameter, parameter.requires_grad());
}
void ParameterListImpl::pretty_print(std::ostream& out) const {
  detail::print_parameters(out, "ParameterList", parameters_);
}

void ParameterListImpl::operator+=(const ParameterListImpl& other) {
  extend(std::vector<Tensor>(other.parameters(false)));
}
Tensor& ParameterListImpl::at(std::size_t index) { return parameters_[index].value(); }
const Tensor& ParameterListImpl::at(std::size_t index) const { return parameters_[index].value(); }

ParameterDictImpl::ParameterDictImpl(const NamedTensors& parameters) { update(parameters); }
void ParameterDictImpl::update(const NamedTensors& parameters) {
  for (const auto& [name, parameter] : parameters) {
    if (!contains(name)) {
      insert(name, parameter);
    } else if (parameter.is_leaf()) {
      get(name) = parameter;
    } else {
      throw AutogradError("update: Cannot assign non-leaf Tensor to parameter '" + name + "'; give detach() of it");
    }
  }
}
void ParameterDictImpl::update(const ParameterDictImpl& other) { update(other.parameters_); }
void ParameterDictImpl::clear() { parameters_.clear(); }
bool ParameterDictImpl::contains(const std::string& name) const noexcept { return parameters_.contains(name); }
std::vector<std::string> ParameterDictImpl::keys() const { return parameters_.keys(); }
std::vector<Tensor> ParameterDictImpl::values() const { return parameters_.values(); }
std::vector<std::pair<std::string, Tensor>> ParameterDictImpl::items() const { return parameters_.pairs(); }
Tensor& ParameterDictImpl::get(const std::string& name) { return parameters_[name]; }
const Tensor& ParameterDictImpl::get(const std::string& name) const { return parameters_[name]; }

Tensor& ParameterDictImpl::insert(const std::string& name, const Tensor& parameter) {
  register_parameter(name, parameter, parameter.requires_grad());
  return parameters_[name];
}
Tensor ParameterDictImpl::pop(const std::string& name) {
  Tensor parameter = parameters_[name];
  parameters_.erase(name);
  return parameter;
}
void ParameterDictImpl::pretty_print(std::ostream& out) const {
  detail::print_parameters(out, "ParameterDict", parameters_);
}

}  // namespace tapegrad::nn
