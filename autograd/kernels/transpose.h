// Copies a matrix whose columns are contiguous to one whose rows are.
#pragma once

#include <cstdint>

namespace tapegrad::kernels {

// to[r * to_row + c] = from[r + c * from_col] for r < rows, c < cols; elements of 1, 2, 4 or 8 bytes.
void transpose(int item_size, const void* from, std::int64_t from_col, std::int64_t rows, std::int64_t cols, void* to,
               std::int64_t to_row) noexcept;

}  // namespace tapegrad::kernels
