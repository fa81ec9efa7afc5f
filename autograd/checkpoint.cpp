#include <tapegrad/autograd/checkpoint.h>
#include <tapegrad/autograd/random.h>

#include <set>

#include "autograd/core/node.h"
#include "autograd/core/recorder.h"

namespace tapegrad::autograd {

using namespace core;

namespace {

struct Segment {
  std::function<tensor_list(const tensor_list&)> fn;
  Generator generator;
  tensor_list leaves;  // stand-ins, see below
};

tensor_list detached_copies(const tensor_list& inputs) {
  tensor_list out;
  for (const Tensor& x : inputs) {
    out.push_back(x.defined() ? x.detach() : x);
    if (x.requires_grad()) out.back().requires_grad_();
  }
  return out;
}

// The leaves that outputs lead to, but not those of `inputs`. A tensor without bytes of its own represents each: it has
// the leaf's node, which is all that a node and grad() ask of it.
tensor_list leaves_of(const tensor_list& outputs, const tensor_list& inputs) {
  std::set<Node*> seen;
  std::vector<Node*> todo;
  const auto visit = [&](Node* n) {
    if (n != nullptr && seen.insert(n).second) todo.push_back(n);
  };
  for (const Tensor& x : inputs)
    if (x.requires_grad()) seen.insert(x.impl()->node.load());
  for (const Tensor& t : outputs)
    if (t.requires_grad()) visit(t.impl()->node.load());
  tensor_list leaves;
  while (!todo.empty()) {
    Node* n = todo.back();
    todo.pop_back();
    if (n->flags.has(kReleased)) throw_freed(n->op->name);  // its leaves are not known any more
    if (n->is_leaf()) {
      leaves.push_back(with_history(zeros({}, n->dtype).expand(n->size_list()).impl(), ref_to(n)));
    } else {
      for (std::uint32_t k = 0; k < n->n_in; ++k) visit(n->edges()[k]);
    }
  }
  return leaves;
}

tensor_list backward_again(AutogradContext* ctx, tensor_list grads) {
  const auto& segment = *static_cast<const Segment*>(ctx->saved_data["segment"].toCapsule().get());
  const bool create = is_grad_enabled();
  tensor_list inputs = ctx->get_saved_variables();
  if (!create) inputs = detached_copies(inputs);
  tensor_list out;
  {
    const AutoGradMode on(true);
    const Generator now = std::exchange(default_generator(), segment.generator);
    try {
      out = segment.fn(inputs);
    } catch (...) {
      default_generator() = now;
      throw;
    }
    const bool drew = !(default_generator() == segment.generator);
    default_generator() = now;
    if (drew)
      core::require_unrecorded("checkpoint", "draws the same random numbers a second time",
                               "let the segment draw none, or do without checkpoint()");
  }
  tensor_list roots, weights, wanted;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!out[i].requires_grad()) continue;
    roots.push_back(out[i]);
    weights.push_back(grads[i]);
  }
  inputs.insert(inputs.end(), segment.leaves.begin(), segment.leaves.end());
  for (const Tensor& x : inputs)
    if (x.requires_grad()) wanted.push_back(x);
  const tensor_list g = grad(roots, wanted, weights, create, create, true);
  tensor_list result(inputs.size());
  for (std::size_t k = 0, next = 0; k < inputs.size(); ++k)
    if (inputs[k].requires_grad()) result[k] = g[next++];
  return result;
}

}  // namespace

tensor_list checkpoint(std::function<tensor_list(const tensor_list&)> fn, const tensor_list& inputs) {
  if (!is_grad_enabled()) return fn(inputs);
  auto segment = std::make_shared<Segment>(Segment{fn, default_generator(), {}});
  tensor_list out;
  {
    const tensor_list in = detached_copies(inputs);
    const tensor_list recorded = fn(in);
    segment->leaves = leaves_of(recorded, in);
    for (const Tensor& t : recorded) out.push_back(t.detach());
  }
  tensor_list all = inputs;
  all.insert(all.end(), segment->leaves.begin(), segment->leaves.end());
  const auto forward = [&](AutogradContext* ctx) {
    ctx->save_for_backward(inputs);
    ctx->saved_data["segment"] = std::shared_ptr<void>(segment);
    return out;
  };
  return FunctionAccess::apply(all, std::vector<bool>(all.size(), true), forward, backward_again, "Checkpoint");
}

}  // namespace tapegrad::autograd
