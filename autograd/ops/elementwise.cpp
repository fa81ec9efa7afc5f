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

void bool_shape(Call& c) {
  broadcast_shape(c);
  c.dtype = kBool;
}

Tensor& copy_over(const char* op, const Tensor& self, const Tensor& result) try {
  require_castable(op, result.dtype(), self.dtype());
  return self.copy_(result);
} catch (const Error&) {
  throw_as(called(op, true).c_str());
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
  using Number = kernels::Number<T>;
  auto v = static_cast<T>(static_cast<Number>(c.attrs.as<Widest<Number>>()));
  if (!is_contiguous(c.out)) {
    const auto item = static_cast<std::uint8_t>(sizeof(T));
    const kernels::Operand operands[] = {operand_of(c.out, c.out->rank), {&v, {}, item}};
    const kernels::Loop copy = kernels::cast_loop(c.out->dtype, c.out->dtype);
    return kernels::map(copy, operands, 1, c.out->sizes(), c.out->rank, nullptr);
  }
  if (c.out->numel > 1 && c.attrs[0] == 0) return fill_zero(c.out);
  for (std::int64_t k = 0; k < c.out->numel; ++k) c.out->ptr<T>()[k] = v;
}
template <class T>
constexpr Op kFull{.name = "full", .flags = kNoGrad, .kernel = run_full<T>, .source = [](Source& s) { s.each("p0"); }};
}  // namespace

Full full_of(const Scalar& v, Dtype dtype) {
  return kernels::by_any_dtype(dtype, [&]<class T>() -> Full {
    using Number = kernels::Number<T>;
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
