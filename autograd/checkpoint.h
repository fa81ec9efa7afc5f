// Activation checkpointing: less memory for one more forward pass.
#pragma once

#include <functional>

#include <tapegrad/autograd/grad.h>

namespace tapegrad::autograd {

/// fn(inputs), of which only the inputs are kept until backward, which then runs fn again, with the random numbers that
/// it drew the first time. fn must give the same results again. Gradients also reach the leaves (parameters) that fn
/// uses beside its inputs; of other recorded tensors that it uses, pass them as inputs. Differentiable to any order.
TAPEGRAD_EXPORT tensor_list checkpoint(std::function<tensor_list(const tensor_list&)> fn, const tensor_list& inputs);
inline Tensor checkpoint(std::function<Tensor(const Tensor&)> fn, const Tensor& input) {
  return checkpoint([fn = std::move(fn)](const tensor_list& x) { return tensor_list{fn(x[0])}; },
                    tensor_list{input})[0];
}

}  // namespace tapegrad::autograd
