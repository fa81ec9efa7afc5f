// Loop functions: an elementwise operation over n consecutive elements, and how to find the one for an op and a dtype.
//
// out and each input are contiguous, or an input is one element for all (its bit in `scalar` is set). `params` are the
// op's attributes: doubles bit for bit for floating dtypes, plain integers otherwise. out may be an input.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

using Loop = void (*)(void* out, const void* const* in, unsigned scalar, std::int64_t n,
                      const std::int64_t* params) noexcept;

inline constexpr int kMaxInputs = 3;

enum class Fn : std::uint8_t {
  // arithmetic (loop_floating.cpp); g is a gradient
  Add,
  Sub,
  Mul,
  Div,
  Max,
  Min,
  Neg,
  Abs,
  Sign,
  Square,
  Sqrt,
  Reciprocal,
  Rsqrt,
  Relu,
  LeakyRelu,    // params: slope
  Clamp,        // params: min, max
  ReluGrad,     // g, out: out > 0 ? g : 0
  SigmoidGrad,  // g, out: g * out * (1 - out)
  TanhGrad,     // g, out: g * (1 - out^2)
  MaxGrad,      // g, a, b: g where a wins, g / 2 in a tie, else 0
  MinGrad,
  AddScaled,   // a, b; params: s: a + s * b, rounded once where the target has FMA
  ScaledDiff,  // g, a, b; params: s: s * g * (a - b)
  // real functions (loop_floating.cpp)
  Exp,
  Expm1,
  Log,
  Log1p,
  Sin,
  Cos,
  Erf,
  NormalCdf,
  Sigmoid,
  Tanh,
  Softplus,
  Silu,
  Gelu,
  GeluTanh,
  Elu,  // params: alpha
  Pow,
  Bce,        // p, y: -(y log p + (1 - y) log(1 - p)), logs clamped at -100
  BceLogits,  // z, y: (1 - y) softplus(z) + y softplus(-z)
  // to bool, any dtype (loop_plain.cpp)
  Eq,
  Ne,
  Lt,
  Le,
  Gt,
  Ge,
  IsNan
};

// Never null for a floating dtype; for int64 and bool only where the operation makes sense there (the arithmetic that
// is closed in the dtype, comparisons), else null.
Loop find_loop(Fn fn, Dtype dtype) noexcept;

// Copies with conversion; the same dtype copies bytes.
Loop cast_loop(Dtype from, Dtype to) noexcept;

// out = in[0] (bool) ? in[1] : in[2].
Loop where_loop(Dtype dtype) noexcept;

// The part of find_loop() for floating dtypes and functions before Fn::Eq.
Loop floating_loop(Fn fn, Dtype dtype) noexcept;

}  // namespace tapegrad::kernels
