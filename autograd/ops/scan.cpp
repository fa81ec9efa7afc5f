// Scans: cumsum.
#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduce.h"

namespace tapegrad {

using namespace ops;

// --- cumsum: from the first element of a dim on, or from the last one backwards, which is its gradient
namespace {
struct ScanAttrs {
  std::int64_t dim, backwards;
};
}  // namespace

static void cumsum_shape(Call& c) {
  same_shape(c);
  if (!is_floating_point(c.dtype)) c.dtype = kLong;
}
static void run_cumsum(const Call& c) noexcept {
  const auto [dim, backwards] = c.attrs.as<ScanAttrs>();
  kernels::cumsum(c.in[0]->dtype, c.in[0]->data, shape3(c.in[0], dim, dim + 1), backwards != 0, c.out->data);
}
static void cumsum_vjp(Grads& r) {
  const auto [dim, backwards] = r.attrs().as<ScanAttrs>();
  r.set(0, apply(r.op(), r.g(), pack(ScanAttrs{.dim = dim, .backwards = 1 - backwards})));
}
constexpr Op kCumsum{
    .name = "cumsum", .grad_name = "CumsumBackward0", .shape = cumsum_shape, .kernel = run_cumsum, .vjp = cumsum_vjp};
Tensor cumsum(const Tensor& x, std::int64_t dim) {
  const int d = wrap_dim("cumsum", dim, x.dim());
  return x.dim() == 0 ? widened(x).clone() : apply(kCumsum, x, pack(ScanAttrs{.dim = d, .backwards = 0}));
}
Tensor TensorOps::cumsum(std::int64_t dim) const { return tapegrad::cumsum(self(), dim); }

}  // namespace tapegrad
