// How the result of an elementwise operation lies in memory.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

struct Laid {
  const std::int64_t* sizes;
  const std::int64_t* strides;
  int rank;
};

// Strides of a dense array of `sizes`, to which the inputs broadcast: its dims lie in the order of the inputs' strides,
// the first input first, as PyTorch has it. Where no input tells, the last dim is the innermost.
void dense_strides(const Laid* inputs, int n, const std::int64_t* sizes, int rank, std::int64_t* strides) noexcept;

}  // namespace tapegrad::kernels
