// A recurrent layer in one direction, over all steps.
//
// Rows are those of the steps, one behind the other: rows[t] of them at step t, at most `batch`, never more than at the
// step before. What a cell keeps of its `total` rows lies plane by plane:
//
//   lstm   input, forget, cell, output gates [total, 4 h], c [total, h], h [total, h]
//   gru    reset, update, new gates [total, 3 h], w_hn h + b_hn [total, h], h [total, h]
//   tanh, relu   h [total, h]
//
// and so do gradients:
//
//   lstm   of the gates before their functions [total, 4 h], h_0 [batch, h], c_0 [batch, h]
//   gru    of x's part of the gates [total, 3 h], of h's part [total, 3 h], h_0 [batch, h]
//   tanh, relu   of what is inside [total, h], h_0 [batch, h]
//
// The same bits at any number of threads. Nothing is allocated.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/dtype.h>

namespace tapegrad::kernels {

enum class Cell : std::int64_t { Lstm, Gru, Tanh, Relu };

struct RnnShape {
  Cell cell;
  std::int64_t steps, batch, total, hidden, backwards;
  const std::int64_t* rows;  // null: `batch` at each step

  std::int64_t gates() const noexcept { return cell == Cell::Lstm ? 4 : cell == Cell::Gru ? 3 : 1; }
  std::int64_t kept() const noexcept {  // elements
    return total * hidden * (cell == Cell::Lstm ? 6 : cell == Cell::Gru ? 5 : 1);
  }
  std::int64_t h_at() const noexcept { return kept() - total * hidden; }
  std::int64_t gradients() const noexcept {  // elements
    return total * hidden * (cell == Cell::Gru ? 6 : gates()) + batch * hidden * (cell == Cell::Lstm ? 2 : 1);
  }
};

// x [total, gates h]: x's part of the gates, with what biases do not belong inside of a gru's reset; w [h, gates h],
// transposed; bias [3 h], a gru's of h's part, or null; h0, c0 [batch, h], c0 of an lstm alone.
void rnn(Dtype dtype, const RnnShape& s, const void* x, const void* w, const void* bias, const void* h0, const void* c0,
         void* kept) noexcept;

// w [gates h, h]; dkept like kept, of which the planes of h, and c, are read.
void rnn_grad(Dtype dtype, const RnnShape& s, const void* dkept, const void* kept, const void* w, const void* h0,
              const void* c0, void* out) noexcept;

}  // namespace tapegrad::kernels
