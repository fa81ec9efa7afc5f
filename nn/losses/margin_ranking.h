// MarginRankingLoss: of two scores and which is to be the larger.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct MarginRankingLossFields {
  double margin = 0;  ///< by which it is to be larger
  Reduction reduction = kMean;
};
struct MarginRankingLossOptions : OptionsOf<MarginRankingLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(margin, reduction)
};

namespace functional {
/// max(margin - target (x1 - x2), 0); target is 1 where x1 is to be the larger, else -1. ShapeError unless all have the
/// same number of dims.
TAPEGRAD_EXPORT Tensor margin_ranking_loss(const Tensor& x1, const Tensor& x2, const Tensor& target,
                                           const MarginRankingLossOptions& options = {});
}  // namespace functional

TAPEGRAD_LAYER(MarginRankingLoss, functional::margin_ranking_loss);

}  // namespace tapegrad::nn
