// Copies a strided part of a matrix so that its columns become contiguous: whole vectors where they are so already,
// small transposes in registers where its rows are.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_GEMM_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_GEMM_PACK_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_GEMM_PACK_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_GEMM_PACK_INL_H_
#endif

#include <cstdint>

#include "autograd/kernels/gemm.h"
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

// Walks a nest from its element `at` on.
class NestWalk {
 public:
  NestWalk(const Nest& nest, int64_t at) : nest_(nest) {
    for (int d = 3; d >= 0; --d) {
      index_[d] = at % nest.size[d];
      at /= nest.size[d];
      offset_ += index_[d] * nest.stride[d];
    }
  }
  int64_t offset() const { return offset_; }
  int64_t left() const { return nest_.size[3] - index_[3]; }  // elements of the innermost dim, this one among them
  void next() { advance(1); }
  void advance(int64_t n) {  // at most left()
    index_[3] += n;
    offset_ += n * nest_.stride[3];
    for (int d = 3; d > 0 && index_[d] == nest_.size[d]; --d) {
      offset_ += nest_.stride[d - 1] - nest_.size[d] * nest_.stride[d];
      index_[d] = 0;
      ++index_[d - 1];
    }
  }

 private:
  const Nest& nest_;
  int64_t index_[4] = {}, offset_ = 0;
};

// Where the rows [first, first + n) of a nest begin.
inline void walk(const Nest& nest, int64_t first, int64_t n, int64_t* offsets) {
  NestWalk row(nest, first);
  for (int64_t p = 0; p < n; ++p, row.next()) offsets[p] = row.offset();
}

// to[p * width + j] = the element first_col + j of the columns' nest, from rows[p] on, p < k, j < cols. Columns of one
// innermost dim are copied together, as vectors where they lie side by side.
template <class T>
HWY_NOINLINE void pack_nested(const T* from, const int64_t* rows, const Nest& columns, int64_t first_col, int64_t k,
                              int64_t cols, int64_t width, T* to) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), step = columns.stride[3];
  NestWalk col(columns, first_col);
  for (int64_t j = 0, run; j < cols; j += run, col.advance(run)) {
    run = col.left() < cols - j ? col.left() : cols - j;
    const T* const source = from + col.offset();
    T* const target = to + j;
    if (step != 1) {
      for (int64_t p = 0; p < k; ++p) {
        for (int64_t i = 0; i < run; ++i) target[p * width + i] = source[rows[p] + i * step];
      }
      continue;
    }
    const int64_t whole = run / lanes * lanes;
    const Tail tail(d, run - whole);
    if (whole == 0) {  // the windows of small images: nothing but the copies
      for (int64_t p = 0; p < k; ++p) tail.store(tail.load(d, source + rows[p]), d, target + p * width);
      continue;
    }
    for (int64_t p = 0; p < k; ++p) {
      const T* const x = source + rows[p];
      T* const y = target + p * width;
      for (int64_t i = 0; i < whole; i += lanes) hn::StoreU(hn::LoadU(d, x + i), d, y + i);
      if (whole < run) tail.store(tail.load(d, x + whole), d, y + whole);
    }
  }
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // TAPEGRAD_AUTOGRAD_KERNELS_GEMM_PACK_INL_H_
