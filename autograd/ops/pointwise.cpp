// Elementwise functions of one tensor.
#include <cmath>
#include <limits>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static void neg_vjp(Grads& r) { r.set(0, r.g().neg()); }
constexpr Op kNeg = elementwise<Fn::Neg>("neg", "NegBackward0", kNoBool, {}, neg_vjp);
TAPEGRAD_UNARY(neg, kNeg)
Tensor operator-(const Tensor& x) { return neg(x); }

static void exp_vjp(Grads& r) { r.set(0, r.g().mul(r.out())); }
constexpr Op kExp = elementwise<Fn::Exp>("exp", "ExpBackward0", kFloatingOnly, {kReadsOut}, exp_vjp);
TAPEGRAD_UNARY(exp, kExp)

// exp(x) again: out + 1 would lose the digits of the lower tail
static void expm1_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).exp())); }
constexpr Op kExpm1 = elementwise<Fn::Expm1>("expm1", "Expm1Backward0", kFloatingOnly, {kReads0}, expm1_vjp);
TAPEGRAD_UNARY(expm1, kExpm1)

static void log_vjp(Grads& r) { r.set(0, r.g().div(r.in(0))); }
constexpr Op kLog = elementwise<Fn::Log>("log", "LogBackward0", kFloatingOnly, {kReads0}, log_vjp);
TAPEGRAD_UNARY(log, kLog)

static void log1p_vjp(Grads& r) { r.set(0, r.g().div(r.in(0).add(1))); }
constexpr Op kLog1p = elementwise<Fn::Log1p>("log1p", "Log1pBackward0", kFloatingOnly, {kReads0}, log1p_vjp);
TAPEGRAD_UNARY(log1p, kLog1p)

static void sqrt_vjp(Grads& r) { r.set(0, r.g().div(r.out().mul(2))); }
constexpr Op kSqrt = elementwise<Fn::Sqrt>("sqrt", "SqrtBackward0", kFloatingOnly, {kReadsOut}, sqrt_vjp);
TAPEGRAD_UNARY(sqrt, kSqrt)

static void rsqrt_vjp(Grads& r) { r.set(0, r.g().mul(r.out().mul(r.out()).mul(r.out())).mul(-0.5)); }
constexpr Op kRsqrt = elementwise<Fn::Rsqrt>("rsqrt", "RsqrtBackward0", kFloatingOnly, {kReadsOut}, rsqrt_vjp);
TAPEGRAD_UNARY(rsqrt, kRsqrt)

static void reciprocal_vjp(Grads& r) { r.set(0, r.g().mul(r.out().square()).neg()); }
constexpr Op kReciprocal =
    elementwise<Fn::Reciprocal>("reciprocal", "ReciprocalBackward0", kFloatingOnly, {kReadsOut}, reciprocal_vjp);
TAPEGRAD_UNARY(reciprocal, kReciprocal)

// 2 / sqrt(pi) exp(-x^2)
static void erf_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).square().neg().exp().mul(1.1283791670955126))); }
constexpr Op kErf = elementwise<Fn::Erf>("erf", "ErfBackward0", kFloatingOnly, {kReads0}, erf_vjp);
TAPEGRAD_UNARY(erf, kErf)

static void abs_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).sign())); }
constexpr Op kAbs = elementwise<Fn::Abs>("abs", "AbsBackward0", kNoBool, {kReads0}, abs_vjp);
TAPEGRAD_UNARY(abs, kAbs)

static void sign_vjp(Grads& r) { r.set(0, zeros_like(r.g())); }
constexpr Op kSign = elementwise<Fn::Sign>("sign", "SignBackward0", kNoBool, {}, sign_vjp);
TAPEGRAD_UNARY(sign, kSign)

static void square_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).mul(2))); }
constexpr Op kSquare = elementwise<Fn::Square>("square", "PowBackward0", kNoBool, {kReads0}, square_vjp);
TAPEGRAD_UNARY(square, kSquare)

// --- relu. relu_backward(g, out) = g where out > 0: linear in g, constant in out.
static void relu_grad_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, apply(r.op(), r.g(), r.in(1)));
}
constexpr Op kReluGrad =
    elementwise<Fn::ReluGrad>("relu_backward", "ReluBackwardBackward0", kNoBool, {kReads1}, relu_grad_vjp);
static void relu_vjp(Grads& r) { r.set(0, apply(kReluGrad, r.g(), r.out())); }
constexpr Op kRelu = elementwise<Fn::Relu>("relu", "ReluBackward0", kNoBool, {kReadsOut}, relu_vjp);
TAPEGRAD_UNARY(relu, kRelu)

// --- sigmoid. sigmoid_backward(g, s) = g s (1 - s)
static void sigmoid_grad_vjp(Grads& r) {
  const Tensor s = r.in(1);
  if (r.needs(0)) r.set(0, apply(r.op(), r.g(), s));
  if (r.needs(1)) r.set(1, r.g().mul(r.in(0)).mul(s.mul(-2).add(1)));
}
constexpr Op kSigmoidGrad = elementwise<Fn::SigmoidGrad>("sigmoid_backward", "SigmoidBackwardBackward0", kFloatingOnly,
                                                         {kReads1, kReads0 | kReads1}, sigmoid_grad_vjp);
static void sigmoid_vjp(Grads& r) { r.set(0, apply(kSigmoidGrad, r.g(), r.out())); }
constexpr Op kSigmoid =
    elementwise<Fn::Sigmoid>("sigmoid", "SigmoidBackward0", kFloatingOnly, {kReadsOut}, sigmoid_vjp);
TAPEGRAD_UNARY(sigmoid, kSigmoid)

// --- tanh. tanh_backward(g, t) = g (1 - t^2)
static void tanh_grad_vjp(Grads& r) {
  const Tensor t = r.in(1);
  if (r.needs(0)) r.set(0, apply(r.op(), r.g(), t));
  if (r.needs(1)) r.set(1, r.g().mul(r.in(0)).mul(t.mul(-2)));
}
constexpr Op kTanhGrad = elementwise<Fn::TanhGrad>("tanh_backward", "TanhBackwardBackward0", kFloatingOnly,
                                                   {kReads1, kReads0 | kReads1}, tanh_grad_vjp);
static void tanh_vjp(Grads& r) { r.set(0, apply(kTanhGrad, r.g(), r.out())); }
constexpr Op kTanh = elementwise<Fn::Tanh>("tanh", "TanhBackward0", kFloatingOnly, {kReadsOut}, tanh_vjp);
TAPEGRAD_UNARY(tanh, kTanh)

// --- clamp: bounds of doubles, or of integers in their place where x is one
namespace {
struct ClampAttrs {
  double min, max;
};
}  // namespace

static void clamp_vjp(Grads& r) {
  const Tensor x = r.in(0);
  const auto [min, max] = r.attrs().as<ClampAttrs>();
  r.set(0, where(x.ge(min).mul(x.le(max)), r.g(), 0));
}
constexpr Op kClamp = elementwise<Fn::Clamp>("clamp", "ClampBackward1", kNoBool, {kReads0}, clamp_vjp);

// NaN, as anything is between bounds of which one is NaN; the gradient is 0.
static Tensor nowhere(const Tensor& x) { return where(tensor(false), x, NAN); }

namespace {
struct Bounded {
  Tensor x;  // promoted to the kind of the bounds
  Packed<ClampAttrs> bounds;
  bool nan = false;  // a bound is NaN
};
}  // namespace
static Bounded bounded(const Tensor& x, const OptScalar& min, const OptScalar& max) {
  if (!min && !max) throw ValueError("clamp: At least one of 'min' or 'max' must not be None; give a bound");
  const bool floating =
      is_floating_point(x.dtype()) || (min && min->is_floating_point()) || (max && max->is_floating_point());
  if (!floating) {
    using Limits = std::numeric_limits<std::int64_t>;
    return {x, {{min ? min->to_long() : Limits::min(), max ? max->to_long() : Limits::max()}}};
  }
  constexpr double kInf = std::numeric_limits<double>::infinity();
  const double low = min ? min->to_double() : -kInf, high = max ? max->to_double() : kInf;
  return {in_floating(x), pack(ClampAttrs{low, high}), std::isnan(low) || std::isnan(high)};
}
Tensor clamp(const Tensor& x, const OptScalar& min, const OptScalar& max) {
  const Bounded b = bounded(x, min, max);
  return b.nan ? nowhere(b.x) : apply(kClamp, b.x, b.bounds);
}
Tensor TensorOps::clamp(const OptScalar& min, const OptScalar& max) const { return tapegrad::clamp(self(), min, max); }
Tensor& TensorOps::clamp_(const OptScalar& min, const OptScalar& max) const {
  const Bounded b = bounded(self(), min, max);
  if (!b.x.is_same(self())) {
    throw_dtype("clamp_", "result type Float can't be cast to the desired output type ", self().dtype(),
                "; use integer bounds");
  }
  return b.nan ? fill_(NAN) : in_place(kClamp, self(), b.bounds);
}

Tensor clamp_min(const Tensor& x, const Scalar& min) try { return clamp(x, min, std::nullopt); } catch (const Error&) {
  throw_as("clamp_min");
}
Tensor TensorOps::clamp_min(const Scalar& min) const { return tapegrad::clamp_min(self(), min); }
Tensor& TensorOps::clamp_min_(const Scalar& min) const try { return clamp_(min); } catch (const Error&) {
  throw_as("clamp_min_");
}
Tensor clamp_max(const Tensor& x, const Scalar& max) try { return clamp(x, std::nullopt, max); } catch (const Error&) {
  throw_as("clamp_max");
}
Tensor TensorOps::clamp_max(const Scalar& max) const { return tapegrad::clamp_max(self(), max); }
Tensor& TensorOps::clamp_max_(const Scalar& max) const try { return clamp_(std::nullopt, max); } catch (const Error&) {
  throw_as("clamp_max_");
}

}  // namespace tapegrad
