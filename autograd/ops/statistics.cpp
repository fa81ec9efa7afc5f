// var, std, var_mean, std_mean, norm, logsumexp.
#include <limits>

#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad {

using namespace ops;

static constexpr double kInf = std::numeric_limits<double>::infinity();

// --- the root of a sum of squares, sqrt(sum of x^2 / divisor): norm, or std of x with mean 0.
// dx = g / divisor x / out, in quotients that neither overflow nor vanish, and 0 at 0, where the root is least.
namespace {
enum class Root { Norm, Std, UnbiasedStd };
}  // namespace

static constexpr std::int64_t divisor(Root kind, std::int64_t n) noexcept {
  return kind == Root::Norm ? 1 : std::max<std::int64_t>(n - (kind == Root::UnbiasedStd ? 1 : 0), 0);
}
template <Root kKind>
static void run_root(const Call& c) noexcept {
  const kernels::Shape3 s = shape3(c);
  kernels::root_of_squares(c.dtype, c.in[0]->data, s, divisor(kKind, s.n), c.out->data);
}
template <Root kKind>
static void root_vjp(Grads& r) {
  const Tensor out = kept(r, r.out());
  const Tensor unit = r.in(0).div(where(out.eq(0), kInf, out));
  r.set(0, kept(r, r.g().div(divisor(kKind, reduced_count(r)))).mul(unit));
}
template <Root kKind>
static constexpr Op root(const char* name, const char* grad_name) {
  return {.name = name,
          .grad_name = grad_name,
          .reads = {kReads0 | kReadsOut},
          .shape = reduced_shape,
          .kernel = run_root<kKind>,
          .batch = reduce_batch,
          .vjp = root_vjp<kKind>};
}

// --- var, std
static void require_floating(const char* op, const Tensor& x) {
  if (x.is_floating_point()) return;
  throw_dtype(op, "std and var only support floating point and complex dtypes. Got ", x.dtype(),
              "; convert with to(kFloat) first");
}
Tensor var(const Tensor& x, IntList dims, bool unbiased, bool keepdim) try {
  require_floating("var", x);
  const Tensor d = x.sub(x.mean(dims, true));
  const Tensor total = d.square().sum(dims, keepdim);
  const std::int64_t n = x.numel() == 0 ? 0 : x.numel() / total.numel();
  return total.div(std::max<std::int64_t>(n - (unbiased ? 1 : 0), 0));
} catch (const Error&) {
  throw_as("var");
}
Tensor TensorOps::var(IntList dims, bool unbiased, bool keepdim) const {
  return tapegrad::var(self(), dims, unbiased, keepdim);
}

constexpr Op kStd = root<Root::Std>("std", "StdBackward0");
constexpr Op kUnbiasedStd = root<Root::UnbiasedStd>("std.unbiased", "StdBackward0");
Tensor std(const Tensor& x, IntList dims, bool unbiased, bool keepdim) try {
  require_floating("std", x);
  return reduce_dims(unbiased ? kUnbiasedStd : kStd, x.sub(x.mean(dims, true)), dims, keepdim);
} catch (const Error&) {
  throw_as("std");
}
Tensor TensorOps::std(IntList dims, bool unbiased, bool keepdim) const {
  return tapegrad::std(self(), dims, unbiased, keepdim);
}

// --- var_mean, std_mean
std::tuple<Tensor, Tensor> var_mean(const Tensor& x, IntList dims, bool unbiased, bool keepdim) try {
  return {var(x, dims, unbiased, keepdim), x.mean(dims, keepdim)};
} catch (const Error&) {
  throw_as("var_mean");
}
std::tuple<Tensor, Tensor> std_mean(const Tensor& x, IntList dims, bool unbiased, bool keepdim) try {
  return {std(x, dims, unbiased, keepdim), x.mean(dims, keepdim)};
} catch (const Error&) {
  throw_as("std_mean");
}

// --- norm: of p = 2 an op of its own
constexpr Op kNorm = root<Root::Norm>("norm", "NormBackward0");

// a^p for a >= 0, with gradient 0 at 0 for any p but 0.
static Tensor flat_pow(const Tensor& a, double p) {
  const Tensor zero = a.eq(0);
  return where(zero, p > 0 ? 0 : kInf, where(zero, 1, a).pow(p));
}
// (sum of a^p)^(1/p) for a >= 0. Where a power or the sum of powers leaves the range of the dtype, a is divided by its
// largest element first (by its smallest one for p < 0), and the result multiplied by it.
static Tensor power_norm(const Tensor& a, double p, IntList dims, bool keepdim) {
  const Tensor total = flat_pow(a, p).sum(dims, keepdim);
  const double least = static_cast<double>(a.numel()) *
                       (a.dtype() == kFloat ? std::numeric_limits<float>::min() : std::numeric_limits<double>::min());
  const Tensor bad = total.detach().lt(least).add(total.detach().eq(kInf));
  if (a.numel() == 0 || !bad.any().item<bool>()) return flat_pow(total, 1 / p);
  Tensor unit = p > 0 ? a.detach().amax(dims, true) : a.detach().amin(dims, true);
  unit = where(unit.gt(0).mul(unit.lt(kInf)), unit, 1);
  const Tensor out = flat_pow(flat_pow(a.div(unit), p).sum(dims, keepdim), 1 / p);
  return out.mul(unit.reshape(out.sizes()));
}
Tensor norm(const Tensor& x, double p, IntList dims, bool keepdim) try {
  if (!x.is_floating_point()) {
    throw_dtype("norm", "input dtype should be either floating point or complex. Got ", x.dtype(),
                " instead; convert with to(kFloat) first");
  }
  if (p == 2) return reduce_dims(kNorm, x, dims, keepdim);
  const Tensor a = x.abs();
  if (p == 0) return a.ne(0).to(x.dtype()).sum(dims, keepdim);
  if (p == 1) return a.sum(dims, keepdim);
  if (p == kInf) return a.amax(dims, keepdim);
  if (p == -kInf) return a.amin(dims, keepdim);
  return power_norm(a, p, dims, keepdim);
} catch (const Error&) {
  throw_as("norm");
}
Tensor TensorOps::norm(double p, IntList dims, bool keepdim) const { return tapegrad::norm(self(), p, dims, keepdim); }

// --- logsumexp, with the largest element taken off each exponent
Tensor logsumexp(const Tensor& x, IntList dims, bool keepdim) try {
  if (in_floating(x).numel() == 0) return in_floating(x).exp().sum(dims, keepdim).log();
  Tensor most = in_floating(x).detach().amax(dims, true);
  most = where(most.abs().eq(kInf), 0, most);
  const Tensor rest = in_floating(x).sub(most).exp().sum(dims, keepdim).log();
  return rest.add(most.reshape(rest.sizes()));
} catch (const Error&) {
  throw_as("logsumexp");
}
Tensor TensorOps::logsumexp(IntList dims, bool keepdim) const { return tapegrad::logsumexp(self(), dims, keepdim); }

}  // namespace tapegrad
