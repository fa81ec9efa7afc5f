// Softmax and its relatives, along one dim, each as a function and as a module: functional::softmax(x, 1),
// nn::Softmax(1).
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct SoftmaxFields {
  std::int64_t dim;  ///< must be given
};
struct SoftmaxOptions : OptionsOf<SoftmaxFields> {
  using OptionsOf::OptionsOf;
  SoftmaxOptions(std::int64_t dim) : OptionsOf({dim}) {}
  TAPEGRAD_SETTERS(dim)
};
using LogSoftmaxOptions = SoftmaxOptions;
using SoftminOptions = SoftmaxOptions;

struct GumbelSoftmaxFuncFields {
  double tau = 1;     ///< the temperature: near 0 the result is nearly one-hot
  bool hard = false;  ///< the result is one-hot, its gradient is that of the soft one
  std::int64_t dim = -1;
};
struct GumbelSoftmaxFuncOptions : OptionsOf<GumbelSoftmaxFuncFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(tau, hard, dim)
};

namespace functional {

/// e^x / sum of e^x along dim.
inline Tensor softmax(const Tensor& x, const SoftmaxOptions& options) { return x.softmax(options.dim()); }
/// log(softmax(x)), without losing digits.
inline Tensor log_softmax(const Tensor& x, const LogSoftmaxOptions& options) { return x.log_softmax(options.dim()); }
/// softmax(-x).
inline Tensor softmin(const Tensor& x, const SoftminOptions& options) { return (-x).softmax(options.dim()); }

using nn::GumbelSoftmaxFuncOptions;
/// softmax((x + g) / tau) along dim, with g drawn from Gumbel(0, 1): a sample of the classes of logits x that has a
/// gradient. The numbers are PyTorch's. Source: Jang, Gu and Poole, "Categorical Reparameterization with
/// Gumbel-Softmax", 2017.
inline Tensor gumbel_softmax(const Tensor& x, const GumbelSoftmaxFuncOptions& options = {}) {
  const Tensor gumbel = -empty_like(x).exponential_().log();
  Tensor soft = ((x + gumbel) / options.tau()).softmax(options.dim());
  if (!options.hard()) return soft;
  const Tensor hard = zeros_like(x).scatter(options.dim(), soft.argmax(options.dim(), /*keepdim=*/true), 1);
  return hard - soft.detach() + soft;
}

}  // namespace functional

/// Softmax over the channels of x [n, c, h, w] or [c, h, w]. ShapeError for other x.
struct TAPEGRAD_EXPORT Softmax2dImpl : Layer<Softmax2dImpl> {
  Tensor forward(const Tensor& x) {
    if (x.dim() == 3 || x.dim() == 4) return x.softmax(-3);
    throw ShapeError("Softmax2d: Softmax2d requires a 3D or 4D tensor as input; give [n, c, h, w] or [c, h, w]");
  }
};
TAPEGRAD_MODULE(Softmax2d);

TAPEGRAD_LAYER(Softmax, functional::softmax);
TAPEGRAD_LAYER(LogSoftmax, functional::log_softmax);
TAPEGRAD_LAYER(Softmin, functional::softmin);

}  // namespace tapegrad::nn
