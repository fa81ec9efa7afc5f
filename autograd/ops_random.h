// Random tensors, drawn from this thread's generator as PyTorch draws them on the CPU (random.h).
#pragma once

#include <cstdint>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// Uniform in [0, 1).
TAPEGRAD_EXPORT Tensor rand(IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor rand_like(const Tensor& x, TensorOptions options = {});

/// Normal, mean 0 and standard deviation 1.
TAPEGRAD_EXPORT Tensor randn(IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor randn_like(const Tensor& x, TensorOptions options = {});

/// Integers in [low, high), int64; low is 0 unless given.
TAPEGRAD_EXPORT Tensor randint(std::int64_t high, IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor randint(std::int64_t low, std::int64_t high, IntList sizes, TensorOptions options = {});

/// 0 .. n - 1 in random order, int64.
TAPEGRAD_EXPORT Tensor randperm(std::int64_t n, TensorOptions options = {});

}  // namespace tapegrad
