#include <tapegrad/nn/layers/unpool.h>

#include <sstream>

#include "autograd/core/text.h"

namespace tapegrad::nn::detail {

template <std::size_t D>
static ExpandingArray<D> stride_of(const auto& options) {
  return options.stride() == ExpandingArray<D>(0) ? options.kernel_size() : options.stride();
}

// The sizes of the last dims: those asked for, which lie within a stride of those that follow from x's.
template <std::size_t D>
static std::vector<std::int64_t> sizes_of(const Tensor& x, const MaxUnpoolFuncOptions<D>& o) {
  const ExpandingArray<D> stride = stride_of<D>(o);
  std::vector<std::int64_t> sizes(D);
  for (std::size_t d = 0; d < D; ++d) {
    const std::int64_t in = x.size(static_cast<std::int64_t>(d) - static_cast<std::int64_t>(D));
    sizes[d] = (in - 1) * stride[d] - 2 * o.padding()[d] + o.kernel_size()[d];
  }
  if (!o.output_size()) return sizes;
  std::vector<std::int64_t> given = *o.output_size();
  if (given.size() == D + 2) given.erase(given.begin(), given.begin() + 2);
  if (given.size() != D) {
    core::throw_value("max_unpool", "output_size should be a sequence containing ", D, " or ", D + 2,
                      " elements, but it has a length of '", given.size(), "'; give one for each of the last dims");
  }
  for (std::size_t d = 0; d < D; ++d) {
    const std::int64_t least = sizes[d] - stride[d], most = sizes[d] + stride[d];
    if (least < given[d] && given[d] < most) continue;
    core::throw_value("max_unpool", "invalid output_size ", IntList(given), " (dim ", d, " must be between ", least,
                      " and ", most, "); give the size that was pooled");
  }
  return given;
}

template <std::size_t D>
Tensor max_unpool(const Tensor& x, const Tensor& indices, const MaxUnpoolFuncOptions<D>& o) {
  const std::string op = core::joined("max_unpool", D, "d");
  try {
    const auto dims = static_cast<std::int64_t>(D);
    if (x.dim() != dims + 1 && x.dim() != dims + 2)
      core::throw_shape("max_unpool", "Input to max_unpooling", D, "d should be a ", D + 1, "d or ", D + 2,
                        "d Tensor, but got sizes ", x.sizes(), "; give [n, channels, sizes]");
    if (x.sizes() != indices.sizes())
      core::throw_shape("max_unpool", "Expected shape of indices to be same as that of the input tensor (", x.sizes(),
                        ") but got indices tensor with shape: ", indices.sizes(), "; give those of the same pool");
    const std::vector<std::int64_t> sizes = sizes_of<D>(x, o);
    std::vector<std::int64_t> all = x.sizes().vec();
    std::int64_t plane = 1;
    for (std::size_t d = 0; d < D; ++d) plane *= all[all.size() - D + d] = sizes[d];
    if (x.numel() > 0 && (indices.min().item<std::int64_t>() < 0 || indices.max().item<std::int64_t>() >= plane))
      core::throw_index("max_unpool", "Found an invalid max index, ", indices.min().item<std::int64_t>(), " or ",
                        indices.max().item<std::int64_t>(), " (output volumes are of size ", core::text(sizes, "x"),
                        "); give the indices of the same pool");
    std::vector<std::int64_t> flat(all.begin(), all.end() - dims);
    flat.push_back(plane);
    return zeros(flat, x.dtype()).scatter(-1, indices.flatten(-dims), x.flatten(-dims)).view(all);
  } catch (const Error&) {
    core::throw_as(op.c_str());
  }
}

static std::string text(const auto& numbers) {
  std::ostringstream out;
  out << numbers;
  return out.str();
}
template <std::size_t D>
std::string arguments_of(const MaxUnpoolOptions<D>& o) {
  return "kernel_size=" + text(o.kernel_size()) + ", stride=" + text(stride_of<D>(o)) +
         ", padding=" + text(o.padding());
}

#define TAPEGRAD_UNPOOL(D)                                                                     \
  template Tensor max_unpool<D>(const Tensor&, const Tensor&, const MaxUnpoolFuncOptions<D>&); \
  template std::string arguments_of<D>(const MaxUnpoolOptions<D>&);
TAPEGRAD_UNPOOL(1)
TAPEGRAD_UNPOOL(2)
TAPEGRAD_UNPOOL(3)

}  // namespace tapegrad::nn::detail
