#include "autograd/core/batch.h"

#include <vector>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/execute.h"
#include "autograd/core/node.h"
#include "autograd/core/shape.h"

namespace tapegrad::core {

namespace {

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

Tensor batch_along(TensorImpl* t, int dim) {
  Layout to;
  for (int d = 0; d < t->rank; ++d)
    if (d != dim) to.add(t->sizes()[d], t->strides()[d]);
  const BatchDim hidden{t->sizes()[dim], t->strides()[dim]};
  return to.view(t, &hidden);
}

Tensor sample(TensorImpl* t, std::int64_t i) {
  if (!t->is_batched()) return handle_of(t);
  Tensor s = view_of(t, t->size_list(), {t->strides(), t->rank}, nullptr);
  s.impl()->data += i * batch_dim(t).stride * static_cast<std::int64_t>(item_size(t->dtype));
  return s;
}

Tensor view_batch(Call& c) {
  infer_shape(c);
  const auto rank = static_cast<std::size_t>(c.rank);
  Tensor v = view_of(c.in[0], {c.sizes, rank}, {c.strides, rank}, &batch_dim(c.in[0]));
  v.impl()->data += c.offset * static_cast<std::int64_t>(item_size(v.dtype()));
  return v;
}

Tensor each_sample(Call c, std::int64_t n) {
  Tensor out;
  if (n == 0) {
    infer_shape(c);
    Layout to;
    to.add(0, 0);
    for (int d = 0; d < c.rank; ++d) to.add(c.sizes[d], 0);
    require_room(c.op->name, c.rank);
    out = Tensor::adopt(new_tensor(c.dtype, to.sizes, to.rank, 0));
  }
  std::vector<Tensor> in(static_cast<std::size_t>(c.n_in));
  std::vector<const Tensor*> pointers;
  for (const Tensor& x : in) pointers.push_back(&x);
  for (std::int64_t i = 0; i < n; ++i) {
    for (int k = 0; k < c.n_in; ++k) in[static_cast<std::size_t>(k)] = sample(c.in[k], i);
    const Tensor row = apply(*c.op, pointers.data(), c.n_in, c.attrs);
    if (i == 0) {
      require_room(c.op->name, static_cast<int>(row.dim()));
      Layout to;
      to.add(n, 0);
      for (const std::int64_t size : row.sizes()) to.add(size, 0);
      out = Tensor::adopt(new_tensor(row.dtype(), to.sizes, to.rank, n * row.numel()));
    }
    const Tensor slot = sample(batch_along(out.impl(), 0).impl(), i);
    if (slot.sizes() != row.sizes()) {
      throw_shape(c.op->name, "gives ", slot.sizes(), " for the first sample of a batch and ", row.sizes(),
                  " for sample ", i, "; in vmap the sizes of results cannot depend on values");
    }
    kCoreOps.assign(slot, row);
  }
  return out;
}

Tensor run_batch(Call& c) {
  const Batch b(c);
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
  out = batch_along(out.impl(), 0);
  out.impl()->flags.clear(kIsView);  // as what ops give: it may be written in place
  return out;
}

}  // namespace

void throw_unbatchable(const char* op, const char* what, const char* instead) {
  context().unbatchable = true;
  throw_autograd(op, what, ", but in vmap it is given a whole batch; ", instead);
}

[[noreturn]] static void throw_kept(const char* op) {
  throw_autograd(op,
                 "a tensor that a function of vmap was given or made is used after that function has ended; return ",
                 "it from the function");
}

Tensor whole_batch(const Tensor& x) { return whole(x.impl(), 0); }

Batch::Batch(const Call& c) : c_(c), size_(-1) {
  for (int k = 0; k < c.n_in; ++k) {
    if (!has(k)) continue;
    if (size_ >= 0 && size_ != batch_dim(c.in[k]).size) throw_kept(c.op->name);
    size_ = batch_dim(c.in[k]).size;
  }
}
Tensor Batch::in(int k) const { return has(k) ? whole(c_.in[k], 0) : handle_of(c_.in[k]); }
Tensor Batch::spread(int k) const {
  if (has(k)) return whole(c_.in[k], 0);
  TensorImpl* t = c_.in[k];
  const BatchDim repeated{size_, 0};
  return whole(view_of(t, t->size_list(), {t->strides(), t->rank}, &repeated).impl(), 0);
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

Tensor by_sample(const Batch& b) { return each_sample(b.call(), b.size()); }

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
  if (context().batches == 0 && context().depth == 0) throw_kept(op.name);  // nor is this a pass through it
  Call c = call_of(op, in, n, attrs);
  Tensor out = run_batch(c);
  record(c, out.impl());
  if (context().watch.has(kWatchNan) && out.requires_grad()) kCoreOps.check_nan(out, out.impl()->node.load(), true);
  return out;
}

// --- the two ends of vmap
namespace {
struct BatchAttrs {
  std::int64_t dim, size;
};
void hide_vjp(Grads& r) {
  const auto [dim, size] = r.attrs().as<BatchAttrs>();
  r.set(0, show_dim(r.g(), dim, size));
}
void show_vjp(Grads& r) { r.set(0, hide_dim(r.g(), r.attrs().as<BatchAttrs>().dim)); }
constexpr Op kHide{.name = "vmap.in", .grad_name = "VmapBackward0", .flags = kViewOp, .vjp = hide_vjp};
constexpr Op kShow{.name = "vmap.out", .grad_name = "VmapBackward0", .flags = kViewOp, .vjp = show_vjp};
// A batch that repeats x: the gradients of its samples are added up where they reach x.
constexpr Op kRepeat{
    .name = "vmap.repeat", .grad_name = "VmapBackward0", .flags = kViewOp, .vjp = [](Grads& r) { r.set(0, r.g()); }};

Tensor recorded(const Op& op, const Tensor& x, Tensor out, BatchAttrs attrs = {}) {
  TensorImpl* in[] = {x.impl()};
  const Packed<BatchAttrs> packed = pack(attrs);
  record(call_of(op, in, 1, packed), out.impl());
  return out;
}
}  // namespace

Tensor hide_dim(const Tensor& x, std::int64_t dim) {
  require_unbatched(x.impl(), "vmap", "hides one dim", "let the inner function loop");
  const int d = wrap_dim("vmap", dim, x.dim());
  return recorded(kHide, x, batch_along(x.impl(), d), {d, x.size(d)});
}
Tensor repeated(const Tensor& x, std::int64_t size) {
  TensorImpl* t = x.impl();
  const BatchDim batch{size, 0};
  return recorded(kRepeat, x, view_of(t, t->size_list(), {t->strides(), t->rank}, &batch));
}
Tensor show_dim(const Tensor& x, std::int64_t dim, std::int64_t size) {
  if (!x.impl()->is_batched()) return show_dim(repeated(x, size), dim, size);
  const int d = wrap_dim("vmap", dim, x.dim() + 1);
  return recorded(kShow, x, whole(x.impl(), d), {d, size});
}

}  // namespace tapegrad::core
