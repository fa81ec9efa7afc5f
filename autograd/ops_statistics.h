// Moments and norms, over all elements or over dims, each dropped or (keepdim) kept as size 1.
#pragma once

#include <concepts>
#include <tuple>

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The variance: sum (x - mean)^2 / (n - 1), or / n where not unbiased; of one element NaN, as 0 / 0 is.
/// grad: 2 g (x - mean) / (n - 1).
TAPEGRAD_EXPORT Tensor var(const Tensor& x, IntList dims = {}, bool unbiased = true, bool keepdim = false);

/// The standard deviation, the root of var. grad: g (x - mean) / ((n - 1) y), 0 where y = 0.
TAPEGRAD_EXPORT Tensor std(const Tensor& x, IntList dims = {}, bool unbiased = true, bool keepdim = false);

/// var and the mean. grad: those of both.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> var_mean(const Tensor& x, IntList dims = {}, bool unbiased = true,
                                                    bool keepdim = false);

/// std and the mean. grad: those of both.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> std_mean(const Tensor& x, IntList dims = {}, bool unbiased = true,
                                                    bool keepdim = false);

// torch::var(x, false): a bool is no dim.
template <std::same_as<bool> B>
auto var(const Tensor& x, B unbiased) {
  return var(x, IntList(), unbiased);
}
template <std::same_as<bool> B>
auto std(const Tensor& x, B unbiased) {
  return std(x, IntList(), unbiased);
}
template <std::same_as<bool> B>
auto var_mean(const Tensor& x, B unbiased) {
  return var_mean(x, IntList(), unbiased, false);
}
template <std::same_as<bool> B>
auto std_mean(const Tensor& x, B unbiased) {
  return std_mean(x, IntList(), unbiased, false);
}

/// The norm (sum |x|^p)^(1/p), without overflow in between; p = 0 counts what is not 0, p = inf is max |x|.
/// grad: g sign x (|x| / y)^(p-1), 0 at 0.
TAPEGRAD_EXPORT Tensor norm(const Tensor& x, double p = 2, IntList dims = {}, bool keepdim = false);

/// log sum e^x, without overflow. grad: g e^(x - y).
TAPEGRAD_EXPORT Tensor logsumexp(const Tensor& x, IntList dims, bool keepdim = false);

}  // namespace tapegrad
