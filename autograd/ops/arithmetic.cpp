// Elementwise arithmetic of two tensors: add, sub, mul, div, pow, maximum, minimum.
#include <cmath>

#include "autograd/kernels/reduce.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

// --- add, sub: a + alpha b. add.scaled and sub.scaled are add and sub with an alpha other than 1, of floating dtypes.
namespace {
struct ScaleAttrs {
  double factor;
};
}  // namespace

static void add_vjp(Grads& r) {
  r.set(0, r.g());
  r.set(1, r.g());
}
constexpr Op kAdd = elementwise<Fn::Add>("add", "AddBackward0", {}, {}, add_vjp);

static void sub_vjp(Grads& r) {
  r.set(0, r.g());
  if (r.needs(1)) r.set(1, r.g().neg());
}
constexpr Op kSub = elementwise<Fn::Sub>("sub", "SubBackward0", kNoBool, {}, sub_vjp);

static void add_scaled_vjp(Grads& r) {
  r.set(0, r.g());
  if (r.needs(1)) r.set(1, r.g().mul(r.attrs().as<ScaleAttrs>().factor));
}
constexpr Op kAddScaled = elementwise<Fn::AddScaled>("add.scaled", "AddBackward0", {}, {}, add_scaled_vjp);
constexpr Op kSubScaled = elementwise<Fn::AddScaled>("sub.scaled", "SubBackward0", {}, {}, add_scaled_vjp);

// run(op, b, attributes): the op that a + alpha b or a - alpha b comes to.
static Tensor sum_by(auto&& run, bool add, const Tensor& a, const Tensor& b, const Scalar& alpha) {
  const Op& plain = add ? kAdd : kSub;
  if (alpha.to_double() == 1) return run(plain, b, Attrs());
  if (!a.is_floating_point() && !b.is_floating_point()) return run(plain, b.mul(alpha), Attrs());
  const double factor = alpha.to_double();
  return run(add ? kAddScaled : kSubScaled, b, pack(ScaleAttrs{add ? factor : -factor}));
}
static Tensor sum_of(bool add, const Tensor& a, const Tensor& b, const Scalar& alpha) {
  return sum_by([&](const Op& op, const Tensor& y, Attrs attrs) { return apply(op, a, y, attrs); }, add, a, b, alpha);
}
static Tensor& sum_into(bool add, const Tensor& a, const Tensor& b, const Scalar& alpha) {
  sum_by([&](const Op& op, const Tensor& y, Attrs attrs) { return in_place(op, a, y, attrs); }, add, a, b, alpha);
  return const_cast<Tensor&>(a);
}
// The public forms, for two tensors and for a tensor and a number.
#define TAPEGRAD_SUM(fn, is_add)                                                                                      \
  Tensor fn(const Tensor& a, const Tensor& b, const Scalar& alpha) { return sum_of(is_add, a, b, alpha); }            \
  Tensor fn(const Tensor& a, const Scalar& b, const Scalar& alpha) { return fn(a, wrapped(b, a.dtype()), alpha); }    \
  Tensor TensorOps::fn(const Tensor& o, const Scalar& alpha) const { return sum_of(is_add, self(), o, alpha); }       \
  Tensor TensorOps::fn(const Scalar& o, const Scalar& alpha) const { return tapegrad::fn(self(), o, alpha); }         \
  Tensor& TensorOps::fn##_(const Tensor& o, const Scalar& alpha) const { return sum_into(is_add, self(), o, alpha); } \
  Tensor& TensorOps::fn##_(const Scalar& o, const Scalar& alpha) const {                                              \
    return fn##_(wrapped(o, self().dtype()), alpha);                                                                  \
  }
TAPEGRAD_SUM(add, true)
TAPEGRAD_SUM(sub, false)
TAPEGRAD_OPERATOR(+, add, apply(kAdd, a, b))
TAPEGRAD_OPERATOR(-, sub, apply(kSub, a, b))

// --- mul, div
// The gradient of a number that multiplied a tensor is an inner product: one pass, nothing in between.
namespace {
extern const Op kInner;
}  // namespace
static Tensor times(const Tensor& g, const Tensor& other, IntList sizes) {
  return sizes.empty() && g.dim() > 0 && g.sizes() == other.sizes() ? apply(kInner, g, other) : g.mul(other);
}
static void mul_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, times(r.g(), r.in(1), r.sizes(0)));
  if (r.needs(1)) r.set(1, times(r.g(), r.in(0), r.sizes(1)));
}

// sum(a b) of equal shapes, with the bits of mul and sum
static void run_inner(const Call& c) noexcept {
  kernels::pair_sum(c.dtype, c.in[0]->data, c.in[1]->data, c.in[0]->numel, true, c.out->data);
}
namespace {
constexpr Op kInner{.name = "inner",
                    .grad_name = "MulBackward0",
                    .reads = {kReads1, kReads0},
                    .shape = scalar_shape,
                    .kernel = run_inner,
                    .adds_up =
                        [](const Call&, kernels::TotalSum& total) noexcept {
                          total.term = kernels::TotalSum::kProduct;
                          return true;
                        },
                    .batch = [](const Batch& b) { return sample_sums(b.in(0).mul(b.in(1))); },
                    .source =
                        [](Source& s) {
                          s.sum("a * b", {1, s.call().in[0]->numel, 1});
                        },
                    .vjp = mul_vjp};
}  // namespace

constexpr Op kMul = elementwise<Fn::Mul>("mul", "MulBackward0", {}, {kReads1, kReads0}, mul_vjp);
TAPEGRAD_BINARY_SCALAR(mul, kMul)
TAPEGRAD_OPERATOR(*, mul, mul(a, b))

// d(a/b)/da = 1/b, d(a/b)/db = -(a/b)/b. What a second derivative by b saves is -g, not the g that somebody may hold.
static void div_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, r.g().div(r.in(1)));
  if (r.needs(1)) r.set(1, r.g().neg().div(r.in(1)).mul(r.in(0).div(r.in(1))));
}
constexpr Op kDiv = elementwise<Fn::Div>("div", "DivBackward0", kFloatingOnly, {kReads1, kReads0 | kReads1}, div_vjp);
TAPEGRAD_BINARY_SCALAR(div, kDiv)
TAPEGRAD_OPERATOR(/, div, div(a, b))

// --- pow

static void pow_check(const Call& c) {
  const TensorImpl* e = c.in[1];
  if (c.dtype == kLong && e->rank == 0 && *e->ptr<std::int64_t>() < 0) {
    throw_dtype("pow", "Integers to negative integer powers are not allowed; convert x with to(kFloat) first");
  }
}

// g y x^(y-1), 0 where y = 0. There x^-1 would be infinite at x = 0, and 0 times it NaN in the derivatives to come: x
// is replaced, so that they are 0 too. Where y has derivatives to come as well, that of y x^-1 by y is wanted if
// finite.
static Tensor pow_slope(const Tensor& g, const Tensor& x, const Tensor& y) {
  if (y.dim() == 0 && !y.requires_grad() && !y.impl()->is_batched()) {
    const double n = y.item<double>();
    return n == 0 ? zeros_like(x) : g.mul((n == 2 ? x : x.pow(n - 1)).mul(n));
  }
  Tensor flat = y.eq(0);
  if (y.requires_grad()) flat = flat.mul(x.detach().reciprocal().abs().lt(INFINITY).eq(false));
  const Tensor slope = y.mul(where(flat, 1, x).pow(y.sub(1)));
  return where(flat, 0, g.mul(slope));
}
// d(x^y)/dx = y x^(y-1), 0 where y = 0; d(x^y)/dy = x^y log x, 0 where x = 0 and y >= 0
static void pow_vjp(Grads& r) {
  const Tensor x = r.in(0);
  const Tensor y = r.in(1);
  if (r.needs(0)) r.set(0, pow_slope(r.g(), x, y));
  if (!r.needs(1)) return;
  const Tensor flat = x.eq(0).mul(y.ge(0));
  r.set(1, where(flat, 0, r.g().mul(r.out().mul(where(flat, 1, x).log()))));
}
// The powers that need no logarithm have loops of their own.
static void run_pow(const Call& c) noexcept {
  const TensorImpl* e = c.in[1];
  if (e->numel != 1 || !is_floating_point(e->dtype)) return run_loop<Fn::Pow>(c);
  const double exponent = by_floating(e->dtype, [e]<class T>() { return static_cast<double>(*e->ptr<T>()); });
  Call power = c;
  power.n_in = 1;
  if (exponent == 2) return run_loop<Fn::Square>(power);
  if (exponent == 3) return run_loop<Fn::PowThree>(power);
  if (exponent == -1) return run_loop<Fn::Reciprocal>(power);
  if (exponent == -2) return run_loop<Fn::InverseSquare>(power);
  if (exponent == 0.5) return run_loop<Fn::PowHalf>(power);
  if (exponent == -0.5) return run_loop<Fn::PowMinusHalf>(power);
  run_loop<Fn::Pow>(c);
}
constexpr Op kPow{.name = "pow",
                  .grad_name = "PowBackward0",
                  .flags = kElementwise | kNoBool,
                  .reads = {kReads0 | kReads1, kReads0 | kReads1 | kReadsOut},
                  .shape = broadcast_shape,
                  .check = pow_check,
                  .kernel = run_pow,
                  .source = [](Source& s) { s.each(kernels::source_of(Fn::Pow)); },
                  .vjp = pow_vjp};
TAPEGRAD_BINARY_SCALAR(pow, kPow)
Tensor pow(const Scalar& x, const Tensor& exponent) { return apply(kPow, wrapped(x, exponent.dtype()), exponent); }

// --- maximum, minimum. MaxGrad(g, a, b): g where a wins, half in a tie, else 0; linear in g, constant in a and b.

static void select_grad_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, apply(r.op(), r.g(), r.in(1), r.in(2)));
}
constexpr Op kMaxGrad = elementwise<Fn::MaxGrad>("maximum_backward", "MaximumBackwardBackward0", kNoBool,
                                                 {kReads1 | kReads2}, select_grad_vjp);
constexpr Op kMinGrad = elementwise<Fn::MinGrad>("minimum_backward", "MinimumBackwardBackward0", kNoBool,
                                                 {kReads1 | kReads2}, select_grad_vjp);

template <const Op& kGrad>
static void select_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, apply(kGrad, r.g(), r.in(0), r.in(1)));
  if (r.needs(1)) r.set(1, apply(kGrad, r.g(), r.in(1), r.in(0)));
}
constexpr Op kMaximum = elementwise<Fn::Max>("maximum", "MaximumBackward0", {}, {kReads0 | kReads1, kReads0 | kReads1},
                                             select_vjp<kMaxGrad>);
TAPEGRAD_BINARY_RESULT(maximum, kMaximum)
Tensor max(const Tensor& a, const Tensor& b) { return maximum(a, b); }
Tensor TensorOps::max(const Tensor& other) const { return maximum(other); }
constexpr Op kMinimum = elementwise<Fn::Min>("minimum", "MinimumBackward0", {}, {kReads0 | kReads1, kReads0 | kReads1},
                                             select_vjp<kMinGrad>);
TAPEGRAD_BINARY_RESULT(minimum, kMinimum)
Tensor min(const Tensor& a, const Tensor& b) { return minimum(a, b); }
Tensor TensorOps::min(const Tensor& other) const { return minimum(other); }

}  // namespace tapegrad
