// Copies a strided part of a matrix so that its columns become contiguous: whole vectors where they are so already,
// small transposes in registers where its rows are.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_GEMM_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_GEMM_PACK_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_GEMM_PACK_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_GEMM_PACK_INL_H_
#endif

#include <cstdint>

#include "autograd/kernels/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR
// One value of `k` for as many columns as d has lanes: [column 0, 1, 2, 3 at k] is row 0 of a 4 x 4 transpose (2 x 2 in
// f64) that each 128-bit block of the vectors does on its own. This reads the blocks: block i is column i * kSquare.
template <class D, class T = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> load_blocks(D d, const T* from, int64_t col) {
  if constexpr (hn::MaxLanes(d) * sizeof(T) <= 16) {
    return hn::LoadU(d, from);
  } else {
    const hn::Half<D> half;
    const auto upper = load_blocks(half, from + static_cast<int64_t>(hn::MaxLanes(half)) * col, col);
    return hn::Combine(d, upper, load_blocks(half, from, col));
  }
}

template <class D>
HWY_INLINE void transpose(D d, const float* from, int64_t col, float* to, int64_t width) {
  const auto c0 = load_blocks(d, from, col), c1 = load_blocks(d, from + col, col);
  const auto c2 = load_blocks(d, from + 2 * col, col), c3 = load_blocks(d, from + 3 * col, col);
  const auto even_low = hn::InterleaveLower(d, c0, c2), odd_low = hn::InterleaveLower(d, c1, c3);
  const auto even_high = hn::InterleaveUpper(d, c0, c2), odd_high = hn::InterleaveUpper(d, c1, c3);
  hn::StoreU(hn::InterleaveLower(d, even_low, odd_low), d, to);
  hn::StoreU(hn::InterleaveUpper(d, even_low, odd_low), d, to + width);
  hn::StoreU(hn::InterleaveLower(d, even_high, odd_high), d, to + 2 * width);
  hn::StoreU(hn::InterleaveUpper(d, even_high, odd_high), d, to + 3 * width);
}
template <class D>
HWY_INLINE void transpose(D d, const double* from, int64_t col, double* to, int64_t width) {
  const auto c0 = load_blocks(d, from, col), c1 = load_blocks(d, from + col, col);
  hn::StoreU(hn::InterleaveLower(d, c0, c1), d, to);
  hn::StoreU(hn::InterleaveUpper(d, c0, c1), d, to + width);
}

// Transposes columns [begin, cols) as far as whole vectors of d go, and returns where it stopped.
template <class D, class T = hn::TFromD<D>>
HWY_INLINE int64_t transpose_columns(D d, const T* from, int64_t col, int64_t k, int64_t begin, int64_t cols,
                                     int64_t width, T* to) {
  constexpr int64_t kSquare = 16 / sizeof(T);
  const int64_t lanes = static_cast<int64_t>(hn::MaxLanes(d));
  for (; begin + lanes <= cols; begin += lanes) {
    for (int64_t p = 0; p < k; p += kSquare) transpose(d, from + p + begin * col, col, to + p * width + begin, width);
  }
  return begin;
}
#endif

// to[p * width + j] = from[p * row + j * col] for p < k, j < cols; the other columns up to width become 0. The width is
// that of some vectors, of which the last may be in part beyond cols.
template <class T>
void pack(const T* from, int64_t row, int64_t col, int64_t k, int64_t cols, int64_t width, T* to) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), last = width - lanes;
  if (col == 1) {
    const Tail tail(d, cols - last);
    for (int64_t p = 0; p < k; ++p) {
      for (int64_t j = 0; j < last; j += lanes) hn::Store(hn::LoadU(d, from + p * row + j), d, to + p * width + j);
      hn::Store(tail.load(d, from + p * row + last), d, to + p * width + last);
    }
    return;
  }
  int64_t done_k = 0, done_cols = 0;
  if (cols < width) {
    for (int64_t p = 0; p < k; ++p) hn::Store(hn::Zero(d), d, to + p * width + last);
  }
#if HWY_TARGET != HWY_SCALAR
  if (row == 1) {
    const hn::CappedTag<T, 16 / sizeof(T)> block;
    done_k = k / static_cast<int64_t>(hn::MaxLanes(block)) * static_cast<int64_t>(hn::MaxLanes(block));
    done_cols = transpose_columns(d, from, col, done_k, 0, cols, width, to);
    done_cols = transpose_columns(block, from, col, done_k, done_cols, cols, width, to);
  }
#endif
  for (int64_t p = 0; p < k; ++p) {
    for (int64_t j = p < done_k ? done_cols : 0; j < cols; ++j) to[p * width + j] = from[p * row + j * col];
  }
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // TAPEGRAD_AUTOGRAD_KERNELS_GEMM_PACK_INL_H_
