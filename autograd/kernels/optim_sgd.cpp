#include "autograd/kernels/optim_sgd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/optim_sgd.cpp"
#include "autograd/kernels/optim-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
void Sgd(const Param& param, const SgdArgs& given, size_t begin, size_t end) {
  const auto step = []<bool kDecay, bool kBuffer, bool kNesterov>(auto at, const Param& x, const SgdArgs& a) HWY_ATTR {
    const auto p = at.load(x.p);
    auto g = at.load(x.g) * at.all(a.sign);
    if constexpr (kDecay) g = g + p * at.all(a.weight_decay);
    if constexpr (kBuffer) {
      const auto buffer = at.keep(at.load(a.buffer) * at.all(a.keep) + g * at.all(a.take), a.buffer);
      g = kNesterov ? g + buffer * at.all(a.nesterov) : buffer;
    }
    at.store(p - g * at.all(a.lr), x.p);
  };
  EachPlace(param, given, begin, end, step, given.weight_decay != 0, given.buffer != nullptr, given.nesterov != 0);
}
}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

TAPEGRAD_UPDATE(sgd, Sgd)
