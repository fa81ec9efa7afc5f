#include "autograd/kernels/optim_adadelta.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/optim_adadelta.cpp"
#include "autograd/kernels/optim-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
void Adadelta(const Param& param, const AdadeltaArgs& given, size_t begin, size_t end) {
  const auto step = []<bool kDecay>(auto at, const Param& x, const AdadeltaArgs& a) HWY_ATTR {
    const auto p = at.load(x.p), rho = at.all(a.rho), rest = at.all(1 - a.rho), eps = at.all(a.eps);
    auto g = at.load(x.g) * at.all(a.sign);
    if constexpr (kDecay) g = g + p * at.all(a.weight_decay);
    const auto v = at.keep(at.load(a.v) * rho + g * g * rest, a.v), u = at.load(a.u);
    const auto d = hn::Sqrt(u + eps) / hn::Sqrt(v + eps) * g;
    at.keep(u * rho + d * d * rest, a.u);
    at.store(p - d * at.all(a.lr), x.p);
  };
  EachPlace(param, given, begin, end, step, given.weight_decay != 0);
}
}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
TAPEGRAD_UPDATE(adadelta, Adadelta)
