#include <tapegrad/autograd/functional.h>

#include <algorithm>

#include "autograd/core/batch.h"
#include "autograd/core/engine.h"

namespace tapegrad::autograd::functional {

namespace {

// Inputs to differentiate: aliases with their history, or apart from it.
tensor_list prepared(const tensor_list& inputs, bool keep_history) {
  tensor_list out;
  for (const Tensor& x : inputs) {
    if (!x.defined() || !x.is_floating_point())
      throw AutogradError("functional: inputs must be defined and of a floating-point dtype; convert with to()");
    const bool history = keep_history && x.requires_grad();
    out.push_back(history ? x.view(x.sizes()) : x.detach());
    if (!history) out.back().requires_grad_();
  }
  return out;
}

// grad() that gives zeros where there is no dependence. Outputs that are constant do not count.
tensor_list grad_or_zeros(const tensor_list& outputs, const tensor_list& inputs, const tensor_list& v, bool create) {
  tensor_list roots, weights, g(inputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].defined() || !outputs[i].requires_grad()) continue;
    roots.push_back(outputs[i]);
    if (!v.empty()) weights.push_back(v.at(i));
  }
  if (!roots.empty()) g = grad(roots, inputs, weights, true, create, true);
  for (std::size_t k = 0; k < g.size(); ++k)
    if (!g[k].defined()) g[k] = zeros_like(inputs[k].detach());
  return g;
}

tensor_list detached_copies(const tensor_list& list, bool keep_history) {
  tensor_list out;
  for (const Tensor& t : list) out.push_back(keep_history ? t : t.detach());
  return out;
}

void check_sizes(const char* name, const tensor_list& v, const tensor_list& like) {
  bool fits = v.size() == like.size();
  for (std::size_t k = 0; k < v.size() && fits; ++k) fits = v[k].sizes() == like[k].sizes();
  if (!fits)
    throw ShapeError(std::string(name) +
                     ": v has other sizes than what it weighs; give it as many tensors, of the same sizes");
}

constexpr std::int64_t kBatchedElements = std::int64_t{1} << 22;  // of all that a batched pass may compute

// How many rows of d out / d x one backward pass may make.
std::int64_t rows_at_once(const Tensor& out) {
  if (!out.requires_grad() || core::context().batch != 0 || out.impl()->is_batched()) return 1;
  const core::GraphSummary graph = core::summarize_graph(out.impl()->node.load(), kBatchedElements);
  return graph.watched ? 1 : std::max<std::int64_t>(kBatchedElements / std::max<std::int64_t>(graph.elements, 1), 1);
}

// Rows [first, first + n) of d out / d x, in one backward pass over a batch of them; empty where something on the way
// can only work on one.
tensor_list batched_rows(const Tensor& out, const tensor_list& x, std::int64_t first, std::int64_t n, bool create) {
  std::vector<std::int64_t> sizes = out.sizes().vec();
  sizes.insert(sizes.begin(), n);
  const Tensor ones = arange(out.numel()).eq(arange(first, first + n).unsqueeze(1)).to(out.dtype()).view(sizes);
  const std::uint64_t id = core::new_batch_id();
  bool& unbatchable = core::context().unbatchable;
  unbatchable = false;
  tensor_list g;
  try {
    const core::BatchScope scope(id);
    g = grad_or_zeros({out}, x, {core::hide_dim(ones, 0, id)}, create);
  } catch (const Error&) {
    if (!unbatchable) throw;
  }
  if (std::exchange(unbatchable, false)) return {};  // also where a Function has caught that
  for (Tensor& t : g) t = core::show_dim(t.impl()->is_batched() ? t : core::repeated(t, {n, 0, id}), 0);
  return g;
}

tensor_list one_row(const Tensor& out, const tensor_list& x, std::int64_t i, bool create) {
  const Tensor one = zeros({out.numel()}, out.options()).index_put_({i}, 1).view(out.sizes());
  tensor_list g = grad_or_zeros({out}, x, {one}, create);
  for (Tensor& t : g) t = t.unsqueeze(0);
  return g;
}

// d out / d x, of sizes out.sizes() + x.sizes()
tensor_list jacobian_of(const Tensor& out, const tensor_list& x, bool create) {
  const std::int64_t n = out.numel();
  std::int64_t step = n < 2 ? 1 : rows_at_once(out);
  std::vector<tensor_list> rows(x.size());
  for (std::int64_t i = 0; i < n;) {
    tensor_list g;
    if (step > 1) g = batched_rows(out, x, i, std::min(step, n - i), create);
    if (g.empty()) {
      step = 1;
      g = one_row(out, x, i, create);
    }
    i += g[0].size(0);
    for (std::size_t k = 0; k < x.size(); ++k) rows[k].push_back(g[k]);
  }
  tensor_list blocks;
  for (std::size_t k = 0; k < x.size(); ++k) {
    std::vector<std::int64_t> sizes = out.sizes().vec();
    sizes.insert(sizes.end(), x[k].sizes().begin(), x[k].sizes().end());
    const tensor_list& r = rows[k];
    blocks.push_back(r.empty() ? zeros(sizes, x[k].options())
                               : (r.size() == 1 ? r[0].contiguous() : cat(r)).view(sizes));
  }
  return blocks;
}

}  // namespace

std::vector<tensor_list> jacobian(const Fn& fn, const tensor_list& inputs, bool create_graph) {
  const AutoGradMode on(true);
  const tensor_list x = prepared(inputs, create_graph);
  std::vector<tensor_list> result;
  for (const Tensor& out : fn(x)) result.push_back(jacobian_of(out, x, create_graph));
  return result;
}

std::vector<tensor_list> hessian(const Fn& fn, const tensor_list& inputs, bool create_graph) {
  const auto gradient = [&fn](const tensor_list& x) {
    const tensor_list out = fn(x);
    if (out.size() != 1 || out[0].numel() != 1)
      throw AutogradError("hessian: the function must give one tensor of one element; sum it first");
    return grad_or_zeros({out[0].view({})}, x, {}, true);
  };
  return jacobian(gradient, inputs, create_graph);
}

std::pair<tensor_list, tensor_list> vjp(const Fn& fn, const tensor_list& inputs, const tensor_list& v, bool create) {
  const AutoGradMode on(true);
  const tensor_list x = prepared(inputs, create);
  const tensor_list out = fn(x);
  if (!v.empty()) check_sizes("vjp", v, out);
  return {detached_copies(out, create), grad_or_zeros(out, x, v, create)};
}

// v^T J is linear in v: its own derivative with respect to v, along u, is J u.
std::pair<tensor_list, tensor_list> jvp(const Fn& fn, const tensor_list& inputs, const tensor_list& v, bool create) {
  const AutoGradMode on(true);
  const tensor_list x = prepared(inputs, create);
  check_sizes("jvp", v, x);
  const tensor_list out = fn(x);
  tensor_list weights;
  for (const Tensor& t : out) weights.push_back(zeros_like(t.detach()).requires_grad_());
  const tensor_list g = grad_or_zeros(out, x, weights, true);
  return {detached_copies(out, create), grad_or_zeros(g, weights, v, create)};
}

std::pair<tensor_list, tensor_list> hvp(const Fn& fn, const tensor_list& inputs, const tensor_list& v, bool create) {
  const AutoGradMode on(true);
  const tensor_list x = prepared(inputs, create);
  check_sizes("hvp", v, x);
  const tensor_list out = fn(x);
  return {detached_copies(out, create), grad_or_zeros(grad_or_zeros(out, x, {}, true), x, v, create)};
}

}  // namespace tapegrad::autograd::functional
