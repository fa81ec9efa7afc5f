// Matrix product: the front. Decides how sums are grouped and which blocks of C there are, all by global shape, and
// runs one block per chunk of a parallel loop. See gemm_tile-inl.h for the arithmetic, gemm_block-inl.h for packing.
#include "autograd/kernels/gemm.h"

#include "autograd/kernels/simd.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/gemm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "autograd/kernels/gemm_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

void block_f32(const Product<float>& g, int64_t row_begin, int64_t row_end, int64_t col_begin, int64_t col_end) {
  compute_block(g, row_begin, row_end, col_begin, col_end);
}
void block_f64(const Product<double>& g, int64_t row_begin, int64_t row_end, int64_t col_begin, int64_t col_end) {
  compute_block(g, row_begin, row_end, col_begin, col_end);
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <cmath>

#include "autograd/kernels/parallel.h"

namespace tapegrad::kernels {
namespace {

TAPEGRAD_TARGETS(block_f32);
TAPEGRAD_TARGETS(block_f64);

void compute(const Product<float>& g, int64_t r0, int64_t r1, int64_t c0, int64_t c1) noexcept {
  TAPEGRAD_DISPATCH(block_f32)(g, r0, r1, c0, c1);
}
void compute(const Product<double>& g, int64_t r0, int64_t r1, int64_t c0, int64_t c1) noexcept {
  TAPEGRAD_DISPATCH(block_f64)(g, r0, r1, c0, c1);
}

int64_t ceil_div(int64_t a, int64_t b) noexcept { return (a + b - 1) / b; }

// The longest block L with (L + k / L - 1) / 2 <= 4 + sqrt k: the error, in eps of sum |A| |B|, of adding L values one
// after the other and then k / L sums one after the other. Up to 16 values one block is good enough.
int64_t sum_block(int64_t k) noexcept {
  if (k <= 16) return k;
  const double root = std::sqrt(static_cast<double>(k));
  const auto longest = std::min(kMostPacked, static_cast<int64_t>(4.5 + root + std::sqrt(20.25 + 9 * root)));
  return ceil_div(k, ceil_div(k, longest));
}

// About 192 values of k, in whole blocks.
int64_t packed_k(int64_t k, int64_t block) noexcept { return ceil_div(ceil_div(k, block), ceil_div(k, 192)) * block; }

// Cuts C in blocks, each the work of a chunk of the parallel loop.
//
// Note: how C is cut. A block takes 5 us or more, which is what most_chunks says. There are four of them where the work
// allows, so that threads that come late find some. Columns are cut first, as every block packs the part of B that it
// needs: between cache lines, in strips of at most 16 lines and at least two, and where there are more than four strips
// in a multiple of four. Rows are cut where the strips alone are fewer than four, into blocks of about 32 rows or more,
// and where a block would have more than 512, so that its part of A stays in L2 while panels of B pass.
template <class T>
HWY_NOINLINE void compute_in_chunks(const Product<T>& g, int64_t most_chunks) noexcept {
  constexpr int64_t kLine = 64 / sizeof(T), kRows = 8;  // a cut is at a multiple of these
  const int64_t lines = ceil_div(g.n, kLine), row_groups = ceil_div(g.m, kRows);
  const int64_t four_or_fewer = std::min<int64_t>(most_chunks, 4);
  int64_t col_chunks = std::max(ceil_div(lines, 16), std::min(lines / 2, four_or_fewer));
  if (col_chunks > 4) col_chunks = ceil_div(col_chunks, 4) * 4;
  col_chunks = std::clamp<int64_t>(col_chunks, 1, most_chunks);
  const int64_t row_chunks =
      std::max(ceil_div(g.m, 256), std::min(ceil_div(four_or_fewer, col_chunks), ceil_div(g.m, 32)));
  parallel_for(row_chunks * col_chunks, 1, [&](int64_t chunk, int64_t) noexcept {
    const int64_t row = chunk / col_chunks, col = chunk % col_chunks;
    compute(g, row * row_groups / row_chunks * kRows, std::min((row + 1) * row_groups / row_chunks * kRows, g.m),
            col * lines / col_chunks * kLine, std::min((col + 1) * lines / col_chunks * kLine, g.n));
  });
}

// One block, or as many as there is work for.
template <class T>
void start(Product<T>& g) noexcept {
  const double work = static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k);
  constexpr double kChunkWork = 5e5;  // multiply-adds
  if (work < 2 * kChunkWork) return compute(g, 0, g.m, 0, g.n);
  if (g.m >= 96 && work >= 256.0 * 256.0 * static_cast<double>(g.m)) g.pack_b = true;
  compute_in_chunks(g, static_cast<int64_t>(std::min(work / kChunkWork, 1e6)));
}

}  // namespace

template <class T>
void gemm(int64_t m, int64_t n, int64_t k, const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row,
          int64_t b_col, T* c, int64_t ldc, bool accumulate, const T* bias) noexcept {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) {  // as the product of two zeros
    constexpr T zero{};
    return gemm<T>(m, n, 1, &zero, 0, 0, &zero, 0, 0, c, ldc, accumulate, bias);
  }
  Product<T> g{m, n, k, a, a_row, a_col, b, b_row, b_col, c, ldc, accumulate, bias, sum_block(k), k, b_col != 1};
  if (k > 192) g.packed_k = packed_k(k, g.sum_block);
  start(g);
}

// The one stride of a nest whose dims are as one; 0 where there is none.
static int64_t single_stride(const Nest& nest) noexcept {
  int64_t stride = 0, size = 1;
  for (int d = 3; d >= 0; --d) {
    if (nest.size[d] == 1) continue;
    if (stride == 0) stride = nest.stride[d];
    if (stride == 0 || nest.stride[d] != stride * size) return 0;
    size *= nest.size[d];
  }
  return stride == 0 ? 1 : stride;
}

template <class T>
void gemm_nested(int64_t m, int64_t n, int64_t k, const T* a, int64_t a_row, int64_t a_col, const T* b,
                 const Nested& nested, T* c, int64_t ldc, bool accumulate, int64_t total_k) noexcept {
  if (m <= 0 || n <= 0 || k <= 0) return;
  Product<T> g{m, n,    k,      a, a_row, a_col, b, 0, 0, c, ldc, accumulate, nullptr, std::min(k, sum_block(total_k)),
               k, true, &nested};
  if (k > 192) g.packed_k = packed_k(k, g.sum_block);
  const int64_t row = single_stride(nested.rows), col = single_stride(nested.cols);
  if (row != 0 && col == 1) {  // a matrix after all, that can be read where it is
    g.nested = nullptr;
    g.b_row = row;
    g.b_col = col;
    g.pack_b = false;
  }
  start(g);
}
template void gemm_nested<float>(int64_t, int64_t, int64_t, const float*, int64_t, int64_t, const float*, const Nested&,
                                 float*, int64_t, bool, int64_t) noexcept;
template void gemm_nested<double>(int64_t, int64_t, int64_t, const double*, int64_t, int64_t, const double*,
                                  const Nested&, double*, int64_t, bool, int64_t) noexcept;

template void gemm<float>(int64_t, int64_t, int64_t, const float*, int64_t, int64_t, const float*, int64_t, int64_t,
                          float*, int64_t, bool, const float*) noexcept;
template void gemm<double>(int64_t, int64_t, int64_t, const double*, int64_t, int64_t, const double*, int64_t, int64_t,
                           double*, int64_t, bool, const double*) noexcept;

}  // namespace tapegrad::kernels
#endif  // HWY_ONCE
