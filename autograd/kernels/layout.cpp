#include "autograd/kernels/layout.h"

#include <algorithm>
#include <utility>

namespace tapegrad::kernels {

void dense_strides(const Laid* inputs, int n, const std::int64_t* sizes, int rank, std::int64_t* strides) noexcept {
  // Where dim a lies: 1 for inside dim b, -1 for outside, 0 where no input tells.
  const auto place = [=](int a, int b) {
    for (const Laid* in = inputs; in < inputs + n; ++in) {
      const auto stride_of = [=](int d) {  // 0 where it is broadcast
        const int at = d - (rank - in->rank);
        return at < 0 || in->sizes[at] != sizes[d] ? 0 : in->strides[at];
      };
      const std::int64_t of_a = stride_of(a), of_b = stride_of(b);
      if (of_a == 0 || of_b == 0) continue;
      if (of_a != of_b) return of_a < of_b ? 1 : -1;
      if (sizes[a] > sizes[b]) return -1;
    }
    return 0;
  };
  int order[kMaxRank];  // from the innermost dim
  for (int i = 0; i < rank; ++i) {
    order[i] = rank - 1 - i;
    for (int at = i, before = i - 1; before >= 0; --before) {
      const int where = place(order[before], order[at]);
      if (where > 0) break;
      if (where < 0) std::swap(order[std::exchange(at, before)], order[before]);
    }
  }
  std::int64_t stride = 1;
  for (int i = 0; i < rank; ++i) {
    strides[order[i]] = stride;
    stride *= std::max<std::int64_t>(sizes[order[i]], 1);
  }
}

}  // namespace tapegrad::kernels
