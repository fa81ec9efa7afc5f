// A matrix with contiguous columns copied to one with contiguous rows, by squares in registers.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_TRANSPOSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_TRANSPOSE_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_TRANSPOSE_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_TRANSPOSE_INL_H_
#endif

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "autograd/kernels/gemm_pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// to[r * to_row + c] = from[r + c * from_col], a cache line's rows at a time: its elements of each column are read
// once.
template <class T>
void transpose_of(const T* from, int64_t from_col, int64_t rows, int64_t cols, T* to, int64_t to_row) {
  constexpr int64_t kLine = 64 / sizeof(T);
  for (int64_t r = 0; r < rows; r += kLine, from += kLine, to += kLine * to_row) {
    const int64_t n = std::min(kLine, rows - r);
    int64_t done_rows = 0, done_cols = 0;
#if HWY_TARGET != HWY_SCALAR
    if constexpr (std::is_floating_point_v<T>) {
      const hn::ScalableTag<T> d;
      const hn::CappedTag<T, 16 / sizeof(T)> block;
      done_rows = n / static_cast<int64_t>(hn::MaxLanes(block)) * static_cast<int64_t>(hn::MaxLanes(block));
      done_cols = transpose_columns(d, from, from_col, done_rows, 0, cols, to_row, to);
      done_cols = transpose_columns(block, from, from_col, done_rows, done_cols, cols, to_row, to);
    }
#endif
    for (int64_t c = 0; c < cols; ++c)
      for (int64_t i = c < done_cols ? done_rows : 0; i < n; ++i) to[i * to_row + c] = from[i + c * from_col];
  }
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // TAPEGRAD_AUTOGRAD_KERNELS_TRANSPOSE_INL_H_
