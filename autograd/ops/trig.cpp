// Trigonometric and hyperbolic functions. (tanh stands with the activations' sigmoid in pointwise.cpp.)
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static void sin_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).cos())); }
constexpr Op kSin = elementwise<Fn::Sin>("sin", "SinBackward0", kFloatingOnly, {kReads0}, sin_vjp);
TAPEGRAD_UNARY(sin, kSin)

static void cos_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).sin()).neg()); }
constexpr Op kCos = elementwise<Fn::Cos>("cos", "CosBackward0", kFloatingOnly, {kReads0}, cos_vjp);
TAPEGRAD_UNARY(cos, kCos)

static void tan_vjp(Grads& r) { r.set(0, r.g().mul(r.out().square().add(1))); }
constexpr Op kTan = elementwise<Fn::Tan>("tan", "TanBackward0", kFloatingOnly, {kReadsOut}, tan_vjp);
TAPEGRAD_UNARY(tan, kTan)

// g / sqrt(1 - x^2); (1 - x)(1 + x) has its digits near 1, too
static Tensor over_root(const Tensor& g, const Tensor& x) { return g.mul((1 - x).mul(x.add(1)).rsqrt()); }

static void asin_vjp(Grads& r) { r.set(0, over_root(r.g(), r.in(0))); }
constexpr Op kAsin = elementwise<Fn::Asin>("asin", "AsinBackward0", kFloatingOnly, {kReads0}, asin_vjp);
TAPEGRAD_UNARY(asin, kAsin)

static void acos_vjp(Grads& r) { r.set(0, over_root(r.g(), r.in(0)).neg()); }
constexpr Op kAcos = elementwise<Fn::Acos>("acos", "AcosBackward0", kFloatingOnly, {kReads0}, acos_vjp);
TAPEGRAD_UNARY(acos, kAcos)

static void atan_vjp(Grads& r) { r.set(0, r.g().div(r.in(0).square().add(1))); }
constexpr Op kAtan = elementwise<Fn::Atan>("atan", "AtanBackward0", kFloatingOnly, {kReads0}, atan_vjp);
TAPEGRAD_UNARY(atan, kAtan)

// d atan2(y, x) = (x dy - y dx) / (x^2 + y^2)
static void atan2_vjp(Grads& r) {
  const Tensor y = r.in(0), x = r.in(1);
  const Tensor scaled = r.g().div(y.square().add(x.square()));
  if (r.needs(0)) r.set(0, scaled.mul(x));
  if (r.needs(1)) r.set(1, scaled.mul(y).neg());
}
constexpr Op kAtan2 =
    elementwise<Fn::Atan2>("atan2", "Atan2Backward0", kFloatingOnly, {kReads0 | kReads1, kReads0 | kReads1}, atan2_vjp);
TAPEGRAD_BINARY(atan2, kAtan2)

static void sinh_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).cosh())); }
constexpr Op kSinh = elementwise<Fn::Sinh>("sinh", "SinhBackward0", kFloatingOnly, {kReads0}, sinh_vjp);
TAPEGRAD_UNARY(sinh, kSinh)

static void cosh_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).sinh())); }
constexpr Op kCosh = elementwise<Fn::Cosh>("cosh", "CoshBackward0", kFloatingOnly, {kReads0}, cosh_vjp);
TAPEGRAD_UNARY(cosh, kCosh)

}  // namespace tapegrad
