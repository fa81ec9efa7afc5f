#include <tapegrad/nn/losses/multilabel_margin.h>

#include "autograd/core/text.h"
#include "autograd/ops/require.h"

namespace tapegrad::nn {

Tensor functional::multilabel_margin_loss(const Tensor& x, const Tensor& target,
                                          const MultiLabelMarginLossOptions& options) try {
  const std::int64_t classes = x.dim() == 0 ? 1 : x.size(-1);
  if (x.dim() > 2 || classes == 0) {
    core::throw_shape("multilabel_margin_loss",
                      "Expected non-empty vector or matrix with optional 0-dim batch size, but got: ", x.sizes(),
                      "; give [n, classes]");
  }
  if (target.sizes() != x.sizes()) {
    core::throw_shape("multilabel_margin_loss", "inconsistent size ", target.sizes(), " for argument #2 'target'",
                      "; give x's sizes ", x.sizes(), ", -1 behind the last class");
  }
  if (target.dtype() != kLong) {
    core::throw_dtype("multilabel_margin_loss", "expected scalar type Long but found ", target.dtype(),
                      "; convert with to(kLong)");
  }
  const auto fail = [](std::int64_t last) {
    core::throw_index("multilabel_margin_loss", "argument #2 'target' is out of range; give 0 to ", last, ", or -1");
  };
  ops::require(target.ge(-1).logical_and(target.lt(classes)), fail, classes - 1);
  const Tensor rows = x.reshape({-1, classes}), index = target.reshape({-1, classes}).clamp_min(0);
  const Tensor applies = target.reshape({-1, classes}).ge(0).to(kLong).cumprod(1);
  const Tensor others = zeros_like(index).scatter_add(1, index, applies).eq(0);
  const Tensor gaps = (1 - rows.gather(1, index).unsqueeze(2) + rows.unsqueeze(1)).relu();
  const Tensor counts = applies.eq(1).unsqueeze(2).logical_and(others.unsqueeze(1));
  const Tensor terms = where(counts, gaps, 0).sum({1, 2}) / classes;
  return detail::reduced(x.dim() == 2 ? terms : terms.view(IntList()), options.reduction());
} catch (const Error&) {
  core::throw_as("multilabel_margin_loss");
}

}  // namespace tapegrad::nn
