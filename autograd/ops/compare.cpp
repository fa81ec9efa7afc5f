// Comparisons, what is finite, where, equal, allclose.
#include <algorithm>
#include <cmath>
#include <limits>

#include <tapegrad/autograd/grad.h>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

#define TAPEGRAD_COMPARE(fn, Name, op)                                                              \
  constexpr Op k##Name = elementwise<Fn::Name>(#fn, "", kNoGrad, {}, nullptr, bool_shape);          \
  TAPEGRAD_BINARY_SCALAR_RESULT(fn, k##Name)                                                        \
  Tensor& TensorOps::fn##_(const Tensor& other) const { return copy_over(#fn, self(), fn(other)); } \
  Tensor& TensorOps::fn##_(const Scalar& other) const { return copy_over(#fn, self(), fn(other)); } \
  TAPEGRAD_OPERATOR(op, fn, fn(a, b))
TAPEGRAD_COMPARE(eq, Eq, ==)
TAPEGRAD_COMPARE(ne, Ne, !=)
TAPEGRAD_COMPARE(lt, Lt, <)
TAPEGRAD_COMPARE(le, Le, <=)
TAPEGRAD_COMPARE(gt, Gt, >)
TAPEGRAD_COMPARE(ge, Ge, >=)

constexpr Op kIsNan = elementwise<Fn::IsNan>("isnan", "", kNoGrad, {}, nullptr, bool_shape);
TAPEGRAD_UNARY_RESULT(isnan, kIsNan)
constexpr Op kIsInf = elementwise<Fn::IsInf>("isinf", "", kNoGrad, {}, nullptr, bool_shape);
TAPEGRAD_UNARY_RESULT(isinf, kIsInf)
constexpr Op kIsFinite = elementwise<Fn::IsFinite>("isfinite", "", kNoGrad, {}, nullptr, bool_shape);
TAPEGRAD_UNARY_RESULT(isfinite, kIsFinite)

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
                    .flags = kTakesStrided | kKeepsOrder | kAnyDtype,
                    .reads = {0, kReads0, kReads0},
                    .shape = where_shape,
                    .kernel = run_where,
                    .source = [](Source& s) { s.each("a ? b : c"); },
                    .vjp = where_vjp};
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  if (condition.defined() && condition.dtype() == kByte) return where(as_mask(condition), a, b);
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
Tensor where(const Tensor& condition, const Scalar& a, const Scalar& b) {
  return where(condition, wrapped(a, kBool), wrapped(b, kBool));
}
std::vector<Tensor> where(const Tensor& condition) {
  return nonzero(condition.dim() == 0 ? condition.unsqueeze(0) : condition).unbind(1);
}
Tensor TensorOps::where(const Tensor& condition, const Scalar& other) const {
  return tapegrad::where(condition, self(), other);
}
Tensor TensorOps::where(const Tensor& condition, const Tensor& other) const {
  return tapegrad::where(condition, self(), other);
}

// --- nan_to_num: what is replaced gets no gradient, and passes none on
Tensor nan_to_num(const Tensor& x, std::optional<double> nan, std::optional<double> posinf,
                  std::optional<double> neginf) {
  if (!x.is_floating_point()) return x.clone();
  return by_floating(x.dtype(), [&]<class T>() {
    using Limits = std::numeric_limits<T>;
    const Tensor numbers = where(x.isnan(), nan.value_or(0), x);
    const Tensor below = where(x.eq(-INFINITY), neginf.value_or(Limits::lowest()), numbers);
    return where(x.eq(INFINITY), posinf.value_or(Limits::max()), below);
  });
}
Tensor TensorOps::nan_to_num(std::optional<double> nan, std::optional<double> posinf,
                             std::optional<double> neginf) const {
  return tapegrad::nan_to_num(self(), nan, posinf, neginf);
}
Tensor& TensorOps::nan_to_num_(std::optional<double> nan, std::optional<double> posinf,
                               std::optional<double> neginf) const {
  return copy_over("nan_to_num", self(), nan_to_num(nan, posinf, neginf));
}

// --- isclose: as PyTorch's, in the operands' dtype
Tensor isclose(const Tensor& a, const Tensor& b, double rtol, double atol, bool equal_nan) try {
  if (a.dtype() != b.dtype()) {
    throw_dtype("isclose", a.dtype(), " did not match ", b.dtype(), "; convert one with to()");
  }
  if (!(rtol >= 0)) throw_value("isclose", "rtol must be greater than or equal to zero, but got ", rtol, "; give one");
  if (!(atol >= 0)) throw_value("isclose", "atol must be greater than or equal to zero, but got ", atol, "; give one");
  const NoGradGuard no_grad;
  const Tensor x = in_floating(a), y = in_floating(b);
  Tensor close = a.eq(b);
  if (equal_nan) close = close.logical_or(x.isnan().logical_and(y.isnan()));
  const Tensor apart = x.sub(y).abs();
  return close.logical_or(apart.isfinite().logical_and(apart.le(y.mul(rtol).abs().add(atol))));
} catch (const Error&) {
  throw_as("isclose");
}
Tensor TensorOps::isclose(const Tensor& other, double rtol, double atol, bool equal_nan) const {
  return tapegrad::isclose(self(), other, rtol, atol, equal_nan);
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
