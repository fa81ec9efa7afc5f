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

using ReLU6Options = ReLUOptions;
using SELUOptions = ReLUOptions;

struct LeakyReLUFields {
  double negative_slope = 0.01;
  bool inplace = false;
};
struct LeakyReLUOptions : OptionsOf<LeakyReLUFields> {
  using OptionsOf::OptionsOf;
  LeakyReLUOptions(double negative_slope = 0.01) : OptionsOf({negative_slope}) {}
  TAPEGRAD_SETTERS(negative_slope, inplace)
};

struct ELUFields {
  double alpha = 1;
  bool inplace = false;
};
struct ELUOptions : OptionsOf<ELUFields> {
  using OptionsOf::OptionsOf;
  ELUOptions(double alpha = 1) : OptionsOf({alpha}) {}
  TAPEGRAD_SETTERS(alpha, inplace)
};

using CELUOptions = ELUOptions;

struct HardtanhFields {
  double min_val = -1;
  double max_val = 1;
  bool inplace = false;
};
struct HardtanhOptions : OptionsOf<HardtanhFields> {
  using OptionsOf::OptionsOf;
  HardtanhOptions(double min_val = -1, double max_val = 1) : OptionsOf({min_val, max_val}) {}
  TAPEGRAD_SETTERS(min_val, max_val, inplace)
};

struct SoftplusFields {
  double beta = 1;
  double threshold = 20;  ///< where beta x is above it, the result is x itself
};
struct SoftplusOptions : OptionsOf<SoftplusFields> {
  using OptionsOf::OptionsOf;
  SoftplusOptions(double beta = 1) : OptionsOf({beta}) {}
  TAPEGRAD_SETTERS(beta, threshold)
};

struct GELUFields {
  std::string approximate = "none";  ///< or "tanh"
};
struct GELUOptions : OptionsOf<GELUFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(approximate)
};

struct GLUFields {
  std::int64_t dim = -1;
};
struct GLUOptions : OptionsOf<GLUFields> {
  using OptionsOf::OptionsOf;
  GLUOptions(std::int64_t dim = -1) : OptionsOf({dim}) {}
  TAPEGRAD_SETTERS(dim)
};

namespace functional {

/// max(x, 0).
inline Tensor relu(const Tensor& x, const ReLUOptions& options = {}) {
  return options.inplace() ? x.relu_() : x.relu();
}
/// x where x > 0, else negative_slope x.
inline Tensor leaky_relu(const Tensor& x, const LeakyReLUOptions& options = {}) {
  return detail::in_place_if(options.inplace(), x,
                             [&](const Tensor& v) { return tapegrad::leaky_relu(v, options.negative_slope()); });
}
/// x where x > 0, else alpha (e^x - 1).
inline Tensor elu(const Tensor& x, const ELUOptions& options = {}) {
  return detail::in_place_if(options.inplace(), x, [&](const Tensor& v) { return tapegrad::elu(v, options.alpha()); });
}
/// x where x > 0, else alpha (e^(x / alpha) - 1). ValueError where alpha is 0.
TAPEGRAD_EXPORT Tensor celu(const Tensor& x, const CELUOptions& options = {});
/// 1.0507 elu(x, 1.6733), which keeps mean 0 and variance 1. Source: Klambauer et al., "Self-Normalizing Neural
/// Networks", 2017.
TAPEGRAD_EXPORT Tensor selu(const Tensor& x, const SELUOptions& options = {});
/// min(max(x, min_val), max_val).
inline Tensor hardtanh(const Tensor& x, const HardtanhOptions& options = {}) {
  return detail::in_place_if(options.inplace(), x, [&](const Tensor& v) {
    return tapegrad::hardtanh(v, options.min_val(), options.max_val());
  });
}
/// min(max(x, 0), 6).
inline Tensor relu6(const Tensor& x, const ReLU6Options& options = {}) {
  return detail::in_place_if(options.inplace(), x, [](const Tensor& v) { return tapegrad::hardtanh(v, 0, 6); });
}
/// log(1 + e^(beta x)) / beta; x itself where beta x is above the threshold (the operation tapegrad::softplus has
/// none).
inline Tensor softplus(const Tensor& x, const SoftplusOptions& options = {}) {
  return where((x * options.beta()).gt(options.threshold()), x, tapegrad::softplus(x, options.beta()));
}
/// log(1 / (1 + e^-x)), without overflow.
inline Tensor logsigmoid(const Tensor& x) { return tapegrad::log_sigmoid(x); }
/// x times the normal distribution's cdf(x), or with approximate "tanh" a close form of it.
inline Tensor gelu(const Tensor& x, const GELUOptions& options = {}) {
  return tapegrad::gelu(x, options.approximate());
}
/// The first half of dim times the sigmoid of the second. ShapeError where its size is odd. Source: Dauphin et al.,
/// "Language Modeling with Gated Convolutional Networks", 2017.
TAPEGRAD_EXPORT Tensor glu(const Tensor& x, const GLUOptions& options = {});
/// x tanh(softplus(x)). Source: Misra, "Mish", 2019.
inline Tensor mish(const Tensor& x) { return x * tapegrad::softplus(x).tanh(); }
/// x / (1 + |x|).
inline Tensor softsign(const Tensor& x) { return x / (x.abs() + 1); }
using tapegrad::sigmoid;
using tapegrad::silu;
using tapegrad::tanh;

}  // namespace functional

TAPEGRAD_LAYER(ReLU, functional::relu);
TAPEGRAD_LAYER(LeakyReLU, functional::leaky_relu);
TAPEGRAD_LAYER(ELU, functional::elu);
TAPEGRAD_LAYER(CELU, functional::celu);
TAPEGRAD_LAYER(SELU, functional::selu);
/// ValueError unless max_val is above min_val.
struct TAPEGRAD_EXPORT HardtanhImpl : FunctionLayer<HardtanhImpl, &functional::hardtanh> {
  explicit HardtanhImpl(const HardtanhOptions& hardtanh_options = {});
};
TAPEGRAD_MODULE(Hardtanh);
TAPEGRAD_LAYER(ReLU6, functional::relu6);
TAPEGRAD_LAYER(Softplus, functional::softplus);
TAPEGRAD_LAYER(LogSigmoid, functional::logsigmoid);
TAPEGRAD_LAYER(GLU, functional::glu);
TAPEGRAD_LAYER(Mish, functional::mish);
TAPEGRAD_LAYER(Softsign, functional::softsign);
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
