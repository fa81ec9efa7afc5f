// Normalisation of floating-point activations: y = (x - mean) / sqrt(variance + eps) weight + bias, with the mean and
// the variance (the sum of squares over n) of the elements that belong together. weight and bias may be undefined.
#pragma once

#include <tapegrad/autograd/ops_create.h>

namespace tapegrad {

/// Over the last dims, whose sizes are normalized_shape, as are those of weight and bias. grad: with that of mean and
/// variance; g xhat; sum g.
TAPEGRAD_EXPORT Tensor layer_norm(const Tensor& x, IntList normalized_shape, const Tensor& weight = undefined(),
                                  const Tensor& bias = undefined(), double eps = 1e-5);

/// x [n, channels, size..], over channels / num_groups channels and all sizes; weight and bias [channels]. grad: with
/// that of mean and variance; g xhat; sum g.
TAPEGRAD_EXPORT Tensor group_norm(const Tensor& x, std::int64_t num_groups, const Tensor& weight = undefined(),
                                  const Tensor& bias = undefined(), double eps = 1e-5);

/// x [n, channels, size..], over all of a channel; weight and bias [channels]. While training, running_mean and
/// running_var [channels], where they are defined, become (1 - momentum) of themselves plus momentum times the batch's,
/// with the unbiased variance; else they take the place of the batch's. grad: with that of mean and variance while
/// training; g xhat; sum g.
TAPEGRAD_EXPORT Tensor batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                                  const Tensor& running_var, bool training, double momentum, double eps,
                                  bool cudnn_enabled = true);

/// x [n, channels, size..], over the sizes; weight and bias [channels]. With use_input_stats running_mean and
/// running_var follow the mean over n, else they take the place of the input's. grad: as batch_norm.
TAPEGRAD_EXPORT Tensor instance_norm(const Tensor& x, const Tensor& weight, const Tensor& bias,
                                     const Tensor& running_mean, const Tensor& running_var, bool use_input_stats,
                                     double momentum, double eps, bool cudnn_enabled = true);

}  // namespace tapegrad
