// Comparisons, where, equal, allclose.
#include <cmath>

#include <tapegrad/autograd/grad.h>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static void compare_shape(Call& c) {
  broadcast_shape(c);
  c.dtype = kBool;
}

#define TAPEGRAD_COMPARE(fn, Name, op)                                                        \
  constexpr Op k##Name = elementwise<Fn::Name>(#fn, "", kNoGrad, {}, nullptr, compare_shape); \
  TAPEGRAD_BINARY_SCALAR(fn, k##Name)                                                         \
  Tensor operator op(const Tensor& a, const Tensor& b) { return fn(a, b); }                   \
  Tensor operator op(const Tensor& a, const Scalar& b) { return fn(a, b); }                   \
  Tensor operator op(const Scalar& a, const Tensor& b) { return fn(wrapped(a, b.dtype()), b); }
TAPEGRAD_COMPARE(eq, Eq, ==)
TAPEGRAD_COMPARE(ne, Ne, !=)
TAPEGRAD_COMPARE(lt, Lt, <)
TAPEGRAD_COMPARE(le, Le, <=)
TAPEGRAD_COMPARE(gt, Gt, >)
TAPEGRAD_COMPARE(ge, Ge, >=)

constexpr Op kIsNan = elementwise<Fn::IsNan>("isnan", "", kNoGrad, {}, nullptr, compare_shape);
TAPEGRAD_UNARY(isnan, kIsNan)

// --- where: it selects, so that what was not chosen never reaches the gradient

static void where_shape(Call& c) {
  if (c.in[0]->dtype != kBool) {
    throw_dtype("where", "expected condition to be a boolean tensor, but got a tensor with dtype ", c.in[0]->dtype,
                "; compare it first, as in x.ne(0)");
  }
  broadcast_shape(c);
  c.dtype = c.in[1]->dtype;
}

static void run_where(const Call& c) noexcept { map_call(c, kernels::where_loop(c.out->dtype)); }

static void where_vjp(Grads& r) {
  const Tensor condition = r.in(0);
  if (r.needs(1)) r.set(1, where(condition, r.g(), 0));
  if (r.needs(2)) r.set(2, where(condition, 0, r.g()));
}
constexpr Op kWhere{.name = "where",
                    .grad_name = "WhereBackward0",
                    .flags = kTakesStrided | kKeepsOrder,
                    .reads = {0, kReads0, kReads0},
                    .shape = where_shape,
                    .kernel = run_where,
                    .vjp = where_vjp};
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  if (!a.defined() || !b.defined() || a.dtype() == b.dtype()) return apply(kWhere, condition, a, b);
  TensorImpl* both[] = {a.impl(), b.impl()};
  const Dtype d = promoted(both, 2);
  return apply(kWhere, condition, a.to(d), b.to(d));
}
Tensor where(const Tensor& condition, const Tensor& a, const Scalar& b) {
  return where(condition, a, wrapped(b, a.dtype()));
}
Tensor where(const Tensor& condition, const Scalar& a, const Tensor& b) {
  return where(condition, wrapped(a, b.dtype()), b);
}
Tensor TensorOps::where(const Tensor& condition, const Tensor& other) const {
  return tapegrad::where(condition, self(), other);
}

bool equal(const Tensor& a, const Tensor& b) {
  if (a.sizes() != b.sizes()) return false;
  const NoGradGuard no_grad;
  return a.eq(b).sum().item<std::int64_t>() == a.numel();
}
bool TensorOps::equal(const Tensor& other) const { return tapegrad::equal(self(), other); }

bool allclose(const Tensor& a, const Tensor& b, double rtol, double atol, bool equal_nan) {
  const NoGradGuard no_grad;
  const std::vector<double> va = (a + zeros_like(b, a.options())).to_vector<double>();
  const std::vector<double> vb = (b + zeros_like(a, b.options())).to_vector<double>();
  for (std::size_t i = 0; i < va.size(); ++i) {
    if (va[i] == vb[i] || (equal_nan && std::isnan(va[i]) && std::isnan(vb[i]))) continue;
    if (!std::isfinite(va[i]) || !std::isfinite(vb[i])) return false;
    if (!(std::abs(va[i] - vb[i]) <= atol + rtol * std::abs(vb[i]))) return false;
  }
  return true;
}
bool TensorOps::allclose(const Tensor& other, double rtol, double atol, bool equal_nan) const {
  return tapegrad::allclose(self(), other, rtol, atol, equal_nan);
}

}  // namespace tapegrad
