// Arithmetic on shapes, and the checks that shapes share. Errors start with the op's name.
#pragma once

#include "autograd/core/grads.h"
#include "autograd/core/text.h"

namespace tapegrad::core {

// The product of sizes that a user gave: ShapeError for a negative one, too many, or a product (in bytes) past 2^63.
std::int64_t checked_numel(const char* op, IntList sizes);

// dim in [-rank, rank - 1] as 0 .. rank - 1 (rank 0 counts as 1): PyTorch's IndexError otherwise.
int wrap_dim(const char* op, std::int64_t dim, std::int64_t rank);

// Sets c's dtype and the broadcast of its inputs' sizes.
void broadcast_shape(Call& c);
// Output like input 0.
void same_shape(Call& c);
// A 0-dim output of input 0's dtype.
void scalar_shape(Call& c) noexcept;

// Lays out a fresh tensor as PyTorch lays out the result of an elementwise operation: dense, its dims in the order of
// the inputs' strides, the first input first.
void keep_order(TensorImpl* out, TensorImpl* const* in, int n) noexcept;

// bool, integer (kLong) or floating (kFloat).
constexpr Dtype kind(Dtype d) noexcept { return is_floating_point(d) ? kFloat : d == kBool ? kBool : kLong; }
// In place: DtypeError where a result of one kind cannot be cast to a lower one. `op` is the name without "_".
void require_castable(const char* op, Dtype result, Dtype to);
// As PyTorch promotes: the kind (bool, integer, floating) that is highest; within it, tensors with dims decide.
Dtype promoted(TensorImpl* const* in, int n);

inline void set_sizes(Call& c, IntList sizes) noexcept {
  c.rank = static_cast<int>(sizes.size());
  std::copy(sizes.begin(), sizes.end(), c.sizes);
}

}  // namespace tapegrad::core
