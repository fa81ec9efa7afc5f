#include <tapegrad/nn/layers/conv.h>

#include <cmath>

#include <tapegrad/nn/init.h>

#include "autograd/core/text.h"

namespace tapegrad::nn::detail {

template <std::size_t D>
static Tensor conv_of(const Tensor& x, const Tensor& w, const Tensor& b, IntList stride, const auto& padding,
                      IntList dilation, std::int64_t groups) {
  if constexpr (D == 1) return tapegrad::conv1d(x, w, b, stride, padding, dilation, groups);
  if constexpr (D == 2) return tapegrad::conv2d(x, w, b, stride, padding, dilation, groups);
  if constexpr (D == 3) return tapegrad::conv3d(x, w, b, stride, padding, dilation, groups);
}
template <std::size_t D>
Tensor conv(const Tensor& x, const Tensor& w, const functional::ConvFuncOptions<D>& o) {
  if (const auto* numbers = o.padding().numbers())
    return conv_of<D>(x, w, o.bias(), o.stride(), IntList(*numbers), o.dilation(), o.groups());
  const PaddingName name(std::string(o.padding().is(kSame) ? "same" : "valid"));
  return conv_of<D>(x, w, o.bias(), o.stride(), name, o.dilation(), o.groups());
}
template <std::size_t D>
Tensor conv_transpose(const Tensor& x, const Tensor& w, const functional::ConvTransposeFuncOptions<D>& o) {
  const auto fn = D == 1   ? tapegrad::conv_transpose1d
                  : D == 2 ? tapegrad::conv_transpose2d
                           : tapegrad::conv_transpose3d;
  return fn(x, w, o.bias(), o.stride(), o.padding(), o.output_padding(), o.groups(), o.dilation());
}

template <class Derived, class Options>
void ConvLayer<Derived, Options>::make(std::int64_t first, std::int64_t second, IntList kernel) {
  const Options& o = this->options;
  for (const auto& [what, channels] : {std::pair{"in_channels", o.in_channels()}, {"out_channels", o.out_channels()}}) {
    if (channels < 1 || o.groups() < 1 || channels % o.groups() != 0)
      core::throw_value("Conv", what, " must be divisible by groups, but got ", channels, " and groups ", o.groups(),
                        "; give both, 1 or more");
  }
  std::vector<std::int64_t> sizes = {first, second};
  for (const std::int64_t k : kernel) {
    if (k < 1) core::throw_value("Conv", "kernel_size must be greater than zero, but got ", kernel, "; give 1 or more");
    sizes.push_back(k);
  }
  weight = this->register_parameter("weight", tapegrad::empty(sizes));
  bias = o.bias() ? this->register_parameter("bias", tapegrad::empty({o.out_channels()}))
                  : this->register_parameter("bias", {}, false);
  reset_parameters();
}
template <class Derived, class Options>
void ConvLayer<Derived, Options>::reset_parameters() {
  init::kaiming_uniform_(weight, std::sqrt(5.0));
  if (!bias.defined()) return;
  const std::int64_t inputs = weight.numel() / weight.size(0);
  const auto fan_in = static_cast<double>(inputs);
  init::uniform_(bias, -1 / std::sqrt(fan_in), 1 / std::sqrt(fan_in));
}

// "[3, 2]", or the number where there is one dim.
template <std::size_t D>
static std::string text(const ExpandingArray<D>& numbers) {
  return D == 1 ? std::to_string(numbers[0]) : core::text(IntList(numbers));
}
template <std::size_t D>
static void add_unless(std::string& list, const char* name, const ExpandingArray<D>& numbers, std::int64_t usual) {
  if (numbers != ExpandingArray<D>(usual)) add_argument(list, name, text(numbers));
}
template <class Options>
static std::string first_arguments(const Options& o) {
  return std::to_string(o.in_channels()) + ", " + std::to_string(o.out_channels()) +
         ", kernel_size=" + text(o.kernel_size()) + ", stride=" + text(o.stride());
}
template <class Options>
static void add_last_arguments(std::string& list, const Options& o) {
  if (o.groups() != 1) add_argument(list, "groups", o.groups());
  if (!o.bias()) add_argument(list, "bias", false);
  if (o.padding_mode() == kZeros) return;
  add_argument(list, "padding_mode",
               std::string(o.padding_mode() == kReflect     ? "kReflect"
                           : o.padding_mode() == kReplicate ? "kReplicate"
                                                            : "kCircular"));
}

template <std::size_t D, class Derived>
ConvNd<D, Derived>::ConvNd(const ConvOptions<D>& conv_options) : ConvLayer<Derived, ConvOptions<D>>(conv_options) {
  const ConvOptions<D>& o = this->options;
  this->make(o.out_channels(), o.groups() < 1 ? 0 : o.in_channels() / o.groups(), o.kernel_size());
}
template <std::size_t D, class Derived>
Tensor ConvNd<D, Derived>::forward(const Tensor& x) {
  const ConvOptions<D>& o = this->options;
  functional::ConvFuncOptions<D> call;
  call.bias(this->bias).stride(o.stride()).padding(o.padding()).dilation(o.dilation()).groups(o.groups());
  if (o.padding_mode() == kZeros || o.padding().is(kValid)) return conv<D>(x, this->weight, call);
  std::vector<std::int64_t> pads;
  for (std::size_t d = D; d-- > 0;) {
    const std::int64_t around = o.padding().is(kSame)
                                    ? o.dilation()[d] * (this->weight.size(static_cast<std::int64_t>(d) + 2) - 1)
                                    : 2 * (*o.padding().numbers())[d];
    pads.push_back(around / 2);
    pads.push_back(around - around / 2);
  }
  return conv<D>(functional::pad(x, PadFuncOptions(pads).mode(o.padding_mode())), this->weight, call.padding(0));
}
template <std::size_t D, class Derived>
std::string ConvNd<D, Derived>::arguments() const {
  const ConvOptions<D>& o = this->options;
  std::string list = first_arguments(o);
  if (const auto* numbers = o.padding().numbers()) {
    add_unless(list, "padding", *numbers, 0);
  } else {
    add_argument(list, "padding", std::string(o.padding().is(kSame) ? "'same'" : "'valid'"));
  }
  add_unless(list, "dilation", o.dilation(), 1);
  add_last_arguments(list, o);
  return list;
}

template <std::size_t D, class Derived>
ConvTransposeNd<D, Derived>::ConvTransposeNd(const ConvTransposeOptions<D>& conv_options)
    : ConvLayer<Derived, ConvTransposeOptions<D>>(conv_options) {
  const ConvTransposeOptions<D>& o = this->options;
  if (o.padding_mode() != kZeros)
    core::throw_value("ConvTranspose", "Only `zeros` padding mode is supported; leave padding_mode out");
  this->make(o.in_channels(), o.groups() < 1 ? 0 : o.out_channels() / o.groups(), o.kernel_size());
}
template <std::size_t D, class Derived>
Tensor ConvTransposeNd<D, Derived>::forward(const Tensor& x, const std::optional<IntList>& output_size) {
  const ConvTransposeOptions<D>& o = this->options;
  ExpandingArray<D> more = o.output_padding();
  if (output_size.has_value()) {
    const auto given = static_cast<std::int64_t>(output_size->size());
    const std::int64_t dims = static_cast<std::int64_t>(D), first = x.dim() - dims;
    if (given != dims && given != x.dim())
      core::throw_value("ConvTranspose", "output_size must have ", dims, " or ", x.dim(), " elements (got ", given,
                        "); give the last sizes of the result");
    for (std::size_t d = 0; d < D; ++d) {
      const std::int64_t k = static_cast<std::int64_t>(d);
      const std::int64_t least =
          (x.size(first + k) - 1) * o.stride()[d] - 2 * o.padding()[d] + o.dilation()[d] * (o.kernel_size()[d] - 1) + 1;
      const std::int64_t size = (*output_size)[static_cast<std::size_t>(given - dims + k)];
      more[d] = size - least;
      if (size < least || size >= least + o.stride()[d])
        core::throw_value("ConvTranspose", "requested an output size of ", *output_size, ", but valid sizes of dim ", k,
                          " range from ", least, " to ", least + o.stride()[d] - 1, "; give one of these");
    }
  }
  functional::ConvTransposeFuncOptions<D> call;
  call.bias(this->bias).stride(o.stride()).padding(o.padding()).output_padding(more);
  return conv_transpose<D>(x, this->weight, call.groups(o.groups()).dilation(o.dilation()));
}
template <std::size_t D, class Derived>
std::string ConvTransposeNd<D, Derived>::arguments() const {
  const ConvTransposeOptions<D>& o = this->options;
  std::string list = first_arguments(o);
  add_unless(list, "padding", o.padding(), 0);
  add_unless(list, "dilation", o.dilation(), 1);
  add_unless(list, "output_padding", o.output_padding(), 0);
  add_last_arguments(list, o);
  return list;
}

#define TAPEGRAD_CONV(D)                                                                                           \
  template Tensor conv<D>(const Tensor&, const Tensor&, const functional::ConvFuncOptions<D>&);                    \
  template Tensor conv_transpose<D>(const Tensor&, const Tensor&, const functional::ConvTransposeFuncOptions<D>&); \
  template struct ConvLayer<Conv##D##dImpl, ConvOptions<D>>;                                                       \
  template struct ConvNd<D, Conv##D##dImpl>;                                                                       \
  template struct ConvLayer<ConvTranspose##D##dImpl, ConvTransposeOptions<D>>;                                     \
  template struct ConvTransposeNd<D, ConvTranspose##D##dImpl>;
TAPEGRAD_CONV(1)
TAPEGRAD_CONV(2)
TAPEGRAD_CONV(3)

}  // namespace tapegrad::nn::detail
