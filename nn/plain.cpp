#include <tapegrad/nn/plain.h>

namespace tapegrad {

Tensor dropout(const Tensor& x, double p, bool train) { return nn::functional::dropout(x, {{p, train}}); }
Tensor dropout_(const Tensor& x, double p, bool train) { return nn::functional::dropout(x, {{p, train, true}}); }
Tensor alpha_dropout(const Tensor& x, double p, bool train) { return nn::functional::alpha_dropout(x, {{p, train}}); }
Tensor alpha_dropout_(const Tensor& x, double p, bool train) {
  return nn::functional::alpha_dropout(x, {{p, train, true}});
}
Tensor feature_alpha_dropout(const Tensor& x, double p, bool train) {
  return nn::functional::feature_alpha_dropout(x, {{p, train}});
}
Tensor feature_alpha_dropout_(const Tensor& x, double p, bool train) {
  return nn::functional::feature_alpha_dropout(x, {{p, train, true}});
}
Tensor embedding(const Tensor& weight, const Tensor& indices, std::int64_t padding_idx, bool scale_grad_by_freq,
                 bool sparse) {
  nn::EmbeddingFuncOptions options({.scale_grad_by_freq = scale_grad_by_freq, .sparse = sparse});
  if (padding_idx >= 0) options.padding_idx(padding_idx);
  return nn::functional::embedding(indices, weight, options);
}
Tensor pixel_shuffle(const Tensor& x, std::int64_t upscale_factor) {
  return nn::functional::pixel_shuffle(x, upscale_factor);
}
Tensor pixel_unshuffle(const Tensor& x, std::int64_t downscale_factor) {
  return nn::functional::pixel_unshuffle(x, downscale_factor);
}
Tensor celu(const Tensor& x, double alpha) { return nn::functional::celu(x, alpha); }
Tensor selu(const Tensor& x) { return nn::functional::selu(x); }
Tensor relu6(const Tensor& x) { return nn::functional::relu6(x); }
Tensor glu(const Tensor& x, std::int64_t dim) { return nn::functional::glu(x, dim); }
Tensor hardshrink(const Tensor& x, double lambda) { return nn::functional::hardshrink(x, lambda); }
Tensor softshrink(const Tensor& x, double lambda) { return nn::functional::softshrink(x, lambda); }
Tensor threshold(const Tensor& x, double threshold, double value) {
  return nn::functional::threshold(x, {threshold, value});
}
Tensor rrelu(const Tensor& x, double lower, double upper, bool training) {
  return nn::functional::rrelu(x, {{lower, upper, training}});
}
Tensor celu_(const Tensor& x, double alpha) { return nn::functional::celu(x, {{alpha, true}}); }
Tensor selu_(const Tensor& x) { return nn::functional::selu(x, true); }
Tensor relu6_(const Tensor& x) { return nn::functional::relu6(x, true); }
Tensor elu_(const Tensor& x, double alpha) { return nn::functional::elu(x, {{alpha, true}}); }
Tensor leaky_relu_(const Tensor& x, double slope) { return nn::functional::leaky_relu(x, {{slope, true}}); }
Tensor hardtanh_(const Tensor& x, double min, double max) { return nn::functional::hardtanh(x, {{min, max, true}}); }
Tensor threshold_(const Tensor& x, double threshold, double value) {
  return nn::functional::threshold(x, {{threshold, value, true}});
}
Tensor rrelu_(const Tensor& x, double lower, double upper, bool training) {
  return nn::functional::rrelu(x, {{lower, upper, training, true}});
}
Tensor huber_loss(const Tensor& x, const Tensor& target, Reduction reduction, double delta) {
  return nn::functional::huber_loss(x, target, {{reduction, delta}});
}
Tensor kl_div(const Tensor& x, const Tensor& target, Reduction reduction, bool log_target) {
  return nn::functional::kl_div(x, target, {{reduction, log_target}});
}
Tensor hinge_embedding_loss(const Tensor& x, const Tensor& target, double margin, Reduction reduction) {
  return nn::functional::hinge_embedding_loss(x, target, {{margin, reduction}});
}
Tensor soft_margin_loss(const Tensor& x, const Tensor& target, Reduction reduction) {
  return nn::functional::soft_margin_loss(x, target, reduction);
}
Tensor multilabel_margin_loss(const Tensor& x, const Tensor& target, Reduction reduction) {
  return nn::functional::multilabel_margin_loss(x, target, reduction);
}
Tensor multi_margin_loss(const Tensor& x, const Tensor& target, std::int64_t p, double margin, const Tensor& weight,
                         Reduction reduction) {
  return nn::functional::multi_margin_loss(x, target, {{p, margin, weight, reduction}});
}
Tensor poisson_nll_loss(const Tensor& x, const Tensor& target, bool log_input, bool full, double eps,
                        Reduction reduction) {
  return nn::functional::poisson_nll_loss(x, target, {{log_input, full, eps, reduction}});
}
Tensor cosine_embedding_loss(const Tensor& x1, const Tensor& x2, const Tensor& target, double margin,
                             Reduction reduction) {
  return nn::functional::cosine_embedding_loss(x1, x2, target, {{margin, reduction}});
}
Tensor margin_ranking_loss(const Tensor& x1, const Tensor& x2, const Tensor& target, double margin,
                           Reduction reduction) {
  return nn::functional::margin_ranking_loss(x1, x2, target, {{margin, reduction}});
}
Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative, double margin,
                           double p, double eps, bool swap, Reduction reduction) {
  return nn::functional::triplet_margin_loss(anchor, positive, negative, {{margin, p, eps, swap, reduction}});
}

}  // namespace tapegrad
