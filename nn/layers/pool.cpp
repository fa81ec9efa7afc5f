#include <tapegrad/nn/layers/pool.h>

#include <sstream>

namespace tapegrad::nn::detail {

template <std::size_t D>
static ExpandingArray<D> stride_of(const auto& options) {
  return options.stride() == ExpandingArray<D>(0) ? options.kernel_size() : options.stride();
}
// The sizes asked for; nullopt is that of x.
template <std::size_t D>
static ExpandingArray<D> sizes_of(const Tensor& x, const AdaptivePoolOptions<D>& options) {
  ExpandingArray<D> sizes = 0;
  for (std::size_t d = 0; d < D; ++d) {
    const std::int64_t dim = static_cast<std::int64_t>(d) - static_cast<std::int64_t>(D);
    const auto& given = options.output_size()[d];
    sizes[d] = given.has_value() ? *given : x.dim() >= -dim ? x.size(dim) : 1;
  }
  return sizes;
}
// "[3, 2]", or the number where there is one dim.
static std::string text(const auto& numbers) {
  std::ostringstream out;
  out << numbers;
  return out.str();
}

template <std::size_t D>
std::tuple<Tensor, Tensor> max_pool(const Tensor& x, const MaxPoolOptions<D>& o) {
  const auto fn = D == 1   ? tapegrad::max_pool1d_with_indices
                  : D == 2 ? tapegrad::max_pool2d_with_indices
                           : tapegrad::max_pool3d_with_indices;
  return fn(x, o.kernel_size(), stride_of<D>(o), o.padding(), o.dilation(), o.ceil_mode());
}
template <std::size_t D>
Tensor maximum(const Tensor& x, const MaxPoolOptions<D>& o) {
  const auto fn = D == 1 ? tapegrad::max_pool1d : D == 2 ? tapegrad::max_pool2d : tapegrad::max_pool3d;
  return fn(x, o.kernel_size(), stride_of<D>(o), o.padding(), o.dilation(), o.ceil_mode());
}
template <std::size_t D>
Tensor avg_pool(const Tensor& x, const AvgPoolOptions<D>& o) {
  const ExpandingArray<D> stride = stride_of<D>(o);
  if constexpr (D == 1) {
    return avg_pool1d(x, o.kernel_size(), stride, o.padding(), o.ceil_mode(), o.count_include_pad());
  } else {
    const auto fn = D == 2 ? tapegrad::avg_pool2d : tapegrad::avg_pool3d;
    return fn(x, o.kernel_size(), stride, o.padding(), o.ceil_mode(), o.count_include_pad(), o.divisor_override());
  }
}
template <std::size_t D>
Tensor adaptive_avg_pool(const Tensor& x, const AdaptivePoolOptions<D>& o) {
  const auto fn = D == 1   ? tapegrad::adaptive_avg_pool1d
                  : D == 2 ? tapegrad::adaptive_avg_pool2d
                           : tapegrad::adaptive_avg_pool3d;
  return fn(x, sizes_of(x, o));
}
template <std::size_t D>
std::tuple<Tensor, Tensor> adaptive_max_pool(const Tensor& x, const AdaptivePoolOptions<D>& o) {
  const auto fn = D == 1   ? tapegrad::adaptive_max_pool1d
                  : D == 2 ? tapegrad::adaptive_max_pool2d
                           : tapegrad::adaptive_max_pool3d;
  return fn(x, sizes_of(x, o));
}

template <std::size_t D>
static std::string windows(const auto& o) {
  return "kernel_size=" + text(o.kernel_size()) + ", stride=" + text(stride_of<D>(o)) +
         ", padding=" + text(o.padding());
}
template <std::size_t D>
std::string arguments_of(const MaxPoolOptions<D>& o) {
  return windows<D>(o) + ", dilation=" + text(o.dilation()) + ", ceil_mode=" + flag(o.ceil_mode());
}
template <std::size_t D>
std::string arguments_of(const AvgPoolOptions<D>& o) {
  return windows<D>(o);
}
template <std::size_t D>
std::string arguments_of(const AdaptivePoolOptions<D>& o) {
  return "output_size=" + text(o.output_size());
}

#define TAPEGRAD_POOL(D)                                                                                  \
  template std::tuple<Tensor, Tensor> max_pool<D>(const Tensor&, const MaxPoolOptions<D>&);               \
  template Tensor maximum<D>(const Tensor&, const MaxPoolOptions<D>&);                                    \
  template Tensor avg_pool<D>(const Tensor&, const AvgPoolOptions<D>&);                                   \
  template Tensor adaptive_avg_pool<D>(const Tensor&, const AdaptivePoolOptions<D>&);                     \
  template std::tuple<Tensor, Tensor> adaptive_max_pool<D>(const Tensor&, const AdaptivePoolOptions<D>&); \
  template std::string arguments_of<D>(const MaxPoolOptions<D>&);                                         \
  template std::string arguments_of<D>(const AvgPoolOptions<D>&);                                         \
  template std::string arguments_of<D>(const AdaptivePoolOptions<D>&);
TAPEGRAD_POOL(1)
TAPEGRAD_POOL(2)
TAPEGRAD_POOL(3)

}  // namespace tapegrad::nn::detail
