// What nn/functional.h has, with plain arguments instead of options, where libtorch has it so too: torch::dropout(x,
// 0.5, true). Each says what it does at the function of its name in nn/layers and nn/losses; with "_" behind it x is
// overwritten.
#pragma once

#include <tapegrad/nn/functional.h>

namespace tapegrad {

// --- dropout: without train x itself is the result
inline Tensor dropout(const Tensor& x, double p, bool train) { return nn::functional::dropout(x, {{p, train}}); }
inline Tensor dropout_(const Tensor& x, double p, bool train) { return nn::functional::dropout(x, {{p, train, true}}); }
inline Tensor alpha_dropout(const Tensor& x, double p, bool train) {
  return nn::functional::alpha_dropout(x, {{p, train}});
}
inline Tensor alpha_dropout_(const Tensor& x, double p, bool train) {
  return nn::functional::alpha_dropout(x, {{p, train, true}});
}
inline Tensor feature_alpha_dropout(const Tensor& x, double p, bool train) {
  return nn::functional::feature_alpha_dropout(x, {{p, train}});
}
inline Tensor feature_alpha_dropout_(const Tensor& x, double p, bool train) {
  return nn::functional::feature_alpha_dropout(x, {{p, train, true}});
}

// --- layers
/// The rows weight[indices]; the row padding_idx, where that is 0 or more, gets no gradient.
inline Tensor embedding(const Tensor& weight, const Tensor& indices, std::int64_t padding_idx = -1,
                        bool scale_grad_by_freq = false, bool sparse = false) {
  nn::EmbeddingFuncOptions options({.scale_grad_by_freq = scale_grad_by_freq, .sparse = sparse});
  if (padding_idx >= 0) options.padding_idx(padding_idx);
  return nn::functional::embedding(indices, weight, options);
}
using nn::functional::bilinear;
inline Tensor pixel_shuffle(const Tensor& x, std::int64_t upscale_factor) {
  return nn::functional::pixel_shuffle(x, upscale_factor);
}
inline Tensor pixel_unshuffle(const Tensor& x, std::int64_t downscale_factor) {
  return nn::functional::pixel_unshuffle(x, downscale_factor);
}

// --- activations
using nn::functional::hardsigmoid;
using nn::functional::hardswish;
using nn::functional::mish;
using nn::functional::prelu;
inline Tensor celu(const Tensor& x, double alpha = 1) { return nn::functional::celu(x, alpha); }
inline Tensor selu(const Tensor& x) { return nn::functional::selu(x); }
inline Tensor relu6(const Tensor& x) { return nn::functional::relu6(x); }
inline Tensor glu(const Tensor& x, std::int64_t dim = -1) { return nn::functional::glu(x, dim); }
inline Tensor hardshrink(const Tensor& x, double lambda = 0.5) { return nn::functional::hardshrink(x, lambda); }
inline Tensor softshrink(const Tensor& x, double lambda = 0.5) { return nn::functional::softshrink(x, lambda); }
inline Tensor threshold(const Tensor& x, double threshold, double value) {
  return nn::functional::threshold(x, {threshold, value});
}
inline Tensor rrelu(const Tensor& x, double lower = 1.0 / 8, double upper = 1.0 / 3, bool training = false) {
  return nn::functional::rrelu(x, {{lower, upper, training}});
}
inline Tensor celu_(const Tensor& x, double alpha = 1) { return nn::functional::celu(x, {{alpha, true}}); }
inline Tensor selu_(const Tensor& x) { return nn::functional::selu(x, true); }
inline Tensor relu6_(const Tensor& x) { return nn::functional::relu6(x, true); }
inline Tensor elu_(const Tensor& x, double alpha = 1) { return nn::functional::elu(x, {{alpha, true}}); }
inline Tensor leaky_relu_(const Tensor& x, double slope = 0.01) {
  return nn::functional::leaky_relu(x, {{slope, true}});
}
inline Tensor hardtanh_(const Tensor& x, double min = -1, double max = 1) {
  return nn::functional::hardtanh(x, {{min, max, true}});
}
inline Tensor threshold_(const Tensor& x, double threshold, double value) {
  return nn::functional::threshold(x, {{threshold, value, true}});
}
inline Tensor rrelu_(const Tensor& x, double lower = 1.0 / 8, double upper = 1.0 / 3, bool training = false) {
  return nn::functional::rrelu(x, {{lower, upper, training, true}});
}

// --- losses
inline Tensor huber_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean, double delta = 1) {
  return nn::functional::huber_loss(x, target, {{reduction, delta}});
}
inline Tensor kl_div(const Tensor& x, const Tensor& target, Reduction reduction = kMean, bool log_target = false) {
  return nn::functional::kl_div(x, target, {{reduction, log_target}});
}
inline Tensor hinge_embedding_loss(const Tensor& x, const Tensor& target, double margin = 1,
                                   Reduction reduction = kMean) {
  return nn::functional::hinge_embedding_loss(x, target, {{margin, reduction}});
}
inline Tensor soft_margin_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean) {
  return nn::functional::soft_margin_loss(x, target, reduction);
}
inline Tensor multilabel_margin_loss(const Tensor& x, const Tensor& target, Reduction reduction = kMean) {
  return nn::functional::multilabel_margin_loss(x, target, reduction);
}
inline Tensor multi_margin_loss(const Tensor& x, const Tensor& target, std::int64_t p = 1, double margin = 1,
                                const Tensor& weight = undefined(), Reduction reduction = kMean) {
  return nn::functional::multi_margin_loss(x, target, {{p, margin, weight, reduction}});
}
inline Tensor poisson_nll_loss(const Tensor& x, const Tensor& target, bool log_input, bool full, double eps,
                               Reduction reduction) {
  return nn::functional::poisson_nll_loss(x, target, {{log_input, full, eps, reduction}});
}
inline Tensor cosine_embedding_loss(const Tensor& x1, const Tensor& x2, const Tensor& target, double margin = 0,
                                    Reduction reduction = kMean) {
  return nn::functional::cosine_embedding_loss(x1, x2, target, {{margin, reduction}});
}
inline Tensor margin_ranking_loss(const Tensor& x1, const Tensor& x2, const Tensor& target, double margin = 0,
                                  Reduction reduction = kMean) {
  return nn::functional::margin_ranking_loss(x1, x2, target, {{margin, reduction}});
}
inline Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                  double margin = 1, double p = 2, double eps = 1e-6, bool swap = false,
                                  Reduction reduction = kMean) {
  return nn::functional::triplet_margin_loss(anchor, positive, negative, {{margin, p, eps, swap, reduction}});
}

}  // namespace tapegrad
