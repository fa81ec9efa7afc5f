// Loops: an elementwise function over n consecutive elements, and how to find the one for a function and a dtype.
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

// An elementwise function: Fn::Add, Fn::Exp, Fn::Eq ... functions.inc says what each computes.
enum class Fn : std::uint8_t {
#define TAPEGRAD_FN(Name, ...) Name,
#define TAPEGRAD_COMPARISON(Name, ...) Name,
#define TAPEGRAD_BITWISE(Name, ...) Name,
#include "autograd/kernels/functions.inc"
};

// Never null for a floating dtype but for bitwise functions; for int64 and bool only where the operation makes sense
// there (the arithmetic that is closed in the dtype, comparisons), else null.
Loop find_loop(Fn fn, Dtype dtype) noexcept;

// Copies with conversion; the same dtype copies bytes.
Loop cast_loop(Dtype from, Dtype to) noexcept;

// out = in[0] (bool) ? in[1] : in[2].
Loop where_loop(Dtype dtype) noexcept;

// The part of find_loop() for floating dtypes; null for comparisons.
Loop floating_loop(Fn fn, Dtype dtype) noexcept;

}  // namespace tapegrad::kernels
