// Rearranged copies: repeat, tile, flip, fliplr, flipud, roll, pad, tril, triu.
#include <algorithm>
#include <cstring>
#include <utility>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

// --- repeat
Tensor repeat(const Tensor& x, IntList repeats) try {
  if (static_cast<std::int64_t>(repeats.size()) < x.dim()) {
    throw_shape("repeat",
                "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor: got ",
                repeats, " for sizes ", x.sizes(), "; give a number for each dim");
  }
  if (repeats.size() > kMaxRank) checked_numel("repeat", repeats);
  Dims times = repeats, sizes = x.sizes();
  while (sizes.size() < times.size()) sizes.insert(0, 1);
  Tensor out = x.view(sizes);
  Dims all = sizes;
  for (std::int64_t d = 0; d < out.dim(); ++d) {
    if (times[d] < 0)
      throw_shape("repeat", "Trying to create tensor with negative dimension: got ", repeats, "; give 0 or more");
    if (__builtin_mul_overflow(all[d], times[d], &all[d]))
      throw_shape("repeat", "the sizes overflow with ", repeats, "; use smaller repeats");
    if (times[d] == 0) out = out.narrow(d, 0, 0);
  }
  checked_numel("repeat", all);
  if (out.numel() == 0) return contiguous_clone(out.reshape(all));
  std::int64_t before = 1;
  for (std::int64_t d = 0; d < out.dim(); ++d) {
    const std::int64_t rest = out.numel() / before;
    sizes[d] = all[d];
    if (times[d] > 1) out = out.reshape({before, 1, rest}).expand({before, times[d], rest}).reshape(sizes);
    before *= all[d];
  }
  // Each dim that repeats a dim of size 1 may be a view of what was there before.
  return out.impl()->storage == x.impl()->storage || !out.is_contiguous() ? contiguous_clone(out) : out;
} catch (const Error&) {
  throw_as("repeat");
}
Tensor TensorOps::repeat(IntList repeats) const { return tapegrad::repeat(self(), repeats); }

Tensor tile(const Tensor& x, IntList repeats) try {
  Dims all = repeats;
  if (repeats.size() > kMaxRank) checked_numel("tile", repeats);
  while (static_cast<std::int64_t>(all.size()) < x.dim()) all.insert(0, 1);
  return x.repeat(all);
} catch (const Error&) {
  throw_as("tile");
}
Tensor TensorOps::tile(IntList repeats) const { return tapegrad::tile(self(), repeats); }

// --- flip
Tensor flip(const Tensor& x, IntList dims) try {
  Tensor out = x;
  bool seen[kMaxRank] = {};
  for (const std::int64_t dim : dims) {
    const int d = wrap_dim("flip", dim, x.dim());
    if (std::exchange(seen[d], true))
      throw_shape("flip", "dim ", d, " appears multiple times in the list of dims; name it once");
    if (x.dim() > 0) out = out.index_select(d, arange(x.size(d) - 1, -1, -1));
  }
  return out.is_same(x) ? x.clone() : out;
} catch (const Error&) {
  throw_as("flip");
}
Tensor TensorOps::flip(IntList dims) const { return tapegrad::flip(self(), dims); }

Tensor fliplr(const Tensor& x) {
  if (x.dim() < 2) throw_shape("fliplr", "Input must be >= 2-d, but got sizes ", x.sizes(), "; view() it as a matrix");
  return x.flip(1);
}
Tensor TensorOps::fliplr() const { return tapegrad::fliplr(self()); }
Tensor flipud(const Tensor& x) {
  if (x.dim() < 1) throw_shape("flipud", "Input must be >= 1-d, but got sizes []; view({1}) it");
  return x.flip(0);
}
Tensor TensorOps::flipud() const { return tapegrad::flipud(self()); }

// --- roll
Tensor roll(const Tensor& x, IntList shifts, IntList dims) try {
  if (dims.empty() && shifts.size() == 1) return roll(x.reshape({-1}), shifts, 0).reshape(x.sizes());
  if (shifts.empty() || shifts.size() != dims.size()) {
    throw_shape("roll", "shifts and dimensions must align, but got shifts ", shifts, " and dims ", dims,
                "; give a shift for each dim");
  }
  Tensor out = x.clone();
  for (std::size_t k = 0; k < dims.size(); ++k) {
    const std::int64_t d = dims[k], n = x.size(d);
    if (n == 0) continue;
    const std::int64_t shift = (shifts[k] % n + n) % n;
    out = cat({out.narrow(d, n - shift, shift), out.narrow(d, 0, n - shift)}, d);
  }
  return out;
} catch (const Error&) {
  throw_as("roll");
}
Tensor TensorOps::roll(IntList shifts, IntList dims) const { return tapegrad::roll(self(), shifts, dims); }

// --- pad

// x without what negative pads cut off; a copy where there are no pads. Throws where x with all pads would have
// impossible sizes.
static Tensor cut(const Tensor& x, IntList pads) {
  Tensor out = pads.empty() ? x.clone() : x;
  Dims sizes = x.sizes();
  for (std::size_t i = 0; i < pads.size(); i += 2) {
    const std::int64_t d = x.dim() - 1 - static_cast<std::int64_t>(i / 2);
    const std::int64_t n = x.size(d);
    const std::int64_t left = std::min<std::int64_t>(pads[i], 0);
    const std::int64_t right = std::min<std::int64_t>(pads[i + 1], 0);
    if (left < -n || right < -n - left)
      throw_shape("pad", "The pads ", pads, " cut off more than dimension ", d, " of sizes ", x.sizes(),
                  "; cut off less");
    out = out.narrow(d, -left, n + left + right);
    if (__builtin_add_overflow(n + left + right, pads[i] - left, &sizes[d]) ||
        __builtin_add_overflow(sizes[d], pads[i + 1] - right, &sizes[d]))
      throw_shape("pad", "the sizes overflow with pads ", pads, "; use smaller pads");
  }
  checked_numel("pad", sizes);
  return out;
}
// Zeros around x, in one pass. Attributes: how many before each dim of x, then the sizes of all.
static void zero_pad_shape(Call& c) {
  c.dtype = c.in[0]->dtype;
  const int rank = c.in[0]->rank;
  set_sizes(c, {c.attrs.words + rank, static_cast<std::size_t>(rank)});
}
static void run_zero_pad(const Call& c) noexcept {
  fill_zero(c.out);
  std::int64_t at = 0;
  for (int d = 0; d < c.out->rank; ++d) at += c.attrs[d] * c.out->strides()[d];
  const auto item = static_cast<std::uint8_t>(item_size(c.out->dtype));
  kernels::Operand o[] = {{c.out->data + at * item, {}, item}, operand_of(c.in[0], c.out->rank)};
  std::copy_n(c.out->strides(), c.out->rank, o[0].strides);
  kernels::map(kernels::cast_loop(c.out->dtype, c.out->dtype), o, 1, c.in[0]->sizes(), c.out->rank, nullptr);
}
static void zero_pad_vjp(Grads& r) {
  Tensor g = r.g();
  for (int d = 0; d < g.dim(); ++d) g = g.narrow(d, r.attrs()[d], r.sizes(0)[static_cast<std::size_t>(d)]);
  r.set(0, g);
}
constexpr Op kZeroPad{.name = "pad",
                      .grad_name = "ConstantPadNdBackward0",
                      .flags = kTakesStrided | kAnyDtype,
                      .shape = zero_pad_shape,
                      .kernel = run_zero_pad,
                      .vjp = zero_pad_vjp};

Tensor pad(const Tensor& x, IntList pads, const Scalar& value) try {
  if (pads.size() % 2 != 0 || static_cast<std::int64_t>(pads.size()) > 2 * x.dim()) {
    throw_shape("pad", "Length of pad must be even and at most twice the number of dims: got ", pads, " for sizes ",
                x.sizes(), "; give two for each dim from the last");
  }
  // The cuts come first, so that nothing large is made on the way to a small result.
  Tensor out = cut(x, pads);
  if (value.to_double() == 0) {
    Dims before = out.sizes(), sizes = out.sizes();
    for (std::int64_t d = 0; d < out.dim(); ++d) {
      const auto i = 2 * static_cast<std::size_t>(out.dim() - 1 - d);
      before[d] = i < pads.size() ? std::max<std::int64_t>(pads[i], 0) : 0;
      sizes[d] += i < pads.size() ? before[d] + std::max<std::int64_t>(pads[i + 1], 0) : 0;
    }
    std::int64_t words[2 * kMaxRank];
    std::copy_n(before.operator IntList().begin(), out.dim(), words);
    std::copy_n(sizes.operator IntList().begin(), out.dim(), words + out.dim());
    return apply(kZeroPad, out, {words, 2 * static_cast<int>(out.dim())});
  }
  for (std::size_t i = 0; i < pads.size(); i += 2) {
    const std::int64_t d = x.dim() - 1 - static_cast<std::int64_t>(i / 2);
    const auto strip = [&](std::int64_t width) {
      Dims sizes = out.sizes();
      sizes[d] = std::max<std::int64_t>(width, 0);
      return scalar_tensor(value, x.dtype()).expand(sizes);
    };
    out = cat({strip(pads[i]), out, strip(pads[i + 1])}, d);
  }
  return out;
} catch (const Error&) {
  throw_as("pad");
}

Tensor constant_pad_nd(const Tensor& x, IntList pads, const Scalar& value) { return pad(x, pads, value); }

// --- tril, triu: x where column - row is at most (for tril) or at least (for triu) the diagonal, and 0 elsewhere. Each
// is its own gradient.
namespace {
struct TriangleAttrs {
  std::int64_t diagonal;  // not past the corners, where row + diagonal would wrap around
};
}  // namespace

template <bool kLower>
static void run_triangle(const Call& c) noexcept {
  const std::int64_t rows = c.sizes[c.rank - 2], columns = c.sizes[c.rank - 1];
  const auto item = static_cast<std::int64_t>(item_size(c.dtype));
  for (std::int64_t i = 0; i * columns < c.out->numel; ++i) {
    const std::int64_t cut = std::clamp<std::int64_t>(i % rows + c.attrs[0] + kLower, 0, columns) * item;
    std::byte* const to = c.out->data + i * columns * item;
    const std::byte* const from = c.in[0]->data + i * columns * item;
    const auto left = static_cast<std::size_t>(cut), right = static_cast<std::size_t>(columns * item - cut);
    kLower ? std::memcpy(to, from, left) : std::memset(to, 0, left);
    kLower ? std::memset(to + cut, 0, right) : std::memcpy(to + cut, from + cut, right);
  }
}
static void triangle_vjp(Grads& r) { r.set(0, apply(r.op(), r.g(), r.attrs())); }
constexpr Op kTril{.name = "tril",
                   .grad_name = "TrilBackward0",
                   .shape = same_shape,
                   .kernel = run_triangle<true>,
                   .vjp = triangle_vjp};
constexpr Op kTriu{.name = "triu",
                   .grad_name = "TriuBackward0",
                   .shape = same_shape,
                   .kernel = run_triangle<false>,
                   .vjp = triangle_vjp};
static Tensor triangle(const Op& op, const Tensor& x, std::int64_t k) {
  if (x.dim() < 2)
    throw_shape(op.name, "input tensor must have at least 2 dimensions, but got sizes ", x.sizes(),
                "; view() it as a matrix");
  return apply(op, x, pack(TriangleAttrs{std::clamp(k, -x.size(-2), x.size(-1))}));
}
Tensor tril(const Tensor& x, std::int64_t diagonal) { return triangle(kTril, x, diagonal); }
Tensor TensorOps::tril(std::int64_t diagonal) const { return tapegrad::tril(self(), diagonal); }
Tensor triu(const Tensor& x, std::int64_t diagonal) { return triangle(kTriu, x, diagonal); }
Tensor TensorOps::triu(std::int64_t diagonal) const { return tapegrad::triu(self(), diagonal); }

}  // namespace tapegrad
