#include "autograd/kernels/optim.h"

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/parallel.h"
#include "autograd/kernels/simd.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/optim.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cstddef>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D, class V>
HWY_INLINE V FlushSubnormal(D d, V v) {
  const V smallest = hn::Set(d, std::numeric_limits<hn::TFromD<D>>::min());
  return hn::IfThenZeroElse(hn::Lt(hn::Abs(v), smallest), v);
}

template <class T, class At>
HWY_INLINE void OverAll(size_t i, size_t end, At at) {
#if HWY_TARGET != HWY_EMU128 && HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<T> d;
  for (const size_t lanes = hn::Lanes(d); i + lanes <= end; i += lanes) at(d, i);
#endif
  for (const hn::CappedTag<T, 1> one; i < end; ++i) at(one, i);
}

// Every operation rounds by itself, so that lanes, tails and targets agree. What is not asked for is not computed: 0
// times an infinite parameter would be NaN.
template <class T, bool kDecay, bool kBuffer, bool kNesterov>
HWY_NOINLINE void SgdLoop(const Param& x, size_t begin, size_t end, const SgdArgs& a) {
  T* const p = static_cast<T*>(x.p);
  T* const buffer = static_cast<T*>(x.state[0]);
  const T* const g = static_cast<const T*>(x.g);
  const T lr = static_cast<T>(a.lr), sign = static_cast<T>(a.sign), weight_decay = static_cast<T>(a.weight_decay);
  const T keep = static_cast<T>(a.keep), take = static_cast<T>(a.take), nesterov = static_cast<T>(a.nesterov);
  OverAll<T>(begin, end, [=](auto d, size_t i) HWY_ATTR {
    const auto param = hn::LoadU(d, p + i);
    auto step = hn::Mul(hn::LoadU(d, g + i), hn::Set(d, sign));
    if constexpr (kDecay) step = hn::Add(step, hn::Mul(param, hn::Set(d, weight_decay)));
    if constexpr (kBuffer) {
      auto b = hn::Mul(hn::LoadU(d, buffer + i), hn::Set(d, keep));
      b = FlushSubnormal(d, hn::Add(b, hn::Mul(step, hn::Set(d, take))));
      hn::StoreU(b, d, buffer + i);
      if constexpr (kNesterov) b = hn::Add(step, hn::Mul(b, hn::Set(d, nesterov)));
      step = b;
    }
    hn::StoreU(hn::Sub(param, hn::Mul(step, hn::Set(d, lr))), d, p + i);
  });
}

template <class T, bool kDecay, bool kMax>
HWY_NOINLINE void AdamLoop(const Param& x, size_t begin, size_t end, const AdamArgs& a) {
  T* const p = static_cast<T*>(x.p);
  T *const m = static_cast<T*>(x.state[0]), *const v = static_cast<T*>(x.state[1]);
  T* const vmax = static_cast<T*>(x.state[2]);
  const T* const g = static_cast<const T*>(x.g);
  const T beta1 = static_cast<T>(a.beta1), rest1 = static_cast<T>(1 - a.beta1);
  const T beta2 = static_cast<T>(a.beta2), rest2 = static_cast<T>(1 - a.beta2);
  const T size = static_cast<T>(a.step_size), correction = static_cast<T>(a.sqrt_correction2);
  const T eps = static_cast<T>(a.eps), weight_decay = static_cast<T>(a.weight_decay), decay = static_cast<T>(a.decay);
  OverAll<T>(begin, end, [=](auto d, size_t i) HWY_ATTR {
    const auto param = hn::Mul(hn::LoadU(d, p + i), hn::Set(d, decay));
    auto grad = hn::LoadU(d, g + i);
    if constexpr (kDecay) grad = hn::Add(grad, hn::Mul(param, hn::Set(d, weight_decay)));
    auto first = hn::Mul(hn::LoadU(d, m + i), hn::Set(d, beta1));
    first = FlushSubnormal(d, hn::Add(first, hn::Mul(grad, hn::Set(d, rest1))));
    auto second = hn::Mul(hn::LoadU(d, v + i), hn::Set(d, beta2));
    second = FlushSubnormal(d, hn::Add(second, hn::Mul(hn::Mul(grad, grad), hn::Set(d, rest2))));
    hn::StoreU(first, d, m + i);
    hn::StoreU(second, d, v + i);
    if constexpr (kMax) {
      second = hn::Max(hn::LoadU(d, vmax + i), second);
      hn::StoreU(second, d, vmax + i);
    }
    const auto scale = hn::Add(hn::Div(hn::Sqrt(second), hn::Set(d, correction)), hn::Set(d, eps));
    hn::StoreU(hn::Sub(param, hn::Div(hn::Mul(first, hn::Set(d, size)), scale)), d, p + i);
  });
}

void Sgd(const Param& x, size_t begin, size_t end, const SgdArgs& a) {
  by_floating(x.dtype, [&]<class T>() {
    const auto loop = [&]<bool... kFlags>() { SgdLoop<T, kFlags...>(x, begin, end, a); };
    with_flags(loop, a.weight_decay != 0, x.state[0] != nullptr, a.nesterov != 0);
  });
}
void Adam(const Param& x, size_t begin, size_t end, const AdamArgs& a) {
  by_floating(x.dtype, [&]<class T>() {
    const auto loop = [&]<bool... kFlags>() { AdamLoop<T, kFlags...>(x, begin, end, a); };
    with_flags(loop, a.weight_decay != 0, x.state[2] != nullptr);
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

HWY_EXPORT(Sgd);
HWY_EXPORT(Adam);

namespace {

constexpr std::int64_t kGrain = 16384;  // elements a thread takes at a time
constexpr std::int64_t kTiny = 8;       // up to here the baseline's scalar code is quicker than the way to a vector

void run(auto tiny, auto kernel, const Param& x, const auto& args) noexcept {
  if (x.n <= kTiny) return tiny(x, 0, static_cast<size_t>(x.n), args);
  parallel_for(x.n, kGrain, [&](std::int64_t begin, std::int64_t end) {
    kernel(x, static_cast<size_t>(begin), static_cast<size_t>(end), args);
  });
}

}  // namespace

void sgd(const Param& x, const SgdArgs& args) noexcept {
  run(HWY_STATIC_DISPATCH(Sgd), HWY_DYNAMIC_DISPATCH(Sgd), x, args);
}
void adam(const Param& x, const AdamArgs& args) noexcept {
  run(HWY_STATIC_DISPATCH(Adam), HWY_DYNAMIC_DISPATCH(Adam), x, args);
}

}  // namespace tapegrad::kernels
#endif  // HWY_ONCE
