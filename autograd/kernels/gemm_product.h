// What the front of the matrix product tells its kernels.
#pragma once

#include <cstdint>

#include "autograd/kernels/gemm.h"

namespace tapegrad::kernels {

constexpr int64_t kMostPacked = 1024;  // values of k

// The arguments of gemm(), and what was decided from them.
template <class T>
struct Product {
  int64_t m, n, k;
  const T* a;
  int64_t a_row, a_col;
  const T* b;
  int64_t b_row, b_col;
  T* c;
  int64_t ldc;
  bool accumulate;
  const T* bias;
  int64_t sum_block;  // values of k summed before they are added to C; at most 1024
  int64_t packed_k;   // values of k packed at a time, a multiple of sum_block; at most kMostPacked
  bool pack_b;
  const Nested* nested = nullptr;  // where the elements of B are, in place of b_row and b_col; B is packed then
};

}  // namespace tapegrad::kernels
