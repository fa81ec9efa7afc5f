// Sums of integers, the place of the best element, and moving single elements: plain loops.
#include <cstring>

#include "autograd/kernels/reduce.h"

namespace tapegrad::kernels {

namespace {

template <class T>
void sum_integers(const T* x, Shape3 s, std::int64_t* out) noexcept {
  for (std::int64_t o = 0; o < s.outer; ++o) {
    for (std::int64_t i = 0; i < s.inner; ++i) {
      std::uint64_t total = 0;
      for (std::int64_t j = 0; j < s.n; ++j) total += static_cast<std::uint64_t>(x[(o * s.n + j) * s.inner + i]);
      out[o * s.inner + i] = static_cast<std::int64_t>(total);
    }
  }
}

}  // namespace

void sum_long(const std::int64_t* x, Shape3 s, std::int64_t* out) noexcept { sum_integers(x, s, out); }
void sum_bool(const bool* x, Shape3 s, std::int64_t* out) noexcept { sum_integers(x, s, out); }

template <class T>
void arg_best(const T* x, Shape3 s, bool largest, std::int64_t* out) noexcept {
  for (std::int64_t o = 0; o < s.outer; ++o) {
    for (std::int64_t i = 0; i < s.inner; ++i) {
      const T* column = x + o * s.n * s.inner + i;
      std::int64_t best = 0;
      T value = column[0];
      for (std::int64_t j = 1; j < s.n && value == value; ++j) {
        const T v = column[j * s.inner];
        if (v != v || (largest ? v > value : v < value)) {
          best = j;
          value = v;
        }
      }
      out[o * s.inner + i] = best;
    }
  }
}

template void arg_best(const bool*, Shape3, bool, std::int64_t*) noexcept;
template void arg_best(const std::int64_t*, Shape3, bool, std::int64_t*) noexcept;
template void arg_best(const float*, Shape3, bool, std::int64_t*) noexcept;
template void arg_best(const double*, Shape3, bool, std::int64_t*) noexcept;

void take(const void* x, Shape3 s, const std::int64_t* index, void* out, int item) noexcept {
  const auto size = static_cast<std::size_t>(item);
  for (std::int64_t o = 0; o < s.outer; ++o) {
    for (std::int64_t i = 0; i < s.inner; ++i) {
      const std::int64_t to = o * s.inner + i;
      const std::int64_t from = (o * s.n + index[to]) * s.inner + i;
      std::memcpy(static_cast<char*>(out) + to * item, static_cast<const char*>(x) + from * item, size);
    }
  }
}

void put(const void* values, Shape3 s, const std::int64_t* index, void* out, int item) noexcept {
  const auto size = static_cast<std::size_t>(item);
  std::memset(out, 0, static_cast<std::size_t>(s.outer * s.n * s.inner) * size);
  for (std::int64_t o = 0; o < s.outer; ++o) {
    for (std::int64_t i = 0; i < s.inner; ++i) {
      const std::int64_t from = o * s.inner + i;
      const std::int64_t to = (o * s.n + index[from]) * s.inner + i;
      std::memcpy(static_cast<char*>(out) + to * item, static_cast<const char*>(values) + from * item, size);
    }
  }
}

}  // namespace tapegrad::kernels
