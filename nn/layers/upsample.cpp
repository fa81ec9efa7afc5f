#include <tapegrad/nn/layers/upsample.h>

#include <algorithm>
#include <cmath>

#include <tapegrad/nn/layers/grid_sample.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

static const char* mode_name(InterpolateMode mode) {
  static constexpr const char* kNames[] = {"kNearest",   "kNearestExact", "kLinear", "kBilinear",
                                           "kTrilinear", "kBicubic",      "kArea"};
  return kNames[static_cast<std::size_t>(mode)];
}

InterpolateChoice::InterpolateChoice(init::Nonlinearity linear) : value(InterpolateMode::Linear) {
  if (linear != init::Nonlinearity::Linear)
    core::throw_value("interpolate", "of the nonlinearities only kLinear is a mode; give one of the modes");
}

// How far apart the elements of the result are, in elements of x.
static double step_between(std::int64_t in, std::int64_t out, std::optional<double> factor) {
  return factor && *factor > 0 ? 1 / *factor : static_cast<double>(in) / static_cast<double>(out);
}

// PyTorch computes in float here, whatever x is.
static Tensor nearest(const Tensor& x, std::int64_t d, std::int64_t out, std::optional<double> factor, bool exact) {
  const std::int64_t in = x.size(d);
  const auto step =
      factor && *factor > 0 ? static_cast<float>(1 / *factor) : static_cast<float>(in) / static_cast<float>(out);
  std::vector<std::int64_t> from(static_cast<std::size_t>(out));
  for (std::int64_t i = 0; i < out; ++i) {
    const float at = std::floor((static_cast<float>(i) + (exact ? 0.5F : 0)) * step);
    from[static_cast<std::size_t>(i)] = std::min(static_cast<std::int64_t>(at), in - 1);
  }
  return x.index_select(d, tensor(from));
}

// Where the elements of the result lie between those of x, in f64.
static Tensor places_of(std::int64_t in, std::int64_t out, std::optional<double> factor, bool corners) {
  const Tensor i = arange(out, kDouble);
  if (!corners) return (i + 0.5) * step_between(in, out, factor) - 0.5;
  return i * (out > 1 ? static_cast<double>(in - 1) / static_cast<double>(out - 1) : 0);
}

static Tensor linear(const Tensor& x, std::int64_t d, std::int64_t out, std::optional<double> factor, bool corners) {
  const std::int64_t in = x.size(d);
  const Tensor at = places_of(in, out, factor, corners).clamp_min(0);
  const Tensor first = at.floor().clamp_max(static_cast<double>(in - 1));
  std::vector<std::int64_t> along(static_cast<std::size_t>(x.dim()), 1);
  along[static_cast<std::size_t>(d)] = out;
  const Tensor weight = (at - first).clamp_max(1).to(x.dtype()).view(along), low = first.to(kLong);
  return x.index_select(d, low) * (1 - weight) + x.index_select(d, (low + 1).clamp_max(in - 1)) * weight;
}

// By the four nearest.
static Tensor cubic(const Tensor& x, std::int64_t d, std::int64_t out, std::optional<double> factor, bool corners) {
  const std::int64_t in = x.size(d);
  const Tensor at = places_of(in, out, factor, corners), second = at.floor();
  std::vector<std::int64_t> along(static_cast<std::size_t>(x.dim()), 1);
  along[static_cast<std::size_t>(d)] = out;
  const auto weights = detail::cubic_weights((at - second).to(x.dtype()).view(along));
  Tensor sum;
  for (std::size_t k = 0; k < 4; ++k) {
    const Tensor from = (second + (static_cast<double>(k) - 1)).clamp(0, static_cast<double>(in - 1)).to(kLong);
    const Tensor term = x.index_select(d, from) * weights[k];
    sum = k == 0 ? term : sum + term;
  }
  return sum;
}

static Tensor area(const Tensor& x, std::int64_t d, std::int64_t out) {
  const std::int64_t in = x.size(d);
  std::vector<Tensor> means;
  for (std::int64_t i = 0; i < out; ++i) {
    const std::int64_t start = i * in / out, end = ((i + 1) * in + out - 1) / out;
    means.push_back(x.narrow(d, start, end - start).mean(d, true));
  }
  return cat(means, d);
}

static void check(const Tensor& x, const functional::InterpolateFuncOptions& o) {
  const InterpolateMode mode = o.mode().value;
  const bool weighted =
      mode != InterpolateMode::Nearest && mode != InterpolateMode::NearestExact && mode != InterpolateMode::Area;
  if (x.dim() < 3 || x.dim() > 5) {
    core::throw_shape("interpolate", "Input Error: Only 3D, 4D and 5D input Tensors supported (got sizes ", x.sizes(),
                      ") for the modes: nearest | linear | bilinear | bicubic | trilinear (got ", mode_name(mode),
                      "); give samples, channels and one to three dims");
  }
  if (!o.size() == !o.scale_factor()) {
    core::throw_value("interpolate", o.size() ? "only one of size or" : "either size or",
                      " scale_factor should be defined; give one of the two");
  }
  if (o.align_corners() && !weighted) {
    core::throw_value(
        "interpolate",
        "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | "
        "trilinear; leave it out");
  }
  if (o.antialias()) core::throw_value("interpolate", "antialias is not supported; leave it out");
  const std::int64_t needs = mode == InterpolateMode::Linear      ? 3
                             : mode == InterpolateMode::Bilinear  ? 4
                             : mode == InterpolateMode::Bicubic   ? 4
                             : mode == InterpolateMode::Trilinear ? 5
                                                                  : x.dim();
  if (x.dim() != needs) {
    core::throw_shape("interpolate", "Got ", x.dim(), "D input, but ", mode_name(mode), " mode needs ", needs,
                      "D input; choose the mode for the dims");
  }
  const auto given = static_cast<std::int64_t>(o.size() ? o.size()->size() : o.scale_factor()->size());
  if (given != x.dim() - 2) {
    core::throw_shape("interpolate", "size or scale_factor shape must match input shape. Input is ", x.dim() - 2,
                      "D, but got ", given, " numbers; give one for each of the last dims");
  }
}

Tensor functional::interpolate(const Tensor& x, const InterpolateFuncOptions& options) try {
  check(x, options);
  const InterpolateMode mode = options.mode().value;
  Tensor y = x;
  for (std::int64_t d = 2; d < x.dim(); ++d) {
    const auto k = static_cast<std::size_t>(d - 2);
    std::optional<double> factor;
    if (options.scale_factor()) factor = (*options.scale_factor())[k];
    const std::int64_t out =
        options.size() ? (*options.size())[k] : static_cast<std::int64_t>(static_cast<double>(x.size(d)) * *factor);
    if (x.size(d) < 1 || out < 1 || x.size(1) == 0) {
      core::throw_shape("interpolate", "Input and output sizes should be greater than 0, but got input ", x.sizes(),
                        " and output ", out, " along dimension ", d, "; give larger sizes");
    }
    if (options.recompute_scale_factor().value_or(false)) factor.reset();
    if (mode == InterpolateMode::Area) {
      y = area(y, d, out);
    } else if (mode == InterpolateMode::Nearest || mode == InterpolateMode::NearestExact) {
      y = nearest(y, d, out, factor, mode == InterpolateMode::NearestExact);
    } else if (mode == InterpolateMode::Bicubic) {
      y = cubic(y, d, out, factor, options.align_corners().value_or(false));
    } else {
      y = linear(y, d, out, factor, options.align_corners().value_or(false));
    }
  }
  return y;
} catch (const Error&) {
  core::throw_as("interpolate");
}

Tensor UpsampleImpl::forward(const Tensor& x) {
  return functional::interpolate(x, functional::InterpolateFuncOptions({options.size(), options.scale_factor(),
                                                                        options.mode(), options.align_corners()}));
}

std::string UpsampleImpl::arguments() const {
  std::string list;
  if (options.scale_factor()) {
    for (const double factor : *options.scale_factor()) list += (list.empty() ? "" : ", ") + detail::number(factor);
    list = "scale_factor=[" + list + "]";
  } else if (options.size()) {
    detail::add_argument(list, "size", IntList(*options.size()));
  }
  detail::add_argument(list, "mode", std::string(mode_name(options.mode().value)));
  return list;
}

}  // namespace tapegrad::nn
