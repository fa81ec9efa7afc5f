// Reductions over the middle of a contiguous [outer, n, inner] array into [outer, inner].
//
// Sums are pairwise: blocks of at most 1024 elements or 16 rows, then a tree, so that the error grows with log n. The
// tree depends on n alone, never on the thread count.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

struct Shape3 {
  std::int64_t outer, n, inner;
};

// dtype: that of the input. int64 and bool sum to int64.
void sum(Dtype dtype, const void* x, Shape3 s, void* out) noexcept;
// The sums of the squares, floating dtypes only; the same bits as sum() of the squares.
void sum_squares(Dtype dtype, const void* x, Shape3 s, void* out) noexcept;
// sqrt(sum of x^2 / divisor) for each column, also where a square or their sum leaves the range of the dtype.
void root_of_squares(Dtype dtype, const void* x, Shape3 s, std::int64_t divisor, void* out) noexcept;
void sum_integers(Dtype dtype, const void* x, Shape3 s, std::int64_t* out) noexcept;
// Products, of floating dtypes and int64; they go the ways of sums, and integers wrap around.
void product(Dtype dtype, const void* x, Shape3 s, void* out) noexcept;
void product_integers(const std::int64_t* x, Shape3 s, std::int64_t* out) noexcept;
// For each element the product of the others of its column, also where some of them are 0.
void product_of_others(Dtype dtype, const void* x, Shape3 s, void* out) noexcept;

// *out = sum_i x[i] y[i] where `inner`, else sum_i (x[i] - y[i])^2; the same bits as sum() of those terms.
void pair_sum(Dtype dtype, const void* x, const void* y, std::int64_t n, bool inner, void* out) noexcept;

// A sum over all elements of x and y, which is then divided.
struct TotalSum {
  enum Term : std::uint8_t { kElement, kProduct, kSquaredDifference };
  Term term = kElement;
  std::int64_t divisor = 1;
};
// The same in parts: sums of blocks of kSumBlock elements (the last may be shorter), and what they come to, with the
// bits of sum() and pair_sum(). Floating dtypes only.
inline constexpr std::int64_t kSumBlock = 1024;
void sum_block(Dtype dtype, TotalSum::Term term, const void* x, const void* y, std::int64_t n, void* out) noexcept;
void join_blocks(Dtype dtype, const void* sums, std::int64_t n, std::int64_t divisor, void* out) noexcept;

// The index of the largest (or smallest) element, the first among equals, or the element itself; the other one is null.
// A NaN beats every number. n >= 1.
void best(Dtype dtype, const void* x, Shape3 s, bool largest, std::int64_t* index, void* value) noexcept;

void best_plain(Dtype dtype, const void* x, Shape3 s, bool largest, std::int64_t* index, void* value) noexcept;

// The running sums along n, in either direction; carried in double for f32, in int64 for bool and int64.
void cumsum(Dtype dtype, const void* x, Shape3 s, bool reverse, void* out) noexcept;

// Over the rows of [rows, n]: softmax, or its logarithm where `log`, without overflow.
void softmax(Dtype dtype, bool log, const void* x, std::int64_t rows, std::int64_t n, void* out) noexcept;
// out * (g - sum(g * out)), or g - exp(out) * sum(g) where `log`, over rows.
void softmax_grad(Dtype dtype, bool log, const void* g, const void* out, std::int64_t rows, std::int64_t n,
                  void* dx) noexcept;

}  // namespace tapegrad::kernels
