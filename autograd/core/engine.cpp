#include "autograd/core/engine.h"

#include "autograd/core/backward_pass.h"

namespace tapegrad::core {

void throw_no_gradient(const Op& op) {
  throw_autograd(op.name, op.no_history != nullptr ? op.no_history : "has no gradient; detach() its input");
}

Tensor run_hooks(Node* n, Tensor g) {
  if (n->extra == nullptr) return g;
  const unsigned end = n->extra->next_hook;
  for (unsigned id = 0; id < end; ++id) {  // a hook may remove hooks; one that it adds runs from the next time on
    const std::vector<Hook>& hooks = n->extra->hooks;
    const auto at = std::find_if(hooks.begin(), hooks.end(), [id](const Hook& h) { return h.id >= id; });
    if (at == hooks.end() || at->id >= end) break;
    id = at->id;
    const auto fn = at->fn;
    require_unrecorded("register_hook", "calls a hook", "remove it, or let the function run as it is");
    Tensor r = (*fn)(g);
    if (!r.defined()) continue;
    if (r.sizes() != g.sizes()) {
      throw_autograd("register_hook", "hook '", id, "' has changed the size of value; return a gradient of sizes ",
                     g.sizes());
    }
    g = r.dtype() == g.dtype() ? std::move(r) : kCoreOps.cast(r, g.dtype());
  }
  return g;
}

// The gradients of a batch's samples are added up where they leave it, unless the run of vmap that they belong to is
// under way; a gradient that is the same for all samples is that of each.
void make_fit(Node* n, Tensor& g) {
  const bool batched = g.impl()->is_batched();
  if (batched && !n->flags.has(kOfBatch) && batch_dim(g.impl()).id != context().batch) {
    g = kCoreOps.sum_to(show_dim(g, 0), n->size_list());
  }
  if (g.impl()->dtype != n->dtype) g = kCoreOps.cast(g, n->dtype);
  if (!same_sizes(g.impl(), n->sizes(), n->rank)) g = kCoreOps.sum_to(g, n->size_list());
  if (!batched && n->flags.has(kOfBatch)) g = repeated(g, batch_of(n));
}
void throw_unfit(const TensorImpl* grad, Leaf* leaf) {
  throw_autograd("backward", ".grad has sizes ", grad->size_list(), " and dtype ", grad->dtype,
                 ", but its tensor has sizes ", leaf->size_list(), " and dtype ", leaf->dtype,
                 "; assign a gradient that fits");
}

bool Grads::is_wanted(const Node* edge) const noexcept { return pass_.wants(edge); }
void Grads::set(int k, Tensor grad) {
  if (needs(k) && grad.defined()) pass_.deliver(node_->edges()[k], std::move(grad));
}
void Grads::wake_input(int k) { pass_.wake(node_->edges()[k]); }

void run_backward(NodeGrad* roots, std::size_t n, const BackwardOptions& options, std::vector<NodeGrad>* captures) {
  BackwardPass pass(options, captures);
  if (captures != nullptr) pass.mark_wanted(roots, n);
  for (std::size_t i = 0; i < n; ++i)
    if (pass.wants(roots[i].node)) pass.deliver(roots[i].node, std::move(roots[i].grad));
  pass.run();
  pass.commit();
}

GraphSummary summarize_graph(Node* root, std::int64_t enough) {
  GraphSummary all;
  std::vector<Node*> heap;
  heap.reserve(64);
  heap.push_back(root);
  const Node* last = nullptr;
  while (!heap.empty() && all.elements < enough && !all.watched) {
    std::pop_heap(heap.begin(), heap.end(), older);
    Node* n = heap.back();
    heap.pop_back();
    if (n == std::exchange(last, n)) continue;  // those that several lead to follow one another
    std::int64_t numel = 1;
    for (const std::int64_t size : n->size_list()) numel *= size;
    all.elements += numel;
    all.watched = n->extra != nullptr && (!n->extra->hooks.empty() || n->extra->retain);
    for (std::uint32_t k = 0; k < n->n_in; ++k) {
      if (n->edges()[k] == nullptr) continue;
      heap.push_back(n->edges()[k]);
      std::push_heap(heap.begin(), heap.end(), older);
    }
  }
  return all;
}

void delete_engine(Engine* e) noexcept { delete e; }

}  // namespace tapegrad::core
