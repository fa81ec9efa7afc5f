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

/// The same, of x's sizes and dtype.
TAPEGRAD_EXPORT Tensor randint_like(const Tensor& x, std::int64_t high, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor randint_like(const Tensor& x, std::int64_t low, std::int64_t high, TensorOptions options = {});

/// 0 .. n - 1 in random order, int64.
TAPEGRAD_EXPORT Tensor randperm(std::int64_t n, TensorOptions options = {});

/// Normal, of these means and standard deviations, which broadcast; of mean's dtype where it is a tensor. grad: none
TAPEGRAD_EXPORT Tensor normal(double mean, double std, IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor normal(const Tensor& mean, const Tensor& std);
TAPEGRAD_EXPORT Tensor normal(const Tensor& mean, double std = 1);
TAPEGRAD_EXPORT Tensor normal(double mean, const Tensor& std);

/// 1 with the probability that each element of p is, or with the probability p for each element of x, else 0.
/// grad: none
TAPEGRAD_EXPORT Tensor bernoulli(const Tensor& p);
TAPEGRAD_EXPORT Tensor bernoulli(const Tensor& x, double p);

/// samples indices, int64, of each row of the weights x [n] or [.., n], which need not add up to 1; without replacement
/// each at most once. Sums of f32 weights carry more digits than PyTorch's: once in a million draws an index may
/// differ. grad: none
TAPEGRAD_EXPORT Tensor multinomial(const Tensor& x, std::int64_t samples, bool replacement = false);

}  // namespace tapegrad
