#include <tapegrad/nn/layers/padding.h>

#include <algorithm>

#include "autograd/core/text.h"

namespace tapegrad::nn {

// The elements of dim d at -left .. size + right, those outside taken from inside.
static Tensor pad_dim(const Tensor& x, std::int64_t d, std::int64_t left, std::int64_t right, PadMode mode) {
  const std::int64_t size = x.size(d), most = mode == PadMode::Reflect ? size - 1 : size;
  if (mode == PadMode::Reflect && (left > most || right > most)) {
    core::throw_shape("pad", "Padding size should be less than the corresponding input dimension, but got: padding (",
                      left, ", ", right, ") at dimension ", d, " of input ", x.sizes(), "; pad by at most ", most);
  }
  if (mode == PadMode::Circular && (left > most || right > most)) {
    core::throw_shape("pad", "Padding value causes wrapping around more than once: padding (", left, ", ", right,
                      ") at dimension ", d, " of input ", x.sizes(), "; pad by at most ", most);
  }
  // What negative numbers cut off is no longer there to be repeated by kCircular.
  const std::int64_t cut = std::max<std::int64_t>(-left, 0), rest = size - cut - std::max<std::int64_t>(-right, 0);
  if (size == 0 || rest < (mode == PadMode::Circular ? 1 : 0) || size + left + right < 0) {
    core::throw_shape("pad", "Negative padding value is resulting in an empty dimension, or dimension ", d,
                      " of input ", x.sizes(), " is empty; give elements to repeat");
  }
  const Tensor at = arange(-left, size + right);
  if (mode == PadMode::Reflect) return x.index_select(d, size - 1 - (size - 1 - at.abs()).abs());
  if (mode == PadMode::Replicate) return x.index_select(d, at.clamp(0, size - 1));
  return x.index_select(d, (at - cut).remainder(rest) + cut);
}

Tensor functional::pad(const Tensor& x, const PadFuncOptions& options) try {
  const std::vector<std::int64_t>& pads = options.pad();
  const auto dims = static_cast<std::int64_t>(pads.size() / 2);
  if (pads.size() % 2 != 0) {
    core::throw_shape("pad", "Padding length must be divisible by 2, but got ", pads, "; give a number for each side");
  }
  if (dims > x.dim()) {
    core::throw_shape("pad", "Padding length too large: ", pads, " for sizes ", x.sizes(), "; give two for each dim");
  }
  if (options.mode() == PadMode::Constant) return tapegrad::pad(x, pads, options.value());
  if (options.value() != 0) {
    core::throw_value("pad", "Padding mode doesn't take in value argument, but got ", options.value(),
                      "; use kConstant, or leave out the value");
  }
  const std::int64_t batched = x.dim() - dims;
  if (dims < 1 || dims > 3 || batched > 2 || batched < (options.mode() == PadMode::Circular ? 2 : 1)) {
    core::throw_shape("pad", "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now, but got ",
                      pads, " for sizes ", x.sizes(), "; pad the dims behind samples and channels");
  }
  Tensor out = x;
  for (std::int64_t k = 0; k < dims; ++k) {
    const auto i = static_cast<std::size_t>(2 * k);
    out = pad_dim(out, x.dim() - 1 - k, pads[i], pads[i + 1], options.mode());
  }
  return out;
} catch (const Error&) {
  core::throw_as("pad");
}

}  // namespace tapegrad::nn
