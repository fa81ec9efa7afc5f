#include <tapegrad/data/dataset.h>

#include "autograd/core/text.h"

namespace tapegrad::data {

TensorDataset::TensorDataset(Tensor x, Tensor y) : data_(std::move(x)), target_(std::move(y)) {
  if (data_.size(0) == target_.size(0)) return;
  core::throw_shape("TensorDataset", "Size mismatch between tensors: ", data_.sizes(), " and ", target_.sizes(),
                    "; both need the same number of rows");
}

Example<> TensorDataset::get_batch(const Tensor& indices) const {
  return {data_.index_select(0, indices), target_.defined() ? target_.index_select(0, indices) : Tensor()};
}

}  // namespace tapegrad::data
