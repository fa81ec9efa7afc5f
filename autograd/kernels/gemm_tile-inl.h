// The inner loop of the matrix product: one tile of C, R rows by V vectors, held in registers.
//
// For every k: V vectors of B's row are loaded, R values of A broadcast, R * V fused multiply-adds done. With 32
// registers 8 x 3 leaves room for the operands and needs 11 loads for 24 multiply-adds, so arithmetic is the limit;
// with 16 registers the same holds for 4 x 3. Every row count is an instance of its own, because a product of 10 rows
// is done as 5 + 5 and not as 8 + 2.
//
// Rounding: a chain of k additions errs by up to k / 2 eps, more than we promise, so sums run over blocks of
// `sum_block` values of k, and the blocks are then added to C one by one. The order is a matter of k alone.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_GEMM_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_GEMM_TILE_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_GEMM_TILE_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_GEMM_TILE_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "autograd/kernels/gemm_product.h"
#include "autograd/kernels/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// The most rows of a tile of 1, 2, 3 ... vectors. One row alone needs six vectors, or it would wait for its own sums.
constexpr int kTileVectors = 6;
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
constexpr int kTileRows[kTileVectors] = {8, 6, 4, 1, 1, 1};
#else
constexpr int kTileRows[kTileVectors] = {16, 8, 8, 1, 1, 1};
#endif
constexpr int64_t most_vectors(int64_t rows) { return rows == 1 ? kTileVectors : 3; }

// Where the tile lies. What all tiles share is read from the product itself.
template <class T>
struct Tile {
  const T* a;
  const T* b;  // unit column stride
  T* c;
  int64_t b_row;
  int64_t k;
  int64_t last_lanes;  // columns in the last vector
  bool add;            // to what C holds
};

// The same value, unknown to the compiler: it would version the loop by stride, and compute the addresses of all rows
// of C far ahead and spill them.
template <class Value>
HWY_INLINE Value opaque(Value value) {
  asm("" : "+r"(value));
  return value;
}

template <int R, int V, class T>
void compute_tile(const Product<T>& g, const Tile<T>& t) {
  const hn::ScalableTag<T> d;
  using Vec = hn::Vec<decltype(d)>;
  constexpr int kLast = V - 1;  // the vector that may be in part beyond the columns
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const Tail tail(d, t.last_lanes);
  const T* a = t.a;
  const T* b = t.b;
  const int64_t a_row = g.a_row, a_col = g.a_col, b_row = t.b_row, ldc = g.ldc;
  bool add = t.add;
  int64_t left = t.k;
  do {
    Vec sum[R][V];
    HWY_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      HWY_UNROLL(16)
      for (int v = 0; v < V; ++v) sum[r][v] = hn::Zero(d);
    }
    int64_t count = std::min(g.sum_block, left);
    left -= count;
    do {
      Vec bv[V];
      HWY_UNROLL(16)
      for (int v = 0; v < kLast; ++v) bv[v] = hn::LoadU(d, b + v * lanes);
      bv[kLast] = tail.load(d, b + kLast * lanes);
      HWY_UNROLL(16)
      for (int r = 0; r < R; ++r) {
        const Vec av = hn::Set(d, a[r * a_row]);
        HWY_UNROLL(16)
        for (int v = 0; v < V; ++v) sum[r][v] = hn::MulAdd(av, bv[v], sum[r][v]);
      }
      a = opaque(a + a_col);
      b = opaque(b + b_row);
    } while (--count > 0);
    // All loads before the first store: in a narrow C the vectors of neighbouring rows overlap, and a load that
    // overlaps a store in flight waits for it.
    if (add) {
      const T* c = t.c;
      HWY_UNROLL(16)
      for (int r = 0; r < R; ++r) {
        HWY_UNROLL(16)
        for (int v = 0; v < kLast; ++v) sum[r][v] = hn::Add(hn::LoadU(d, c + v * lanes), sum[r][v]);
        sum[r][kLast] = hn::Add(tail.load(d, c + kLast * lanes), sum[r][kLast]);
        c = opaque(c + ldc);
      }
    }
    T* c = t.c;
    HWY_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      HWY_UNROLL(16)
      for (int v = 0; v < kLast; ++v) hn::StoreU(sum[r][v], d, c + v * lanes);
      tail.store(sum[r][kLast], d, c + kLast * lanes);
      c = opaque(c + ldc);
    }
    add = true;
  } while (left > 0);
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // TAPEGRAD_AUTOGRAD_KERNELS_GEMM_TILE_INL_H_
