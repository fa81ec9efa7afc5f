// LPPool: the power mean of each window, as a sum.
#pragma once

#include <tapegrad/nn/expanding_array.h>
#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

template <std::size_t D>
struct LPPoolFields {
  double norm_type = 2;
  ExpandingArray<D> kernel_size = 1;
  ExpandingArray<D> stride = 0;  ///< 0: the kernel's size
  bool ceil_mode = false;
};
template <std::size_t D>
struct LPPoolOptions : OptionsOf<LPPoolFields<D>> {
  using Fields = LPPoolFields<D>;
  using OptionsOf<Fields>::OptionsOf;
  LPPoolOptions(double norm_type, ExpandingArray<D> kernel_size)
      : OptionsOf<Fields>(Fields{norm_type, kernel_size, kernel_size}) {}
  TAPEGRAD_SETTERS(norm_type, kernel_size, stride, ceil_mode)
};

namespace detail {
template <std::size_t D>
TAPEGRAD_EXPORT Tensor lp_pool(const Tensor& x, const LPPoolOptions<D>& options);
template <std::size_t D>
TAPEGRAD_EXPORT std::string arguments_of(const LPPoolOptions<D>& options);

template <class Derived, std::size_t D>
struct LPPoolLayer : Layer<Derived, LPPoolOptions<D>> {
  LPPoolLayer(double norm_type, ExpandingArray<D> kernel_size)
      : LPPoolLayer(LPPoolOptions<D>(norm_type, kernel_size)) {}
  explicit LPPoolLayer(const LPPoolOptions<D>& o) : Layer<Derived, LPPoolOptions<D>>(o) {}
  Tensor forward(const Tensor& x) { return lp_pool<D>(x, this->options); }
  std::string arguments() const override { return arguments_of(this->options); }
};
}  // namespace detail

/// LPPool1d(2, 3) and LPPool2d(2, {3, 2}), functional::lp_pool1d(x, options): (sum of x^p in each window)^(1 / p), as
/// PyTorch computes it; at p = 1 a sum. Where a window's sum is 0 its gradient is NaN for p above 1.
#define TAPEGRAD_LP_POOL(D)                                                            \
  using LPPool##D##dOptions = LPPoolOptions<D>;                                        \
  namespace functional {                                                               \
  using LPPool##D##dFuncOptions = LPPoolOptions<D>;                                    \
  inline Tensor lp_pool##D##d(const Tensor& x, const LPPoolOptions<D>& options) {      \
    return detail::lp_pool<D>(x, options);                                             \
  }                                                                                    \
  }                                                                                    \
  struct TAPEGRAD_EXPORT LPPool##D##dImpl : detail::LPPoolLayer<LPPool##D##dImpl, D> { \
    using LPPoolLayer::LPPoolLayer;                                                    \
  };                                                                                   \
  TAPEGRAD_MODULE(LPPool##D##d)
TAPEGRAD_LP_POOL(1);
TAPEGRAD_LP_POOL(2);
#undef TAPEGRAD_LP_POOL

}  // namespace tapegrad::nn
