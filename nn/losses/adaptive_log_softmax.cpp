#include <tapegrad/nn/losses/adaptive_log_softmax.h>

#include <cmath>
#include <ostream>
#include <vector>

#include <tapegrad/nn/sequential.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

static constexpr const char* kName = "AdaptiveLogSoftmaxWithLoss";

AdaptiveLogSoftmaxWithLossImpl::AdaptiveLogSoftmaxWithLossImpl(const AdaptiveLogSoftmaxWithLossOptions& loss_options)
    : Layer(loss_options), cutoffs(options.cutoffs()) {
  cutoffs.push_back(options.n_classes());
  std::int64_t last = 0;
  for (const std::int64_t cutoff : cutoffs) {
    if (cutoff <= last || cutoffs.size() == 1) {
      core::throw_value(kName,
                        "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, "
                        "where each value is between 1 and n_classes-1, but got ",
                        IntList(options.cutoffs()), " for ", options.n_classes(), " classes; give at least one");
    }
    last = cutoff;
  }
  shortlist_size = cutoffs.front();
  n_clusters = static_cast<std::int64_t>(cutoffs.size()) - 1;
  head_size = shortlist_size + n_clusters;
  // In Python: in_features // div_value ** (c + 1).
  std::vector<std::int64_t> hidden;
  const auto features = static_cast<double>(options.in_features());
  for (std::int64_t c = 0; c < n_clusters; ++c) {
    const double divisor = std::pow(options.div_value(), static_cast<double>(c + 1));
    const double whole = std::round((features - std::fmod(features, divisor)) / divisor);
    if (!(divisor > 0) || !(whole < 1e18)) {
      core::throw_value(kName, "div_value ", options.div_value(), " gives cluster ", c, " no number of features from ",
                        options.in_features(), "; give a positive number");
    }
    hidden.push_back(static_cast<std::int64_t>(whole));
  }
  head = register_module("head", Linear(LinearOptions(options.in_features(), head_size).bias(options.head_bias())));
  register_module("tail", tail);
  for (std::size_t c = 0; c < hidden.size(); ++c) {
    const Linear down(LinearOptions(options.in_features(), hidden[c]).bias(false));
    const Linear up(LinearOptions(hidden[c], cutoffs[c + 1] - cutoffs[c]).bias(false));
    tail->push_back(Sequential(down, up));
  }
}

void AdaptiveLogSoftmaxWithLossImpl::reset_parameters() {
  head->reset_parameters();
  for (const auto& projection : *tail)
    for (const auto& linear : projection->children()) linear->as<Linear>()->reset_parameters();
}

void AdaptiveLogSoftmaxWithLossImpl::pretty_print(std::ostream& out) const { out << detail::prefix() << kName; }

Tensor AdaptiveLogSoftmaxWithLossImpl::cluster(std::int64_t number, const Tensor& x) const {
  return tail->at<SequentialImpl>(static_cast<std::size_t>(number)).forward(x).log_softmax(1);
}

static void check_matrix(const Tensor& x) {
  if (x.dim() == 2) return;
  core::throw_shape(kName, "expected input of sizes [n, in_features], but got ", x.sizes(), "; view() it so");
}

ASMoutput AdaptiveLogSoftmaxWithLossImpl::forward(const Tensor& x, const Tensor& target) try {
  if (x.dim() == 1 && target.dim() == 0) {
    const Tensor output = forward(x.unsqueeze(0), target.unsqueeze(0)).output.squeeze(0);
    return {output, -output};
  }
  check_matrix(x);
  if (target.dim() != 1 || target.size(0) != x.size(0)) {
    core::throw_shape(kName, "Input and target should have the same size in the batch dimension, but got sizes ",
                      x.sizes(), " and ", target.sizes(), "; give a class for each row");
  }
  if (target.dtype() != kLong) {
    core::throw_dtype(kName, "expected scalar type Long but found ", target.dtype(), "; convert with to(kLong)");
  }
  if (target.numel() > 0) {
    const auto low = target.min().item<std::int64_t>(), high = target.max().item<std::int64_t>();
    if (low < 0 || high >= options.n_classes()) {
      core::throw_index(kName, "Target values should be in [0, ", options.n_classes() - 1, "], but values in range [",
                        low, ", ", high, "] were found; give classes of the first range");
    }
  }
  Tensor in_head = target, output = zeros({x.size(0)}, x.dtype());
  for (std::int64_t c = 0; c < n_clusters; ++c) {
    const std::int64_t first = cutoffs[c], end = cutoffs[c + 1];
    const Tensor rows = target.ge(first).logical_and(target.lt(end)).nonzero().squeeze(1);
    if (rows.numel() == 0) continue;
    in_head = in_head.index_fill(0, rows, shortlist_size + c);
    const Tensor in_cluster = (target.index_select(0, rows) - first).unsqueeze(1);
    output = output.index_add(0, rows, cluster(c, x.index_select(0, rows)).gather(1, in_cluster).squeeze(1));
  }
  output = output + head(x).log_softmax(1).gather(1, in_head.unsqueeze(1)).squeeze(1);
  return {output, -output.mean()};
} catch (const Error&) {
  detail::throw_as(kName);
}

Tensor AdaptiveLogSoftmaxWithLossImpl::log_prob(const Tensor& x) try {
  check_matrix(x);
  const Tensor in_head = head(x).log_softmax(1);
  std::vector<Tensor> parts{in_head.narrow(1, 0, shortlist_size)};
  for (std::int64_t c = 0; c < n_clusters; ++c)
    parts.push_back(cluster(c, x) + in_head.narrow(1, shortlist_size + c, 1));
  return cat(parts, 1);
} catch (const Error&) {
  detail::throw_as(kName);
}

Tensor AdaptiveLogSoftmaxWithLossImpl::predict(const Tensor& x) try {
  check_matrix(x);
  const Tensor best = head(x).argmax(1), rows = best.ge(shortlist_size).nonzero().squeeze(1);
  return rows.numel() == 0 ? best : best.scatter(0, rows, log_prob(x.index_select(0, rows)).argmax(1));
} catch (const Error&) {
  detail::throw_as(kName);
}

}  // namespace tapegrad::nn
