// Sums and products of integers, products of others, roots of sums of squares, the best element, running sums: plain
// loops.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/parallel.h"
#include "autograd/kernels/reduce.h"

namespace tapegrad::kernels {

namespace {

// f(where it begins in [outer, n, inner], where its result stands in [outer, inner]) for each column.
void for_columns(Shape3 s, auto f) {
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

void product_integers(const std::int64_t* x, Shape3 s, std::int64_t* out) noexcept {
  for_columns(s, [=](std::int64_t begin, std::int64_t result) {
    std::uint64_t total = 1;
    for (std::int64_t j = 0; j < s.n; ++j) total *= static_cast<std::uint64_t>(x[begin + j * s.inner]);
    out[result] = static_cast<std::int64_t>(total);
  });
}

namespace {

// What stands before an element of a column times what stands behind it, for columns side by side. Without a quotient
// zeros need no case of their own.
template <class T>
void products_around(const T* x, std::int64_t n, std::int64_t stride, std::int64_t columns, T* out) noexcept {
  constexpr std::int64_t kTogether = 64;
  for (std::int64_t from = 0; from < columns; from += kTogether) {
    const std::int64_t width = std::min(kTogether, columns - from);
    T product[kTogether];
    std::fill_n(product, width, T{1});
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t i = 0, at = j * stride + from; i < width; ++i, ++at) {
        out[at] = product[i];
        product[i] *= x[at];
      }
    }
    std::fill_n(product, width, T{1});
    for (std::int64_t j = n; j-- > 0;) {
      for (std::int64_t i = 0, at = j * stride + from; i < width; ++i, ++at) {
        out[at] *= product[i];
        product[i] *= x[at];
      }
    }
  }
}

}  // namespace

void product_of_others(Dtype dtype, const void* x, Shape3 s, void* out) noexcept {
  by_floating(dtype, [=]<class T>() {
    const T* const from = static_cast<const T*>(x);
    T* const to = static_cast<T*>(out);
    if (s.inner != 1) {
      return for_rows(s.outer, s.n * s.inner, [=](std::int64_t o) {
        const std::int64_t at = o * s.n * s.inner;
        products_around(from + at, s.n, s.inner, s.inner, to + at);
      });
    }
    // The quotient of a row's product is quicker, where that is neither 0 nor out of range.
    constexpr std::int64_t kRows = 64;
    for_rows((s.outer + kRows - 1) / kRows, kRows * s.n, [=](std::int64_t block) {
      const std::int64_t first = block * kRows, rows = std::min(kRows, s.outer - first);
      T products[kRows];
      product(dtype, from + first * s.n, {rows, s.n, 1}, products);
      for (std::int64_t r = 0; r < rows; ++r) {
        const T* const row = from + (first + r) * s.n;
        T* const result = to + (first + r) * s.n;
        if (!std::isnormal(products[r])) {
          products_around(row, s.n, 1, 1, result);
          continue;
        }
        for (std::int64_t i = 0; i < s.n; ++i) result[i] = products[r] / row[i];
      }
    });
  });
}

// Squares are summed again, in a wider type, where their sum overflowed or is so small that squares among its terms may
// have lost digits below the smallest normal number.
void root_of_squares(Dtype dtype, const void* x, Shape3 s, std::int64_t divisor, void* out) noexcept {
  sum_squares(dtype, x, s, out);
  by_floating(dtype, [=]<class T>() {
    using Wide = std::conditional_t<sizeof(T) == sizeof(float), double, long double>;
    using Limits = std::numeric_limits<T>;
    const T least = static_cast<T>(s.n) * Limits::min();
    for_columns(s, [=](std::int64_t begin, std::int64_t result) {
      T& root = static_cast<T*>(out)[result];
      if (!(root < least) && root != Limits::infinity()) {
        root = std::sqrt(root / static_cast<T>(divisor));
        return;
      }
      const auto is_zero = [=] {
        for (std::int64_t j = 0; j < s.n; ++j)
          if (static_cast<const T*>(x)[begin + j * s.inner] != 0) return false;
        return true;
      };
      if (root == 0 && is_zero()) {
        root /= static_cast<T>(divisor);  // NaN where that is 0, too
        return;
      }
      Wide total = 0;
      for (std::int64_t j = 0; j < s.n;) {
        Wide part = 0;
        for (const std::int64_t end = std::min<std::int64_t>(s.n, j + 1024); j < end; ++j) {
          const auto v = static_cast<Wide>(static_cast<const T*>(x)[begin + j * s.inner]);
          part += v * v;
        }
        total += part;
      }
      root = static_cast<T>(std::sqrt(total / static_cast<Wide>(divisor)));
    });
  });
}

void best_plain(Dtype dtype, const void* x, Shape3 s, bool largest, std::int64_t* index, void* value) noexcept {
  by_dtype(dtype, [=]<class T>() {
    for_columns(s, [=](std::int64_t begin, std::int64_t result) {
      const T* column = static_cast<const T*>(x) + begin;
      std::int64_t at = 0;
      T most = column[0];
      for (std::int64_t j = 1; j < s.n && most == most; ++j) {
        const T v = column[j * s.inner];
        if (v != v || (largest ? v > most : v < most)) {
          at = j;
          most = v;
        }
      }
      if (index != nullptr) index[result] = at;
      if (value != nullptr) static_cast<T*>(value)[result] = most;
    });
  });
}

void cumsum(Dtype dtype, const void* x, Shape3 s, bool reverse, void* out) noexcept {
  by_dtype(dtype, [=]<class T>() {
    constexpr bool kFloating = std::is_floating_point_v<T>;
    constexpr std::int64_t kColumns = 64;  // that go on together
    using Total = std::conditional_t<kFloating, double, std::uint64_t>;
    using Out = std::conditional_t<kFloating, T, std::int64_t>;
    for (std::int64_t o = 0; o < s.outer; ++o) {
      if (s.inner == 1) {
        Total total = 0;
        std::int64_t at = o * s.n + (reverse ? s.n - 1 : 0);
        for (std::int64_t j = 0; j < s.n; ++j, at += reverse ? -1 : 1)
          static_cast<Out*>(out)[at] = static_cast<Out>(total += static_cast<Total>(static_cast<const T*>(x)[at]));
        continue;
      }
      for (std::int64_t from = 0; from < s.inner; from += kColumns) {
        const std::int64_t width = std::min(kColumns, s.inner - from);
        Total totals[kColumns] = {};
        for (std::int64_t j = 0; j < s.n; ++j) {
          const std::int64_t at = (o * s.n + (reverse ? s.n - 1 - j : j)) * s.inner + from;
          const T* const row = static_cast<const T*>(x) + at;
          Out* const to = static_cast<Out*>(out) + at;
          for (std::int64_t i = 0; i < width; ++i) {
            totals[i] += static_cast<Total>(row[i]);
            to[i] = static_cast<Out>(totals[i]);
          }
        }
      }
    }
  });
}

}  // namespace tapegrad::kernels
