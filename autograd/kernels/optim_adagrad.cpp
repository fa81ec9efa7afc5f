#include "autograd/kernels/optim_adagrad.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/optim_adagrad.cpp"
#include "autograd/kernels/optim-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
void Adagrad(const Param& param, const AdagradArgs& given, size_t begin, size_t end) {
  const auto step = []<bool kDecay>(auto at, const Param& x, const AdagradArgs& a) HWY_ATTR {
    const auto p = at.load(x.p);
    auto g = at.load(x.g) * at.all(a.sign);
    if constexpr (kDecay) g = g + p * at.all(a.weight_decay);
    const auto sum = at.keep(at.load(a.sum) + g * g, a.sum);
    at.store(p - g * at.all(a.lr) / (hn::Sqrt(sum) + at.all(a.eps)), x.p);
  };
  EachPlace(param, given, begin, end, step, given.weight_decay != 0);
}
}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

TAPEGRAD_UPDATE(adagrad, Adagrad)
