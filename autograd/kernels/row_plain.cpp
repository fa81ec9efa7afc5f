// Rows that need no vector code of their own: comparisons, casts, where, and the arithmetic of int64 and bool.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "autograd/kernels/row.h"

namespace tapegrad::kernels {

namespace {

template <class T, class Out, class F>
void run1(void* out, const void* const* in, unsigned scalar, std::int64_t n, F f) noexcept {
  auto* o = static_cast<Out*>(out);
  const auto* a = static_cast<const T*>(in[0]);
  const std::int64_t sa = (scalar & 1U) != 0 ? 0 : 1;
  for (std::int64_t i = 0; i < n; ++i) o[i] = f(a[i * sa]);
}

template <class T, class Out, class F>
void run2(void* out, const void* const* in, unsigned scalar, std::int64_t n, F f) noexcept {
  auto* o = static_cast<Out*>(out);
  const auto* a = static_cast<const T*>(in[0]);
  const auto* b = static_cast<const T*>(in[1]);
  switch (scalar & 3U) {
    case 0:
      for (std::int64_t i = 0; i < n; ++i) o[i] = f(a[i], b[i]);
      return;
    case 1:
      for (std::int64_t i = 0; i < n; ++i) o[i] = f(*a, b[i]);
      return;
    case 2:
      for (std::int64_t i = 0; i < n; ++i) o[i] = f(a[i], *b);
      return;
    default:
      for (std::int64_t i = 0; i < n; ++i) o[i] = f(*a, *b);
  }
}

#define TAPEGRAD_ROW1(T, Out, expr)                                                                  \
  [](void* out, const void* const* in, unsigned s, std::int64_t n, const std::int64_t* p) noexcept { \
    (void)p;                                                                                         \
    run1<T, Out>(out, in, s, n, [=](T a) -> Out { return static_cast<Out>(expr); });                 \
  }
#define TAPEGRAD_ROW2(T, Out, expr)                                                                \
  [](void* out, const void* const* in, unsigned s, std::int64_t n, const std::int64_t*) noexcept { \
    run2<T, Out>(out, in, s, n, [](T a, T b) -> Out { return static_cast<Out>(expr); });           \
  }

// Integers wrap around, as PyTorch's do, without undefined behaviour.
constexpr std::uint64_t u(std::int64_t v) noexcept { return static_cast<std::uint64_t>(v); }
constexpr std::int64_t wrapped(std::uint64_t v) noexcept { return static_cast<std::int64_t>(v); }

std::int64_t int_pow(std::int64_t base, std::int64_t exponent) noexcept {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  std::uint64_t r = 1;
  std::uint64_t b = u(base);
  for (std::uint64_t e = u(exponent); e != 0; e >>= 1) {
    if ((e & 1) != 0) r *= b;
    b *= b;
  }
  return wrapped(r);
}

using I = std::int64_t;

Row long_row(Fn fn) noexcept {
  switch (fn) {
    case Fn::Add:
      return TAPEGRAD_ROW2(I, I, wrapped(u(a) + u(b)));
    case Fn::Sub:
      return TAPEGRAD_ROW2(I, I, wrapped(u(a) - u(b)));
    case Fn::Mul:
      return TAPEGRAD_ROW2(I, I, wrapped(u(a) * u(b)));
    case Fn::Max:
      return TAPEGRAD_ROW2(I, I, std::max(a, b));
    case Fn::Min:
      return TAPEGRAD_ROW2(I, I, std::min(a, b));
    case Fn::Pow:
      return TAPEGRAD_ROW2(I, I, int_pow(a, b));
    case Fn::Neg:
      return TAPEGRAD_ROW1(I, I, wrapped(0 - u(a)));
    case Fn::Abs:
      return TAPEGRAD_ROW1(I, I, a < 0 ? wrapped(0 - u(a)) : a);
    case Fn::Sign:
      return TAPEGRAD_ROW1(I, I, (a > 0) - (a < 0));
    case Fn::Square:
      return TAPEGRAD_ROW1(I, I, wrapped(u(a) * u(a)));
    case Fn::Relu:
      return TAPEGRAD_ROW1(I, I, std::max<I>(a, 0));
    case Fn::Clamp:
      return TAPEGRAD_ROW1(I, I, std::min(std::max(a, p[0]), p[1]));
    default:
      return nullptr;
  }
}

Row bool_row(Fn fn) noexcept {
  switch (fn) {
    case Fn::Add:
    case Fn::Max:
      return TAPEGRAD_ROW2(bool, bool, a || b);
    case Fn::Mul:
    case Fn::Min:
      return TAPEGRAD_ROW2(bool, bool, a&& b);
    default:
      return nullptr;
  }
}

template <class T>
Row compare_row(Fn fn) noexcept {
  switch (fn) {
    case Fn::Eq:
      return TAPEGRAD_ROW2(T, bool, a == b);
    case Fn::Ne:
      return TAPEGRAD_ROW2(T, bool, a != b);
    case Fn::Lt:
      return TAPEGRAD_ROW2(T, bool, a < b);
    case Fn::Le:
      return TAPEGRAD_ROW2(T, bool, a <= b);
    case Fn::Gt:
      return TAPEGRAD_ROW2(T, bool, a > b);
    case Fn::Ge:
      return TAPEGRAD_ROW2(T, bool, a >= b);
    case Fn::IsNan:
      return TAPEGRAD_ROW1(T, bool, a != a);
    default:
      return nullptr;
  }
}

// Conversions that C++ leaves undefined (NaN, infinity, too large) give the smallest integer, as x86 does.
template <class From, class To>
To converted(From v) noexcept {
  if constexpr (std::is_same_v<To, std::int64_t> && std::is_floating_point_v<From>) {
    constexpr From kEnd = static_cast<From>(9223372036854775808.0);
    return v >= -kEnd && v < kEnd ? static_cast<To>(v) : std::numeric_limits<To>::min();
  } else if constexpr (std::is_same_v<To, bool>) {
    return v != From{};
  } else {
    return static_cast<To>(v);
  }
}

template <class From, class To>
void cast(void* out, const void* const* in, unsigned scalar, std::int64_t n, const std::int64_t*) noexcept {
  if constexpr (std::is_same_v<From, To>) {
    if ((scalar & 1U) == 0) {
      std::memmove(out, in[0], static_cast<std::size_t>(n) * sizeof(To));
      return;
    }
  }
  run1<From, To>(out, in, scalar, n, [](From a) { return converted<From, To>(a); });
}

template <class From>
Row cast_from(Dtype to) noexcept {
  switch (to) {
    case kBool:
      return &cast<From, bool>;
    case kLong:
      return &cast<From, std::int64_t>;
    case kFloat:
      return &cast<From, float>;
    default:
      return &cast<From, double>;
  }
}

template <class T>
void choose(void* out, const void* const* in, unsigned scalar, std::int64_t n, const std::int64_t*) noexcept {
  auto* o = static_cast<T*>(out);
  const auto* c = static_cast<const bool*>(in[0]);
  const auto* a = static_cast<const T*>(in[1]);
  const auto* b = static_cast<const T*>(in[2]);
  const std::int64_t sc = (scalar & 1U) != 0 ? 0 : 1;
  const std::int64_t sa = (scalar & 2U) != 0 ? 0 : 1;
  const std::int64_t sb = (scalar & 4U) != 0 ? 0 : 1;
  for (std::int64_t i = 0; i < n; ++i) o[i] = c[i * sc] ? a[i * sa] : b[i * sb];
}

}  // namespace

Row plain_row(Fn fn, Dtype dtype) noexcept {
  if (fn >= Fn::Eq) {
    switch (dtype) {
      case kBool:
        return compare_row<bool>(fn);
      case kLong:
        return compare_row<std::int64_t>(fn);
      case kFloat:
        return compare_row<float>(fn);
      default:
        return compare_row<double>(fn);
    }
  }
  return dtype == kLong ? long_row(fn) : bool_row(fn);
}

Row row(Fn fn, Dtype dtype) noexcept {
  if (fn >= Fn::Eq || !is_floating_point(dtype)) return plain_row(fn, dtype);
  return fn >= Fn::Exp ? math_row(fn, dtype) : arith_row(fn, dtype);
}

Row cast_row(Dtype from, Dtype to) noexcept {
  switch (from) {
    case kBool:
      return cast_from<bool>(to);
    case kLong:
      return cast_from<std::int64_t>(to);
    case kFloat:
      return cast_from<float>(to);
    default:
      return cast_from<double>(to);
  }
}

Row where_row(Dtype dtype) noexcept {
  switch (dtype) {
    case kBool:
      return &choose<bool>;
    case kLong:
      return &choose<std::int64_t>;
    case kFloat:
      return &choose<float>;
    default:
      return &choose<double>;
  }
}

}  // namespace tapegrad::kernels
