// prod; all and any, which are made of other operations.
#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad {

using namespace ops;

Tensor ops::widened(const Tensor& x) { return x.is_floating_point() ? x : x.to(kLong); }

// --- prod
static void run_prod(const Call& c) noexcept { kernels::product(c.dtype, c.in[0]->data, shape3(c), c.out->data); }
static void prod_vjp(Grads& r) {
  const auto [first, last, keepdim] = r.attrs().as<ReduceAttrs>();
  const bool of_one_dim = first + 1 == last;
  const Tensor x = r.in(0);
  const Tensor others = product_of_others(of_one_dim ? x : x.reshape({-1}), of_one_dim ? first : 0);
  r.set(0, kept(r, r.g()).mul(others.reshape(x.sizes())));
}
constexpr Op kProd{.name = "prod",
                   .grad_name = "ProdBackward0",
                   .reads = {kReads0},
                   .shape = reduced_shape,
                   .kernel = run_prod,
                   .batch = reduce_batch,
                   .vjp = prod_vjp};
static Tensor product(const Tensor& x, std::int64_t first, std::int64_t last, bool keepdim) {
  return apply(kProd, widened(x), pack(ReduceAttrs{.first = first, .last = last, .keepdim = keepdim ? 1 : 0}));
}
Tensor prod(const Tensor& x, std::int64_t dim, bool keepdim) {
  const int d = wrap_dim("prod", dim, x.dim());
  return product(x, d, std::min<std::int64_t>(d + 1, x.dim()), keepdim);
}
Tensor prod(const Tensor& x) { return product(x, 0, x.dim(), false); }
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
