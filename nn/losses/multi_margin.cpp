#include <tapegrad/nn/losses/multi_margin.h>

#include <sstream>

#include "autograd/core/text.h"
#include "autograd/ops/require.h"

namespace tapegrad::nn {

static void check_p(std::int64_t p) {
  if (p == 1 || p == 2) return;
  core::throw_value("multi_margin_loss", "only p == 1 and p == 2 supported, but got ", p, "; give 1 or 2");
}

MultiMarginLossImpl::MultiMarginLossImpl(const MultiMarginLossOptions& loss_options) : FunctionLayer(loss_options) {
  check_p(options.p());
}
std::string MultiMarginLossImpl::arguments() const {
  std::ostringstream text;
  text << "p=" << options.p() << ", margin=" << detail::number(options.margin()) << ", weight=" << options.weight()
       << ", reduction="
       << (options.reduction() == kMean  ? "kMean"
           : options.reduction() == kSum ? "kSum"
                                         : "kNone");
  return text.str();
}

Tensor functional::multi_margin_loss(const Tensor& x, const Tensor& target, const MultiMarginLossOptions& options) try {
  const std::int64_t classes = x.dim() == 0 ? 1 : x.size(-1), rows = x.dim() == 2 ? x.size(0) : 1;
  check_p(options.p());
  if (x.dim() > 2 || classes == 0) {
    core::throw_shape("multi_margin_loss",
                      "Expected non-empty vector or matrix with optional 0-dim batch size, but got: ", x.sizes(),
                      "; give [n, classes]");
  }
  if (target.dim() > 1 || target.numel() != rows) {
    core::throw_shape("multi_margin_loss", "inconsistent target size, got: ", target.sizes(),
                      "; give a class for each of ", rows, " rows");
  }
  if (target.dtype() != kLong) {
    core::throw_dtype("multi_margin_loss", "expected scalar type Long but found ", target.dtype(),
                      "; convert with to(kLong)");
  }
  if (options.weight().defined() && (options.weight().dim() != 1 || options.weight().size(0) != classes)) {
    core::throw_shape("multi_margin_loss", "inconsistent weight size, got: ", options.weight().sizes(), "; give ",
                      classes, " weights");
  }
  const auto fail = [](std::int64_t last) {
    core::throw_index("multi_margin_loss", "target out of range; give classes 0 to ", last);
  };
  ops::require(target.ge(0).logical_and(target.lt(classes)), fail, classes - 1);
  const Tensor scores = x.reshape({rows, classes}), index = target.reshape({rows, 1});
  Tensor gaps = (options.margin() - scores.gather(1, index) + scores).relu();
  if (options.p() == 2) gaps = gaps.square();
  if (options.weight().defined()) gaps = gaps * options.weight().index_select(0, index.view(-1)).unsqueeze(1);
  const Tensor terms = gaps.scatter(1, index, 0).sum(1) / classes;
  return detail::reduced(x.dim() == 2 ? terms : terms.view(IntList()), options.reduction());
} catch (const Error&) {
  core::throw_as("multi_margin_loss");
}

}  // namespace tapegrad::nn
