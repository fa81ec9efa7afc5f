// sort, argsort, topk, median, searchsorted.
#include "autograd/kernels/sort.h"

#include <limits>

#include "autograd/ops/take.h"

namespace tapegrad {

using namespace ops;

// --- argsort: of the last dim
namespace {
struct SortAttrs {
  std::int64_t descending, from, to;  // the places that are in order
};
}  // namespace

static void argsort_shape(Call& c) {
  same_shape(c);
  c.dtype = kLong;
}
static void run_argsort(const Call& c) noexcept {
  const TensorImpl* x = c.in[0];
  const auto [descending, from, to] = c.attrs.as<SortAttrs>();
  const std::int64_t n = x->sizes()[x->rank - 1];
  if (x->numel == 0) return;
  kernels::argsort(x->dtype, x->data, x->numel / n, n, descending != 0, from, to, c.out->ptr<std::int64_t>());
}
constexpr Op kArgsort{.name = "argsort", .flags = kNoGrad, .shape = argsort_shape, .kernel = run_argsort};

// The indices of the elements that stand at places from .. to - 1 once sorted.
static Tensor order(const Tensor& x, int d, bool descending, std::int64_t from, std::int64_t to) {
  if (x.dim() == 0) return to == from ? zeros(0, kLong) : zeros({}, kLong);
  const auto attrs = pack(SortAttrs{.descending = descending ? 1 : 0, .from = from, .to = to});
  return apply(kArgsort, x.detach().transpose(d, -1), attrs).narrow(-1, from, to - from).transpose(d, -1).contiguous();
}
static std::int64_t length(const Tensor& x, int d) { return x.dim() == 0 ? 1 : x.size(d); }

Tensor argsort(const Tensor& x, std::int64_t dim, bool descending) {
  const int d = wrap_dim("argsort", dim, x.dim());
  return order(x, d, descending, 0, length(x, d));
}
Tensor TensorOps::argsort(std::int64_t dim, bool descending) const {
  return tapegrad::argsort(self(), dim, descending);
}

// --- sort, topk: the elements that such indices point at
static std::tuple<Tensor, Tensor> picked(const Op& take, const Tensor& x, std::int64_t dim, const Tensor& index) {
  return {apply(take, x, positions(take.name, x, dim, index)), index};
}
constexpr Op kSort = take_op("sort", "SortBackward0");
std::tuple<Tensor, Tensor> sort(const Tensor& x, std::int64_t dim, bool descending) {
  const int d = wrap_dim("sort", dim, x.dim());
  return picked(kSort, x, d, order(x, d, descending, 0, length(x, d)));
}
std::tuple<Tensor, Tensor> sort(const Tensor& x, std::optional<bool>, std::int64_t dim, bool descending) {
  return sort(x, dim, descending);
}
std::tuple<Tensor, Tensor> TensorOps::sort(std::int64_t dim, bool descending) const {
  return tapegrad::sort(self(), dim, descending);
}
std::tuple<Tensor, Tensor> TensorOps::sort(std::optional<bool>, std::int64_t dim, bool descending) const {
  return tapegrad::sort(self(), dim, descending);
}

constexpr Op kTopk = take_op("topk", "TopkBackward0");
std::tuple<Tensor, Tensor> topk(const Tensor& x, std::int64_t k, std::int64_t dim, bool largest, bool) {
  const int d = wrap_dim("topk", dim, x.dim());
  if (k < 0 || k > length(x, d))
    throw_index("topk", "selected index k out of range: ", k, " of ", length(x, d),
                " elements; take at most all of them");
  return picked(kTopk, x, d, order(x, d, largest, 0, k));
}
std::tuple<Tensor, Tensor> TensorOps::topk(std::int64_t k, std::int64_t dim, bool largest, bool) const {
  return tapegrad::topk(self(), k, dim, largest);
}

// --- median
constexpr Op kMedian = take_op("median.dim", "MedianBackward1");
std::tuple<Tensor, Tensor> median(const Tensor& x, std::int64_t dim, bool keepdim) try {
  const int d = wrap_dim("median", dim, x.dim());
  const std::int64_t n = length(x, d), at = (n - 1) / 2;
  if (n == 0)
    throw_index("median", "Expected reduction dim ", d, " to have non-zero size, but got sizes ", x.sizes(),
                "; there is nothing in the middle of nothing: leave it out");
  Tensor index = order(x, d, false, at, at + 1);
  if (x.is_floating_point()) index = where(x.isnan().any(d, true), x.argmax(d, true), index);  // the first NaN
  const Tensor value = apply(kMedian, x, positions("median", x, d, index));
  return {keepdim ? value : value.squeeze(d), keepdim ? index : index.squeeze(d)};
} catch (const Error&) {
  throw_as("median");
}
// Over all elements: the largest of those that equal it, whose gradient ties share.
Tensor median(const Tensor& x) try {
  if (x.numel() == 0) return x.mean();
  if (x.is_floating_point() && x.isnan().any().item<bool>()) return x.max();
  const Tensor flat = x.reshape({-1});
  return flat.index({x.detach().reshape({-1}).eq(std::get<0>(median(flat.detach(), 0)))}).max();
} catch (const Error&) {
  throw_as("median");
}
Tensor TensorOps::median() const { return tapegrad::median(self()); }
std::tuple<Tensor, Tensor> TensorOps::median(std::int64_t dim, bool keepdim) const {
  return tapegrad::median(self(), dim, keepdim);
}

// --- searchsorted: as PyTorch, a NaN goes behind all
namespace {
struct SearchAttrs {
  std::int64_t right;
};
}  // namespace

static void search_shape(Call& c) {
  const TensorImpl *sorted = c.in[0], *values = c.in[1];
  if (sorted->dtype != values->dtype) {
    throw_dtype("searchsorted", "boundary tensor and input value tensor should have same dtype, but got ",
                sorted->dtype, " and ", values->dtype, "; convert one with to()");
  }
  bool fits = sorted->rank == 1 || (sorted->rank > 1 && sorted->rank == values->rank);
  for (int d = 0; d + 1 < sorted->rank && fits; ++d) fits = sorted->sizes()[d] == values->sizes()[d];
  if (!fits) {
    throw_shape("searchsorted",
                "boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input "
                "value tensor must match, but we got boundaries tensor ",
                sorted->size_list(), " and input value tensor ", values->size_list(), "; reshape one of them");
  }
  c.dtype = kLong;
  set_sizes(c, values->size_list());
}
static void run_search(const Call& c) noexcept {
  const TensorImpl *sorted = c.in[0], *values = c.in[1];
  const std::int64_t n = sorted->sizes()[sorted->rank - 1];
  const std::int64_t length = sorted->rank == 1 ? values->numel : values->sizes()[values->rank - 1];
  const bool right = c.attrs.as<SearchAttrs>().right != 0;
  by_dtype(sorted->dtype, [&]<class T>() {
    for (std::int64_t i = 0; i < values->numel; ++i) {
      const T* row = sorted->ptr<T>() + i / length * (sorted->rank == 1 ? 0 : n);
      const T v = values->ptr<T>()[i];
      const T* at = std::partition_point(row, row + n, [=](T e) { return right ? !(e > v) : !(e >= v); });
      c.out->ptr<std::int64_t>()[i] = at - row;
    }
  });
}
constexpr Op kSearch{.name = "searchsorted", .flags = kNoGrad, .shape = search_shape, .kernel = run_search};
Tensor searchsorted(const Tensor& sorted, const Tensor& values, bool out_int32, bool right) {
  const Tensor at = apply(kSearch, sorted, values, pack(SearchAttrs{.right = right ? 1 : 0}));
  return out_int32 ? at.to(kInt) : at;
}
Tensor searchsorted(const Tensor& sorted, const Scalar& value, bool out_int32, bool right) {
  const Tensor at = wrapped(value, sorted.dtype());
  return searchsorted(sorted.to(at.dtype()), at, out_int32, right);
}

}  // namespace tapegrad
