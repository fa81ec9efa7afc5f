// New tensors. dtype: get_default_dtype() unless the options, or integers given, say otherwise.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The dtype of new tensors and of floating-point numbers where nothing names one: kFloat. A thread has its own.
TAPEGRAD_EXPORT Dtype get_default_dtype() noexcept;
/// DtypeError unless it is floating.
TAPEGRAD_EXPORT void set_default_dtype(Dtype dtype);

/// An undefined tensor, for an argument that is not given.
TAPEGRAD_EXPORT const Tensor& undefined() noexcept;

/// Bytes that are not set.
TAPEGRAD_EXPORT Tensor empty(IntList sizes, TensorOptions options = {});

/// Zeros.
TAPEGRAD_EXPORT Tensor zeros(IntList sizes, TensorOptions options = {});

/// Ones.
TAPEGRAD_EXPORT Tensor ones(IntList sizes, TensorOptions options = {});

/// The value everywhere; of its dtype, f32 for a double.
TAPEGRAD_EXPORT Tensor full(IntList sizes, const Scalar& value, TensorOptions options = {});

/// The same, of x's sizes and dtype, in the order in memory of x.
TAPEGRAD_EXPORT Tensor empty_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor zeros_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor ones_like(const Tensor& x, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor full_like(const Tensor& x, const Scalar& value, TensorOptions options = {});

/// start, start + step .. up to but without end.
TAPEGRAD_EXPORT Tensor arange(const Scalar& end, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor arange(const Scalar& start, const Scalar& end, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor arange(const Scalar& start, const Scalar& end, const Scalar& step, TensorOptions options = {});

/// `steps` numbers from start to end, both included.
TAPEGRAD_EXPORT Tensor linspace(const Scalar& start, const Scalar& end, std::int64_t steps, TensorOptions options = {});

/// Ones on the diagonal of [n, m], zeros elsewhere.
TAPEGRAD_EXPORT Tensor eye(std::int64_t n, TensorOptions options = {});
TAPEGRAD_EXPORT Tensor eye(std::int64_t n, std::int64_t m, TensorOptions options = {});

}  // namespace tapegrad
