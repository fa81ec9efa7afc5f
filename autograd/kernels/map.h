// Runs a loop over operands of any strides. map.cpp says how; strides never change bits.
#pragma once

#include <cstddef>
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

// Rows of `bytes` bytes each, which lie to_row and from_row bytes apart.
void copy_rows(std::byte* to, std::int64_t to_row, const std::byte* from, std::int64_t from_row, std::int64_t rows,
               std::int64_t bytes) noexcept;

}  // namespace tapegrad::kernels
