// The one entry to matrix products.
#pragma once

#include <cstdint>

namespace tapegrad::kernels {

// C[i, j] = (accumulate ? C[i, j] : 0) + sum over k of A[i, k] * B[k, j] (+ bias[j] if bias is not null).
//
// A is [m, k] and B is [k, n], each with any two strides in elements (0 and negative ones too); C is [m, n] with rows
// ldc >= n elements apart and must not overlap A, B or bias. m, n and k may be 0.
//
// The bits of C depend on the values, on k and on whether n is 1 (and on the SIMD target of the machine): not on
// strides, threads, or other sizes. |error| <= (4 + sqrt k) eps sum |A| |B|. NaN and infinity propagate. Large products
// run on the threads of parallel.h. Allocates nothing, never fails; takes up to 80 KB of stack.
template <class T>  // float or double
void gemm(int64_t m, int64_t n, int64_t k, const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row,
          int64_t b_col, T* c, int64_t ldc, bool accumulate, const T* bias) noexcept;

// The places of elements that lie as a row-major array of four dims with any strides.
struct Nest {
  int64_t size[4], stride[4];
};
// B[k, j] is the element rows(k) + cols(j): the windows of an image, say, as the columns of a matrix.
struct Nested {
  Nest rows, cols;
};

// The same without bias, for a B whose rows and columns are nests; `total_k`, at least k, is how many terms the sums
// have with those of earlier calls that C holds. The bits of C depend on the values, k, and total_k.
template <class T>
void gemm_nested(int64_t m, int64_t n, int64_t k, const T* a, int64_t a_row, int64_t a_col, const T* b,
                 const Nested& nested, T* c, int64_t ldc, bool accumulate, int64_t total_k) noexcept;

}  // namespace tapegrad::kernels
