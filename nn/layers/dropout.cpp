#include <tapegrad/nn/layers/dropout.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "autograd/core/text.h"

namespace tapegrad::nn {

namespace {

// x times noise of `dims` dims of its sizes, from the first on (all of them: -1), the others 1.
template <bool kTraining>
Tensor drop(const char* op, const Tensor& x, const DropoutFuncOptionsOf<kTraining>& o, bool alpha = false,
            std::int64_t dims = -1) try {
  detail::check_dropout(o.p());
  const double p = o.p();
  if (p == 0 || !o.training() || x.numel() == 0) return x;
  if (dims > x.dim()) {
    core::throw_shape(op, "Feature dropout requires at least 2 dimensions in the input, but got sizes ", x.sizes(),
                      "; give samples and channels in front");
  }
  Tensor factor, shift;
  if (p == 1) {
    factor = zeros({}, x.dtype());
  } else {
    std::array<std::int64_t, kMaxRank> sizes;
    sizes.fill(1);
    std::copy_n(x.sizes().begin(), dims < 0 ? x.dim() : dims, sizes.begin());
    factor = bernoulli(empty({sizes.data(), static_cast<std::size_t>(x.dim())}, x.dtype()), 1 - p);
    if (alpha) {
      constexpr double kLimit = 1.7580993408473766;  // -SELU(-inf)
      const double a = 1 / std::sqrt((kLimit * kLimit * p + 1) * (1 - p));
      shift = factor.add(-1).mul(kLimit * a).add(kLimit * a * p);
      factor = factor.mul(a);
    } else {
      factor = factor.div(1 - p);
    }
  }
  const Tensor y = o.inplace() ? x.mul_(factor) : x.mul(factor);
  return !shift.defined() ? y : o.inplace() ? y.add_(shift) : y.add(shift);
} catch (const Error&) {
  core::throw_as(op);
}

}  // namespace

void detail::check_dropout(double p) {
  if (!(p >= 0 && p <= 1))
    core::throw_value("dropout", "dropout probability has to be between 0 and 1, but got ", p, "; give one in [0, 1]");
}

namespace functional {

Tensor dropout(const Tensor& x, const DropoutFuncOptions& options) { return drop("dropout", x, options); }
Tensor dropout1d(const Tensor& x, const Dropout1dFuncOptions& options) {
  if (x.dim() != 2 && x.dim() != 3) {
    core::throw_shape("dropout1d", "Expected 2D or 3D input, but received sizes ", x.sizes(),
                      "; give samples, channels and elements, or without samples");
  }
  return drop("dropout1d", x, options, false, x.dim() - 1);
}
Tensor dropout2d(const Tensor& x, const Dropout2dFuncOptions& options) {
  return drop("dropout2d", x, options, false, x.dim() == 4 ? 2 : 1);
}
Tensor dropout3d(const Tensor& x, const Dropout3dFuncOptions& options) {
  return drop("dropout3d", x, options, false, x.dim() == 5 ? 2 : 1);
}
Tensor alpha_dropout(const Tensor& x, const AlphaDropoutFuncOptions& options) {
  return drop("alpha_dropout", x, options, true);
}
Tensor feature_alpha_dropout(const Tensor& x, const FeatureAlphaDropoutFuncOptions& options) {
  return drop("feature_alpha_dropout", x, options, true, 2);
}

}  // namespace functional

}  // namespace tapegrad::nn
