// What a user calls to differentiate: the checks, the cotangent of 1, and the engine behind them.
#include <tapegrad/autograd/grad.h>

#include "autograd/core/context.h"
#include "autograd/core/engine.h"
#include "autograd/core/execute.h"
#include "autograd/core/shape.h"
#include "autograd/kernels/by_dtype.h"

namespace tapegrad {

using namespace core;

namespace {

// The cotangent of one element: 1.
void eval_one(const Call& c) noexcept {
  kernels::by_floating(c.out->dtype, [&]<class T>() { *c.out->ptr<T>() = 1; });
}
constexpr Op kOne{.name = "one", .flags = kNoGrad, .kernel = eval_one};

[[noreturn]] void throw_no_root(const TensorImpl* t, std::size_t index) {
  if (t == nullptr) throw_autograd("backward", "element ", index, " of tensors is undefined; give it a value first");
  if (!t->requires_grad()) {
    throw_autograd("backward", "element ", index,
                   " of tensors does not require grad and does not have a grad_fn; call requires_grad_() on what it is "
                   "made from, and record outside NoGradGuard");
  }
  throw_autograd("backward", "grad can be implicitly created only for scalar outputs; this one has sizes ",
                 t->size_list(), "; reduce it to one number, or pass a gradient of its shape");
}

// The node to start from and its gradient: 1 where none is given for a single element.
NodeGrad root_of(const Tensor& root, const Tensor& grad, std::size_t index) {
  const TensorImpl* t = root.impl();
  if (t == nullptr || !t->requires_grad() || (!grad.defined() && t->numel != 1)) throw_no_root(t, index);
  if (t->is_stale()) throw_stale("backward", t);
  Node* node = t->node.load(std::memory_order_acquire);
  if (!grad.defined()) return {node, create(kOne, t->dtype, t->size_list(), 1, {})};
  if (!same_sizes(grad.impl(), t->sizes(), t->rank)) {
    throw_shape("backward", "Mismatch in shape: grad_output[", index, "] has a shape of ", grad.sizes(), " and output[",
                index, "] has a shape of ", root.sizes(), "; give a gradient of that shape");
  }
  return {node, grad};
}

}  // namespace

void Tensor::backward(const Tensor& gradient, std::optional<bool> retain_graph, bool create_graph,
                      const std::vector<Tensor>& inputs) const {
  if (!inputs.empty()) return autograd::backward({*this}, {gradient}, retain_graph, create_graph, inputs);
  NodeGrad root = root_of(*this, gradient, 0);
  run_backward(&root, 1, {retain_graph.value_or(create_graph), create_graph, true}, nullptr);
}

namespace autograd {

bool AnomalyMode::is_enabled() noexcept { return context().watch.has(kWatchNan); }
void AnomalyMode::set_enabled(bool on) noexcept { context().watch.set(kWatchNan, on); }

namespace {

std::vector<NodeGrad> captures_of(const tensor_list& inputs) {
  std::vector<NodeGrad> captures;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].requires_grad()) {
      throw_autograd("grad", "One of the differentiated Tensors does not require grad (input ", i,
                     "); call requires_grad_() before using it");
    }
    captures.push_back({inputs[i].impl()->node.load(std::memory_order_acquire), {}});
  }
  return captures;
}

void check_counts(const tensor_list& outputs, const tensor_list& grads) {
  if (!grads.empty() && grads.size() != outputs.size()) {
    throw_autograd("grad", "got ", outputs.size(), " tensors and ", grads.size(),
                   " gradients; give one for each, or none");
  }
}

void run(const tensor_list& roots, const tensor_list& grads, BackwardOptions options, std::vector<NodeGrad>* captures) {
  std::vector<NodeGrad> checked;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    checked.push_back(root_of(roots[i], i < grads.size() ? grads[i] : undefined(), i));
  }
  run_backward(checked.data(), checked.size(), options, captures);
}

}  // namespace

tensor_list grad(const tensor_list& outputs, const tensor_list& inputs, const tensor_list& grad_outputs,
                 std::optional<bool> retain_graph, bool create_graph, bool allow_unused) {
  check_counts(outputs, grad_outputs);
  if (inputs.empty()) throw AutogradError("grad: requires non-empty inputs; name what to differentiate by");
  std::vector<NodeGrad> captures = captures_of(inputs);
  run(outputs, grad_outputs, {retain_graph.value_or(create_graph), create_graph, false, allow_unused}, &captures);
  tensor_list result;
  for (NodeGrad& c : captures) {
    // Nobody else may hold its bytes, neither the caller's grad_outputs nor the node's.
    const AutoGradMode mode(create_graph);
    const TensorImpl* g = c.grad.impl();
    const bool dense =
        g != nullptr && (is_contiguous(g) || (g->is_batched() && batch_dim(g).stride != 0 && !is_repeated(g)));
    const bool alone = g == nullptr || (is_unique(g) && dense);
    result.push_back(alone ? std::move(c.grad) : kCoreOps.copy(c.grad));
  }
  return result;
}

void backward(const tensor_list& tensors, const tensor_list& grad_tensors, std::optional<bool> retain_graph,
              bool create_graph, const tensor_list& inputs) {
  check_counts(tensors, grad_tensors);
  const BackwardOptions options{retain_graph.value_or(create_graph), create_graph, true};
  if (inputs.empty()) return run(tensors, grad_tensors, options, nullptr);
  for (const Tensor& x : inputs) {
    if (!x.is_leaf())
      throw AutogradError(
          "backward: one of inputs is not a leaf; use autograd::grad() for the gradient of an intermediate");
  }
  std::vector<NodeGrad> captures = captures_of(inputs);
  run(tensors, grad_tensors, options, &captures);
}

}  // namespace autograd

}  // namespace tapegrad
