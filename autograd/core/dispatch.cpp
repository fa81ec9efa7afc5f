// Dispatch, which every operation passes: promotion, shape, check, allocation, node, kernel.
#include "autograd/core/dispatch.h"

namespace tapegrad::core {

void throw_undefined(const Op& op, int k) {
  throw_autograd(op.name, "argument ", k + 1, " is an undefined tensor; give it a value first");
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
  try {
    const Unrecorded reads;
    c.op->check(c);
  } catch (const Error&) {
    if (context().watch.has(kWatchCalls)) context().recorder->see_failed_check(c.op->name);
    throw;
  }
}

namespace {

std::size_t many_inputs(int n) noexcept { return n > kFewInputs ? static_cast<std::size_t>(n) : 0; }

[[noreturn, gnu::noinline]] void throw_bool(const Op& op) {
  throw_dtype(op.name, "is not defined for bool tensors; convert with to(kLong) or to(kFloat) first");
}

}  // namespace

void infer_shape(Call& c) {
  c.op->shape != nullptr ? c.op->shape(c) : broadcast_shape(c);
  if (c.op->flags.has(kNoBool) && c.dtype == kBool) throw_bool(*c.op);
}

void throw_stale(const char* op, const TensorImpl* t) {
  throw_autograd(op, "a tensor of sizes ", t->size_list(),
                 " is a view made before the tensor it views was changed by a recorded in-place operation, so its "
                 "history is out of date; take the view again after the change");
}

namespace {

[[gnu::always_inline]] inline void record_call(Context& ctx, const Call& c, int n, TensorImpl* const* in,
                                               TensorImpl* out, int batch_words = 0) {
  Node* node = make_node(ctx, c, n, save_mask(*c.op, in, n), in, out, out->storage->version, batch_words);
  out->node.store(node, std::memory_order_relaxed);
  out->flags.set(kRequiresGrad);
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
  if (facts.some_have(kNoBump | kNarrowDtype | kBatched)) [[unlikely]] {
    if (facts.some_have(kNarrowDtype) && !op.flags.has(kViewOp | kAnyDtype)) return apply_widened(op, in, n, attrs);
    if (Tensor result = apply_on_copies(op, in, n, attrs); result.defined()) return result;
    if (facts.some_have(kBatched)) return apply_batched(op, in, n, attrs);
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
  if (is_recorded(op, in, n, facts, out->dtype)) record_call(ctx, c, n, in, out);
  c.out = out;
  if (ctx.watch.bits != 0 || !facts.all_have(kContiguous)) [[unlikely]] {
    execute_slowly(c, in, facts, result);
  } else if (op.kernel != nullptr) {
    run_kernel(c);
  }
  return result;
}

}  // namespace

void record(const Call& c, TensorImpl* out) {
  const InputSummary facts = summarize(*c.op, c.in, c.n_in);
  if (!is_recorded(*c.op, c.in, c.n_in, facts, out->dtype)) return;
  record_call(context(), c, c.n_in, c.in, out, batch_words_of(out));
  set_batch(out->node.load(std::memory_order_relaxed), out);
}

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

}  // namespace tapegrad::core
