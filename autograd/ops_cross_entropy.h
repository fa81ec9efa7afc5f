// Losses of class scores and classes.
#pragma once

#include <tapegrad/autograd/ops_loss.h>

namespace tapegrad {

class Tensor;

/// -w[y] log_prob[y]: log_prob [n, c] or [c] or [n, c, ...], target int64 [n] or () or [n, ...]. The mean divides by
/// the sum of the weights of the rows whose target is not ignore_index. grad: -g w[y] at y, 0 elsewhere.
TAPEGRAD_EXPORT Tensor nll_loss(const Tensor& log_prob, const Tensor& target, const Tensor& weight = undefined(),
                                Reduction reduction = kMean, std::int64_t ignore_index = -100);

/// nll_loss(log_softmax(x)) of class indices; of a floating-point target of x's sizes, class probabilities.
/// grad: g w[y] (softmax(x) - one_hot(y)), of probabilities g (softmax(x) sum(w y) - w y).
TAPEGRAD_EXPORT Tensor cross_entropy(const Tensor& x, const Tensor& target, const Tensor& weight = undefined(),
                                     Reduction reduction = kMean, std::int64_t ignore_index = -100,
                                     double label_smoothing = 0);

}  // namespace tapegrad
