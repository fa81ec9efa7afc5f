#include "data/detail/inputs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <tapegrad/autograd/grad.h>
#include "autograd/core/text.h"

namespace tapegrad::data::detail {

namespace {

std::vector<double> finite(const char* op, const Tensor& y) {
  const NoGradGuard guard;
  std::vector<double> values = y.to_vector<double>();
  if (values.empty()) {
    core::throw_value(op, "Found array with 0 sample(s) (shape=", y.sizes(),
                      ") while a minimum of 1 is required; give rows to judge by");
  }
  for (const double v : values) {
    if (!std::isfinite(v)) core::throw_value(op, "Input contains ", v, "; give finite numbers");
  }
  return values;
}

}  // namespace

std::vector<double> column_of(const char* op, const Tensor& y) {
  if (y.dim() != 1 && (y.dim() != 2 || y.size(1) != 1))
    core::throw_shape(op, "y should be a 1d array, got an array of shape ", y.sizes(),
                      " instead; give one value a row");
  return finite(op, y);
}

std::vector<std::int64_t> labels_of(const char* op, const Tensor& y) {
  const std::vector<double> values = column_of(op, y);
  for (const double v : values) {
    if (v != std::floor(v))
      core::throw_value(op, "continuous is not supported: ", v, " is no label; give whole numbers");
  }
  return y.to_vector<std::int64_t>();
}

std::vector<double> outputs_of(const char* op, const Tensor& y, std::int64_t outputs) {
  if (y.dim() < 1 || y.dim() > 2 || (y.dim() == 1 ? 1 : y.size(1)) != outputs || outputs == 0)
    core::throw_shape(op, "y_true and y_pred have different number of output (", outputs,
                      ") or are no tables: got sizes ", y.sizes(), "; give both as [n] or [n, outputs]");
  return finite(op, y);
}

std::vector<double> weights_of(const char* op, const Tensor& sample_weight, std::size_t n) {
  if (!sample_weight.defined()) return std::vector<double>(n, 1.0);
  if (sample_weight.dim() != 1 || static_cast<std::size_t>(sample_weight.size(0)) != n)
    core::throw_shape(op, "sample_weight.shape == ", sample_weight.sizes(), ", expected [", n,
                      "]; give one weight a row");
  return column_of(op, sample_weight);
}

void check_rows(const char* op, std::size_t y_true, std::size_t y_pred) {
  if (y_true == y_pred) return;
  core::throw_shape(op, "Found input variables with inconsistent numbers of samples: [", y_true, ", ", y_pred,
                    "]; both need the same number of rows");
}

std::vector<std::int64_t> classes_of(std::vector<std::int64_t> labels) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels;
}

double average(const char* op, const std::vector<double>& values, const std::vector<double>& weights) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (total == 0) core::throw_value(op, "Weights sum to zero, can't be normalized; give other weights");
  return std::inner_product(values.begin(), values.end(), weights.begin(), 0.0) / total;
}

}  // namespace tapegrad::data::detail
