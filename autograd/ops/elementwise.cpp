#include "autograd/ops/elementwise.h"

namespace tapegrad::ops {

kernels::Operand operand_of(const TensorImpl* t, int rank) noexcept {
  kernels::Operand o{t->data, {}, static_cast<std::uint8_t>(item_size(t->dtype))};
  const int shift = rank - t->rank;
  for (int d = shift; d < rank; ++d) o.strides[d] = t->sizes()[d - shift] == 1 ? 0 : t->strides()[d - shift];
  return o;
}

void map_strided(const Call& c, kernels::Row row, int first) noexcept {
  const TensorImpl* out = c.out;
  kernels::Operand operands[1 + kernels::kMaxInputs] = {operand_of(out, out->rank)};
  for (int k = first; k < c.n_in; ++k) operands[1 + k - first] = operand_of(c.in[k], out->rank);
  kernels::map(row, operands, c.n_in - first, out->sizes(), out->rank, c.attrs.words);
}

void number_shape(Call& c) noexcept {
  c.dtype = c.in[0]->dtype;
  c.rank = 0;
  c.numel = 1;
}

void fill(TensorImpl* x, std::int64_t begin, std::int64_t end, const Scalar& v) {
  by_dtype(x->dtype, [=]<class T>() { std::fill(x->ptr<T>() + begin, x->ptr<T>() + end, v.to<T>()); });
}

Tensor scalar_tensor(const Scalar& v, Dtype dtype) {
  Tensor t = Tensor::adopt(new_tensor(dtype, nullptr, 0, 1));
  by_dtype(dtype, [&]<class T>() { *t.impl()->ptr<T>() = v.to<T>(); });
  return t;
}

Tensor with_options(Tensor t, TensorOptions options) {
  if (options.requires_grad_value()) t.requires_grad_();
  return t;
}

Tensor wrapped(const Scalar& v, Dtype with) {
  if (v.is_floating_point()) return scalar_tensor(v, is_floating_point(with) ? with : kFloat);
  return scalar_tensor(v, with == kBool ? v.kind() : with);
}

Tensor in_real(const Tensor& x) { return x.is_floating_point() ? x : x.to(kFloat); }

}  // namespace tapegrad::ops
