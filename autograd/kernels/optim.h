// What the kernels of all optimisers share: the parameter of a step. Each optimiser's own kernel, optim_<name>.h, takes
// one step over one parameter in one pass. Large parameters run on several threads. The bits are the same on every
// machine and at any thread count: there is no fused multiply-add.
//
// State that falls below the smallest normal number becomes 0: a buffer that only decays would otherwise end among the
// subnormal numbers, where arithmetic is many times slower, and stay there.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

// A parameter p and its gradient g: n contiguous elements each, of one dtype, kFloat or kDouble.
struct Param {
  Dtype dtype;
  void* p;
  const void* g;
  std::int64_t n;
};

}  // namespace tapegrad::kernels
