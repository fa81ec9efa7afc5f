// gather, scatter, scatter_add: elements taken from, and put to, the places that index tensors name.
#include "autograd/ops/take.h"

#include <tapegrad/autograd/grad.h>

#include <type_traits>

namespace tapegrad {

using namespace ops;

// --- take, and its transpose: put with addition
void ops::take_shape(Call& c) {
  c.dtype = c.in[0]->dtype;
  set_sizes(c, c.in[1]->size_list());
}
void ops::run_take(const Call& c) noexcept {
  kernels::by_any_dtype(c.dtype, [&]<class T>() {
    const auto* const at = c.in[1]->ptr<std::int64_t>();
    const T* const from = c.in[0]->ptr<T>();
    T* const to = c.out->ptr<T>();
    for (std::int64_t i = 0, n = c.out->numel; i < n; ++i) to[i] = from[at[i]];
  });
}
// Positions among all samples' elements, where the samples lie one behind the other.
static Tensor in_whole(const Batch& b) {
  const Tensor at = b.in(1), first = arange(b.size()).mul(b.numel(0));
  Dims sizes;
  sizes.push_back(b.size());
  for (int d = 0; d < b.rank(1); ++d) sizes.push_back(1);
  return at.add(first.reshape(sizes));
}
Tensor ops::take_batch(const Batch& b) {
  return b.has(0) ? apply(b.op(), b.in(0), in_whole(b)) : apply(b.op(), b.in(0), b.in(1));
}
static Tensor put_batch(const Batch& b) { return apply(b.op(), b.spread(0), in_whole(b), b.spread(2)); }
void ops::take_vjp(Grads& r) { r.set(0, apply(kPutAdd, zeros(r.sizes(0), r.g().options()), r.in(1), r.g())); }
constexpr Op kTake = take_op("take", "TakeBackward0");

// --- put: x with values written, or added, at positions
static std::int64_t offset_of(const TensorImpl* t, std::int64_t position) noexcept {
  if (is_contiguous(t)) return position;
  std::int64_t offset = 0;
  for (int d = t->rank; d-- > 0; position /= t->sizes()[d]) offset += position % t->sizes()[d] * t->strides()[d];
  return offset;
}
template <class T>
static T sum_of(T a, T b) noexcept {
  using Wide = kernels::Wrapping<T>;
  return static_cast<T>(static_cast<Wide>(a) + static_cast<Wide>(b));
}
template <bool kAdd>
static void run_put(const Call& c) noexcept {
  if (c.out->data != c.in[0]->data) {
    Call copy = c;
    copy.n_in = 1;
    map_call(copy, kernels::cast_loop(c.out->dtype, c.out->dtype));
  }
  kernels::by_any_dtype(c.dtype, [&]<class T>() {
    for (std::int64_t i = 0; i < c.in[1]->numel; ++i) {
      T& to = c.out->ptr<T>()[offset_of(c.out, c.in[1]->ptr<std::int64_t>()[i])];
      const T value = c.in[2]->ptr<T>()[i];
      to = kAdd ? sum_of(to, value) : value;
    }
  });
}
// Positions that repeat. Of the values written to one position the last one stays, so the others have no gradient. To
// find which ones stayed, each value's index is written in the same way and read back: the values that read their own
// index have stayed.
static void put_vjp(Grads& r) {
  const Tensor at = r.in(1);
  if (r.needs(0)) r.set(0, apply(kPut, r.g(), at, zeros(at.sizes(), r.g().options())));
  if (!r.needs(2)) return;
  const Tensor own = arange(at.numel()).reshape(at.sizes());
  const Tensor last = apply(kPut, zeros(r.g().sizes(), kLong), at, own);
  const Tensor stayed = apply(kTake, last, at).eq(own);
  r.set(2, where(stayed, apply(kTake, r.g(), at), 0));
}
constexpr Op ops::kPut{.name = "index_put",
                       .grad_name = "IndexPutBackward0",
                       .flags = kWritesPart | kAnyDtype,
                       .reads = {kReads1, 0, kReads1},
                       .shape = same_shape,
                       .kernel = run_put<false>,
                       .batch = put_batch,
                       .vjp = put_vjp};

static void put_add_vjp(Grads& r) {
  r.set(0, r.g());
  if (r.needs(2)) r.set(2, apply(kTake, r.g(), r.in(1)));
}
constexpr Op ops::kPutAdd{.name = "index_put.accumulate",
                          .grad_name = "IndexPutBackward0",
                          .flags = kWritesPart | kAnyDtype,
                          .reads = {0, 0, kReads1},
                          .shape = same_shape,
                          .kernel = run_put<true>,
                          .batch = put_batch,
                          .vjp = put_add_vjp};

Tensor& ops::write(const Op& op, const Tensor& self, const Tensor& at, const Tensor& values) {
  Tensor v = values.to(self.dtype()).expand(at.sizes()).contiguous();
  if (v.impl()->storage == self.impl()->storage) v = v.clone();  // else x[i] = x would read what it has written
  const Tensor* in[] = {&self, &at, &v};
  apply_inplace(op, in, 3, {});
  return const_cast<Tensor&>(self);
}

// --- wrap_index: indices in range, with n added where they are negative
namespace {
struct WrapAttrs {
  const char* op;  // what the user called
  std::int64_t low, n, dim;
};
}  // namespace

static void wrap_index_shape(Call& c) {
  if (c.in[0]->dtype != kLong) {
    throw_dtype(c.attrs.as<WrapAttrs>().op, "Expected dtype int64 for index, but found ", c.in[0]->dtype,
                "; convert it with to(kLong)");
  }
  same_shape(c);
}
static void wrap_index_check(const Call& c) {
  const NoGradGuard no_grad;
  const auto a = c.attrs.as<WrapAttrs>();
  const Tensor index = handle_of(c.in[0]).contiguous();
  const auto* const first = index.impl()->ptr<std::int64_t>();
  for (const std::int64_t i : IntList(first, static_cast<std::size_t>(index.numel()))) {
    if (i >= a.low && i < a.n) continue;
    throw_index(a.op, "index ", i, " is out of bounds for dimension ", a.dim, " with size ", a.n,
                "; indices are at least ", a.low, " and less than ", a.n);
  }
}
static void run_wrap_index(const Call& c) noexcept {
  const auto* from = c.in[0]->ptr<std::int64_t>();
  std::transform(from, from + c.out->numel, c.out->ptr<std::int64_t>(),
                 [n = c.attrs.as<WrapAttrs>().n](std::int64_t i) { return i < 0 ? i + n : i; });
}
constexpr Op kWrapIndex{.name = "wrap_index",
                        .flags = kNoGrad,
                        .shape = wrap_index_shape,
                        .check = wrap_index_check,
                        .kernel = run_wrap_index,
                        .batch = elementwise_batch};
Tensor ops::in_range(const char* op, const Tensor& index, std::int64_t low, std::int64_t n, std::int64_t dim) {
  return apply(kWrapIndex, index, pack(WrapAttrs{.op = op, .low = low, .n = n, .dim = dim}));
}

Tensor ops::coordinates(std::int64_t n, std::int64_t stride, std::int64_t trailing) {
  Dims sizes = IntList(n);
  for (; trailing > 0; --trailing) sizes.push_back(1);
  return (stride == 0 ? zeros(n, kLong) : arange(0, n * stride, stride)).view(sizes);
}

Tensor ops::positions(const char* op, const Tensor& x, std::int64_t dim, const Tensor& index) {
  const int rank = static_cast<int>(x.dim());
  const int d = wrap_dim(op, dim, rank);
  if (index.dim() != rank) {
    throw_shape(op, "Index tensor must have the same number of dimensions as input tensor; got sizes ", index.sizes(),
                " and ", x.sizes(), "; reshape the index");
  }
  for (int k = 0; k < rank; ++k) {
    if (k != d && index.size(k) > x.size(k)) {
      throw_shape(op, "Size does not match at dimension ", k, " expected index ", index.sizes(),
                  " to be smaller than self ", x.sizes(), " apart from dimension ", d, "; narrow() the index");
    }
  }
  const Tensor checked = in_range(op, index, 0, rank == 0 ? 1 : x.size(d), d);
  if (index.numel() == 0) return zeros(index.sizes(), kLong);  // whose other sizes may be huge
  Dims strides = x.sizes();
  for (std::int64_t k = rank, stride = 1; k-- > 0; stride *= x.size(k)) strides[k] = stride;
  Tensor at = rank == 0 || strides[d] == 1 ? checked : checked.mul(strides[d]);
  for (int k = 0; k < rank; ++k)
    if (k != d && index.size(k) > 1) at = at.add(coordinates(index.size(k), strides[k], rank - 1 - k));
  return at;
}

// --- gather
constexpr Op kGather = take_op("gather", "GatherBackward0");
Tensor gather(const Tensor& x, std::int64_t dim, const Tensor& index) {
  return apply(kGather, x, positions("gather", x, dim, index));
}
Tensor TensorOps::gather(std::int64_t dim, const Tensor& index) const { return tapegrad::gather(self(), dim, index); }

// --- scatter, scatter_add: the part of src that has the index's sizes is put
static Tensor read_part(const char* op, const Tensor& x, const Tensor& index, Tensor src) {
  if (src.dtype() != x.dtype()) {
    throw_dtype(op, "Expected self.dtype to be equal to src.dtype; got ", x.dtype(), " and ", src.dtype(),
                "; convert one with to()");
  }
  bool fits = src.dim() == index.dim();
  for (std::int64_t d = 0; d < index.dim() && fits; ++d) {
    fits = index.size(d) <= src.size(d);
    if (fits && index.size(d) < src.size(d)) src = src.narrow(d, 0, index.size(d));
  }
  if (!fits)
    throw_shape(op, "Expected index ", index.sizes(), " to be smaller than src ", src.sizes(),
                "; give a src of the index's sizes or more");
  return src;
}
Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src) {
  return apply(kPut, x, positions("scatter", x, dim, index), read_part("scatter", x, index, src));
}
Tensor TensorOps::scatter(std::int64_t dim, const Tensor& index, const Tensor& src) const {
  return tapegrad::scatter(self(), dim, index, src);
}
Tensor& TensorOps::scatter_(std::int64_t dim, const Tensor& index, const Tensor& src) const {
  return write(kPut, self(), positions("scatter_", self(), dim, index), read_part("scatter_", self(), index, src));
}

Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, const Scalar& value) {
  return scatter(x, dim, index, scalar_tensor(value, x.dtype()).expand(index.sizes()));
}
Tensor TensorOps::scatter(std::int64_t dim, const Tensor& index, const Scalar& value) const {
  return tapegrad::scatter(self(), dim, index, value);
}
Tensor& TensorOps::scatter_(std::int64_t dim, const Tensor& index, const Scalar& value) const {
  return write(kPut, self(), positions("scatter_", self(), dim, index), scalar_tensor(value, self().dtype()));
}

Tensor scatter_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src) {
  return apply(kPutAdd, x, positions("scatter_add", x, dim, index), read_part("scatter_add", x, index, src));
}
Tensor TensorOps::scatter_add(std::int64_t dim, const Tensor& index, const Tensor& src) const {
  return tapegrad::scatter_add(self(), dim, index, src);
}
Tensor& TensorOps::scatter_add_(std::int64_t dim, const Tensor& index, const Tensor& src) const {
  return write(kPutAdd, self(), positions("scatter_add_", self(), dim, index),
               read_part("scatter_add_", self(), index, src));
}

}  // namespace tapegrad
