#include <tapegrad/nn/layers/norm.h>

#include <tapegrad/autograd/grad.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

static void make_affine(Module& module, bool affine, IntList sizes, Parameter& weight, Parameter& bias) {
  weight = module.register_parameter("weight", affine ? tapegrad::ones(sizes) : Tensor(), affine);
  bias = module.register_parameter("bias", affine ? tapegrad::zeros(sizes) : Tensor(), affine);
}
static void reset_affine(const Tensor& weight, const Tensor& bias) {
  const NoGradGuard no_grad;
  if (weight.defined()) weight.fill_(1);
  if (bias.defined()) bias.fill_(0);
}

namespace detail {

template <class Derived, class Options, std::int64_t kLeast, std::int64_t kMost>
RunningNorm<Derived, Options, kLeast, kMost>::RunningNorm(const Options& norm_options)
    : Layer<Derived, Options>(norm_options) {
  const std::int64_t n = norm_options.num_features();
  if (n < 0)
    core::throw_value("Norm", "num_features must be given, 0 or more, but got ", n, "; give the channels of x");
  make_affine(*this, norm_options.affine(), n, weight, bias);
  const bool track = norm_options.track_running_stats();
  running_mean = this->register_buffer("running_mean", track ? tapegrad::zeros(n) : Tensor());
  running_var = this->register_buffer("running_var", track ? tapegrad::ones(n) : Tensor());
  num_batches_tracked =
      this->register_buffer("num_batches_tracked", track ? tapegrad::tensor(std::int64_t{0}) : Tensor());
}
template <class Derived, class Options, std::int64_t kLeast, std::int64_t kMost>
void RunningNorm<Derived, Options, kLeast, kMost>::reset_running_stats() {
  if (!this->options.track_running_stats()) return;
  running_mean.fill_(0);
  running_var.fill_(1);
  num_batches_tracked.fill_(0);
}
template <class Derived, class Options, std::int64_t kLeast, std::int64_t kMost>
void RunningNorm<Derived, Options, kLeast, kMost>::reset_parameters() {
  reset_running_stats();
  reset_affine(weight, bias);
}

template <class Derived, class Options, std::int64_t kLeast, std::int64_t kMost>
Tensor RunningNorm<Derived, Options, kLeast, kMost>::forward(const Tensor& x) {
  constexpr bool kIsBatch = std::is_same_v<Options, BatchNormOptions>;
  const Options& o = this->options;
  if (x.dim() < kLeast || x.dim() > kMost)
    core::throw_shape(kIsBatch ? "batch_norm" : "instance_norm", "expected ", kLeast,
                      kLeast == kMost ? std::string("D") : core::joined("D or ", kMost, "D"), " input (got ", x.dim(),
                      "D input); view() it as [n, ", o.num_features(), ", sizes]");
  const bool train = this->is_training() || !running_mean.defined();
  if constexpr (kIsBatch) {
    double momentum = o.momentum().value_or(0);
    if (this->is_training() && running_mean.defined() && !o.momentum().has_value())
      momentum = 1 / (num_batches_tracked.template item<double>() + 1);
    const bool counts = this->is_training() && num_batches_tracked.defined();
    const Tensor next = counts ? num_batches_tracked.add(1) : Tensor();  // before anything changes
    const Tensor y = tapegrad::batch_norm(x, weight, bias, running_mean, running_var, train, momentum, o.eps());
    if (counts) num_batches_tracked.copy_(next);
    return y;
  } else {
    const Tensor batch = x.dim() == kLeast ? x.unsqueeze(0) : x;
    const Tensor y =
        tapegrad::instance_norm(batch, weight, bias, running_mean, running_var, train, o.momentum(), o.eps());
    return x.dim() == kLeast ? y.squeeze(0) : y;
  }
}
template <class Derived, class Options, std::int64_t kLeast, std::int64_t kMost>
std::string RunningNorm<Derived, Options, kLeast, kMost>::arguments() const {
  const Options& o = this->options;
  std::string list = std::to_string(o.num_features());
  add_argument(list, "eps", o.eps());
  if constexpr (std::is_same_v<Options, BatchNormOptions>) {
    add_argument(list, "momentum", o.momentum().has_value() ? number(*o.momentum()) : std::string("None"));
  } else {
    add_argument(list, "momentum", o.momentum());
  }
  add_argument(list, "affine", o.affine());
  add_argument(list, "track_running_stats", o.track_running_stats());
  return list;
}
template struct RunningNorm<BatchNorm1dImpl, BatchNormOptions, 2, 3>;
template struct RunningNorm<BatchNorm2dImpl, BatchNormOptions, 4, 4>;
template struct RunningNorm<BatchNorm3dImpl, BatchNormOptions, 5, 5>;
template struct RunningNorm<InstanceNorm1dImpl, InstanceNormOptions, 2, 3>;
template struct RunningNorm<InstanceNorm2dImpl, InstanceNormOptions, 3, 4>;
template struct RunningNorm<InstanceNorm3dImpl, InstanceNormOptions, 4, 5>;

}  // namespace detail

LayerNormImpl::LayerNormImpl(const LayerNormOptions& norm_options) : Layer(norm_options) {
  make_affine(*this, options.elementwise_affine(), options.normalized_shape(), weight, bias);
}
void LayerNormImpl::reset_parameters() { reset_affine(weight, bias); }
std::string LayerNormImpl::arguments() const {
  std::string list = core::text(IntList(options.normalized_shape()));
  detail::add_argument(list, "eps", options.eps());
  detail::add_argument(list, "elementwise_affine", options.elementwise_affine());
  return list;
}

GroupNormImpl::GroupNormImpl(const GroupNormOptions& norm_options) : Layer(norm_options) {
  const std::int64_t channels = options.num_channels(), groups = options.num_groups();
  if (groups < 1 || channels < 0 || channels % groups != 0)
    core::throw_value("GroupNorm", "num_channels must be divisible by num_groups, but got ", channels, " and ", groups,
                      "; give a number that divides it");
  make_affine(*this, options.affine(), channels, weight, bias);
}
void GroupNormImpl::reset_parameters() { reset_affine(weight, bias); }
std::string GroupNormImpl::arguments() const {
  std::string list = std::to_string(options.num_groups()) + ", " + std::to_string(options.num_channels());
  detail::add_argument(list, "eps", options.eps());
  detail::add_argument(list, "affine", options.affine());
  return list;
}

}  // namespace tapegrad::nn
