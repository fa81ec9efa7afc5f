// cumsum, cumprod, diff.
#include <type_traits>

#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad {

using namespace ops;

// --- cumsum: from the first element of a dim on, or from the last one backwards, which is its gradient
namespace {
struct ScanAttrs {
  std::int64_t dim, backwards;
};
}  // namespace

static void cumsum_shape(Call& c) {
  same_shape(c);
  if (!is_floating_point(c.dtype)) c.dtype = kLong;
}
static void run_cumsum(const Call& c) noexcept {
  const auto [dim, backwards] = c.attrs.as<ScanAttrs>();
  kernels::cumsum(c.in[0]->dtype, c.in[0]->data, shape3(c.in[0], dim, dim + 1), backwards != 0, c.out->data);
}
static void cumsum_vjp(Grads& r) {
  const auto [dim, backwards] = r.attrs().as<ScanAttrs>();
  r.set(0, apply(r.op(), r.g(), pack(ScanAttrs{.dim = dim, .backwards = 1 - backwards})));
}
constexpr Op kCumsum{
    .name = "cumsum", .grad_name = "CumsumBackward0", .shape = cumsum_shape, .kernel = run_cumsum, .vjp = cumsum_vjp};
Tensor cumsum(const Tensor& x, std::int64_t dim) {
  const int d = wrap_dim("cumsum", dim, x.dim());
  return x.dim() == 0 ? widened(x).clone() : apply(kCumsum, x, pack(ScanAttrs{.dim = d, .backwards = 0}));
}
Tensor TensorOps::cumsum(std::int64_t dim) const { return tapegrad::cumsum(self(), dim); }

// --- cumprod, and what its gradient is made of: s_k = g_k + a_k s_(k-1), or s_(k+1) backwards. It has no quotients, so
// that zeros need no case of their own.
template <class T>
static T plus_product(T g, T a, T s) noexcept {
  using Wide = kernels::Wrapping<T>;
  return static_cast<T>(static_cast<Wide>(g) + static_cast<Wide>(a) * static_cast<Wide>(s));
}
// Over the inputs g and a, or over a alone, where g is 0 and s begins with a.
static void run_recurrence(const Call& c) noexcept {
  const auto attrs = c.attrs.as<ScanAttrs>();
  const kernels::Shape3 s = shape3(c.out, attrs.dim, attrs.dim + 1);
  const bool back = attrs.backwards != 0;
  const std::int64_t step = back ? -s.inner : s.inner;
  by_dtype(c.dtype, [&]<class T>() {
    const T* a = c.in[c.n_in - 1]->ptr<T>();
    const T* g = c.n_in == 2 ? c.in[0]->ptr<T>() : nullptr;
    for (std::int64_t o = 0; o < s.outer; ++o) {
      std::int64_t at = (o * s.n + (back ? s.n - 1 : 0)) * s.inner;
      for (std::int64_t k = 0; k < s.n; ++k, at += step) {
        T* out = c.out->ptr<T>() + at;
        for (std::int64_t i = 0; i < s.inner; ++i) {
          const T term = g == nullptr ? T{} : g[at + i];
          out[i] = k > 0 ? plus_product(term, a[at + i], out[i - step]) : g == nullptr ? a[at + i] : term;
        }
      }
    }
  });
}
// x moved on by one place along dim, or back, with `fill` in the free place.
static Tensor moved(const Tensor& x, std::int64_t dim, bool back, double fill) {
  const std::int64_t n = x.size(dim);
  if (n == 0) return x;
  const Tensor edge = full_like(x.narrow(dim, 0, 1), fill);
  return back ? cat({x.narrow(dim, 1, n - 1), edge}, dim) : cat({edge, x.narrow(dim, 0, n - 1)}, dim);
}
static void recurrence_vjp(Grads& r) {
  const auto [dim, backwards] = r.attrs().as<ScanAttrs>();
  const bool back = backwards != 0;
  const Tensor g = apply(r.op(), r.g(), moved(r.in(1), dim, !back, 0), pack(ScanAttrs{dim, 1 - backwards}));
  if (r.needs(0)) r.set(0, g);
  if (r.needs(1)) r.set(1, g.mul(moved(r.out(), dim, back, 0)));
}
constexpr Op kRecurrence{.name = "recurrence",
                         .grad_name = "RecurrenceBackward0",
                         .reads = {kReads1, kReads1 | kReadsOut},
                         .shape = same_shape,
                         .kernel = run_recurrence,
                         .vjp = recurrence_vjp};
static Tensor cumprod_grad(const Tensor& g, const Tensor& x, const Tensor& out, std::int64_t dim) {
  const Tensor sums = apply(kRecurrence, g, moved(x, dim, true, 0), pack(ScanAttrs{.dim = dim, .backwards = 1}));
  return sums.mul(moved(out, dim, false, 1));
}
static void cumprod_vjp(Grads& r) { r.set(0, cumprod_grad(r.g(), r.in(0), r.out(), r.attrs().as<ScanAttrs>().dim)); }
constexpr Op kCumprod{.name = "cumprod",
                      .grad_name = "CumprodBackward0",
                      .reads = {kReads0 | kReadsOut},
                      .shape = same_shape,
                      .kernel = run_recurrence,
                      .vjp = cumprod_vjp};
Tensor cumprod(const Tensor& x, std::int64_t dim) {
  const int d = wrap_dim("cumprod", dim, x.dim());
  return x.dim() == 0 ? widened(x).clone() : apply(kCumprod, widened(x), pack(ScanAttrs{.dim = d, .backwards = 0}));
}
Tensor TensorOps::cumprod(std::int64_t dim) const { return tapegrad::cumprod(self(), dim); }

// --- the product of the others of a dim, which is the gradient of prod: what cumprod gives before an element, times
// what it gives behind it, from the end on
namespace {
struct DimAttrs {
  std::int64_t dim;
};
}  // namespace

static void run_others(const Call& c) noexcept {
  const std::int64_t dim = c.attrs.as<DimAttrs>().dim;
  kernels::product_of_others(c.dtype, c.in[0]->data, shape3(c.in[0], dim, dim + 1), c.out->data);
}
static void others_vjp(Grads& r) {
  const std::int64_t dim = r.attrs().as<DimAttrs>().dim;
  const Tensor x = r.in(0), from_end = x.flip({dim});
  const Tensor to_here = cumprod(x, dim), to_end = cumprod(from_end, dim);
  const Tensor before = moved(to_here, dim, false, 1), behind = moved(to_end, dim, false, 1).flip({dim});
  const auto grad = [dim](const Tensor& g, const Tensor& of, const Tensor& products) {
    return cumprod_grad(moved(g, dim, true, 0), of, products, dim);
  };
  const Tensor of_behind = grad(r.g().mul(before).flip({dim}), from_end, to_end);
  r.set(0, grad(r.g().mul(behind), x, to_here).add(of_behind.flip({dim})));
}
constexpr Op kOthers{.name = "product_of_others",
                     .grad_name = "ProductOfOthersBackward0",
                     .reads = {kReads0},
                     .shape = same_shape,
                     .kernel = run_others,
                     .vjp = others_vjp};
Tensor ops::product_of_others(const Tensor& x, std::int64_t dim) {
  return apply(kOthers, x, pack(DimAttrs{.dim = dim}));
}

// --- diff
Tensor diff(const Tensor& x, std::int64_t n, std::int64_t dim, const Tensor& prepend, const Tensor& append) try {
  if (x.dim() == 0) throw_shape("diff", "expects input to be at least one-dimensional; view({1}) it");
  if (n < 0) throw_value("diff", "order must be non-negative but got ", n, "; give 0 or more");
  std::vector<Tensor> parts{x};
  if (prepend.defined()) parts.insert(parts.begin(), prepend);
  if (append.defined()) parts.push_back(append);
  Tensor out = cat(parts, dim);
  for (n = std::min(n, out.size(dim)); n > 0; --n) {
    const std::int64_t pairs = std::max<std::int64_t>(out.size(dim) - 1, 0);
    const Tensor after = out.narrow(dim, out.size(dim) - pairs, pairs), before = out.narrow(dim, 0, pairs);
    out = out.dtype() == kBool ? after.ne(before) : after.sub(before);
  }
  return out;
} catch (const Error&) {
  throw_as("diff");
}
Tensor TensorOps::diff(std::int64_t n, std::int64_t dim, const Tensor& prepend, const Tensor& append) const {
  return tapegrad::diff(self(), n, dim, prepend, append);
}
Tensor TensorOps::diff(std::int64_t n, std::int64_t dim) const { return tapegrad::diff(self(), n, dim); }

}  // namespace tapegrad
