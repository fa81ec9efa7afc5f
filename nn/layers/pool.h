// Pooling over one, two and three dims, as functions and as modules: functional::max_pool2d(x, 2), nn::MaxPool2d(2).
#pragma once

#include <optional>

#include <tapegrad/nn/expanding_array.h>
#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

template <std::size_t D>
struct MaxPoolFields {
  ExpandingArray<D> kernel_size = 1;
  ExpandingArray<D> stride = 0;  ///< 0: the kernel's size
  ExpandingArray<D> padding = 0;
  ExpandingArray<D> dilation = 1;
  bool ceil_mode = false;  ///< sizes are rounded up
};
template <std::size_t D>
struct MaxPoolOptions : OptionsOf<MaxPoolFields<D>> {
  using Fields = MaxPoolFields<D>;
  using Sizes = ExpandingArray<D>;
  using OptionsOf<Fields>::OptionsOf;
  MaxPoolOptions(ExpandingArray<D> kernel_size) : OptionsOf<Fields>(Fields{kernel_size, kernel_size}) {}
  MaxPoolOptions(std::initializer_list<std::int64_t> kernel_size) : MaxPoolOptions(ExpandingArray<D>(kernel_size)) {}
  TAPEGRAD_SETTERS(kernel_size, stride, padding, dilation, ceil_mode)
};

template <std::size_t D>
struct AvgPoolFields {
  ExpandingArray<D> kernel_size = 1;
  ExpandingArray<D> stride = 0;  ///< 0: the kernel's size
  ExpandingArray<D> padding = 0;
  bool ceil_mode = false;
  bool count_include_pad = true;                      ///< the padding's zeros count
  std::optional<std::int64_t> divisor_override = {};  ///< what sums are divided by; not of AvgPool1d
};
template <std::size_t D>
struct AvgPoolOptions : OptionsOf<AvgPoolFields<D>> {
  using Fields = AvgPoolFields<D>;
  using Sizes = ExpandingArray<D>;
  using OptionsOf<Fields>::OptionsOf;
  AvgPoolOptions(ExpandingArray<D> kernel_size) : OptionsOf<Fields>(Fields{kernel_size, kernel_size}) {}
  AvgPoolOptions(std::initializer_list<std::int64_t> kernel_size) : AvgPoolOptions(ExpandingArray<D>(kernel_size)) {}
  TAPEGRAD_SETTERS(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
};

template <std::size_t D>
struct AdaptivePoolFields {
  ExpandingArrayWithOptionalElem<D> output_size = std::optional<std::int64_t>();  ///< nullopt keeps a dim's size
};
template <std::size_t D>
struct AdaptivePoolOptions : OptionsOf<AdaptivePoolFields<D>> {
  using Fields = AdaptivePoolFields<D>;
  using Sizes = ExpandingArrayWithOptionalElem<D>;
  using OptionsOf<Fields>::OptionsOf;
  AdaptivePoolOptions(ExpandingArrayWithOptionalElem<D> output_size) : OptionsOf<Fields>(Fields{output_size}) {}
  TAPEGRAD_SETTERS(output_size)
};

namespace detail {
/// The functions below, by D.
template <std::size_t D>
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> max_pool(const Tensor& x, const MaxPoolOptions<D>& options);
template <std::size_t D>
TAPEGRAD_EXPORT Tensor avg_pool(const Tensor& x, const AvgPoolOptions<D>& options);
template <std::size_t D>
TAPEGRAD_EXPORT Tensor adaptive_avg_pool(const Tensor& x, const AdaptivePoolOptions<D>& options);
template <std::size_t D>
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> adaptive_max_pool(const Tensor& x, const AdaptivePoolOptions<D>& options);
/// The elements alone, without their places in a channel.
template <std::size_t D>
TAPEGRAD_EXPORT Tensor maximum(const Tensor& x, const MaxPoolOptions<D>& options);
template <std::size_t D>
Tensor maximum(const Tensor& x, const AdaptivePoolOptions<D>& options) {
  return std::get<0>(adaptive_max_pool<D>(x, options));
}
/// What is printed between the brackets.
template <std::size_t D>
TAPEGRAD_EXPORT std::string arguments_of(const MaxPoolOptions<D>& options);
template <std::size_t D>
TAPEGRAD_EXPORT std::string arguments_of(const AvgPoolOptions<D>& options);
template <std::size_t D>
TAPEGRAD_EXPORT std::string arguments_of(const AdaptivePoolOptions<D>& options);

/// The module of a function of x and options, or of the first of the two tensors that it gives.
template <class Derived, auto kFunction, class Options>
struct PoolLayer : Layer<Derived, Options> {
  PoolLayer(const typename Options::Sizes& sizes) : PoolLayer(Options(sizes)) {}
  explicit PoolLayer(const Options& pool_options) : Layer<Derived, Options>(pool_options) {}
  Tensor forward(const Tensor& x) {
    if constexpr (std::is_convertible_v<decltype(kFunction(x, this->options)), Tensor>) {
      return kFunction(x, this->options);
    } else {
      return maximum(x, this->options);
    }
  }
  std::string arguments() const override { return arguments_of(this->options); }
};
/// Of a maximum, with the places.
template <class Derived, auto kFunction, class Options>
struct MaxPoolLayer : PoolLayer<Derived, kFunction, Options> {
  using PoolLayer<Derived, kFunction, Options>::PoolLayer;
  std::tuple<Tensor, Tensor> forward_with_indices(const Tensor& x) { return kFunction(x, this->options); }
};
}  // namespace detail

/// MaxPool2d(3), AvgPool2d(AvgPool2dOptions(3).stride(2)), AdaptiveAvgPool2d(7) and their likes of one and three dims,
/// with functional::max_pool2d(x, options), max_pool2d_with_indices, avg_pool2d, adaptive_avg_pool2d,
/// adaptive_max_pool2d, adaptive_max_pool2d_with_indices: x [n, channels, size..], as tapegrad::max_pool2d says.
#define TAPEGRAD_POOL(D)                                                                                             \
  using MaxPool##D##dOptions = MaxPoolOptions<D>;                                                                    \
  using AvgPool##D##dOptions = AvgPoolOptions<D>;                                                                    \
  using AdaptiveAvgPool##D##dOptions = AdaptivePoolOptions<D>;                                                       \
  using AdaptiveMaxPool##D##dOptions = AdaptivePoolOptions<D>;                                                       \
  namespace functional {                                                                                             \
  using MaxPool##D##dFuncOptions = MaxPoolOptions<D>;                                                                \
  using AvgPool##D##dFuncOptions = AvgPoolOptions<D>;                                                                \
  using AdaptiveAvgPool##D##dFuncOptions = AdaptivePoolOptions<D>;                                                   \
  using AdaptiveMaxPool##D##dFuncOptions = AdaptivePoolOptions<D>;                                                   \
  inline Tensor max_pool##D##d(const Tensor& x, const MaxPoolOptions<D>& options) {                                  \
    return detail::maximum(x, options);                                                                              \
  }                                                                                                                  \
  inline std::tuple<Tensor, Tensor> max_pool##D##d_with_indices(const Tensor& x, const MaxPoolOptions<D>& options) { \
    return detail::max_pool<D>(x, options);                                                                          \
  }                                                                                                                  \
  inline Tensor avg_pool##D##d(const Tensor& x, const AvgPoolOptions<D>& options) {                                  \
    return detail::avg_pool<D>(x, options);                                                                          \
  }                                                                                                                  \
  inline Tensor adaptive_avg_pool##D##d(const Tensor& x, const AdaptivePoolOptions<D>& options) {                    \
    return detail::adaptive_avg_pool<D>(x, options);                                                                 \
  }                                                                                                                  \
  inline Tensor adaptive_max_pool##D##d(const Tensor& x, const AdaptivePoolOptions<D>& options) {                    \
    return detail::maximum(x, options);                                                                              \
  }                                                                                                                  \
  inline std::tuple<Tensor, Tensor> adaptive_max_pool##D##d_with_indices(const Tensor& x,                            \
                                                                         const AdaptivePoolOptions<D>& options) {    \
    return detail::adaptive_max_pool<D>(x, options);                                                                 \
  }                                                                                                                  \
  }                                                                                                                  \
  struct TAPEGRAD_EXPORT MaxPool##D##dImpl                                                                           \
      : detail::MaxPoolLayer<MaxPool##D##dImpl, &detail::max_pool<D>, MaxPoolOptions<D>> {                           \
    using MaxPoolLayer::MaxPoolLayer;                                                                                \
  };                                                                                                                 \
  TAPEGRAD_MODULE(MaxPool##D##d);                                                                                    \
  struct TAPEGRAD_EXPORT AvgPool##D##dImpl                                                                           \
      : detail::PoolLayer<AvgPool##D##dImpl, &detail::avg_pool<D>, AvgPoolOptions<D>> {                              \
    using PoolLayer::PoolLayer;                                                                                      \
  };                                                                                                                 \
  TAPEGRAD_MODULE(AvgPool##D##d);                                                                                    \
  struct TAPEGRAD_EXPORT AdaptiveAvgPool##D##dImpl                                                                   \
      : detail::PoolLayer<AdaptiveAvgPool##D##dImpl, &detail::adaptive_avg_pool<D>, AdaptivePoolOptions<D>> {        \
    using PoolLayer::PoolLayer;                                                                                      \
  };                                                                                                                 \
  TAPEGRAD_MODULE(AdaptiveAvgPool##D##d);                                                                            \
  struct TAPEGRAD_EXPORT AdaptiveMaxPool##D##dImpl                                                                   \
      : detail::MaxPoolLayer<AdaptiveMaxPool##D##dImpl, &detail::adaptive_max_pool<D>, AdaptivePoolOptions<D>> {     \
    using MaxPoolLayer::MaxPoolLayer;                                                                                \
  };                                                                                                                 \
  TAPEGRAD_MODULE(AdaptiveMaxPool##D##d)
TAPEGRAD_POOL(1);
TAPEGRAD_POOL(2);
TAPEGRAD_POOL(3);
#undef TAPEGRAD_POOL

}  // namespace tapegrad::nn
