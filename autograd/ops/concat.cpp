// cat, stack, index_select, index_add.
#include <algorithm>
#include <cstring>
#include <vector>

#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad {

using namespace ops;

namespace {

// [outer, n, inner] around dim, inner in bytes.
kernels::Shape3 around(const TensorImpl* t, std::int64_t dim) noexcept {
  kernels::Shape3 s = shape3(t, dim, dim + 1);
  s.inner *= static_cast<std::int64_t>(item_size(t->dtype));
  return s;
}

// --- cat: attribute dim

void cat_shape(Call& c) {
  const int dim = static_cast<int>(c.attrs[0]);
  same_shape(c);
  for (int k = 1; k < c.n_in; ++k) {
    const TensorImpl* t = c.in[k];
    bool fits = t->rank == c.rank;
    for (int d = 0; d < c.rank && fits; ++d) fits = d == dim || t->sizes()[d] == c.sizes[d];
    if (!fits) {
      throw_shape(c.op->name, "Sizes of tensors must match except in dimension ", dim, ". Got sizes ",
                  c.in[0]->size_list(), " and ", t->size_list(), " for tensor number ", k,
                  " in the list; narrow(), pad() or expand() one");
    }
    if (__builtin_add_overflow(c.sizes[dim], t->sizes()[dim], &c.sizes[dim]))
      throw_shape(c.op->name, "the joined size overflows; join less");
  }
}
void eval_cat(const Call& c) noexcept {
  const std::int64_t dim = c.attrs[0];
  const kernels::Shape3 out = around(c.out, dim);
  std::byte* to = c.out->data;
  for (int k = 0; k < c.n_in; ++k) {
    const kernels::Shape3 in = around(c.in[k], dim);
    const std::int64_t run = in.n * in.inner;
    if (run == 0) continue;
    for (std::int64_t o = 0; o < in.outer; ++o)
      std::memcpy(to + o * out.n * out.inner, c.in[k]->data + o * run, static_cast<std::size_t>(run));
    to += run;
  }
}
void cat_vjp(Grads& r) {
  const std::int64_t dim = r.attrs()[0];
  // Inputs that want no gradient have no sizes here: the attributes keep each length along dim.
  std::int64_t start = 0;
  for (int k = 0; k < r.inputs(); ++k) {
    const std::int64_t length = r.attrs()[1 + k];
    if (r.needs(k)) r.set(k, r.g().narrow(dim, start, length));
    start += length;
  }
}
constexpr Op kCat{.name = "cat", .grad_name = "CatBackward0", .shape = cat_shape, .kernel = eval_cat, .vjp = cat_vjp};

// --- index_select(x, index): attribute dim. index_add(g, index) into zeros is its transpose.

void require_index_vector(const Call& c) {
  const TensorImpl* index = c.in[1];
  if (index->dtype != kLong) {
    throw_dtype(c.op->name, "Expected dtype int64 for index, but found ", index->dtype, "; convert it with to(kLong)");
  }
  if (index->rank > 1)
    throw_index(c.op->name, "Index is supposed to be a vector, but got sizes ", index->size_list(), "; flatten() it");
}
void check_index(const Call& c, std::int64_t n) {
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
void index_select_shape(Call& c) {
  same_shape(c);
  require_index_vector(c);
  c.sizes[c.attrs[0]] = c.in[1]->numel;
}
void index_select_check(const Call& c) { check_index(c, c.in[0]->sizes()[c.attrs[0]]); }
void eval_index_select(const Call& c) noexcept {
  const kernels::Shape3 in = around(c.in[0], c.attrs[0]);
  const std::int64_t count = c.in[1]->numel;
  const auto size = static_cast<std::size_t>(in.inner);
  for (std::int64_t o = 0; o < in.outer; ++o)
    for (std::int64_t i = 0; i < count; ++i)
      std::memcpy(c.out->data + (o * count + i) * in.inner,
                  c.in[0]->data + (o * in.n + c.in[1]->ptr<std::int64_t>()[i]) * in.inner, size);
}
extern const Op kIndexAdd;
void index_select_vjp(Grads& r) {
  r.set(0,
        apply(kIndexAdd, r.g(), r.in(1), attrs_of({r.attrs()[0], r.sizes(0)[static_cast<std::size_t>(r.attrs()[0])]})));
}
constexpr Op kIndexSelect{.name = "index_select",
                          .grad_name = "IndexSelectBackward0",
                          .reads = {kReads1},
                          .shape = index_select_shape,
                          .check = index_select_check,
                          .kernel = eval_index_select,
                          .vjp = index_select_vjp};

void index_add_shape(Call& c) {
  same_shape(c);
  require_index_vector(c);
  if (c.in[1]->numel != c.sizes[c.attrs[0]]) {
    throw_shape(c.op->name, "Number of indices (", c.in[1]->numel, ") should be equal to source.size(dim) (",
                c.sizes[c.attrs[0]], "); give one for each");
  }
  c.sizes[c.attrs[0]] = c.attrs[1];
}
void index_add_check(const Call& c) { check_index(c, c.attrs[1]); }
void eval_index_add(const Call& c) noexcept {
  fill_zero(c.out);
  const kernels::Shape3 out = shape3(c.out, c.attrs[0], c.attrs[0] + 1);
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
void index_add_vjp(Grads& r) { r.set(0, apply(kIndexSelect, r.g(), r.in(1), {r.attrs().words, 1})); }
constexpr Op kIndexAdd{.name = "index_add",
                       .grad_name = "IndexAddBackward0",
                       .reads = {kReads1},
                       .shape = index_add_shape,
                       .check = index_add_check,
                       .kernel = eval_index_add,
                       .vjp = index_add_vjp};

}  // namespace

Tensor cat(const std::vector<Tensor>& tensors, std::int64_t dim) {
  if (tensors.empty()) throw_shape("cat", "expected a non-empty list of Tensors; give it one or more");
  const bool vectors =
      std::all_of(tensors.begin(), tensors.end(), [](const Tensor& t) { return t.defined() && t.dim() == 1; });
  std::vector<Tensor> parts;
  Dtype dtype = kBool;
  for (const Tensor& t : tensors) {
    if (!t.defined()) throw AutogradError("cat: an undefined tensor is in the list; give it a value first");
    if (t.dim() == 0) throw_shape("cat", "zero-dimensional tensor cannot be concatenated; use stack");
    dtype = std::max(dtype, t.dtype());
    if (t.dim() == 1 && t.numel() == 0 && !vectors) continue;  // as PyTorch: an empty vector joins anything
    parts.push_back(t);
  }
  const int d = wrap_dim("cat", dim, parts[0].dim());
  std::vector<std::int64_t> words{d};
  std::vector<const Tensor*> in;
  for (Tensor& t : parts) {
    t = t.to(dtype);
    in.push_back(&t);
    words.push_back(d < t.dim() ? t.size(d) : 0);
  }
  if (words.size() > 255) {  // a record keeps at most 255 attributes: join in groups
    std::vector<Tensor> groups;
    for (std::size_t i = 0; i < parts.size(); i += 200)
      groups.push_back(cat({parts.begin() + static_cast<std::ptrdiff_t>(i),
                            parts.begin() + static_cast<std::ptrdiff_t>(std::min(i + 200, parts.size()))},
                           dim));
    return cat(groups, dim);
  }
  return apply(kCat, in.data(), static_cast<int>(in.size()), {words.data(), static_cast<int>(words.size())});
}

Tensor stack(const std::vector<Tensor>& tensors, std::int64_t dim) try {
  if (tensors.empty()) throw_shape("stack", "expected a non-empty list of Tensors; give it one or more");
  std::vector<Tensor> rows;
  rows.reserve(tensors.size());
  for (const Tensor& t : tensors) {
    if (t.sizes() != tensors[0].sizes()) {
      throw_shape("stack", "expects each tensor to be equal size, but got ", tensors[0].sizes(), " at entry 0 and ",
                  t.sizes(), " at entry ", rows.size(), "; use cat, or give them one size");
    }
    rows.push_back(t.unsqueeze(dim));
  }
  return cat(rows, wrap_dim("stack", dim, tensors[0].dim() + 1));
} catch (const Error&) {
  throw_as("stack");
}

Tensor index_select(const Tensor& x, std::int64_t dim, const Tensor& index) {
  const std::int64_t d = wrap_dim("index_select", dim, x.dim());
  if (x.dim() == 0) {
    if (index.numel() != 1)
      throw_index("index_select", "Index to scalar can have only 1 value, got ", index.numel(), " value(s); give one");
    return index_select(x.unsqueeze(0), 0, index).squeeze(0);
  }
  return apply(kIndexSelect, x, index, {&d, 1});
}
Tensor index_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src, const Scalar& alpha) try {
  const std::int64_t d = wrap_dim("index_add", dim, x.dim());
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
  return x.add(apply(kIndexAdd, src, index, attrs_of({d, x.size(d)})), alpha);
} catch (const Error&) {
  throw_as("index_add");
}

Tensor TensorOps::index_select(std::int64_t dim, const Tensor& index) const {
  return tapegrad::index_select(self(), dim, index);
}
Tensor TensorOps::index_add(std::int64_t dim, const Tensor& index, const Tensor& src, const Scalar& alpha) const {
  return tapegrad::index_add(self(), dim, index, src, alpha);
}

}  // namespace tapegrad
