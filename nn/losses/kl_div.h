// KLDivLoss: the Kullback-Leibler divergence of log-probabilities from probabilities.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad {
namespace nn {

/// kMean, kSum or kNone of the terms, or kBatchMean: their sum over the number of rows, which is the divergence's mean.
enum class KLDivReduction : std::uint8_t { None, Mean, Sum, BatchMean };
struct KLDivLossFields {
  struct Choice {
    KLDivReduction value = KLDivReduction::Mean;
    constexpr Choice() = default;
    constexpr Choice(KLDivReduction choice) : value(choice) {}
    constexpr Choice(Reduction choice) : value(static_cast<KLDivReduction>(choice)) {}
  } reduction = {};
  bool log_target = false;  ///< the target is given as its logarithm
};
struct KLDivLossOptions : OptionsOf<KLDivLossFields> {
  using OptionsOf::OptionsOf;
  KLDivLossOptions(KLDivReduction reduction = KLDivReduction::Mean) : OptionsOf({reduction}) {}
  KLDivLossOptions(Reduction reduction) : OptionsOf({reduction}) {}
  TAPEGRAD_SETTERS(reduction, log_target)
};

namespace functional {
/// target (log target - x), 0 where the target is 0, of log-probabilities x and probabilities target.
inline Tensor kl_div(const Tensor& x, const Tensor& target, const KLDivLossOptions& options = {}) try {
  const Tensor terms =
      options.log_target() ? target.exp() * (target - x) : tapegrad::xlogy(target, target) - target * x;
  const KLDivReduction reduction = options.reduction().value;
  if (reduction != KLDivReduction::BatchMean) return detail::reduced(terms, static_cast<Reduction>(reduction));
  return x.dim() == 0 ? terms.sum() : terms.sum() / x.size(0);
} catch (const Error&) {
  detail::throw_as("kl_div");
}
}  // namespace functional

TAPEGRAD_LAYER(KLDivLoss, functional::kl_div);

}  // namespace nn

inline constexpr nn::KLDivReduction kBatchMean = nn::KLDivReduction::BatchMean;

}  // namespace tapegrad
