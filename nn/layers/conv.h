// Convolutions and transposed convolutions over one, two and three dims, as functions and as modules:
// functional::conv2d(x, weight), nn::Conv2d({.in_channels = 1, .out_channels = 6, .kernel_size = 5}).
#pragma once

#include <optional>

#include <tapegrad/nn/layers/padding.h>

namespace tapegrad {
namespace nn {

/// A padding by name: as much as keeps the size, or none.
enum class SamePadding : std::uint8_t { Same, Valid };
/// How much is padded at both ends of each dim, by number or by name.
template <std::size_t D>
class ConvPadding {
 public:
  template <std::convertible_to<ExpandingArray<D>> Numbers>
  ConvPadding(const Numbers& numbers) : numbers_(numbers) {}
  ConvPadding(std::initializer_list<std::int64_t> list) : numbers_(list) {}
  ConvPadding(SamePadding name) : numbers_(0), name_(name), is_named_(true) {}

  /// The numbers, or null where it is a name.
  const ExpandingArray<D>* numbers() const noexcept { return is_named_ ? nullptr : &numbers_; }
  bool is(SamePadding name) const noexcept { return is_named_ && name_ == name; }

 private:
  ExpandingArray<D> numbers_;
  SamePadding name_ = SamePadding::Same;
  bool is_named_ = false;
};

template <std::size_t D>
struct ConvFields {
  std::int64_t in_channels = -1;   ///< must be given
  std::int64_t out_channels = -1;  ///< must be given
  ExpandingArray<D> kernel_size = 1;
  ExpandingArray<D> stride = 1;
  ConvPadding<D> padding = 0;
  ExpandingArray<D> dilation = 1;
  std::int64_t groups = 1;  ///< groups of channels that know nothing of each other
  bool bias = true;
  PadMode padding_mode = PadMode::Constant;
};
/// Conv2dOptions(in_channels, out_channels, kernel_size).stride(2)
template <std::size_t D>
struct TAPEGRAD_EXPORT ConvOptions : OptionsOf<ConvFields<D>> {
  using Fields = ConvFields<D>;
  using OptionsOf<Fields>::OptionsOf;
  ConvOptions(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<D> kernel_size)
      : OptionsOf<Fields>(Fields{in_channels, out_channels, kernel_size}) {}
  TAPEGRAD_SETTERS(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode)
};
using Conv1dOptions = ConvOptions<1>;
using Conv2dOptions = ConvOptions<2>;
using Conv3dOptions = ConvOptions<3>;

template <std::size_t D>
struct ConvTransposeFields {
  std::int64_t in_channels = -1;   ///< must be given
  std::int64_t out_channels = -1;  ///< must be given
  ExpandingArray<D> kernel_size = 1;
  ExpandingArray<D> stride = 1;
  ExpandingArray<D> padding = 0;         ///< what the convolution that is turned round pads
  ExpandingArray<D> output_padding = 0;  ///< added to the result's sizes
  std::int64_t groups = 1;
  bool bias = true;
  ExpandingArray<D> dilation = 1;
  PadMode padding_mode = PadMode::Constant;  ///< kZeros alone
};
template <std::size_t D>
struct TAPEGRAD_EXPORT ConvTransposeOptions : OptionsOf<ConvTransposeFields<D>> {
  using Fields = ConvTransposeFields<D>;
  using OptionsOf<Fields>::OptionsOf;
  ConvTransposeOptions(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<D> kernel_size)
      : OptionsOf<Fields>(Fields{in_channels, out_channels, kernel_size}) {}
  TAPEGRAD_SETTERS(in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation,
                   padding_mode)
};
using ConvTranspose1dOptions = ConvTransposeOptions<1>;
using ConvTranspose2dOptions = ConvTransposeOptions<2>;
using ConvTranspose3dOptions = ConvTransposeOptions<3>;

namespace functional {

template <std::size_t D>
struct ConvFuncFields {
  Tensor bias = {};
  ExpandingArray<D> stride = 1;
  ConvPadding<D> padding = 0;
  ExpandingArray<D> dilation = 1;
  std::int64_t groups = 1;
};
template <std::size_t D>
struct ConvFuncOptions : OptionsOf<ConvFuncFields<D>> {
  using Fields = ConvFuncFields<D>;
  using OptionsOf<Fields>::OptionsOf;
  TAPEGRAD_SETTERS(bias, stride, padding, dilation, groups)
};
using Conv1dFuncOptions = ConvFuncOptions<1>;
using Conv2dFuncOptions = ConvFuncOptions<2>;
using Conv3dFuncOptions = ConvFuncOptions<3>;

template <std::size_t D>
struct ConvTransposeFuncFields {
  Tensor bias = {};
  ExpandingArray<D> stride = 1, padding = 0, output_padding = 0;
  std::int64_t groups = 1;
  ExpandingArray<D> dilation = 1;
};
template <std::size_t D>
struct ConvTransposeFuncOptions : OptionsOf<ConvTransposeFuncFields<D>> {
  using Fields = ConvTransposeFuncFields<D>;
  using OptionsOf<Fields>::OptionsOf;
  TAPEGRAD_SETTERS(bias, stride, padding, output_padding, groups, dilation)
};
using ConvTranspose1dFuncOptions = ConvTransposeFuncOptions<1>;
using ConvTranspose2dFuncOptions = ConvTransposeFuncOptions<2>;
using ConvTranspose3dFuncOptions = ConvTransposeFuncOptions<3>;

}  // namespace functional

namespace detail {
/// tapegrad::conv1d, conv2d or conv3d, by D.
template <std::size_t D>
TAPEGRAD_EXPORT Tensor conv(const Tensor& x, const Tensor& weight, const functional::ConvFuncOptions<D>& options);
template <std::size_t D>
TAPEGRAD_EXPORT Tensor conv_transpose(const Tensor& x, const Tensor& weight,
                                      const functional::ConvTransposeFuncOptions<D>& options);
}  // namespace detail

namespace functional {
/// The convolution of x [n, channels, size..] with weight [out, channels / groups, kernel..], plus options.bias()
/// [out].
inline Tensor conv1d(const Tensor& x, const Tensor& weight, const Conv1dFuncOptions& options = {}) {
  return detail::conv<1>(x, weight, options);
}
inline Tensor conv2d(const Tensor& x, const Tensor& weight, const Conv2dFuncOptions& options = {}) {
  return detail::conv<2>(x, weight, options);
}
inline Tensor conv3d(const Tensor& x, const Tensor& weight, const Conv3dFuncOptions& options = {}) {
  return detail::conv<3>(x, weight, options);
}
/// The gradient of a convolution by its input, as a map of its own: weight [channels, out / groups, kernel..].
inline Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const ConvTranspose1dFuncOptions& options = {}) {
  return detail::conv_transpose<1>(x, weight, options);
}
inline Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const ConvTranspose2dFuncOptions& options = {}) {
  return detail::conv_transpose<2>(x, weight, options);
}
inline Tensor conv_transpose3d(const Tensor& x, const Tensor& weight, const ConvTranspose3dFuncOptions& options = {}) {
  return detail::conv_transpose<3>(x, weight, options);
}
}  // namespace functional

namespace detail {

/// What both kinds share: weight and bias, drawn as PyTorch draws them, from U(-1 / sqrt(f), 1 / sqrt(f)) with f the
/// elements of weight[0], the weight first.
template <class Derived, class Options>
struct TAPEGRAD_EXPORT ConvLayer : Layer<Derived, Options> {
  explicit ConvLayer(const Options& conv_options) : Layer<Derived, Options>(conv_options) {}
  /// Draws the initial values again.
  void reset_parameters();

  Parameter weight;
  Parameter bias;  ///< undefined without bias

 protected:
  // weight [first, second, kernel..]; ValueError where channels are not positive or not multiples of groups.
  void make(std::int64_t first, std::int64_t second, IntList kernel);
};

template <std::size_t D, class Derived>
struct TAPEGRAD_EXPORT ConvNd : ConvLayer<Derived, ConvOptions<D>> {
  ConvNd(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<D> kernel_size)
      : ConvNd(ConvOptions<D>(in_channels, out_channels, kernel_size)) {}
  explicit ConvNd(const ConvOptions<D>& conv_options);
  /// x [n, in_channels, size..] to [n, out_channels, size'..].
  Tensor forward(const Tensor& x);
  std::string arguments() const override;
};

template <std::size_t D, class Derived>
struct TAPEGRAD_EXPORT ConvTransposeNd : ConvLayer<Derived, ConvTransposeOptions<D>> {
  ConvTransposeNd(std::int64_t in_channels, std::int64_t out_channels, ExpandingArray<D> kernel_size)
      : ConvTransposeNd(ConvTransposeOptions<D>(in_channels, out_channels, kernel_size)) {}
  explicit ConvTransposeNd(const ConvTransposeOptions<D>& conv_options);
  /// x [n, in_channels, size..] to [n, out_channels, size'..]. With a stride several sizes have x's size as their
  /// convolution's: output_size (the last D sizes, or all) picks one. ValueError where it is none of them.
  Tensor forward(const Tensor& x, const std::optional<IntList>& output_size = std::nullopt);
  std::string arguments() const override;
};

}  // namespace detail

#define TAPEGRAD_CONV(Name, Base, D)                                \
  struct TAPEGRAD_EXPORT Name##Impl : detail::Base<D, Name##Impl> { \
    using Base::Base;                                               \
  };                                                                \
  TAPEGRAD_MODULE(Name)
TAPEGRAD_CONV(Conv1d, ConvNd, 1);
TAPEGRAD_CONV(Conv2d, ConvNd, 2);
TAPEGRAD_CONV(Conv3d, ConvNd, 3);
TAPEGRAD_CONV(ConvTranspose1d, ConvTransposeNd, 1);
TAPEGRAD_CONV(ConvTranspose2d, ConvTransposeNd, 2);
TAPEGRAD_CONV(ConvTranspose3d, ConvTransposeNd, 3);
#undef TAPEGRAD_CONV

}  // namespace nn

inline constexpr nn::PadMode kZeros = nn::PadMode::Constant;
inline constexpr nn::SamePadding kSame = nn::SamePadding::Same, kValid = nn::SamePadding::Valid;

}  // namespace tapegrad
