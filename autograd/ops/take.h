// Elements by their position among x's elements in logical order: what gather, scatter, max(dim) and index stand on.
#pragma once

#include "autograd/ops/elementwise.h"

namespace tapegrad::ops {

void take_shape(Call& c);
void eval_take(const Call& c) noexcept;
void take_vjp(Grads& r);

// (x, at [..]) -> [..]: x's elements at the int64 positions `at`, which must be in range.
constexpr Op take_op(const char* name, const char* grad_name) {
  return {.name = name,
          .grad_name = grad_name,
          .reads = {kReads1},
          .shape = take_shape,
          .kernel = eval_take,
          .vjp = take_vjp};
}

// (x, at [..], values [..]) -> like x, with values written, or added, at the positions. The last one written stays.
extern const Op kPut;
extern const Op kPutAdd;

// Where dim's coordinate is replaced by `index`, the others being those of index's element. Checks index.
Tensor positions(const char* op, const Tensor& x, std::int64_t dim, const Tensor& index);

// kPut or kPutAdd over self; values broadcasts to `at` and is cast to self's dtype.
Tensor& write(const Op& op, const Tensor& self, const Tensor& at, const Tensor& values);

// index, with n added where it is negative. IndexError unless all of it lies in [low, n). `op` is a literal.
Tensor in_range(const char* op, const Tensor& index, std::int64_t low, std::int64_t n, std::int64_t dim);

// arange(n), `trailing` dims of size 1 behind it, times stride.
Tensor coordinates(std::int64_t n, std::int64_t stride, std::int64_t trailing);

}  // namespace tapegrad::ops
