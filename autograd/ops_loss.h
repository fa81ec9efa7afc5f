// Losses of a prediction and a target of its sizes, each element by itself.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/ops_create.h>

namespace tapegrad {

class Tensor;

/// What a loss does with its elements. PyTorch's names: kNone, kMean, kSum.
enum class Reduction : std::uint8_t { None, Mean, Sum };
inline constexpr Reduction kNone = Reduction::None, kMean = Reduction::Mean, kSum = Reduction::Sum;

/// The squared error (x - target)^2. Warns when the sizes differ, as they will broadcast. grad: 2 g (x - y), -2 g (x -
/// y).
TAPEGRAD_EXPORT Tensor mse_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean);

/// The absolute error |x - target|. Warns as mse_loss does. grad: g sign(x - y), -g sign(x - y).
TAPEGRAD_EXPORT Tensor l1_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean);

/// The absolute error |d|, d = x - target, rounded off by a parabola where it is below beta: d^2 / (2 beta), and from
/// there on |d| - beta / 2. Warns as mse_loss does; beta 0 is l1_loss, below 0: ValueError. grad: g d / beta, cut off
/// at -g and g; for target the negative.
TAPEGRAD_EXPORT Tensor smooth_l1_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean,
                                      double beta = 1);

/// The cross entropy of probabilities, -w (y log p + (1 - y) log(1 - p)), each log clamped at -100; p is in [0, 1], y
/// of its sizes but for dims of size 1. grad: g w (p - y) / (p (1 - p)).
TAPEGRAD_EXPORT Tensor binary_cross_entropy(const Tensor& p, const Tensor& target, const Tensor& weight = undefined(),
                                            Reduction reduction = kMean);

/// The same of p = sigmoid(z), without losing digits: w ((1 - y) z + (1 + (pos_weight - 1) y) softplus(-z)).
/// grad: g w (sigmoid(z) - y), with pos_weight g w ((1 - y) sigmoid(z) - pos_weight y sigmoid(-z)).
TAPEGRAD_EXPORT Tensor binary_cross_entropy_with_logits(const Tensor& z, const Tensor& target,
                                                        const Tensor& weight = undefined(),
                                                        const Tensor& pos_weight = undefined(),
                                                        Reduction reduction = kMean);

}  // namespace tapegrad
