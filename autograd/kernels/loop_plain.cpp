// Loops that need no vector code of their own: comparisons, casts, where, and the arithmetic of int64 and bool.
#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/loop.h"

namespace tapegrad::kernels {

namespace {

// out[i] = f of the inputs at i; where kSame is set, the input is one element for all.
template <bool... kSame, class Out, class... In, class F>
void loop(F f, std::int64_t n, Out* out, const In*... in) noexcept {
  for (std::int64_t i = 0; i < n; ++i) out[i] = f(in[kSame ? 0 : i]...);
}

// A loop for each kind of operands, so that the compiler makes vector code of each.
//
// Note: three packs that go side by side. For f of two inputs k is 0, 1; `scalar >> k & 1` two flags, which
// with_flags() turns into template arguments; in[k] two pointers to In. What runs is one of loop<false, false>(f, n,
// out, a, b), loop<false, true>, loop<true, false>, loop<true, true>.
template <class Out, class... In, class F>
void run(void* out, const void* const* in, unsigned scalar, std::int64_t n, F f) noexcept {
  [=]<std::size_t... k>(std::index_sequence<k...>) {
    with_flags(
        [=]<bool... kSame>() { loop<kSame...>(f, n, static_cast<Out*>(out), static_cast<const In*>(in[k])...); },
        (scalar >> k & 1U) != 0 ...);
  }
  (std::index_sequence_for<In...>());
}

// The cases of a switch over Fn: a loop that computes `expr` of each a (and b).
#define TAPEGRAD_LOOP1(Name, T, Out, expr)                                                                    \
  case Fn::Name:                                                                                              \
    return [](void* out, const void* const* in, unsigned s, std::int64_t n, const std::int64_t* p) noexcept { \
      (void)p;                                                                                                \
      run<Out, T>(out, in, s, n, [=](T a) -> Out { return static_cast<Out>(expr); });                         \
    }
#define TAPEGRAD_LOOP2(Name, T, Out, expr)                                                                  \
  case Fn::Name:                                                                                            \
    return [](void* out, const void* const* in, unsigned s, std::int64_t n, const std::int64_t*) noexcept { \
      run<Out, T, T>(out, in, s, n, [](T a, T b) -> Out { return static_cast<Out>(expr); });                \
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

// By 0, which an op's check refuses, and by -1, where the smallest integer has no quotient, the processor would stop: a
// kernel that runs again on other bytes is safe.
I truncated_remainder(I a, I b) noexcept { return b == 0 || b == -1 ? 0 : a % b; }
I floor_remainder(I a, I b) noexcept {
  const I r = truncated_remainder(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
I floor_quotient(I a, I b) noexcept {
  if (b == 0 || b == -1) return b == 0 ? 0 : wrapped(0 - u(a));
  return a / b - (floor_remainder(a, b) == a % b ? 0 : 1);
}

Loop long_loop(Fn fn) noexcept {
  switch (fn) {
    TAPEGRAD_LOOP2(Add, I, I, wrapped(u(a) + u(b)));
    TAPEGRAD_LOOP2(Sub, I, I, wrapped(u(a) - u(b)));
    TAPEGRAD_LOOP2(Mul, I, I, wrapped(u(a) * u(b)));
    TAPEGRAD_LOOP2(Max, I, I, std::max(a, b));
    TAPEGRAD_LOOP2(Min, I, I, std::min(a, b));
    TAPEGRAD_LOOP2(Pow, I, I, int_pow(a, b));
    TAPEGRAD_LOOP1(Neg, I, I, wrapped(0 - u(a)));
    TAPEGRAD_LOOP1(Abs, I, I, a < 0 ? wrapped(0 - u(a)) : a);
    TAPEGRAD_LOOP1(Sign, I, I, (a > 0) - (a < 0));
    TAPEGRAD_LOOP1(Square, I, I, wrapped(u(a) * u(a)));
    TAPEGRAD_LOOP1(Relu, I, I, std::max<I>(a, 0));
    TAPEGRAD_LOOP1(Clamp, I, I, std::min(std::max(a, p[0]), p[1]));
    TAPEGRAD_LOOP1(Floor, I, I, a);
    TAPEGRAD_LOOP1(Ceil, I, I, a);
    TAPEGRAD_LOOP1(Round, I, I, a);
    TAPEGRAD_LOOP1(Trunc, I, I, a);
    TAPEGRAD_LOOP2(Fmod, I, I, truncated_remainder(a, b));
    TAPEGRAD_LOOP2(Remainder, I, I, floor_remainder(a, b));
    TAPEGRAD_LOOP2(FloorDivide, I, I, floor_quotient(a, b));
    default:
      return nullptr;
  }
}

Loop bool_loop(Fn fn) noexcept {
  switch (fn) {
    TAPEGRAD_LOOP2(Add, bool, bool, a || b);
    TAPEGRAD_LOOP2(Max, bool, bool, a || b);
    TAPEGRAD_LOOP2(Mul, bool, bool, a&& b);
    TAPEGRAD_LOOP2(Min, bool, bool, a&& b);
    default:
      return nullptr;
  }
}

template <class T>
Loop bitwise_loop(Fn fn) noexcept {
  switch (fn) {
#define TAPEGRAD_BITWISE(Name, n_inputs, result) TAPEGRAD_LOOP##n_inputs(Name, T, T, result);
#include "autograd/kernels/functions.inc"
    default:
      return nullptr;
  }
}

template <class T>
Loop compare_loop(Fn fn) noexcept {
  switch (fn) {
#define TAPEGRAD_COMPARISON(Name, n_inputs, result) TAPEGRAD_LOOP##n_inputs(Name, T, bool, result);
#include "autograd/kernels/functions.inc"
    default:
      return nullptr;
  }
}

// Conversions that C++ leaves undefined (NaN, infinity, too large) give the smallest int64, as x86 does; from there,
// and from larger integers, smaller ones wrap around.
template <class From, class To>
To converted(From v) noexcept {
  if constexpr (!std::is_arithmetic_v<From>) {
    return converted<float, To>(static_cast<float>(v));
  } else if constexpr (!std::is_arithmetic_v<To>) {
    return To(static_cast<float>(v));
  } else if constexpr (std::is_integral_v<To> && sizeof(To) < sizeof(std::int64_t) && !std::is_same_v<To, bool> &&
                       std::is_floating_point_v<From>) {
    return static_cast<To>(converted<From, std::int64_t>(v));
  } else if constexpr (std::is_same_v<To, std::int64_t> && std::is_floating_point_v<From>) {
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
  if (std::is_same_v<From, To> && (scalar & 1U) == 0) {
    std::memmove(out, in[0], static_cast<std::size_t>(n) * sizeof(To));
  } else {
    run<To, From>(out, in, scalar, n, [](From a) { return converted<From, To>(a); });
  }
}

template <class T>
void choose(void* out, const void* const* in, unsigned scalar, std::int64_t n, const std::int64_t*) noexcept {
  run<T, bool, T, T>(out, in, scalar, n, [](bool c, T a, T b) { return c ? a : b; });
}

}  // namespace

Loop find_loop(Fn fn, Dtype dtype) noexcept {
  const Loop comparison = by_dtype(dtype, [fn]<class T>() { return compare_loop<T>(fn); });
  if (comparison != nullptr) return comparison;
  if (is_floating_point(dtype)) return floating_loop(fn, dtype);
  const Loop bitwise = dtype == kLong ? bitwise_loop<I>(fn) : bitwise_loop<bool>(fn);
  if (bitwise != nullptr) return bitwise;
  return dtype == kLong ? long_loop(fn) : bool_loop(fn);
}

Loop cast_loop(Dtype from, Dtype to) noexcept {
  return by_any_dtype(
      from, [to]<class From>() { return by_any_dtype(to, []<class To>() -> Loop { return &cast<From, To>; }); });
}

Loop where_loop(Dtype dtype) noexcept {
  return by_any_dtype(dtype, []<class T>() -> Loop { return &choose<T>; });
}

}  // namespace tapegrad::kernels
