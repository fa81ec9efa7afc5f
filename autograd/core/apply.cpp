// The one door that every operation passes: promotion, shape rule, record, kernel.
#include <memory>
#include <vector>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/context.h"
#include "autograd/core/node.h"
#include "autograd/core/shape.h"

namespace tapegrad::core {

namespace {

constexpr int kFewInputs = 6;

[[noreturn]] void throw_undefined(const Op& op, int k) {
  throw AutogradError(std::string(op.name) + ": argument " + std::to_string(k + 1) +
                      " is an undefined tensor; give it a value first");
}

// The inputs of a call, and the temporaries that stand in for some of them.
class Inputs {
 public:
  Inputs(const Op& op, const Tensor* const* in, int n) : n_(n), in_(few_) {
    if (n > kFewInputs) [[unlikely]] {
      many_ = std::make_unique<Many>(Many{std::vector<TensorImpl*>(static_cast<std::size_t>(n)), {}});
      in_ = many_->in.data();
    }
    for (int k = 0; k < n; ++k) {
      in_[k] = in[k]->impl();
      if (in_[k] == nullptr) [[unlikely]]
        throw_undefined(op, k);
    }
  }
  ~Inputs() {
    for (int k = 0; owned_ >> k != 0; ++k)
      if ((owned_ >> k & 1U) != 0) release_inline(in_[k]);
  }
  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;
  void replace(int k, Tensor t) {
    if (n_ > kFewInputs) {
      many_->kept.push_back(t);
      in_[k] = t.impl();
      return;
    }
    if ((owned_ >> k & 1U) != 0) release_inline(in_[k]);
    owned_ |= 1U << k;
    in_[k] = t.release_impl();
  }
  void cast_all(int from, Dtype dtype) {
    for (int k = from; k < n_; ++k) {
      if (in_[k]->dtype == dtype) continue;
      retain_inline(in_[k]);
      replace(k, kAbove.cast(Tensor::adopt(in_[k]), dtype));
    }
  }
  TensorImpl** data() noexcept { return in_; }
  TensorImpl* operator[](int k) const noexcept { return in_[k]; }

 private:
  int n_;
  unsigned owned_ = 0;  // bits of the few that were replaced
  TensorImpl** in_;
  TensorImpl* few_[kFewInputs] = {};
  struct Many {
    std::vector<TensorImpl*> in;
    std::vector<Tensor> kept;
  };
  std::unique_ptr<Many> many_;
};

bool mixed(const Op& op, const Inputs& in, int n) noexcept {
  if ((op.flags & kRealOnly) != 0 && !is_floating_point(in[0]->dtype)) return true;
  for (int k = 1; k < n; ++k)
    if (in[k]->dtype != in[0]->dtype) return true;
  return false;
}

Dtype compute_dtype(const Op& op, Inputs& in, int n) {
  const Dtype d = promoted(in.data(), n);
  return (op.flags & kRealOnly) != 0 && !is_floating_point(d) ? kFloat : d;
}

Tensor contiguous_copy(TensorImpl* t) {
  const AutoGradMode off(false);
  retain_inline(t);
  return kAbove.copy(Tensor::adopt(t));
}

[[noreturn]] void throw_stale(const Op& op, const TensorImpl* t) {
  throw AutogradError(std::string(op.name) + ": a tensor of sizes " + text(t->size_list()) +
                      " is a view made before the tensor it views was changed by a recorded in-place operation, so its "
                      "history is out of date; take the view again after the change");
}

// Whether the call is recorded. Also finds stale views, which would lose gradients in silence.
bool wants_record(const Context& ctx, const Op& op, const Inputs& in, int n) {
  if (ctx.no_grad) return false;
  bool record = false;
  for (int k = 0; k < n; ++k) {
    if (in[k]->is_stale()) [[unlikely]]
      throw_stale(op, in[k]);
    record |= in[k]->requires_grad();
  }
  return record && (op.flags & kNoGrad) == 0;
}

// The node an input's gradient goes to, with one count; null where it wants none.
Node* edge_to(TensorImpl* t) noexcept {
  if (!t->requires_grad()) return nullptr;
  Node* n = t->node.load(std::memory_order_acquire);
  retain_node(n);
  return n;
}

// What the record of a call saves: the union of what the wanted gradients read.
std::uint8_t save_mask(const Op& op, const Inputs& in, int n) noexcept {
  unsigned mask = 0;
  for (int k = 0; k < n; ++k)
    if (in[k]->requires_grad()) mask |= op.reads[k < 4 ? k : 4];
  return static_cast<std::uint8_t>(mask);
}

void save(Node* node, int slot, TensorImpl* t, std::uint32_t version) noexcept {
  t->counts.add(TensorImpl::kOneHolder);
  node->saved()[slot] = t;
  node->versions()[slot] = version;
}

// A record of the call. saved_in: the inputs as they shall be saved. The output's version will be out_version.
Node* record_call(Context& ctx, const Call& c, const Inputs& in, TensorImpl* const* saved_in, TensorImpl* out,
                  std::uint32_t out_version) {
  const std::uint8_t mask = save_mask(*c.op, in, c.n_in);
  Node* node = new_node(*c.op, {static_cast<std::uint32_t>(c.n_in), bit_count(mask), c.rank, c.attrs.count});
  node->dtype = c.dtype;
  node->saved_mask = mask;
  std::uint64_t number = ctx.clock;
  for (int k = 0; k < c.n_in; ++k) {
    Node* edge = edge_to(in[k]);
    node->edges()[k] = edge;
    if (edge != nullptr && edge->number > number) number = edge->number;
  }
  node->number = ctx.clock = number + 1;
  int slot = 0;
  for (unsigned bits = mask & ~unsigned{kReadsOut}; bits != 0; bits &= bits - 1) {
    TensorImpl* t = saved_in[__builtin_ctz(bits)];
    save(node, slot++, t, t->storage->version);
  }
  if ((mask & kReadsOut) != 0) save(node, slot, out, out_version);
  std::copy(c.sizes, c.sizes + c.rank, node->sizes());
  std::copy(c.attrs.words, c.attrs.words + c.attrs.count, node->attrs());
  return node;
}

void run_kernel(Call& c, Inputs& in, TensorImpl* out) {
  c.out = out;
  if ((c.op->flags & (kElementwise | kTakesStrided)) == 0) {
    for (int k = 0; k < c.n_in; ++k)
      if (!is_contiguous(in[k])) in.replace(k, contiguous_copy(in[k]));
  }
  c.op->eval(c);
}

Tensor make_view(const Call& c) {
  TensorImpl* v = new_view(c.in[0], c.rank);
  std::int64_t n = 1;
  for (int d = 0; d < c.rank; ++d) {
    n *= c.sizes[d];
    v->sizes()[d] = c.sizes[d];
    v->strides()[d] = c.strides[d];
  }
  v->numel = n;
  note_contiguous(v);
  v->data += c.offset * static_cast<std::int64_t>(item_size(v->dtype));
  return Tensor::adopt(v);
}

}  // namespace

Tensor apply(const Op& op, const Tensor* const* tensors, int n_in, Attrs attrs) {
  Context& ctx = context();
  Inputs in(op, tensors, n_in);
  if ((op.flags & kElementwise) != 0 && mixed(op, in, n_in)) [[unlikely]] {
    in.cast_all(0, compute_dtype(op, in, n_in));
  }
  Call c;
  c.op = &op;
  c.in = in.data();
  c.n_in = n_in;
  c.attrs = attrs;
  if (op.shape != nullptr) {
    op.shape(c);
  } else {
    broadcast_shape(c);
  }
  const bool record = wants_record(ctx, op, in, n_in) && is_floating_point(c.dtype);
  if (c.numel < 0) c.numel = checked_numel(op.name, {c.sizes, static_cast<std::size_t>(c.rank)});
  Tensor out = (op.flags & kViewOp) != 0
                   ? make_view(c)
                   : Tensor::adopt(new_tensor(c.dtype, c.sizes, c.rank,
                                              checked_numel(op.name, {c.sizes, static_cast<std::size_t>(c.rank)})));
  if (record) {
    TensorImpl* o = out.impl();
    o->node.store(record_call(ctx, c, in, in.data(), o, o->storage->version), std::memory_order_relaxed);
    o->flags |= kRequiresGrad;
  }
  if (op.eval != nullptr) run_kernel(c, in, out.impl());
  return out;
}

namespace {

// A leaf, or a view of what requires grad, cannot take a recorded in-place change.
void check_inplace_target(const Op& op, const TensorImpl* self) {
  Node* n = self->node.load(std::memory_order_acquire);
  bool view = (op.flags & kWritesPart) != 0;
  while (n != nullptr && !n->is_leaf() && (n->op->flags & kViewOp) != 0) {
    view = true;
    n = n->edges()[0];
  }
  const std::string name = std::string(op.name) + "_: ";
  if (self->requires_grad() && n != nullptr && n->is_leaf()) {
    throw AutogradError(name + (view ? "a view of a leaf" : "a leaf") +
                        " Variable that requires grad is being used in an in-place operation.; use NoGradGuard to "
                        "update a parameter, or the out-of-place form");
  }
  if (self->is_view() && (self->flags & kDetached) == 0) {
    throw AutogradError(name +
                        "an in-place operation that is recorded cannot write through a view; write it out of place, or "
                        "use t[i] = value on the tensor itself");
  }
}

void check_no_overlap(const Op& op, const TensorImpl* self) {
  for (int d = 0; d < self->rank; ++d) {
    if (self->strides()[d] == 0 && self->sizes()[d] > 1) {
      throw ShapeError(std::string(op.name) +
                       "_: unsupported operation: more than one element of the written-to tensor refers to a single "
                       "memory location. Please clone() the tensor before performing the operation.");
    }
  }
}

bool same_elements(const TensorImpl* a, const TensorImpl* b) noexcept {
  return a->data == b->data && a->dtype == b->dtype && same_sizes(a, b->sizes(), b->rank) &&
         std::equal(a->strides(), a->strides() + a->rank, b->strides());
}

}  // namespace

void apply_inplace(const Op& op, const Tensor* const* tensors, int n_in, Attrs attrs) {
  Context& ctx = context();
  Inputs in(op, tensors, n_in);
  TensorImpl* self = in[0];
  check_no_overlap(op, self);
  if (mixed(op, in, n_in)) {
    const Dtype d = compute_dtype(op, in, n_in);
    const auto kind = [](Dtype t) { return t == kDouble ? kFloat : t; };
    if (kind(d) > kind(self->dtype)) {
      throw DtypeError(std::string(op.name) + "_: result type " + tapegrad::name(d) +
                       " can't be cast to the desired output type " + tapegrad::name(self->dtype) +
                       "; convert x with to() first");
    }
    in.cast_all(1, self->dtype);
  }
  Call c;
  c.op = &op;
  c.in = in.data();
  c.n_in = n_in;
  c.attrs = attrs;
  if (op.shape != nullptr) {
    op.shape(c);
  } else {
    broadcast_shape(c);
  }
  if (!same_sizes(self, c.sizes, c.rank)) {
    throw ShapeError(std::string(op.name) + "_: output with shape " + text(self->size_list()) +
                     " doesn't match the broadcast shape " + text({c.sizes, static_cast<std::size_t>(c.rank)}) +
                     "; use the out-of-place form");
  }
  const bool record = wants_record(ctx, op, in, n_in) && is_floating_point(c.dtype);
  if (record) check_inplace_target(op, self);

  // What shares bytes with self is read, or saved, as it was before.
  Tensor copies[kFewInputs];
  TensorImpl* saved_in[kFewInputs];
  const std::uint8_t mask = record ? save_mask(op, in, n_in) : 0;
  TensorImpl* original[kFewInputs];
  for (int k = 0; k < n_in; ++k) {
    original[k] = saved_in[k] = in[k];
    if (in[k]->storage != self->storage) continue;
    const bool read_twice = k > 0 && !same_elements(in[k], self);
    if (!read_twice && (mask & (1U << k)) == 0) continue;
    copies[k] = contiguous_copy(in[k]);
    saved_in[k] = copies[k].impl();
  }
  Node* node = nullptr;
  if (record) node = record_call(ctx, c, in, saved_in, self, self->storage->version + 1);
  for (int k = 1; k < n_in; ++k)
    if (!same_elements(original[k], self)) in.data()[k] = saved_in[k];
  c.out = self;
  op.eval(c);
  Storage* s = self->storage;
  if ((self->flags & kNoBump) == 0) ++s->version;
  if (!record) return;
  s->tracked = s->version;
  self->view_version = s->version;
  self->flags = static_cast<std::uint8_t>((self->flags & ~(kIsView | kDetached | kNoBump)) | kRequiresGrad);
  Node* before = exchange(self->node, node);
  if (before != nullptr) release_node(before);
}

}  // namespace tapegrad::core
