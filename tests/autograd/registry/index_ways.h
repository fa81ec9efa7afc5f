// What the samples of index() and index_put_() share: the ways to index, and the reference.
#pragma once

#include <tapegrad/autograd/index.h>

#include "../registry.h"

namespace tapegrad::test {

using Indices = std::vector<TensorIndex>;

// What indices choose of a tensor of shape x: the result's shape, and where in x each of its elements is.
struct Chosen {
  Shape shape;
  std::function<Index(const Index&)> place;
};
Chosen chosen(const Shape& x, const Indices& indices);

// One way to index. The undefined tensors among the indices stand for those that are drawn, in their order.
struct Way {
  std::string label;
  Shape x;
  Indices indices;
  std::vector<Input> tensors = {};
  bool large = false;
};
// The indices with the index tensors of a case, which stand from its input `first` on.
Indices braces_of(const Way& w, const Tensors& x, std::size_t first);
Indices braces_of(const Way& w, const Arrays& in, std::size_t first);

const std::vector<Way>& ways_to_view();  // without index tensors
const std::vector<Way>& ways_to_pick();

}  // namespace tapegrad::test
