// The loop that turns a function of vectors into a Loop. The tail goes through the same vector code, so that an
// element's bits do not depend on where it stands.
#if defined(TAPEGRAD_LOOP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_LOOP_INL_H_
#undef TAPEGRAD_LOOP_INL_H_
#else
#define TAPEGRAD_LOOP_INL_H_
#endif

#include <bit>

#include "autograd/kernels/loop.h"
#include "autograd/kernels/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// The function's parameters in the element type.
template <class T>
struct Params {
  const std::int64_t* words;
  T operator[](int i) const noexcept { return static_cast<T>(std::bit_cast<double>(words[i])); }
};

// How one step of a loop reads and writes: a whole vector, or its first `lanes` as Tail does where that is not 0.
template <class D, class T = hn::TFromD<D>>
struct Few {
  std::size_t lanes = 0;
  HWY_INLINE hn::Vec<D> load(D d, const T* p) const {
    return lanes == 0 ? hn::LoadU(d, p) : Tail(d, static_cast<std::int64_t>(lanes)).load(d, p);
  }
  HWY_INLINE void store(hn::Vec<D> v, D d, T* p) const {
    lanes == 0 ? hn::StoreU(v, d, p) : Tail(d, static_cast<std::int64_t>(lanes)).store(v, d, p);
  }
  // v, and `other` in the lanes that do not count.
  HWY_INLINE hn::Vec<D> or_else(hn::Vec<D> v, D d, hn::Vec<D> other) const {
    return lanes == 0 ? v : hn::IfThenElse(hn::FirstN(d, lanes), v, other);
  }
};

// step(i, Few) for [0, n) in steps of one vector.
template <class D, class Step>
HWY_INLINE void for_steps(D d, std::size_t n, const Step& step) {
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < n; i += lanes) step(i, Few<D>{n - i < lanes ? n - i : 0});
}

// The inputs of F. Those whose bit in `scalar` is set are one element for all: a vector of it is made beforehand.
template <class F, class T>
struct Inputs {
  using D = hn::ScalableTag<T>;
  const T* x[F::kInputs];
  hn::Vec<D> same[F::kInputs];
  Params<T> params;

  HWY_INLINE Inputs(const void* const* in, unsigned scalar, const std::int64_t* words) : params{words} {
    for (int k = 0; k < F::kInputs; ++k) {
      x[k] = static_cast<const T*>(in[k]);
      same[k] = (scalar >> k & 1U) != 0 ? hn::Set(D(), *x[k]) : hn::Zero(D());
    }
  }
  // Input k at place i; zeros where F has no input k.
  template <int k, class Step>
  HWY_INLINE hn::Vec<D> load(unsigned scalar, std::size_t i, const Step& step) const {
    if constexpr (k >= F::kInputs) {
      return hn::Zero(D());
    } else {
      return (scalar >> k & 1U) != 0 ? same[k] : step.load(D(), x[k] + i);
    }
  }
  // out[i ...] = F of what stands at i.
  template <class Step>
  HWY_INLINE void run(unsigned scalar, std::size_t i, const Step& step, T* out) const {
    const auto a = load<0>(scalar, i, step), b = load<1>(scalar, i, step), c = load<2>(scalar, i, step);
    step.store(F()(D(), params, a, b, c), D(), out + i);
  }
};

// The loop of a light function for one kind of operands: those of the bits in kScalar are one element for all.
template <class F, class T, unsigned kScalar>
HWY_NOINLINE void loop_of_kind(void* out, const void* const* in, std::int64_t n, const std::int64_t* params) noexcept {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d), count = static_cast<std::size_t>(n);
  T* to = static_cast<T*>(out);
  const Inputs<F, T> inputs(in, kScalar, params);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) inputs.run(kScalar, i, Few<decltype(d)>(), to);
  if (i < count) inputs.run(kScalar, i, Tail(d, static_cast<std::int64_t>(count - i)), to);
}

// For functions of a few instructions: one instance for each kind of operands. Kinds are compared one after the other,
// quicker than a table, as most calls are of the first.
template <class F, class T, unsigned kScalar = 0>
void light_loop(void* out, const void* const* in, unsigned scalar, std::int64_t n,
                const std::int64_t* params) noexcept {
  constexpr unsigned kKinds = 1U << F::kInputs;
  if constexpr (kScalar + 1 < kKinds) {
    if (scalar % kKinds != kScalar) return light_loop<F, T, kScalar + 1>(out, in, scalar, n, params);
  }
  loop_of_kind<F, T, kScalar>(out, in, n, params);
}

// For functions of many instructions: one instance for all kinds of operands, and one copy of the function in it.
template <class F, class T>
void heavy_loop(void* out, const void* const* in, unsigned scalar, std::int64_t n,
                const std::int64_t* params) noexcept {
  const Inputs<F, T> inputs(in, scalar, params);
  for_steps(hn::ScalableTag<T>(), static_cast<std::size_t>(n),
            [&](std::size_t i, auto step) HWY_ATTR { inputs.run(scalar, i, step, static_cast<T*>(out)); });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
