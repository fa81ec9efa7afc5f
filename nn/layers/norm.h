// Normalisation layers: BatchNorm1d, 2d and 3d, InstanceNorm1d, 2d and 3d, LayerNorm, GroupNorm, with their functions.
#pragma once

#include <optional>

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct BatchNormFields {
  std::int64_t num_features = -1;  ///< must be given
  double eps = 1e-5;
  std::optional<double> momentum = 0.1;  ///< of the running statistics; nullopt: the mean over all batches
  bool affine = true;                    ///< a weight and a bias
  bool track_running_stats = true;       ///< what eval() uses; without, it uses the batch's
};
struct TAPEGRAD_EXPORT BatchNormOptions : OptionsOf<BatchNormFields> {
  using OptionsOf::OptionsOf;
  BatchNormOptions(std::int64_t num_features) : OptionsOf({num_features}) {}
  TAPEGRAD_SETTERS(num_features, eps, momentum, affine, track_running_stats)
};
using BatchNorm1dOptions = BatchNormOptions;
using BatchNorm2dOptions = BatchNormOptions;
using BatchNorm3dOptions = BatchNormOptions;

struct InstanceNormFields {
  std::int64_t num_features = -1;  ///< must be given
  double eps = 1e-5;
  double momentum = 0.1;
  bool affine = false;
  bool track_running_stats = false;
};
struct TAPEGRAD_EXPORT InstanceNormOptions : OptionsOf<InstanceNormFields> {
  using OptionsOf::OptionsOf;
  InstanceNormOptions(std::int64_t num_features) : OptionsOf({num_features}) {}
  TAPEGRAD_SETTERS(num_features, eps, momentum, affine, track_running_stats)
};
using InstanceNorm1dOptions = InstanceNormOptions;
using InstanceNorm2dOptions = InstanceNormOptions;
using InstanceNorm3dOptions = InstanceNormOptions;

struct LayerNormFields {
  std::vector<std::int64_t> normalized_shape;  ///< the last sizes of x
  double eps = 1e-5;
  bool elementwise_affine = true;
};
struct LayerNormOptions : OptionsOf<LayerNormFields> {
  using OptionsOf::OptionsOf;
  LayerNormOptions(std::vector<std::int64_t> normalized_shape) : OptionsOf({std::move(normalized_shape)}) {}
  TAPEGRAD_SETTERS(normalized_shape, eps, elementwise_affine)
};

struct GroupNormFields {
  std::int64_t num_groups = -1;    ///< must be given
  std::int64_t num_channels = -1;  ///< must be given, a multiple of num_groups
  double eps = 1e-5;
  bool affine = true;
};
struct GroupNormOptions : OptionsOf<GroupNormFields> {
  using OptionsOf::OptionsOf;
  GroupNormOptions(std::int64_t num_groups, std::int64_t num_channels) : OptionsOf({num_groups, num_channels}) {}
  TAPEGRAD_SETTERS(num_groups, num_channels, eps, affine)
};

namespace functional {

struct BatchNormFuncFields {
  Tensor weight = {}, bias = {};
  bool training = false;
  std::optional<double> momentum = 0.1;
  double eps = 1e-5;
};
struct BatchNormFuncOptions : OptionsOf<BatchNormFuncFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(weight, bias, training, momentum, eps)
};
struct InstanceNormFuncFields {
  Tensor running_mean = {}, running_var = {}, weight = {}, bias = {};
  bool use_input_stats = true;
  double momentum = 0.1, eps = 1e-5;
};
struct InstanceNormFuncOptions : OptionsOf<InstanceNormFuncFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(running_mean, running_var, weight, bias, use_input_stats, momentum, eps)
};
struct LayerNormFuncFields {
  std::vector<std::int64_t> normalized_shape;
  Tensor weight = {}, bias = {};
  double eps = 1e-5;
};
struct LayerNormFuncOptions : OptionsOf<LayerNormFuncFields> {
  using OptionsOf::OptionsOf;
  LayerNormFuncOptions(std::vector<std::int64_t> normalized_shape) : OptionsOf({std::move(normalized_shape)}) {}
  TAPEGRAD_SETTERS(normalized_shape, weight, bias, eps)
};
struct GroupNormFuncFields {
  std::int64_t num_groups;
  Tensor weight = {}, bias = {};
  double eps = 1e-5;
};
struct GroupNormFuncOptions : OptionsOf<GroupNormFuncFields> {
  using OptionsOf::OptionsOf;
  GroupNormFuncOptions(std::int64_t num_groups) : OptionsOf({num_groups}) {}
  TAPEGRAD_SETTERS(num_groups, weight, bias, eps)
};

/// As tapegrad::batch_norm, whose mean and variance follow x while options.training().
inline Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                         const BatchNormFuncOptions& options = {}) {
  return tapegrad::batch_norm(x, options.weight(), options.bias(), running_mean, running_var, options.training(),
                              options.momentum().value_or(0), options.eps());
}
/// As tapegrad::instance_norm.
inline Tensor instance_norm(const Tensor& x, const InstanceNormFuncOptions& options = {}) {
  return tapegrad::instance_norm(x, options.weight(), options.bias(), options.running_mean(), options.running_var(),
                                 options.use_input_stats(), options.momentum(), options.eps());
}
/// As tapegrad::layer_norm.
inline Tensor layer_norm(const Tensor& x, const LayerNormFuncOptions& options) {
  return tapegrad::layer_norm(x, options.normalized_shape(), options.weight(), options.bias(), options.eps());
}
/// As tapegrad::group_norm.
inline Tensor group_norm(const Tensor& x, const GroupNormFuncOptions& options) {
  return tapegrad::group_norm(x, options.num_groups(), options.weight(), options.bias(), options.eps());
}

}  // namespace functional

namespace detail {

/// What batch and instance norm share: weight 1 and bias 0 where affine; running_mean 0, running_var 1 and
/// num_batches_tracked 0 where statistics are kept. ShapeError for x with other than kLeast to kMost dims.
template <class Derived, class Options, std::int64_t kLeast, std::int64_t kMost>
struct TAPEGRAD_EXPORT RunningNorm : Layer<Derived, Options> {
  RunningNorm(std::int64_t num_features) : RunningNorm(Options(num_features)) {}
  explicit RunningNorm(const Options& norm_options);
  void reset_running_stats();
  /// Sets the initial values again.
  void reset_parameters();
  Tensor forward(const Tensor& x);
  std::string arguments() const override;

  Parameter weight, bias;                                 ///< undefined unless affine
  Buffer running_mean, running_var, num_batches_tracked;  ///< undefined unless track_running_stats
};

}  // namespace detail

/// BatchNorm1d takes x [n, features] or [n, features, l], 2d [n, features, h, w], 3d [n, features, d, h, w].
/// InstanceNorm1d takes [features, l] or [n, features, l], 2d and 3d likewise.
#define TAPEGRAD_NORM(Name, Options, kLeast, kMost)                                             \
  struct TAPEGRAD_EXPORT Name##Impl : detail::RunningNorm<Name##Impl, Options, kLeast, kMost> { \
    using RunningNorm::RunningNorm;                                                             \
  };                                                                                            \
  TAPEGRAD_MODULE(Name)
TAPEGRAD_NORM(BatchNorm1d, BatchNormOptions, 2, 3);
TAPEGRAD_NORM(BatchNorm2d, BatchNormOptions, 4, 4);
TAPEGRAD_NORM(BatchNorm3d, BatchNormOptions, 5, 5);
TAPEGRAD_NORM(InstanceNorm1d, InstanceNormOptions, 2, 3);
TAPEGRAD_NORM(InstanceNorm2d, InstanceNormOptions, 3, 4);
TAPEGRAD_NORM(InstanceNorm3d, InstanceNormOptions, 4, 5);
#undef TAPEGRAD_NORM

/// Over the last dims of x, with a weight (1) and a bias (0) of normalized_shape.
struct TAPEGRAD_EXPORT LayerNormImpl : Layer<LayerNormImpl, LayerNormOptions> {
  LayerNormImpl(std::vector<std::int64_t> normalized_shape)
      : LayerNormImpl(LayerNormOptions(std::move(normalized_shape))) {}
  explicit LayerNormImpl(const LayerNormOptions& norm_options);
  void reset_parameters();
  Tensor forward(const Tensor& x) {
    return tapegrad::layer_norm(x, options.normalized_shape(), weight, bias, options.eps());
  }
  std::string arguments() const override;

  Parameter weight, bias;  ///< undefined unless elementwise_affine
};
TAPEGRAD_MODULE(LayerNorm);

/// Over groups of channels of x [n, channels, ..], with a weight (1) and a bias (0) a channel.
struct TAPEGRAD_EXPORT GroupNormImpl : Layer<GroupNormImpl, GroupNormOptions> {
  GroupNormImpl(std::int64_t num_groups, std::int64_t num_channels)
      : GroupNormImpl(GroupNormOptions(num_groups, num_channels)) {}
  explicit GroupNormImpl(const GroupNormOptions& norm_options);
  void reset_parameters();
  Tensor forward(const Tensor& x) { return tapegrad::group_norm(x, options.num_groups(), weight, bias, options.eps()); }
  std::string arguments() const override;

  Parameter weight, bias;  ///< undefined unless affine
};
TAPEGRAD_MODULE(GroupNorm);

}  // namespace tapegrad::nn
