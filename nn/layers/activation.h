// Elementwise activations, each as a function and as a module: functional::elu(x, {0.5}), nn::ELU(0.5).
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct ReLUFields {
  bool inplace = false;  ///< x itself is overwritten
};
struct ReLUOptions : OptionsOf<ReLUFields> {
  using OptionsOf::OptionsOf;
  ReLUOptions(bool inplace = false) : OptionsOf({inplace}) {}
  TAPEGRAD_SETTERS(inplace)
};

struct LeakyReLUFields {
  double negative_slope = 0.01;
};
struct LeakyReLUOptions : OptionsOf<LeakyReLUFields> {
  using OptionsOf::OptionsOf;
  LeakyReLUOptions(double negative_slope = 0.01) : OptionsOf({negative_slope}) {}
  TAPEGRAD_SETTERS(negative_slope)
};

struct ELUFields {
  double alpha = 1;
};
struct ELUOptions : OptionsOf<ELUFields> {
  using OptionsOf::OptionsOf;
  ELUOptions(double alpha = 1) : OptionsOf({alpha}) {}
  TAPEGRAD_SETTERS(alpha)
};

struct HardtanhFields {
  double min_val = -1;
  double max_val = 1;
};
struct HardtanhOptions : OptionsOf<HardtanhFields> {
  using OptionsOf::OptionsOf;
  HardtanhOptions(double min_val = -1, double max_val = 1) : OptionsOf({min_val, max_val}) {}
  TAPEGRAD_SETTERS(min_val, max_val)
};

struct SoftplusFields {
  double beta = 1;
};
struct SoftplusOptions : OptionsOf<SoftplusFields> {
  using OptionsOf::OptionsOf;
  SoftplusOptions(double beta = 1) : OptionsOf({beta}) {}
  TAPEGRAD_SETTERS(beta)
};

struct GELUFields {
  std::string approximate = "none";  ///< or "tanh"
};
struct GELUOptions : OptionsOf<GELUFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(approximate)
};

namespace functional {

/// max(x, 0).
inline Tensor relu(const Tensor& x, const ReLUOptions& options = {}) {
  return options.inplace() ? x.relu_() : x.relu();
}
/// x where x > 0, else negative_slope x.
inline Tensor leaky_relu(const Tensor& x, const LeakyReLUOptions& options = {}) {
  return tapegrad::leaky_relu(x, options.negative_slope());
}
/// x where x > 0, else alpha (e^x - 1).
inline Tensor elu(const Tensor& x, const ELUOptions& options = {}) { return tapegrad::elu(x, options.alpha()); }
/// min(max(x, min_val), max_val).
inline Tensor hardtanh(const Tensor& x, const HardtanhOptions& options = {}) {
  return tapegrad::hardtanh(x, options.min_val(), options.max_val());
}
/// min(max(x, 0), 6).
inline Tensor relu6(const Tensor& x) { return tapegrad::hardtanh(x, 0, 6); }
/// log(1 + e^(beta x)) / beta, with all digits for large x too (PyTorch gives x itself beyond a threshold).
inline Tensor softplus(const Tensor& x, const SoftplusOptions& options = {}) {
  return tapegrad::softplus(x, options.beta());
}
/// log(1 / (1 + e^-x)), without overflow.
inline Tensor logsigmoid(const Tensor& x) { return tapegrad::log_sigmoid(x); }
/// x times the normal distribution's cdf(x), or with approximate "tanh" a close form of it.
inline Tensor gelu(const Tensor& x, const GELUOptions& options = {}) {
  return tapegrad::gelu(x, options.approximate());
}
using tapegrad::sigmoid;
using tapegrad::silu;
using tapegrad::tanh;

}  // namespace functional

TAPEGRAD_LAYER(ReLU, functional::relu);
TAPEGRAD_LAYER(LeakyReLU, functional::leaky_relu);
TAPEGRAD_LAYER(ELU, functional::elu);
TAPEGRAD_LAYER(Hardtanh, functional::hardtanh);
TAPEGRAD_LAYER(ReLU6, functional::relu6);
TAPEGRAD_LAYER(Softplus, functional::softplus);
TAPEGRAD_LAYER(LogSigmoid, functional::logsigmoid);
TAPEGRAD_LAYER(Sigmoid, functional::sigmoid);
TAPEGRAD_LAYER(SiLU, functional::silu);
TAPEGRAD_LAYER(Tanh, functional::tanh);

/// Prints approximate only where it is not "none".
struct TAPEGRAD_EXPORT GELUImpl : FunctionLayer<GELUImpl, &functional::gelu> {
  using FunctionLayer::FunctionLayer;
  std::string arguments() const override { return options.approximate() == "none" ? "" : FunctionLayer::arguments(); }
};
TAPEGRAD_MODULE(GELU);

}  // namespace tapegrad::nn
