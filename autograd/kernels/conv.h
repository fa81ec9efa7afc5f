// Convolutions over up to three dims without padding, and their gradients. Products of gemm.h, for which the windows of
// the input are packed as they are needed: no unfolded input is kept in memory.
//
// x [images, groups, in, size], w [groups, out, in, kernel], y [images, groups, out, out_size], all contiguous:
//
//   y[n, g, o, p] = sum over i, k of w[g, o, i, k] x[n, g, i, p * stride + k * dilation]
//
// The same bits at any number of threads. Nothing is allocated.
#pragma once

#include <cstdint>

namespace tapegrad::kernels {

struct ConvShape {
  std::int64_t images, groups, in, out;  // channels of a group
  std::int64_t size[3], kernel[3], stride[3], dilation[3], out_size[3];
};

// y, plus bias [groups, out] where it is not null.
template <class T>  // float or double
void conv(const ConvShape& s, const T* x, const T* w, const T* bias, T* y) noexcept;

// The gradient of w by that of y: dw [parts, groups, out, in, kernel], each part that of as many images, of which the
// last part has what is left.
template <class T>
void conv_weight(const ConvShape& s, const T* x, const T* dy, std::int64_t parts, T* dw) noexcept;

// The gradient of x by that of y.
template <class T>
void conv_input(const ConvShape& s, const T* dy, const T* w, T* dx) noexcept;

}  // namespace tapegrad::kernels
