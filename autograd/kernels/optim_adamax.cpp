#include "autograd/kernels/optim_adamax.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/optim_adamax.cpp"
#include "autograd/kernels/optim-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
void Adamax(const Param& param, const AdamaxArgs& given, size_t begin, size_t end) {
  const auto step = []<bool kDecay>(auto at, const Param& x, const AdamaxArgs& a) HWY_ATTR {
    const auto p = at.load(x.p);
    auto g = at.load(x.g) * at.all(a.sign);
    if constexpr (kDecay) g = g + p * at.all(a.weight_decay);
    const auto m = at.keep(at.load(a.m) * at.all(a.beta1) + g * at.all(1 - a.beta1), a.m);
    const auto u = at.keep(hn::Max(at.load(a.u) * at.all(a.beta2), hn::Abs(g) + at.all(a.eps)), a.u);
    at.store(p - m * at.all(a.step_size) / u, x.p);
  };
  EachPlace(param, given, begin, end, step, given.weight_decay != 0);
}
}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
TAPEGRAD_UPDATE(adamax, Adamax)
