// Parts of a tensor: narrow, select, slice, diagonal.
#include <algorithm>
#include <cstring>

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

// --- the gradient of a view of a part: zeros, with g in that part. Attributes: the view's (kWords of them), then the
// sizes of what it viewed.

template <const Op& kUnview, int kWords>
void part_vjp(Grads& r) {
  std::int64_t words[kWords + kMaxRank];
  std::copy(r.attrs().words, r.attrs().words + kWords, words);
  const IntList sizes = r.sizes(0);
  std::copy(sizes.begin(), sizes.end(), words + kWords);
  r.set(0, apply(kUnview, r.g(), {words, kWords + static_cast<int>(sizes.size())}));
}

void copy_to_view(const TensorImpl* from, TensorImpl* to, const Call& v) noexcept {
  const auto item = static_cast<std::uint8_t>(item_size(to->dtype));
  kernels::Operand o[] = {{to->data + v.offset * item, {}, item}, operand_of(from, v.rank)};
  std::copy(v.strides, v.strides + v.rank, o[0].strides);
  kernels::map(kernels::cast_loop(from->dtype, to->dtype), o, 1, v.sizes, v.rank, nullptr);
}

template <int kWords>
void unview_shape(Call& c) {
  c.dtype = c.in[0]->dtype;
  set_sizes(c, {c.attrs.words + kWords, static_cast<std::size_t>(c.attrs.count - kWords)});
}
template <const Op& kView>
void eval_unview(const Call& c) noexcept {
  std::memset(c.out->data, 0, static_cast<std::size_t>(c.out->numel) * item_size(c.out->dtype));
  Call part = c;
  part.in = &c.out;
  kView.shape(part);
  copy_to_view(c.in[0], c.out, part);
}
template <const Op& kView, int kWords>
void unview_vjp(Grads& r) {
  r.set(0, apply(kView, r.g(), {r.attrs().words, kWords}));
}

extern const Op kUnslice;
constexpr Op kNarrow{"narrow", "NarrowBackward0", kViewOp, {}, slice_shape, nullptr, part_vjp<kUnslice, 5>};
constexpr Op kSelect{"select", "SelectBackward0", kViewOp, {}, slice_shape, nullptr, part_vjp<kUnslice, 5>};
constexpr Op kSlice{"slice", "SliceBackward0", kViewOp, {}, slice_shape, nullptr, part_vjp<kUnslice, 5>};
constexpr Op kUnslice{"slice_backward", "SliceBackwardBackward0", kTakesStrided,        {},
                      unview_shape<5>,  eval_unview<kSlice>,      unview_vjp<kSlice, 5>};

// --- diagonal: attributes offset, dim1, dim2

void diagonal_shape(Call& c) {
  const TensorImpl* x = c.in[0];
  const std::int64_t right = std::max<std::int64_t>(c.attrs[0], 0);
  const std::int64_t down = std::max<std::int64_t>(-c.attrs[0], 0);
  const std::int64_t row = c.attrs[1];
  const std::int64_t column = c.attrs[2];
  c.dtype = x->dtype;
  c.rank = 0;
  for (int d = 0; d < x->rank; ++d) {
    if (d == row || d == column) continue;
    c.sizes[c.rank] = x->sizes()[d];
    c.strides[c.rank++] = x->strides()[d];
  }
  const std::int64_t n = std::min(x->sizes()[row] - down, x->sizes()[column] - right);
  c.sizes[c.rank] = std::max<std::int64_t>(n, 0);
  c.strides[c.rank++] = x->strides()[row] + x->strides()[column];
  c.offset = n <= 0 ? 0 : down * x->strides()[row] + right * x->strides()[column];
}
extern const Op kUndiagonal;
constexpr Op kDiagonal{"diagonal", "DiagonalBackward0", kViewOp, {}, diagonal_shape, nullptr, part_vjp<kUndiagonal, 3>};
constexpr Op kUndiagonal{"diagonal_backward", "DiagonalBackwardBackward0", kTakesStrided,           {},
                         unview_shape<3>,     eval_unview<kDiagonal>,      unview_vjp<kDiagonal, 3>};

}  // namespace ops

using namespace ops;

Tensor narrow(const Tensor& x, std::int64_t dim, std::int64_t start, std::int64_t length) {
  if (x.dim() == 0) throw_shape("narrow", "cannot be applied to a 0-dim tensor; give it a dim with view({1})");
  const int d = wrap_dim("narrow", dim, x.dim());
  const std::int64_t n = x.size(d);
  if (length < 0) throw_index("narrow", "length must be non-negative, but got ", length, "; give 0 or more");
  if (start < -n || start > n)
    throw_index("narrow", "start out of range (expected to be in range of [", -n, ", ", n, "], but got ", start,
                "); start within the dim");
  if (start < 0) start += n;
  if (start > n - length)
    throw_index("narrow", "start (", start, ") + length (", length, ") exceeds dimension size (", n, "); take less");
  return apply(kNarrow, x, attrs_of({d, start, 1, length, 0}));
}

Tensor select(const Tensor& x, std::int64_t dim, std::int64_t index) {
  if (x.dim() == 0) throw_index("select", "cannot be applied to a 0-dim tensor; item() reads its number");
  const int d = wrap_dim("select", dim, x.dim());
  const std::int64_t n = x.size(d);
  if (index < -n || index >= n)
    throw_index("select", "index ", index, " out of range for tensor of size ", x.sizes(), " at dimension ", d,
                "; indices are at least ", -n, " and less than ", n);
  return apply(kSelect, x, attrs_of({d, index < 0 ? index + n : index, 1, 1, 1}));
}

Tensor slice(const Tensor& x, std::int64_t dim, OptInt start, OptInt end, std::int64_t step) {
  if (x.dim() == 0) throw_shape("slice", "cannot be applied to a 0-dim tensor; give it a dim with view({1})");
  const int d = wrap_dim("slice", dim, x.dim());
  if (step < 1) throw_index("slice", "slice step must be positive, but got ", step, "; flip() goes backwards");
  const std::int64_t n = x.size(d);
  const auto clipped = [n](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + n : i, 0, n); };
  const std::int64_t from = clipped(start.value_or(0));
  const std::int64_t to = std::max(from, clipped(end.value_or(n)));
  step = std::min(step, std::max<std::int64_t>(n, 1));
  return apply(kSlice, x, attrs_of({d, from, step, (to - from + step - 1) / step, 0}));
}

Tensor diagonal(const Tensor& x, std::int64_t offset, std::int64_t dim1, std::int64_t dim2) {
  const std::int64_t a = wrap_dim("diagonal", dim1, x.dim()), b = wrap_dim("diagonal", dim2, x.dim());
  if (a == b) throw_shape("diagonal", "dimensions cannot be identical ", dim1, ", ", dim2, "; name two");
  return apply(kDiagonal, x, attrs_of({std::clamp(offset, -x.size(a), x.size(b)), a, b}));
}

Tensor TensorOps::diagonal(std::int64_t offset, std::int64_t dim1, std::int64_t dim2) const {
  return tapegrad::diagonal(self(), offset, dim1, dim2);
}
Tensor TensorOps::narrow(std::int64_t dim, std::int64_t start, std::int64_t length) const {
  return tapegrad::narrow(self(), dim, start, length);
}
Tensor TensorOps::select(std::int64_t dim, std::int64_t index) const { return tapegrad::select(self(), dim, index); }
Tensor TensorOps::slice(std::int64_t dim, OptInt start, OptInt end, std::int64_t step) const {
  return tapegrad::slice(self(), dim, start, end, step);
}

}  // namespace tapegrad
