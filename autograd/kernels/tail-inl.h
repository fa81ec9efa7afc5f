// The first lanes of a vector, for the end of a loop. Highway 1.0.3's MaskedLoad and BlendedStore touch only those
// lanes on AVX2 and AVX-512; elsewhere they touch all, past the end of the array, so there the lanes go through a small
// buffer.
#if defined(TAPEGRAD_AUTOGRAD_KERNELS_TAIL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_AUTOGRAD_KERNELS_TAIL_INL_H_
#undef TAPEGRAD_AUTOGRAD_KERNELS_TAIL_INL_H_
#else
#define TAPEGRAD_AUTOGRAD_KERNELS_TAIL_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D, class T = hn::TFromD<D>>
class Tail {
 public:
#if HWY_TARGET <= HWY_AVX2
  HWY_INLINE Tail(D d, int64_t lanes) : mask_(hn::FirstN(d, static_cast<size_t>(lanes))) {}
  HWY_INLINE hn::Vec<D> load(D d, const T* from) const { return hn::MaskedLoad(mask_, d, from); }
  HWY_INLINE void store(hn::Vec<D> v, D d, T* to) const { hn::BlendedStore(v, mask_, d, to); }

 private:
  decltype(hn::FirstN(D(), size_t{0})) mask_;
#else
  HWY_INLINE Tail(D, int64_t lanes) : lanes_(static_cast<size_t>(lanes)) {}
  HWY_INLINE hn::Vec<D> load(D d, const T* from) const {
    if (lanes_ == hn::Lanes(d)) return hn::LoadU(d, from);
    HWY_ALIGN T buffer[hn::MaxLanes(d)] = {};
    for (size_t i = 0; i < lanes_; ++i) buffer[i] = from[i];
    return hn::Load(d, buffer);
  }
  HWY_INLINE void store(hn::Vec<D> v, D d, T* to) const {
    if (lanes_ == hn::Lanes(d)) return hn::StoreU(v, d, to);
    HWY_ALIGN T buffer[hn::MaxLanes(d)];
    hn::Store(v, d, buffer);
    for (size_t i = 0; i < lanes_; ++i) to[i] = buffer[i];
  }

 private:
  size_t lanes_;
#endif
};

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // TAPEGRAD_AUTOGRAD_KERNELS_TAIL_INL_H_
