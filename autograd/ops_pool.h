// Pooling: x [n, channels, size..] (or without n), floating point, of one to three dims. kernel_size, stride and so on
// are one number a dim, or one for all; without a stride it is the kernel's size.
#pragma once

#include <tapegrad/autograd/scalar.h>

namespace tapegrad {

class Tensor;

/// The largest element of each window: x [n, channels, l] to [n, channels, l'], l' = (l + 2 padding - dilation (kernel
/// - 1) - 1) / stride + 1, rounded up with ceil_mode where the window still begins inside. A NaN beats every number.
/// grad: g at the largest.
TAPEGRAD_EXPORT Tensor max_pool1d(const Tensor& x, IntList kernel_size, IntList stride = {}, IntList padding = 0,
                                  IntList dilation = 1, bool ceil_mode = false);

/// max_pool1d of two dims: x [n, channels, h, w]. grad: g at the largest.
TAPEGRAD_EXPORT Tensor max_pool2d(const Tensor& x, IntList kernel_size, IntList stride = {}, IntList padding = 0,
                                  IntList dilation = 1, bool ceil_mode = false);

/// max_pool1d of three dims: x [n, channels, d, h, w]. grad: g at the largest.
TAPEGRAD_EXPORT Tensor max_pool3d(const Tensor& x, IntList kernel_size, IntList stride = {}, IntList padding = 0,
                                  IntList dilation = 1, bool ceil_mode = false);

/// max_pool1d, and where each element was: places among those of its channel, int64. grad: g at the largest.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> max_pool1d_with_indices(const Tensor& x, IntList kernel_size,
                                                                   IntList stride = {}, IntList padding = 0,
                                                                   IntList dilation = 1, bool ceil_mode = false);

/// max_pool1d_with_indices of two dims; places count rows of w elements. grad: g at the largest.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> max_pool2d_with_indices(const Tensor& x, IntList kernel_size,
                                                                   IntList stride = {}, IntList padding = 0,
                                                                   IntList dilation = 1, bool ceil_mode = false);

/// max_pool1d_with_indices of three dims. grad: g at the largest.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> max_pool3d_with_indices(const Tensor& x, IntList kernel_size,
                                                                   IntList stride = {}, IntList padding = 0,
                                                                   IntList dilation = 1, bool ceil_mode = false);

/// The average of each window, which counts the padding's zeros or does not; divisor_override divides the sum instead.
/// grad: g / divisor over each window.
TAPEGRAD_EXPORT Tensor avg_pool1d(const Tensor& x, IntList kernel_size, IntList stride = {}, IntList padding = 0,
                                  bool ceil_mode = false, bool count_include_pad = true);

/// avg_pool1d of two dims: x [n, channels, h, w]. grad: g / divisor over each window.
TAPEGRAD_EXPORT Tensor avg_pool2d(const Tensor& x, IntList kernel_size, IntList stride = {}, IntList padding = 0,
                                  bool ceil_mode = false, bool count_include_pad = true, OptInt divisor_override = {});

/// avg_pool1d of three dims: x [n, channels, d, h, w]. grad: g / divisor over each window.
TAPEGRAD_EXPORT Tensor avg_pool3d(const Tensor& x, IntList kernel_size, IntList stride = {}, IntList padding = 0,
                                  bool ceil_mode = false, bool count_include_pad = true, OptInt divisor_override = {});

/// The averages of as many windows as output_size says; they share out each dim. grad: g / elements over each window.
TAPEGRAD_EXPORT Tensor adaptive_avg_pool1d(const Tensor& x, IntList output_size);

/// adaptive_avg_pool1d of two dims: x [n, channels, h, w]. grad: g / elements over each window.
TAPEGRAD_EXPORT Tensor adaptive_avg_pool2d(const Tensor& x, IntList output_size);

/// adaptive_avg_pool1d of three dims: x [n, channels, d, h, w]. grad: g / elements over each window.
TAPEGRAD_EXPORT Tensor adaptive_avg_pool3d(const Tensor& x, IntList output_size);

/// The largest elements of as many windows as output_size says, and where they are. grad: g at the largest.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> adaptive_max_pool1d(const Tensor& x, IntList output_size);

/// adaptive_max_pool1d of two dims: x [n, channels, h, w]. grad: g at the largest.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> adaptive_max_pool2d(const Tensor& x, IntList output_size);

/// adaptive_max_pool1d of three dims: x [n, channels, d, h, w]. grad: g at the largest.
TAPEGRAD_EXPORT std::tuple<Tensor, Tensor> adaptive_max_pool3d(const Tensor& x, IntList output_size);

}  // namespace tapegrad
