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

// --- logit, of x between bounds: of any x where these are infinite
namespace {
struct LogitAttrs {
  double min, max;
};
}  // namespace

// 0 where x was clamped; without bounds NaN outside of [0, 1], as the value
static void logit_vjp(Grads& r) {
  const auto [min, max] = r.attrs().as<LogitAttrs>();
  const bool bounded = std::isfinite(min);
  const Tensor x = r.in(0), inside = bounded ? x.clamp(min, max) : x;
  const Tensor slope = r.g().div(inside.mul(1 - inside));
  r.set(0,
        bounded ? where(x.ne(inside).logical_and(x.eq(x)), 0, slope) : where(x.ge(0).logical_and(x.le(1)), slope, NAN));
}
constexpr Op kLogit = elementwise<Fn::Logit>("logit", "LogitBackward0", kFloatingOnly, {kReads0}, logit_vjp);
static Packed<LogitAttrs> between(std::optional<double> eps) {
  return pack(eps ? LogitAttrs{*eps, 1 - *eps} : LogitAttrs{-INFINITY, INFINITY});
}
Tensor logit(const Tensor& x, std::optional<double> eps) { return apply(kLogit, x, between(eps)); }
Tensor TensorOps::logit(std::optional<double> eps) const { return tapegrad::logit(self(), eps); }
Tensor& TensorOps::logit_(std::optional<double> eps) const { return in_place(kLogit, self(), between(eps)); }

}  // namespace tapegrad
