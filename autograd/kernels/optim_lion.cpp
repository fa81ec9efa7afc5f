#include "autograd/kernels/optim_lion.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/optim_lion.cpp"
#include "autograd/kernels/optim-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
void Lion(const Param& param, const LionArgs& given, size_t begin, size_t end) {
  const auto step = [](auto at, const Param& x, const LionArgs& a) HWY_ATTR {
    const auto p = at.load(x.p) * at.all(a.decay), g = at.load(x.g), m = at.load(a.m);
    const auto c = m * at.all(a.beta1) + g * at.all(1 - a.beta1);
    // 0 and NaN are their own signs.
    const auto sign = hn::IfThenElse(hn::Gt(hn::Abs(c), at.all(0)), hn::CopySign(at.all(1), c), c);
    at.store(p - sign * at.all(a.lr), x.p);
    at.keep(m * at.all(a.beta2) + g * at.all(1 - a.beta2), a.m);
  };
  EachPlace(param, given, begin, end, step);
}
}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
TAPEGRAD_UPDATE(lion, Lion)
