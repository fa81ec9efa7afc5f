// Convolutions: x [n, channels, size..] (or without n) and weight [out, channels / groups, kernel..], floating point,
// of one to three dims. stride, padding and dilation are one number a dim, or one for all.
#pragma once

#include <string>

#include <tapegrad/autograd/ops_create.h>

namespace tapegrad {

/// sum over channels and kernel of weight x, plus bias [out] where it is defined: x [n, channels, l] to [n, out, l'],
/// l' = (l + 2 padding - dilation (kernel - 1) - 1) / stride + 1. The padding is of zeros. With groups, each group of
/// channels makes its own part of out. grad: conv_transpose of g, g x over the windows, sum g.
TAPEGRAD_EXPORT Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias = undefined(),
                              IntList stride = 1, IntList padding = 0, IntList dilation = 1, std::int64_t groups = 1);

/// conv1d of two dims: x [n, channels, h, w], weight [out, channels / groups, kernel h, kernel w]. grad: as conv1d.
TAPEGRAD_EXPORT Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias = undefined(),
                              IntList stride = 1, IntList padding = 0, IntList dilation = 1, std::int64_t groups = 1);

/// conv1d of three dims: x [n, channels, d, h, w]. grad: as conv1d.
TAPEGRAD_EXPORT Tensor conv3d(const Tensor& x, const Tensor& weight, const Tensor& bias = undefined(),
                              IntList stride = 1, IntList padding = 0, IntList dilation = 1, std::int64_t groups = 1);

/// A padding by its name: "valid" or "same".
struct PaddingName : std::string {
  template <std::size_t kLength>
  PaddingName(const char (&name)[kLength]) : std::string(name) {}
  PaddingName(std::string name) : std::string(std::move(name)) {}
};

/// The same with padding "valid", none, or "same", which keeps the size and takes no stride; an odd number of zeros has
/// more of them at the end.
TAPEGRAD_EXPORT Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, IntList stride,
                              const PaddingName& padding, IntList dilation = 1, std::int64_t groups = 1);
TAPEGRAD_EXPORT Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, IntList stride,
                              const PaddingName& padding, IntList dilation = 1, std::int64_t groups = 1);
TAPEGRAD_EXPORT Tensor conv3d(const Tensor& x, const Tensor& weight, const Tensor& bias, IntList stride,
                              const PaddingName& padding, IntList dilation = 1, std::int64_t groups = 1);

/// What the convolution of this weight [channels, out / groups, kernel..] has as its gradient by x, plus bias [out]: x
/// [n, channels, l] to [n, out, l'], l' = (l - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1.
/// grad: conv of g, x g over the windows, sum g.
TAPEGRAD_EXPORT Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias = undefined(),
                                        IntList stride = 1, IntList padding = 0, IntList output_padding = 0,
                                        std::int64_t groups = 1, IntList dilation = 1);

/// conv_transpose1d of two dims: x [n, channels, h, w]. grad: as conv_transpose1d.
TAPEGRAD_EXPORT Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias = undefined(),
                                        IntList stride = 1, IntList padding = 0, IntList output_padding = 0,
                                        std::int64_t groups = 1, IntList dilation = 1);

/// conv_transpose1d of three dims: x [n, channels, d, h, w]. grad: as conv_transpose1d.
TAPEGRAD_EXPORT Tensor conv_transpose3d(const Tensor& x, const Tensor& weight, const Tensor& bias = undefined(),
                                        IntList stride = 1, IntList padding = 0, IntList output_padding = 0,
                                        std::int64_t groups = 1, IntList dilation = 1);

}  // namespace tapegrad
