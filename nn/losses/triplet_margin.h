// TripletMarginLoss: an anchor nearer to a positive than to a negative.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct TripletMarginLossFields {
  double margin = 1;
  double p = 2;  ///< of the norm
  double eps = 1e-6;
  bool swap = false;  ///< the negative counts as near as it is to the positive, too
  Reduction reduction = kMean;
};
struct TripletMarginLossOptions : OptionsOf<TripletMarginLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(margin, p, eps, swap, reduction)
};

namespace functional {
/// max(d(anchor, positive) - d(anchor, negative) + margin, 0), d being pairwise_distance. ShapeError unless all have
/// the same number of dims. Source: Balntas et al., "Learning shallow convolutional feature descriptors with triplet
/// losses", 2016.
TAPEGRAD_EXPORT Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                           const TripletMarginLossOptions& options = {});
}  // namespace functional

/// It prints its options but the reduction.
struct TAPEGRAD_EXPORT TripletMarginLossImpl : FunctionLayer<TripletMarginLossImpl, &functional::triplet_margin_loss> {
  using FunctionLayer::FunctionLayer;
  std::string arguments() const override {
    return "margin=" + detail::number(options.margin()) + ", p=" + detail::number(options.p()) +
           ", eps=" + detail::number(options.eps()) + ", swap=" + detail::flag(options.swap());
  }
};
TAPEGRAD_MODULE(TripletMarginLoss);

}  // namespace tapegrad::nn
