#include <tapegrad/nn/layers/grid_sample.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

using functional::GridSampleFuncOptions;

GridPaddingChoice::GridPaddingChoice(PadMode zeros) {
  if (zeros != PadMode::Constant)
    core::throw_value("grid_sample",
                      "of the paddings of other layers only kZeros is one; give kZeros, kBorder or kReflection");
}

namespace {

std::vector<std::int64_t> behind_channels(IntList sizes) { return {sizes.begin() + 2, sizes.end()}; }

// Places along a dim of `size` elements, in elements.
Tensor in_elements(const Tensor& at, std::int64_t size, bool corners) {
  const auto n = static_cast<double>(size);
  return corners ? (at + 1) * ((n - 1) / 2) : ((at + 1) * n - 1) / 2;
}

// Mirrored at both ends until it lies between them: the middles of the outer elements, or their edges.
Tensor reflected(const Tensor& at, std::int64_t size, bool corners) {
  const double low = corners ? 0 : -0.5, span = static_cast<double>(corners ? size - 1 : size);
  if (span == 0) return at * 0;
  const Tensor distance = (at - low).abs(), turns = (distance.detach() / span).floor();
  const Tensor rest = distance - turns * span;
  return where(turns.remainder(2).eq(0), rest, span - rest) + low;
}

Tensor padded(const Tensor& at, std::int64_t size, const GridSampleFuncOptions& o, bool corners) {
  if (!o.padding_mode().value) return at;
  const bool mirrors = *o.padding_mode().value == GridPadding::Reflection;
  return (mirrors ? reflected(at, size, corners) : at).clamp(0, static_cast<double>(size - 1));
}

// The elements of an image at whole places, one tensor a dim; zeros outside.
class Elements {
 public:
  Elements(const Tensor& x, std::int64_t dims) : x_(x.flatten(-dims)), sizes_(behind_channels(x.sizes())) {}

  Tensor at(const std::vector<Tensor>& places) const {
    Tensor flat, inside;
    for (std::size_t d = 0; d < places.size(); ++d) {
      const std::int64_t last = sizes_[d] - 1;
      const Tensor in = places[d].ge(0).logical_and(places[d].le(static_cast<double>(last)));
      const Tensor place = where(in, places[d], 0).to(kLong);  // NaN is outside, too
      flat = d == 0 ? place : flat * sizes_[d] + place;
      inside = d == 0 ? in : inside.logical_and(in);
    }
    const std::int64_t n = x_.size(0), c = x_.size(1), count = flat.numel() / std::max<std::int64_t>(n, 1);
    const Tensor taken = x_.gather(2, flat.view({n, 1, count}).expand({n, c, count}));
    std::vector<std::int64_t> sizes = flat.sizes().vec();
    sizes.insert(sizes.begin() + 1, c);
    return taken.view(sizes) * inside.to(x_.dtype()).unsqueeze(1);
  }

 private:
  Tensor x_;
  std::vector<std::int64_t> sizes_;
};

// The sum over all corners of what surrounds the places: their elements times their weights.
Tensor between(const Elements& elements, const std::vector<Tensor>& at) {
  std::vector<Tensor> low;
  for (const Tensor& a : at) low.push_back(a.detach().floor());
  Tensor sum;
  for (unsigned corner = 0; corner < 1U << at.size(); ++corner) {
    std::vector<Tensor> places;
    Tensor weight;
    for (std::size_t d = 0; d < at.size(); ++d) {
      const bool upper = (corner >> d & 1U) != 0;
      places.push_back(upper ? low[d] + 1 : low[d]);
      const Tensor w = upper ? at[d] - low[d] : low[d] + 1 - at[d];
      weight = d == 0 ? w : weight * w;
    }
    const Tensor term = elements.at(places) * weight.unsqueeze(1);
    sum = corner == 0 ? term : sum + term;
  }
  return sum;
}

Tensor cubic(const Elements& elements, const std::vector<Tensor>& at, const std::vector<std::int64_t>& sizes,
             const GridSampleFuncOptions& o, bool corners) {
  std::vector<Tensor> low;
  std::vector<std::array<Tensor, 4>> weights;
  for (const Tensor& a : at) {
    low.push_back(a.detach().floor());
    weights.push_back(detail::cubic_weights(a - low.back()));
  }
  Tensor sum;
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) {
      const Tensor term =
          elements.at({padded(low[0] + (i - 1), sizes[0], o, corners).round(),
                       padded(low[1] + (j - 1), sizes[1], o, corners).round()}) *
          (weights[0][static_cast<std::size_t>(i)] * weights[1][static_cast<std::size_t>(j)]).unsqueeze(1);
      sum = i + j == 0 ? term : sum + term;
    }
  }
  return sum;
}

void check(const Tensor& x, const Tensor& grid, InterpolateMode mode) {
  const std::int64_t dims = x.dim() - 2;
  if (x.dim() != grid.dim() || (dims != 2 && dims != 3))
    core::throw_shape("grid_sample",
                      "expected 4D or 5D input and grid with same number of dimensions, but got input with sizes ",
                      x.sizes(), " and grid with sizes ", grid.sizes(), "; give [n, c, h, w] and [n, h, w, 2]");
  if (x.size(0) != grid.size(0))
    core::throw_shape("grid_sample", "expected grid and input to have same batch size, but got input with sizes ",
                      x.sizes(), " and grid with sizes ", grid.sizes(), "; give a grid for each");
  if (grid.size(-1) != dims)
    core::throw_shape("grid_sample", "expected grid to have size ", dims,
                      " in last dimension, but got grid with sizes ", grid.sizes(), "; give a place along each dim");
  for (std::int64_t d = 2; d < x.dim(); ++d) {
    if (x.size(d) == 0)
      core::throw_shape("grid_sample", "expected input to have non-empty spatial dimensions, but input has sizes ",
                        x.sizes(), " with dimension ", d, " being empty; give larger ones");
  }
  if (mode != InterpolateMode::Bilinear && mode != InterpolateMode::Nearest &&
      (mode != InterpolateMode::Bicubic || dims != 2))
    core::throw_value("grid_sample",
                      "mode needs to be kBilinear, kNearest or, of images alone, kBicubic; give one of these");
}

}  // namespace

std::array<Tensor, 4> detail::cubic_weights(const Tensor& t) {
  constexpr double a = -0.75;
  const auto near = [](const Tensor& d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
  const auto far = [](const Tensor& d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
  return {far(t + 1), near(t), near(1 - t), far(2 - t)};
}

Tensor functional::grid_sample(const Tensor& x, const Tensor& grid, const GridSampleFuncOptions& options) try {
  const InterpolateMode mode = options.mode().value;
  check(x, grid, mode);
  const std::int64_t dims = x.dim() - 2;
  const bool corners = options.align_corners().value_or(false);
  const std::vector<std::int64_t> sizes = behind_channels(x.sizes());
  const Elements elements(x, dims);
  std::vector<Tensor> at;  // in the order of the dims; a place names the last dim first
  for (std::int64_t d = 0; d < dims; ++d) {
    const std::int64_t size = x.size(d + 2);
    const Tensor place = in_elements(grid.select(-1, dims - 1 - d), size, corners);
    at.push_back(mode == InterpolateMode::Bicubic ? place : padded(place, size, options, corners));
  }
  if (mode == InterpolateMode::Bicubic) return cubic(elements, at, sizes, options, corners);
  if (mode == InterpolateMode::Bilinear) return between(elements, at);
  for (Tensor& a : at) a = a.detach().round();
  return elements.at(at);
} catch (const Error&) {
  core::throw_as("grid_sample");
}

Tensor functional::affine_grid(const Tensor& theta, IntList size, bool align_corners) try {
  const auto dims = static_cast<std::int64_t>(size.size()) - 2;
  if (dims != 2 && dims != 3)
    core::throw_value("affine_grid",
                      "only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size ", size,
                      "; give [n, c, h, w] or [n, c, d, h, w]");
  if (theta.sizes() != IntList({size[0], dims, dims + 1}))
    core::throw_shape("affine_grid", "Expected a batch of ", dims, "D affine matrices of shape Nx", dims, "x", dims + 1,
                      " for size ", size, ". Got ", theta.sizes(), "; give a matrix for each of n");
  std::vector<std::int64_t> all = behind_channels(size);
  std::vector<Tensor> places;  // the last dim first, then ones
  for (std::int64_t d = dims; d-- > 0;) {
    const std::int64_t n = size[static_cast<std::size_t>(d) + 2];
    const double reach = align_corners || n == 0 ? 1 : static_cast<double>(n - 1) / static_cast<double>(n);
    std::vector<std::int64_t> along(static_cast<std::size_t>(dims), 1);
    along[static_cast<std::size_t>(d)] = n;
    const Tensor line = n == 1 ? zeros({1}, theta.dtype()) : linspace(-1, 1, n, theta.dtype()) * reach;
    places.push_back(line.view(along).expand(all));
  }
  places.push_back(ones(all, theta.dtype()));
  const Tensor base = stack(places, -1).view({-1, dims + 1});
  all.insert(all.begin(), size[0]);
  all.push_back(dims);
  return base.expand({size[0], base.size(0), dims + 1}).bmm(theta.transpose(1, 2)).view(all);
} catch (const Error&) {
  core::throw_as("affine_grid");
}

}  // namespace tapegrad::nn
