// New tensors. dtype: kFloat unless the options, or integers given, say otherwise.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/dtype.h>
#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

TAPEGRAD_EXPORT Tensor empty(IntList sizes, TensorOptions options = {});  // bytes not set
TAPEGRAD_EXPORT Tensor zeros(IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor ones(IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor full(IntList sizes, const Scalar& value, TensorOptions options = {});  // dtype of the value
TAPEGRAD_EXPORT Tensor empty_like(const Tensor& x, TensorOptions options = {});               // dtype of x
TAPEGRAD_EXPORT Tensor zeros_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor ones_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor full_like(const Tensor& x, const Scalar& value, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor rand_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor randn_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor arange(const Scalar& end, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor arange(const Scalar& start, const Scalar& end, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor arange(const Scalar& start, const Scalar& end, const Scalar& step, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor linspace(const Scalar& start, const Scalar& end, std::int64_t steps, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor eye(std::int64_t n, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor eye(std::int64_t n, std::int64_t m, TensorOptions options = {});
// Random numbers: PyTorch's CPU streams (random.h).
TAPEGRAD_EXPORT Tensor rand(IntList sizes, TensorOptions options = {});                        // U[0, 1)
TAPEGRAD_EXPORT Tensor randn(IntList sizes, TensorOptions options = {});                       // N(0, 1)
TAPEGRAD_EXPORT Tensor randint(std::int64_t high, IntList sizes, TensorOptions options = {});  // int64 in [0, high)
TAPEGRAD_EXPORT Tensor randint(std::int64_t low, std::int64_t high, IntList sizes, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor randperm(std::int64_t n, TensorOptions options = {});

}  // namespace tapegrad
