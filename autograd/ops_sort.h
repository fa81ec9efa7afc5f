// Elements in order. NaN counts as the largest; equal elements stay in their order.
#pragma once

#include <concepts>
#include <optional>
#include <tuple>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The elements along dim in ascending order, and the index, int64, that each had; always stable.
/// grad: g at each element's old place.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> sort(const Tensor& x, std::int64_t dim = -1, bool descending = false);
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> sort(const Tensor& x, std::optional<bool> stable, std::int64_t dim = -1,
                                                bool descending = false);

/// The indices, int64, that sort x along dim; always stable. grad: none
TAPEGRAD_EXPORT Tensor argsort(const Tensor& x, std::int64_t dim = -1, bool descending = false);
template <std::same_as<bool> B, class Result = Tensor>
Result argsort(const Tensor& x, B, std::int64_t dim = -1, bool descending = false) {
  return argsort(x, dim, B{descending});
}

/// The k largest (or smallest) elements along dim, always in order, and their indices, int64; of equal elements the
/// first. IndexError where there are fewer than k. grad: g at each element's place.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> topk(const Tensor& x, std::int64_t k, std::int64_t dim = -1,
                                                bool largest = true, bool sorted = true);

/// The element in the middle, the lower of two; NaN where there is one; with dim also its index, the first of ties.
/// Nothing has none (NaN, or IndexError). grad: g to it, over all elements shared evenly by ties.
TAPEGRAD_EXPORT Tensor median(const Tensor& x);
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> median(const Tensor& x, std::int64_t dim, bool keepdim = false);

/// The places, int64, at which values [..] keep the sorted rows of `sorted` [n] or [.., n] in order: before equal
/// elements, or (right) behind them. As int32 where out_int32. grad: none
TAPEGRAD_EXPORT Tensor searchsorted(const Tensor& sorted, const Tensor& values, bool out_int32 = false,
                                    bool right = false);
TAPEGRAD_EXPORT Tensor searchsorted(const Tensor& sorted, const Scalar& value, bool out_int32 = false,
                                    bool right = false);

}  // namespace tapegrad
