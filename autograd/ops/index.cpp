// t.index({...}), t.index_put_({...}, value) and t[i][j] = value.
#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/index.h>

#include <cstring>

#include "autograd/ops/take.h"

namespace tapegrad {

using namespace ops;

TensorIndex::TensorIndex(const char* dots) : value(indexing::EllipsisIndexType{}) {
  if (std::strcmp(dots, "...") != 0)
    throw_index("index", "the only index in quotes is \"...\", but got \"", dots,
                "\"; write a number, Slice, None or a tensor");
}

using Indices = std::vector<TensorIndex>;

// --- what an index shows: a view, and what index tensors pick of it
namespace {
struct Picked {
  Tensor view;                // what integers, slices, None and "..." show
  std::vector<Tensor> index;  // for each dim of it the int64 tensor that picks along it; undefined: the whole dim
};
}  // namespace

Tensor as_mask(const Tensor& x) { return x.defined() && x.dtype() == kByte ? x.to(kBool) : x; }

// What one index tensor picks along x's dims from d on. A bool without dims picks all or nothing of a new dim of
// size 1.
static std::vector<Tensor> picks(const Tensor& index, const Tensor& x, std::int64_t d) {
  if (index.dtype() == kBool) {
    if (index.dim() == 0) return {zeros({index.item<bool>() ? 1 : 0}, kLong)};
    const IntList there{x.sizes().data() + d, static_cast<std::size_t>(index.dim())};
    if (index.sizes() != there) {
      throw_index("index", "The shape of the mask ", index.sizes(), " at index ", d,
                  " does not match the shape of the indexed tensor ", x.sizes(),
                  "; a mask has the sizes of the dims that it stands for");
    }
    return nonzero(index).unbind(1);
  }
  return {in_range("index", index, -x.size(d), x.size(d), d)};
}

static bool is_ellipsis(const TensorIndex& i) { return std::holds_alternative<indexing::EllipsisIndexType>(i.value); }

static Picked picked(const Tensor& x, const Indices& indices) {
  std::int64_t whole = x.dim();  // dims that "..." stands for
  int dots = 0;
  for (const TensorIndex& i : indices) {
    const auto* t = std::get_if<Tensor>(&i.value);
    const bool is_mask = t != nullptr && t->dtype() == kBool;
    const bool is_none = std::holds_alternative<std::monostate>(i.value);
    dots += is_ellipsis(i) ? 1 : 0;
    whole -= is_mask ? t->dim() : is_none || is_ellipsis(i) ? 0 : 1;
  }
  if (whole < 0) throw_index("index", "too many indices for tensor of dimension ", x.dim(), "; give one for each dim");
  if (dots > 1)
    throw_index("index", "an index can only have a single ellipsis ('...'); write the other dims as Slice()");
  Picked p{x, {}};
  std::int64_t d = 0, of_x = 0;  // the dims of the view, and of x, that the next index is about
  for (const TensorIndex& i : indices) {
    if (const auto* n = std::get_if<std::int64_t>(&i.value)) {
      const std::int64_t size = x.size(of_x);
      if (*n < -size || *n >= size)
        throw_index("index", "index ", *n, " is out of bounds for dimension ", of_x, " with size ", size,
                    "; give one from ", -size, " to ", size - 1);
      p.view = p.view.select(d, *n);
      ++of_x;
    } else if (const auto* s = std::get_if<indexing::Slice>(&i.value)) {
      p.view = p.view.slice(d++, s->start, s->stop, s->step);
      ++of_x;
    } else if (const auto* t = std::get_if<Tensor>(&i.value)) {
      const bool is_new = t->dtype() == kBool && t->dim() == 0;
      if (is_new) p.view = p.view.unsqueeze(d);
      for (Tensor& along : picks(*t, x, of_x)) {
        p.index.resize(static_cast<std::size_t>(++d));
        p.index.back() = std::move(along);
        of_x += is_new ? 0 : 1;
      }
    } else if (is_ellipsis(i)) {
      d += whole;
      of_x += whole;
    } else {
      p.view = p.view.unsqueeze(d++);
    }
  }
  return p;
}

// --- the positions of the picked elements
static Tensor joined_positions(const Tensor& at, const Tensor& along) {
  try {
    return at.add(along);
  } catch (const ShapeError&) {
    throw_shape("index", "shape mismatch: indexing tensors could not be broadcast together with shapes ", at.sizes(),
                ", ", along.sizes(), "; give them sizes that broadcast");
  }
}

// The positions of the picked elements in a tensor where element (i, j, ..) of p.view is at offset + i strides[0] +
// j strides[1] + ..
//
// The dims of the result. The index tensors broadcast together to `n_picked` dims. The dims of p.view without an index
// tensor, the whole dims, stay in their order. The picked dims take the place of the index tensors where these are
// neighbours (one run), with `n_before` whole dims before them; else they come first.
//
// A position is the sum of a term for each dim of p.view: the index tensor, or for a whole dim the coordinates along
// it, times the stride. Each term gets as many dims of size 1 behind its own as the result has there, so that they
// broadcast.
static Tensor positions(Picked p, IntList strides, std::int64_t offset) {
  const std::size_t rank = strides.size();
  p.index.resize(rank);
  Tensor at = full({}, offset);
  std::int64_t n_whole = 0, n_before = 0, runs = 0;
  for (std::size_t d = 0; d < rank; ++d) {
    if (!p.index[d].defined()) {
      ++n_whole;
      continue;
    }
    at = joined_positions(at, p.index[d].mul(strides[d]));
    const bool starts_run = d == 0 || !p.index[d - 1].defined();
    if (starts_run && ++runs == 1) n_before = n_whole;
  }
  if (runs != 1) n_before = 0;
  const std::int64_t n_picked = at.dim();
  if (n_picked + n_whole > kMaxRank)
    throw_shape("index", "the result would have more than ", kMaxRank, " dims; index in two steps");

  Dims sizes = at.sizes();
  if (p.view.numel() == 0) {  // no positions: sizes alone, which may be huge beside the 0
    int k = 0;                // of the whole dims
    for (std::size_t d = 0; d < rank; ++d) {
      if (p.index[d].defined()) continue;
      sizes.insert(static_cast<int>(k < n_before ? k : n_picked + k), p.view.sizes()[d]);
      ++k;
    }
    return zeros(sizes, kLong);
  }
  for (std::int64_t k = n_before; k < n_whole; ++k) sizes.push_back(1);
  at = at.view(sizes);
  std::int64_t k = n_whole;
  for (std::size_t d = rank; d-- > 0;) {
    if (p.index[d].defined()) continue;
    --k;  // of the whole dims, from the last
    const std::int64_t n_behind = n_whole - 1 - k + (k < n_before ? n_picked : 0);
    at = at.add(coordinates(p.view.sizes()[d], strides[d], n_behind));
  }
  return at;
}

// The positions in x, in logical order; only x's sizes count.
static Tensor positions_in(const Tensor& x, const Indices& indices) {
  const NoGradGuard no_grad;
  const Tensor base = x.is_contiguous() ? x.detach() : empty(x.sizes(), kBool);
  Picked p = picked(base, indices);
  const auto offset = (p.view.impl()->data - base.impl()->data) / base.element_size();
  const IntList strides = p.view.sizes().empty() ? IntList() : p.view.strides();
  return positions(p, strides, offset);
}

// --- index: a view, or elements taken
constexpr Op kIndex = take_op("index", "IndexBackward0");
TensorItem TensorOps::index(const std::vector<TensorIndex>& indices) const {
  const auto taken = [&] {
    const Picked p = picked(self(), indices);
    if (p.index.empty()) return p.view.is_same(self()) ? self().view(self().sizes()) : p.view;
    const Tensor like = empty(p.view.sizes(), kBool);
    return apply(kIndex, p.view, positions(p, like.strides(), 0));
  };
  TensorItem item(taken(), self());
  item.indices_ = std::make_shared<const std::vector<TensorIndex>>(indices);
  return item;
}

// --- index_put_
// Whether a mask is the only tensor among the indices: as in PyTorch, one element then fills what it chooses, whatever
// its dims.
static bool is_one_mask(const Indices& indices) {
  const Tensor* only = nullptr;
  for (const TensorIndex& i : indices) {
    const auto* t = std::get_if<Tensor>(&i.value);
    if (t == nullptr) continue;
    if (only != nullptr) return false;
    only = t;
  }
  return only != nullptr && as_mask(*only).dtype() == kBool;
}
static Tensor& put(const Tensor& x, const Indices& indices, const Tensor& value, bool accumulate) {
  const Tensor at = positions_in(x, indices);
  Tensor values;
  try {
    values = (value.numel() == 1 && !accumulate && is_one_mask(indices) ? value.reshape({}) : value).expand(at.sizes());
  } catch (const ShapeError&) {
    throw_shape("index_put_", "shape mismatch: value tensor of shape ", value.sizes(),
                " cannot be broadcast to indexing result of shape ", at.sizes(), "; give a value that broadcasts");
  }
  return write(accumulate ? kPutAdd : kPut, x, at, values);
}
Tensor& TensorOps::index_put_(const std::vector<TensorIndex>& indices, const Tensor& value, bool accumulate) const {
  return put(self(), indices, value, accumulate);
}
Tensor& TensorOps::index_put_(const std::vector<TensorIndex>& indices, const Scalar& value, bool accumulate) const {
  return put(self(), indices, scalar_tensor(value, self().dtype()), accumulate);
}

// --- t[i], t[i][j] = value
TensorItem Tensor::operator[](std::int64_t index) const {
  TensorItem item(select(0, index), *this);
  item.path_[item.length_++] = index < 0 ? index + size(0) : index;
  return item;
}
TensorItem TensorItem::operator[](std::int64_t index) const {
  if (indices_ != nullptr) return Tensor::operator[](index);
  TensorItem item = *this;
  static_cast<Tensor&>(item) = select(0, index);
  item.path_[item.length_++] = index < 0 ? index + size(0) : index;
  return item;
}
void TensorItem::assign(const Tensor& value) const {
  put(base_, indices_ != nullptr ? *indices_ : Indices{path_, path_ + length_}, value, false);
}
void TensorItem::operator=(const Tensor& value) && { assign(value); }
void TensorItem::operator=(const Scalar& value) && { assign(scalar_tensor(value, dtype())); }

}  // namespace tapegrad
