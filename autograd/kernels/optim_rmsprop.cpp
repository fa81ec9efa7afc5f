#include "autograd/kernels/optim_rmsprop.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/optim_rmsprop.cpp"
#include "autograd/kernels/optim-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
void Rmsprop(const Param& param, const RmspropArgs& given, size_t begin, size_t end) {
  const auto step = []<bool kDecay, bool kCentered, bool kMomentum>(auto at, const Param& x, const RmspropArgs& args)
                        HWY_ATTR {
                          const auto p = at.load(x.p), alpha = at.all(args.alpha), rest = at.all(1 - args.alpha);
                          auto g = at.load(x.g) * at.all(args.sign);
                          if constexpr (kDecay) g = g + p * at.all(args.weight_decay);
                          auto s = at.keep(at.load(args.v) * alpha + g * g * rest, args.v);
                          if constexpr (kCentered) {
                            const auto a = at.keep(at.load(args.a) * alpha + g * rest, args.a);
                            s = s - a * a;
                          }
                          auto d = g / (hn::Sqrt(s) + at.all(args.eps));
                          if constexpr (kMomentum)
                            d = at.keep(at.load(args.buffer) * at.all(args.momentum) + d, args.buffer);
                          at.store(p - d * at.all(args.lr), x.p);
                        };
  EachPlace(param, given, begin, end, step, given.weight_decay != 0, given.a != nullptr, given.buffer != nullptr);
}
}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

TAPEGRAD_UPDATE(rmsprop, Rmsprop)
