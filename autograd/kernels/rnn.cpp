#include "autograd/kernels/rnn.h"

#include "autograd/kernels/simd.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/rnn.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/gemm.h"
#include "autograd/kernels/loop-inl.h"
#include "autograd/kernels/parallel.h"
#include "autograd/kernels/vec_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// A step: its rows, the first of them, and the step before it in the layer's direction, of which its first `known` rows
// go on; the others begin with the initial states.
struct RnnStep {
  std::int64_t rows, first, known, before;
};

// Calls f(step) for each step in the layer's direction, or against it.
template <class F>
void for_steps_of(const RnnShape& s, bool against, const F& f) {
  const bool down = (s.backwards != 0) != against;
  const auto rows = [&](std::int64_t t) { return t < 0 || t >= s.steps ? 0 : s.rows == nullptr ? s.batch : s.rows[t]; };
  std::int64_t first = down ? s.total : 0;
  for (std::int64_t i = 0; i < s.steps; ++i) {
    const std::int64_t t = down ? s.steps - 1 - i : i, n = rows(t);
    if (down) first -= n;
    const std::int64_t other = rows(s.backwards != 0 ? t + 1 : t - 1);
    f(RnnStep{n, first, std::min(n, other), s.backwards != 0 ? first + n : first - other});
    if (!down) first += n;
  }
}

// c[rows, cols] += the states before this step times w [h, ldw].
template <class T>
void add_products(const RnnStep& step, std::int64_t h, std::int64_t cols, const T* states, const T* initial, const T* w,
                  std::int64_t ldw, T* c, std::int64_t ldc) {
  constexpr std::int64_t kOne = 1;
  const T* const none = nullptr;
  gemm(step.known, cols, h, states + step.before * h, h, kOne, w, ldw, kOne, c, ldc, true, none);
  gemm(step.rows - step.known, cols, h, initial + step.known * h, h, kOne, w, ldw, kOne, c + step.known * ldc, ldc,
       true, none);
}
template <class T>
const T* state_before(const RnnStep& step, std::int64_t row, std::int64_t h, const T* states, const T* initial) {
  return row < step.known ? states + (step.before + row) * h : initial + row * h;
}

template <class D, class V>
HWY_INLINE V SigmoidSlope(D d, V y) {
  return hn::Mul(y, hn::Sub(hn::Set(d, 1), y));
}
template <class D, class V>
HWY_INLINE V TanhSlope(D d, V y) {
  return hn::NegMulAdd(y, y, hn::Set(d, 1));
}

template <class T>
void lstm_row(T* gates, const T* before, T* c, T* h, std::size_t n) {
  const hn::ScalableTag<T> d;
  for_steps(d, n, [=](std::size_t i, auto at) HWY_ATTR {
    const auto in = Sigmoid(d, at.load(d, gates + i)), forget = Sigmoid(d, at.load(d, gates + n + i));
    const auto cell = Tanh(d, at.load(d, gates + 2 * n + i)), out = Sigmoid(d, at.load(d, gates + 3 * n + i));
    const auto next = hn::MulAdd(forget, at.load(d, before + i), hn::Mul(in, cell));
    at.store(in, d, gates + i);
    at.store(forget, d, gates + n + i);
    at.store(cell, d, gates + 2 * n + i);
    at.store(out, d, gates + 3 * n + i);
    at.store(next, d, c + i);
    at.store(hn::Mul(out, Tanh(d, next)), d, h + i);
  });
}
template <class T>
void lstm_grad_row(const T* gates, const T* before, const T* c, const T* dc, const T* dh, T* carried_c, T* carried_h,
                   T* out, std::size_t n) {
  const hn::ScalableTag<T> d;
  for_steps(d, n, [=](std::size_t i, auto at) HWY_ATTR {
    const auto in = at.load(d, gates + i), forget = at.load(d, gates + n + i), cell = at.load(d, gates + 2 * n + i);
    const auto open = at.load(d, gates + 3 * n + i), t = Tanh(d, at.load(d, c + i));
    const auto g = hn::Add(at.load(d, dh + i), at.load(d, carried_h + i));
    const auto of_c =
        hn::MulAdd(hn::Mul(g, open), TanhSlope(d, t), hn::Add(at.load(d, dc + i), at.load(d, carried_c + i)));
    at.store(hn::Mul(hn::Mul(of_c, cell), SigmoidSlope(d, in)), d, out + i);
    at.store(hn::Mul(hn::Mul(of_c, at.load(d, before + i)), SigmoidSlope(d, forget)), d, out + n + i);
    at.store(hn::Mul(hn::Mul(of_c, in), TanhSlope(d, cell)), d, out + 2 * n + i);
    at.store(hn::Mul(hn::Mul(g, t), SigmoidSlope(d, open)), d, out + 3 * n + i);
    at.store(hn::Mul(of_c, forget), d, carried_c + i);
  });
}
// gates: reset and update before their functions, x's part of new; inside: h's part of new.
template <class T>
void gru_row(T* gates, const T* inside, const T* before, T* h, std::size_t n) {
  const hn::ScalableTag<T> d;
  for_steps(d, n, [=](std::size_t i, auto at) HWY_ATTR {
    const auto r = Sigmoid(d, at.load(d, gates + i)), z = Sigmoid(d, at.load(d, gates + n + i));
    const auto fresh = Tanh(d, hn::MulAdd(r, at.load(d, inside + i), at.load(d, gates + 2 * n + i)));
    at.store(r, d, gates + i);
    at.store(z, d, gates + n + i);
    at.store(fresh, d, gates + 2 * n + i);
    at.store(hn::MulAdd(z, hn::Sub(at.load(d, before + i), fresh), fresh), d, h + i);
  });
}
template <class T>
void gru_grad_row(const T* gates, const T* inside, const T* before, const T* dh, T* carried, T* of_x, T* of_h,
                  std::size_t n) {
  const hn::ScalableTag<T> d;
  for_steps(d, n, [=](std::size_t i, auto at) HWY_ATTR {
    const auto r = at.load(d, gates + i), z = at.load(d, gates + n + i), fresh = at.load(d, gates + 2 * n + i);
    const auto g = hn::Add(at.load(d, dh + i), at.load(d, carried + i));
    const auto dn = hn::Mul(hn::Mul(g, hn::Sub(hn::Set(d, 1), z)), TanhSlope(d, fresh));
    const auto dr = hn::Mul(hn::Mul(dn, at.load(d, inside + i)), SigmoidSlope(d, r));
    const auto dz = hn::Mul(hn::Mul(g, hn::Sub(at.load(d, before + i), fresh)), SigmoidSlope(d, z));
    for (T* const to : {of_x, of_h}) {
      at.store(dr, d, to + i);
      at.store(dz, d, to + n + i);
    }
    at.store(dn, d, of_x + 2 * n + i);
    at.store(hn::Mul(dn, r), d, of_h + 2 * n + i);
    at.store(hn::Mul(g, z), d, carried + i);
  });
}

template <class T>
void rnn_of(const RnnShape& s, const T* x, const T* w, const T* bias, const T* h0, const T* c0, T* kept) {
  const hn::ScalableTag<T> d;
  const std::int64_t h = s.hidden, plane = s.total * h, width = s.gates() * h;
  const auto n = static_cast<std::size_t>(h);
  T* const states = kept + s.h_at();
  T* const extra = s.h_at() == 0 ? states : states - plane;         // c, or a gru's w_hn h
  const std::int64_t inside = s.cell == Cell::Gru ? 2 * h : width;  // the columns of h's part that are added to x's
  for_steps_of(s, false, [&](const RnnStep& step) {
    T* const gates = kept + step.first * width;
    std::copy_n(x + step.first * width, step.rows * width, gates);
    if (s.cell == Cell::Gru) {
      for (std::int64_t r = 0; r < step.rows; ++r) {
        for (std::int64_t i = 0; bias != nullptr && i < 2 * h; ++i) gates[r * width + i] += bias[i];
        T* const to = extra + (step.first + r) * h;
        bias == nullptr ? std::fill_n(to, h, T{}) : std::copy_n(bias + 2 * h, h, to);
      }
      add_products(step, h, h, states, h0, w + 2 * h, width, extra + step.first * h, h);
    }
    add_products(step, h, inside, states, h0, w, width, gates, width);
    for_rows(step.rows, 8 * width, [&](std::int64_t r) {
      T *const gate = gates + r * width, *const to = states + (step.first + r) * h;
      T* const other = extra + (step.first + r) * h;
      if (s.cell == Cell::Lstm) return lstm_row(gate, state_before(step, r, h, extra, c0), other, to, n);
      if (s.cell == Cell::Gru) return gru_row(gate, other, state_before(step, r, h, states, h0), to, n);
      for_steps(d, n, [&](std::size_t i, auto at) HWY_ATTR {
        const auto v = at.load(d, gate + i);
        if (s.cell == Cell::Tanh) return at.store(Tanh(d, v), d, to + i);
        at.store(hn::IfThenZeroElse(hn::Lt(v, hn::Zero(d)), v), d, to + i);
      });
    });
  });
}

template <class T>
void rnn_grad_of(const RnnShape& s, const T* dkept, const T* kept, const T* w, const T* h0, const T* c0, T* out) {
  const hn::ScalableTag<T> d;
  const std::int64_t h = s.hidden, plane = s.total * h, width = s.gates() * h, states = s.h_at();
  const auto n = static_cast<std::size_t>(h);
  T* const of_h = s.cell == Cell::Gru ? out + s.total * width : out;  // what goes through w
  T *const carried = of_h + s.total * width, *const carried_c = carried + s.batch * h;
  std::fill(carried, out + s.gradients(), T{});
  for_steps_of(s, true, [&](const RnnStep& step) {
    for_rows(step.rows, 8 * width, [&](std::int64_t r) {
      const std::int64_t row = step.first + r, at_h = states + row * h, at_extra = states == 0 ? at_h : at_h - plane;
      const T* const gates = kept + row * width;
      T* const back = carried + r * h;
      if (s.cell == Cell::Lstm) {
        return lstm_grad_row(gates, state_before(step, r, h, kept + (states - plane), c0), kept + at_extra,
                             dkept + at_extra, dkept + at_h, carried_c + r * h, back, out + row * width, n);
      }
      if (s.cell == Cell::Gru) {
        return gru_grad_row(gates, kept + at_extra, state_before(step, r, h, kept + states, h0), dkept + at_h, back,
                            out + row * width, of_h + row * width, n);
      }
      for_steps(d, n, [&](std::size_t i, auto at) HWY_ATTR {
        const auto y = at.load(d, kept + at_h + i), g = hn::Add(at.load(d, dkept + at_h + i), at.load(d, back + i));
        const auto slope =
            s.cell == Cell::Tanh ? TanhSlope(d, y) : hn::IfThenElseZero(hn::Gt(y, hn::Zero(d)), hn::Set(d, 1));
        at.store(hn::Mul(g, slope), d, out + row * width + i);
      });
    });
    gemm(step.rows, h, width, of_h + step.first * width, width, std::int64_t{1}, w, h, std::int64_t{1}, carried, h,
         s.cell == Cell::Gru, static_cast<const T*>(nullptr));
  });
}

void rnn_any(Dtype dtype, const RnnShape& s, const void* x, const void* w, const void* bias, const void* h0,
             const void* c0, void* kept) {
  by_floating(dtype, [=, &s]<class T>() {
    rnn_of(s, static_cast<const T*>(x), static_cast<const T*>(w), static_cast<const T*>(bias),
           static_cast<const T*>(h0), static_cast<const T*>(c0), static_cast<T*>(kept));
  });
}
void rnn_grad_any(Dtype dtype, const RnnShape& s, const void* dkept, const void* kept, const void* w, const void* h0,
                  const void* c0, void* out) {
  by_floating(dtype, [=, &s]<class T>() {
    rnn_grad_of(s, static_cast<const T*>(dkept), static_cast<const T*>(kept), static_cast<const T*>(w),
                static_cast<const T*>(h0), static_cast<const T*>(c0), static_cast<T*>(out));
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

TAPEGRAD_TARGETS(rnn_any);
TAPEGRAD_TARGETS(rnn_grad_any);

void rnn(Dtype dtype, const RnnShape& s, const void* x, const void* w, const void* bias, const void* h0, const void* c0,
         void* kept) noexcept {
  TAPEGRAD_DISPATCH(rnn_any)(dtype, s, x, w, bias, h0, c0, kept);
}
void rnn_grad(Dtype dtype, const RnnShape& s, const void* dkept, const void* kept, const void* w, const void* h0,
              const void* c0, void* out) noexcept {
  TAPEGRAD_DISPATCH(rnn_grad_any)(dtype, s, dkept, kept, w, h0, c0, out);
}

}  // namespace tapegrad::kernels
#endif
