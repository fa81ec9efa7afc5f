// Activations that draw small values to 0: Hardshrink, Softshrink, Tanhshrink.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct ShrinkFields {
  double lambda = 0.5;  ///< half the width of what becomes 0
};
struct HardshrinkOptions : OptionsOf<ShrinkFields> {
  using OptionsOf::OptionsOf;
  HardshrinkOptions(double lambda = 0.5) : OptionsOf({lambda}) {}
  TAPEGRAD_SETTERS(lambda)
};
using SoftshrinkOptions = HardshrinkOptions;

namespace functional {

/// x where |x| > lambda, else 0.
inline Tensor hardshrink(const Tensor& x, const HardshrinkOptions& options = {}) {
  return where(x.ge(-options.lambda()).logical_and(x.le(options.lambda())), 0, x);
}
/// x - lambda where x > lambda, x + lambda where x < -lambda, else 0. ValueError where lambda is negative.
TAPEGRAD_EXPORT Tensor softshrink(const Tensor& x, const SoftshrinkOptions& options = {});
/// x - tanh(x).
inline Tensor tanhshrink(const Tensor& x) { return x - x.tanh(); }

}  // namespace functional

/// They print lambda without its name, as libtorch does.
struct TAPEGRAD_EXPORT HardshrinkImpl : FunctionLayer<HardshrinkImpl, &functional::hardshrink> {
  using FunctionLayer::FunctionLayer;
  std::string arguments() const override { return detail::number(options.lambda()); }
};
TAPEGRAD_MODULE(Hardshrink);

struct TAPEGRAD_EXPORT SoftshrinkImpl : FunctionLayer<SoftshrinkImpl, &functional::softshrink> {
  using FunctionLayer::FunctionLayer;
  std::string arguments() const override { return detail::number(options.lambda()); }
};
TAPEGRAD_MODULE(Softshrink);

TAPEGRAD_LAYER(Tanhshrink, functional::tanhshrink);

}  // namespace tapegrad::nn
