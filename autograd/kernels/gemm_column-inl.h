// The matrix product for n = 1: a dot product a row, where the tile would leave all lanes but one idle.
//
// Vectors run along k, eight rows at a time share the loads of B. Every lane sums at most `sum_block` values before the
// lanes are added as a tree and the sum goes to C, so the bound of the tile holds here too. Rows of A that are not
// contiguous, and B if it is not, are first copied to the stack; the order of the sums does not know of it.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_GEMM_COLUMN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_GEMM_COLUMN_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_GEMM_COLUMN_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_GEMM_COLUMN_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

#include "autograd/kernels/gemm_pack-inl.h"
#include "autograd/kernels/gemm_product.h"
#include "autograd/kernels/gemm_tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// c[r * ldc] (+)= sum over k of a[r * a_row + k] * b[k], r < R.
template <int R, class T>
HWY_INLINE void dot_rows(const T* a, int64_t a_row, const T* b, int64_t k, T* c, int64_t ldc, bool add) {
  const hn::ScalableTag<T> d;
  using Vec = hn::Vec<decltype(d)>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  Vec sum[R];
  HWY_UNROLL(16)
  for (int r = 0; r < R; ++r) sum[r] = hn::Zero(d);
  int64_t p = 0;
  for (; p + lanes <= k; p += lanes) {
    const Vec bv = hn::LoadU(d, b + p);
    HWY_UNROLL(16)
    for (int r = 0; r < R; ++r) sum[r] = hn::MulAdd(hn::LoadU(d, a + r * a_row + p), bv, sum[r]);
  }
  if (p < k) {
    const Tail tail(d, k - p);
    const Vec bv = tail.load(d, b + p);
    HWY_UNROLL(16)
    for (int r = 0; r < R; ++r) sum[r] = hn::MulAdd(tail.load(d, a + r * a_row + p), bv, sum[r]);
  }
  HWY_UNROLL(16)
  for (int r = 0; r < R; ++r) {
    const T whole = hn::GetLane(hn::SumOfLanes(d, sum[r]));
    c[r * ldc] = add ? c[r * ldc] + whole : whole;
  }
}

template <class T>
HWY_NOINLINE void compute_column(const Product<T>& g, int64_t row_begin, int64_t row_end) {
  constexpr int64_t kRows = 8, kMostStep = 8192 / sizeof(T);
  HWY_ALIGN T a_copy[kRows * kMostStep];
  HWY_ALIGN T b_copy[kMostStep];
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  const int64_t step = std::min(g.sum_block * lanes, kMostStep);
  for (int64_t p = 0; p < g.k; p += step) {
    const int64_t k = std::min(step, g.k - p), width = (k + lanes - 1) / lanes * lanes;
    const bool add = g.accumulate || p > 0;
    const T* b = g.b + p * g.b_row;
    if (g.b_row != 1) {
      pack(b, 0, g.b_row, 1, k, width, b_copy);
      b = b_copy;
    }
    int64_t rows;
    for (int64_t row = row_begin; row < row_end; row += rows) {
      rows = row + kRows <= row_end ? kRows : 1;
      const T* a = g.a + row * g.a_row + p * g.a_col;
      int64_t a_row = g.a_row;
      if (g.a_col != 1) {
        pack(a, g.a_row, g.a_col, rows, k, width, a_copy);
        a = a_copy;
        a_row = width;
      }
      T* c = g.c + row * g.ldc;
      if (rows == kRows) {
        dot_rows<kRows>(a, a_row, b, k, c, g.ldc, add);
      } else {
        dot_rows<1>(a, a_row, b, k, c, g.ldc, add);
      }
    }
  }
  if (g.bias == nullptr) return;
  for (int64_t row = row_begin; row < row_end; ++row) g.c[row * g.ldc] += g.bias[0];
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // TAPEGRAD_AUTOGRAD_KERNELS_GEMM_COLUMN_INL_H_
