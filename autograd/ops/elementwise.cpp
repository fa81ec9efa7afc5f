#include "autograd/ops/elementwise.h"

#include <cstring>

#include "autograd/core/execute.h"

namespace tapegrad::ops {

kernels::Operand operand_of(const TensorImpl* t, int rank) noexcept {
  kernels::Operand o{t->data, {}, static_cast<std::uint8_t>(item_size(t->dtype))};
  const int shift = rank - t->rank;
  for (int d = shift; d < rank; ++d) o.strides[d] = t->sizes()[d - shift] == 1 ? 0 : t->strides()[d - shift];
  return o;
}

void map_strided(const Call& c, kernels::Loop loop, int first) noexcept {
  const TensorImpl* out = c.out;
  kernels::Operand operands[1 + kernels::kMaxInputs] = {operand_of(out, out->rank)};
  for (int k = first; k < c.n_in; ++k) operands[1 + k - first] = operand_of(c.in[k], out->rank);
  kernels::map(loop, operands, c.n_in - first, out->sizes(), out->rank, c.attrs.words);
}

void scalar_shape(Call& c) noexcept {
  c.dtype = c.in[0]->dtype;
  c.rank = 0;
  c.numel = 1;
}

void bool_shape(Call& c) {
  broadcast_shape(c);
  c.dtype = kBool;
}

Tensor& copy_over(const char* name, const Tensor& self, const Tensor& result) try {
  if (kind(result.dtype()) > kind(self.dtype())) {
    throw_dtype(name, "result type ", result.dtype(), " can't be cast to the desired output type ", self.dtype(),
                "; convert x with to() first");
  }
  return self.copy_(result);
} catch (const Error&) {
  throw_as(name);
}

void fill_zero(TensorImpl* x) noexcept {
  if (x->numel > 0) std::memset(x->data, 0, static_cast<std::size_t>(x->numel) * item_size(x->dtype));
}

// --- full: its attribute is the value, as a double or as an integer, whichever the dtype is
namespace {
template <class T>
using Widest = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
template <class T>
void run_full(const Call& c) noexcept {
  if (c.out->numel > 1 && c.attrs[0] == 0) return fill_zero(c.out);
  using Number = std::conditional_t<std::is_arithmetic_v<T>, T, float>;
  const auto v = static_cast<T>(static_cast<Number>(c.attrs.as<Widest<Number>>()));
  for (std::int64_t k = 0; k < c.out->numel; ++k) c.out->ptr<T>()[k] = v;
}
template <class T>
constexpr Op kFull{.name = "full", .flags = kNoGrad, .kernel = run_full<T>};
}  // namespace

Full full_of(const Scalar& v, Dtype dtype) {
  return kernels::by_any_dtype(dtype, [&]<class T>() -> Full {
    using Number = std::conditional_t<std::is_arithmetic_v<T>, T, float>;
    return {&kFull<T>, pack(static_cast<Widest<Number>>(v.to<Number>())).words[0]};
  });
}

Tensor scalar_tensor(const Scalar& v, Dtype dtype, IntList sizes) {
  const Full full = full_of(v, dtype);
  return create(*full.op, dtype, sizes, 1, full);
}

Tensor with_options(Tensor t, TensorOptions options) {
  if (options.requires_grad()) t.requires_grad_();
  return t;
}

Tensor wrapped(const Scalar& v, Dtype with) {
  if (v.is_floating_point()) return scalar_tensor(v, is_floating_point(with) ? with : context().default_dtype);
  if (is_narrow(with) && !is_floating_point(with)) return scalar_tensor(v, kLong).to(with);  // it wraps around
  return scalar_tensor(v, with == kBool ? v.kind() : with);
}

Tensor in_floating(const Tensor& x) { return x.is_floating_point() ? x : x.to(context().default_dtype); }

}  // namespace tapegrad::ops
