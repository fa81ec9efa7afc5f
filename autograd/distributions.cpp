#include <tapegrad/autograd/distributions.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>

#include "autograd/core/text.h"

namespace tapegrad::distributions {

using namespace core;

static constexpr double kInf = std::numeric_limits<double>::infinity();

// [shape, batch].
static std::vector<std::int64_t> extended(IntList shape, IntList batch) {
  std::vector<std::int64_t> all = shape.vec();
  all.insert(all.end(), batch.begin(), batch.end());
  return all;
}

// ValueError where an element of `valid` is false.
static void require_parameter(const char* distribution, const char* name, const Tensor& x, const Tensor& valid,
                              const char* constraint, const char* hint) {
  if (valid.all().item<bool>()) return;
  throw_value(distribution, "Expected parameter ", name, " (Tensor of shape ", x.sizes(), ") of distribution ",
              distribution, " to satisfy the constraint ", constraint, ", but found invalid values; ", hint);
}
static void require_value(const char* distribution, const Tensor& x, const Tensor& valid, const char* support,
                          const char* hint) {
  if (valid.all().item<bool>()) return;
  throw_value(distribution, "Expected value argument (Tensor of shape ", x.sizes(), ") to be within the support (",
              support, ") of the distribution ", distribution, ", but found invalid values; ", hint);
}
static void require_broadcast(const char* distribution, const Tensor& x, IntList batch) {
  const std::size_t shared = std::min(x.sizes().size(), batch.size());
  for (std::size_t d = 1; d <= shared; ++d) {
    const std::int64_t a = x.sizes()[x.sizes().size() - d], b = batch[batch.size() - d];
    if (a != b && a != 1 && b != 1)
      throw_shape(distribution, "Value is not broadcastable with batch_shape+event_shape: ", x.sizes(), " vs ", batch,
                  "; reshape it");
  }
}
static Tensor number(double v) { return full({}, v); }
static double epsilon(const Tensor& x) {
  return x.dtype() == kFloat ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
}
// Where a logarithm is taken.
static Tensor clamped(const Tensor& probs) { return probs.clamp(epsilon(probs), 1 - epsilon(probs)); }

// The one of the two that is given.
static const Tensor& given(const char* distribution, const Tensor& probs, const Tensor& logits) {
  if (probs.defined() == logits.defined())
    throw_value(distribution, "Either `probs` or `logits` must be specified, but not both; give one of them");
  return probs.defined() ? probs : logits;
}

// --- Normal
Normal::Normal(const Tensor& loc, const Tensor& scale, bool validate_args) : validate_args_(validate_args) {
  const std::vector<Tensor> both = broadcast_tensors({loc, scale});
  loc_ = both[0];
  scale_ = both[1];
  if (!validate_args) return;
  require_parameter("Normal", "loc", loc, loc.eq(loc), "Real()", "a mean is a number");
  require_parameter("Normal", "scale", scale, scale.gt(0), "GreaterThan(lower_bound=0.0)", "give a positive deviation");
}
Normal::Normal(double loc, double scale, bool validate_args) : Normal(number(loc), number(scale), validate_args) {}
Tensor Normal::sample(IntList shape) const {
  const NoGradGuard guard;
  const std::vector<std::int64_t> all = extended(shape, batch_shape());
  return normal(loc_.expand(all), scale_.expand(all));
}
Tensor Normal::rsample(IntList shape) const {
  const std::vector<std::int64_t> all = extended(shape, batch_shape());
  const Tensor z = normal(zeros(all, loc_.dtype()), ones(all, loc_.dtype()));
  return loc_ + z * scale_;
}
Tensor Normal::log_prob(const Tensor& x) const {
  if (validate_args_) {
    require_broadcast("Normal", x, batch_shape());
    require_value("Normal", x, x.eq(x), "Real()", "a value is a number");
  }
  return ((x - loc_) / scale_).square() * -0.5 - scale_.log() - 0.5 * std::log(2 * std::numbers::pi);
}
Tensor Normal::entropy() const { return scale_.log() + 0.5 * (1 + std::log(2 * std::numbers::pi)); }
Tensor kl_divergence(const Normal& p, const Normal& q) {
  const Tensor ratio = (p.scale() / q.scale()).square(), shift = ((p.loc() - q.loc()) / q.scale()).square();
  return (ratio + shift - 1 - ratio.log()) * 0.5;
}

// --- Uniform
Uniform::Uniform(const Tensor& low, const Tensor& high, bool validate_args) : validate_args_(validate_args) {
  const std::vector<Tensor> both = broadcast_tensors({low, high});
  low_ = both[0];
  high_ = both[1];
  if (validate_args && !low.lt(high).all().item<bool>())
    throw_value("Uniform", "Uniform is not defined when low>= high; exchange them");
}
Uniform::Uniform(double low, double high, bool validate_args) : Uniform(number(low), number(high), validate_args) {}
Tensor Uniform::sample(IntList shape) const {
  const NoGradGuard guard;
  return rsample(shape);
}
Tensor Uniform::rsample(IntList shape) const {
  return low_ + rand(extended(shape, batch_shape()), low_.dtype()) * (high_ - low_);
}
Tensor Uniform::log_prob(const Tensor& x) const {
  if (validate_args_) {
    require_broadcast("Uniform", x, batch_shape());
    require_value("Uniform", x, x.ge(low_).logical_and(x.le(high_)), "Interval(low, high)", "it cannot be drawn");
  }
  const Tensor inside = x.ge(low_).logical_and(x.lt(high_));
  return where(inside, -(high_ - low_).log(), -kInf);
}
Tensor Uniform::entropy() const { return (high_ - low_).log(); }
Tensor kl_divergence(const Uniform& p, const Uniform& q) {
  const Tensor ratio = ((q.high() - q.low()) / (p.high() - p.low())).log();
  return where(q.low().gt(p.low()).logical_or(q.high().lt(p.high())), kInf, ratio);
}

// --- Bernoulli
Bernoulli::Bernoulli(const Tensor& probs, const Tensor& logits, bool validate_args) : validate_args_(validate_args) {
  const Tensor& x = given("Bernoulli", probs, logits);
  const bool by_probs = probs.defined();
  if (validate_args && by_probs)
    require_parameter("Bernoulli", "probs", x, x.ge(0).logical_and(x.le(1)),
                      "Interval(lower_bound=0.0, upper_bound=1.0)", "give probabilities");
  if (validate_args && !by_probs) require_parameter("Bernoulli", "logits", x, x.eq(x), "Real()", "a logit is a number");
  probs_ = by_probs ? x : x.sigmoid();
  logits_ = by_probs ? clamped(x).log() - (-clamped(x)).log1p() : x;
}
Tensor Bernoulli::sample(IntList shape) const {
  const NoGradGuard guard;
  return bernoulli(probs_.expand(extended(shape, batch_shape())));
}
Tensor Bernoulli::log_prob(const Tensor& x) const {
  if (validate_args_) {
    require_broadcast("Bernoulli", x, batch_shape());
    require_value("Bernoulli", x, x.eq(0).logical_or(x.eq(1)), "Boolean()", "give 0 or 1");
  }
  const std::vector<Tensor> both = broadcast_tensors({logits_, x.to(logits_.dtype())});
  return -binary_cross_entropy_with_logits(both[0], both[1], Tensor(), Tensor(), kNone);
}
Tensor Bernoulli::entropy() const {
  return binary_cross_entropy_with_logits(logits_, probs_, Tensor(), Tensor(), kNone);
}
Tensor kl_divergence(const Bernoulli& p, const Bernoulli& q) {
  const Tensor one = p.probs() * (softplus(-q.logits()) - softplus(-p.logits()));
  const Tensor zero = (1 - p.probs()) * (softplus(q.logits()) - softplus(p.logits()));
  return where(p.probs().eq(0), 0, where(q.probs().eq(0), kInf, one)) +
         where(p.probs().eq(1), 0, where(q.probs().eq(1), kInf, zero));
}

// --- Categorical
Categorical::Categorical(const Tensor& probs, const Tensor& logits, bool validate_args)
    : validate_args_(validate_args) {
  const Tensor& x = given("Categorical", probs, logits);
  const bool by_probs = probs.defined();
  const char* name = by_probs ? "probs" : "logits";
  if (x.dim() == 0) throw_shape("Categorical", "`", name, "` parameter must be at least one-dimensional; give [n]");
  probs_ = by_probs ? x / x.sum(-1, true) : x.softmax(-1);
  logits_ = by_probs ? clamped(probs_).log() : x - x.logsumexp(-1, true);
  if (!validate_args) return;
  // Of probabilities after the division, so that those whose sum is 0 are found.
  const Tensor valid = by_probs ? probs_.ge(0).all(-1).logical_and((probs_.sum(-1) - 1).abs().lt(1e-6)) : x.eq(x);
  require_parameter("Categorical", name, x, valid, by_probs ? "Simplex()" : "IndependentConstraint(Real(), 1)",
                    by_probs ? "give weights of at least 0, not all of them 0" : "a logit is a number");
}
Tensor Categorical::sample(IntList shape) const {
  const NoGradGuard guard;
  std::int64_t count = 1;
  for (const std::int64_t n : shape) count *= n;
  const Tensor drawn = multinomial(probs_.reshape({-1, probs_.size(-1)}), count, /*replacement=*/true);
  return drawn.t().reshape(extended(shape, batch_shape()));
}
Tensor Categorical::log_prob(const Tensor& x) const {
  const std::int64_t n = logits_.size(-1);
  if (validate_args_) {
    require_broadcast("Categorical", x, batch_shape());
    require_value("Categorical", x, x.ge(0).logical_and(x.lt(n)).logical_and(x.to(kLong).eq(x)),
                  "IntegerInterval(0, n - 1)", "give the number of a class");
  }
  const Tensor index = x.to(kLong).unsqueeze(-1);
  const std::vector<Tensor> both = broadcast_tensors({index, logits_});
  return both[1].gather(-1, both[0].narrow(-1, 0, 1)).squeeze(-1);
}
Tensor Categorical::entropy() const {
  const double least =
      logits_.dtype() == kFloat ? std::numeric_limits<float>::lowest() : std::numeric_limits<double>::lowest();
  return -(logits_.clamp_min(least) * probs_).sum(-1);
}
Tensor kl_divergence(const Categorical& p, const Categorical& q) {
  const Tensor term = p.probs() * (p.logits() - q.logits());
  return where(p.probs().eq(0), 0, where(q.probs().eq(0), kInf, term)).sum(-1);
}

}  // namespace tapegrad::distributions
