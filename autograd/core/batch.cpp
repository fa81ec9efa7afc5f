#include "autograd/core/batch.h"

#include <atomic>
#include <vector>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/execute.h"
#include "autograd/core/node.h"
#include "autograd/core/shape.h"

namespace tapegrad::core {

namespace {

[[noreturn]] void throw_kept(const char* op) {
  throw_autograd(op,
                 "a tensor that a function of vmap was given or made is used after that function has ended; return ",
                 "it from the function");
}

// A new view, seen by a captured function as that of an op is.
Tensor view_of(TensorImpl* t, IntList sizes, IntList strides, const BatchDim* batch) {
  const Context& ctx = context();
  if (ctx.watch.has(kWatchCalls)) ctx.recorder->see_base(t);
  return Tensor::adopt(new_view(t, sizes.data(), strides.data(), static_cast<int>(sizes.size()), batch));
}

struct Layout {
  std::int64_t sizes[kMaxRank + 1], strides[kMaxRank + 1];
  int rank = 0;

  void add(std::int64_t size, std::int64_t stride) noexcept {
    sizes[rank] = size;
    strides[rank++] = stride;
  }
  Tensor view(TensorImpl* t, const BatchDim* batch = nullptr) const {
    const auto n = static_cast<std::size_t>(rank);
    return view_of(t, {sizes, n}, {strides, n}, batch);
  }
};

void require_room(const char* op, int rank) {
  if (rank < kMaxRank) return;
  throw_unbatchable(op, "needs a dim more than a tensor can have", "leave out vmap and give it a batch dim of its own");
}

// The batch dim at `dim`.
Tensor whole(TensorImpl* t, int dim) {
  require_room("vmap", t->rank);
  Layout to;
  for (int d = 0; d <= t->rank; ++d) {
    if (d == dim) to.add(batch_dim(t).size, batch_dim(t).stride);
    if (d < t->rank) to.add(t->sizes()[d], t->strides()[d]);
  }
  return to.view(t);
}

Tensor batch_along(TensorImpl* t, int dim, std::uint64_t id) {
  Layout to;
  for (int d = 0; d < t->rank; ++d)
    if (d != dim) to.add(t->sizes()[d], t->strides()[d]);
  const BatchDim hidden{t->sizes()[dim], t->strides()[dim], id};
  return to.view(t, &hidden);
}

Tensor sample(TensorImpl* t, std::int64_t i) {
  if (!t->is_batched()) return handle_of(t);
  Tensor s = view_of(t, t->size_list(), {t->strides(), t->rank}, nullptr);
  s.impl()->data += i * batch_dim(t).stride * static_cast<std::int64_t>(item_size(t->dtype));
  return s;
}

Tensor view_batch(const Call& c) {
  const auto rank = static_cast<std::size_t>(c.rank);
  Tensor v = view_of(c.in[0], {c.sizes, rank}, {c.strides, rank}, &batch_dim(c.in[0]));
  v.impl()->data += c.offset * static_cast<std::int64_t>(item_size(v.dtype()));
  return v;
}

// A fresh tensor of n samples of these sizes.
Tensor new_whole(const char* op, Dtype dtype, std::int64_t n, IntList sizes) {
  require_room(op, static_cast<int>(sizes.size()));
  Layout to;
  to.add(n, 0);
  std::int64_t numel = n;
  for (const std::int64_t size : sizes) {
    to.add(size, 0);
    numel *= size;
  }
  return Tensor::adopt(new_tensor(dtype, to.sizes, to.rank, numel));
}

Tensor run_batch(Call& c) {
  const Batch b(c);
  // A backward pass may go through an earlier run.
  if (b.id() != context().batch && context().depth == 0) throw_kept(c.op->name);
  infer_shape(c);  // of a sample: throws what the call would throw on one
  const AutoGradMode off(false);
  if (c.op->flags.has(kViewOp)) return view_batch(c);
  Tensor out;
  if (c.op->batch != nullptr) {
    out = c.op->batch(b);
  } else if (c.op->flags.has(kElementwise)) {
    out = elementwise_batch(b);
  } else {
    out = by_sample(b);
  }
  out = batch_along(out.impl(), 0, b.id());
  out.impl()->flags.clear(kIsView);  // as what ops give: it may be written in place
  return out;
}

}  // namespace

void throw_unbatchable(const char* op, const char* what, const char* instead) {
  context().unbatchable = true;
  throw_autograd(op, what, ", but in vmap it is given a whole batch; ", instead);
}

Tensor whole_batch(const Tensor& x) { return whole(x.impl(), 0); }

Batch::Batch(const Call& c) : c_(c) {
  for (int k = 0; k < c.n_in; ++k) {
    if (!has(k)) continue;
    const BatchDim& d = batch_dim(c.in[k]);
    if (dim_.size >= 0 && dim_.id != d.id) throw_kept(c.op->name);
    dim_ = {d.size, 0, d.id};
  }
}
Tensor Batch::in(int k) const { return has(k) ? whole(c_.in[k], 0) : handle_of(c_.in[k]); }
Tensor Batch::spread(int k) const {
  if (has(k)) return whole(c_.in[k], 0);
  TensorImpl* t = c_.in[k];
  return whole(view_of(t, t->size_list(), {t->strides(), t->rank}, &dim_).impl(), 0);
}
Tensor Batch::aligned(int k, int rank) const {
  TensorImpl* t = c_.in[k];
  if (!has(k) || t->rank >= rank) return in(k);
  require_room(op().name, rank);
  Layout to;
  to.add(batch_dim(t).size, batch_dim(t).stride);
  for (int d = t->rank; d < rank; ++d) to.add(1, 0);
  for (int d = 0; d < t->rank; ++d) to.add(t->sizes()[d], t->strides()[d]);
  return to.view(t);
}

Tensor by_sample(const Batch& b) {
  const Call& c = b.call();
  const char* op = c.op->name;
  Tensor out;
  if (b.size() == 0) out = new_whole(op, c.dtype, 0, {c.sizes, static_cast<std::size_t>(c.rank)});
  std::vector<Tensor> in(static_cast<std::size_t>(c.n_in));
  std::vector<const Tensor*> pointers;
  for (const Tensor& x : in) pointers.push_back(&x);
  for (std::int64_t i = 0; i < b.size(); ++i) {
    for (int k = 0; k < c.n_in; ++k) in[static_cast<std::size_t>(k)] = sample(c.in[k], i);
    const Tensor row = apply(*c.op, pointers.data(), c.n_in, c.attrs);
    if (i == 0) out = new_whole(op, row.dtype(), b.size(), row.sizes());
    const Tensor slot = sample(batch_along(out.impl(), 0, 0).impl(), i);
    if (slot.sizes() != row.sizes()) {
      throw_shape(op, "gives ", slot.sizes(), " for the first sample of a batch and ", row.sizes(), " for sample ", i,
                  "; in vmap the sizes of results cannot depend on values");
    }
    kCoreOps.assign(slot, row);
  }
  return out;
}

static Tensor applied(const Batch& b, auto input) {
  Tensor in[15];
  const Tensor* pointers[15];
  for (int k = 0; k < b.inputs(); ++k) {
    in[k] = input(k);
    pointers[k] = &in[k];
  }
  return apply(b.op(), pointers, b.inputs(), b.attrs());
}
Tensor spread_batch(const Batch& b) {
  return applied(b, [&b](int k) { return b.spread(k); });
}
Tensor elementwise_batch(const Batch& b) {
  int rank = 0;
  for (int k = 0; k < b.inputs(); ++k) rank = std::max(rank, b.rank(k));
  return applied(b, [&b, rank](int k) { return b.aligned(k, rank); });
}

Tensor apply_batched(const Op& op, TensorImpl** in, int n, Attrs attrs) {
  Call c = call_of(op, in, n, attrs);
  Tensor out = run_batch(c);
  record(c, out.impl());
  if (context().watch.has(kWatchNan) && out.requires_grad()) kCoreOps.check_nan(out, out.impl()->node.load(), true);
  return out;
}

// --- the two ends of vmap
std::uint64_t new_batch_id() noexcept {
  static constinit std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

namespace {
struct BatchAttrs {
  std::int64_t dim, id;
};
void hide_vjp(Grads& r) { r.set(0, show_dim(r.g(), r.attrs().as<BatchAttrs>().dim)); }
void show_vjp(Grads& r) {
  const auto [dim, id] = r.attrs().as<BatchAttrs>();
  r.set(0, hide_dim(r.g(), dim, static_cast<std::uint64_t>(id)));
}
constexpr Op kHide{.name = "vmap.in", .grad_name = "VmapBackward0", .flags = kViewOp, .vjp = hide_vjp};
constexpr Op kShow{.name = "vmap.out", .grad_name = "VmapBackward0", .flags = kViewOp, .vjp = show_vjp};
// The gradients of its samples are added up where they reach x.
constexpr Op kRepeat{
    .name = "vmap.repeat", .grad_name = "VmapBackward0", .flags = kViewOp, .vjp = [](Grads& r) { r.set(0, r.g()); }};

Tensor recorded(const Op& op, const Tensor& x, Tensor out, std::int64_t dim, std::uint64_t id) {
  TensorImpl* in[] = {x.impl()};
  const Packed<BatchAttrs> attrs = pack(BatchAttrs{dim, static_cast<std::int64_t>(id)});
  record(call_of(op, in, 1, attrs), out.impl());
  return out;
}
}  // namespace

Tensor hide_dim(const Tensor& x, std::int64_t dim, std::uint64_t id) {
  require_unbatched(x.impl(), "vmap", "hides one dim", "differentiate it one row after the other");
  const int d = wrap_dim("vmap", dim, x.dim());
  return recorded(kHide, x, batch_along(x.impl(), d, id), d, id);
}
Tensor repeated(const Tensor& x, const BatchDim& batch) {
  TensorImpl* t = x.impl();
  return recorded(kRepeat, x, view_of(t, t->size_list(), {t->strides(), t->rank}, &batch), 0, batch.id);
}
Tensor show_dim(const Tensor& x, std::int64_t dim) {
  const int d = wrap_dim("vmap", dim, x.dim() + 1);
  return recorded(kShow, x, whole(x.impl(), d), d, batch_dim(x.impl()).id);
}

}  // namespace tapegrad::core
