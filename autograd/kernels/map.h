// Runs a loop over operands of any strides. map.cpp says how; strides never change bits.
#pragma once

#include <cstdint>

#include "autograd/kernels/loop.h"
#include "autograd/kernels/parallel.h"

namespace tapegrad::kernels {

struct Operand {
  void* data;
  std::int64_t strides[kMaxRank];  // in elements, for each dim of the loop; 0 where it is broadcast
  std::uint8_t item_size;
};

// operands[0] is written, the n_in behind it are read. Runs in parallel when the work is large.
void map(Loop loop, const Operand* operands, int n_in, const std::int64_t* sizes, int rank,
         const std::int64_t* params) noexcept;

}  // namespace tapegrad::kernels
