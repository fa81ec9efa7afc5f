// FractionalMaxPool: windows that lie at random steps, so that sizes shrink by any factor.
#pragma once

#include <optional>

#include <tapegrad/nn/expanding_array.h>
#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

template <std::size_t D>
struct FractionalMaxPoolFields {
  ExpandingArray<D> kernel_size = 1;
  std::optional<ExpandingArray<D>> output_size = {};           ///< this or output_ratio
  std::optional<ExpandingArray<D, double>> output_ratio = {};  ///< of x's sizes, between 0 and 1
  Tensor _random_samples = {};                                 ///< [n, channels, D] in [0, 1), drawn where undefined
};
template <std::size_t D>
struct FractionalMaxPoolOptions : OptionsOf<FractionalMaxPoolFields<D>> {
  using Fields = FractionalMaxPoolFields<D>;
  using OptionsOf<Fields>::OptionsOf;
  FractionalMaxPoolOptions(ExpandingArray<D> kernel_size) : OptionsOf<Fields>(Fields{kernel_size, {}, {}, {}}) {}
  FractionalMaxPoolOptions(std::initializer_list<std::int64_t> sizes)
      : FractionalMaxPoolOptions(ExpandingArray<D>(sizes)) {}
  TAPEGRAD_SETTERS(kernel_size, output_size, output_ratio, _random_samples)
};

namespace detail {
template <std::size_t D>
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> fractional_max_pool(const Tensor& x,
                                                               const FractionalMaxPoolOptions<D>& options);

template <class Derived, std::size_t D>
struct FractionalMaxPoolLayer : Layer<Derived, FractionalMaxPoolOptions<D>> {
  explicit FractionalMaxPoolLayer(const FractionalMaxPoolOptions<D>& o)
      : Layer<Derived, FractionalMaxPoolOptions<D>>(o) {}
  Tensor forward(const Tensor& x) { return std::get<0>(forward_with_indices(x)); }
  std::tuple<Tensor, Tensor> forward_with_indices(const Tensor& x) { return fractional_max_pool<D>(x, this->options); }
};
}  // namespace detail

/// FractionalMaxPool2d(FractionalMaxPool2dOptions(3).output_size(5)) and its like of three dims (Graham, 2014), with
/// functional::fractional_max_pool2d(x, options) and fractional_max_pool2d_with_indices: the largest element of each
/// window, and its place in its channel. Windows begin floor((i + u) a) - floor(u a) along a dim, a being (in - kernel)
/// / (out - 1), u drawn for each channel and dim. ValueError unless one of output_size and output_ratio is given,
/// ShapeError where a kernel is too large.
#define TAPEGRAD_FRACTIONAL(D)                                                                           \
  using FractionalMaxPool##D##dOptions = FractionalMaxPoolOptions<D>;                                    \
  namespace functional {                                                                                 \
  using FractionalMaxPool##D##dFuncOptions = FractionalMaxPoolOptions<D>;                                \
  inline std::tuple<Tensor, Tensor> fractional_max_pool##D##d_with_indices(                              \
      const Tensor& x, const FractionalMaxPoolOptions<D>& options) {                                     \
    return detail::fractional_max_pool<D>(x, options);                                                   \
  }                                                                                                      \
  inline Tensor fractional_max_pool##D##d(const Tensor& x, const FractionalMaxPoolOptions<D>& options) { \
    return std::get<0>(detail::fractional_max_pool<D>(x, options));                                      \
  }                                                                                                      \
  }                                                                                                      \
  struct TAPEGRAD_EXPORT FractionalMaxPool##D##dImpl                                                     \
      : detail::FractionalMaxPoolLayer<FractionalMaxPool##D##dImpl, D> {                                 \
    using FractionalMaxPoolLayer::FractionalMaxPoolLayer;                                                \
  };                                                                                                     \
  TAPEGRAD_MODULE(FractionalMaxPool##D##d)
TAPEGRAD_FRACTIONAL(2);
TAPEGRAD_FRACTIONAL(3);
#undef TAPEGRAD_FRACTIONAL

}  // namespace tapegrad::nn
