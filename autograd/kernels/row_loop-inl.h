// The loop that turns a function of vectors into a Row. The tail goes through the same vector code, so that an
// element's bits do not depend on where it stands.
#if defined(TAPEGRAD_ROW_LOOP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_ROW_LOOP_INL_H_
#undef TAPEGRAD_ROW_LOOP_INL_H_
#else
#define TAPEGRAD_ROW_LOOP_INL_H_
#endif

#include <bit>
#include <cstring>

#include <hwy/highway.h>

#include "autograd/kernels/row.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The function's parameters in the element type.
template <class T>
struct Params {
  const std::int64_t* words;
  T operator[](int i) const noexcept { return static_cast<T>(std::bit_cast<double>(words[i])); }
};

template <class D, class T = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> LoadFew(D d, const T* p, std::size_t n) {
#if HWY_TARGET <= HWY_AVX3
  return hn::MaskedLoad(hn::FirstN(d, n), d, p);
#else
  HWY_ALIGN T few[HWY_MAX_BYTES / sizeof(T)] = {};
  std::memcpy(few, p, n * sizeof(T));
  return hn::Load(d, few);
#endif
}

template <class D, class T = hn::TFromD<D>>
HWY_INLINE void StoreFew(hn::Vec<D> v, D d, T* p, std::size_t n) {
#if HWY_TARGET <= HWY_AVX3
  hn::BlendedStore(v, hn::FirstN(d, n), d, p);
#else
  HWY_ALIGN T few[HWY_MAX_BYTES / sizeof(T)];
  hn::Store(v, d, few);
  std::memcpy(p, few, n * sizeof(T));
#endif
}

// F: V operator()(D d, Params<T> params, V a, V b, V c); one instance for each number of inputs.
template <class F, class T, int kIn, unsigned kScalar>
HWY_NOINLINE void RunLoop(T* out, const T* const* in, std::size_t n, Params<T> params) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const std::size_t lanes = hn::Lanes(d);
  const F f{};
  const V s0 = (kScalar & 1) != 0 ? hn::Set(d, *in[0]) : hn::Zero(d);
  const V s1 = kIn > 1 && (kScalar & 2) != 0 ? hn::Set(d, *in[1]) : hn::Zero(d);
  const V s2 = kIn > 2 && (kScalar & 4) != 0 ? hn::Set(d, *in[2]) : hn::Zero(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const V a = (kScalar & 1) != 0 ? s0 : hn::LoadU(d, in[0] + i);
    if constexpr (kIn == 1) {
      hn::StoreU(f(d, params, a), d, out + i);
    } else {
      const V b = (kScalar & 2) != 0 ? s1 : hn::LoadU(d, in[1] + i);
      if constexpr (kIn == 2) {
        hn::StoreU(f(d, params, a, b), d, out + i);
      } else {
        const V c = (kScalar & 4) != 0 ? s2 : hn::LoadU(d, in[2] + i);
        hn::StoreU(f(d, params, a, b, c), d, out + i);
      }
    }
  }
  const std::size_t rest = n - i;
  if (rest == 0) return;
  const V a = (kScalar & 1) != 0 ? s0 : LoadFew(d, in[0] + i, rest);
  if constexpr (kIn == 1) {
    StoreFew(f(d, params, a), d, out + i, rest);
  } else {
    const V b = (kScalar & 2) != 0 ? s1 : LoadFew(d, in[1] + i, rest);
    if constexpr (kIn == 2) {
      StoreFew(f(d, params, a, b), d, out + i, rest);
    } else {
      const V c = (kScalar & 4) != 0 ? s2 : LoadFew(d, in[2] + i, rest);
      StoreFew(f(d, params, a, b, c), d, out + i, rest);
    }
  }
}

template <class F, class T, int kIn>
void RunRow(void* out, const void* const* in, unsigned scalar, std::int64_t n, const std::int64_t* params) noexcept {
  auto* o = static_cast<T*>(out);
  auto* i = reinterpret_cast<const T* const*>(in);
  const auto count = static_cast<std::size_t>(n);
  const Params<T> p{params};
  switch (scalar & ((1U << kIn) - 1)) {
    case 0:
      return RunLoop<F, T, kIn, 0>(o, i, count, p);
    case 1:
      return RunLoop<F, T, kIn, 1>(o, i, count, p);
    case 2:
      return RunLoop < F, T, kIn, kIn >= 2 ? 2 : 0 > (o, i, count, p);
    case 3:
      return RunLoop < F, T, kIn, kIn >= 2 ? 3 : 0 > (o, i, count, p);
    case 4:
      return RunLoop < F, T, kIn, kIn >= 3 ? 4 : 0 > (o, i, count, p);
    case 5:
      return RunLoop < F, T, kIn, kIn >= 3 ? 5 : 0 > (o, i, count, p);
    case 6:
      return RunLoop < F, T, kIn, kIn >= 3 ? 6 : 0 > (o, i, count, p);
    default:
      return RunLoop < F, T, kIn, kIn >= 3 ? 7 : 0 > (o, i, count, p);
  }
}

// For functions of many instructions: one instance for all kinds of operands, and one copy of the function in it.
template <class F, class T, int kIn>
void RunHeavyRow(void* out, const void* const* in, unsigned scalar, std::int64_t n,
                 const std::int64_t* params) noexcept {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto count = static_cast<std::size_t>(n);
  const F f{};
  const Params<T> p{params};
  const auto load = [&](int k, std::size_t i, std::size_t few) {
    const T* x = static_cast<const T*>(in[k]);
    if ((scalar >> k & 1U) != 0) return hn::Set(d, *x);
    return few == 0 ? hn::LoadU(d, x + i) : LoadFew(d, x + i, few);
  };
  for (std::size_t i = 0; i < count; i += lanes) {
    const std::size_t few = count - i < lanes ? count - i : 0;
    hn::Vec<decltype(d)> v;
    if constexpr (kIn == 1) {
      v = f(d, p, load(0, i, few));
    } else {
      v = f(d, p, load(0, i, few), load(1, i, few));
    }
    if (few == 0) {
      hn::StoreU(v, d, static_cast<T*>(out) + i);
    } else {
      StoreFew(v, d, static_cast<T*>(out) + i, few);
    }
  }
}

template <class F, int kIn>
Row RowOf(Dtype dtype) noexcept {
  return dtype == kFloat ? &RunRow<F, float, kIn> : &RunRow<F, double, kIn>;
}

template <class F, int kIn>
Row HeavyRowOf(Dtype dtype) noexcept {
  return dtype == kFloat ? &RunHeavyRow<F, float, kIn> : &RunHeavyRow<F, double, kIn>;
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
