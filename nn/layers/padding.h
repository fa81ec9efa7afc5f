// Padding: values around a tensor's last dims, as a function for any number of them and as modules for one, two and
// three.
#pragma once

#include <tapegrad/nn/expanding_array.h>
#include <tapegrad/nn/layer.h>

namespace tapegrad {
namespace nn {

/// What stands around: a value, or the elements themselves: mirrored at the first and the last (...2 1 0 1 2...), the
/// first and the last repeated, or all of them over again.
enum class PadMode : std::uint8_t { Constant, Reflect, Replicate, Circular };

struct PadFields {
  std::vector<std::int64_t> pad;  ///< {left, right, top, bottom ..} of the last dims; a negative number cuts off
  PadMode mode = PadMode::Constant;
  double value = 0;  ///< with kConstant alone
};
struct PadFuncOptions : OptionsOf<PadFields> {
  using OptionsOf::OptionsOf;
  PadFuncOptions(std::vector<std::int64_t> pad) : OptionsOf({std::move(pad)}) {}
  TAPEGRAD_SETTERS(pad, mode, value)
};

template <std::size_t kDims>
struct PaddingFields {
  ExpandingArray<kDims * 2> padding;  ///< {left, right, top, bottom ..}, or one for all
};
template <std::size_t kDims>
struct PaddingOptions : OptionsOf<PaddingFields<kDims>> {
  using Fields = PaddingFields<kDims>;
  using OptionsOf<Fields>::OptionsOf;
  PaddingOptions(ExpandingArray<kDims * 2> padding) : OptionsOf<Fields>(Fields{padding}) {}
  TAPEGRAD_SETTERS(padding)
};
using ZeroPad2dOptions = PaddingOptions<2>;
using ReflectionPad1dOptions = PaddingOptions<1>;
using ReflectionPad2dOptions = PaddingOptions<2>;
using ReflectionPad3dOptions = PaddingOptions<3>;
using ReplicationPad1dOptions = PaddingOptions<1>;
using ReplicationPad2dOptions = PaddingOptions<2>;
using ReplicationPad3dOptions = PaddingOptions<3>;

template <std::size_t kDims>
struct ConstantPadFields {
  ExpandingArray<kDims * 2> padding;
  double value;
};
template <std::size_t kDims>
struct ConstantPadOptions : OptionsOf<ConstantPadFields<kDims>> {
  using Fields = ConstantPadFields<kDims>;
  using OptionsOf<Fields>::OptionsOf;
  ConstantPadOptions(ExpandingArray<kDims * 2> padding, double value) : OptionsOf<Fields>(Fields{padding, value}) {}
  TAPEGRAD_SETTERS(padding, value)
};
using ConstantPad1dOptions = ConstantPadOptions<1>;
using ConstantPad2dOptions = ConstantPadOptions<2>;
using ConstantPad3dOptions = ConstantPadOptions<3>;

namespace functional {
using PadFuncOptions = nn::PadFuncOptions;
/// x with values around its last dims. Constant padding goes around any number of them; the other modes around the last
/// one, two or three of a tensor that has one or two more, kCircular two more. ShapeError for others, and where
/// kReflect would need more than the dim has but one, kCircular more than it has.
TAPEGRAD_EXPORT Tensor pad(const Tensor& x, const PadFuncOptions& options);
}  // namespace functional

namespace detail {

/// The module of functional::pad around kDims dims.
template <class Derived, std::size_t kDims, PadMode kMode>
struct PadLayer : Layer<Derived, PaddingOptions<kDims>> {
  explicit PadLayer(const PaddingOptions<kDims>& pad_options) : Layer<Derived, PaddingOptions<kDims>>(pad_options) {}
  PadLayer(ExpandingArray<kDims * 2> padding) : PadLayer(PaddingOptions<kDims>(padding)) {}
  Tensor forward(const Tensor& x) {
    return functional::pad(x, PadFuncOptions(IntList(this->options.padding()).vec()).mode(kMode));
  }
  std::string arguments() const override { return detail::arguments(this->options); }
};
/// The same with a value.
template <class Derived, std::size_t kDims>
struct ConstantPadLayer : Layer<Derived, ConstantPadOptions<kDims>> {
  explicit ConstantPadLayer(const ConstantPadOptions<kDims>& pad_options)
      : Layer<Derived, ConstantPadOptions<kDims>>(pad_options) {}
  ConstantPadLayer(ExpandingArray<kDims * 2> padding, double value)
      : ConstantPadLayer(ConstantPadOptions<kDims>(padding, value)) {}
  Tensor forward(const Tensor& x) {
    return functional::pad(x, PadFuncOptions(IntList(this->options.padding()).vec()).value(this->options.value()));
  }
  std::string arguments() const override { return detail::arguments(this->options); }
};

}  // namespace detail

#define TAPEGRAD_PAD(Name, Base, ...)                                         \
  struct TAPEGRAD_EXPORT Name##Impl : detail::Base<Name##Impl, __VA_ARGS__> { \
    using Base::Base;                                                         \
  };                                                                          \
  TAPEGRAD_MODULE(Name)
TAPEGRAD_PAD(ZeroPad2d, PadLayer, 2, PadMode::Constant);
TAPEGRAD_PAD(ConstantPad1d, ConstantPadLayer, 1);
TAPEGRAD_PAD(ConstantPad2d, ConstantPadLayer, 2);
TAPEGRAD_PAD(ConstantPad3d, ConstantPadLayer, 3);
TAPEGRAD_PAD(ReflectionPad1d, PadLayer, 1, PadMode::Reflect);
TAPEGRAD_PAD(ReflectionPad2d, PadLayer, 2, PadMode::Reflect);
TAPEGRAD_PAD(ReflectionPad3d, PadLayer, 3, PadMode::Reflect);
TAPEGRAD_PAD(ReplicationPad1d, PadLayer, 1, PadMode::Replicate);
TAPEGRAD_PAD(ReplicationPad2d, PadLayer, 2, PadMode::Replicate);
TAPEGRAD_PAD(ReplicationPad3d, PadLayer, 3, PadMode::Replicate);
#undef TAPEGRAD_PAD

}  // namespace nn

inline constexpr nn::PadMode kConstant = nn::PadMode::Constant, kReflect = nn::PadMode::Reflect,
                             kReplicate = nn::PadMode::Replicate, kCircular = nn::PadMode::Circular;

}  // namespace tapegrad
