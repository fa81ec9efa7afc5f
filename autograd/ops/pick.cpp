// index_select, repeat_interleave, index_add, index_fill, masked_fill, one_hot: parts picked by an index vector, a mask
// or a class.
#include <cstring>
#include <limits>

#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/take.h"

namespace tapegrad {

using namespace ops;

// --- what index_select and index_add ask of the index, which is input 1
static void require_index_vector(const Call& c) {
  const TensorImpl* index = c.in[1];
  if (index->dtype != kLong) {
    throw_dtype(c.op->name, "Expected dtype int64 for index, but found ", index->dtype, "; convert it with to(kLong)");
  }
  if (index->rank > 1)
    throw_index(c.op->name, "Index is supposed to be a vector, but got sizes ", index->size_list(), "; flatten() it");
}
static Tensor index_vector(const Tensor& index) { return index.dtype() == kInt ? index.to(kLong) : index; }
static void check_index(const Call& c, std::int64_t n) {
  const TensorImpl* index = c.in[1];
  const std::int64_t step = index->rank == 0 ? 0 : index->strides()[0];
  for (std::int64_t i = 0; i < index->numel; ++i) {
    const std::int64_t v = index->ptr<std::int64_t>()[i * step];
    if (v < 0 || v >= n) {
      throw_index(c.op->name, "index out of range in self: index ", v, " is out of bounds for a dimension of size ", n,
                  "; indices are at least 0 and less than that");
    }
  }
}

// --- index_select(x, index): the slices of a dim that index names. Its transpose adds slices to zeros.
namespace {
struct SelectAttrs {
  std::int64_t dim;
};
struct AddAttrs {
  std::int64_t dim, n;  // the size of dim in the result
};
extern const Op kIndexAdd;
}  // namespace

static void index_select_shape(Call& c) {
  same_shape(c);
  require_index_vector(c);
  c.sizes[c.attrs.as<SelectAttrs>().dim] = c.in[1]->numel;
}
static void index_select_check(const Call& c) { check_index(c, c.in[0]->sizes()[c.attrs.as<SelectAttrs>().dim]); }
static void run_index_select(const Call& c) noexcept {
  const kernels::Shape3 in = bytes_around(c.in[0], c.attrs.as<SelectAttrs>().dim);
  const std::int64_t count = c.in[1]->numel;
  const auto size = static_cast<std::size_t>(in.inner);
  for (std::int64_t o = 0; o < in.outer; ++o)
    for (std::int64_t i = 0; i < count; ++i)
      std::memcpy(c.out->data + (o * count + i) * in.inner,
                  c.in[0]->data + (o * in.n + c.in[1]->ptr<std::int64_t>()[i]) * in.inner, size);
}
static void index_select_vjp(Grads& r) {
  const std::int64_t dim = r.attrs().as<SelectAttrs>().dim;
  const std::int64_t n = r.sizes(0)[static_cast<std::size_t>(dim)];
  r.set(0, apply(kIndexAdd, r.g(), r.in(1), pack(AddAttrs{.dim = dim, .n = n})));
}
constexpr Op kIndexSelect{.name = "index_select",
                          .grad_name = "IndexSelectBackward0",
                          .flags = kAnyDtype,
                          .reads = {kReads1},
                          .shape = index_select_shape,
                          .check = index_select_check,
                          .kernel = run_index_select,
                          .vjp = index_select_vjp};
Tensor index_select(const Tensor& x, std::int64_t dim, const Tensor& index) {
  const int d = wrap_dim("index_select", dim, x.dim());
  if (x.dim() == 0) {
    if (index.numel() != 1)
      throw_index("index_select", "Index to scalar can have only 1 value, got ", index.numel(), " value(s); give one");
    return index_select(x.unsqueeze(0), 0, index).squeeze(0);
  }
  return apply(kIndexSelect, x, index_vector(index), pack(SelectAttrs{.dim = d}));
}
Tensor TensorOps::index_select(std::int64_t dim, const Tensor& index) const {
  return tapegrad::index_select(self(), dim, index);
}

// --- repeat_interleave
static void require_counts(const Tensor& repeats) {
  if (repeats.lt(0).any().item<bool>())
    throw_value("repeat_interleave", "repeats can not be negative; give 0 or more for each element");
}
Tensor repeat_interleave(const Tensor& repeats) try {
  if (repeats.dtype() != kLong || repeats.dim() != 1) {
    throw_dtype("repeat_interleave", "repeats has to be a vector of int64, but got ", repeats.dtype(), " of sizes ",
                repeats.sizes(), "; convert it with to(kLong)");
  }
  require_counts(repeats);
  return searchsorted(repeats.cumsum(0), arange(repeats.sum().item()), false, /*right=*/true);
} catch (const Error&) {
  throw_as("repeat_interleave");
}
Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, OptInt dim) try {
  if (!dim) return repeat_interleave(x.reshape({-1}), repeats, 0);
  const std::int64_t n = x.dim() == 0 ? 1 : x.size(*dim);
  const bool one = repeats.dim() == 0 || (repeats.dim() == 1 && repeats.size(0) == 1);
  if (!one && repeats.size(0) != n) {
    throw_shape("repeat_interleave", "repeats must have the same size as input along dim, but got ", repeats.size(0),
                " for ", n, "; give a number for each, or one");
  }
  require_counts(repeats);  // also of no elements
  return x.index_select(*dim, repeat_interleave(one ? repeats.expand(n) : repeats));
} catch (const Error&) {
  throw_as("repeat_interleave");
}
Tensor repeat_interleave(const Tensor& x, std::int64_t repeats, OptInt dim) {
  return repeat_interleave(x, full({}, repeats), dim);
}
Tensor TensorOps::repeat_interleave(const Tensor& repeats, OptInt dim) const {
  return tapegrad::repeat_interleave(self(), repeats, dim);
}
Tensor TensorOps::repeat_interleave(std::int64_t repeats, OptInt dim) const {
  return tapegrad::repeat_interleave(self(), repeats, dim);
}

// --- index_add: the op adds slices of src to zeros, and x is added to that
static void index_add_shape(Call& c) {
  const auto [dim, n] = c.attrs.as<AddAttrs>();
  same_shape(c);
  require_index_vector(c);
  if (c.in[1]->numel != c.sizes[dim]) {
    throw_shape(c.op->name, "Number of indices (", c.in[1]->numel, ") should be equal to source.size(dim) (",
                c.sizes[dim], "); give one for each");
  }
  c.sizes[dim] = n;
}
static void index_add_check(const Call& c) { check_index(c, c.attrs.as<AddAttrs>().n); }
static void run_index_add(const Call& c) noexcept {
  fill_zero(c.out);
  const std::int64_t dim = c.attrs.as<AddAttrs>().dim;
  const kernels::Shape3 out = shape3(c.out, dim, dim + 1);
  by_floating(c.dtype, [&]<class T>() {
    const T* from = c.in[0]->ptr<T>();
    for (std::int64_t o = 0; o < out.outer; ++o) {
      for (std::int64_t i = 0; i < c.in[1]->numel; ++i) {
        T* to = c.out->ptr<T>() + (o * out.n + c.in[1]->ptr<std::int64_t>()[i]) * out.inner;
        for (std::int64_t j = 0; j < out.inner; ++j) to[j] += *from++;
      }
    }
  });
}
static void index_add_vjp(Grads& r) {
  r.set(0, apply(kIndexSelect, r.g(), r.in(1), pack(SelectAttrs{.dim = r.attrs().as<AddAttrs>().dim})));
}
namespace {
constexpr Op kIndexAdd{.name = "index_add",
                       .grad_name = "IndexAddBackward0",
                       .reads = {kReads1},
                       .shape = index_add_shape,
                       .check = index_add_check,
                       .kernel = run_index_add,
                       .vjp = index_add_vjp};
}  // namespace
Tensor index_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src, const Scalar& alpha) try {
  const int d = wrap_dim("index_add", dim, x.dim());
  if (x.dim() == 0 || !x.is_floating_point() || src.dtype() != x.dtype()) {
    throw_dtype("index_add", "x and src must be floating point, of one dtype and of at least one dim: got ", x.dtype(),
                " and ", src.dtype(), "; convert with to()");
  }
  bool fits = src.dim() == x.dim();
  for (std::int64_t k = 0; k < x.dim() && fits; ++k) fits = k == d || src.size(k) == x.size(k);
  if (!fits) {
    throw_shape("index_add", "src must have the sizes of x, except along dimension ", d, ": got ", src.sizes(), " and ",
                x.sizes(), "; narrow() or expand() it");
  }
  return x.add(apply(kIndexAdd, src, index_vector(index), pack(AddAttrs{.dim = d, .n = x.size(d)})), alpha);
} catch (const Error&) {
  throw_as("index_add");
}
Tensor TensorOps::index_add(std::int64_t dim, const Tensor& index, const Tensor& src, const Scalar& alpha) const {
  return tapegrad::index_add(self(), dim, index, src, alpha);
}

// --- index_fill
static Tensor index_filled(const char* op, const Tensor& x, std::int64_t dim, const Tensor& index,
                           const Tensor& value) try {
  const int d = wrap_dim(op, dim, x.dim());
  if (index.dim() > 1)
    throw_index(op, "Index has to be a vector/scalar, but got sizes ", index.sizes(), "; flatten() it");
  if (value.dim() > 0) {
    throw_shape(op, "only supports a 0-dimensional value tensor, but got tensor with ", value.dim(),
                " dimension(s); give a number");
  }
  Dims sizes = x.sizes();
  for (std::int64_t k = 0; k < x.dim(); ++k) sizes[k] = k == d ? x.size(d) : 1;
  const std::int64_t n = x.dim() == 0 ? 1 : x.size(d);
  const Tensor at = in_range(op, index, -n, n, d).reshape({-1});
  return tapegrad::where(zeros(n, kBool).scatter(0, at, true).reshape(sizes), value.to(x.dtype()), x);
} catch (const Error&) {
  throw_as(op);
}
Tensor index_fill(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& value) {
  return index_filled("index_fill", x, dim, index, value);
}
Tensor index_fill(const Tensor& x, std::int64_t dim, const Tensor& index, const Scalar& value) {
  return index_filled("index_fill", x, dim, index, scalar_tensor(value, x.dtype()));
}
Tensor TensorOps::index_fill(std::int64_t dim, const Tensor& index, const Tensor& value) const {
  return tapegrad::index_fill(self(), dim, index, value);
}
Tensor TensorOps::index_fill(std::int64_t dim, const Tensor& index, const Scalar& value) const {
  return tapegrad::index_fill(self(), dim, index, value);
}
Tensor& TensorOps::index_fill_(std::int64_t dim, const Tensor& index, const Tensor& value) const {
  return copy_(index_filled("index_fill_", self(), dim, index, value));
}
Tensor& TensorOps::index_fill_(std::int64_t dim, const Tensor& index, const Scalar& value) const {
  return index_fill_(dim, index, scalar_tensor(value, self().dtype()));
}

// --- masked_fill
Tensor masked_fill(const Tensor& x, const Tensor& mask, const Scalar& value) try {
  if (mask.dtype() != kBool && mask.dtype() != kByte) {
    throw_dtype("masked_fill", "only supports boolean masks, but got mask with dtype ", mask.dtype(),
                "; compare it first, as in mask.ne(0)");
  }
  return where(mask, scalar_tensor(value, x.dtype()), x);
} catch (const Error&) {
  throw_as("masked_fill");
}
Tensor TensorOps::masked_fill(const Tensor& mask, const Scalar& value) const {
  return tapegrad::masked_fill(self(), mask, value);
}
Tensor& TensorOps::masked_fill_(const Tensor& mask, const Scalar& value) const try {
  return copy_(tapegrad::masked_fill(self(), mask, value));
} catch (const Error&) {
  throw_as("masked_fill_");
}

// --- one_hot
Tensor one_hot(const Tensor& classes, std::int64_t n) try {
  if (classes.dtype() != kLong) {
    throw_dtype("one_hot", "is only applicable to index tensors of dtype int64, but found ", classes.dtype(),
                "; convert it with to(kLong)");
  }
  const bool none = classes.numel() == 0;
  if (none && n < 1) throw_value("one_hot", "Can not infer total number of classes from empty tensor; give it");
  const std::int64_t largest = none ? -1 : classes.max().item<std::int64_t>();
  if (!none && classes.min().item<std::int64_t>() < 0)
    throw_index("one_hot", "Class values must be non-negative; got ", classes.min().item<std::int64_t>(),
                "; number the classes from 0");
  if (n != -1 && largest >= n)
    throw_index("one_hot", "Class values must be smaller than num_classes; got ", largest, " with ", n,
                "; give a larger number of classes");
  if (n == -1) n = largest + (largest < std::numeric_limits<std::int64_t>::max() ? 1 : 0);
  return classes.unsqueeze(-1).eq(arange(n)).to(kLong);
} catch (const Error&) {
  throw_as("one_hot");
}

}  // namespace tapegrad
