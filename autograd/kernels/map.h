// Runs a row function over operands of any strides.
//
// Dimensions that lie one behind the other are joined first. What is then one run, or one element for all, goes
// straight to the row function. Longer rows with an outer loop around them go row by row, with strided operands
// gathered into a small buffer; short rows are gathered 512 elements at a time. The row function sees the same values
// in the same order in each case, so strides never change bits.
#pragma once

#include <cstdint>

#include "autograd/kernels/loop.h"

namespace tapegrad::kernels {

inline constexpr std::int64_t kGrain = 1 << 15;  // elements a piece of parallel work

struct Operand {
  void* data;
  std::int64_t strides[kMaxRank];  // in elements, for each dim of the loop; 0 where it is broadcast
  std::uint8_t item_size;
};

// operands[0] is written, the n_in behind it are read. Runs in parallel when the work is large.
void map(Loop loop, const Operand* operands, int n_in, const std::int64_t* sizes, int rank,
         const std::int64_t* params) noexcept;

}  // namespace tapegrad::kernels
