// Parts of a tensor: narrow, select, slice, and writing one: t[i] = value.
#include <algorithm>
#include <cstring>
#include <vector>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

namespace ops {

// --- slice: attributes dim, start, step, length, drop (1: the dim disappears, as in select)

void slice_shape(Call& c) {
  const TensorImpl* x = c.in[0];
  const int dim = static_cast<int>(c.attrs[0]);
  c.dtype = x->dtype;
  c.offset = c.attrs[1] * x->strides()[dim];
  c.rank = 0;
  for (int d = 0; d < x->rank; ++d) {
    if (d == dim && c.attrs[4] != 0) continue;
    c.sizes[c.rank] = d == dim ? c.attrs[3] : x->sizes()[d];
    c.strides[c.rank++] = x->strides()[d] * (d == dim ? c.attrs[2] : 1);
  }
  if (c.attrs[3] == 0) c.offset = 0;
}

extern const Op kUnslice;
template <const Op& kSelf>
void slice_vjp(Grads& r) {
  std::int64_t words[5 + kMaxRank];
  std::copy(r.attrs().words, r.attrs().words + 5, words);
  const IntList sizes = r.sizes(0);
  std::copy(sizes.begin(), sizes.end(), words + 5);
  r.set(0, apply(kUnslice, r.g(), {words, 5 + static_cast<int>(sizes.size())}));
}
constexpr Op kNarrow{"narrow", "NarrowBackward0", kViewOp, {}, slice_shape, nullptr, slice_vjp<kNarrow>};
constexpr Op kSelect{"select", "SelectBackward0", kViewOp, {}, slice_shape, nullptr, slice_vjp<kSelect>};
constexpr Op kSlice{"slice", "SliceBackward0", kViewOp, {}, slice_shape, nullptr, slice_vjp<kSlice>};

// The view of t that a slice with these attributes shows.
Call slice_of(TensorImpl* const* t, Attrs attrs) {
  Call v;
  v.op = &kSlice;
  v.in = t;
  v.n_in = 1;
  v.attrs = attrs;
  slice_shape(v);
  return v;
}

void copy_to_view(const TensorImpl* from, TensorImpl* to, const Call& v) noexcept {
  kernels::Operand o[2];
  const auto item = static_cast<std::uint8_t>(item_size(to->dtype));
  o[0].item_size = o[1].item_size = item;
  o[0].data = to->data + v.offset * item;
  o[1].data = from->data;
  const int shift = v.rank - from->rank;
  for (int d = 0; d < v.rank; ++d) {
    o[0].strides[d] = v.strides[d];
    o[1].strides[d] = d < shift || from->sizes()[d - shift] == 1 ? 0 : from->strides()[d - shift];
  }
  kernels::map(kernels::cast_row(from->dtype, to->dtype), o, 1, v.sizes, v.rank, nullptr);
}

// --- unslice(g): zeros of the sizes behind the slice's attributes, with g in the slice
void unslice_shape(Call& c) {
  c.dtype = c.in[0]->dtype;
  set_sizes(c, {c.attrs.words + 5, static_cast<std::size_t>(c.attrs.count - 5)});
}
void eval_unslice(const Call& c) noexcept {
  std::memset(c.out->data, 0, static_cast<std::size_t>(c.out->numel) * item_size(c.out->dtype));
  TensorImpl* const out[] = {c.out};
  copy_to_view(c.in[0], c.out, slice_of(out, c.attrs));
}
void unslice_vjp(Grads& r) { r.set(0, apply(kSlice, r.g(), {r.attrs().words, 5})); }
constexpr Op kUnslice{"slice_backward", "SliceBackwardBackward0", kTakesStrided, {}, unslice_shape, eval_unslice,
                      unslice_vjp};

// --- put(x, value): x with value at the indices (attributes) of its first dims

// The part of t that t[i][j].. shows.
Call item_of(TensorImpl* t, Attrs indices) noexcept {
  Call v;
  v.rank = t->rank - indices.count;
  v.offset = 0;
  for (int d = 0; d < indices.count; ++d) v.offset += indices[d] * t->strides()[d];
  std::copy(t->sizes() + indices.count, t->sizes() + t->rank, v.sizes);
  std::copy(t->strides() + indices.count, t->strides() + t->rank, v.strides);
  return v;
}
void eval_put(const Call& c) noexcept {
  if (c.out->data != c.in[0]->data) {
    Call copy = c;
    copy.n_in = 1;
    map_call(copy, kernels::cast_row(c.out->dtype, c.out->dtype));
  }
  copy_to_view(c.in[1], c.out, item_of(c.out, c.attrs));
}
extern const Op kPut;
void put_vjp(Grads& r) {
  if (r.needs(0)) r.set(0, apply(kPut, r.g(), zeros({}, r.g().options()), r.attrs()));
  if (!r.needs(1)) return;
  Tensor part = r.g();
  for (int d = 0; d < r.attrs().count; ++d) part = part.select(0, r.attrs()[d]);
  r.set(1, part);
}
constexpr Op kPut{"index_put", "IndexPutBackward0", kTakesStrided | kWritesPart, {}, same_shape, eval_put, put_vjp};

void put(const Tensor& base, IntList indices, const Tensor& value) {
  const Tensor v = value.to(base.dtype());
  const Call part = item_of(base.impl(), {indices.data(), static_cast<int>(indices.size())});
  const IntList sizes{part.sizes, static_cast<std::size_t>(part.rank)};
  if (v.dim() > part.rank || v.expand(sizes).sizes() != sizes) {
    throw_shape("index_put_", "shape mismatch: value tensor of shape ", v.sizes(),
                " cannot be broadcast to indexing result of shape ", sizes);
  }
  in_place(kPut, base, v, {indices.data(), static_cast<int>(indices.size())});
}

}  // namespace ops

using namespace ops;

Tensor narrow(const Tensor& x, std::int64_t dim, std::int64_t start, std::int64_t length) {
  if (x.dim() == 0) throw_shape("narrow", "cannot be applied to a 0-dim tensor.");
  const int d = wrap_dim("narrow", dim, static_cast<int>(x.dim()));
  const std::int64_t n = x.size(d);
  if (length < 0) throw_index("narrow", "length must be non-negative.");
  if (start < -n || start > n)
    throw_index("narrow", "start out of range (expected to be in range of [", -n, ", ", n, "], but got ", start, ")");
  if (start < 0) start += n;
  if (start > n - length)
    throw_index("narrow", "start (", start, ") + length (", length, ") exceeds dimension size (", n, ").");
  return apply(kNarrow, x, attrs_of({d, start, 1, length, 0}));
}

Tensor select(const Tensor& x, std::int64_t dim, std::int64_t index) {
  if (x.dim() == 0) throw_index("select", "cannot be applied to a 0-dim tensor.");
  const int d = wrap_dim("select", dim, static_cast<int>(x.dim()));
  const std::int64_t n = x.size(d);
  if (index < -n || index >= n)
    throw_index("select", "index ", index, " out of range for tensor of size ", x.sizes(), " at dimension ", d);
  return apply(kSelect, x, attrs_of({d, index < 0 ? index + n : index, 1, 1, 1}));
}

Tensor slice(const Tensor& x, std::int64_t dim, OptInt start, OptInt end, std::int64_t step) {
  if (x.dim() == 0) throw_shape("slice", "cannot be applied to a 0-dim tensor.");
  const int d = wrap_dim("slice", dim, static_cast<int>(x.dim()));
  if (step < 1) throw_index("slice", "slice step must be positive");
  const std::int64_t n = x.size(d);
  const auto clipped = [n](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + n : i, 0, n); };
  const std::int64_t from = clipped(start.value_or(0));
  const std::int64_t to = std::max(from, clipped(end.value_or(n)));
  step = std::min(step, std::max<std::int64_t>(n, 1));
  return apply(kSlice, x, attrs_of({d, from, step, (to - from + step - 1) / step, 0}));
}

Tensor TensorOps::narrow(std::int64_t dim, std::int64_t start, std::int64_t length) const {
  return tapegrad::narrow(self(), dim, start, length);
}
Tensor TensorOps::select(std::int64_t dim, std::int64_t index) const { return tapegrad::select(self(), dim, index); }
Tensor TensorOps::slice(std::int64_t dim, OptInt start, OptInt end, std::int64_t step) const {
  return tapegrad::slice(self(), dim, start, end, step);
}

TensorItem Tensor::operator[](std::int64_t index) const {
  TensorItem item(select(0, index), *this);
  item.path_[item.length_++] = index < 0 ? index + size(0) : index;
  return item;
}
TensorItem TensorItem::operator[](std::int64_t index) const {
  TensorItem item(select(0, index), base_);
  std::copy(path_, path_ + length_, item.path_);
  item.length_ = length_;
  item.path_[item.length_++] = index < 0 ? index + size(0) : index;
  return item;
}
void TensorItem::operator=(const Tensor& value) && { put(base_, path(), value); }
void TensorItem::operator=(const Scalar& value) && { put(base_, path(), scalar_tensor(value, dtype())); }

}  // namespace tapegrad
