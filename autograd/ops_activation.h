// Activations with a smooth or a sloped gate, elementwise.
#pragma once

#include <string>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// log(1 + exp(beta x)) / beta, without a threshold. grad: g sigmoid(beta x).
TAPEGRAD_EXPORT Tensor softplus(const Tensor& x, double beta = 1);

/// log(1 / (1 + exp(-x))), with all digits of its upper tail. grad: g sigmoid(-x).
TAPEGRAD_EXPORT Tensor log_sigmoid(const Tensor& x);

/// x sigmoid(x), 0 at -inf. grad: g s (1 + x (1 - s)), s = sigmoid(x).
TAPEGRAD_EXPORT Tensor silu(const Tensor& x);

/// x cdf(x) with the cdf of the normal distribution, 0 at -inf; or, approximate = "tanh", x sigmoid(1.5957.. (x +
/// 0.044715 x^3)). Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016. grad: g (cdf(x) + x pdf(x)).
TAPEGRAD_EXPORT Tensor gelu(const Tensor& x, const std::string& approximate = "none");

/// x, or alpha (e^x - 1) where x <= 0. grad: g, g alpha e^x where x <= 0.
TAPEGRAD_EXPORT Tensor elu(const Tensor& x, double alpha = 1);

/// x, or slope x where x <= 0. grad: g, g slope where x <= 0.
TAPEGRAD_EXPORT Tensor leaky_relu(const Tensor& x, double slope = 0.01);

/// clamp with another gradient. grad: g inside, 0 at a bound.
TAPEGRAD_EXPORT Tensor hardtanh(const Tensor& x, double min = -1, double max = 1);

}  // namespace tapegrad
