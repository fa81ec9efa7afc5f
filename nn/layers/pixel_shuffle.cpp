#include <tapegrad/nn/layers/pixel_shuffle.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

static void check(const char* op, const char* factor_name, const Tensor& x, std::int64_t factor) {
  if (x.dim() < 3) {
    core::throw_shape(op, op, " expects input to have at least 3 dimensions, but got sizes ", x.sizes(),
                      "; give channels, rows and columns");
  }
  if (factor <= 0)
    core::throw_value(op, op, " expects a positive ", factor_name, ", but got ", factor, "; give 1 or more");
}

static void check_divides(const char* op, const char* what, const Tensor& x, std::int64_t dim, std::int64_t by) {
  if (x.size(dim) % by == 0) return;
  core::throw_shape(op, op, " expects ", what, ", but input.size(", dim, ")=", x.size(dim), " is not divisible by ", by,
                    "; give a multiple");
}

// The sizes of x without its last three dims, and then these.
static std::vector<std::int64_t> with_last(const Tensor& x, std::initializer_list<std::int64_t> last) {
  std::vector<std::int64_t> sizes(x.sizes().begin(), x.sizes().end() - 3);
  sizes.insert(sizes.end(), last);
  return sizes;
}

Tensor functional::pixel_shuffle(const Tensor& x, const PixelShuffleOptions& options) {
  const std::int64_t r = options.upscale_factor();
  check("pixel_shuffle", "upscale_factor", x, r);
  check_divides("pixel_shuffle", "its input's 'channel' dimension to be divisible by the square of upscale_factor", x,
                -3, r * r);
  const std::int64_t c = x.size(-3) / (r * r), h = x.size(-2), w = x.size(-1), d = x.dim() - 3;
  // [.., c, r, r, h, w] to [.., c, h, r, w, r]
  return x.reshape(with_last(x, {c, r, r, h, w}))
      .movedim({d + 3, d + 1, d + 4, d + 2}, {d + 1, d + 2, d + 3, d + 4})
      .reshape(with_last(x, {c, h * r, w * r}));
}

Tensor functional::pixel_unshuffle(const Tensor& x, const PixelUnshuffleOptions& options) {
  const std::int64_t r = options.downscale_factor();
  check("pixel_unshuffle", "downscale_factor", x, r);
  check_divides("pixel_unshuffle", "height to be divisible by downscale_factor", x, -2, r);
  check_divides("pixel_unshuffle", "width to be divisible by downscale_factor", x, -1, r);
  const std::int64_t c = x.size(-3), h = x.size(-2) / r, w = x.size(-1) / r, d = x.dim() - 3;
  // [.., c, h, r, w, r] to [.., c, r, r, h, w]
  return x.reshape(with_last(x, {c, h, r, w, r}))
      .movedim({d + 2, d + 4, d + 1, d + 3}, {d + 1, d + 2, d + 3, d + 4})
      .reshape(with_last(x, {c * r * r, h, w}));
}

}  // namespace tapegrad::nn
