// LocalResponseNorm: each element by what its neighbours in other channels are.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct LocalResponseNormFields {
  std::int64_t size = 1;  ///< channels around, this one among them
  double alpha = 1e-4;
  double beta = 0.75;
  double k = 1;
};
struct LocalResponseNormOptions : OptionsOf<LocalResponseNormFields> {
  using OptionsOf::OptionsOf;
  LocalResponseNormOptions(std::int64_t size) : OptionsOf({size}) {}
  TAPEGRAD_SETTERS(size, alpha, beta, k)
};

namespace functional {
/// x / (k + alpha mean(x^2))^beta, the mean over `size` channels around, absent ones being 0: x [n, channels, ..] of
/// three dims or more, ShapeError for fewer; ValueError for a size below 1.
TAPEGRAD_EXPORT Tensor local_response_norm(const Tensor& x, const LocalResponseNormOptions& options);
}  // namespace functional

struct TAPEGRAD_EXPORT LocalResponseNormImpl : FunctionLayer<LocalResponseNormImpl, &functional::local_response_norm> {
  using FunctionLayer::FunctionLayer;
  LocalResponseNormImpl(std::int64_t size) : FunctionLayer(LocalResponseNormOptions(size)) {}
  std::string arguments() const override {
    const auto& o = options;
    return std::to_string(o.size()) + ", alpha=" + detail::number(o.alpha()) + ", beta=" + detail::number(o.beta()) +
           ", k=" + detail::number(o.k());
  }
};
TAPEGRAD_MODULE(LocalResponseNorm);

}  // namespace tapegrad::nn
