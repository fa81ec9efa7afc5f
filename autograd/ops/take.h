// Elements by their position among x's elements in logical order: the ground of gather, scatter, max(dim), index.
#pragma once

#include "autograd/ops/elementwise.h"

namespace tapegrad::ops {

void take_shape(Call& c);
void run_take(const Call& c) noexcept;
Tensor take_batch(const Batch& b);
void take_vjp(Grads& r);

// (x, at [..]) -> [..]: x's elements at the int64 positions `at`, which must be in range.
constexpr Op take_op(const char* name, const char* grad_name) {
  return {.name = name,
          .grad_name = grad_name,
          .flags = kAnyDtype,
          .reads = {kReads1},
          .shape = take_shape,
          .kernel = run_take,
          .batch = take_batch,
          .vjp = take_vjp};
}

// (x, at [..], values [..]) -> like x, with values written, or added, at the positions. The last one written stays.
extern const Op kPut;
extern const Op kPutAdd;

// kPut or kPutAdd over self; values broadcasts to `at` and is cast to self's dtype.
Tensor& write(const Op& op, const Tensor& self, const Tensor& at, const Tensor& values);

// The positions of the elements whose coordinate along dim is an element of `index`, the others being those of that
// element. Checks index. `op` is a literal.
Tensor positions(const char* op, const Tensor& x, std::int64_t dim, const Tensor& index);

// index, with n added where it is negative. IndexError unless all of it lies in [low, n). `op` is a literal.
Tensor in_range(const char* op, const Tensor& index, std::int64_t low, std::int64_t n, std::int64_t dim);

// arange(n) times stride, with `trailing` dims of size 1 behind it.
Tensor coordinates(std::int64_t n, std::int64_t stride, std::int64_t trailing);

}  // namespace tapegrad::ops
