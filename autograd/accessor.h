// TensorAccessor: the elements of a tensor as a[i][j], without a check in the loop.
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad {

/// What Tensor::accessor<T, N>() gives, valid while the tensor lives: of N dims, a[i] is an accessor of the others, and
/// of one dim an element. Indices are not checked.
///
///     auto a = x.accessor<float, 2>();
///     for (std::int64_t i = 0; i < a.size(0); ++i) sum += a[i][i];
template <class T, std::size_t N>
class TensorAccessor {
 public:
  TensorAccessor(T* data, const std::int64_t* sizes, const std::int64_t* strides) noexcept
      : data_(data), sizes_(sizes), strides_(strides) {}

  decltype(auto) operator[](std::int64_t i) const noexcept {
    if constexpr (N == 1) {
      return static_cast<T&>(data_[i * strides_[0]]);
    } else {
      return TensorAccessor<T, N - 1>(data_ + i * strides_[0], sizes_ + 1, strides_ + 1);
    }
  }
  T* data() const noexcept { return data_; }
  std::int64_t size(std::int64_t dim) const noexcept { return sizes_[dim]; }
  std::int64_t stride(std::int64_t dim) const noexcept { return strides_[dim]; }
  IntList sizes() const noexcept { return {sizes_, N}; }
  IntList strides() const noexcept { return {strides_, N}; }

 private:
  T* data_;
  const std::int64_t* sizes_;
  const std::int64_t* strides_;
};

namespace core {
// ShapeError unless x has n dims.
TAPEGRAD_EXPORT void require_dims(const Tensor& x, std::size_t n);
}  // namespace core

/// ShapeError unless the tensor has N dims, DtypeError unless T is its dtype's C++ type.
template <class T, std::size_t N>
TensorAccessor<T, N> Tensor::accessor() const {
  static_assert(N > 0, "accessor() is for tensors with dims: item<T>() reads a 0-dim one");
  core::require_dims(*this, N);
  return {data_ptr<T>(), sizes().data(), strides().data()};
}

}  // namespace tapegrad
