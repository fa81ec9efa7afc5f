// Views: other sizes and strides over the same bytes; and reshape, flatten, which copy where no view exists.
#include <algorithm>
#include <utility>

#include "autograd/core/execute.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

static IntList list_of(Attrs attrs) { return {attrs.words, static_cast<std::size_t>(attrs.count)}; }

// --- permute, transpose, t: the attributes are the dims of x in their new order
static void permute_shape(Call& c) {
  same_shape(c);
  c.offset = 0;
  for (int d = 0; d < c.rank; ++d) {
    const int from = static_cast<int>(c.attrs[d]);
    c.sizes[d] = c.in[0]->sizes()[from];
    c.strides[d] = c.in[0]->strides()[from];
  }
}
static void permute_vjp(Grads& r) {
  std::int64_t inverse[kMaxRank];
  const int n = r.attrs().count;
  for (int d = 0; d < n; ++d) inverse[r.attrs()[d]] = d;
  r.set(0, r.g().permute({inverse, static_cast<std::size_t>(n)}));
}
constexpr Op kPermute{
    .name = "permute", .grad_name = "PermuteBackward0", .flags = kViewOp, .shape = permute_shape, .vjp = permute_vjp};
Tensor permute(const Tensor& x, IntList dims) {
  const int n = static_cast<int>(x.dim());
  if (dims.size() != static_cast<std::size_t>(n)) {
    throw_shape("permute",
                "number of dimensions in the tensor input does not match the length of the desired ordering of "
                "dimensions i.e. input.dim() = ",
                n, " is not equal to len(dims) = ", dims.size(), "; name each dim once");
  }
  std::int64_t order[kMaxRank];
  bool seen[kMaxRank] = {};
  for (int d = 0; d < n; ++d) {
    order[d] = wrap_dim("permute", dims[static_cast<std::size_t>(d)], n);
    if (std::exchange(seen[order[d]], true))
      throw_shape("permute", "duplicate dims are not allowed: got ", dims, "; name each dim once");
  }
  return apply(kPermute, x, {order, n});
}
Tensor TensorOps::permute(IntList dims) const { return tapegrad::permute(self(), dims); }

static Tensor transposed(const Op& op, const Tensor& x, int a, int b) {
  std::int64_t dims[kMaxRank];
  const int n = static_cast<int>(x.dim());
  for (int d = 0; d < n; ++d) dims[d] = d == a ? b : d == b ? a : d;
  return apply(op, x, {dims, n});
}
constexpr Op kTranspose{.name = "transpose",
                        .grad_name = "TransposeBackward0",
                        .flags = kViewOp,
                        .shape = permute_shape,
                        .vjp = permute_vjp};
Tensor transpose(const Tensor& x, std::int64_t dim0, std::int64_t dim1) {
  return transposed(kTranspose, x, wrap_dim("transpose", dim0, x.dim()), wrap_dim("transpose", dim1, x.dim()));
}
Tensor TensorOps::transpose(std::int64_t a, std::int64_t b) const { return tapegrad::transpose(self(), a, b); }

Tensor swapaxes(const Tensor& x, std::int64_t dim0, std::int64_t dim1) { return transpose(x, dim0, dim1); }
Tensor TensorOps::swapaxes(std::int64_t a, std::int64_t b) const { return transpose(a, b); }
Tensor swapdims(const Tensor& x, std::int64_t dim0, std::int64_t dim1) { return transpose(x, dim0, dim1); }
Tensor TensorOps::swapdims(std::int64_t a, std::int64_t b) const { return transpose(a, b); }

Tensor movedim(const Tensor& x, IntList source, IntList destination) try {
  const int n = static_cast<int>(x.dim());
  if (source.size() != destination.size()) {
    throw_shape("movedim", "Invalid source or destination dims: source (", source,
                ") should contain the same number of dims as destination (", destination, "); give a place for each");
  }
  std::int64_t order[kMaxRank];
  std::fill_n(order, kMaxRank, -1);
  bool moved[kMaxRank] = {};
  for (std::size_t k = 0; k < source.size(); ++k) {
    const int from = wrap_dim("movedim", source[k], n), to = wrap_dim("movedim", destination[k], n);
    if (std::exchange(moved[from], true) || order[to] >= 0)
      throw_shape("movedim", "repeated dim in source ", source, " or destination ", destination, "; name each once");
    order[to] = from;
  }
  int next = 0;
  for (int d = 0; d < n; ++d) {
    if (order[d] >= 0) continue;
    while (moved[next]) ++next;
    order[d] = next++;
  }
  return x.permute({order, static_cast<std::size_t>(n)});
} catch (const Error&) {
  throw_as("movedim");
}
Tensor TensorOps::movedim(IntList source, IntList destination) const {
  return tapegrad::movedim(self(), source, destination);
}

constexpr Op kT{.name = "t", .grad_name = "TBackward0", .flags = kViewOp, .shape = permute_shape, .vjp = permute_vjp};
Tensor t(const Tensor& x) {
  if (x.dim() > 2) throw_shape("t", "expects a tensor with <= 2 dimensions, but self is ", x.dim(), "D; use transpose");
  return x.dim() < 2 ? transposed(kT, x, 0, 0) : transposed(kT, x, 0, 1);
}
Tensor TensorOps::t() const { return tapegrad::t(self()); }

// --- view: the attributes are the new sizes, whose product is x's

// Strides for new sizes. Sets the strides with which c's sizes show x's elements in x's order; false where there are
// none. x's dims fall into chunks: neighbouring dims that lie in memory like one dim of `chunk` elements, `step` apart.
// From the last dim on, new dims are taken until their product is that of the chunk. A new dim that needs elements of
// two chunks has no stride. (A dim of size 1 is never stepped along, so it fits into any chunk.)
static bool view_strides(const TensorImpl* x, Call& c) noexcept {
  if (x->numel == 0) {  // nothing is shown: the strides of a contiguous tensor
    std::int64_t stride = 1;
    for (int d = c.rank; d-- > 0;) {
      c.strides[d] = stride;
      stride *= std::max<std::int64_t>(c.sizes[d], 1);
    }
    return true;
  }
  int from = x->rank - 1, to = c.rank - 1;
  do {
    const std::int64_t step = from < 0 ? 1 : x->strides()[from];
    std::int64_t chunk = 1;
    while (from >= 0 && (x->sizes()[from] == 1 || x->strides()[from] == chunk * step)) chunk *= x->sizes()[from--];
    std::int64_t taken = 1;
    while (to >= 0 && (taken < chunk || c.sizes[to] == 1)) {
      c.strides[to] = taken * step;
      taken *= c.sizes[to--];
    }
    if (taken != chunk) return false;
  } while (from >= 0);
  return to < 0;
}

static void view_shape(Call& c) {
  c.dtype = c.in[0]->dtype;
  c.offset = 0;
  set_sizes(c, list_of(c.attrs));
  if (!view_strides(c.in[0], c)) {
    throw_shape(c.op->name,
                "view size is not compatible with input tensor's size and stride (at least one dimension spans across "
                "two contiguous subspaces); use .reshape(...) instead");
  }
}
static void view_vjp(Grads& r) { r.set(0, r.g().reshape(r.sizes(0))); }
constexpr Op kView{
    .name = "view", .grad_name = "ViewBackward0", .flags = kViewOp, .shape = view_shape, .vjp = view_vjp};

// The sizes with the -1 filled in; their product is numel.
static Dims inferred(const char* op, IntList sizes, std::int64_t numel) {
  if (sizes.size() > kMaxRank) checked_numel(op, sizes);
  Dims out = sizes;
  std::int64_t known = 1;
  int unknown = -1;
  const auto fail = [&] {
    throw_shape(op, "shape '", sizes, "' is invalid for input of size ", numel, "; give sizes whose product that is");
  };
  for (int d = 0; d < static_cast<int>(out.size()); ++d) {
    if (out[d] == -1) {
      if (unknown >= 0) throw_shape(op, "only one dimension can be inferred, but got sizes ", sizes, "; write one -1");
      unknown = d;
    } else if (out[d] < 0) {
      throw_shape(op, "invalid shape dimension ", out[d], " in ", sizes, "; give 0 or more, or -1 for what is left");
    } else if (__builtin_mul_overflow(known, out[d], &known)) {
      fail();
    }
  }
  if (unknown >= 0) {
    if (known == 0) {
      throw_shape(op, "cannot reshape tensor of ", numel, " elements into shape ", sizes,
                  " because the unspecified dimension size -1 can be any value and is ambiguous; give all sizes");
    }
    if (numel % known != 0) fail();
    out[unknown] = numel / known;
  } else if (known != numel) {
    fail();
  }
  checked_numel(op, out);
  return out;
}
Tensor TensorOps::view(IntList sizes) const { return apply(kView, self(), inferred("view", sizes, self().numel())); }
Tensor TensorOps::view_as(const Tensor& other) const try { return view(other.sizes()); } catch (const Error&) {
  throw_as("view_as");
}

Tensor reshape(const Tensor& x, IntList sizes) {
  const Dims to = inferred("reshape", sizes, x.numel());
  Call c{};
  set_sizes(c, to);
  return apply(kView, view_strides(x.impl(), c) ? x : contiguous_clone(x), to);
}
Tensor TensorOps::reshape(IntList sizes) const { return tapegrad::reshape(self(), sizes); }

Tensor flatten(const Tensor& x, std::int64_t start_dim, std::int64_t end_dim) {
  const int n = static_cast<int>(x.dim());
  const int start = wrap_dim("flatten", start_dim, n);
  const int end = wrap_dim("flatten", end_dim, n);
  if (start > end) throw_shape("flatten", "has invalid args: start_dim cannot come after end_dim; swap them");
  if (n == 0) return x.reshape({1});
  if (start == end) return x;
  Dims sizes;
  std::int64_t joined = 1;
  for (int d = 0; d < n; ++d) {
    if (d < start || d > end) sizes.push_back(x.size(d));
    if (d >= start && d <= end) joined *= x.size(d);
    if (d == end) sizes.push_back(joined);
  }
  return x.reshape(sizes);
}
Tensor TensorOps::flatten(std::int64_t start, std::int64_t end) const { return tapegrad::flatten(self(), start, end); }

// --- squeeze, unsqueeze: views without, or with another, dim of size 1
constexpr Op kSqueeze{
    .name = "squeeze", .grad_name = "SqueezeBackward0", .flags = kViewOp, .shape = view_shape, .vjp = view_vjp};
Tensor squeeze(const Tensor& x) {
  Dims sizes;
  for (const std::int64_t n : x.sizes())
    if (n != 1) sizes.push_back(n);
  return apply(kSqueeze, x, sizes);
}
Tensor TensorOps::squeeze() const { return tapegrad::squeeze(self()); }
Tensor squeeze(const Tensor& x, std::int64_t dim) {
  const int d = wrap_dim("squeeze", dim, x.dim());
  Dims sizes = x.sizes();
  if (!sizes.empty() && sizes[d] == 1) sizes.erase(d);
  return apply(kSqueeze, x, sizes);
}
Tensor TensorOps::squeeze(std::int64_t dim) const { return tapegrad::squeeze(self(), dim); }

constexpr Op kUnsqueeze{
    .name = "unsqueeze", .grad_name = "UnsqueezeBackward0", .flags = kViewOp, .shape = view_shape, .vjp = view_vjp};
Tensor unsqueeze(const Tensor& x, std::int64_t dim) {
  const int d = wrap_dim("unsqueeze", dim, x.dim() + 1);
  Dims sizes = x.sizes();
  sizes.insert(d, 1);
  checked_numel("unsqueeze", sizes);
  return apply(kUnsqueeze, x, sizes);
}
Tensor TensorOps::unsqueeze(std::int64_t dim) const { return tapegrad::unsqueeze(self(), dim); }

// --- expand: the attributes are the new sizes. The gradient has the output's shape, and so is summed on arrival.
static void expand_shape(Call& c) {
  const TensorImpl* x = c.in[0];
  c.dtype = x->dtype;
  c.offset = 0;
  set_sizes(c, list_of(c.attrs));
  const int shift = c.rank - x->rank;
  const auto fail = [&](const auto&... why) {
    throw_shape("expand", why..., ": target sizes: ", list_of(c.attrs), ", tensor sizes: ", x->size_list(),
                "; only dims of size 1, and new ones in front, expand");
  };
  if (shift < 0) {
    fail("the number of sizes provided (", c.rank,
         ") must be greater or equal to the number of dimensions in the tensor (", x->rank, ")");
  }
  for (int d = 0; d < c.rank; ++d) {
    const bool fresh = d < shift;
    if (c.sizes[d] == -1 && !fresh) c.sizes[d] = x->sizes()[d - shift];
    const std::int64_t n = fresh ? 1 : x->sizes()[d - shift];
    if (c.sizes[d] < 0) {
      fail("The expanded size of the tensor (", c.sizes[d], ") isn't allowed in a leading, non-existing dimension ", d);
    }
    if (n != c.sizes[d] && n != 1) {
      fail("The expanded size of the tensor (", c.sizes[d], ") must match the existing size (", n,
           ") at non-singleton dimension ", d);
    }
    c.strides[d] = fresh || n != c.sizes[d] ? 0 : x->strides()[d - shift];
  }
  checked_numel("expand", {c.sizes, static_cast<std::size_t>(c.rank)});
}
static void expand_vjp(Grads& r) { r.set(0, r.g()); }
constexpr Op kExpand{
    .name = "expand", .grad_name = "ExpandBackward0", .flags = kViewOp, .shape = expand_shape, .vjp = expand_vjp};
Tensor TensorOps::expand(IntList sizes) const {
  if (sizes.size() > kMaxRank) checked_numel("expand", sizes);
  return apply(kExpand, self(), {sizes.data(), static_cast<int>(sizes.size())});
}
Tensor TensorOps::expand_as(const Tensor& other) const try { return expand(other.sizes()); } catch (const Error&) {
  throw_as("expand_as");
}

Tensor broadcast_to(const Tensor& x, IntList sizes) try { return x.expand(sizes); } catch (const Error&) {
  throw_as("broadcast_to");
}
Tensor TensorOps::broadcast_to(IntList sizes) const { return tapegrad::broadcast_to(self(), sizes); }

std::vector<Tensor> broadcast_tensors(const std::vector<Tensor>& tensors) try {
  if (tensors.empty()) return {};
  std::vector<TensorImpl*> in;
  for (const Tensor& t : tensors) {
    if (!t.defined()) throw_autograd("broadcast_tensors", "an undefined tensor is in the list; give it a value first");
    in.push_back(t.impl());
  }
  Call c = call_of(kExpand, in.data(), static_cast<int>(in.size()), {});
  broadcast_shape(c);
  std::vector<Tensor> out;
  for (const Tensor& t : tensors) out.push_back(t.expand({c.sizes, static_cast<std::size_t>(c.rank)}));
  return out;
} catch (const Error&) {
  throw_as("broadcast_tensors");
}

std::vector<Tensor> meshgrid(const std::vector<Tensor>& tensors, const std::string& indexing) try {
  const bool swaps = indexing == "xy" && tensors.size() > 1;
  if (indexing != "ij" && indexing != "xy") {
    throw_value("meshgrid", "indexing must be one of \"xy\" or \"ij\", but received: ", indexing, "; give one of them");
  }
  if (tensors.size() > kMaxRank) throw_shape("meshgrid", "gives at most ", kMaxRank, " dims; give fewer vectors");
  std::vector<Tensor> lines = tensors;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    if (lines[k].dim() > 1 || lines[k].dtype() != lines[0].dtype()) {
      throw_shape("meshgrid", "Expected 0D or 1D tensors of one dtype in the tensor list but got: ", lines[k].dtype(),
                  " of sizes ", lines[k].sizes(), "; flatten() or convert it");
    }
    Dims sizes;
    for (std::size_t d = 0; d < lines.size(); ++d) sizes.push_back(d == (swaps && k < 2 ? 1 - k : k) ? -1 : 1);
    lines[k] = lines[k].reshape(sizes);
  }
  return broadcast_tensors(lines);
} catch (const Error&) {
  throw_as("meshgrid");
}

}  // namespace tapegrad
