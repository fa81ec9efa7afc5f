#include "autograd/kernels/transpose.h"

#include "autograd/kernels/simd.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/transpose.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "autograd/kernels/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

void transpose_items(int item_size, const void* from, int64_t from_col, int64_t rows, int64_t cols, void* to,
                     int64_t to_row) {
  const auto run = [=]<class T>(T) {
    transpose_of(static_cast<const T*>(from), from_col, rows, cols, static_cast<T*>(to), to_row);
  };
  // Vectors move the bits of what they hold, whatever it is.
  item_size == 1 ? run(std::uint8_t{}) : item_size == 2 ? run(std::uint16_t{}) : item_size == 4 ? run(0.0F) : run(0.0);
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

TAPEGRAD_TARGETS(transpose_items);

void transpose(int item_size, const void* from, std::int64_t from_col, std::int64_t rows, std::int64_t cols, void* to,
               std::int64_t to_row) noexcept {
  TAPEGRAD_DISPATCH(transpose_items)(item_size, from, from_col, rows, cols, to, to_row);
}

}  // namespace tapegrad::kernels
#endif
