// MaxUnpool: the elements that a max pool has taken, back in their places.
#pragma once

#include <optional>

#include <tapegrad/nn/expanding_array.h>
#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

template <std::size_t D>
struct MaxUnpoolFields {
  ExpandingArray<D> kernel_size = 1;
  ExpandingArray<D> stride = 0;  ///< 0: the kernel's size
  ExpandingArray<D> padding = 0;
};
template <std::size_t D>
struct MaxUnpoolOptions : OptionsOf<MaxUnpoolFields<D>> {
  using Fields = MaxUnpoolFields<D>;
  using OptionsOf<Fields>::OptionsOf;
  MaxUnpoolOptions(ExpandingArray<D> kernel_size) : OptionsOf<Fields>(Fields{kernel_size, kernel_size}) {}
  MaxUnpoolOptions(std::initializer_list<std::int64_t> sizes) : MaxUnpoolOptions(ExpandingArray<D>(sizes)) {}
  TAPEGRAD_SETTERS(kernel_size, stride, padding)
};

template <std::size_t D>
struct MaxUnpoolFuncFields {
  ExpandingArray<D> kernel_size = 1;
  ExpandingArray<D> stride = 0;
  ExpandingArray<D> padding = 0;
  std::optional<std::vector<std::int64_t>> output_size = {};  ///< of the last dims, or of all
};
template <std::size_t D>
struct MaxUnpoolFuncOptions : OptionsOf<MaxUnpoolFuncFields<D>> {
  using Fields = MaxUnpoolFuncFields<D>;
  using OptionsOf<Fields>::OptionsOf;
  MaxUnpoolFuncOptions(ExpandingArray<D> kernel_size) : OptionsOf<Fields>(Fields{kernel_size, kernel_size}) {}
  MaxUnpoolFuncOptions(std::initializer_list<std::int64_t> sizes) : MaxUnpoolFuncOptions(ExpandingArray<D>(sizes)) {}
  TAPEGRAD_SETTERS(kernel_size, stride, padding, output_size)
};

namespace detail {
template <std::size_t D>
TAPEGRAD_EXPORT Tensor max_unpool(const Tensor& x, const Tensor& indices, const MaxUnpoolFuncOptions<D>& options);
template <std::size_t D>
TAPEGRAD_EXPORT std::string arguments_of(const MaxUnpoolOptions<D>& options);

template <class Derived, std::size_t D>
struct MaxUnpoolLayer : Layer<Derived, MaxUnpoolOptions<D>> {
  MaxUnpoolLayer(ExpandingArray<D> kernel_size) : MaxUnpoolLayer(MaxUnpoolOptions<D>(kernel_size)) {}
  explicit MaxUnpoolLayer(const MaxUnpoolOptions<D>& o) : Layer<Derived, MaxUnpoolOptions<D>>(o) {}
  Tensor forward(const Tensor& x, const Tensor& indices,
                 const std::optional<std::vector<std::int64_t>>& output_size = std::nullopt) {
    const auto& o = this->options;
    return max_unpool<D>(x, indices, MaxUnpoolFuncFields<D>{o.kernel_size(), o.stride(), o.padding(), output_size});
  }
  std::string arguments() const override { return arguments_of(this->options); }
};
}  // namespace detail

/// MaxUnpool2d(2)(y, indices) of what MaxPool2d(2)->forward_with_indices(x) gives: y's elements where x had them, zeros
/// elsewhere; where two fall upon one place the last stays, and has the gradient. And functional::max_unpool2d(y,
/// indices, options). Of one to three dims. output_size tells apart the sizes that one pool makes equal: ValueError
/// where it is none of them, ShapeError for indices of other sizes, IndexError for one outside.
#define TAPEGRAD_UNPOOL(D)                                                                                         \
  using MaxUnpool##D##dOptions = MaxUnpoolOptions<D>;                                                              \
  namespace functional {                                                                                           \
  using MaxUnpool##D##dFuncOptions = MaxUnpoolFuncOptions<D>;                                                      \
  inline Tensor max_unpool##D##d(const Tensor& x, const Tensor& indices, const MaxUnpoolFuncOptions<D>& options) { \
    return detail::max_unpool<D>(x, indices, options);                                                             \
  }                                                                                                                \
  }                                                                                                                \
  struct TAPEGRAD_EXPORT MaxUnpool##D##dImpl : detail::MaxUnpoolLayer<MaxUnpool##D##dImpl, D> {                    \
    using MaxUnpoolLayer::MaxUnpoolLayer;                                                                          \
  };                                                                                                               \
  TAPEGRAD_MODULE(MaxUnpool##D##d)
TAPEGRAD_UNPOOL(1);
TAPEGRAD_UNPOOL(2);
TAPEGRAD_UNPOOL(3);
#undef TAPEGRAD_UNPOOL

}  // namespace tapegrad::nn
