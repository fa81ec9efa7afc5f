#include "autograd/kernels/optim_nadam.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/optim_nadam.cpp"
#include "autograd/kernels/optim-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
void Nadam(const Param& param, const NadamArgs& given, size_t begin, size_t end) {
  const auto step = []<bool kDecay, bool kGrad, bool kPlain>(auto at, const Param& x, const NadamArgs& a) HWY_ATTR {
    const auto p = at.load(x.p);
    auto g = at.load(x.g);
    if constexpr (kDecay) g = g + p * at.all(a.weight_decay);
    const auto m = at.keep(at.load(a.m) * at.all(a.beta1) + g * at.all(1 - a.beta1), a.m);
    const auto v = at.keep(at.load(a.v) * at.all(a.beta2) + g * g * at.all(1 - a.beta2), a.v);
    auto d = m * at.all(a.step_size);
    if constexpr (kGrad) d = d + g * at.all(a.grad_size);
    if constexpr (!kPlain) d = d / (hn::Sqrt(v) / at.all(a.sqrt_correction2) + at.all(a.eps));
    at.store(p - d, x.p);
  };
  EachPlace(param, given, begin, end, step, given.weight_decay != 0, given.grad_size != 0, given.plain);
}
}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
TAPEGRAD_UPDATE(nadam, Nadam)
