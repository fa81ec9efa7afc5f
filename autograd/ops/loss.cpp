// Losses: mse_loss, l1_loss, smooth_l1_loss, binary cross entropies.
#include <cstdio>

#include <tapegrad/autograd/grad.h>

#include "autograd/kernels/reduce.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad {

using namespace ops;

static Tensor reduced(const Tensor& loss, Reduction reduction) {
  return reduction == kMean ? loss.mean() : reduction == kSum ? loss.sum() : loss;
}

static void warn_sizes(const Tensor& x, const Tensor& target) {
  std::fprintf(stderr,
               "Warning: Using a target size (%s) that is different to the input size (%s). This will likely lead to "
               "incorrect results due to broadcasting. Please ensure they have the same size.\n",
               text(target.sizes()).c_str(), text(x.sizes()).c_str());
}

// --- mse_loss of equal shapes, summed or averaged
namespace {
struct MseAttrs {
  double slope;  // 2, or 2 / n of the mean
  std::int64_t mean;
};
}  // namespace

// mse_loss_backward(g, x, y) = slope g (x - y), g a number or of x's shape
static void mse_grad_vjp(Grads& r) {
  const double s = r.attrs().as<double>();
  if (r.needs(0)) r.set(0, r.g().mul(r.in(1).sub(r.in(2)).mul(s)));
  if (!r.needs(1) && !r.needs(2)) return;
  const Tensor d = r.g().mul(r.in(0)).mul(s);
  r.set(1, d);
  if (r.needs(2)) r.set(2, d.neg());
}
constexpr Op kMseGrad = elementwise<Fn::ScaledDiff>("mse_loss_backward", "MseLossBackwardBackward0", {},
                                                    {kReads1 | kReads2, kReads0, kReads0}, mse_grad_vjp);

static void run_mse(const Call& c) noexcept {
  kernels::pair_sum(c.dtype, c.in[0]->data, c.in[1]->data, c.in[0]->numel, false, c.out->data);
  if (c.attrs.as<MseAttrs>().mean != 0) divide(c.out, c.in[0]->numel);
}
static void mse_vjp(Grads& r) {
  const Attrs slope{r.attrs().words, 1};
  if (r.needs(0)) r.set(0, apply(kMseGrad, r.g(), r.in(0), r.in(1), slope));
  if (r.needs(1)) r.set(1, apply(kMseGrad, r.g(), r.in(1), r.in(0), slope));
}
static bool mse_adds_up(const Call& c, kernels::TotalSum& total) noexcept {
  total = {kernels::TotalSum::kSquaredDifference, c.attrs.as<MseAttrs>().mean != 0 ? c.in[0]->numel : 1};
  return true;
}
static void mse_source(Source& s) {
  kernels::TotalSum total;
  mse_adds_up(s.call(), total);
  s.sum("(a - b) * (a - b)", {1, s.call().in[0]->numel, 1}, total.divisor);
}
static Tensor mse_batch(const Batch& b) {
  const Tensor total = sample_sums(b.in(0).sub(b.in(1)).square());
  return b.attrs().as<MseAttrs>().mean != 0 ? total.div(b.numel(0)) : total;
}
constexpr Op kMse{.name = "mse_loss",
                  .grad_name = "MseLossBackward0",
                  .reads = {kReads0 | kReads1, kReads0 | kReads1},
                  .shape = scalar_shape,
                  .kernel = run_mse,
                  .adds_up = mse_adds_up,
                  .batch = mse_batch,
                  .source = mse_source,
                  .vjp = mse_vjp};
Tensor mse_loss(const Tensor& x, const Tensor& target, Reduction reduction) try {
  const Dtype dtype = x.dtype();
  const bool same = same_sizes(x.impl(), target.sizes().data(), static_cast<int>(target.dim()));
  if (!is_floating_point(dtype) && !is_floating_point(target.dtype())) {
    throw_dtype("mse_loss", "not implemented for '", dtype, "'; convert with to(kFloat) first");
  }
  if (!same) warn_sizes(x, target);
  if (reduction == kNone) return x.sub(target).square();
  if (!same || dtype != target.dtype()) return reduced(x.sub(target).square(), reduction);
  const bool mean = reduction == kMean;
  return apply(kMse, x, target, pack(MseAttrs{mean ? 2 / static_cast<double>(x.numel()) : 2, mean}));
} catch (const Error&) {
  throw_as("mse_loss");
}

Tensor l1_loss(const Tensor& x, const Tensor& target, Reduction reduction) try {
  if (x.sizes() != target.sizes()) warn_sizes(x, target);
  return reduced(x.sub(target).abs(), reduction);
} catch (const Error&) {
  throw_as("l1_loss");
}

// c (d - c / 2) / beta, c being d cut off at -beta and beta
Tensor smooth_l1_loss(const Tensor& x, const Tensor& target, Reduction reduction, double beta) try {
  if (!(beta >= 0)) {
    throw_value("smooth_l1_loss", "smooth_l1_loss does not support negative values for beta, but got ", beta,
                "; give 0 or more");
  }
  if (x.sizes() != target.sizes()) warn_sizes(x, target);
  const Tensor d = x.sub(target);
  if (beta == 0) return reduced(d.abs(), reduction);
  const Tensor c = d.clamp(-beta, beta);
  return reduced(c.mul(d.sub(c, 0.5)).div(beta), reduction);
} catch (const Error&) {
  throw_as("smooth_l1_loss");
}

// --- binary cross entropy of probabilities. dp = g (p - y) / max(p (1 - p), 1e-12)
static void bce_vjp(Grads& r) {
  const Tensor p = r.in(0);
  if (r.needs(0)) {
    const Tensor y = r.in(1);
    r.set(0, r.g().mul(p.sub(y)).div(p.mul(p.neg().add(1)).clamp_min(1e-12)));
  }
  if (r.needs(1)) r.set(1, r.g().mul(p.neg().add(1).log().clamp_min(-100).sub(p.log().clamp_min(-100))));
}
static void bce_check(const Call& c) {
  const NoGradGuard no_grad;
  const Tensor p = handle_of(c.in[0]).contiguous();
  by_floating(p.dtype(), [&]<class T>() {
    const T* first = p.impl()->ptr<T>();
    if (std::all_of(first, first + p.numel(), [](T v) { return v >= 0 && v <= 1; })) return;
    throw_value("binary_cross_entropy",
                "all elements of input should be between 0 and 1; apply sigmoid, or use "
                "binary_cross_entropy_with_logits");
  });
}
constexpr Op kBce = elementwise<Fn::Bce>("binary_cross_entropy", "BinaryCrossEntropyBackward0", kFloatingOnly,
                                         {kReads0 | kReads1, kReads0}, bce_vjp, broadcast_shape, bce_check);
Tensor binary_cross_entropy(const Tensor& p, const Tensor& target, const Tensor& weight, Reduction reduction) try {
  if (p.squeeze().sizes() != target.squeeze().sizes()) {
    throw_shape("binary_cross_entropy", "Using a target size (", target.sizes(),
                ") that is different to the input size (", p.sizes(),
                ") is deprecated; please ensure they have the same size, with view()");
  }
  const Tensor loss = apply(kBce, p, p.sizes() == target.sizes() ? target : target.reshape(p.sizes()));
  return reduced(weight.defined() ? loss.mul(weight) : loss, reduction);
} catch (const Error&) {
  throw_as("binary_cross_entropy");
}

// --- of logits. dz = g (sigmoid(z) - y), dy = -g z
static void bce_logits_vjp(Grads& r) {
  const Tensor z = r.in(0);
  if (r.needs(0)) r.set(0, r.g().mul(z.sigmoid().sub(r.in(1))));
  if (r.needs(1)) r.set(1, r.g().mul(z.neg()));
}
constexpr Op kBceLogits =
    elementwise<Fn::BceLogits>("binary_cross_entropy_with_logits", "BinaryCrossEntropyWithLogitsBackward0",
                               kFloatingOnly, {kReads0 | kReads1, kReads0}, bce_logits_vjp);
Tensor binary_cross_entropy_with_logits(const Tensor& z, const Tensor& target, const Tensor& weight,
                                        const Tensor& pos_weight, Reduction reduction) try {
  if (z.sizes() != target.sizes()) {
    throw_shape("binary_cross_entropy_with_logits", "Target size (", target.sizes(),
                ") must be the same as input size (", z.sizes(), "); view() one as the other");
  }
  Tensor loss;
  if (pos_weight.defined()) {
    const Tensor no = target.neg().add(1).mul(softplus(z));
    loss = no.add(target.mul(pos_weight).mul(softplus(z.neg())));
  } else {
    loss = apply(kBceLogits, z, target);
  }
  return reduced(weight.defined() ? loss.mul(weight) : loss, reduction);
} catch (const Error&) {
  throw_as("binary_cross_entropy_with_logits");
}

}  // namespace tapegrad
