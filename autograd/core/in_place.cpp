// Dispatch in place: the result is written over input 0, whose history it then is.
#include "autograd/core/dispatch.h"

namespace tapegrad::core {

namespace {

// A leaf, or a view of what requires grad, cannot take a recorded in-place change.
void check_inplace_target(const Op& op, const TensorImpl* self) {
  Node* n = self->node.load(std::memory_order_acquire);
  bool view = op.flags.has(kWritesPart);
  while (n != nullptr && !n->is_leaf() && n->op->flags.has(kViewOp)) {
    view = true;
    n = n->edges()[0];
  }
  const std::string name = called(op.name, true);
  if (self->requires_grad() && n != nullptr && n->is_leaf()) {
    throw_autograd(name.c_str(), view ? "a view of a leaf" : "a leaf",
                   " Variable that requires grad is being used in an in-place operation; use NoGradGuard to update a "
                   "parameter, or the out-of-place form");
  }
  // A view that alone holds its bytes is as good as their owner: linear of three dims ends with one.
  if (self->is_view() && !self->flags.has(kDetached) && self->storage->refs.load() != 1) {
    throw_autograd(name.c_str(),
                   "an in-place operation that is recorded cannot write through a view; write it out of place, or use "
                   "t[i] = value on the tensor itself");
  }
}

void check_no_overlap(const Op& op, const TensorImpl* self) {
  if (!is_repeated(self)) return;
  throw_shape(called(op.name, true).c_str(),
              "unsupported operation: more than one element of the written-to tensor refers to a single memory "
              "location; please clone() the tensor before performing the operation");
}

void require_sizes(const Op& op, const TensorImpl* self, IntList result) {
  if (self->size_list() == result) return;
  throw_shape(called(op.name, true).c_str(), "output with shape ", self->size_list(),
              " doesn't match the broadcast shape ", result, "; use the out-of-place form");
}

// In place on a narrow tensor: the result is computed apart.
void write_widened(const Op& op, const Tensor* const* tensors, int n, Attrs attrs) {
  const Tensor result = apply(op, tensors, n, attrs);
  require_castable(op.name, result.dtype(), tensors[0]->dtype());
  require_sizes(op, tensors[0]->impl(), result.sizes());
  kCoreOps.assign(*tensors[0], result);
}

// In place on a batch: what it shall hold is computed apart.
struct BatchWrite {
  Tensor to, from;
  void prepare(const Op& op, TensorImpl* const* in, int n, Attrs attrs) {
    if (!in[0]->is_batched()) {
      throw_unbatchable(called(op.name, true).c_str(),
                        "would write a sample of each element of a batch into one tensor", "use the out-of-place form");
    }
    const AutoGradMode off(false);
    from = whole_batch(apply_made(op, n, attrs, [&](int k) { return handle_of(in[k]); }));
    to = whole_batch(handle_of(in[0]));
  }
};

bool same_elements(const TensorImpl* a, const TensorImpl* b) noexcept {
  return a->data == b->data && a->dtype == b->dtype && same_sizes(a, b->sizes(), b->rank) &&
         std::equal(a->strides(), a->strides() + a->rank, b->strides());
}

}  // namespace

void apply_inplace(const Op& op, const Tensor* const* tensors, int n, Attrs attrs) {
  Context& ctx = context();
  TensorImpl* in[kFewInputs];
  for (int k = 0; k < n; ++k) in[k] = tensors[k]->impl();
  const InputSummary facts = summarize(op, in, n);
  TensorImpl* self = in[0];
  check_no_overlap(op, self);
  if (self->flags.has(kNarrowDtype) && !op.flags.has(kAnyDtype)) return write_widened(op, tensors, n, attrs);
  Tensor replaced[kFewInputs];  // casts, and copies of what shares bytes with self
  if (facts.mixed && op.flags.has(kElementwise)) {
    const Dtype d = compute_dtype(op, in, n);
    require_castable(op.name, d, self->dtype);
    for (int k = 1; k < n; ++k) {
      if (in[k]->dtype == self->dtype) continue;
      replaced[k] = kCoreOps.cast(handle_of(in[k]), self->dtype);
      in[k] = replaced[k].impl();
    }
  }
  Call c = call_of(op, in, n, attrs);
  infer_shape(c);
  require_sizes(op, self, {c.sizes, static_cast<std::size_t>(c.rank)});
  const bool record = is_recorded(op, in, n, facts, c.dtype);
  if (record) check_inplace_target(op, self);
  BatchWrite batch;
  facts.some_have(kBatched) ? batch.prepare(op, in, n, attrs) : check_data(c);

  // What shares bytes with self is read, or saved, as it was before.
  TensorImpl* saved_in[kFewInputs];
  const unsigned mask = record ? save_mask(op, in, n) : 0;
  for (int k = 0; k < n; ++k) {
    saved_in[k] = in[k];
    if (in[k]->storage != self->storage && !in[k]->flags.has(kNoBump)) continue;
    const bool read_twice = k > 0 && in[k]->storage == self->storage && !same_elements(in[k], self);
    if (!read_twice && (mask & (1U << k)) == 0) continue;
    replaced[k] = contiguous_copy(in[k]);
    saved_in[k] = replaced[k].impl();
  }
  const int batch_words = batch_words_of(self);
  NodeRef node(record ? make_node(ctx, c, n, mask, saved_in, self, self->storage->version + 1, batch_words) : nullptr);
  if (record) keep_grad(self, node.get());
  for (int k = 1; k < n; ++k)
    if (!same_elements(in[k], self)) in[k] = saved_in[k];
  c.out = self;
  batch.to.defined() ? kCoreOps.assign(batch.to, batch.from) : execute_inplace(c);
  if (!record) return;
  set_batch(node.get(), self);
  self->view_version = self->storage->tracked = self->storage->version;
  self->flags.clear(kIsView | kDetached | kNoBump);
  self->flags.set(kRequiresGrad);
  if (Node* before = exchange(self->node, node.release())) release_node(before);
}

}  // namespace tapegrad::core
