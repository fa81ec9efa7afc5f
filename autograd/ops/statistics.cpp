// var, std, norm, logsumexp, prod, all, any, cumsum.
#include <limits>

#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad {

using namespace ops;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// --- sqrt(sum of x^2 / divisor): norm, or std of what has mean 0. dx = g / divisor x / out, in quotients that neither
// overflow nor vanish, and 0 at 0, where the root has its least value.

enum class Root { Norm, Std, UnbiasedStd };
constexpr std::int64_t divisor(Root kind, std::int64_t n) noexcept {
  return kind == Root::Norm ? 1 : std::max<std::int64_t>(n - (kind == Root::UnbiasedStd ? 1 : 0), 0);
}
template <Root kKind>
void eval_root(const Call& c) noexcept {
  const kernels::Shape3 s = shape3(c);
  kernels::root_of_squares(c.dtype, c.in[0]->data, s, divisor(kKind, s.n), c.out->data);
}
template <Root kKind>
void root_vjp(Grads& r) {
  const Tensor out = kept(r, r.out());
  const Tensor unit = r.in(0).div(tapegrad::where(out.eq(0), kInf, out));
  r.set(0, kept(r, r.g().div(divisor(kKind, reduced_count(r)))).mul(unit));
}
template <Root kKind>
constexpr Op root(const char* name, const char* grad_name) {
  return {.name = name,
          .grad_name = grad_name,
          .reads = {kReads0 | kReadsOut},
          .shape = reduced_shape,
          .kernel = eval_root<kKind>,
          .vjp = root_vjp<kKind>};
}
constexpr Op kNorm = root<Root::Norm>("norm", "NormBackward0");
constexpr Op kStd = root<Root::Std>("std", "StdBackward0");
constexpr Op kUnbiasedStd = root<Root::UnbiasedStd>("std", "StdBackward0");

// a^p for a >= 0, whose gradient at 0 is 0 for any p but 0.
Tensor flat_pow(const Tensor& a, double p) {
  const Tensor zero = a.eq(0);
  return tapegrad::where(zero, p > 0 ? 0 : kInf, tapegrad::where(zero, 1, a).pow(p));
}

// (sum of a^p)^(1/p) for a >= 0. Where a power or their sum leaves the range of the dtype, a is measured in its largest
// element, or its smallest for p < 0.
Tensor power_norm(const Tensor& a, double p, IntList dims, bool keepdim) {
  const Tensor total = flat_pow(a, p).sum(dims, keepdim);
  const double least = static_cast<double>(a.numel()) *
                       (a.dtype() == kFloat ? std::numeric_limits<float>::min() : std::numeric_limits<double>::min());
  const Tensor bad = total.detach().lt(least).add(total.detach().eq(kInf));
  if (a.numel() == 0 || !bad.any().item<bool>()) return flat_pow(total, 1 / p);
  Tensor unit = p > 0 ? a.detach().amax(dims, true) : a.detach().amin(dims, true);
  unit = tapegrad::where(unit.gt(0).mul(unit.lt(kInf)), unit, 1);
  const Tensor out = flat_pow(flat_pow(a.div(unit), p).sum(dims, keepdim), 1 / p);
  return out.mul(unit.reshape(out.sizes()));
}

void require_floating(const char* op, const Tensor& x) {
  if (x.is_floating_point()) return;
  throw_dtype(op, "std and var only support floating point and complex dtypes. Got ", x.dtype(),
              "; convert with to(kFloat) first");
}

// Whether each element is true, without a copy where that is what x says.
Tensor truth(const Tensor& x) { return x.dtype() == kBool ? x : x.ne(0); }

// x as int64 where it is an integer or bool.
Tensor widened(const Tensor& x) { return x.is_floating_point() ? x : x.to(kLong); }

// Never x itself nor a view of it: the result may be changed in place.
Tensor product(Tensor x, std::int64_t dim, bool keepdim) {
  if (x.size(dim) == 0) return x.sum(dim, keepdim).add(1);
  while (x.size(dim) > 2) {
    const std::int64_t half = x.size(dim) / 2;
    const Tensor pairs = x.narrow(dim, 0, half).mul(x.narrow(dim, half, half));
    x = 2 * half == x.size(dim) ? pairs : cat({pairs, x.narrow(dim, 2 * half, 1)}, dim);
  }
  const auto part = [&](std::int64_t i) { return keepdim ? x.narrow(dim, i, 1) : x.select(dim, i); };
  return x.size(dim) == 1 ? part(0).clone() : part(0).mul(part(1));
}

// --- cumsum: attributes dim and whether from the end, which the gradient is

void cumsum_shape(Call& c) {
  same_shape(c);
  if (!is_floating_point(c.dtype)) c.dtype = kLong;
}
void eval_cumsum(const Call& c) noexcept {
  const std::int64_t d = c.attrs[0];
  kernels::cumsum(c.in[0]->dtype, c.in[0]->data, shape3(c.in[0], d, d + 1), c.attrs[1] != 0, c.out->data);
}
void cumsum_vjp(Grads& r) { r.set(0, apply(r.op(), r.g(), attrs_of({r.attrs()[0], 1 - r.attrs()[1]}))); }
constexpr Op kCumsum{
    .name = "cumsum", .grad_name = "CumsumBackward0", .shape = cumsum_shape, .kernel = eval_cumsum, .vjp = cumsum_vjp};

}  // namespace

Tensor var(const Tensor& x, IntList dims, bool unbiased, bool keepdim) try {
  require_floating("var", x);
  const Tensor d = x.sub(x.mean(dims, true));
  const Tensor total = d.square().sum(dims, keepdim);
  const std::int64_t n = x.numel() == 0 ? 0 : x.numel() / total.numel();
  return total.div(std::max<std::int64_t>(n - (unbiased ? 1 : 0), 0));
} catch (const Error&) {
  throw_as("var");
}
Tensor std(const Tensor& x, IntList dims, bool unbiased, bool keepdim) try {
  require_floating("std", x);
  return reduce_dims(unbiased ? kUnbiasedStd : kStd, x.sub(x.mean(dims, true)), dims, keepdim);
} catch (const Error&) {
  throw_as("std");
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
Tensor logsumexp(const Tensor& x, IntList dims, bool keepdim) try {
  if (in_floating(x).numel() == 0) return in_floating(x).exp().sum(dims, keepdim).log();
  Tensor most = in_floating(x).detach().amax(dims, true);
  most = tapegrad::where(most.abs().eq(kInf), 0, most);
  const Tensor rest = in_floating(x).sub(most).exp().sum(dims, keepdim).log();
  return rest.add(most.reshape(rest.sizes()));
} catch (const Error&) {
  throw_as("logsumexp");
}
Tensor prod(const Tensor& x, std::int64_t dim, bool keepdim) {
  const int d = wrap_dim("prod", dim, x.dim());
  return x.dim() == 0 ? widened(x).clone() : product(widened(x), d, keepdim);
}
Tensor prod(const Tensor& x) { return prod(x.reshape({-1}), 0); }
Tensor all(const Tensor& x) { return truth(x).sum().eq(x.numel()); }
Tensor all(const Tensor& x, std::int64_t dim, bool keepdim) try {
  return truth(x).sum(dim, keepdim).eq(x.dim() == 0 ? 1 : x.size(dim));
} catch (const Error&) {
  throw_as("all");
}
Tensor any(const Tensor& x) { return truth(x).sum().ne(0); }
Tensor any(const Tensor& x, std::int64_t dim, bool keepdim) try {
  return truth(x).sum(dim, keepdim).ne(0);
} catch (const Error&) {
  throw_as("any");
}
Tensor cumsum(const Tensor& x, std::int64_t dim) {
  const int d = wrap_dim("cumsum", dim, x.dim());
  return x.dim() == 0 ? widened(x).clone() : apply(kCumsum, x, attrs_of({d, 0}));
}

Tensor TensorOps::var(IntList dims, bool unbiased, bool keepdim) const {
  return tapegrad::var(self(), dims, unbiased, keepdim);
}
Tensor TensorOps::std(IntList dims, bool unbiased, bool keepdim) const {
  return tapegrad::std(self(), dims, unbiased, keepdim);
}
Tensor TensorOps::norm(double p, IntList dims, bool keepdim) const { return tapegrad::norm(self(), p, dims, keepdim); }
Tensor TensorOps::logsumexp(IntList dims, bool keepdim) const { return tapegrad::logsumexp(self(), dims, keepdim); }
Tensor TensorOps::prod() const { return tapegrad::prod(self()); }
Tensor TensorOps::prod(std::int64_t dim, bool keepdim) const { return tapegrad::prod(self(), dim, keepdim); }
Tensor TensorOps::all() const { return tapegrad::all(self()); }
Tensor TensorOps::all(std::int64_t dim, bool keepdim) const { return tapegrad::all(self(), dim, keepdim); }
Tensor TensorOps::any() const { return tapegrad::any(self()); }
Tensor TensorOps::any(std::int64_t dim, bool keepdim) const { return tapegrad::any(self(), dim, keepdim); }
Tensor TensorOps::cumsum(std::int64_t dim) const { return tapegrad::cumsum(self(), dim); }

}  // namespace tapegrad
