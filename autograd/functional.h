// Derivatives of a function of tensors, as torch.autograd.functional: no .grad is touched. Where an output does not
// depend on an input there are zeros. With create_graph the results can be differentiated again, and lead back to what
// the inputs were made from; else the inputs are taken as they stand.
#pragma once

#include <functional>
#include <utility>

#include <tapegrad/autograd/grad.h>

namespace tapegrad::autograd::functional {

using Fn = std::function<tensor_list(const tensor_list&)>;

/// J[i][k] = d(output i) / d(input k), of sizes output.sizes + input.sizes. A backward pass makes a batch of rows
/// (vmap.h), as many as keep what it computes to four million elements; it makes one row where a hook or retain_grad()
/// is on the way, and where a Function reads values, draws random numbers or writes in place, of which the first pass
/// is then in vain.
TAPEGRAD_EXPORT std::vector<tensor_list> jacobian(const Fn& fn, const tensor_list& inputs, bool create_graph = false);

/// H[j][k] = d2 fn / (d(input j) d(input k)) of a function with one output of one element.
TAPEGRAD_EXPORT std::vector<tensor_list> hessian(const Fn& fn, const tensor_list& inputs, bool create_graph = false);

/// {outputs, v^T J}: v has the outputs' sizes (empty: 1 for one output of one element); J v: v has the inputs' sizes.
TAPEGRAD_EXPORT std::pair<tensor_list, tensor_list> vjp(const Fn& fn, const tensor_list& inputs,
                                                        const tensor_list& v = {}, bool create_graph = false);
TAPEGRAD_EXPORT std::pair<tensor_list, tensor_list> jvp(const Fn& fn, const tensor_list& inputs, const tensor_list& v,
                                                        bool create_graph = false);

/// {outputs, H v} without forming H.
TAPEGRAD_EXPORT std::pair<tensor_list, tensor_list> hvp(const Fn& fn, const tensor_list& inputs, const tensor_list& v,
                                                        bool create_graph = false);

/// The same of a function of one tensor to one tensor.
template <class F>
Fn of_one(F fn) {
  return [fn = std::move(fn)](const tensor_list& x) { return tensor_list{fn(x.at(0))}; };
}
template <class F>
requires std::is_invocable_r_v<Tensor, F, const Tensor&> Tensor jacobian(F fn, const Tensor& x,
                                                                         bool create_graph = false) {
  return jacobian(of_one(std::move(fn)), tensor_list{x}, create_graph)[0][0];
}
template <class F>
requires std::is_invocable_r_v<Tensor, F, const Tensor&> Tensor hessian(F fn, const Tensor& x,
                                                                        bool create_graph = false) {
  return hessian(of_one(std::move(fn)), tensor_list{x}, create_graph)[0][0];
}

}  // namespace tapegrad::autograd::functional
