#include <tapegrad/data/dataset.h>

#include "autograd/core/text.h"

namespace tapegrad::data {

TensorDataset::TensorDataset(Tensor x, Tensor y) : data_(std::move(x)), target_(std::move(y)) {
  if (data_.size(0) == target_.size(0)) return;
  core::throw_shape("TensorDataset", "Size mismatch between tensors: ", data_.sizes(), " and ", target_.sizes(),
                    "; both need the same number of rows");
}

Example<> TensorDataset::get(std::size_t index) const {
  const auto i = static_cast<std::int64_t>(index);
  return {data_.select(0, i), target_.defined() ? target_.select(0, i) : Tensor()};
}

Example<> TensorDataset::get_batch(const Tensor& indices) const {
  return {data_.index_select(0, indices), target_.defined() ? target_.index_select(0, indices) : Tensor()};
}

namespace transforms {

template <class Row>
static Tensor stacked(const std::vector<Row>& examples, Tensor Row::*member) {
  std::vector<Tensor> rows;
  rows.reserve(examples.size());
  for (const Row& example : examples) rows.push_back(example.*member);
  return stack(rows);
}

Example<> Stack<Example<>>::apply_batch(std::vector<Example<>> examples) {
  return {stacked(examples, &Example<>::data), stacked(examples, &Example<>::target)};
}
TensorExample Stack<TensorExample>::apply_batch(std::vector<TensorExample> examples) {
  return stacked(examples, &TensorExample::data);
}

}  // namespace transforms

}  // namespace tapegrad::data
