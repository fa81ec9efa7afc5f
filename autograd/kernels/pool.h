// Pooling over up to three dims: windows of a plane [size] to a plane [out_size].
#pragma once

#include <cstdint>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

// How windows lie in a dim. Those of an adaptive pool share it out: output o has [o in / out, (o + 1) in / out),
// rounded outwards.
struct PoolDim {
  std::int64_t in, out, kernel, stride, padding, dilation, adaptive;
};
struct PoolShape {
  PoolDim dim[3];
  std::int64_t include_pad;  // an average counts the padding's zeros
  std::int64_t divisor;      // where it is not 0, sums are divided by it
};

// The place of each window's largest element among the elements of all planes, the first among equals, the last NaN
// where there is one.
void max_pool(Dtype dtype, const PoolShape& s, const void* x, std::int64_t planes, std::int64_t* place) noexcept;

// The average of each window; and the gradient of x by that of the averages.
void avg_pool(Dtype dtype, const PoolShape& s, const void* x, std::int64_t planes, void* y) noexcept;
void avg_pool_grad(Dtype dtype, const PoolShape& s, const void* dy, std::int64_t planes, void* dx) noexcept;

}  // namespace tapegrad::kernels
