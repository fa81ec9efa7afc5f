// Sums of integers, the place of the best element, and moving single elements: plain loops.
#include <cstring>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/reduce.h"

namespace tapegrad::kernels {

namespace {

// f(where it begins in [outer, n, inner], where its result stands in [outer, inner]) for each column.
template <class F>
void for_columns(Shape3 s, F f) {
  for (std::int64_t o = 0; o < s.outer; ++o)
    for (std::int64_t i = 0; i < s.inner; ++i) f(o * s.n * s.inner + i, o * s.inner + i);
}

}  // namespace

void sum_integers(Dtype dtype, const void* x, Shape3 s, std::int64_t* out) noexcept {
  by_dtype(dtype, [=]<class T>() {
    for_columns(s, [=](std::int64_t begin, std::int64_t result) {
      const T* column = static_cast<const T*>(x) + begin;
      std::uint64_t total = 0;
      for (std::int64_t j = 0; j < s.n; ++j) total += static_cast<std::uint64_t>(column[j * s.inner]);
      out[result] = static_cast<std::int64_t>(total);
    });
  });
}

void arg_best(Dtype dtype, const void* x, Shape3 s, bool largest, std::int64_t* out) noexcept {
  by_dtype(dtype, [=]<class T>() {
    for_columns(s, [=](std::int64_t begin, std::int64_t result) {
      const T* column = static_cast<const T*>(x) + begin;
      std::int64_t best = 0;
      T value = column[0];
      for (std::int64_t j = 1; j < s.n && value == value; ++j) {
        const T v = column[j * s.inner];
        if (v != v || (largest ? v > value : v < value)) {
          best = j;
          value = v;
        }
      }
      out[result] = best;
    });
  });
}

void take(const void* x, Shape3 s, const std::int64_t* index, void* out, int item) noexcept {
  for_columns(s, [=](std::int64_t begin, std::int64_t result) {
    const auto* from = static_cast<const std::byte*>(x) + (begin + index[result] * s.inner) * item;
    std::memcpy(static_cast<std::byte*>(out) + result * item, from, static_cast<std::size_t>(item));
  });
}

void put(const void* values, Shape3 s, const std::int64_t* index, void* out, int item) noexcept {
  std::memset(out, 0, static_cast<std::size_t>(s.outer * s.n * s.inner * item));
  for_columns(s, [=](std::int64_t begin, std::int64_t result) {
    auto* to = static_cast<std::byte*>(out) + (begin + index[result] * s.inner) * item;
    std::memcpy(to, static_cast<const std::byte*>(values) + result * item, static_cast<std::size_t>(item));
  });
}

}  // namespace tapegrad::kernels
