// Elementwise functions of one tensor.
#include <limits>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

namespace ops {

constexpr std::uint8_t kReal = kElementwise | kRealOnly;

void neg_vjp(Grads& r) { r.set(0, r.g().neg()); }
constexpr Op kNeg{"neg", "NegBackward0", kElementwise | kNoBool, {}, nullptr, eval_row<Fn::Neg>, neg_vjp};

void exp_vjp(Grads& r) { r.set(0, r.g().mul(r.out())); }
constexpr Op kExp{"exp", "ExpBackward0", kReal, {kReadsOut}, nullptr, eval_row<Fn::Exp>, exp_vjp};

void log_vjp(Grads& r) { r.set(0, r.g().div(r.in(0))); }
constexpr Op kLog{"log", "LogBackward0", kReal, {kReads0}, nullptr, eval_row<Fn::Log>, log_vjp};

void sqrt_vjp(Grads& r) { r.set(0, r.g().div(r.out().mul(2))); }
constexpr Op kSqrt{"sqrt", "SqrtBackward0", kReal, {kReadsOut}, nullptr, eval_row<Fn::Sqrt>, sqrt_vjp};

void abs_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).sign())); }
constexpr Op kAbs{"abs", "AbsBackward0", kElementwise | kNoBool, {kReads0}, nullptr, eval_row<Fn::Abs>, abs_vjp};

void sign_vjp(Grads& r) { r.set(0, zeros_like(r.g())); }
constexpr Op kSign{"sign", "SignBackward0", kElementwise | kNoBool, {}, nullptr, eval_row<Fn::Sign>, sign_vjp};

void square_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).mul(2))); }
constexpr Op kSquare{"square",  "PowBackward0", kElementwise | kNoBool, {kReads0}, nullptr, eval_row<Fn::Square>,
                     square_vjp};

// --- relu. relu_backward(g, out) = g where out > 0: linear in g, constant in out.
extern const Op kReluGrad;
void relu_grad_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, apply(kReluGrad, r.g(), r.in(1)));
}
constexpr Op kReluGrad{"relu_backward", "ReluBackwardBackward0", kElementwise | kNoBool, {kReads1},
                       nullptr,         eval_row<Fn::ReluGrad>,  relu_grad_vjp};
void relu_vjp(Grads& r) { r.set(0, apply(kReluGrad, r.g(), r.out())); }
constexpr Op kRelu{"relu", "ReluBackward0", kElementwise | kNoBool, {kReadsOut}, nullptr, eval_row<Fn::Relu>, relu_vjp};

// --- sigmoid. sigmoid_backward(g, s) = g s (1 - s)
extern const Op kSigmoidGrad;
void sigmoid_grad_vjp(Grads& r) {
  const Tensor s = r.in(1);
  if (r.needs(0)) r.set(0, apply(kSigmoidGrad, r.g(), s));
  if (r.needs(1)) r.set(1, r.g().mul(r.in(0)).mul(s.mul(-2).add(1)));
}
constexpr Op kSigmoidGrad{"sigmoid_backward",
                          "SigmoidBackwardBackward0",
                          kReal,
                          {kReads1, kReads0 | kReads1},
                          nullptr,
                          eval_row<Fn::SigmoidGrad>,
                          sigmoid_grad_vjp};
void sigmoid_vjp(Grads& r) { r.set(0, apply(kSigmoidGrad, r.g(), r.out())); }
constexpr Op kSigmoid{"sigmoid", "SigmoidBackward0", kReal, {kReadsOut}, nullptr, eval_row<Fn::Sigmoid>, sigmoid_vjp};

// --- tanh. tanh_backward(g, t) = g (1 - t^2)
extern const Op kTanhGrad;
void tanh_grad_vjp(Grads& r) {
  const Tensor t = r.in(1);
  if (r.needs(0)) r.set(0, apply(kTanhGrad, r.g(), t));
  if (r.needs(1)) r.set(1, r.g().mul(r.in(0)).mul(t.mul(-2)));
}
constexpr Op kTanhGrad{"tanh_backward", "TanhBackwardBackward0", kReal,        {kReads1, kReads0 | kReads1},
                       nullptr,         eval_row<Fn::TanhGrad>,  tanh_grad_vjp};
void tanh_vjp(Grads& r) { r.set(0, apply(kTanhGrad, r.g(), r.out())); }
constexpr Op kTanh{"tanh", "TanhBackward0", kReal, {kReadsOut}, nullptr, eval_row<Fn::Tanh>, tanh_vjp};

// --- clamp: attributes min and max, in the element type
void clamp_vjp(Grads& r) {
  const Tensor x = r.in(0);
  const Tensor inside = x.ge(r.attrs().real(0)).mul(x.le(r.attrs().real(1)));
  r.set(0, tapegrad::where(inside, r.g(), 0));
}
constexpr Op kClamp{"clamp",  "ClampBackward1", kElementwise | kNoBool, {kReads0}, nullptr, eval_row<Fn::Clamp>,
                    clamp_vjp};

struct Bounds {
  std::int64_t words[2];
  Tensor x;  // promoted to the kind of the bounds
};

Bounds bounds(const Tensor& x, const OptScalar& min, const OptScalar& max) {
  if (!min && !max) throw Error("clamp: At least one of 'min' or 'max' must not be None; give a bound");
  const bool real =
      is_floating_point(x.dtype()) || (min && min->is_floating_point()) || (max && max->is_floating_point());
  if (!real) {
    using Limits = std::numeric_limits<std::int64_t>;
    return {{min ? min->to_long() : Limits::min(), max ? max->to_long() : Limits::max()}, x};
  }
  constexpr double kInf = std::numeric_limits<double>::infinity();
  return {{Attrs::word(min ? min->to_double() : -kInf), Attrs::word(max ? max->to_double() : kInf)}, in_real(x)};
}

}  // namespace ops

using namespace ops;

Tensor neg(const Tensor& x) { return apply(kNeg, x); }
Tensor exp(const Tensor& x) { return apply(kExp, x); }
Tensor log(const Tensor& x) { return apply(kLog, x); }
Tensor sqrt(const Tensor& x) { return apply(kSqrt, x); }
Tensor abs(const Tensor& x) { return apply(kAbs, x); }
Tensor sign(const Tensor& x) { return apply(kSign, x); }
Tensor square(const Tensor& x) { return apply(kSquare, x); }
Tensor sigmoid(const Tensor& x) { return apply(kSigmoid, x); }
Tensor tanh(const Tensor& x) { return apply(kTanh, x); }
Tensor relu(const Tensor& x) { return apply(kRelu, x); }
Tensor clamp(const Tensor& x, const OptScalar& min, const OptScalar& max) {
  const Bounds b = bounds(x, min, max);
  return apply(kClamp, b.x, {b.words, 2});
}
Tensor clamp_min(const Tensor& x, const Scalar& min) { return clamp(x, min, std::nullopt); }
Tensor clamp_max(const Tensor& x, const Scalar& max) { return clamp(x, std::nullopt, max); }
Tensor operator-(const Tensor& x) { return neg(x); }

Tensor TensorOps::neg() const { return tapegrad::neg(self()); }
Tensor TensorOps::exp() const { return tapegrad::exp(self()); }
Tensor TensorOps::log() const { return tapegrad::log(self()); }
Tensor TensorOps::sqrt() const { return tapegrad::sqrt(self()); }
Tensor TensorOps::abs() const { return tapegrad::abs(self()); }
Tensor TensorOps::sign() const { return tapegrad::sign(self()); }
Tensor TensorOps::square() const { return tapegrad::square(self()); }
Tensor TensorOps::sigmoid() const { return tapegrad::sigmoid(self()); }
Tensor TensorOps::tanh() const { return tapegrad::tanh(self()); }
Tensor TensorOps::relu() const { return tapegrad::relu(self()); }
Tensor TensorOps::clamp(const OptScalar& min, const OptScalar& max) const { return tapegrad::clamp(self(), min, max); }
Tensor TensorOps::clamp_min(const Scalar& min) const { return tapegrad::clamp_min(self(), min); }
Tensor TensorOps::clamp_max(const Scalar& max) const { return tapegrad::clamp_max(self(), max); }
Tensor& TensorOps::relu_() const {
  in_place(kRelu, self());
  return done(self());
}
Tensor& TensorOps::clamp_(const OptScalar& min, const OptScalar& max) const {
  const Bounds b = bounds(self(), min, max);
  if (!b.x.is_same(self()))
    throw DtypeError("clamp_: result type Float can't be cast to the desired output type " +
                     std::string(name(self().dtype())) + "; use integer bounds");
  in_place(kClamp, self(), {b.words, 2});
  return done(self());
}

}  // namespace tapegrad
