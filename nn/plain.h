// What nn/functional.h has, with plain arguments instead of options, where libtorch has it so too: torch::dropout(x,
// 0.5, true). Each says what it does at the function of its name in nn/layers and nn/losses; with "_" behind it x is
// overwritten.
#pragma once

#include <tapegrad/nn/functional.h>

namespace tapegrad {

// --- dropout: without train x itself is the result
TAPEGRAD_EXPORT Tensor dropout(const Tensor& x, double p, bool train);
TAPEGRAD_EXPORT Tensor dropout_(const Tensor& x, double p, bool train);
TAPEGRAD_EXPORT Tensor alpha_dropout(const Tensor& x, double p, bool train);
TAPEGRAD_EXPORT Tensor alpha_dropout_(const Tensor& x, double p, bool train);
TAPEGRAD_EXPORT Tensor feature_alpha_dropout(const Tensor& x, double p, bool train);
TAPEGRAD_EXPORT Tensor feature_alpha_dropout_(const Tensor& x, double p, bool train);

// --- layers
/// The rows weight[indices]; the row padding_idx, where that is 0 or more, gets no gradient.
TAPEGRAD_EXPORT Tensor embedding(const Tensor& weight, const Tensor& indices, std::int64_t padding_idx = -1,
                                 bool scale_grad_by_freq = false, bool sparse = false);
using nn::functional::bilinear;
TAPEGRAD_EXPORT Tensor pixel_shuffle(const Tensor& x, std::int64_t upscale_factor);
TAPEGRAD_EXPORT Tensor pixel_unshuffle(const Tensor& x, std::int64_t downscale_factor);

// --- activations
using nn::functional::hardsigmoid;
using nn::functional::hardswish;
using nn::functional::mish;
using nn::functional::prelu;
TAPEGRAD_EXPORT Tensor celu(const Tensor& x, double alpha = 1);
TAPEGRAD_EXPORT Tensor selu(const Tensor& x);
TAPEGRAD_EXPORT Tensor relu6(const Tensor& x);
TAPEGRAD_EXPORT Tensor glu(const Tensor& x, std::int64_t dim = -1);
TAPEGRAD_EXPORT Tensor hardshrink(const Tensor& x, double lambda = 0.5);
TAPEGRAD_EXPORT Tensor softshrink(const Tensor& x, double lambda = 0.5);
TAPEGRAD_EXPORT Tensor threshold(const Tensor& x, double threshold, double value);
TAPEGRAD_EXPORT Tensor rrelu(const Tensor& x, double lower = 1.0 / 8, double upper = 1.0 / 3, bool training = false);
TAPEGRAD_EXPORT Tensor celu_(const Tensor& x, double alpha = 1);
TAPEGRAD_EXPORT Tensor selu_(const Tensor& x);
TAPEGRAD_EXPORT Tensor relu6_(const Tensor& x);
TAPEGRAD_EXPORT Tensor elu_(const Tensor& x, double alpha = 1);
TAPEGRAD_EXPORT Tensor leaky_relu_(const Tensor& x, double slope = 0.01);
TAPEGRAD_EXPORT Tensor hardtanh_(const Tensor& x, double min = -1, double max = 1);
TAPEGRAD_EXPORT Tensor threshold_(const Tensor& x, double threshold, double value);
TAPEGRAD_EXPORT Tensor rrelu_(const Tensor& x, double lower = 1.0 / 8, double upper = 1.0 / 3, bool training = false);

// --- losses
TAPEGRAD_EXPORT Tensor huber_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean, double delta = 1);
TAPEGRAD_EXPORT Tensor kl_div(const Tensor& x, const Tensor& target, Reduction reduction = kMean,
                              bool log_target = false);
TAPEGRAD_EXPORT Tensor hinge_embedding_loss(const Tensor& x, const Tensor& target, double margin = 1,
                                            Reduction reduction = kMean);
TAPEGRAD_EXPORT Tensor soft_margin_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean);
TAPEGRAD_EXPORT Tensor multilabel_margin_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean);
TAPEGRAD_EXPORT Tensor multi_margin_loss(const Tensor& x, const Tensor& target, std::int64_t p = 1, double margin = 1,
                                         const Tensor& weight = undefined(), Reduction reduction = kMean);
TAPEGRAD_EXPORT Tensor poisson_nll_loss(const Tensor& x, const Tensor& target, bool log_input, bool full, double eps,
                                        Reduction reduction);
TAPEGRAD_EXPORT Tensor cosine_embedding_loss(const Tensor& x1, const Tensor& x2, const Tensor& target,
                                             double margin = 0, Reduction reduction = kMean);
TAPEGRAD_EXPORT Tensor margin_ranking_loss(const Tensor& x1, const Tensor& x2, const Tensor& target, double margin = 0,
                                           Reduction reduction = kMean);
TAPEGRAD_EXPORT Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                           double margin = 1, double p = 2, double eps = 1e-6, bool swap = false,
                                           Reduction reduction = kMean);

}  // namespace tapegrad
