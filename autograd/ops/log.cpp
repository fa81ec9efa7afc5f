// Exponentials and logarithms of other bases, and sums and products in logarithms. (exp, log, expm1, log1p:
// pointwise.cpp)
#include <cmath>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static void exp2_vjp(Grads& r) { r.set(0, r.g().mul(r.out()).mul(0.6931471805599453)); }
constexpr Op kExp2 = elementwise<Fn::Exp2>("exp2", "Exp2Backward0", kFloatingOnly, {kReadsOut}, exp2_vjp);
TAPEGRAD_UNARY(exp2, kExp2)

static void log2_vjp(Grads& r) { r.set(0, r.g().div(r.in(0).mul(0.6931471805599453))); }
constexpr Op kLog2 = elementwise<Fn::Log2>("log2", "Log2Backward0", kFloatingOnly, {kReads0}, log2_vjp);
TAPEGRAD_UNARY(log2, kLog2)

static void log10_vjp(Grads& r) { r.set(0, r.g().div(r.in(0).mul(2.302585092994046))); }
constexpr Op kLog10 = elementwise<Fn::Log10>("log10", "Log10Backward0", kFloatingOnly, {kReads0}, log10_vjp);
TAPEGRAD_UNARY(log10, kLog10)

static void logaddexp_vjp(Grads& r) {
  const Tensor apart = r.in(0).sub(r.in(1));
  if (r.needs(0)) r.set(0, r.g().mul(apart.sigmoid()));
  if (r.needs(1)) r.set(1, r.g().mul(apart.neg().sigmoid()));
}
constexpr Op kLogaddexp = elementwise<Fn::LogAddExp>("logaddexp", "LogaddexpBackward0", kFloatingOnly,
                                                     {kReads0 | kReads1, kReads0 | kReads1}, logaddexp_vjp);
TAPEGRAD_BINARY_RESULT(logaddexp, kLogaddexp)

// d/dx = g log y, 0 where x = 0 and y <= 0; d/dy = g x / y
static void xlogy_vjp(Grads& r) {
  const Tensor x = r.in(0), y = r.in(1);
  if (r.needs(0)) r.set(0, xlogy(r.g(), where(x.eq(0).logical_and(y.le(0)), 1, y)));
  if (r.needs(1)) r.set(1, r.g().mul(x).div(y));
}
constexpr Op kXlogy =
    elementwise<Fn::Xlogy>("xlogy", "XlogyBackward0", kFloatingOnly, {kReads0 | kReads1, kReads0 | kReads1}, xlogy_vjp);
TAPEGRAD_BINARY_SCALAR(xlogy, kXlogy)
Tensor xlogy(const Scalar& x, const Tensor& other) { return xlogy(wrapped(x, other.dtype()), other); }

// --- logit: where the slope is asked for outside of [0, 1] it is NaN, as the value
static void logit_vjp(Grads& r) {
  const Tensor x = r.in(0);
  const Tensor slope = r.g().div(x.mul(1 - x));
  r.set(0, where(x.ge(0).logical_and(x.le(1)), slope, NAN));
}
constexpr Op kLogit = elementwise<Fn::Logit>("logit", "LogitBackward0", kFloatingOnly, {kReads0}, logit_vjp);
Tensor logit(const Tensor& x, std::optional<double> eps) try {
  return apply(kLogit, eps ? in_floating(x).clamp(*eps, 1 - *eps) : x);
} catch (const Error&) {
  throw_as("logit");
}
Tensor TensorOps::logit(std::optional<double> eps) const { return tapegrad::logit(self(), eps); }
Tensor& TensorOps::logit_(std::optional<double> eps) const { return copy_over("logit_", self(), logit(eps)); }

}  // namespace tapegrad
