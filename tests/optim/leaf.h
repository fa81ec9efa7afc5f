// A parameter of two elements, and its gradient.
#pragma once

#include <tapegrad/autograd/grad.h>

namespace tapegrad {

inline Tensor leaf(double value = 1) { return tensor({value, value}, kDouble).requires_grad_(); }

inline void set_grad(const Tensor& p, double value) { p.mutable_grad() = full_like(p, value); }

}  // namespace tapegrad
