// The loop that turns a function of vectors into a Loop. The tail goes through the same vector code, so that an
// element's bits do not depend on where it stands.
#if defined(TAPEGRAD_LOOP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPEGRAD_LOOP_INL_H_
#undef TAPEGRAD_LOOP_INL_H_
#else
#define TAPEGRAD_LOOP_INL_H_
#endif

#include <bit>

#include "autograd/kernels/by_dtype.h"
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

// How a step of a loop reads and writes: as Tail does, but 0 lanes stand for a whole vector.
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

// step(i, how it reads and writes) for [0, n) in steps of one vector.
template <class D, class Step>
HWY_INLINE void ForSteps(D d, std::size_t n, const Step& step) {
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < n; i += lanes) step(i, Few<D>{n - i < lanes ? n - i : 0});
}

// AddFn: a function of vectors a, b, c; d is their tag, p the parameters.
#define TAPEGRAD_FN(Name, n_inputs, arguments, expr) \
  struct Name##Fn {                                  \
    static constexpr Fn kFn = Fn::Name;              \
    static constexpr int kInputs = n_inputs;         \
    template <class D, class P, class V>             \
    HWY_INLINE V operator() arguments const {        \
      (void)d;                                       \
      (void)p;                                       \
      return expr;                                   \
    }                                                \
  };
#define TAPEGRAD_FN1(Name, expr) TAPEGRAD_FN(Name, 1, (D d, P p, V a), expr)
#define TAPEGRAD_FN2(Name, expr) TAPEGRAD_FN(Name, 2, (D d, P p, V a, V b), expr)
#define TAPEGRAD_FN3(Name, expr) TAPEGRAD_FN(Name, 3, (D d, P p, V a, V b, V c), expr)

// What F is called with. Inputs whose bit in `scalar` is set are one element for all: a vector made beforehand.
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
  template <class Step>
  HWY_INLINE hn::Vec<D> Load(int k, unsigned scalar, std::size_t i, const Step& step) const {
    return (scalar >> k & 1U) != 0 ? same[k] : step.load(D(), x[k] + i);
  }
  // out[i ...] = F of what stands at i.
  template <class Step>
  HWY_INLINE void Run(unsigned scalar, std::size_t i, const Step& step, T* out) const {
    const auto a = Load(0, scalar, i, step);
    if constexpr (F::kInputs == 1) {
      step.store(F()(D(), params, a), D(), out + i);
    } else if constexpr (F::kInputs == 2) {
      step.store(F()(D(), params, a, Load(1, scalar, i, step)), D(), out + i);
    } else {
      step.store(F()(D(), params, a, Load(1, scalar, i, step), Load(2, scalar, i, step)), D(), out + i);
    }
  }
};

// One instance for each kind of operands.
template <class F, class T, unsigned kScalar>
HWY_NOINLINE void RunLoop(void* out, const void* const* in, std::int64_t n, const std::int64_t* params) noexcept {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d), count = static_cast<std::size_t>(n);
  T* to = static_cast<T*>(out);
  const Inputs<F, T> inputs(in, kScalar, params);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) inputs.Run(kScalar, i, Few<decltype(d)>(), to);
  if (i < count) inputs.Run(kScalar, i, Tail(d, static_cast<std::int64_t>(count - i)), to);
}

// Kinds are compared one after the other: quicker than a table, as most calls are of the first.
template <class F, class T, unsigned kScalar = 0>
void RunLoop(void* out, const void* const* in, unsigned scalar, std::int64_t n, const std::int64_t* params) noexcept {
  constexpr unsigned kKinds = 1U << F::kInputs;
  if constexpr (kScalar + 1 < kKinds) {
    if (scalar % kKinds != kScalar) return RunLoop<F, T, kScalar + 1>(out, in, scalar, n, params);
  }
  RunLoop<F, T, kScalar>(out, in, n, params);
}

// For functions of many instructions: one instance for all kinds of operands, and one copy of the function in it.
template <class F, class T>
void RunHeavyLoop(void* out, const void* const* in, unsigned scalar, std::int64_t n,
                  const std::int64_t* params) noexcept {
  const Inputs<F, T> inputs(in, scalar, params);
  ForSteps(hn::ScalableTag<T>(), static_cast<std::size_t>(n),
           [&](std::size_t i, auto step) HWY_ATTR { inputs.Run(scalar, i, step, static_cast<T*>(out)); });
}

// The row for fn among those of the functions F, null where it is none of them.
template <bool kHeavy, class... F>
Loop FindLoop(Fn fn, Dtype dtype) noexcept {
  return by_floating(dtype, [fn]<class T>() {
    Loop row = nullptr;
    ((fn == F::kFn ? void(row = kHeavy ? &RunHeavyLoop<F, T> : &RunLoop<F, T>) : void()), ...);
    return row;
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
