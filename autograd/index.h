// What stands between the braces of t.index({...}) and t.index_put_({...}, value), as in torch::indexing:
//
//   t.index({0, Slice(1, None), "...", None, mask, rows})
//
// Integers (negative ones count from the end) drop a dim, slices keep it, None adds one, "..." (or Ellipsis) stands for
// as many whole dims as are left. int64 tensors pick along a dim and broadcast together; a bool tensor picks where it
// is true and stands for as many dims as it has: without dims, or as a bool, it makes one, of size 1 or 0; uint8 counts
// as bool. The picked
// dims come where the index tensors stood, or first where a slice or None stood between them. Without index tensors the
// result is a view, else a copy.
#pragma once

#include <variant>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad {

namespace indexing {

inline constexpr std::nullopt_t None = std::nullopt;
struct EllipsisIndexType {};
inline constexpr EllipsisIndexType Ellipsis{};

/// start:stop:step, each of which may be None; step > 0.
struct Slice {
  Slice(OptInt from = None, OptInt to = None, OptInt by = None) : start(from), stop(to), step(by.value_or(1)) {}
  OptInt start, stop;
  std::int64_t step;
};

}  // namespace indexing

/// x, or where it is uint8 the bool of each element: a mask, as NumPy and older programs write them.
TAPEGRAD_EXPORT Tensor as_mask(const Tensor& x);

class TAPEGRAD_EXPORT TensorIndex {
 public:
  TensorIndex(std::nullopt_t) {}
  TensorIndex(indexing::EllipsisIndexType e) : value(e) {}
  TensorIndex(const char* dots);  ///< "..."
  TensorIndex(indexing::Slice slice) : value(slice) {}
  TensorIndex(const Tensor& index) : value(as_mask(index)) {}
  TensorIndex(std::same_as<bool> auto on) : value(tensor(on)) {}
  template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) TensorIndex(T i) : value(static_cast<std::int64_t>(i)) {}

  std::variant<std::monostate, indexing::EllipsisIndexType, std::int64_t, indexing::Slice, Tensor> value;
};

namespace indexing {
using tapegrad::TensorIndex;
}  // namespace indexing

}  // namespace tapegrad
