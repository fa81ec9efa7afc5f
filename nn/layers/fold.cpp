#include <tapegrad/nn/layers/fold.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

using Pair = ExpandingArray<2>;

static std::string pair_text(IntList p) { return core::joined("(", p[0], ", ", p[1], ")"); }

static void check_positive(const char* op, const char* what, const Pair& p, std::int64_t least = 1) {
  if (p[0] >= least && p[1] >= least) return;
  core::throw_shape(op, what, " should be ", least == 1 ? "greater than zero" : "non-negative", ", but got ",
                    pair_text(p), "; give ", least, " or more");
}

// How many windows there are along each dim of an image of these sizes.
static Pair window_counts(const char* op, const Pair& sizes, const UnfoldOptions& o) {
  check_positive(op, "kernel size", o.kernel_size());
  check_positive(op, "stride", o.stride());
  check_positive(op, "dilation", o.dilation());
  check_positive(op, "padding", o.padding(), 0);
  Pair counts = 0;
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t left = sizes[d] + 2 * o.padding()[d] - o.dilation()[d] * (o.kernel_size()[d] - 1) - 1;
    counts[d] = left < 0 ? 0 : left / o.stride()[d] + 1;
  }
  return counts;
}

// The windows of x [n, c, h, w] without padding: [n, c, kh, kw, rows, columns].
static Tensor windows(const Tensor& x, const UnfoldOptions& o) {
  Tensor y = x;
  for (const std::size_t d : {0, 1}) {
    const std::int64_t span = o.dilation()[d] * (o.kernel_size()[d] - 1) + 1;
    y = y.unfold(static_cast<std::int64_t>(d) + 2, span, o.stride()[d]).slice(-1, {}, {}, o.dilation()[d]);
  }
  return y.permute({0, 1, 4, 5, 2, 3});
}

Tensor functional::unfold(const Tensor& x, const UnfoldOptions& options) try {
  if (x.dim() != 4 || x.size(1) * x.size(2) * x.size(3) == 0) {
    core::throw_shape("unfold", "Input Error: Only 4D input Tensors are supported (got sizes ", x.sizes(),
                      "); give samples, channels, rows and columns");
  }
  const Pair counts = window_counts("unfold", IntList({x.size(2), x.size(3)}), options), pad = options.padding();
  const Pair& kernel = options.kernel_size();
  if (counts[0] == 0 || counts[1] == 0) {
    core::throw_shape("unfold", "Given input with spatial size ", pair_text(IntList({x.size(2), x.size(3)})),
                      ", kernel_size=", pair_text(kernel), ", dilation=", pair_text(options.dilation()),
                      ", padding=", pair_text(pad),
                      ", the shape of the array of sliding blocks must be at least one in each direction; give a "
                      "smaller kernel");
  }
  return windows(tapegrad::pad(x, {pad[1], pad[1], pad[0], pad[0]}), options)
      .reshape({x.size(0), x.size(1) * kernel[0] * kernel[1], counts[0] * counts[1]});
} catch (const Error&) {
  core::throw_as("unfold");
}

Tensor functional::fold(const Tensor& x, const FoldOptions& options) try {
  const Pair &size = options.output_size(), &kernel = options.kernel_size(), &pad = options.padding();
  if (x.dim() == 2) return fold(x.unsqueeze(0), options).squeeze(0);
  if (x.dim() != 3) {
    core::throw_shape("fold",
                      "Input Error: Only unbatched (2D) or batched (3D) input Tensors are supported (got sizes ",
                      x.sizes(), "); give samples, elements of windows and windows");
  }
  const UnfoldOptions o(UnfoldFields{kernel, options.dilation(), pad, options.stride()});
  const Pair counts = window_counts("fold", size, o);
  const std::int64_t elements = kernel[0] * kernel[1], channels = x.size(1) / elements;
  if (x.size(1) == 0 || x.size(1) % elements != 0) {
    core::throw_shape(
        "fold", "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but ",
        "got input.size(1)=", x.size(1), " and kernel_size=", pair_text(kernel), "; give all elements of each window");
  }
  if (x.size(2) != counts[0] * counts[1]) {
    core::throw_shape("fold", "Given output_size=", pair_text(size), ", kernel_size=", pair_text(kernel),
                      ", dilation=", pair_text(options.dilation()), ", padding=", pair_text(pad),
                      ", stride=", pair_text(options.stride()),
                      ", expected size of input's dimension 2 to match the calculated number of sliding blocks ",
                      counts[0], " * ", counts[1], " = ", counts[0] * counts[1], ", but got input.size(2)=", x.size(2),
                      "; give all windows");
  }
  const std::int64_t rows = size[0] + 2 * pad[0], columns = size[1] + 2 * pad[1];
  const Tensor places = windows(arange(rows * columns).view({1, 1, rows, columns}), o).reshape({-1});
  return zeros({x.size(0), channels, rows * columns}, x.dtype())
      .index_add(2, places, x.reshape({x.size(0), channels, places.numel()}))
      .view({x.size(0), channels, rows, columns})
      .narrow(2, pad[0], size[0])
      .narrow(3, pad[1], size[1])
      .contiguous();
} catch (const Error&) {
  core::throw_as("fold");
}

}  // namespace tapegrad::nn
