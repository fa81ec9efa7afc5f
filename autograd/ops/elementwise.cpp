#include "autograd/ops/elementwise.h"

namespace tapegrad::ops {

void map_call(const Call& c, kernels::Row row, int first) noexcept {
  const int n = c.n_in - first;
  TensorImpl* const* in = c.in + first;
  const void* data[kernels::kMaxInputs];
  int sizes[kernels::kMaxInputs];
  unsigned scalar = 0;
  bool simple = is_contiguous(c.out);
  for (int k = 0; k < n && simple; ++k) {
    data[k] = in[k]->data;
    sizes[k] = static_cast<int>(item_size(in[k]->dtype));
    if (in[k]->numel == 1) {
      scalar |= 1U << k;
    } else {
      simple = is_contiguous(in[k]) && in[k]->numel == c.out->numel;  // what broadcasts is then of size 1
    }
  }
  if (simple) {
    kernels::map_contiguous(row, c.out->data, static_cast<int>(item_size(c.out->dtype)), data, sizes, n, scalar,
                            c.out->numel, c.attrs.words);
    return;
  }
  kernels::Operand operands[1 + kernels::kMaxInputs];
  for (int k = 0; k <= n; ++k) {
    const TensorImpl* t = k == 0 ? c.out : in[k - 1];
    operands[k].data = t->data;
    operands[k].item_size = static_cast<std::uint8_t>(item_size(t->dtype));
    const int shift = c.rank - t->rank;
    for (int d = 0; d < c.rank; ++d) {
      const bool broadcast = d < shift || (t->sizes()[d - shift] == 1);
      operands[k].strides[d] = broadcast ? 0 : t->strides()[d - shift];
    }
  }
  kernels::map(row, operands, n, c.sizes, c.rank, c.attrs.words);
}

Tensor scalar_tensor(const Scalar& v, Dtype dtype) {
  Tensor t = Tensor::adopt(new_tensor(dtype, nullptr, 0, 1));
  TensorImpl* i = t.impl();
  switch (dtype) {
    case kBool:
      *i->ptr<bool>() = v.to<bool>();
      break;
    case kLong:
      *i->ptr<std::int64_t>() = v.to_long();
      break;
    case kFloat:
      *i->ptr<float>() = v.to<float>();
      break;
    case kDouble:
      *i->ptr<double>() = v.to_double();
      break;
  }
  return t;
}

Tensor wrapped(const Scalar& v, Dtype with) {
  if (v.is_floating_point()) return scalar_tensor(v, is_floating_point(with) ? with : kFloat);
  return scalar_tensor(v, with == kBool ? v.kind() : with);
}

void require_arithmetic(Call& c) {
  broadcast_shape(c);
  if (c.dtype == kBool) {
    throw_dtype(c.op->name, "is not defined for bool tensors; convert with to(kLong) or to(kFloat) first");
  }
}

Tensor in_real(const Tensor& x) { return x.is_floating_point() ? x : x.to(kFloat); }

}  // namespace tapegrad::ops
