// Special functions: of the normal distribution (erf stands in pointwise.cpp), and the gamma function's logarithm with
// its derivatives.
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

// -2 / sqrt(pi) exp(-x^2)
static void erfc_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).square().neg().exp().mul(-1.1283791670955126))); }
constexpr Op kErfc = elementwise<Fn::Erfc>("erfc", "ErfcBackward0", kFloatingOnly, {kReads0}, erfc_vjp);
TAPEGRAD_UNARY(erfc, kErfc)

// sqrt(pi) / 2 exp(y^2)
static void erfinv_vjp(Grads& r) { r.set(0, r.g().mul(r.out().square().exp().mul(0.886226925452758))); }
constexpr Op kErfinv = elementwise<Fn::Erfinv>("erfinv", "ErfinvBackward0", kFloatingOnly, {kReadsOut}, erfinv_vjp);
TAPEGRAD_UNARY(erfinv, kErfinv)

static void lgamma_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).digamma())); }
constexpr Op kLgamma = elementwise<Fn::Lgamma>("lgamma", "LgammaBackward0", kFloatingOnly, {kReads0}, lgamma_vjp);
TAPEGRAD_UNARY(lgamma, kLgamma)

static void digamma_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).polygamma(1))); }
constexpr Op kDigamma = elementwise<Fn::Digamma>("digamma", "DigammaBackward0", kFloatingOnly, {kReads0}, digamma_vjp);
TAPEGRAD_UNARY(digamma, kDigamma)

namespace {
struct PolygammaAttrs {
  double n;
};
}  // namespace

static void polygamma_vjp(Grads& r) {
  const double n = r.attrs().as<PolygammaAttrs>().n;
  r.set(0, r.g().mul(r.in(0).polygamma(static_cast<std::int64_t>(n) + 1)));
}
constexpr Op kPolygamma =
    elementwise<Fn::Polygamma>("polygamma", "PolygammaBackward0", kFloatingOnly, {kReads0}, polygamma_vjp);
static Packed<PolygammaAttrs> order(std::int64_t n) {
  if (n < 0)
    throw_value("polygamma", "polygamma(n, x) does not support negative n; got n = ", n, ", give one from 0 up");
  return pack(PolygammaAttrs{static_cast<double>(n)});
}
Tensor polygamma(std::int64_t n, const Tensor& x) { return n == 0 ? digamma(x) : apply(kPolygamma, x, order(n)); }
Tensor TensorOps::polygamma(std::int64_t n) const { return tapegrad::polygamma(n, self()); }
Tensor& TensorOps::polygamma_(std::int64_t n) const {
  return n == 0 ? digamma_() : in_place(kPolygamma, self(), order(n));
}

}  // namespace tapegrad
