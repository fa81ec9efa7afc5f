// Datasets: rows that belong together, and how a loader takes batches of them.
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data {

/// A row, or a batch of rows, and what a model should make of it.
template <class Data = Tensor, class Target = Tensor>
struct Example {
  Data data;
  Target target;
};

namespace transforms {
/// libtorch's instruction to make one tensor of a batch; a TensorDataset always does.
template <class Row = Example<>>
struct Stack {};
}  // namespace transforms

/// The rows of x [n, ...] and y [n, ...], of any dtypes. It shares their bytes; batches are copies.
class TAPEGRAD_EXPORT TensorDataset {
 public:
  /// IndexError: a tensor without dims. ShapeError: different numbers of rows.
  explicit TensorDataset(Tensor x) : data_(std::move(x)) { static_cast<void>(size()); }
  TensorDataset(Tensor x, Tensor y);

  std::int64_t size() const { return data_.size(0); }
  /// Copies of the rows at the indices (int64, one dim); target stays undefined where there is no y.
  Example<> get_batch(const Tensor& indices) const;
  template <class Row>
  TensorDataset map(transforms::Stack<Row>) const {
    return *this;
  }

 private:
  Tensor data_, target_;
};

}  // namespace tapegrad::data
