// What the tape reaches of the operations: set here, so that core names no operation.
#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad::core {

namespace {

Tensor add(const Tensor& a, const Tensor& b) { return a.add(b); }
Tensor cast(const Tensor& x, Dtype dtype) { return x.to(dtype); }
Tensor copy(const Tensor& x) { return x.clone(); }

void add_into(TensorImpl* a, const TensorImpl* b) noexcept {
  TensorImpl* const in[] = {a, const_cast<TensorImpl*>(b)};
  Call c;
  c.in = in;
  c.n_in = 2;
  c.attrs = {};
  c.dtype = a->dtype;
  c.out = a;
  ops::map_call(c, kernels::row(kernels::Fn::Add, a->dtype));
}

}  // namespace

constinit const Above kAbove{add, ops::sum_to, cast, copy, add_into};

}  // namespace tapegrad::core
