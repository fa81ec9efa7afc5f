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

template <class T>  // float, double
void sum(const T* x, Shape3 s, T* out) noexcept;
void sum_long(const std::int64_t* x, Shape3 s, std::int64_t* out) noexcept;
void sum_bool(const bool* x, Shape3 s, std::int64_t* out) noexcept;

// sum_i x[i] y[i] where `inner`, else sum_i (x[i] - y[i])^2: with the bits of the two steps one after the other
template <class T>
T pair_sum(const T* x, const T* y, std::int64_t n, bool inner) noexcept;

// The index of the largest (or smallest) element, the first among equals; a NaN beats every number. n >= 1.
template <class T>
void arg_best(const T* x, Shape3 s, bool largest, std::int64_t* out) noexcept;

// out[o, j, i] = 1 where j == index[o, i] selects: moves single elements between [outer, n, inner] and [outer, inner].
void take(const void* x, Shape3 s, const std::int64_t* index, void* out, int item) noexcept;
void put(const void* values, Shape3 s, const std::int64_t* index, void* out, int item) noexcept;  // zeros elsewhere

// Over the rows of [rows, n]: softmax or its logarithm, without overflow.
template <class T>
void softmax(const T* x, std::int64_t rows, std::int64_t n, T* out) noexcept;
template <class T>
void log_softmax(const T* x, std::int64_t rows, std::int64_t n, T* out) noexcept;
// g - exp(out) * sum(g), and out * (g - sum(g * out)), over rows.
template <class T>
void log_softmax_grad(const T* g, const T* out, std::int64_t rows, std::int64_t n, T* dx) noexcept;
template <class T>
void softmax_grad(const T* g, const T* out, std::int64_t rows, std::int64_t n, T* dx) noexcept;

}  // namespace tapegrad::kernels
