// What other families need of the reductions.
#pragma once

#include "autograd/core/op.h"
#include "autograd/kernels/reduce.h"

namespace tapegrad::ops {

using core::Call;
using core::Grads;
using core::Op;
using core::TensorImpl;

// x as [outer, n, inner], n being the dims [first, last).
inline kernels::Shape3 shape3(const TensorImpl* x, std::int64_t first, std::int64_t last) noexcept {
  kernels::Shape3 s{1, 1, 1};
  for (int d = 0; d < x->rank; ++d) (d < first ? s.outer : d < last ? s.n : s.inner) *= x->sizes()[d];
  return s;
}

// A reduction is an op with this shape rule, of the attributes first dim, how many, keepdim.
void reduced_shape(Call& c);
kernels::Shape3 shape3(const Call& c) noexcept;
Tensor kept(const Grads& r, const Tensor& g);  // g, shaped to broadcast against the input
std::int64_t reduced_count(const Grads& r);    // how many elements of the input stand for one of the output
Tensor reduce_dims(const Op& op, const Tensor& x, IntList dims, bool keepdim);  // no dims: all

// x summed to `sizes`, from which it could have been broadcast: ShapeError otherwise.
Tensor sum_to(const Tensor& x, IntList sizes);

void divide(TensorImpl* x, std::int64_t n) noexcept;  // a floating x, in place

}  // namespace tapegrad::ops
