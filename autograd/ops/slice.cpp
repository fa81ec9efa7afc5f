// Parts of a tensor: narrow, select, slice, diagonal, unfold, split, chunk, unbind; and diag.
#include <algorithm>
#include <cstring>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

// --- the gradient of a view of a part: zeros, with g in that part. Attributes: the view's, then the sizes of what it
// viewed.
template <const Op& kUnview, class ViewAttrs>
static void part_vjp(Grads& r) {
  constexpr std::size_t kWords = sizeof(ViewAttrs) / 8;
  const IntList sizes = r.sizes(0);
  std::int64_t words[kWords + kMaxRank];
  std::copy_n(r.attrs().words, kWords, words);
  std::copy(sizes.begin(), sizes.end(), words + kWords);
  r.set(0, apply(kUnview, r.g(), {words, static_cast<int>(kWords + sizes.size())}));
}

template <class ViewAttrs>
static void unview_shape(Call& c) {
  constexpr int kWords = sizeof(ViewAttrs) / 8;
  c.dtype = c.in[0]->dtype;
  set_sizes(c, {c.attrs.words + kWords, static_cast<std::size_t>(c.attrs.count - kWords)});
}
template <const Op& kView>
static void run_unview(const Call& c) noexcept {
  fill_zero(c.out);
  Call part = c;
  part.in = &c.out;
  kView.shape(part);
  const auto item = static_cast<std::uint8_t>(item_size(c.out->dtype));
  kernels::Operand o[] = {{c.out->data + part.offset * item, {}, item}, operand_of(c.in[0], part.rank)};
  std::copy(part.strides, part.strides + part.rank, o[0].strides);
  kernels::map(kernels::cast_loop(c.out->dtype, c.out->dtype), o, 1, part.sizes, part.rank, nullptr);
}
template <const Op& kView, class ViewAttrs>
static void unview_vjp(Grads& r) {
  r.set(0, apply(kView, r.g(), {r.attrs().words, sizeof(ViewAttrs) / 8}));
}
template <class ViewAttrs>
static Tensor unview_batch(const Batch& b) {
  constexpr std::size_t kWords = sizeof(ViewAttrs) / 8;
  const auto attrs = pack(b.attrs().as<ViewAttrs>().behind_one());
  std::int64_t words[kWords + kMaxRank + 1];
  std::copy_n(attrs.words.begin(), kWords, words);
  words[kWords] = b.size();
  std::copy(b.attrs().words + kWords, b.attrs().words + b.attrs().count, words + kWords + 1);
  return apply(b.op(), b.in(0), {words, b.attrs().count + 1});
}
template <const Op& kView, class ViewAttrs>
static constexpr Op unview(const char* name, const char* grad_name) {
  return {.name = name,
          .grad_name = grad_name,
          .flags = kTakesStrided,
          .shape = unview_shape<ViewAttrs>,
          .kernel = run_unview<kView>,
          .batch = unview_batch<ViewAttrs>,
          .vjp = unview_vjp<kView, ViewAttrs>};
}

// --- slice, narrow, select: elements start, start + step ... of a dim; select drops the dim
namespace {
struct SliceAttrs {
  std::int64_t dim, start, step, length, drop;
  SliceAttrs behind_one() const noexcept { return {dim + 1, start, step, length, drop}; }  // with a dim more in front
};
extern const Op kUnslice;
}  // namespace

static void slice_shape(Call& c) {
  const TensorImpl* x = c.in[0];
  const auto a = c.attrs.as<SliceAttrs>();
  c.dtype = x->dtype;
  c.offset = a.length == 0 ? 0 : a.start * x->strides()[a.dim];
  c.rank = 0;
  for (int d = 0; d < x->rank; ++d) {
    if (d == a.dim && a.drop != 0) continue;
    c.sizes[c.rank] = d == a.dim ? a.length : x->sizes()[d];
    c.strides[c.rank++] = x->strides()[d] * (d == a.dim ? a.step : 1);
  }
}
static constexpr Op slice_op(const char* name, const char* grad_name) {
  return {.name = name,
          .grad_name = grad_name,
          .flags = kViewOp,
          .shape = slice_shape,
          .vjp = part_vjp<kUnslice, SliceAttrs>};
}
constexpr Op kSlice = slice_op("slice", "SliceBackward0");
Tensor slice(const Tensor& x, std::int64_t dim, OptInt start, OptInt end, std::int64_t step) {
  if (x.dim() == 0) throw_shape("slice", "cannot be applied to a 0-dim tensor; give it a dim with view({1})");
  const int d = wrap_dim("slice", dim, x.dim());
  if (step < 1) throw_index("slice", "slice step must be positive, but got ", step, "; flip() goes backwards");
  const std::int64_t n = x.size(d);
  const auto clipped = [n](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + n : i, 0, n); };
  const std::int64_t from = clipped(start.value_or(0));
  const std::int64_t to = std::max(from, clipped(end.value_or(n)));
  step = std::min(step, std::max<std::int64_t>(n, 1));
  return apply(
      kSlice, x,
      pack(SliceAttrs{.dim = d, .start = from, .step = step, .length = (to - from + step - 1) / step, .drop = 0}));
}
Tensor TensorOps::slice(std::int64_t dim, OptInt start, OptInt end, std::int64_t step) const {
  return tapegrad::slice(self(), dim, start, end, step);
}

constexpr Op kNarrow = slice_op("narrow", "NarrowBackward0");
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
  return apply(kNarrow, x, pack(SliceAttrs{.dim = d, .start = start, .step = 1, .length = length, .drop = 0}));
}
Tensor TensorOps::narrow(std::int64_t dim, std::int64_t start, std::int64_t length) const {
  return tapegrad::narrow(self(), dim, start, length);
}

constexpr Op kSelect = slice_op("select", "SelectBackward0");
Tensor select(const Tensor& x, std::int64_t dim, std::int64_t index) {
  if (x.dim() == 0) throw_index("select", "cannot be applied to a 0-dim tensor; item() reads its number");
  const int d = wrap_dim("select", dim, x.dim());
  const std::int64_t n = x.size(d);
  if (index < -n || index >= n)
    throw_index("select", "index ", index, " out of range for tensor of size ", x.sizes(), " at dimension ", d,
                "; indices are at least ", -n, " and less than ", n);
  return apply(kSelect, x,
               pack(SliceAttrs{.dim = d, .start = index < 0 ? index + n : index, .step = 1, .length = 1, .drop = 1}));
}
Tensor TensorOps::select(std::int64_t dim, std::int64_t index) const { return tapegrad::select(self(), dim, index); }

namespace {
constexpr Op kUnslice = unview<kSlice, SliceAttrs>("slice_backward", "SliceBackwardBackward0");
}  // namespace

// --- diagonal: elements (i, i + offset) of two dims
namespace {
struct DiagonalAttrs {
  std::int64_t offset, row, column;  // the dims of the rows and of the columns
  DiagonalAttrs behind_one() const noexcept { return {offset, row + 1, column + 1}; }
};
extern const Op kUndiagonal;
}  // namespace

static void diagonal_shape(Call& c) {
  const TensorImpl* x = c.in[0];
  const auto [offset, row, column] = c.attrs.as<DiagonalAttrs>();
  const std::int64_t right = std::max<std::int64_t>(offset, 0), down = std::max<std::int64_t>(-offset, 0);
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
constexpr Op kDiagonal{.name = "diagonal",
                       .grad_name = "DiagonalBackward0",
                       .flags = kViewOp,
                       .shape = diagonal_shape,
                       .vjp = part_vjp<kUndiagonal, DiagonalAttrs>};
namespace {
constexpr Op kUndiagonal = unview<kDiagonal, DiagonalAttrs>("diagonal_backward", "DiagonalBackwardBackward0");
}  // namespace

Tensor diagonal(const Tensor& x, std::int64_t offset, std::int64_t dim1, std::int64_t dim2) {
  const std::int64_t a = wrap_dim("diagonal", dim1, x.dim()), b = wrap_dim("diagonal", dim2, x.dim());
  if (a == b) throw_shape("diagonal", "dimensions cannot be identical ", dim1, ", ", dim2, "; name two");
  return apply(kDiagonal, x,
               pack(DiagonalAttrs{.offset = std::clamp(offset, -x.size(a), x.size(b)), .row = a, .column = b}));
}
Tensor TensorOps::diagonal(std::int64_t offset, std::int64_t dim1, std::int64_t dim2) const {
  return tapegrad::diagonal(self(), offset, dim1, dim2);
}

// --- diag: the diagonal of a matrix, as a copy, or a matrix with this diagonal
constexpr Op kDiag = unview<kDiagonal, DiagonalAttrs>("diag", "DiagBackward0");
Tensor diag(const Tensor& x, std::int64_t offset) try {
  if (x.dim() == 2) return x.diagonal(offset).clone();
  if (x.dim() != 1) throw_shape("diag", "Supports 1D or 2D tensors. Got ", x.dim(), "D; use diagonal");
  const std::int64_t far = std::clamp<std::int64_t>(offset, -(std::int64_t{1} << 40), std::int64_t{1} << 40);
  const std::int64_t n = x.size(0) + std::abs(far);
  checked_numel("diag", {n, n});
  const std::int64_t words[] = {far, 0, 1, n, n};
  return apply(kDiag, x, {words, 5});
} catch (const Error&) {
  throw_as("diag");
}
Tensor TensorOps::diag(std::int64_t offset) const { return tapegrad::diag(self(), offset); }

// --- unfold: windows of `size` elements of a dim, `step` apart, as the last dim. Their gradients are added where they
// overlap.
namespace {
struct UnfoldAttrs {
  std::int64_t dim, size, step;
};
}  // namespace

static void unfold_shape(Call& c) {
  const TensorImpl* x = c.in[0];
  const auto [dim, size, step] = c.attrs.as<UnfoldAttrs>();
  same_shape(c);
  c.offset = 0;
  std::copy_n(x->strides(), c.rank, c.strides);
  c.strides[c.rank] = x->strides()[dim];
  c.sizes[c.rank++] = size;
  c.strides[dim] *= step;
  c.sizes[dim] = (x->sizes()[dim] - size) / step + 1;
}
static void unfold_vjp(Grads& r) {
  const auto [dim, size, step] = r.attrs().as<UnfoldAttrs>();
  const Tensor g = r.g().movedim(-1, dim + 1);
  const Tensor at = arange(g.size(dim)).mul(step).unsqueeze(1).add(arange(size));
  r.set(0, zeros(r.sizes(0), g.options()).index_add(dim, at.reshape({-1}), g.flatten(dim, dim + 1)));
}
constexpr Op kUnfold{
    .name = "unfold", .grad_name = "UnfoldBackward0", .flags = kViewOp, .shape = unfold_shape, .vjp = unfold_vjp};
Tensor TensorOps::unfold(std::int64_t dim, std::int64_t size, std::int64_t step) const {
  const Tensor& x = self();
  if (x.dim() == 0) throw_shape("unfold", "cannot be applied to a 0-dim tensor; give it a dim with view({1})");
  const int d = wrap_dim("unfold", dim, x.dim());
  const std::int64_t n = x.size(d);
  if (size < 0 || size > n) {
    throw_index("unfold", "maximum size for tensor at dimension ", d, " is ", n, " but size is ", size,
                "; take a smaller window");
  }
  if (step < 1) throw_index("unfold", "step is ", step, " but must be > 0; give 1 or more");
  Dims sizes = x.sizes();
  sizes.push_back(size);
  checked_numel("unfold", sizes);
  return apply(kUnfold, x, pack(UnfoldAttrs{.dim = d, .size = size, .step = std::min(step, n + 1)}));
}

// --- split, chunk, unbind
std::vector<Tensor> split(const Tensor& x, const std::vector<std::int64_t>& lengths, std::int64_t dim) try {
  const std::int64_t size = x.size(dim);
  std::int64_t left = size;
  for (const std::int64_t n : lengths) {
    if (n < 0)
      throw_shape("split", "expects split_sizes have only non-negative entries, but got split_sizes=", IntList(lengths),
                  "; give 0 or more");
    left = n > left ? -1 : left - n;
    if (left < 0) break;
  }
  if (left != 0) {
    throw_shape("split", "expects split_sizes to sum exactly to ", size, " (input tensor's size at dimension ", dim,
                "), but got split_sizes=", IntList(lengths), "; change one of them");
  }
  std::vector<Tensor> parts;
  for (const std::int64_t n : lengths) {
    parts.push_back(x.narrow(dim, left, n));
    left += n;
  }
  return parts;
} catch (const Error&) {
  throw_as("split");
}
std::vector<Tensor> TensorOps::split(const std::vector<std::int64_t>& lengths, std::int64_t dim) const {
  return tapegrad::split(self(), lengths, dim);
}

std::vector<Tensor> split_with_sizes(const Tensor& x, const std::vector<std::int64_t>& lengths, std::int64_t dim) {
  return split(x, lengths, dim);
}
std::vector<Tensor> TensorOps::split_with_sizes(const std::vector<std::int64_t>& lengths, std::int64_t dim) const {
  return tapegrad::split(self(), lengths, dim);
}

std::vector<Tensor> split(const Tensor& x, std::int64_t length, std::int64_t dim) try {
  const std::int64_t n = x.size(dim);
  if (length < 0 || (length == 0 && n > 0))
    throw_shape("split", "split_size must be positive, but got ", length, "; give 1 or more");
  std::vector<std::int64_t> lengths;
  for (std::int64_t left = n; left > 0; left -= length) lengths.push_back(std::min(left, length));
  return split(x, lengths.empty() ? std::vector<std::int64_t>{0} : lengths, dim);
} catch (const Error&) {
  throw_as("split");
}
std::vector<Tensor> TensorOps::split(std::int64_t length, std::int64_t dim) const {
  return tapegrad::split(self(), length, dim);
}

std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, std::int64_t dim) try {
  if (chunks < 1) throw_shape("chunk", "expects `chunks` to be greater than 0, got: ", chunks, "; give 1 or more");
  const std::int64_t n = x.size(dim);
  if (n == 0) checked_numel("chunk", chunks);
  if (n == 0) return split(x, std::vector<std::int64_t>(static_cast<std::size_t>(chunks), 0), dim);
  return split(x, (n - 1) / chunks + 1, dim);
} catch (const Error&) {
  throw_as("chunk");
}
std::vector<Tensor> TensorOps::chunk(std::int64_t chunks, std::int64_t dim) const {
  return tapegrad::chunk(self(), chunks, dim);
}

std::vector<Tensor> unbind(const Tensor& x, std::int64_t dim) try {
  std::vector<Tensor> parts;
  for (std::int64_t i = 0; i < x.size(dim); ++i) parts.push_back(x.select(dim, i));
  return parts;
} catch (const Error&) {
  throw_as("unbind");
}
std::vector<Tensor> TensorOps::unbind(std::int64_t dim) const { return tapegrad::unbind(self(), dim); }

}  // namespace tapegrad
