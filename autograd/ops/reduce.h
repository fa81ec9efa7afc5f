// The parts of the reductions that other families use.
#pragma once

#include "autograd/core/batch.h"
#include "autograd/kernels/reduce.h"

namespace tapegrad::ops {

using core::Call;
using core::Grads;
using core::Op;
using core::TensorImpl;

// x as [outer, n, inner], where n joins the dims [first, last).
inline kernels::Shape3 shape3(const TensorImpl* x, std::int64_t first, std::int64_t last) noexcept {
  kernels::Shape3 s{1, 1, 1};
  for (int d = 0; d < x->rank; ++d) (d < first ? s.outer : d < last ? s.n : s.inner) *= x->sizes()[d];
  return s;
}
// x as [outer, n, inner], where n is dim, and inner counts bytes.
inline kernels::Shape3 bytes_around(const TensorImpl* x, std::int64_t dim) noexcept {
  kernels::Shape3 s = shape3(x, dim, dim + 1);
  s.inner *= static_cast<std::int64_t>(item_size(x->dtype));
  return s;
}

// A reduction is an op with these attributes and this shape: it reduces the dims [first, last), which are dropped, or
// stay with size 1 where keepdim is 1.
struct ReduceAttrs {
  std::int64_t first, last, keepdim;
};
void reduced_shape(Call& c);
kernels::Shape3 shape3(const Call& c) noexcept;  // of its input
Tensor reduce_batch(const core::Batch& b);
Tensor kept(const Grads& r, const Tensor& g);  // g, shaped to broadcast against the input
std::int64_t reduced_count(const Grads& r);    // how many elements of the input one of the output stands for

// A reduction of any dims, neighbours or not; no dims: of all.
Tensor reduce_dims(const Op& op, const Tensor& x, IntList dims, bool keepdim);

// x summed to `sizes`, from which it could have been broadcast: ShapeError otherwise.
Tensor sum_to(const Tensor& x, IntList sizes);

void divide(TensorImpl* x, std::int64_t n) noexcept;  // a floating x, in place

// For each element of a floating x the product of the others along dim.
Tensor product_of_others(const Tensor& x, std::int64_t dim);

Tensor widened(const Tensor& x);  // int64 where x is an integer or bool
Tensor truth(const Tensor& x);    // whether each element is not 0

}  // namespace tapegrad::ops
