// Losses of a prediction and a target, as nn's modules and libtorch's functions have them.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

// An undefined tensor, for an argument that is not given.
TAPEGRAD_EXPORT const Tensor& undefined() noexcept;

// What a loss does with its elements. PyTorch's names: kNone, kMean, kSum.
enum class Reduction : std::uint8_t { None, Mean, Sum };
inline constexpr Reduction kNone = Reduction::None, kMean = Reduction::Mean, kSum = Reduction::Sum;

// (x - y)^2. Warns when the shapes differ, as they will broadcast; grad: 2 g (x - y), -2 g (x - y)
TAPEGRAD_EXPORT Tensor mse_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean);
// |x - y|; grad: g sign(x - y), -g sign(x - y)
TAPEGRAD_EXPORT Tensor l1_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean);
// -w (y log p + (1 - y) log(1 - p)), each log clamped at -100; p in [0, 1], y of its sizes but for
// dims of size 1; grad: g w (p - y) / (p (1 - p))
TAPEGRAD_EXPORT Tensor binary_cross_entropy(const Tensor& p, const Tensor& target, const Tensor& weight = undefined(),
                                            Reduction reduction = kMean);
// The same of p = sigmoid(z), without losing digits: w ((1 - y) z + (1 + (pos_weight - 1) y) softplus(-z));
// grad: g w (sigmoid(z) - y), with pos_weight g w ((1 - y) sigmoid(z) - pos_weight y sigmoid(-z))
TAPEGRAD_EXPORT Tensor binary_cross_entropy_with_logits(const Tensor& z, const Tensor& target,
                                                        const Tensor& weight = undefined(),
                                                        const Tensor& pos_weight = undefined(),
                                                        Reduction reduction = kMean);
// -w[y] log_prob[y]: log_prob [n, c] or [c] or [n, c, ...], target int64 [n] or () or [n, ...]. The mean divides by the
// sum of the weights of the rows that are not ignored; grad: -g w[y] at y, 0 elsewhere
TAPEGRAD_EXPORT Tensor nll_loss(const Tensor& log_prob, const Tensor& target, const Tensor& weight = undefined(),
                                Reduction reduction = kMean, std::int64_t ignore_index = -100);
// nll_loss(log_softmax(x)) for class indices; for a floating-point target of x's shape, class probabilities;
// grad: g w[y] (softmax(x) - one_hot(y)), of probabilities g (softmax(x) sum(w y) - w y)
TAPEGRAD_EXPORT Tensor cross_entropy(const Tensor& x, const Tensor& target, const Tensor& weight = undefined(),
                                     Reduction reduction = kMean, std::int64_t ignore_index = -100,
                                     double label_smoothing = 0);

}  // namespace tapegrad
