// Activations with a smooth or a sloped gate. Their vjps bound x where a gate of 0 would meet an
// infinity.
#include <cmath>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

// --- softplus(x) = log(1 + exp(x))
static void softplus_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).sigmoid())); }
constexpr Op kSoftplus =
    elementwise<Fn::Softplus>("softplus", "SoftplusBackward0", kFloatingOnly, {kReads0}, softplus_vjp);
Tensor softplus(const Tensor& x, double beta) {
  return beta == 1 ? apply(kSoftplus, x) : apply(kSoftplus, x.mul(beta)).div(beta);
}

// --- log_sigmoid(x) = -softplus(-x)
static void log_sigmoid_vjp(Grads& r) { r.set(0, r.g().mul(r.in(0).neg().sigmoid())); }
constexpr Op kLogSigmoid =
    elementwise<Fn::LogSigmoid>("log_sigmoid", "LogSigmoidBackward0", kFloatingOnly, {kReads0}, log_sigmoid_vjp);
Tensor log_sigmoid(const Tensor& x) { return apply(kLogSigmoid, x); }

// d(x s(z)) / dx = s(z) + x s(z) s(-z) dz/dx, s = sigmoid
static Tensor gated_slope(const Tensor& x, const Tensor& z, const Tensor& dz) {
  const Tensor s = z.sigmoid();
  return s.add(x.mul(s.mul(z.neg().sigmoid())).mul(dz));
}

// --- silu(x) = x s(x)
static void silu_vjp(Grads& r) {
  const Tensor x = r.in(0).clamp(-1000, 1000);
  r.set(0, r.g().mul(gated_slope(x, x, ones({}, x.options()))));
}
constexpr Op kSilu = elementwise<Fn::Silu>("silu", "SiluBackward0", kFloatingOnly, {kReads0}, silu_vjp);
Tensor silu(const Tensor& x) { return apply(kSilu, x); }

// --- gelu(x) = x cdf(x). cdf' = pdf = exp(-x^2 / 2) / sqrt(2 pi)
static Tensor normal_pdf(const Tensor& x) { return x.square().mul(-0.5).exp().mul(0.3989422804014327); }
static void cdf_vjp(Grads& r) { r.set(0, r.g().mul(normal_pdf(r.in(0)))); }
constexpr Op kCdf = elementwise<Fn::NormalCdf>("normal_cdf", "NormalCdfBackward0", kFloatingOnly, {kReads0}, cdf_vjp);
static void gelu_vjp(Grads& r) {
  const Tensor x = r.in(0).clamp(-40, 40);
  r.set(0, r.g().mul(apply(kCdf, x).add(x.mul(normal_pdf(x)))));
}
constexpr Op kGelu = elementwise<Fn::Gelu>("gelu", "GeluBackward0", kFloatingOnly, {kReads0}, gelu_vjp);

// --- its tanh form: x s(z), z = a x + b x^3
static void gelu_tanh_vjp(Grads& r) {
  constexpr double a = 1.5957691216057308, b = 0.07135481627260025;  // 2 sqrt(2 / pi) times 1 and 0.044715
  const Tensor x = r.in(0).clamp(-40, 40);
  const Tensor square = x.square();
  r.set(0, r.g().mul(gated_slope(x, square.mul(b).add(a).mul(x), square.mul(3 * b).add(a))));
}
constexpr Op kGeluTanh =
    elementwise<Fn::GeluTanh>("gelu.tanh", "GeluBackward0", kFloatingOnly, {kReads0}, gelu_tanh_vjp);
Tensor gelu(const Tensor& x, const std::string& approximate) {
  if (approximate == "none") return apply(kGelu, x);
  if (approximate == "tanh") return apply(kGeluTanh, x);
  throw ValueError("gelu: approximate argument must be either none or tanh, but got '" + approximate +
                   "'; give one of the two");
}

namespace {
struct SlopeAttrs {
  double slope;
};
}  // namespace

// --- elu(x) = x, or alpha (exp(x) - 1) where x <= 0
static void elu_vjp(Grads& r) {
  const Tensor x = r.in(0);
  const double alpha = r.attrs().as<SlopeAttrs>().slope;
  r.set(0, where(x.gt(0), r.g(), r.g().mul(x.clamp_max(0).exp().mul(alpha))));
}
constexpr Op kElu = elementwise<Fn::Elu>("elu", "EluBackward0", kFloatingOnly, {kReads0}, elu_vjp);
Tensor elu(const Tensor& x, double alpha) { return apply(kElu, x, pack(SlopeAttrs{alpha})); }

// --- leaky_relu(x) = x, or slope x where x <= 0
static void leaky_relu_vjp(Grads& r) {
  r.set(0, where(r.in(0).gt(0), r.g(), r.g().mul(r.attrs().as<SlopeAttrs>().slope)));
}
constexpr Op kLeakyRelu =
    elementwise<Fn::LeakyRelu>("leaky_relu", "LeakyReluBackward0", kFloatingOnly, {kReads0}, leaky_relu_vjp);
Tensor leaky_relu(const Tensor& x, double slope) { return apply(kLeakyRelu, x, pack(SlopeAttrs{slope})); }

// --- hardtanh: a clamp whose gradient is 0 at a bound
namespace {
struct BoundAttrs {
  double min, max;
};
}  // namespace

static void hardtanh_vjp(Grads& r) {
  const Tensor x = r.in(0);
  const auto [min, max] = r.attrs().as<BoundAttrs>();
  r.set(0, where(x.gt(min).mul(x.lt(max)), r.g(), 0));
}
constexpr Op kHardtanh =
    elementwise<Fn::Clamp>("hardtanh", "HardtanhBackward0", kFloatingOnly, {kReads0}, hardtanh_vjp);
Tensor hardtanh(const Tensor& x, double min, double max) {
  if (std::isnan(min) || std::isnan(max)) return clamp(x, min, max);
  return apply(kHardtanh, x, pack(BoundAttrs{min, max}));
}

}  // namespace tapegrad
