// MultiMarginLoss: of scores and a class, which is to be above the others by a margin.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct MultiMarginLossFields {
  std::int64_t p = 1;  ///< or 2
  double margin = 1;
  Tensor weight = {};  ///< of each class, [c]
  Reduction reduction = kMean;
};
struct MultiMarginLossOptions : OptionsOf<MultiMarginLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(p, margin, weight, reduction)
};

namespace functional {
/// weight[y] max(margin - x[y] + x[k], 0)^p, summed over the classes k but y and divided by their number; of scores x
/// [n, c] or [c] and classes target y, int64 [n] or one. ValueError unless p is 1 or 2, IndexError for a class that
/// does not exist.
TAPEGRAD_EXPORT Tensor multi_margin_loss(const Tensor& x, const Tensor& target,
                                         const MultiMarginLossOptions& options = {});
}  // namespace functional

/// It prints its options. ValueError unless p is 1 or 2.
struct TAPEGRAD_EXPORT MultiMarginLossImpl : FunctionLayer<MultiMarginLossImpl, &functional::multi_margin_loss> {
  explicit MultiMarginLossImpl(const MultiMarginLossOptions& loss_options = {});
  std::string arguments() const override;
};
TAPEGRAD_MODULE(MultiMarginLoss);

}  // namespace tapegrad::nn
