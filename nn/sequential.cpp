#include <tapegrad/nn/sequential.h>

#include <ostream>

namespace tapegrad::nn {

Tensor SequentialImpl::forward(const Tensor& x) {
  if (modules_.empty()) {
    throw Error("Sequential: Cannot call forward() on an empty Sequential; push_back a module first");
  }
  Tensor y = modules_.front().forward(x);
  for (std::size_t i = 1; i < modules_.size(); ++i) y = modules_[i].forward(y);
  return y;
}

void SequentialImpl::add(const std::string& name, AnyModule module) {
  modules_.reserve(modules_.size() + 1);
  register_module(name, module.ptr());
  modules_.push_back(std::move(module));
}

const AnyModule& SequentialImpl::checked(std::size_t index) const {
  if (index >= modules_.size()) {
    throw IndexError("Sequential: Index out of range: " + std::to_string(index) + " of " +
                     std::to_string(modules_.size()) + " modules; look at size() first");
  }
  return modules_[index];
}

void SequentialImpl::pretty_print(std::ostream& out) const { out << detail::prefix() << "Sequential"; }

}  // namespace tapegrad::nn
