// What other families need of the reductions.
#pragma once

#include "autograd/core/op.h"
#include "autograd/kernels/reduce.h"

namespace tapegrad::ops {

using core::TensorImpl;

// x as [outer, n, inner], n being the dims [first, last).
inline kernels::Shape3 shape3(const TensorImpl* x, std::int64_t first, std::int64_t last) noexcept {
  kernels::Shape3 s{1, 1, 1};
  for (int d = 0; d < x->rank; ++d) (d < first ? s.outer : d < last ? s.n : s.inner) *= x->sizes()[d];
  return s;
}

// x summed to `sizes`, from which it could have been broadcast: ShapeError otherwise.
Tensor sum_to(const Tensor& x, IntList sizes);

void divide(TensorImpl* x, std::int64_t n) noexcept;  // a floating x, in place

}  // namespace tapegrad::ops
