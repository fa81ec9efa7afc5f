#include "autograd/kernels/optim_adam.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/optim_adam.cpp"
#include "autograd/kernels/optim-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
void Adam(const Param& param, const AdamArgs& given, size_t begin, size_t end) {
  const auto step = []<bool kDecay, bool kMax>(auto at, const Param& x, const AdamArgs& a) HWY_ATTR {
    const auto p = at.load(x.p) * at.all(a.decay);
    auto g = at.load(x.g);
    if constexpr (kDecay) g = g + p * at.all(a.weight_decay);
    const auto m = at.keep(at.load(a.m) * at.all(a.beta1) + g * at.all(1 - a.beta1), a.m);
    auto v = at.keep(at.load(a.v) * at.all(a.beta2) + g * g * at.all(1 - a.beta2), a.v);
    if constexpr (kMax) at.store(v = hn::Max(at.load(a.vmax), v), a.vmax);
    const auto scale = hn::Sqrt(v) / at.all(a.sqrt_correction2) + at.all(a.eps);
    at.store(p - m * at.all(a.step_size) / scale, x.p);
  };
  EachPlace(param, given, begin, end, step, given.weight_decay != 0, given.vmax != nullptr);
}
}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

TAPEGRAD_UPDATE(adam, Adam)
