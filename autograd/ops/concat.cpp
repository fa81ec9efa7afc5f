// cat, concat, stack, hstack, vstack.
#include <algorithm>
#include <vector>

#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad {

using namespace ops;

// --- cat. Its attributes are a list: dim, then the length of each input along dim, since the vjp sees no sizes of
// inputs that want no gradient.
static std::int64_t dim_of(Attrs attrs) { return attrs[0]; }
static std::int64_t length_of(Attrs attrs, int k) { return attrs[1 + k]; }
static constexpr std::size_t kMaxAttrs = 255;  // that a node keeps

static void cat_shape(Call& c) {
  const int dim = static_cast<int>(dim_of(c.attrs));
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
static void run_cat(const Call& c) noexcept {
  const std::int64_t dim = dim_of(c.attrs);
  const kernels::Shape3 out = bytes_around(c.out, dim);
  std::byte* to = c.out->data;
  for (int k = 0; k < c.n_in; ++k) {
    const kernels::Shape3 in = bytes_around(c.in[k], dim);
    const std::int64_t run = in.n * in.inner;
    kernels::copy_rows(to, out.n * out.inner, c.in[k]->data, run, in.outer, run);
    to += run;
  }
}
static void cat_vjp(Grads& r) {
  std::int64_t start = 0;
  for (int k = 0; k < r.inputs(); ++k) {
    const std::int64_t length = length_of(r.attrs(), k);
    if (r.needs(k)) r.set(k, r.g().narrow(dim_of(r.attrs()), start, length));
    start += length;
  }
}
static Tensor cat_batch(const Batch& b) {
  std::vector<Tensor> parts;
  parts.reserve(static_cast<std::size_t>(b.inputs()));
  for (int k = 0; k < b.inputs(); ++k) parts.push_back(b.spread(k));
  return cat(parts, dim_of(b.attrs()) + 1);
}
constexpr Op kCat{.name = "cat",
                  .grad_name = "CatBackward0",
                  .flags = kAnyDtype,
                  .shape = cat_shape,
                  .kernel = run_cat,
                  .batch = cat_batch,
                  .vjp = cat_vjp};
Tensor cat(const std::vector<Tensor>& tensors, std::int64_t dim) {
  if (tensors.empty()) throw_shape("cat", "expected a non-empty list of Tensors; give it one or more");
  const bool vectors =
      std::all_of(tensors.begin(), tensors.end(), [](const Tensor& t) { return t.defined() && t.dim() == 1; });
  std::vector<Tensor> parts;
  parts.reserve(tensors.size());
  Dtype dtype = kBool;
  for (const Tensor& t : tensors) {
    if (!t.defined()) throw_autograd("cat", "an undefined tensor is in the list; give it a value first");
    if (t.dim() == 0) throw_shape("cat", "zero-dimensional tensor cannot be concatenated; use stack");
    dtype = promote_types(dtype, t.dtype());
    if (t.dim() == 1 && t.numel() == 0 && !vectors) continue;  // as PyTorch: an empty vector joins anything
    parts.push_back(t);
  }
  const int d = wrap_dim("cat", dim, parts[0].dim());
  std::vector<std::int64_t> attrs;
  attrs.reserve(parts.size() + 1);
  attrs.push_back(d);
  std::vector<const Tensor*> in;
  in.reserve(parts.size());
  for (Tensor& t : parts) {
    t = t.to(dtype);
    in.push_back(&t);
    attrs.push_back(d < t.dim() ? t.size(d) : 0);
  }
  if (attrs.size() > kMaxAttrs) {  // join in groups
    std::vector<Tensor> groups;
    for (std::size_t i = 0; i < parts.size(); i += 200)
      groups.push_back(cat({parts.begin() + static_cast<std::ptrdiff_t>(i),
                            parts.begin() + static_cast<std::ptrdiff_t>(std::min(i + 200, parts.size()))},
                           dim));
    return cat(groups, dim);
  }
  return apply(kCat, in.data(), static_cast<int>(in.size()), {attrs.data(), static_cast<int>(attrs.size())});
}

Tensor concat(const std::vector<Tensor>& tensors, std::int64_t dim) { return cat(tensors, dim); }

// --- stack
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

// --- hstack, vstack: of at least one dim, of at least two
static Tensor in_line(const char* op, const std::vector<Tensor>& tensors, std::int64_t least, std::int64_t dim) try {
  std::vector<Tensor> parts = tensors;
  for (Tensor& t : parts)
    while (t.dim() < least) t = t.unsqueeze(0);
  return cat(parts, dim);
} catch (const Error&) {
  throw_as(op);
}
Tensor hstack(const std::vector<Tensor>& tensors) {
  const bool vectors = tensors.empty() || !tensors[0].defined() || tensors[0].dim() < 2;
  return in_line("hstack", tensors, 1, vectors ? 0 : 1);
}
Tensor vstack(const std::vector<Tensor>& tensors) { return in_line("vstack", tensors, 2, 0); }

}  // namespace tapegrad
