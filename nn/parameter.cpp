#include <tapegrad/nn/parameter.h>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

Parameter::Parameter(const Tensor& value, bool requires_grad) {
  if (!value.defined()) return;
  Tensor leaf = value.detach();
  leaf.requires_grad_(requires_grad);
  swap(leaf);
}

Parameter& Parameter::operator=(const Tensor& value) {
  if (!defined()) return *this = Parameter(value.defined() ? value.clone() : value);
  if (!value.defined()) {
    throw Error("Parameter: the value assigned is undefined; assign a tensor, or reset() the parameter");
  }
  if (!(value.sizes() == sizes())) {
    core::throw_shape("Parameter", "a value of sizes ", value.sizes(), " was assigned to a parameter of sizes ",
                      sizes(), "; give it the same sizes, or assign an nn::Parameter to show another tensor");
  }
  const NoGradGuard no_grad;
  copy_(value);
  return *this;
}

}  // namespace tapegrad::nn
