// Reductions: sum, mean, max, min, amax, amin, argmax, argmin; and sum_to, the inverse of broadcasting.
//
// A row reduces neighbouring dims of a contiguous tensor; attributes: the first of them, how many, keepdim. Dims that
// are not neighbours are brought together by a permute first.

#include "autograd/ops/reduce.h"

#include <bit>

#include "autograd/core/execute.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/take.h"

namespace tapegrad {

namespace ops {

kernels::Shape3 shape3(const Call& c) noexcept { return shape3(c.in[0], c.attrs[0], c.attrs[0] + c.attrs[1]); }

void reduced_shape(Call& c) {
  const TensorImpl* x = c.in[0];
  const int first = static_cast<int>(c.attrs[0]);
  const int last = first + static_cast<int>(c.attrs[1]);
  c.dtype = x->dtype;
  c.rank = 0;
  for (int d = 0; d < x->rank; ++d) {
    if (d < first || d >= last) {
      c.sizes[c.rank++] = x->sizes()[d];
    } else if (c.attrs[2] != 0) {
      c.sizes[c.rank++] = 1;
    }
  }
}

Tensor kept(const Grads& r, const Tensor& g) {
  if (r.attrs()[2] != 0) return g;
  Dims sizes = r.sizes(0);
  for (std::int64_t d = r.attrs()[0]; d < r.attrs()[0] + r.attrs()[1]; ++d) sizes[d] = 1;
  return g.sizes() == IntList(sizes) ? g : g.reshape(sizes);
}

std::int64_t reduced_count(const Grads& r) {
  std::int64_t n = 1;
  for (std::int64_t d = r.attrs()[0]; d < r.attrs()[0] + r.attrs()[1]; ++d)
    n *= r.sizes(0)[static_cast<std::size_t>(d)];
  return n;
}

// --- sum

void sum_shape(Call& c) {
  reduced_shape(c);
  if (!is_floating_point(c.dtype)) c.dtype = kLong;
}
void eval_sum(const Call& c) noexcept { kernels::sum(c.in[0]->dtype, c.in[0]->data, shape3(c), c.out->data); }
void sum_vjp(Grads& r) { r.set(0, kept(r, r.g()).expand(r.sizes(0))); }
constexpr Op kSumDims{
    .name = "sum", .grad_name = "SumBackward1", .shape = sum_shape, .kernel = eval_sum, .vjp = sum_vjp};
void eval_sum_all(const Call& c) noexcept {
  kernels::sum(c.in[0]->dtype, c.in[0]->data, {1, c.in[0]->numel, 1}, c.out->data);
}
constexpr Op kSumAll{
    .name = "sum", .grad_name = "SumBackward0", .shape = sum_shape, .kernel = eval_sum_all, .vjp = sum_vjp};

// --- mean

void mean_shape(Call& c) {
  reduced_shape(c);
  if (!is_floating_point(c.dtype)) {
    throw_dtype("mean",
                "could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: ",
                c.dtype, "; convert with to(kFloat) first");
  }
}
void divide(TensorImpl* x, std::int64_t n) noexcept {
  by_floating(x->dtype, [=]<class T>() {
    for (std::int64_t i = 0; i < x->numel; ++i) x->ptr<T>()[i] /= static_cast<T>(n);
  });
}
void eval_mean(const Call& c) noexcept {
  eval_sum(c);
  divide(c.out, shape3(c).n);
}
void mean_vjp(Grads& r) { r.set(0, kept(r, r.g().div(reduced_count(r))).expand(r.sizes(0))); }
constexpr Op kMeanDims{
    .name = "mean", .grad_name = "MeanBackward1", .shape = mean_shape, .kernel = eval_mean, .vjp = mean_vjp};
constexpr Op kMeanAll{
    .name = "mean", .grad_name = "MeanBackward0", .shape = mean_shape, .kernel = eval_mean, .vjp = mean_vjp};

// --- argmax, argmin; amax, amin and max(), min() of all: ties share the gradient evenly

void arg_shape(Call& c) {
  reduced_shape(c);
  c.dtype = kLong;
}
template <bool kLargest>
void eval_arg(const Call& c) noexcept {
  kernels::best(c.in[0]->dtype, c.in[0]->data, shape3(c), kLargest, c.out->ptr<std::int64_t>(), nullptr);
}
constexpr Op kArgmax{.name = "argmax", .flags = kNoGrad, .shape = arg_shape, .kernel = eval_arg<true>};
constexpr Op kArgmin{.name = "argmin", .flags = kNoGrad, .shape = arg_shape, .kernel = eval_arg<false>};

template <bool kLargest>
void eval_best(const Call& c) noexcept {
  kernels::best(c.in[0]->dtype, c.in[0]->data, shape3(c), kLargest, nullptr, c.out->data);
}
void best_vjp(Grads& r) {
  const Tensor x = r.in(0);
  const Tensor out = kept(r, r.out());
  Dims dims;
  for (std::int64_t d = r.attrs()[0]; d < r.attrs()[0] + r.attrs()[1]; ++d) dims.push_back(d);
  const Tensor ties = tapegrad::where(out.isnan(), x.isnan(), x.eq(out)).to(r.g().dtype());
  const Tensor count = dims.empty() ? ties : ties.sum(dims, true);
  r.set(0, tapegrad::where(ties.ne(0), kept(r, r.g()).div(count), 0));
}
constexpr std::uint16_t kBestReads = kReads0 | kReadsOut;
constexpr Op kMaxAll{.name = "max",
                     .grad_name = "MaxBackward1",
                     .reads = {kBestReads},
                     .shape = reduced_shape,
                     .kernel = eval_best<true>,
                     .vjp = best_vjp};
constexpr Op kMinAll{.name = "min",
                     .grad_name = "MinBackward1",
                     .reads = {kBestReads},
                     .shape = reduced_shape,
                     .kernel = eval_best<false>,
                     .vjp = best_vjp};
constexpr Op kAmax{.name = "amax",
                   .grad_name = "AmaxBackward0",
                   .reads = {kBestReads},
                   .shape = reduced_shape,
                   .kernel = eval_best<true>,
                   .vjp = best_vjp};
constexpr Op kAmin{.name = "amin",
                   .grad_name = "AminBackward0",
                   .reads = {kBestReads},
                   .shape = reduced_shape,
                   .kernel = eval_best<false>,
                   .vjp = best_vjp};

// --- max(dim), min(dim): the elements that argmax and argmin point at
constexpr Op kMaxDim = take_op("max", "MaxBackward0");
constexpr Op kMinDim = take_op("min", "MinBackward0");

// --- from any dims to a row

Tensor reduce(const Op& op, const Tensor& x, unsigned mask, bool keepdim) {
  const int rank = static_cast<int>(x.dim());
  const int first = mask == 0 ? rank : std::countr_zero(mask), last = first + std::countr_one(mask >> first);
  if (mask >> last == 0 || rank == 0) return apply(op, x, attrs_of({first, last - first, keepdim ? 1 : 0}));
  Dims order;
  Dims sizes;
  for (int d = 0; d < rank; ++d) {
    if ((mask >> d & 1U) == 0) order.push_back(d);
    if ((mask >> d & 1U) == 0 || keepdim) sizes.push_back((mask >> d & 1U) == 0 ? x.size(d) : 1);
  }
  const auto n_kept = static_cast<std::int64_t>(order.size());
  for (int d = 0; d < rank; ++d)
    if ((mask >> d & 1U) != 0) order.push_back(d);
  const Tensor out = apply(op, x.permute(order), attrs_of({n_kept, rank - n_kept, 0}));
  return keepdim ? out.reshape(sizes) : out;
}

Tensor sum_to(const Tensor& x, IntList sizes) {
  if (const TensorImpl* t = x.impl(); sizes.empty() && is_contiguous(t) && context().no_grad) {
    // The gradient of a number that was broadcast: so frequent that it is executed without being dispatched.
    Tensor out = Tensor::adopt(new_tensor(t->dtype, nullptr, 0, 1));
    TensorImpl* const in[] = {const_cast<TensorImpl*>(t)};
    Call c;
    c.op = &kSumAll;
    c.in = in;
    c.n_in = 1;
    c.attrs = {};
    c.out = out.impl();
    execute(c);
    return out;
  }
  const int rank = static_cast<int>(x.dim());
  const int shift = rank - static_cast<int>(sizes.size());
  bool fits = shift >= 0;
  unsigned mask = 0;
  for (int d = 0; d < rank && fits; ++d) {
    const std::int64_t n = d < shift ? 1 : sizes[static_cast<std::size_t>(d - shift)];
    if (d < shift || (n == 1 && x.size(d) != 1)) {
      mask |= 1U << d;
    } else {
      fits = n == x.size(d);
    }
  }
  if (!fits)
    throw_shape("backward", "a gradient of sizes ", x.sizes(), " does not fit a tensor of sizes ", sizes,
                "; the gradient rule must give the shape of its input");
  const Tensor out = mask == 0 ? x : reduce(kSumDims, x, mask, shift == 0);
  return out.sizes() == sizes ? out : out.reshape(sizes);
}

unsigned all_dims(const Tensor& x) { return (1U << x.dim()) - 1; }

unsigned dims_or_all(const Op& op, const Tensor& x, IntList dims) {
  unsigned mask = dims.empty() ? all_dims(x) : 0;
  for (const std::int64_t d : dims) {
    const unsigned bit = 1U << wrap_dim(op.name, d, x.dim());
    if ((mask & bit) != 0) throw_shape(op.name, "dim ", d, " appears multiple times in the list of dims; name it once");
    mask |= bit;
  }
  return x.dim() == 0 ? 0 : mask;
}

Tensor reduce_dims(const Op& op, const Tensor& x, IntList dims, bool keepdim) {
  return reduce(op, x, dims_or_all(op, x, dims), keepdim);
}

// The same of what nothing has: a largest element or its place.
Tensor reduce_some(const Op& op, const Tensor& x, IntList dims, bool keepdim) {
  const unsigned mask = dims_or_all(op, x, dims);
  for (int d = 0; d < x.dim(); ++d) {
    if ((mask >> d & 1U) != 0 && x.size(d) == 0) {
      throw_index(op.name, "Expected reduction dim ", d, " to have non-zero size, but got sizes ", x.sizes(),
                  "; there is no largest or smallest of nothing: leave it out");
    }
  }
  return reduce(op, x, mask, keepdim);
}

Tensor arg(const Op& op, const Tensor& x, OptInt dim, bool keepdim) {
  return reduce_some(op, x, dim ? IntList(*dim) : IntList(), keepdim);
}

std::tuple<Tensor, Tensor> best(const Op& take, const Op& find, const Tensor& x, std::int64_t dim, bool keepdim) try {
  const Tensor index = arg(find, x, dim, true);
  const Tensor at = positions(take.name, x, dim, index);
  return {apply(take, x, keepdim ? at : at.squeeze(dim)), keepdim ? index : index.squeeze(dim)};
} catch (const Error&) {
  throw_as(take.name);
}

}  // namespace ops

using namespace ops;

Tensor sum(const Tensor& x) { return reduce(kSumAll, x, all_dims(x), false); }
Tensor sum(const Tensor& x, IntList dims, bool keepdim) { return reduce_dims(kSumDims, x, dims, keepdim); }
Tensor mean(const Tensor& x) { return reduce(kMeanAll, x, all_dims(x), false); }
Tensor mean(const Tensor& x, IntList dims, bool keepdim) { return reduce_dims(kMeanDims, x, dims, keepdim); }
Tensor amax(const Tensor& x, IntList dims, bool keepdim) { return reduce_some(kAmax, x, dims, keepdim); }
Tensor amin(const Tensor& x, IntList dims, bool keepdim) { return reduce_some(kAmin, x, dims, keepdim); }
Tensor max(const Tensor& x) { return reduce_some(kMaxAll, x, {}, false); }
Tensor min(const Tensor& x) { return reduce_some(kMinAll, x, {}, false); }
std::tuple<Tensor, Tensor> max(const Tensor& x, std::int64_t dim, bool keepdim) {
  return best(kMaxDim, kArgmax, x, dim, keepdim);
}
std::tuple<Tensor, Tensor> min(const Tensor& x, std::int64_t dim, bool keepdim) {
  return best(kMinDim, kArgmin, x, dim, keepdim);
}
Tensor argmax(const Tensor& x, OptInt dim, bool keepdim) { return arg(kArgmax, x, dim, keepdim); }
Tensor argmin(const Tensor& x, OptInt dim, bool keepdim) { return arg(kArgmin, x, dim, keepdim); }

Tensor TensorOps::sum() const { return tapegrad::sum(self()); }
Tensor TensorOps::sum(IntList dims, bool keepdim) const { return tapegrad::sum(self(), dims, keepdim); }
Tensor TensorOps::mean() const { return tapegrad::mean(self()); }
Tensor TensorOps::mean(IntList dims, bool keepdim) const { return tapegrad::mean(self(), dims, keepdim); }
Tensor TensorOps::amax(IntList dims, bool keepdim) const { return tapegrad::amax(self(), dims, keepdim); }
Tensor TensorOps::amin(IntList dims, bool keepdim) const { return tapegrad::amin(self(), dims, keepdim); }
Tensor TensorOps::max() const { return tapegrad::max(self()); }
Tensor TensorOps::min() const { return tapegrad::min(self()); }
std::tuple<Tensor, Tensor> TensorOps::max(std::int64_t dim, bool keepdim) const {
  return tapegrad::max(self(), dim, keepdim);
}
std::tuple<Tensor, Tensor> TensorOps::min(std::int64_t dim, bool keepdim) const {
  return tapegrad::min(self(), dim, keepdim);
}
Tensor TensorOps::argmax(OptInt dim, bool keepdim) const { return tapegrad::argmax(self(), dim, keepdim); }
Tensor TensorOps::argmin(OptInt dim, bool keepdim) const { return tapegrad::argmin(self(), dim, keepdim); }

}  // namespace tapegrad
