#include "autograd/core/node.h"

#include <string>
#include <utility>

#include "autograd/core/context.h"
#include "autograd/core/text.h"

namespace tapegrad::core {

namespace {

// Frees one node; what only it held joins the release queue.
void destroy(Node* n) noexcept {
  if (!n->flags.has(kReleased)) {
    release_saved(n);
    release_edges(n);
  }
  delete n->extra;
  const std::uint8_t c = n->pool_class;
  if (n->is_leaf()) static_cast<Leaf*>(n)->~Leaf();
  pool_put(n, c);
}

// Nobody can ask for the leaf's gradient any more.
[[gnu::noinline]] void make_unreachable(Leaf* leaf) noexcept {
  Tensor grad;  // dropped after the lock
  const SpinLock lock(leaf->lock);
  grad = std::move(leaf->grad);
  leaf->unreachable = true;
}

void release_bytes(TensorImpl* t, std::uint64_t before) noexcept {
  before == kUnshared ? free_impl(t) : release_weak(t);  // where nobody but us held it there is no need to count down
}

[[gnu::noinline]] void release_with_history(TensorImpl* t, std::uint64_t before) noexcept {
  // Null where another thread's handle from a saved value went at the same time.
  if (Node* n = exchange<Node*>(t->node, nullptr); n != nullptr) {
    if (n->is_leaf() && !t->flags.has(kBorrowed)) make_unreachable(static_cast<Leaf*>(n));
    release_node(n);
  }
  release_bytes(t, before);
}

}  // namespace

Leaf* new_leaf(const TensorImpl* t) {
  static constexpr Op kAccumulateGrad{.name = "leaf", .grad_name = "AccumulateGrad"};
  auto* n = new_node<Leaf>(kAccumulateGrad, 0, 0, t->rank, 0, batch_words_of(t));
  n->dtype = t->dtype;
  n->sequence_nr = ++context().clock;
  std::copy(t->sizes(), t->sizes() + t->rank, n->sizes());
  set_batch(n, t);
  return n;
}

Leaf* leaf_of(TensorImpl* t) {
  if (Node* made = t->node.load(std::memory_order_acquire)) return static_cast<Leaf*>(made);
  Leaf* n = new_leaf(t);
  t->node.store(n, std::memory_order_release);
  return n;
}

namespace {

// A small tensor's object shares one block with its first bytes (it has no block of its own): that block must live as
// long as the object. So the new bytes are held by a storage that, when the object lets go of it, lets go of the first
// one too.
struct Kept {
  Tensor first, value;
  void operator()(void*) const noexcept {}
};

Tensor first_of(const TensorImpl* t, const Tensor& now) {
  if (t->has_own_block()) return {};
  if (!t->storage->external) return now;
  const Kept* kept = reinterpret_cast<const ExternalBytes*>(t->storage + 1)->deleter.target<Kept>();
  return kept != nullptr ? kept->first : now;
}

}  // namespace

NewData::NewData(const Tensor& tensor, const Tensor& value) : x(tensor), old(Tensor::adopt(new_alias(x.impl()))) {
  moved = Tensor::adopt(new_external(value.dtype(), value.sizes(), value.strides(), value.data_ptr(),
                                     Kept{first_of(x.impl(), old), value}));
}

void NewData::commit() const noexcept {
  TensorImpl* t = x.impl();
  const TensorImpl* from = moved.impl();
  from->storage->version = t->storage->version + 1;
  from->storage->refs.add(1);
  t->storage->refs.sub(1);  // `old` now holds what x held
  t->storage = from->storage;
  t->data = from->data;
  t->dtype = from->dtype;
  t->flags.set(kNarrowDtype, is_narrow(t->dtype));
  set_shape(t, from->sizes(), from->strides());
  if (Node* n = t->node.load(std::memory_order_acquire); n != nullptr && n->is_leaf()) {
    n->dtype = t->dtype;
    std::copy(t->sizes(), t->sizes() + t->rank, n->sizes());
    static_cast<Leaf*>(n)->grad.reset();
  }
}

Extra& extra_of(Node* n) {
  if (n->extra == nullptr) n->extra = new Extra;
  return *n->extra;
}

void keep_grad(const TensorImpl* t, Node* n) {
  const Node* before = t->node.load(std::memory_order_acquire);
  if (before == nullptr) return;
  const Tensor* grad = grad_slot(t);
  const Extra* asked = before->extra;
  const bool plain = asked == nullptr || (!asked->retain && asked->next_hook == 0);
  if (plain && (grad == nullptr || !grad->defined())) return;
  Extra& extra = extra_of(n);
  if (grad != nullptr) extra.grad = *grad;
  if (asked == nullptr) return;
  extra.retain = asked->retain;
  extra.next_hook = asked->next_hook;  // the hooks see gradients of what t was: they stay behind
  extra.continues = n->edges()[0] == before;
}

// A chain of any length dies in this one loop: what a node held last joins the queue, it is not freed within.
void destroy_later(Node* n) noexcept {
  if (n->flags.has(kReleased) && n->extra == nullptr) return pool_put(n, n->pool_class);  // holds nothing
  Context& ctx = context();
  if (ctx.releasing) {
    n->next_released = std::exchange(ctx.release_queue, n);
    return;
  }
  ctx.releasing = true;
  destroy(n);
  while (ctx.release_queue != nullptr) destroy(std::exchange(ctx.release_queue, ctx.release_queue->next_released));
  ctx.releasing = false;
}

void release_last(TensorImpl* t, std::uint64_t before) noexcept {
  if (t->node.load(std::memory_order_relaxed) != nullptr) return release_with_history(t, before);
  release_bytes(t, before);
}

void throw_freed(const char* op) {
  throw_autograd(op,
                 "Trying to backward through the graph a second time (or directly access saved tensors after "
                 "they have already been freed). Saved intermediate values of the graph are freed when you call "
                 ".backward() or autograd::grad(); specify retain_graph = true if you need to backward through the "
                 "graph a second time or if you need to access saved tensors after calling backward");
}

void throw_modified(const char* op, const TensorImpl* v, const Node* history, std::uint32_t expected) {
  const bool made = history != nullptr && !history->is_leaf();
  throw_autograd(
      op, "one of the variables needed for gradient computation has been modified by an inplace operation: [", v->dtype,
      "Tensor ", v->size_list(), "]", made ? joined(", which is output 0 of ", history->op->grad_name, ",") : "",
      " is at version ", v->storage->version, "; expected version ", expected,
      " instead; use the out-of-place form, or clone() before changing it");
}

Tensor with_history(const TensorImpl* v, NodeRef history) {
  TensorImpl* alias = new_alias(v);
  alias->node.store(history.release(), std::memory_order_relaxed);
  alias->flags.clear(kDetached);
  alias->flags.set(kRequiresGrad | kBorrowed);
  alias->view_version = v->storage->tracked;
  return Tensor::adopt(alias);
}

Tensor unpack_with_history(Node* n, std::uint16_t bit, bool record) {
  const unsigned k = bit_count(n->saved_mask & (bit - 1U), n->n_in);
  Node* history = bit == kReadsOut ? n : n->edges()[__builtin_ctz(bit)];
  const auto [v, version] = n->saved()[k];
  if (v == nullptr) throw_freed(n->op->name);
  if (v->storage->version != version) throw_modified(n->op->name, v, history, version);
  if (history == nullptr && v->requires_grad()) return handle_of(v).detach();  // constant when it was recorded
  if (!record || history == nullptr) return handle_of(v);
  return with_history(v, ref_to(history));
}

}  // namespace tapegrad::core
