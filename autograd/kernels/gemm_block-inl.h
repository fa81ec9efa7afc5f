// A block of C on one thread: packing, and the loops around the tile; dot products where C has few columns.
//
// A panel is up to three vectors of columns (six for a single row). B is packed, panel by panel with one row of the
// panel after the other, when its columns are strided (the tile needs unit stride) or when enough rows use it again to
// pay for the copy; the packed stretch of k, about 192, keeps a panel in L1 while all row tiles pass over it, and lets
// one panel at a time fit in a buffer on the stack. A is broadcast from where it lies, by its two strides. Packing
// moves values only: the bits of C do not know of it.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_GEMM_BLOCK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_GEMM_BLOCK_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_GEMM_BLOCK_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_GEMM_BLOCK_INL_H_
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "autograd/kernels/gemm_pack-inl.h"
#include "autograd/kernels/gemm_product.h"
#include "autograd/kernels/gemm_tile-inl.h"
#include "autograd/kernels/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// Cuts `total` in the fewest parts of at most `most`, their sizes as equal as can be, larger ones first.
class Parts {
 public:
  Parts(int64_t total, int64_t most) : count_(1), size_(total), larger_(0) {
    if (total <= most) return;  // the divisions below would be half the time of a 4 x 4 product
    count_ = (total + most - 1) / most;
    size_ = total / count_;
    larger_ = total % count_;
  }
  int64_t count() const { return count_; }
  int64_t size(int64_t i) const { return size_ + (i < larger_ ? 1 : 0); }
  int64_t begin(int64_t i) const { return i * size_ + std::min(i, larger_); }

 private:
  int64_t count_, size_, larger_;
};

template <class T>
HWY_NOINLINE void add_bias(const T* bias, int64_t rows, int64_t cols, T* c, int64_t ldc) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t j = 0; j < cols; j += lanes) {
    const Tail tail(d, std::min(cols - j, lanes));
    const auto value = tail.load(d, bias + j);
    for (int64_t i = 0; i < rows; ++i) {
      T* at = c + i * ldc + j;
      tail.store(hn::Add(tail.load(d, at), value), d, at);
    }
  }
}

// Note: tables of instances. Row and column counts of a tile are template arguments, so that its sums stay in
// registers; which tile is wanted is known when the program runs. kTiles<T>[V - 1][R - 1] is compute_tile<R, V, T>, R
// rows by V vectors, for every R up to kTileRows[V - 1] (the other places are null and not asked for). An integer
// sequence 0, 1, 2 ... makes a row of the table: V + 1... stands for 1, 2, 3 ... In the same way kDots<T>[V - 1] holds
// dot_tile of V columns for one row and for kDotRows.
template <class T>
using TileFn = void (*)(const Product<T>&, const Tile<T>&);

template <class T>
using TilesByRows = std::array<TileFn<T>, kTileRows[0]>;

template <class T, int V, int... R>
constexpr TilesByRows<T> tiles_of_width(std::integer_sequence<int, R...>) {
  return {&compute_tile<R + 1, V, T>...};
}
template <class T, int... V>
constexpr std::array<TilesByRows<T>, kTileVectors> all_tiles(std::integer_sequence<int, V...>) {
  return {tiles_of_width<T, V + 1>(std::make_integer_sequence<int, kTileRows[V]>{})...};
}

template <class T>
constexpr auto kTiles = all_tiles<T>(std::make_integer_sequence<int, kTileVectors>{});

template <class T>
HWY_NOINLINE void compute_panels(const Product<T>& g, int64_t row_begin, int64_t row_end, int64_t col_begin,
                                 int64_t col_end) {
  constexpr int64_t kBufferSize = 65536 / sizeof(T);
  HWY_ALIGN T buffer[kBufferSize];
  int64_t rows[kMostPacked];  // of nests
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  const int64_t m = row_end - row_begin, n = col_end - col_begin;
  const int64_t step_k = g.packed_k;
  const int64_t most = most_vectors(m),
                widest = g.pack_b ? std::clamp<int64_t>(kBufferSize / (step_k * lanes), 1, most) : most;
  const Parts panels((n + lanes - 1) / lanes, widest);

  Tile<T> tile;
  for (int64_t p = 0; p < g.k; p += step_k) {
    tile.k = std::min(step_k, g.k - p);
    tile.add = g.accumulate || p > 0;
    if (g.nested != nullptr) walk(g.nested->rows, p, tile.k, rows);
    for (int64_t panel = 0; panel < panels.count(); ++panel) {
      const int64_t width = panels.size(panel) * lanes;
      const int64_t begin = col_begin + panels.begin(panel) * lanes;
      const int64_t cols = std::min(width, col_end - begin);
      tile.b = g.b + p * g.b_row + begin * g.b_col;
      tile.b_row = g.b_row;
      if (g.pack_b) {
        if (g.nested != nullptr) {
          pack_nested(g.b, rows, g.nested->cols, begin, tile.k, cols, width, buffer);
        } else {
          pack(tile.b, g.b_row, g.b_col, tile.k, cols, width, buffer);
        }
        tile.b = buffer;
        tile.b_row = width;
      }
      tile.last_lanes = cols - (width - lanes);
      const bool add_bias_now = g.bias != nullptr && p + tile.k == g.k;
      const auto vectors = static_cast<size_t>(panels.size(panel));
      const TilesByRows<T>& by_rows = kTiles<T>[vectors - 1];
      const Parts tiles(m, kTileRows[vectors - 1]);
      for (int64_t i = 0; i < tiles.count(); ++i) {
        const int64_t row = row_begin + tiles.begin(i);
        tile.a = g.a + row * g.a_row + p * g.a_col;
        tile.c = g.c + row * g.ldc + begin;
        by_rows[static_cast<size_t>(tiles.size(i) - 1)](g, tile);
        if (add_bias_now) add_bias(g.bias + begin, tiles.size(i), cols, tile.c, g.ldc);
      }
    }
  }
}

// --- few columns: dot products, where the tile would leave many lanes idle.
//
// Vectors run along k; R rows and V columns at a time share their loads. Every lane sums at most `sum_block` values
// before the lanes are added as a tree and the sum goes to C, so the bound of the tile holds here too.

constexpr int kDotRows = 4;
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
constexpr int kDotCols = 2;
#else
constexpr int kDotCols = 5;
#endif

// The sum of the lanes as a tree of halves: lane i and lane i + n / 2, and so on. Highway's has neighbours first on
// ARM.
template <class D, class V>
HWY_INLINE hn::TFromD<D> sum_of_halves(D d, V v) {
#if HWY_ARCH_ARM
  HWY_ALIGN hn::TFromD<D> lanes[hn::MaxLanes(d)];
  hn::Store(v, d, lanes);
  for (size_t half = hn::Lanes(d) / 2; half > 0; half /= 2)
    for (size_t i = 0; i < half; ++i) lanes[i] += lanes[half + i];
  return lanes[0];
#else
  return hn::GetLane(hn::SumOfLanes(d, v));
#endif
}

// c[r * ldc + v] (+)= sum over k of a[r * a_row + k] * b[v * b_col + k], r < R, v < V.
template <int R, int V, class T>
HWY_INLINE void dot_tile(const T* a, int64_t a_row, const T* b, int64_t b_col, int64_t k, T* c, int64_t ldc, bool add) {
  const hn::ScalableTag<T> d;
  using Vec = hn::Vec<decltype(d)>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  Vec sum[R][V];
  HWY_UNROLL(16)
  for (int r = 0; r < R; ++r) {
    HWY_UNROLL(16)
    for (int v = 0; v < V; ++v) sum[r][v] = hn::Zero(d);
  }
  const auto multiply_add = [&](int64_t p, const auto& load) HWY_ATTR {
    Vec bv[V];
    HWY_UNROLL(16)
    for (int v = 0; v < V; ++v) bv[v] = load(b + v * b_col + p);
    HWY_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      const Vec av = load(a + r * a_row + p);
      HWY_UNROLL(16)
      for (int v = 0; v < V; ++v) sum[r][v] = hn::MulAdd(av, bv[v], sum[r][v]);
    }
  };
  int64_t p = 0;
  for (; p + lanes <= k; p += lanes) multiply_add(p, [&](const T* from) HWY_ATTR { return hn::LoadU(d, from); });
  if (p < k) {
    const Tail tail(d, k - p);
    multiply_add(p, [&](const T* from) HWY_ATTR { return tail.load(d, from); });
  }
  HWY_UNROLL(16)
  for (int r = 0; r < R; ++r) {
    HWY_UNROLL(16)
    for (int v = 0; v < V; ++v) {
      const T whole = sum_of_halves(d, sum[r][v]);
      T& to = c[r * ldc + v];
      to = add ? to + whole : whole;
    }
  }
}

// from[r * row + p * col] for p < k as contiguous rows, and from one to the next: where they are, or copied to
// `buffer`. The order of the sums does not know of it.
template <class T>
std::pair<const T*, int64_t> contiguous(const T* from, int64_t row, int64_t col, int64_t rows, int64_t k, T* buffer) {
  if (col == 1) return {from, row};
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>())), width = (k + lanes - 1) / lanes * lanes;
  pack(from, row, col, rows, k, width, buffer);
  return {buffer, width};
}

// to[lane * V * lanes + i] = the sum that lane of dot_tile has for row i of V vectors of rows: b[p] times what load(p,
// v) gives, over p = lane, lane + lanes ...
template <int V, class D, class T, class Load>
HWY_INLINE void sums_of_lanes(D d, const Load& load, const T* b, int64_t k, T* to) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t lane = 0; lane < lanes; ++lane, to += V * lanes) {
    hn::Vec<D> sum[V];
    HWY_UNROLL(8)
    for (auto& s : sum) s = hn::Zero(d);
    for (int64_t p = lane; p < k; p += lanes) {
      const auto bv = hn::Set(d, b[p]);
      HWY_UNROLL(8)
      for (int v = 0; v < V; ++v) sum[v] = hn::MulAdd(load(p, v), bv, sum[v]);
    }
    const bool is_short = k % lanes != 0 && k % lanes <= lane;  // dot_tile adds a product of zeros there
    HWY_UNROLL(8)
    for (int v = 0; v < V; ++v) hn::Store(is_short ? hn::Add(sum[v], hn::Zero(d)) : sum[v], d, to + v * lanes);
  }
}

// c[i * ldc] (+)= sum over p < k of a[i + p * a_col] * b[p], i < rows, of V vectors of rows that lie side by side.
template <int V, class T>
void dot_vectors(const T* a, int64_t a_col, const T* b, int64_t rows, int64_t k, T* c, int64_t ldc, bool add) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), width = V * lanes;
  HWY_ALIGN T sums[hn::MaxLanes(d) * V * hn::MaxLanes(d)];
  if (rows < width) {
    const Tail tail(d, rows);
    sums_of_lanes<1>(
        d, [&](int64_t p, int) HWY_ATTR { return tail.load(d, a + p * a_col); }, b, k, sums);
  } else {
    sums_of_lanes<V>(
        d, [=](int64_t p, int v) HWY_ATTR { return hn::LoadU(d, a + p * a_col + v * lanes); }, b, k, sums);
  }
  for (int64_t half = lanes / 2; half > 0; half /= 2) {
    for (int64_t i = 0; i < half * width; i += lanes)
      hn::Store(hn::Add(hn::Load(d, sums + i), hn::Load(d, sums + half * width + i)), d, sums + i);
  }
  for (int64_t i = 0; i < rows; ++i) {
    T& to = c[i * ldc];
    to = add ? to + sums[i] : sums[i];
  }
}

// The same for any number of rows: the sums of dot_tile, lane by lane.
template <class T>
HWY_NOINLINE void dot_side_by_side(const T* a, int64_t a_col, const T* b, int64_t rows, int64_t k, T* c, int64_t ldc,
                                   bool add) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  int64_t row = 0;
  const auto run = [&]<int V>(std::integral_constant<int, V>, int64_t width) {
    dot_vectors<V>(a + row, a_col, b, width, k, c + row * ldc, ldc, add);
  };
  for (; rows - row >= 8 * lanes; row += 8 * lanes) run(std::integral_constant<int, 8>(), 8 * lanes);
  for (; rows - row >= 4 * lanes; row += 4 * lanes) run(std::integral_constant<int, 4>(), 4 * lanes);
  for (; rows - row >= 2 * lanes; row += 2 * lanes) run(std::integral_constant<int, 2>(), 2 * lanes);
  for (; row < rows; row += lanes) run(std::integral_constant<int, 1>(), std::min(rows - row, lanes));
}

// n = 1.
template <class T>
HWY_NOINLINE void compute_column(const Product<T>& g, int64_t row_begin, int64_t row_end) {
  constexpr int64_t kRows = 8, kMostStep = 8192 / sizeof(T);
  HWY_ALIGN T a_copy[kRows * kMostStep];
  HWY_ALIGN T b_copy[kMostStep];
  const int64_t step = std::min(g.sum_block * static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>())), kMostStep);
  for (int64_t p = 0; p < g.k; p += step) {
    const int64_t k = std::min(step, g.k - p);
    const bool add = g.accumulate || p > 0;
    const auto [b, b_col] = contiguous(g.b + p * g.b_row, 0, g.b_row, 1, k, b_copy);
    if (g.a_row == 1 && g.a_col != 1) {
      dot_side_by_side(g.a + row_begin + p * g.a_col, g.a_col, b, row_end - row_begin, k, g.c + row_begin * g.ldc,
                       g.ldc, add);
      continue;
    }
    int64_t rows;
    for (int64_t row = row_begin; row < row_end; row += rows) {
      rows = row + kRows <= row_end ? kRows : 1;
      const auto [a, a_row] = contiguous(g.a + row * g.a_row + p * g.a_col, g.a_row, g.a_col, rows, k, a_copy);
      T* c = g.c + row * g.ldc;
      if (rows == kRows) {
        dot_tile<kRows, 1>(a, a_row, b, b_col, k, c, g.ldc, add);
      } else {
        dot_tile<1, 1>(a, a_row, b, b_col, k, c, g.ldc, add);
      }
    }
  }
  if (g.bias == nullptr) return;
  for (int64_t row = row_begin; row < row_end; ++row) g.c[row * g.ldc] += g.bias[0];
}

// [V - 1][0] is dot_tile for one row, [V - 1][1] for kDotRows: see the note on tables of instances.
template <class T, int... V>
constexpr auto all_dots(std::integer_sequence<int, V...>) {
  return std::array{std::array{&dot_tile<1, V + 1, T>, &dot_tile<kDotRows, V + 1, T>}...};
}
template <class T>
constexpr auto kDots = all_dots<T>(std::make_integer_sequence<int, kDotCols>{});

template <class T>
HWY_NOINLINE void compute_dots(const Product<T>& g, int64_t row_begin, int64_t row_end) {
  constexpr int64_t kMostStep = 4096 / sizeof(T);
  HWY_ALIGN T a_copy[kDotRows * kMostStep];
  HWY_ALIGN T b_copy[kDotCols * kMostStep];
  const int64_t step = std::min(g.sum_block * static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>())), kMostStep);
  const Parts columns(g.n, kDotCols);
  for (int64_t p = 0; p < g.k; p += step) {
    const int64_t k = std::min(step, g.k - p);
    for (int64_t part = 0; part < columns.count(); ++part) {
      const int64_t column = columns.begin(part), count = columns.size(part);
      const auto [b, b_col] = contiguous(g.b + p * g.b_row + column * g.b_col, g.b_col, g.b_row, count, k, b_copy);
      int64_t rows;
      for (int64_t row = row_begin; row < row_end; row += rows) {
        rows = row + kDotRows <= row_end ? kDotRows : 1;
        const auto [a, a_row] = contiguous(g.a + row * g.a_row + p * g.a_col, g.a_row, g.a_col, rows, k, a_copy);
        kDots<T>[static_cast<size_t>(count - 1)][rows > 1 ? 1 : 0](a, a_row, b, b_col, k, g.c + row * g.ldc + column,
                                                                   g.ldc, g.accumulate || p > 0);
      }
    }
  }
  if (g.bias != nullptr) add_bias(g.bias, row_end - row_begin, g.n, g.c + row_begin * g.ldc, g.ldc);
}

// --- a block of any shape

template <class T>
void compute_block(const Product<T>& g, int64_t row_begin, int64_t row_end, int64_t col_begin, int64_t col_end) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  if (g.nested != nullptr) return compute_panels(g, row_begin, row_end, col_begin, col_end);
  if (g.n == 1) return compute_column(g, row_begin, row_end);
  if (g.m > kTileRows[0] || g.n > lanes || g.pack_b || g.k >= 16 * lanes) {
    // Where the tile would leave many lanes idle, and k is long enough to pay for adding the lanes.
    if (4 * g.n <= 3 * lanes && g.k >= 16 * lanes) return compute_dots(g, row_begin, row_end);
    return compute_panels(g, row_begin, row_end, col_begin, col_end);
  }
  // One tile, quickly. Where two fields are copied as one vector, it waits for the two stores before: hence opaque.
  const Tile<T> tile{g.a, opaque(g.b), g.c, opaque(g.b_row), opaque(g.k), g.n, g.accumulate};
  kTiles<T>[0][static_cast<size_t>(g.m - 1)](g, tile);
  if (g.bias != nullptr) add_bias(g.bias, g.m, g.n, g.c, g.ldc);
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // TAPEGRAD_AUTOGRAD_KERNELS_GEMM_BLOCK_INL_H_
