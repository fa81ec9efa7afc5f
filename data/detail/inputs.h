// What measures, splits and folds take, checked.
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data::detail {

// [n] or [n, 1]: its elements. ShapeError, ValueError for NaN and infinities.
std::vector<double> column_of(const char* op, const Tensor& y);
// The same as whole numbers; ValueError for others.
std::vector<std::int64_t> labels_of(const char* op, const Tensor& y);
// [n], or [n, outputs] row by row.
std::vector<double> outputs_of(const char* op, const Tensor& y, std::int64_t outputs);
// One for each of n rows; ones where it is undefined.
std::vector<double> weights_of(const char* op, const Tensor& sample_weight, std::size_t n);
void check_rows(const char* op, std::size_t y_true, std::size_t y_pred);
// Those that occur, ascending.
std::vector<std::int64_t> classes_of(std::vector<std::int64_t> labels);
// numpy.average; ValueError where the weights sum to zero.
double average(const char* op, const std::vector<double>& values, const std::vector<double>& weights);

}  // namespace tapegrad::data::detail
