// Reductions: sum, mean, amax, amin, max, min, argmax, argmin; and sum_to, the inverse of broadcasting.
//
// A reduction op reduces neighbouring dims of a contiguous tensor. reduce() permutes a tensor first whose reduced dims
// are not neighbours.

#include "autograd/ops/reduce.h"

#include <bitset>

#include "autograd/core/execute.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/take.h"

namespace tapegrad {

using namespace ops;

kernels::Shape3 ops::shape3(const Call& c) noexcept {
  const auto a = c.attrs.as<ReduceAttrs>();
  return shape3(c.in[0], a.first, a.last);
}

void ops::reduced_shape(Call& c) {
  const TensorImpl* x = c.in[0];
  const auto a = c.attrs.as<ReduceAttrs>();
  c.dtype = x->dtype;
  c.rank = 0;
  for (int d = 0; d < x->rank; ++d) {
    if (d < a.first || d >= a.last) {
      c.sizes[c.rank++] = x->sizes()[d];
    } else if (a.keepdim != 0) {
      c.sizes[c.rank++] = 1;
    }
  }
}

static Tensor reduce_batch_by(const Op& op, const Batch& b) {
  const auto [first, last, keepdim] = b.attrs().as<ReduceAttrs>();
  return apply(op, b.in(0), pack(ReduceAttrs{.first = first + 1, .last = last + 1, .keepdim = keepdim}));
}
Tensor ops::reduce_batch(const Batch& b) { return reduce_batch_by(b.op(), b); }

static Dims reduced_dims(const Grads& r) {
  const auto a = r.attrs().as<ReduceAttrs>();
  Dims dims;
  for (std::int64_t d = a.first; d < a.last; ++d) dims.push_back(d);
  return dims;
}
Tensor ops::kept(const Grads& r, const Tensor& g) {
  if (r.attrs().as<ReduceAttrs>().keepdim != 0) return g;
  Dims sizes = r.sizes(0);
  const Dims reduced = reduced_dims(r);
  for (const std::int64_t d : IntList(reduced)) sizes[d] = 1;
  return g.sizes() == IntList(sizes) ? g : g.reshape(sizes);
}
std::int64_t ops::reduced_count(const Grads& r) {
  std::int64_t n = 1;
  const Dims reduced = reduced_dims(r);
  for (const std::int64_t d : IntList(reduced)) n *= r.sizes(0)[static_cast<std::size_t>(d)];
  return n;
}

// --- from any dims to neighbours

using DimSet = std::bitset<kMaxRank>;

static DimSet all_dims(const Tensor& x) { return (1ULL << x.dim()) - 1; }

static DimSet dims_or_all(const Op& op, const Tensor& x, IntList dims) {
  DimSet set = dims.empty() ? all_dims(x) : DimSet();
  for (const std::int64_t dim : dims) {
    const int d = wrap_dim(op.name, dim, x.dim());
    if (set[d]) throw_shape(op.name, "dim ", dim, " appears multiple times in the list of dims; name it once");
    set[d] = true;
  }
  return x.dim() == 0 ? DimSet() : set;
}

static Tensor reduce(const Op& op, const Tensor& x, DimSet reduced, bool keepdim) {
  const int rank = static_cast<int>(x.dim());
  int first = 0;
  while (first < rank && !reduced[first]) ++first;
  int last = first;
  while (last < rank && reduced[last]) ++last;
  if ((reduced >> last).none())
    return apply(op, x, pack(ReduceAttrs{.first = first, .last = last, .keepdim = keepdim ? 1 : 0}));

  if (op.adds_up != nullptr && reduced[rank - 1]) {
    // Sums of the last dims first, so that nothing large moves.
    int from = rank;
    while (reduced[from - 1]) --from;
    const Tensor part = apply(op, x, pack(ReduceAttrs{.first = from, .last = rank, .keepdim = keepdim ? 1 : 0}));
    return reduce(op, part, reduced & DimSet((1ULL << from) - 1), keepdim);
  }
  Dims order;  // the dims that stay, then the others
  Dims sizes;  // of the result
  for (int d = 0; d < rank; ++d) {
    if (!reduced[d]) {
      order.push_back(d);
      sizes.push_back(x.size(d));
    } else if (keepdim) {
      sizes.push_back(1);
    }
  }
  const auto n_stay = static_cast<std::int64_t>(order.size());
  for (int d = 0; d < rank; ++d)
    if (reduced[d]) order.push_back(d);
  const Tensor out = apply(op, x.permute(order), pack(ReduceAttrs{.first = n_stay, .last = rank, .keepdim = 0}));
  return keepdim ? out.reshape(sizes) : out;
}

Tensor ops::reduce_dims(const Op& op, const Tensor& x, IntList dims, bool keepdim) {
  return reduce(op, x, dims_or_all(op, x, dims), keepdim);
}

// reduce_dims for the ops that have no value over an empty dim: a largest element, or where it is.
static Tensor reduce_nonempty(const Op& op, const Tensor& x, IntList dims, bool keepdim) {
  const DimSet reduced = dims_or_all(op, x, dims);
  for (int d = 0; d < x.dim(); ++d) {
    if (reduced[d] && x.size(d) == 0) {
      throw_index(op.name, "Expected reduction dim ", d, " to have non-zero size, but got sizes ", x.sizes(),
                  "; there is no largest or smallest of nothing: leave it out");
    }
  }
  return reduce(op, x, reduced, keepdim);
}

// --- sum
static void sum_shape(Call& c) {
  reduced_shape(c);
  if (!is_floating_point(c.dtype)) c.dtype = kLong;
}
static void run_sum(const Call& c) noexcept { kernels::sum(c.in[0]->dtype, c.in[0]->data, shape3(c), c.out->data); }
static void sum_vjp(Grads& r) { r.set(0, kept(r, r.g()).expand(r.sizes(0))); }
template <bool kMean>
static bool adds_up(const Call& c, kernels::TotalSum& total) noexcept {
  const kernels::Shape3 s = shape3(c);
  if (kMean) total.divisor = s.n;
  return s.outer == 1 && s.inner == 1;
}
static void sum_source(Source& s) { s.sum("a", shape3(s.call())); }
constexpr Op kSumDims{.name = "sum.dim",
                      .grad_name = "SumBackward1",
                      .shape = sum_shape,
                      .kernel = run_sum,
                      .adds_up = adds_up<false>,
                      .batch = reduce_batch,
                      .source = sum_source,
                      .vjp = sum_vjp};
Tensor sum(const Tensor& x, IntList dims, bool keepdim) { return reduce_dims(kSumDims, x, dims, keepdim); }
Tensor TensorOps::sum(IntList dims, bool keepdim) const { return tapegrad::sum(self(), dims, keepdim); }

static void run_sum_all(const Call& c) noexcept {
  kernels::sum(c.in[0]->dtype, c.in[0]->data, {1, c.in[0]->numel, 1}, c.out->data);
}
constexpr Op kSumAll{.name = "sum",
                     .grad_name = "SumBackward0",
                     .shape = sum_shape,
                     .kernel = run_sum_all,
                     .adds_up = [](const Call&, kernels::TotalSum&) noexcept { return true; },
                     .batch = [](const Batch& b) { return reduce_batch_by(kSumDims, b); },
                     .source =
                         [](Source& s) {
                           s.sum("a", {1, s.call().in[0]->numel, 1});
                         },
                     .vjp = sum_vjp};
Tensor sum(const Tensor& x) { return reduce(kSumAll, x, all_dims(x), false); }
Tensor TensorOps::sum() const { return tapegrad::sum(self()); }

static constexpr std::int64_t kOnes[kMaxRank] = {1, 1, 1, 1, 1, 1, 1, 1};
Tensor ops::sum_to(const Tensor& x, IntList sizes) {
  const TensorImpl* t = x.impl();
  const bool single = sizes.empty() || (sizes.size() <= t->rank && IntList(kOnes, sizes.size()) == sizes);
  if (single && is_contiguous(t) && context().no_grad) {
    // The gradient of one element that was broadcast: so frequent that it is executed without being dispatched.
    Tensor out = Tensor::adopt(new_tensor(t->dtype, sizes.data(), static_cast<int>(sizes.size()), 1));
    TensorImpl* const in[] = {const_cast<TensorImpl*>(t)};
    execute(call_of(kSumAll, in, 1, {}, out.impl()));
    return out;
  }
  const std::int64_t* have = t->sizes();
  const int rank = t->rank;
  const int shift = rank - static_cast<int>(sizes.size());
  bool fits = shift >= 0, any = false;
  DimSet reduced;
  for (int d = 0; d < rank && fits; ++d) {
    const std::int64_t n = d < shift ? 1 : sizes[static_cast<std::size_t>(d - shift)];
    reduced[d] = n == 1;  // of size 1 already, too: then those around it are neighbours
    any |= n == 1 && (d < shift || have[d] != 1);
    fits = n == 1 || n == have[d];
  }
  if (!fits)
    throw_shape("backward", "a gradient of sizes ", x.sizes(), " does not fit a tensor of sizes ", sizes,
                "; the gradient rule must give the shape of its input");
  const Tensor out = any ? reduce(kSumDims, x, reduced, shift == 0) : x;
  return core::same_sizes(out.impl(), sizes.data(), static_cast<int>(sizes.size())) ? out : out.reshape(sizes);
}

// --- mean
static void mean_shape(Call& c) {
  reduced_shape(c);
  if (!is_floating_point(c.dtype)) {
    throw_dtype("mean",
                "could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: ",
                c.dtype, "; convert with to(kFloat) first");
  }
}
void ops::divide(TensorImpl* x, std::int64_t n) noexcept {
  by_floating(x->dtype, [=]<class T>() {
    for (std::int64_t i = 0; i < x->numel; ++i) x->ptr<T>()[i] /= static_cast<T>(n);
  });
}
static void run_mean(const Call& c) noexcept {
  run_sum(c);
  divide(c.out, shape3(c).n);
}
static void mean_vjp(Grads& r) { r.set(0, kept(r, r.g().div(reduced_count(r))).expand(r.sizes(0))); }
static void mean_source(Source& s) { s.sum("a", shape3(s.call()), shape3(s.call()).n); }
static constexpr Op mean_op(const char* name, const char* grad_name) {
  return {.name = name,
          .grad_name = grad_name,
          .shape = mean_shape,
          .kernel = run_mean,
          .adds_up = adds_up<true>,
          .batch = reduce_batch,
          .source = mean_source,
          .vjp = mean_vjp};
}
constexpr Op kMeanDims = mean_op("mean.dim", "MeanBackward1");
Tensor mean(const Tensor& x, IntList dims, bool keepdim) { return reduce_dims(kMeanDims, x, dims, keepdim); }
Tensor TensorOps::mean(IntList dims, bool keepdim) const { return tapegrad::mean(self(), dims, keepdim); }

constexpr Op kMeanAll = mean_op("mean", "MeanBackward0");
Tensor mean(const Tensor& x) { return reduce(kMeanAll, x, all_dims(x), false); }
Tensor TensorOps::mean() const { return tapegrad::mean(self()); }

// --- amax, amin, max() and min() of all: ties share the gradient evenly
template <bool kLargest>
static void run_best(const Call& c) noexcept {
  kernels::best(c.in[0]->dtype, c.in[0]->data, shape3(c), kLargest, nullptr, c.out->data);
}
// x == y, or both are NaN
static void same_elements_shape(Call& c) {
  broadcast_shape(c);
  c.dtype = kBool;
}
constexpr Op kSame = elementwise<Fn::Same>("same", "", kNoGrad, {}, nullptr, same_elements_shape);

static void best_vjp(Grads& r) {
  const Tensor x = r.in(0);
  const Tensor out = kept(r, r.out());
  const Tensor ties = apply(kSame, x, out);
  const Dims dims = reduced_dims(r);
  const Tensor count = ties.to(r.g().dtype());
  r.set(0, where(ties, kept(r, r.g()).div(dims.empty() ? count : count.sum(dims, true)), 0));
}
template <bool kLargest>
static constexpr Op best_op(const char* name, const char* grad_name) {
  return {.name = name,
          .grad_name = grad_name,
          .reads = {kReads0 | kReadsOut},
          .shape = reduced_shape,
          .kernel = run_best<kLargest>,
          .batch = reduce_batch,
          .vjp = best_vjp};
}
constexpr Op kAmax = best_op<true>("amax", "AmaxBackward0");
Tensor amax(const Tensor& x, IntList dims, bool keepdim) { return reduce_nonempty(kAmax, x, dims, keepdim); }
Tensor TensorOps::amax(IntList dims, bool keepdim) const { return tapegrad::amax(self(), dims, keepdim); }

constexpr Op kAmin = best_op<false>("amin", "AminBackward0");
Tensor amin(const Tensor& x, IntList dims, bool keepdim) { return reduce_nonempty(kAmin, x, dims, keepdim); }
Tensor TensorOps::amin(IntList dims, bool keepdim) const { return tapegrad::amin(self(), dims, keepdim); }

constexpr Op kMaxAll = best_op<true>("max", "MaxBackward1");
Tensor max(const Tensor& x) { return reduce_nonempty(kMaxAll, x, {}, false); }
Tensor TensorOps::max() const { return tapegrad::max(self()); }

constexpr Op kMinAll = best_op<false>("min", "MinBackward1");
Tensor min(const Tensor& x) { return reduce_nonempty(kMinAll, x, {}, false); }
Tensor TensorOps::min() const { return tapegrad::min(self()); }

// --- argmax, argmin
static void arg_shape(Call& c) {
  reduced_shape(c);
  c.dtype = kLong;
}
template <bool kLargest>
static void run_arg(const Call& c) noexcept {
  kernels::best(c.in[0]->dtype, c.in[0]->data, shape3(c), kLargest, c.out->ptr<std::int64_t>(), nullptr);
}
static Tensor arg(const Op& op, const Tensor& x, OptInt dim, bool keepdim) {
  return reduce_nonempty(op, x, dim ? IntList(*dim) : IntList(), keepdim);
}
// Of rows; the first NaN is the largest.
static void argmax_source(Source& s) {
  const kernels::Shape3 shape = shape3(s.call());
  const std::int64_t n = shape.n;
  if (shape.inner != 1) return s.each(nullptr);
  s.line(joined("for (int i = 0; i < ", shape.outer, "; ++i) {"));
  s.line("int best = 0;");
  s.line(joined("for (int j = 1; j < ", n, "; ++j) {"));
  const auto x = [&](const char* j) { return s.flat(0, joined("i * ", n, " + ", j)); };
  s.line(joined("if (", x("best"), " == ", x("best"), " && !(", x("j"), " <= ", x("best"), ")) best = j;"));
  s.line("}");
  s.line(joined(s.flat(-1, "i"), " = best;"));
  s.line("}");
}
constexpr Op kArgmax{.name = "argmax",
                     .flags = kNoGrad,
                     .shape = arg_shape,
                     .kernel = run_arg<true>,
                     .batch = reduce_batch,
                     .source = argmax_source};
Tensor argmax(const Tensor& x, OptInt dim, bool keepdim) { return arg(kArgmax, x, dim, keepdim); }
Tensor TensorOps::argmax(OptInt dim, bool keepdim) const { return tapegrad::argmax(self(), dim, keepdim); }

constexpr Op kArgmin{
    .name = "argmin", .flags = kNoGrad, .shape = arg_shape, .kernel = run_arg<false>, .batch = reduce_batch};
Tensor argmin(const Tensor& x, OptInt dim, bool keepdim) { return arg(kArgmin, x, dim, keepdim); }
Tensor TensorOps::argmin(OptInt dim, bool keepdim) const { return tapegrad::argmin(self(), dim, keepdim); }

// --- max(dim), min(dim): the elements that argmax and argmin point at
static std::tuple<Tensor, Tensor> best(const Op& take, const Op& find, const Tensor& x, std::int64_t dim,
                                       bool keepdim) try {
  const Tensor index = arg(find, x, dim, true);
  const Tensor at = positions(take.name, x, dim, index);
  return {apply(take, x, keepdim ? at : at.squeeze(dim)), keepdim ? index : index.squeeze(dim)};
} catch (const Error&) {
  throw_as(called(take.name).c_str());
}
constexpr Op kMaxDim = take_op("max.dim", "MaxBackward0");
std::tuple<Tensor, Tensor> max(const Tensor& x, std::int64_t dim, bool keepdim) {
  return best(kMaxDim, kArgmax, x, dim, keepdim);
}
std::tuple<Tensor, Tensor> TensorOps::max(std::int64_t dim, bool keepdim) const {
  return tapegrad::max(self(), dim, keepdim);
}
constexpr Op kMinDim = take_op("min.dim", "MinBackward0");
std::tuple<Tensor, Tensor> min(const Tensor& x, std::int64_t dim, bool keepdim) {
  return best(kMinDim, kArgmin, x, dim, keepdim);
}
std::tuple<Tensor, Tensor> TensorOps::min(std::int64_t dim, bool keepdim) const {
  return tapegrad::min(self(), dim, keepdim);
}

}  // namespace tapegrad
