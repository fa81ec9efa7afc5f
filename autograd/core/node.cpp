#include "autograd/core/node.h"

#include <new>
#include <string>

#include "autograd/core/context.h"
#include "autograd/core/text.h"

namespace tapegrad::core {

namespace {

std::size_t node_bytes(const NodeShape& s) noexcept {
  return sizeof(Node) +
         8 * (s.n_in + static_cast<std::size_t>(s.n_saved) + static_cast<std::size_t>(s.rank) +
              static_cast<std::size_t>(s.n_attrs)) +
         4 * static_cast<std::size_t>(s.n_saved);
}

void release_pending(Node* n) noexcept {
  if (n->pending == nullptr) return;
  TensorImpl* p = n->pending;
  n->pending = nullptr;
  release_inline(p);
}

// Frees one record; what only it held joins the dying list.
void destroy(Node* n) noexcept {
  release_saved(n);
  for (std::uint32_t k = 0; k < n->n_in; ++k)
    if (n->edges()[k] != nullptr) release_node(n->edges()[k]);
  release_pending(n);
  delete n->extra;
  const std::uint8_t c = n->pool_class;
  if (n->is_leaf()) static_cast<Leaf*>(n)->~Leaf();
  if (c == kUnpooled) {
    ::operator delete (n, std::align_val_t{64});
  } else {
    pool_put(n, c);
  }
}

}  // namespace

Node* new_node(const Op& op, NodeShape s) {
  const std::size_t bytes = node_bytes(s);
  const std::uint8_t c = size_class(bytes);
  auto* n = new (pool_get(bytes, c)) Node;
  n->op = &op;
  n->n_in = s.n_in;
  n->n_saved = static_cast<std::uint8_t>(s.n_saved);
  n->rank = static_cast<std::uint8_t>(s.rank);
  n->n_attrs = static_cast<std::uint8_t>(s.n_attrs);
  n->pool_class = c;
  for (std::uint32_t k = 0; k < s.n_in; ++k) n->edges()[k] = nullptr;
  for (int k = 0; k < s.n_saved; ++k) n->saved()[k] = nullptr;
  return n;
}

Leaf* new_leaf(const TensorImpl* t) {
  static constexpr Op kAccumulateGrad{"leaf", "AccumulateGrad", 0, {}, nullptr, nullptr, nullptr};
  const std::size_t bytes = sizeof(Leaf) + 8 * static_cast<std::size_t>(t->rank);
  const std::uint8_t c = size_class(bytes);
  auto* n = new (pool_get(bytes, c)) Leaf;
  n->op = &kAccumulateGrad;
  n->flags = kIsLeaf;
  n->pool_class = c;
  n->dtype = t->dtype;
  n->rank = t->rank;
  n->number = ++context().clock;
  std::copy(t->sizes(), t->sizes() + t->rank, n->sizes());
  return n;
}

Leaf* leaf_of(TensorImpl* t) {
  Node* n = t->node.load(std::memory_order_acquire);
  if (n == nullptr) {
    n = new_leaf(t);
    t->node.store(n, std::memory_order_release);
  }
  return static_cast<Leaf*>(n);
}

Extra& extra_of(Node* n) {
  if (n->extra == nullptr) n->extra = new Extra;
  return *n->extra;
}

void retain_node(Node* n) noexcept { n->refs.add(1); }

// A chain of any length dies in this one loop: what a record held last is put on the list, not freed within.
void release_node(Node* n) noexcept {
  if (n->refs.sub(1) != 1) return;
  Context& ctx = context();
  n->next_dying = ctx.dying;
  ctx.dying = n;
  if (ctx.draining) return;
  ctx.draining = true;
  while (ctx.dying != nullptr) {
    Node* dead = ctx.dying;
    ctx.dying = dead->next_dying;
    destroy(dead);
  }
  ctx.draining = false;
}

void release_saved(Node* n) noexcept {
  for (int k = 0; k < n->n_saved; ++k) {
    TensorImpl* v = n->saved()[k];
    if (v == nullptr) continue;
    n->saved()[k] = nullptr;
    release_holder(v);
  }
}

// The last handle of t is gone: nobody can ask for its gradient any more.
void drop_history(TensorImpl* t) noexcept {
  Node* n = exchange<Node*>(t->node, nullptr);
  if (n == nullptr) return;
  if (n->is_leaf() && (t->flags & kBorrowed) == 0) {
    auto* leaf = static_cast<Leaf*>(n);
    Tensor grad;  // dropped after the lock
    const SpinLock lock(leaf->lock);
    grad = std::move(leaf->grad);
    leaf->orphan = true;
  }
  release_node(n);
}

void throw_freed(const char* op) {
  throw AutogradError(std::string(op) +
                      ": Trying to backward through the graph a second time (or directly access saved tensors after "
                      "they have already been freed). Saved intermediate values of the graph are freed when you call "
                      ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
                      "graph a second time or if you need to access saved tensors after calling backward.");
}

void throw_modified(const char* op, const TensorImpl* v, const Node* history, std::uint32_t expected) {
  const bool made = history != nullptr && !history->is_leaf();
  throw AutogradError(
      std::string(op) +
      ": one of the variables needed for gradient computation has been modified by an inplace operation: [" +
      tapegrad::name(v->dtype) + "Tensor " + text(v->size_list()) + "]" +
      (made ? ", which is output 0 of " + std::string(history->op->grad_name) + "," : "") + " is at version " +
      std::to_string(v->storage->version) + "; expected version " + std::to_string(expected) +
      " instead. Use the out-of-place form, or clone() before changing it");
}

Tensor unpack_saved(Node* n, int k, Node* history, bool record) {
  TensorImpl* v = n->saved()[k];
  if (v == nullptr) throw_freed(n->op->name);
  if (v->storage->version != n->versions()[k]) throw_modified(n->op->name, v, history, n->versions()[k]);
  if (!record || history == nullptr) return handle_of(v);
  // The value with the history it had when it was saved, which v itself may have lost or changed since.
  TensorImpl* alias = new_alias(v);
  retain_node(history);
  alias->node.store(history, std::memory_order_relaxed);
  alias->flags = static_cast<std::uint8_t>((alias->flags & ~kDetached) | kRequiresGrad | kBorrowed);
  alias->view_version = v->storage->tracked;
  return Tensor::adopt(alias);
}

Tensor unpack(Node* n, std::uint8_t bit, bool record) {
  const int k = bit_count(n->saved_mask & (bit - 1U));
  Node* history = n;
  if (bit != kReadsOut) {
    std::uint32_t input = 0;
    while ((bit >> input) != 1) ++input;
    history = n->edges()[input];
  }
  return unpack_saved(n, k, history, record);
}

}  // namespace tapegrad::core
