// Rearranged copies: repeat, tile, flip, fliplr, flipud, roll, pad, tril, triu.
#include <algorithm>
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
  if (out.numel() == 0) return out.reshape(all).clone();
  std::int64_t before = 1;
  for (std::int64_t d = 0; d < out.dim(); ++d) {
    const std::int64_t rest = out.numel() / before;
    sizes[d] = all[d];
    if (times[d] > 1) out = out.reshape({before, 1, rest}).expand({before, times[d], rest}).reshape(sizes);
    before *= all[d];
  }
  return out.clone();
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
  Tensor out = x.clone();
  bool seen[kMaxRank] = {};
  for (const std::int64_t dim : dims) {
    const int d = wrap_dim("flip", dim, x.dim());
    if (std::exchange(seen[d], true))
      throw_shape("flip", "dim ", d, " appears multiple times in the list of dims; name it once");
    if (x.dim() > 0) out = out.index_select(d, arange(x.size(d) - 1, -1, -1));
  }
  return out;
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

// A copy of x without what negative pads cut off. Throws where x with all pads would have impossible sizes.
static Tensor cut(const Tensor& x, IntList pads) {
  Tensor out = x.clone();
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
Tensor pad(const Tensor& x, IntList pads, const Scalar& value) try {
  if (pads.size() % 2 != 0 || static_cast<std::int64_t>(pads.size()) > 2 * x.dim()) {
    throw_shape("pad", "Length of pad must be even and at most twice the number of dims: got ", pads, " for sizes ",
                x.sizes(), "; give two for each dim from the last");
  }
  // The cuts come first, so that nothing large is made on the way to a small result.
  Tensor out = cut(x, pads);
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

// --- tril, triu: x where column - row is at most (for tril) or at least (for triu) k, and 0 elsewhere
static Tensor triangle(const char* op, const Tensor& x, bool lower, std::int64_t k) try {
  if (x.dim() < 2)
    throw_shape(op, "input tensor must have at least 2 dimensions, but got sizes ", x.sizes(),
                "; view() it as a matrix");
  const Tensor right = arange(x.size(-1)).sub(arange(x.size(-2)).unsqueeze(1));
  return where(lower ? right.le(k) : right.ge(k), x, scalar_tensor(0, x.dtype()));
} catch (const Error&) {
  throw_as(op);
}
Tensor tril(const Tensor& x, std::int64_t diagonal) { return triangle("tril", x, true, diagonal); }
Tensor TensorOps::tril(std::int64_t diagonal) const { return tapegrad::tril(self(), diagonal); }
Tensor triu(const Tensor& x, std::int64_t diagonal) { return triangle("triu", x, false, diagonal); }
Tensor TensorOps::triu(std::int64_t diagonal) const { return tapegrad::triu(self(), diagonal); }

}  // namespace tapegrad
