// Piecewise linear activations: Threshold, PReLU, RReLU, Hardsigmoid, Hardswish (ReLU and LeakyReLU: activation.h).
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct ThresholdFields {
  double threshold;  ///< must be given
  double value;      ///< must be given
  bool inplace = false;
};
struct ThresholdOptions : OptionsOf<ThresholdFields> {
  using OptionsOf::OptionsOf;
  ThresholdOptions(double threshold, double value) : OptionsOf({threshold, value}) {}
  TAPEGRAD_SETTERS(threshold, value, inplace)
};

struct PReLUFields {
  std::int64_t num_parameters = 1;  ///< or one for each channel
  double init = 0.25;
};
struct PReLUOptions : OptionsOf<PReLUFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(num_parameters, init)
};

struct RReLUFields {
  double lower = 1.0 / 8;
  double upper = 1.0 / 3;
  bool inplace = false;
};
struct RReLUOptions : OptionsOf<RReLUFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(lower, upper, inplace)
};
struct RReLUFuncFields {
  double lower = 1.0 / 8;
  double upper = 1.0 / 3;
  bool training = false;
  bool inplace = false;
};

namespace functional {

struct RReLUFuncOptions : OptionsOf<RReLUFuncFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(lower, upper, training, inplace)
};

/// x where x > threshold, else value.
inline Tensor threshold(const Tensor& x, const ThresholdOptions& options) {
  return detail::in_place_if(options.inplace(), x,
                             [&](const Tensor& v) { return where(v.le(options.threshold()), options.value(), v); });
}
/// x where x > 0, else weight x; weight has one element, or one for each index of x's second dim. ShapeError for
/// others. Source: He et al., "Delving Deep into Rectifiers", 2015.
TAPEGRAD_EXPORT Tensor prelu(const Tensor& x, const Tensor& weight);
/// x where x > 0, else a x; a is (lower + upper) / 2, in training drawn from U(lower, upper) for each such x.
/// ValueError where lower > upper. Source: Xu et al., "Empirical Evaluation of Rectified Activations", 2015.
TAPEGRAD_EXPORT Tensor rrelu(const Tensor& x, const RReLUFuncOptions& options = {});
/// min(max(x + 3, 0), 6) / 6.
inline Tensor hardsigmoid(const Tensor& x) { return tapegrad::hardtanh(x + 3, 0, 6) / 6; }
/// x hardsigmoid(x). Source: Howard et al., "Searching for MobileNetV3", 2019.
inline Tensor hardswish(const Tensor& x) { return x * (x + 3).clamp(0, 6) / 6; }

}  // namespace functional

struct TAPEGRAD_EXPORT ThresholdImpl : FunctionLayer<ThresholdImpl, &functional::threshold> {
  using FunctionLayer::FunctionLayer;
  ThresholdImpl(double threshold, double value) : ThresholdImpl(ThresholdOptions(threshold, value)) {}
};
TAPEGRAD_MODULE(Threshold);
TAPEGRAD_LAYER(Hardsigmoid, functional::hardsigmoid);
TAPEGRAD_LAYER(Hardswish, functional::hardswish);

/// The module of functional::prelu, with a weight [num_parameters].
struct TAPEGRAD_EXPORT PReLUImpl : Layer<PReLUImpl, PReLUOptions> {
  explicit PReLUImpl(const PReLUOptions& prelu_options = {})
      : Layer(prelu_options), weight(register_parameter("weight", full({options.num_parameters()}, options.init()))) {}
  Tensor forward(const Tensor& x) { return functional::prelu(x, weight); }
  std::string arguments() const override { return "num_parameters=" + std::to_string(options.num_parameters()); }

  Parameter weight;
};
TAPEGRAD_MODULE(PReLU);

/// The module of functional::rrelu, which draws while it is_training().
struct TAPEGRAD_EXPORT RReLUImpl : Layer<RReLUImpl, RReLUOptions> {
  explicit RReLUImpl(const RReLUOptions& rrelu_options = {}) : Layer(rrelu_options) {}
  Tensor forward(const Tensor& x) {
    return functional::rrelu(
        x, functional::RReLUFuncOptions({options.lower(), options.upper(), is_training(), options.inplace()}));
  }
  std::string arguments() const override { return detail::arguments(options); }
};
TAPEGRAD_MODULE(RReLU);

}  // namespace tapegrad::nn
