// The order of the elements of rows.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

// For each row of x [rows, n] a permutation of 0 .. n - 1 in index [rows, n] that sorts it, equal elements as they
// stand, NaN as the largest; of which only places from .. to - 1 are what they would be after a whole sort.
void argsort(Dtype dtype, const void* x, std::int64_t rows, std::int64_t n, bool descending, std::int64_t from,
             std::int64_t to, std::int64_t* index) noexcept;

}  // namespace tapegrad::kernels
