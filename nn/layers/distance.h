// Distances and angles of vectors, as functions and as modules: functional::cosine_similarity(a, b),
// nn::PairwiseDistance().
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct CosineSimilarityFields {
  std::int64_t dim = 1;
  double eps = 1e-8;
};
struct CosineSimilarityOptions : OptionsOf<CosineSimilarityFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(dim, eps)
};

struct PairwiseDistanceFields {
  double p = 2;
  double eps = 1e-6;
  bool keepdim = false;
};
struct PairwiseDistanceOptions : OptionsOf<PairwiseDistanceFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(p, eps, keepdim)
};

struct NormalizeFields {
  double p = 2;
  std::int64_t dim = 1;
  double eps = 1e-12;
};
struct NormalizeFuncOptions : OptionsOf<NormalizeFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(p, dim, eps)
};

namespace functional {

/// The cosine of the angle between x1 and x2 along dim.
inline Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, const CosineSimilarityOptions& options = {}) {
  return tapegrad::cosine_similarity(x1, x2, options.dim(), options.eps());
}
/// The norm of x1 - x2 + eps over the last dim.
inline Tensor pairwise_distance(const Tensor& x1, const Tensor& x2, const PairwiseDistanceOptions& options = {}) {
  return tapegrad::pairwise_distance(x1, x2, options.p(), options.eps(), options.keepdim());
}
/// x / max(its norm along dim, eps).
inline Tensor normalize(const Tensor& x, const NormalizeFuncOptions& options = {}) {
  return tapegrad::normalize(x, options.p(), options.dim(), options.eps());
}

}  // namespace functional

/// They print their options, which a loss of the same signature does not.
struct TAPEGRAD_EXPORT CosineSimilarityImpl : FunctionLayer<CosineSimilarityImpl, &functional::cosine_similarity> {
  using FunctionLayer::FunctionLayer;
  std::string arguments() const override { return detail::arguments(options); }
};
TAPEGRAD_MODULE(CosineSimilarity);

struct TAPEGRAD_EXPORT PairwiseDistanceImpl : FunctionLayer<PairwiseDistanceImpl, &functional::pairwise_distance> {
  using FunctionLayer::FunctionLayer;
  std::string arguments() const override { return detail::arguments(options); }
};
TAPEGRAD_MODULE(PairwiseDistance);

}  // namespace tapegrad::nn
