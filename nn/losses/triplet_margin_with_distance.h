// TripletMarginWithDistanceLoss: TripletMarginLoss by a distance of one's own.
#pragma once

#include <functional>

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct TripletMarginWithDistanceLossFields {
  /// pairwise_distance unless given
  std::optional<std::function<Tensor(const Tensor&, const Tensor&)>> distance_function = {};
  double margin = 1;
  bool swap = false;  ///< the negative counts as near as it is to the positive, too
  Reduction reduction = kMean;
};
struct TripletMarginWithDistanceLossOptions : OptionsOf<TripletMarginWithDistanceLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(distance_function, margin, swap, reduction)
};

namespace functional {
/// max(d(anchor, positive) - d(anchor, negative) + margin, 0).
inline Tensor triplet_margin_with_distance_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                                const TripletMarginWithDistanceLossOptions& options = {}) try {
  const auto distance = [&](const Tensor& a, const Tensor& b) {
    return options.distance_function() ? (*options.distance_function())(a, b) : tapegrad::pairwise_distance(a, b);
  };
  Tensor far = distance(anchor, negative);
  if (options.swap()) far = minimum(far, distance(positive, negative));
  return detail::reduced((distance(anchor, positive) - far + options.margin()).clamp_min(0), options.reduction());
} catch (const Error&) {
  detail::throw_as("triplet_margin_with_distance_loss");
}
}  // namespace functional

/// It prints margin and swap.
struct TAPEGRAD_EXPORT TripletMarginWithDistanceLossImpl
    : FunctionLayer<TripletMarginWithDistanceLossImpl, &functional::triplet_margin_with_distance_loss> {
  using FunctionLayer::FunctionLayer;
  std::string arguments() const override {
    return "margin=" + detail::number(options.margin()) + ", swap=" + detail::flag(options.swap());
  }
};
TAPEGRAD_MODULE(TripletMarginWithDistanceLoss);

}  // namespace tapegrad::nn
