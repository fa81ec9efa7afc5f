#include <tapegrad/nn/layers/fractional_max_pool.h>

#include <tapegrad/autograd/random.h>

#include "autograd/core/text.h"

namespace tapegrad::nn::detail {

// Where the windows of a dim begin, [n c, out]: in the precision of x, as PyTorch computes it.
static Tensor starts(const Tensor& u, std::int64_t in, std::int64_t kernel, std::int64_t out) {
  const std::int64_t last = in - kernel;
  const Tensor ends = full({u.size(0), 1}, last, kLong);
  if (out == 1) return ends;
  const Tensor a = full(IntList(), static_cast<double>(last), u.dtype()) / static_cast<double>(out - 1);
  const Tensor i = arange(out - 1).to(u.dtype()), at = u.unsqueeze(1);
  return cat({((i + at) * a).to(kLong) - (at * a).to(kLong), ends}, 1);
}

template <std::size_t D>
std::tuple<Tensor, Tensor> fractional_max_pool(const Tensor& x, const FractionalMaxPoolOptions<D>& o) {
  const std::string op = core::joined("fractional_max_pool", D, "d");
  try {
    const auto dims = static_cast<std::int64_t>(D);
    if (x.dim() != dims + 1 && x.dim() != dims + 2)
      core::throw_shape("fractional_max_pool", "Expected ", D + 1, "D or ", D + 2, "D tensor, but got: ", x.sizes(),
                        "; give [n, channels, sizes]");
    if (!o.output_size() == !o.output_ratio())
      core::throw_value("fractional_max_pool", o.output_size() ? "only one of" : "either",
                        " output_size and output_ratio ", o.output_size() ? "may" : "must",
                        " be specified; give one of the two");
    std::vector<std::int64_t> sizes = x.sizes().vec();
    const std::int64_t planes = x.flatten(0, x.dim() - dims - 1).size(0);
    const Tensor u = (o._random_samples().defined() ? o._random_samples() : rand({planes, dims}, x.dtype()))
                         .to(x.dtype())
                         .reshape({planes, dims});
    // The places that each window has, [planes, out .., kernel ..] step by step.
    Tensor places = zeros({planes, 1, 1}, kLong);
    std::int64_t plane = 1, windows = 1, elements = 1;
    for (std::size_t d = 0; d < D; ++d) {
      std::int64_t& size = sizes[sizes.size() - D + d];
      const std::int64_t in = size, kernel = o.kernel_size()[d];
      const std::int64_t out = o.output_size()
                                   ? (*o.output_size())[d]
                                   : static_cast<std::int64_t>(static_cast<double>(in) * (*o.output_ratio())[d]);
      if (kernel < 1 || out < 1 || out + kernel - 1 > in)
        core::throw_shape("fractional_max_pool", "kernel ", kernel, " too large relative to input ", in,
                          " for an output of ", out, " along dim ", d, "; take a smaller kernel or output");
      // Of two dims the first number is of the last, of three in order.
      const Tensor first = starts(u.select(1, D == 2 ? 1 - static_cast<std::int64_t>(d) : static_cast<std::int64_t>(d)),
                                  in, kernel, out);
      const Tensor along = first.view({planes, 1, out, 1, 1}) + arange(kernel);
      windows *= out;
      elements *= kernel;
      places = (places.view({planes, windows / out, 1, elements / kernel, 1}) * in + along)
                   .reshape({planes, windows, elements});
      plane *= in;
      size = out;
    }
    const Tensor values = x.reshape({planes, plane}).gather(1, places.view({planes, windows * elements}));
    const auto [largest, which] = values.view({planes, windows, elements}).max(2);
    return {largest.view(sizes), places.gather(2, which.unsqueeze(2)).view(sizes)};
  } catch (const Error&) {
    core::throw_as(op.c_str());
  }
}

template std::tuple<Tensor, Tensor> fractional_max_pool<2>(const Tensor&, const FractionalMaxPoolOptions<2>&);
template std::tuple<Tensor, Tensor> fractional_max_pool<3>(const Tensor&, const FractionalMaxPoolOptions<3>&);

}  // namespace tapegrad::nn::detail
