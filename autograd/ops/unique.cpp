// unique, bincount, nonzero, count_nonzero, masked_select.
#include <tapegrad/autograd/grad.h>

#include <limits>
#include <numeric>

#include "autograd/ops/reduce.h"
#include "autograd/ops/take.h"

namespace tapegrad {

using namespace ops;

// --- nonzero: of a mask, whose true elements were counted
namespace {
struct NonzeroAttrs {
  std::int64_t count;
};
}  // namespace

static void nonzero_shape(Call& c) {
  c.dtype = kLong;
  set_sizes(c, {c.attrs.as<NonzeroAttrs>().count, c.in[0]->rank});
}
static void run_nonzero(const Call& c) noexcept {
  const TensorImpl* mask = c.in[0];
  std::int64_t at[kMaxRank] = {};
  std::int64_t* row = c.out->ptr<std::int64_t>();
  for (std::int64_t i = 0, left = c.attrs.as<NonzeroAttrs>().count; left > 0; ++i) {
    if (mask->ptr<bool>()[i]) {
      row = std::copy_n(at, mask->rank, row);
      --left;
    }
    for (int d = mask->rank; d-- > 0 && ++at[d] == mask->sizes()[d];) at[d] = 0;
  }
}
constexpr Op kNonzero{.name = "nonzero", .flags = kNoGrad, .shape = nonzero_shape, .kernel = run_nonzero};
Tensor nonzero(const Tensor& x) {
  const Tensor mask = truth(x);
  return apply(kNonzero, mask, pack(NonzeroAttrs{mask.sum().item<std::int64_t>()}));
}
Tensor TensorOps::nonzero() const { return tapegrad::nonzero(self()); }

// --- count_nonzero
Tensor count_nonzero(const Tensor& x, IntList dims) try { return truth(x).sum(dims); } catch (const Error&) {
  throw_as("count_nonzero");
}
Tensor TensorOps::count_nonzero(IntList dims) const { return tapegrad::count_nonzero(self(), dims); }

// --- masked_select
constexpr Op kMaskedSelect = take_op("masked_select", "MaskedSelectBackward0");
Tensor masked_select(const Tensor& x, const Tensor& mask) try {
  if (mask.dtype() != kBool) {
    throw_dtype("masked_select", "expected BoolTensor for mask, but got dtype ", mask.dtype(),
                "; compare it first, as in mask.ne(0)");
  }
  const std::vector<Tensor> both = broadcast_tensors({x, mask});
  return apply(kMaskedSelect, both[0], nonzero(both[1].reshape({-1})).squeeze(1));
} catch (const Error&) {
  throw_as("masked_select");
}
Tensor TensorOps::masked_select(const Tensor& mask) const { return tapegrad::masked_select(self(), mask); }

// --- bincount
Tensor bincount(const Tensor& x, const Tensor& weights, std::int64_t minlength) try {
  const bool integers = x.dtype() != kBool && !x.is_floating_point();
  if (!integers || x.dim() != 1 || (x.numel() > 0 && x.min().item<std::int64_t>() < 0)) {
    throw_value("bincount", "only supports 1-d non-negative integral inputs, but got ", x.dtype(), " of sizes ",
                x.sizes(), "; number what is counted from 0");
  }
  if (minlength < 0) throw_value("bincount", "minlength should be >= 0, but got ", minlength, "; give 0 or more");
  if (weights.defined() && weights.sizes() != x.sizes()) {
    throw_shape("bincount", "weights should be 1-d and have the same length as input, but got sizes ", weights.sizes(),
                " and ", x.sizes(), "; give one for each");
  }
  const std::int64_t largest = x.numel() == 0 ? -1 : x.max().item<std::int64_t>();
  const std::int64_t n = std::max(minlength, largest + (largest < std::numeric_limits<std::int64_t>::max() ? 1 : 0));
  const Tensor terms = !weights.defined()            ? ones(x.sizes(), kLong)
                       : weights.is_floating_point() ? weights
                                                     : weights.to(kDouble);
  return zeros(n, terms.dtype()).scatter_add(0, x.to(kLong), terms);
} catch (const Error&) {
  throw_as("bincount");
}
Tensor TensorOps::bincount(const Tensor& weights, std::int64_t minlength) const {
  return tapegrad::bincount(self(), weights, minlength);
}

Tensor TensorOps::bincount() const { return tapegrad::bincount(self()); }

// --- unique: equal rows of [n, m] stand together once sorted
static void argsort_rows_shape(Call& c) {
  c.dtype = kLong;
  set_sizes(c, c.in[0]->sizes()[0]);
}
static void run_argsort_rows(const Call& c) noexcept {
  const std::int64_t n = c.out->numel, m = c.in[0]->sizes()[1];
  auto* index = c.out->ptr<std::int64_t>();
  std::iota(index, index + n, 0);
  by_dtype(c.in[0]->dtype, [&]<class T>() {
    const T* x = c.in[0]->ptr<T>();
    std::sort(index, index + n, [=](std::int64_t i, std::int64_t j) {
      for (std::int64_t k = 0; k < m; ++k) {
        const T a = x[i * m + k], b = x[j * m + k];
        if (a < b || b < a) return a < b;
        if ((a != a) != (b != b)) return b != b;  // NaN last
      }
      return i < j;
    });
  });
}
constexpr Op kArgsortRows{
    .name = "argsort.rows", .flags = kNoGrad, .shape = argsort_rows_shape, .kernel = run_argsort_rows};

std::tuple<Tensor, Tensor, Tensor> unique(const Tensor& from, OptInt dim) try {
  const NoGradGuard no_grad;
  const Tensor x = dim && from.dim() > 0 ? from.movedim(*dim, 0) : from.reshape({-1});
  if (dim) wrap_dim("unique", *dim, from.dim());
  const std::int64_t n = x.size(0);
  Dims sizes = x.sizes();
  sizes[0] = 1;
  const std::int64_t m = checked_numel("unique", sizes);
  const Tensor rows = x.reshape({n, m});
  const Tensor at = m == 1 ? rows.squeeze(1).argsort() : apply(kArgsortRows, rows);
  const Tensor sorted = rows.index_select(0, at);
  const std::int64_t pairs = std::max<std::int64_t>(n - 1, 0);
  const Tensor differs = sorted.narrow(0, n - pairs, pairs).ne(sorted.narrow(0, 0, pairs)).any(1);
  const Tensor starts = cat({ones(n - pairs, kBool), differs});  // where another value begins
  const Tensor first = nonzero(starts).squeeze(1);
  sizes[0] = first.numel();
  const Tensor values = sorted.index_select(0, first).reshape(sizes);
  const Tensor inverse = zeros(n, kLong).scatter(0, at, starts.cumsum(0).sub(1));
  const Tensor counts = cat({first, full({1}, n)}).diff();
  if (dim && from.dim() > 0) return {values.movedim(0, *dim).contiguous(), inverse, counts};
  return {values, dim ? inverse : inverse.reshape(from.sizes()), counts};
} catch (const Error&) {
  throw_as("unique");
}
std::tuple<Tensor, Tensor> _unique(const Tensor& x, bool, bool) {
  auto [values, inverse, counts] = unique(x);
  return {values, inverse};
}
std::tuple<Tensor, Tensor, Tensor> _unique2(const Tensor& x, bool, bool, bool) { return unique(x); }
std::tuple<Tensor, Tensor, Tensor> unique_dim(const Tensor& x, std::int64_t dim, bool, bool, bool) {
  return unique(x, dim);
}

}  // namespace tapegrad
