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
