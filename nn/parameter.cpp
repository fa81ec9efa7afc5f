#include <tapegrad/nn/parameter.h>

#include <sstream>

#include <tapegrad/autograd/grad.h>

#include "nn/detail/clone_map.h"

namespace tapegrad::nn {

Parameter::Parameter(const Tensor& value, bool requires_grad) {
  if (!value.defined()) return;
  Tensor leaf = value.detach();
  leaf.requires_grad_(requires_grad);
  swap(leaf);
}

Parameter::Parameter(const Parameter& other) noexcept : Tensor(detail::copy_of(other)) {}

Parameter& Parameter::operator=(const Tensor& value) {
  if (!defined()) return *this = Parameter(value.defined() ? value.clone() : value);
  if (!value.defined()) {
    throw Error("Parameter: the value assigned is undefined; assign a tensor, or reset() the parameter");
  }
  if (!(value.sizes() == sizes())) {
    std::ostringstream text;
    text << "Parameter: a value of sizes " << value.sizes() << " was assigned to a parameter of sizes " << sizes()
         << "; give it the same sizes, or assign an nn::Parameter to show another tensor";
    throw ShapeError(text.str());
  }
  const NoGradGuard no_grad;
  copy_(value);
  return *this;
}

}  // namespace tapegrad::nn
