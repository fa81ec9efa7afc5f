// HuberLoss: the squared error, which grows as the absolute error does where it is large.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct HuberLossFields {
  Reduction reduction = kMean;
  double delta = 1;  ///< above it the error is absolute
};
struct HuberLossOptions : OptionsOf<HuberLossFields> {
  using OptionsOf::OptionsOf;
  HuberLossOptions(Reduction reduction = kMean) : OptionsOf({reduction}) {}
  TAPEGRAD_SETTERS(reduction, delta)
};

namespace functional {
/// d^2 / 2 where |d| < delta, else delta (|d| - delta / 2), of d = x - target; reduced to its mean unless the options
/// say kSum or kNone. ValueError unless delta > 0.
TAPEGRAD_EXPORT Tensor huber_loss(const Tensor& x, const Tensor& target, const HuberLossOptions& options = {});
}  // namespace functional

/// Printed without brackets, as libtorch does.
struct TAPEGRAD_EXPORT HuberLossImpl : FunctionLayer<HuberLossImpl, &functional::huber_loss> {
  using FunctionLayer::FunctionLayer;
  void pretty_print(std::ostream& out) const override { out << detail::prefix() + "HuberLoss"; }
};
TAPEGRAD_MODULE(HuberLoss);

}  // namespace tapegrad::nn
