#include <tapegrad/nn/layers/lp_pool.h>

#include <sstream>

#include "autograd/core/text.h"

namespace tapegrad::nn::detail {

template <std::size_t D>
static ExpandingArray<D> stride_of(const LPPoolOptions<D>& options) {
  return options.stride() == ExpandingArray<D>(0) ? options.kernel_size() : options.stride();
}

template <std::size_t D>
Tensor lp_pool(const Tensor& x, const LPPoolOptions<D>& o) try {
  const double p = o.norm_type();
  const auto mean_of = [&](const Tensor& powers) {
    if constexpr (D == 1) return avg_pool1d(powers, o.kernel_size(), stride_of(o), IntList{0}, o.ceil_mode());
    if constexpr (D == 2) return avg_pool2d(powers, o.kernel_size(), stride_of(o), IntList{0}, o.ceil_mode());
  };
  const Tensor mean = mean_of(x.pow(p));
  double count = 1;
  for (std::size_t d = 0; d < D; ++d) count *= static_cast<double>(o.kernel_size()[d]);
  return (mean.sign() * mean.abs().relu() * count).pow(1 / p);
} catch (const Error&) {
  core::throw_as(D == 1 ? "lp_pool1d" : "lp_pool2d");
}

template <std::size_t D>
std::string arguments_of(const LPPoolOptions<D>& o) {
  std::ostringstream out;
  out << "norm_type=" << number(o.norm_type()) << ", kernel_size=" << o.kernel_size() << ", stride=" << stride_of(o)
      << ", ceil_mode=" << flag(o.ceil_mode());
  return out.str();
}

template Tensor lp_pool<1>(const Tensor&, const LPPoolOptions<1>&);
template Tensor lp_pool<2>(const Tensor&, const LPPoolOptions<2>&);
template std::string arguments_of<1>(const LPPoolOptions<1>&);
template std::string arguments_of<2>(const LPPoolOptions<2>&);

}  // namespace tapegrad::nn::detail
