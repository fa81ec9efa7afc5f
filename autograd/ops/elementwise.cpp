#include "autograd/ops/elementwise.h"

namespace tapegrad::ops {

void map_strided(const Call& c, kernels::Row row, int first) noexcept {
  const int n = c.n_in - first;
  const TensorImpl* out = c.out;
  kernels::Operand operands[1 + kernels::kMaxInputs];
  for (int k = 0; k <= n; ++k) {
    const TensorImpl* t = k == 0 ? out : c.in[first + k - 1];
    operands[k].data = t->data;
    operands[k].item_size = static_cast<std::uint8_t>(item_size(t->dtype));
    const int shift = out->rank - t->rank;
    for (int d = 0; d < out->rank; ++d) {
      const bool broadcast = d < shift || (t->sizes()[d - shift] == 1);
      operands[k].strides[d] = broadcast ? 0 : t->strides()[d - shift];
    }
  }
  kernels::map(row, operands, n, out->sizes(), out->rank, c.attrs.words);
}

void number_shape(Call& c) noexcept {
  c.dtype = c.in[0]->dtype;
  c.rank = 0;
  c.numel = 1;
}

void fill(TensorImpl* x, std::int64_t begin, std::int64_t end, const Scalar& v) noexcept {
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
