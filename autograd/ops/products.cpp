// prod, all, any: reductions made of other operations.
#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad {

using namespace ops;

// --- prod: the two halves of the dim are multiplied until one element is left
Tensor ops::widened(const Tensor& x) { return x.is_floating_point() ? x : x.to(kLong); }

// Never x itself nor a view of it: the user may change the result in place.
static Tensor product(Tensor x, std::int64_t dim, bool keepdim) {
  if (x.size(dim) == 0) return x.sum(dim, keepdim).add(1);
  while (x.size(dim) > 2) {
    const std::int64_t half = x.size(dim) / 2;
    const Tensor pairs = x.narrow(dim, 0, half).mul(x.narrow(dim, half, half));
    x = 2 * half == x.size(dim) ? pairs : cat({pairs, x.narrow(dim, 2 * half, 1)}, dim);
  }
  const auto part = [&](std::int64_t i) { return keepdim ? x.narrow(dim, i, 1) : x.select(dim, i); };
  return x.size(dim) == 1 ? part(0).clone() : part(0).mul(part(1));
}
Tensor prod(const Tensor& x, std::int64_t dim, bool keepdim) {
  const int d = wrap_dim("prod", dim, x.dim());
  return x.dim() == 0 ? widened(x).clone() : product(widened(x), d, keepdim);
}
Tensor prod(const Tensor& x) { return prod(x.reshape({-1}), 0); }
Tensor TensorOps::prod(std::int64_t dim, bool keepdim) const { return tapegrad::prod(self(), dim, keepdim); }
Tensor TensorOps::prod() const { return tapegrad::prod(self()); }

// --- all, any: how many elements are true
Tensor ops::truth(const Tensor& x) { return x.dtype() == kBool ? x : x.ne(0); }

Tensor all(const Tensor& x) { return truth(x).sum().eq(x.numel()); }
Tensor all(const Tensor& x, std::int64_t dim, bool keepdim) try {
  return truth(x).sum(dim, keepdim).eq(x.dim() == 0 ? 1 : x.size(dim));
} catch (const Error&) {
  throw_as("all");
}
Tensor TensorOps::all() const { return tapegrad::all(self()); }
Tensor TensorOps::all(std::int64_t dim, bool keepdim) const { return tapegrad::all(self(), dim, keepdim); }

Tensor any(const Tensor& x) { return truth(x).sum().ne(0); }
Tensor any(const Tensor& x, std::int64_t dim, bool keepdim) try {
  return truth(x).sum(dim, keepdim).ne(0);
} catch (const Error&) {
  throw_as("any");
}
Tensor TensorOps::any() const { return tapegrad::any(self()); }
Tensor TensorOps::any(std::int64_t dim, bool keepdim) const { return tapegrad::any(self(), dim, keepdim); }

}  // namespace tapegrad
