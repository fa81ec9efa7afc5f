// Dispatch, which every operation passes: promotion, shape, check, allocation, node, kernel.
#include <vector>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/context.h"
#include "autograd/core/execute.h"
#include "autograd/core/node.h"
#include "autograd/core/shape.h"

namespace tapegrad::core {

namespace {

constexpr int kFewInputs = 6;  // that need no heap
std::size_t many_inputs(int n) noexcept { return n > kFewInputs ? static_cast<std::size_t>(n) : 0; }

[[noreturn, gnu::noinline]] void throw_undefined(const Op& op, int k) {
  throw_autograd(op.name, "argument ", k + 1, " is an undefined tensor; give it a value first");
}

[[noreturn, gnu::noinline]] void throw_bool(const Op& op) {
  throw_dtype(op.name, "is not defined for bool tensors; convert with to(kLong) or to(kFloat) first");
}

Dtype compute_dtype(const Op& op, TensorImpl* const* in, int n) noexcept {
  const Dtype d = promoted(in, n);
  return op.flags.has(kFloatingOnly) && !is_floating_point(d) ? context().default_dtype : d;
}

Tensor contiguous_copy(TensorImpl* t) {
  const AutoGradMode off(false);
  return kCoreOps.copy(handle_of(t));
}

void check_data(const Call& c) {
  if (c.op->check == nullptr) return;
  const Unrecorded reads;
  c.op->check(c);
}

void infer_shape(Call& c) {
  c.op->shape != nullptr ? c.op->shape(c) : broadcast_shape(c);
  if (c.op->flags.has(kNoBool) && c.dtype == kBool) throw_bool(*c.op);
}

// What dispatch asks of all inputs together.
struct InputSummary {
  unsigned any = 0;  // flags that some input has: as a word, which costs less than a byte
  unsigned all = ~0U;
  bool mixed = false;  // dtypes
  bool some_have(TensorFlags f) const noexcept { return (any & f.bits) != 0; }
  bool all_have(TensorFlags f) const noexcept { return (all & f.bits) != 0; }
};

[[gnu::always_inline]] inline InputSummary summarize(const Op& op, TensorImpl* const* in, int n) {
  InputSummary f;
  Dtype first{};
  for (int k = 0; k < n; ++k) {
    const TensorImpl* t = in[k];
    if (t == nullptr) [[unlikely]]
      throw_undefined(op, k);
    f.any |= t->flags.bits;
    f.all &= t->flags.bits;
    if (k == 0) first = t->dtype;
    f.mixed |= t->dtype != first;
  }
  if (op.flags.has(kFloatingOnly)) f.mixed |= !is_floating_point(first);
  return f;
}

}  // namespace

void throw_stale(const char* op, const TensorImpl* t) {
  throw_autograd(op, "a tensor of sizes ", t->size_list(),
                 " is a view made before the tensor it views was changed by a recorded in-place operation, so its "
                 "history is out of date; take the view again after the change");
}

namespace {

// Whether the call is recorded; then stale views throw, because they would lose gradients in silence.
[[gnu::always_inline]] inline bool is_recorded(const Op& op, TensorImpl* const* in, int n, InputSummary facts,
                                               Dtype out) {
  if (context().no_grad) return false;
  for (int k = 0; k < n; ++k) {
    if (in[k]->is_stale()) [[unlikely]]
      throw_stale(op.name, in[k]);
  }
  return facts.some_have(kRequiresGrad) && !op.flags.has(kNoGrad) && is_floating_point(out);
}

// What the node of a call saves: the union of what the wanted gradients read.
[[gnu::always_inline]] inline unsigned save_mask(const Op& op, TensorImpl* const* in, int n) noexcept {
  unsigned mask = 0;
  for (int k = 0; k < n; ++k) mask |= in[k]->requires_grad() ? op.reads[k < 7 ? k : 7] : 0U;
  return mask;
}

// The node of the call. saved_in: the inputs as they shall be saved. The output's version will be out_version.
[[gnu::always_inline]] inline Node* make_node(Context& ctx, const Call& c, int n, unsigned mask,
                                              TensorImpl* const* saved_in, TensorImpl* out, std::uint32_t out_version) {
  const int rank = out->rank;
  const int n_attrs = c.attrs.count;
  Node* node = new_node(*c.op, n, mask, rank, n_attrs);
  node->dtype = out->dtype;
  std::uint64_t number = ctx.clock;
  Node** edges = node->edges();
  for (int k = 0; k < n; ++k) {
    Node* edge = nullptr;
    if (c.in[k]->requires_grad()) {
      edge = c.in[k]->node.load(std::memory_order_acquire);
      retain_node(edge);
      if (edge->sequence_nr > number) number = edge->sequence_nr;
    }
    edges[k] = edge;
  }
  node->sequence_nr = ctx.clock = number + 1;
  auto* saved = reinterpret_cast<Saved*>(edges + n);
  const auto save = [&saved](TensorImpl* t, std::uint32_t version) {
    t->counts.add(TensorImpl::kOneWeak);
    *saved++ = {t, version};
  };
  for (unsigned bits = mask & ~unsigned{kReadsOut}; bits != 0; bits &= bits - 1) {
    TensorImpl* t = saved_in[__builtin_ctz(bits)];
    save(t, t->storage->version);
  }
  if ((mask & kReadsOut) != 0) save(out, out_version);
  auto* words = reinterpret_cast<std::int64_t*>(saved);
  for (int d = 0; d < rank; ++d) *words++ = out->sizes()[d];
  for (int k = 0; k < n_attrs; ++k) *words++ = c.attrs.words[k];
  return node;
}

// Where not all inputs are contiguous, as kernels may want them. `in`: the inputs of c.
[[gnu::noinline]] void execute_strided(const Call& c, TensorImpl** in) {
  if (c.op->flags.has(kElementwise | kKeepsOrder)) keep_order(c.out, in, c.n_in);
  if (c.op->flags.has(kElementwise | kTakesStrided)) return execute(c);
  Tensor few[kFewInputs];
  std::vector<Tensor> many(many_inputs(c.n_in));
  Tensor* copies = many.empty() ? few : many.data();
  for (int k = 0; k < c.n_in; ++k) {
    if (is_contiguous(in[k])) continue;
    copies[k] = contiguous_copy(in[k]);
    in[k] = copies[k].impl();
  }
  execute(c);
}

// What stands between the result and its node, where not all inputs are contiguous or somebody watches.
[[gnu::noinline]] void execute_slowly(const Call& c, TensorImpl** in, InputSummary facts, const Tensor& result) {
  if (c.op->kernel == nullptr) {
    const Context& ctx = context();
    if (ctx.watch.has(kWatchCalls)) ctx.recorder->see_base(in[0]);
    if (ctx.watch.has(kWatchRuns)) ctx.watcher->see_run(c, false, {});
    return;
  }
  facts.all_have(kContiguous) ? execute(c) : execute_strided(c, in);
  if (context().watch.has(kWatchNan) && result.requires_grad()) kCoreOps.check_nan(result, c.out->node.load(), true);
}

// The input whose sizes all others broadcast to, where that needs no arithmetic: single elements and equal sizes.
[[gnu::always_inline]] inline const TensorImpl* common_shape(TensorImpl* const* in, int n) noexcept {
  const TensorImpl* lead = in[0];
  for (int k = 1; k < n; ++k) {
    if (in[k]->rank == 0 || in[k] == lead || (in[k]->numel == 1 && in[k]->rank <= lead->rank)) continue;
    if (lead->rank == 0 || (lead->numel == 1 && lead->rank <= in[k]->rank)) {
      lead = in[k];
    } else if (!same_sizes(in[k], lead->sizes(), lead->rank)) {
      return nullptr;
    }
  }
  return lead;
}

[[gnu::noinline]] TensorImpl* infer_output(Call& c) {
  infer_shape(c);
  check_data(c);
  if (c.op->flags.has(kViewOp)) {
    TensorImpl* v = new_view(c.in[0], c.sizes, c.strides, c.rank);
    v->data += c.offset * static_cast<std::int64_t>(item_size(v->dtype));
    return v;
  }
  if (c.numel < 0) c.numel = checked_numel(c.op->name, {c.sizes, static_cast<std::size_t>(c.rank)});
  return new_tensor(c.dtype, c.sizes, c.rank, c.numel);
}

// Casts the inputs to one dtype, recorded, and dispatches again.
[[gnu::noinline]] Tensor apply_promoted(const Op& op, TensorImpl* const* in, int n, Attrs attrs) {
  const Dtype d = compute_dtype(op, in, n);
  Tensor cast[kFewInputs];
  const Tensor* pointers[kFewInputs];
  for (int k = 0; k < n; ++k) {
    cast[k] = handle_of(in[k]);
    if (in[k]->dtype != d) cast[k] = kCoreOps.cast(cast[k], d);
    pointers[k] = &cast[k];
  }
  return apply(op, pointers, n, attrs);
}

// The op on other inputs: make(k) is input k.
Tensor apply_made(const Op& op, int n, Attrs attrs, auto make) {
  std::vector<Tensor> made;
  std::vector<const Tensor*> pointers;
  made.reserve(static_cast<std::size_t>(n));
  for (int k = 0; k < n; ++k) {
    made.push_back(make(k));
    pointers.push_back(&made.back());
  }
  return apply(op, pointers.data(), n, attrs);
}

// For a kernel that does not take narrow dtypes: it gets int64, and the result wraps around to the dtype that the op's
// shape names for the inputs as they are. Nothing here has a gradient.
[[gnu::noinline]] Tensor apply_widened(const Op& op, TensorImpl* const* in, int n, Attrs attrs) {
  Call c = call_of(op, in, n, attrs);
  infer_shape(c);
  const Tensor result = apply_made(op, n, attrs, [&](int k) {
    const Dtype d = in[k]->dtype;
    if (is_narrow(d) && is_floating_point(d)) {
      throw_dtype(called(op.name).c_str(), "is not defined for ", d,
                  " tensors, which are only stored and converted; convert with to(kFloat) first");
    }
    return is_narrow(d) ? kCoreOps.cast(handle_of(in[k]), kLong) : handle_of(in[k]);
  });
  return is_narrow(c.dtype) ? kCoreOps.cast(result, c.dtype) : result;
}

// No version tells of writes to data(): what a node would save of it is copied, and the call is dispatched again.
// Undefined where there is nothing to copy.
[[gnu::noinline]] Tensor apply_on_copies(const Op& op, TensorImpl* const* in, int n, Attrs attrs) {
  if (context().no_grad || op.flags.has(kNoGrad)) return {};
  const unsigned mask = save_mask(op, in, n);
  const auto is_copied = [&](int k) { return k < 15 && in[k]->flags.has(kNoBump) && (mask & reads_input(k)) != 0; };
  bool some = false;
  for (int k = 0; k < n; ++k) some |= is_copied(k);
  if (!some) return {};
  return apply_made(op, n, attrs, [&](int k) { return is_copied(k) ? contiguous_copy(in[k]) : handle_of(in[k]); });
}

// Inlined where n is known, so that every loop over the inputs is unrolled.
[[gnu::always_inline]] inline Tensor dispatch(const Op& op, TensorImpl** in, int n, Attrs attrs) {
  Context& ctx = context();
  const InputSummary facts = summarize(op, in, n);
  if (facts.mixed && op.flags.has(kElementwise)) [[unlikely]]
    return apply_promoted(op, in, n, attrs);
  if (facts.some_have(kNoBump | kNarrowDtype)) [[unlikely]] {
    if (facts.some_have(kNarrowDtype) && !op.flags.has(kViewOp | kAnyDtype)) return apply_widened(op, in, n, attrs);
    if (Tensor result = apply_on_copies(op, in, n, attrs); result.defined()) return result;
  }
  Call c = call_of(op, in, n, attrs);
  const TensorImpl* lead = op.shape == nullptr ? common_shape(in, n) : nullptr;
  TensorImpl* out = nullptr;
  if (lead != nullptr) [[likely]] {
    c.dtype = lead->dtype;
    if (op.flags.has(kNoBool) && c.dtype == kBool) [[unlikely]]
      throw_bool(op);
    out = new_tensor(c.dtype, lead->sizes(), lead->rank, lead->numel);
  } else if (op.shape == scalar_shape && op.check == nullptr && !op.flags.has(kNoBool)) {  // a loss, an inner product
    c.dtype = in[0]->dtype;
    out = new_tensor(c.dtype, 0, 1);
  } else {
    out = infer_output(c);
  }
  Tensor result = Tensor::adopt(out);
  if (is_recorded(op, in, n, facts, out->dtype)) {
    Node* node = make_node(ctx, c, n, save_mask(op, in, n), in, out, out->storage->version);
    out->node.store(node, std::memory_order_relaxed);
    out->flags.set(kRequiresGrad);
  }
  c.out = out;
  if (ctx.watch.bits != 0 || !facts.all_have(kContiguous)) [[unlikely]] {
    execute_slowly(c, in, facts, result);
  } else if (op.kernel != nullptr) {
    run_kernel(c);
  }
  return result;
}

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

bool same_elements(const TensorImpl* a, const TensorImpl* b) noexcept {
  return a->data == b->data && a->dtype == b->dtype && same_sizes(a, b->sizes(), b->rank) &&
         std::equal(a->strides(), a->strides() + a->rank, b->strides());
}

}  // namespace

Tensor apply(const Op& op, const Tensor& a, Attrs attrs) {
  TensorImpl* in[] = {a.impl()};
  return dispatch(op, in, 1, attrs);
}
Tensor apply(const Op& op, const Tensor& a, const Tensor& b, Attrs attrs) {
  TensorImpl* in[] = {a.impl(), b.impl()};
  return dispatch(op, in, 2, attrs);
}
Tensor apply(const Op& op, const Tensor& a, const Tensor& b, const Tensor& c, Attrs attrs) {
  TensorImpl* in[] = {a.impl(), b.impl(), c.impl()};
  return dispatch(op, in, 3, attrs);
}
Tensor apply(const Op& op, const Tensor* const* tensors, int n, Attrs attrs) {
  TensorImpl* few[kFewInputs];
  std::vector<TensorImpl*> many(many_inputs(n));
  TensorImpl** in = many.empty() ? few : many.data();
  for (int k = 0; k < n; ++k) in[k] = tensors[k]->impl();
  return dispatch(op, in, n, attrs);
}

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
  check_data(c);
  const bool record = is_recorded(op, in, n, facts, c.dtype);
  if (record) check_inplace_target(op, self);

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
  NodeRef node(record ? make_node(ctx, c, n, mask, saved_in, self, self->storage->version + 1) : nullptr);
  if (record) keep_grad(self, node.get());
  for (int k = 1; k < n; ++k)
    if (!same_elements(in[k], self)) in[k] = saved_in[k];
  c.out = self;
  execute_inplace(c);
  if (!record) return;
  self->view_version = self->storage->tracked = self->storage->version;
  self->flags.clear(kIsView | kDetached | kNoBump);
  self->flags.set(kRequiresGrad);
  if (Node* before = exchange(self->node, node.release())) release_node(before);
}

}  // namespace tapegrad::core
