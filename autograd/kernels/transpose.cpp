#include "autograd/kernels/transpose.h"

#include "autograd/kernels/simd.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/transpose.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <type_traits>

#include "autograd/kernels/gemm_pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// A cache line's rows at a time: its elements of each column are read once.
template <class T>
void transpose_of(const T* from, int64_t from_col, int64_t rows, int64_t cols, T* to, int64_t to_row) {
  constexpr int64_t kRows = 64 / sizeof(T);
  for (int64_t r = 0; r < rows; r += kRows, from += kRows, to += kRows * to_row) {
    const int64_t n = std::min(kRows, rows - r);
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

void transpose_items(int item_size, const void* from, int64_t from_col, int64_t rows, int64_t cols, void* to,
                     int64_t to_row) {
  const auto run = [=]<class T>(T) {
    transpose_of(static_cast<const T*>(from), from_col, rows, cols, static_cast<T*>(to), to_row);
  };
  // Vectors move the bits of what they hold, whatever it is.
  item_size == 1 ? run(std::uint8_t{}) : item_size == 2 ? run(std::uint16_t{}) : item_size == 4 ? run(0.0F) : run(0.0);
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

TAPEGRAD_TARGETS(transpose_items);

void transpose(int item_size, const void* from, std::int64_t from_col, std::int64_t rows, std::int64_t cols, void* to,
               std::int64_t to_row) noexcept {
  TAPEGRAD_DISPATCH(transpose_items)(item_size, from, from_col, rows, cols, to, to_row);
}

}  // namespace tapegrad::kernels
#endif
