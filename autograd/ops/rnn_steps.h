// A recurrent layer as rnn.cpp's op and its gradients see it.
#pragma once

#include "autograd/kernels/rnn.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad::ops {

using kernels::Cell;

// A layer in one direction.
struct Layer {
  Cell cell;
  bool backwards;
  Tensor x, w, h0, other, sizes;

  std::int64_t total() const { return x.size(0); }
  std::int64_t batch() const { return h0.size(0); }
  std::int64_t hidden() const { return w.size(1); }
  bool packed() const { return sizes.numel() > 0; }
  std::int64_t steps() const { return packed() ? sizes.numel() : batch() == 0 ? 0 : total() / batch(); }
  std::int64_t rows(std::int64_t t) const { return packed() ? sizes.data_ptr<std::int64_t>()[t] : batch(); }
  // [rows, h] of what was kept: its last plane is h, the one before c.
  Tensor plane(const Tensor& kept, std::int64_t from_end) const {
    const std::int64_t n = total() * hidden();
    return kept.narrow(0, kept.numel() - from_end * n, n).view({total(), hidden()});
  }
  // Where, among the rows of [h0, h], the state before each row is.
  Tensor before() const;
  // The last row of each sequence, in the layer's direction.
  Tensor last() const;
};

// h and c at all rows, in public operations.
std::pair<Tensor, Tensor> step_by_step(const Layer& l);

}  // namespace tapegrad::ops
