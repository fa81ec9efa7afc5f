// Copies: clone, contiguous, to(dtype), copy_, fill_, zero_.
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static void identity_vjp(Grads& r) { r.set(0, r.g()); }  // cast back to the input's dtype where it differs

static void run_cast(const Call& c) noexcept { map_call(c, kernels::cast_loop(c.in[0]->dtype, c.out->dtype)); }
static void cast_source(Source& s) { s.each("a"); }
constexpr Op kClone{.name = "clone",
                    .grad_name = "CloneBackward0",
                    .flags = kTakesStrided | kKeepsOrder | kAnyDtype,
                    .shape = same_shape,
                    .kernel = run_cast,
                    .batch = elementwise_batch,
                    .source = cast_source,
                    .vjp = identity_vjp};
TAPEGRAD_UNARY_RESULT(clone, kClone)

constexpr Op kContiguousClone{.name = "clone.contiguous",
                              .grad_name = "CloneBackward0",
                              .flags = kTakesStrided | kAnyDtype,
                              .shape = same_shape,
                              .kernel = run_cast,
                              .batch = elementwise_batch,
                              .source = cast_source,
                              .vjp = identity_vjp};
Tensor ops::contiguous_clone(const Tensor& x) { return apply(kContiguousClone, x); }
static void require_row_major(const char* op, std::optional<MemoryFormat> format) {
  if (!format || *format == MemoryFormat::Contiguous || *format == MemoryFormat::Preserve) return;
  throw_value(op, "memory is laid out row by row, there is no channels-last format; leave the memory format out");
}
Tensor TensorOps::contiguous(MemoryFormat format) const {
  require_row_major("contiguous", format);
  return self().is_contiguous() ? self() : contiguous_clone(self());
}

// --- to: another dtype
namespace {
struct ToAttrs {
  std::int64_t dtype;
};
}  // namespace

static void to_shape(Call& c) {
  same_shape(c);
  c.dtype = static_cast<Dtype>(c.attrs.as<ToAttrs>().dtype);
}
constexpr Op kTo{.name = "to",
                 .grad_name = "ToCopyBackward0",
                 .flags = kTakesStrided | kKeepsOrder | kAnyDtype,
                 .shape = to_shape,
                 .kernel = run_cast,
                 .batch = elementwise_batch,
                 .source = cast_source,
                 .vjp = identity_vjp};
Tensor TensorOps::to(Dtype dtype, bool, bool copy, std::optional<MemoryFormat> format) const {
  require_row_major("to", format);
  const bool same = self().dtype() == dtype;
  if (same && !copy) return self();
  const Tensor x = same ? clone() : apply(kTo, self(), pack(ToAttrs{static_cast<std::int64_t>(dtype)}));
  return format == MemoryFormat::Contiguous ? x.contiguous() : x;
}
Tensor TensorOps::to(TypeMeta dtype, bool, bool copy, std::optional<MemoryFormat> format) const {
  return to(dtype.toScalarType(), false, copy, format);
}
Tensor TensorOps::to(Device device, bool, bool copy, std::optional<MemoryFormat> format) const {
  return to(device, self().dtype(), false, copy, format);
}
Tensor TensorOps::to(DeviceType device, bool, bool copy, std::optional<MemoryFormat> format) const {
  return to(Device(device), false, copy, format);
}
Tensor TensorOps::to(Device device, Dtype dtype, bool, bool copy, std::optional<MemoryFormat> format) const {
  detail::require_cpu("to", device);
  return to(dtype, false, copy, format);
}
Tensor TensorOps::to(const TensorOptions& options, bool, bool copy, std::optional<MemoryFormat> format) const {
  if (options.requires_grad()) {
    throw Error(
        "to: to(options) expects unset requires_grad flag, but got options.requires_grad set as true; call "
        "requires_grad_() on the result");
  }
  return to(options.dtype_or(self().dtype()), false, copy, format);
}
Tensor TensorOps::to(const Tensor& other, bool, bool copy, std::optional<MemoryFormat> format) const {
  return to(other.dtype(), false, copy, format);
}
Tensor TensorOps::toType(Dtype dtype) const { return to(dtype); }
Tensor TensorOps::cpu() const { return self(); }
Tensor TensorOps::pin_memory() const { return self(); }
Tensor TensorOps::cuda() const {
  detail::require_cpu("cuda", DeviceType::CUDA);
  return self();
}

// --- copy_(x, source): only in place
static void copy_shape(Call& c) {
  broadcast_shape(c);
  c.dtype = c.in[0]->dtype;
}
static void run_copy(const Call& c) noexcept { map_call(c, kernels::cast_loop(c.in[1]->dtype, c.out->dtype), 1); }
static void copy_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, zeros_like(r.g()));
  r.set(1, r.g());
}
static constexpr Op copy_op(const char* name, const char* grad_name) {
  return {.name = name,
          .grad_name = grad_name,
          .flags = kTakesStrided | kAnyDtype,
          .shape = copy_shape,
          .kernel = run_copy,
          .batch = elementwise_batch,
          .source = [](Source& s) { s.each("b"); },
          .vjp = copy_vjp};
}
constexpr Op kCopy = copy_op("copy", "CopyBackwards");
Tensor& TensorOps::copy_(const Tensor& source) const {
  // A cast beforehand, so that every source dtype is taken, as PyTorch does.
  return in_place(kCopy, self(), source.defined() ? source.to(self().dtype()) : source);
}

constexpr Op kFill = copy_op("fill", "FillBackward0");
Tensor& TensorOps::fill_(const Scalar& value) const {
  return in_place(kFill, self(), scalar_tensor(value, self().dtype()));
}
Tensor& TensorOps::zero_() const { return fill_(0); }

}  // namespace tapegrad
