#include "autograd/ops/require.h"

#include "autograd/ops/elementwise.h"

namespace tapegrad::ops {

namespace {
struct RequireAttrs {
  void (*fail)(std::int64_t number);
  std::int64_t number;
};
}  // namespace

static void require_shape(Call& c) {
  c.dtype = kBool;
  set_sizes(c, {});
}
static void require_check(const Call& c) {
  if (const auto& a = c.attrs.as<RequireAttrs>(); !*c.in[0]->ptr<bool>()) a.fail(a.number);
}
static void run_require(const Call& c) noexcept { *c.out->ptr<bool>() = true; }
constexpr Op kRequire{
    .name = "require", .flags = kNoGrad, .shape = require_shape, .check = require_check, .kernel = run_require};

void require(const Tensor& mask, void (*fail)(std::int64_t number), std::int64_t number) {
  apply(kRequire, mask.all(), pack(RequireAttrs{.fail = fail, .number = number}));
}

}  // namespace tapegrad::ops
