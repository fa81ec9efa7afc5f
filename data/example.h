// Example: a row of a dataset, or a batch of rows.
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data {

/// A row, or a batch of rows, and what a model should make of it.
template <class Data = Tensor, class Target = Tensor>
struct Example {
  using DataType = Data;
  using TargetType = Target;
  Example() = default;
  Example(Data row, Target wanted) : data(std::move(row)), target(std::move(wanted)) {}
  Data data;
  Target target;
};

namespace example {
using NoTarget = void;
}  // namespace example

/// The same without a target: also the Data itself.
template <class Data>
struct Example<Data, void> {
  using DataType = Data;
  using TargetType = void;
  Example() = default;
  Example(Data value) : data(std::move(value)) {}
  template <class Target>
  explicit Example(const Example<Data, Target>& example) : data(example.data) {}
  operator Data&() noexcept { return data; }
  operator const Data&() const noexcept { return data; }
  Data data;
};

using TensorExample = Example<Tensor, example::NoTarget>;

}  // namespace tapegrad::data
