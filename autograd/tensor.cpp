// What a Tensor handle tells of itself, and its place on the tape.
#include <tapegrad/autograd/grad.h>

#include <algorithm>
#include <cstring>
#include <ostream>

#include "autograd/core/batch.h"
#include "autograd/core/class_name.h"
#include "autograd/core/context.h"
#include "autograd/core/engine.h"
#include "autograd/core/execute.h"
#include "autograd/core/shape.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace core;

const char* name(Dtype d) noexcept {
  constexpr const char* kNames[] = {"Bool", "Byte", "", "Char",     "",      "Short", "",      "Int",
                                    "Long", "Half", "", "BFloat16", "Float", "",      "Double"};
  return kNames[static_cast<int>(d)];
}
std::ostream& operator<<(std::ostream& out, Dtype d) { return out << name(d); }
std::ostream& operator<<(std::ostream& out, IntList list) { return out << text(list); }
std::int64_t IntList::at(std::size_t i) const {
  if (i < size_) return data_[i];
  throw IndexError(joined("IntArrayRef: invalid index Index = ", i, "; Length = ", size_, "; count from 0"));
}

void core::throw_overflow(double value, int digits, bool is_signed) {
  const int bits = digits + (is_signed ? 1 : 0);
  const std::string type = (is_signed ? "int" : "uint") + (bits == 32 && is_signed ? "" : std::to_string(bits) + "_t");
  throw_value("Scalar", "value cannot be converted to type ", type, " without overflow: ", value,
              "; keep it as a floating-point number, or use a wider type");
}

namespace {

TensorImpl* checked(const Tensor& t, const char* what) {
  if (!t.defined()) throw_autograd(what, "the tensor is undefined; give it a value first");
  return t.impl();
}

Tensor alias(const Tensor& x, TensorFlags flags) {
  TensorImpl* v = new_alias(checked(x, "detach"));
  if (context().watch.has(kWatchCalls)) context().recorder->see_base(x.impl());
  v->flags.set(flags);
  return Tensor::adopt(v);
}

// The index of dim among the sizes and strides of t.
int place(const TensorImpl* t, const char* what, std::int64_t dim) {
  if (t->rank == 0)
    throw_index(what, "Dimension specified as ", dim, " but tensor has no dimensions; look at dim() first");
  return wrap_dim(what, dim, t->rank);
}

}  // namespace

std::int64_t Tensor::dim() const { return checked(*this, "dim")->rank; }
std::int64_t Tensor::numel() const { return checked(*this, "numel")->numel; }
IntList Tensor::sizes() const { return checked(*this, "sizes")->size_list(); }
IntList Tensor::strides() const {
  const TensorImpl* t = checked(*this, "strides");
  return {t->strides(), t->rank};
}
std::int64_t Tensor::size(std::int64_t dim) const {
  const TensorImpl* t = checked(*this, "size");
  return t->sizes()[place(t, "size", dim)];
}
std::int64_t Tensor::stride(std::int64_t dim) const {
  const TensorImpl* t = checked(*this, "stride");
  return t->strides()[place(t, "stride", dim)];
}
Dtype Tensor::scalar_type() const { return checked(*this, "dtype")->dtype; }
bool Tensor::is_contiguous() const { return core::is_contiguous(checked(*this, "is_contiguous")); }
// NOLINTNEXTLINE(bugprone-unhandled-self-assignment): elements written to themselves stay as they are.
void Tensor::operator=(const Tensor& value) && {
  const TensorImpl* t = checked(*this, "operator=");
  if (t->counts.load() == kUnshared && t->storage->refs.load() == 1 && !t->storage->external) {
    throw_value("operator=", "the value would be written to a temporary that nothing else shows; give it a name first");
  }
  copy_(value);
}
void Tensor::operator=(const Scalar& value) && { std::move(*this) = full({}, value, dtype()); }

static void require_unread(const char* op, const TensorImpl* t) {
  require_unrecorded(op, "reads a value", "return the tensor and do it outside");
  require_unbatched(t, op, "reads a value", "return the tensor and do it outside");
}

void* Tensor::data_ptr() const {
  const TensorImpl* t = checked(*this, "data_ptr");
  require_unread("data_ptr", t);
  return t->data;
}
void* Tensor::checked_data(Dtype wanted) const {
  const TensorImpl* t = checked(*this, "data_ptr");
  require_unread("data_ptr", t);
  if (t->dtype != wanted) {
    throw_dtype("data_ptr", "expected scalar type ", wanted, " but found ", t->dtype, "; convert with to()");
  }
  return t->data;
}

void core::require_dims(const Tensor& x, std::size_t n) {
  if (x.sizes().size() == n) return;
  throw_shape("accessor", "TensorAccessor expected ", n, " dims but tensor has ", x.dim(), "; name as many as it has");
}

Scalar Tensor::item() const {
  TensorImpl* t = checked(*this, "item");
  const bool watched = context().watch.has(kWatchCalls) && !context().recorder->is_fixed(t);
  if (watched || t->is_batched()) [[unlikely]]
    require_unread("item", t);
  if (t->numel != 1)
    throw_shape("item", "a Tensor with ", t->numel,
                " elements cannot be converted to Scalar; pick one, or use to_vector()");
  return kernels::by_any_dtype(t->dtype,
                               [t]<class T>() -> Scalar { return static_cast<kernels::Number<T>>(*t->ptr<T>()); });
}

bool Tensor::requires_grad() const noexcept { return impl_ != nullptr && impl_->requires_grad(); }

bool Tensor::is_leaf() const noexcept {
  if (impl_ == nullptr || !impl_->requires_grad()) return true;
  return impl_->node.load(std::memory_order_acquire)->is_leaf();
}

namespace {
// Whether backward passes over what was recorded of a leaf leave it a gradient.
void freeze(const TensorImpl* t, bool on) noexcept {
  Node* leaf = t->node.load(std::memory_order_acquire);
  if (leaf != nullptr && !t->flags.has(kBorrowed)) static_cast<Leaf*>(leaf)->traits.set(kFrozen, on);
}
}  // namespace

Tensor& Tensor::requires_grad_(bool on) const {
  TensorImpl* t = checked(*this, "requires_grad_");
  if (!is_leaf()) {
    if (!on)
      throw_autograd(
          "requires_grad_",
          "you can only change requires_grad flags of leaf variables; if you want to use a computed variable "
          "in a subgraph that doesn't require differentiation use var_no_grad = var.detach()");
    return const_cast<Tensor&>(*this);
  }
  if (on && !tapegrad::is_floating_point(t->dtype)) {
    throw_autograd("requires_grad_", "only Tensors of floating point dtype can require gradients; this one is ",
                   t->dtype, "; convert with to(kFloat) first");
  }
  if (on) leaf_of(t);
  freeze(t, !on);
  t->flags.set(kRequiresGrad, on);
  return const_cast<Tensor&>(*this);
}

namespace {

class NodeHandle final : public GradFn {
 public:
  explicit NodeHandle(Node* n) noexcept : node_(ref_to(n)) {}
  std::string name() const override {
    const Extra* e = node_->extra;
    return e != nullptr && e->function != nullptr ? class_name(function_class(*e->function)) + "Backward"
                                                  : node_->op->grad_name;
  }
  std::vector<std::shared_ptr<GradFn>> next_functions() const override {
    std::vector<std::shared_ptr<GradFn>> next;
    for (std::uint32_t k = 0; k < node_->n_in; ++k) {
      Node* edge = node_->edges()[k];
      next.push_back(edge == nullptr ? nullptr : std::make_shared<NodeHandle>(edge));
    }
    return next;
  }

 private:
  NodeRef node_;
};

// The node of a tensor that has or will have gradients.
Node* grad_node(const Tensor& t, const char* what) {
  TensorImpl* impl = checked(t, what);
  if (!impl->requires_grad())
    throw_autograd(what, "cannot be used on a tensor that doesn't require gradient; call requires_grad_() first");
  return impl->node.load(std::memory_order_acquire);
}

}  // namespace

std::shared_ptr<GradFn> Tensor::grad_fn() const {
  return is_leaf() ? nullptr : std::make_shared<NodeHandle>(impl_->node.load(std::memory_order_acquire));
}

// Captured functions follow the .grad of each leaf that they ask for it.
static void see_leaf(TensorImpl* t) noexcept {
  if (t != nullptr && context().watch.has(kWatchCalls)) context().recorder->see_base(t);
}

const Tensor& Tensor::grad() const {
  see_leaf(impl_);
  const Tensor* slot = grad_slot(impl_);
  return slot == nullptr ? undefined() : *slot;
}

Tensor& Tensor::mutable_grad() const {
  see_leaf(impl_);
  TensorImpl* t = checked(*this, "mutable_grad");
  if (!is_leaf()) return extra_of(grad_node(*this, "mutable_grad")).grad;
  if (!tapegrad::is_floating_point(t->dtype))
    throw_dtype("mutable_grad", "only floating point tensors have a gradient, but this one is ", t->dtype,
                "; convert with to(kFloat) first");
  return leaf_of(t)->grad;
}

// Fills a .grad with zeros, or takes one that has them in its place.
[[gnu::noinline]] static void fill_grad(Tensor* slot) {
  const NoGradGuard no_grad;
  Tensor g = slot->requires_grad() ? slot->detach() : *slot;
  if (is_repeated(g.impl())) {
    g = zeros_like(g);  // cannot be written
  } else {              // takes no memory: of many tensors, none stays as it was
    const ops::Full zero = ops::full_of(0, g.dtype());
    execute_inplace(call_of(*zero.op, zero, g.impl()));
  }
  *slot = std::move(g);
}
void Tensor::zero_grad(bool set_to_none) const {
  see_leaf(impl_);
  Tensor* slot = grad_slot(impl_);
  if (slot == nullptr || !slot->defined()) return;
  set_to_none ? slot->reset() : fill_grad(slot);
}

Tensor Tensor::detach() const { return alias(*this, kDetached); }
Tensor Tensor::data() const { return alias(*this, kDetached | kNoBump); }

void Tensor::set_data(const Tensor& value) const {
  TensorImpl* t = checked(*this, "set_data");
  const TensorImpl* v = checked(value, "set_data");
  if (!is_leaf()) throw AutogradError("set_data: only a leaf can be given new data; detach() it, or use copy_()");
  if (v->rank != t->rank)
    throw_shape("set_data", "sizes ", v->size_list(), " differ in the number of dims from ", t->size_list(),
                "; assign the tensor instead");
  if (requires_grad() && !tapegrad::is_floating_point(v->dtype))
    throw_dtype("set_data", "a tensor that requires grad is of floating point dtype, not ", v->dtype,
                "; convert with to(kFloat) first");
  const NoGradGuard no_grad;
  core::NewData(*this, value.detach().clone()).commit();
}

Tensor& Tensor::resize_(IntList sizes) {
  const TensorImpl* t = checked(*this, "resize_");
  if (requires_grad())
    throw AutogradError("resize_: cannot resize variables that require grad; use view() or reshape()");
  if (t->size_list() == sizes) return *this;
  if (!is_unique(t) || !core::is_contiguous(t))
    throw_shape("resize_", "a tensor of sizes ", t->size_list(),
                " that is not contiguous, or that others show, cannot be resized; use reshape()");
  const Tensor out = empty(sizes, t->dtype);
  const std::int64_t n = std::min(out.numel(), t->numel);
  const NoGradGuard no_grad;
  out.view(-1).slice(0, 0, n).copy_(view(-1).slice(0, 0, n));
  return *this = out;
}

// x shows `view`, which is one of itself. An object has room for the dims that it was made with, so x gets another one.
static Tensor& shown_as(const char* op, Tensor& x, Tensor view) {
  if (x.requires_grad() && (x.is_leaf() || !view.requires_grad()))
    throw_autograd(op,
                   "a leaf Variable that requires grad, or one whose history goes on unrecorded, is being used in an "
                   "in-place operation; use the out-of-place form");
  if ((x.impl()->counts.load() & 0xffffffffU) != 1)
    throw_shape(op, "a tensor of sizes ", x.sizes(),
                " that another handle shows, which would not see the change, cannot get other sizes; write x = x.",
                std::string(op, std::strlen(op) - 1), "(...)");
  if (view.requires_grad()) core::keep_grad(x.impl(), view.impl()->node.load());
  x.swap(view);
  return x;
}
Tensor& Tensor::squeeze_() { return shown_as("squeeze_", *this, squeeze()); }
Tensor& Tensor::squeeze_(std::int64_t dim) { return shown_as("squeeze_", *this, squeeze(dim)); }
Tensor& Tensor::unsqueeze_(std::int64_t dim) { return shown_as("unsqueeze_", *this, unsqueeze(dim)); }
Tensor& Tensor::t_() { return shown_as("t_", *this, t()); }
Tensor& Tensor::transpose_(std::int64_t dim0, std::int64_t dim1) {
  return shown_as("transpose_", *this, transpose(dim0, dim1));
}

Tensor& Tensor::detach_() const {
  TensorImpl* t = checked(*this, "detach_");
  // A view that alone holds its bytes is as good as their owner: linear of three dims ends with one.
  if (t->is_view() && t->requires_grad() && !is_leaf() && t->storage->refs.load() != 1) {
    throw AutogradError("detach_: Can't detach views in-place; use detach() instead");
  }
  const bool borrowed = t->flags.has(kBorrowed);  // the node is another tensor's
  if (!is_leaf() || borrowed) {
    Leaf* leaf = nullptr;
    if (grad().defined() && !borrowed) {
      leaf = new_leaf(t);
      leaf->grad = grad();
    }
    if (Node* before = exchange<Node*>(t->node, leaf)) release_node(before);
  }
  freeze(t, true);
  t->flags.clear(kRequiresGrad | kBorrowed);
  return const_cast<Tensor&>(*this);
}

void Tensor::retain_grad() const {
  Node* n = grad_node(*this, "retain_grad");
  if (!n->is_leaf()) extra_of(n).retain = true;
}
bool Tensor::retains_grad() const noexcept {
  if (is_leaf()) return false;
  const Node* n = impl_->node.load(std::memory_order_acquire);
  return n->extra != nullptr && n->extra->retain;
}

unsigned Tensor::register_hook(std::function<Tensor(const Tensor&)> fn) const {
  if (!fn) throw AutogradError("register_hook: the hook is an empty std::function; give it something to call");
  Extra& extra = extra_of(grad_node(*this, "register_hook"));
  change_structure();
  extra.hooks.push_back({extra.next_hook, std::make_shared<std::function<Tensor(const Tensor&)>>(std::move(fn))});
  return extra.next_hook++;
}

void Tensor::remove_hook(unsigned id) const {
  Node* n = grad_node(*this, "remove_hook");
  Extra* extra = n->extra;
  if (extra == nullptr || id >= extra->next_hook)
    throw_autograd("remove_hook", "Invalid index, no hook at position ", id, "; give it what register_hook() gave");
  change_structure();
  // Where the tensor was changed in place since, the hook stands with what it was.
  while (std::erase_if(extra->hooks, [id](const Hook& h) { return h.id == id; }) == 0 && extra->continues) {
    n = n->edges()[0];
    if (n == nullptr || n->extra == nullptr) return;
    extra = n->extra;
  }
}

std::int64_t Tensor::version() const { return checked(*this, "version")->storage->version; }

bool is_grad_enabled() noexcept { return !context().no_grad; }
void set_grad_enabled(bool on) noexcept { context().no_grad = !on; }

}  // namespace tapegrad
