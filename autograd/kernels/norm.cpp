#include "autograd/kernels/norm.h"

#include "autograd/kernels/simd.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/kernels/norm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/sum-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tapegrad::kernels::HWY_NAMESPACE {

// Where a run of elements begins, and the number of its weight, or of the first of its weights.
template <class F>
void for_runs(const NormShape& s, std::int64_t group, const F& f) {
  const std::int64_t first = group % s.cycle * s.rows;
  if (s.size == 1) return f(group * s.rows, first);
  for (std::int64_t n = 0; n < s.batches; ++n) {
    const std::int64_t at = (n * s.groups + group) * s.rows;
    for (std::int64_t r = 0; r < s.rows; ++r) f((at + r) * s.size, first + r);
  }
}
std::size_t run_length(const NormShape& s) { return static_cast<std::size_t>(s.size == 1 ? s.rows : s.size); }
std::int64_t group_size(const NormShape& s) { return s.batches * s.rows * s.size; }

template <class T>
struct Group {
  T mean, rstd;
  Group(const NormShape& s, double eps, const T* stats, std::int64_t group)
      : mean(stats[group]), rstd(T{1} / std::sqrt(stats[s.groups + group] + static_cast<T>(eps))) {}
};

// Sums of runs are added in f64, so that a group's sum errs as its runs' do.
template <class T>
void moments_of(const NormShape& s, const T* x, T* stats) {
  const hn::ScalableTag<T> d;
  const std::size_t n = run_length(s);
  const auto count = static_cast<double>(group_size(s));
  for_rows(s.groups, 4 * group_size(s), [=, &s](std::int64_t group) {
    double sum = 0, squares = 0;
    for_runs(s, group, [&](std::int64_t at, std::int64_t) {
      sum += static_cast<double>(
          sum_range(d, 0, n, [from = x + at, d](std::size_t i, auto step) { return step.load(d, from + i); }));
    });
    const T mean = static_cast<T>(sum / count);
    const auto middle = hn::Set(d, mean);
    for_runs(s, group, [&](std::int64_t at, std::int64_t) {
      squares += static_cast<double>(sum_range(d, 0, n, [from = x + at, d, middle](std::size_t i, auto step) {
        const auto v = hn::Sub(step.load(d, from + i), middle);
        return step.or_else(hn::Mul(v, v), d, hn::Zero(d));
      }));
    });
    stats[group] = mean;
    stats[s.groups + group] = static_cast<T>(squares / count);
  });
}

// The weight of elements i .. of a run: one for all, or one each. 1 where there are none.
template <class T>
struct Weights {
  const T* of_run;
  bool each;
  template <class D, class Step>
  hn::Vec<D> load(D d, std::size_t i, Step step, T without) const {
    if (of_run == nullptr) return hn::Set(d, without);
    return each ? step.load(d, of_run + i) : hn::Set(d, *of_run);
  }
};
template <class T>
Weights<T> weights_at(const NormShape& s, const T* w, std::int64_t number) {
  return {w == nullptr ? nullptr : w + number, s.size == 1};
}

template <class T>
void normalize_of(const NormShape& s, double eps, const T* x, const T* stats, const T* w, const T* b, T* y) {
  const hn::ScalableTag<T> d;
  const std::size_t n = run_length(s);
  for_rows(s.groups, 4 * group_size(s), [=, &s](std::int64_t group) {
    const Group<T> of(s, eps, stats, group);
    const auto mean = hn::Set(d, of.mean), rstd = hn::Set(d, of.rstd);
    for_runs(s, group, [=, &s](std::int64_t at, std::int64_t number) {
      const Weights<T> weight = weights_at(s, w, number), bias = weights_at(s, b, number);
      for_steps(d, n, [&](std::size_t i, auto step) HWY_ATTR {
        const auto hat = hn::Mul(hn::Sub(step.load(d, x + at + i), mean), rstd);
        step.store(hn::MulAdd(hat, weight.load(d, i, step, T{1}), bias.load(d, i, step, T{0})), d, y + at + i);
      });
    });
  });
}

template <class T>
void normalize_grad_of(const NormShape& s, double eps, const T* dy, const T* x, const T* stats, const T* w, T* dx) {
  const hn::ScalableTag<T> d;
  const std::size_t n = run_length(s);
  const auto count = static_cast<double>(group_size(s));
  for_rows(s.groups, 8 * group_size(s), [=, &s](std::int64_t group) {
    const Group<T> of(s, eps, stats, group);
    const auto mean = hn::Set(d, of.mean), rstd = hn::Set(d, of.rstd);
    double sum = 0, inner = 0;
    for_runs(s, group, [&](std::int64_t at, std::int64_t number) {
      const Weights<T> weight = weights_at(s, w, number);
      const auto v = [=, g = dy + at](std::size_t i, auto step) {
        return hn::Mul(step.load(d, g + i), weight.load(d, i, step, T{1}));
      };
      sum += static_cast<double>(sum_range(d, 0, n, v));
      inner += static_cast<double>(sum_range(d, 0, n, [=, from = x + at](std::size_t i, auto step) {
        return hn::Mul(v(i, step), hn::Mul(hn::Sub(step.load(d, from + i), mean), rstd));
      }));
    });
    const auto m = hn::Set(d, static_cast<T>(sum / count)), mh = hn::Set(d, static_cast<T>(inner / count));
    for_runs(s, group, [=, &s](std::int64_t at, std::int64_t number) {
      const Weights<T> weight = weights_at(s, w, number);
      for_steps(d, n, [&](std::size_t i, auto step) HWY_ATTR {
        const auto hat = hn::Mul(hn::Sub(step.load(d, x + at + i), mean), rstd);
        const auto v = hn::Mul(step.load(d, dy + at + i), weight.load(d, i, step, T{1}));
        step.store(hn::Mul(rstd, hn::NegMulAdd(hat, mh, hn::Sub(v, m))), d, dx + at + i);
      });
    });
  });
}

template <class T>
void normalize_weights_of(const NormShape& s, double eps, const T* dy, const T* x, const T* stats, std::int64_t parts,
                          T* out) {
  const hn::ScalableTag<T> d;
  const std::int64_t weights = s.weights();
  if (s.size != 1) {  // a number is a sum over the groups that have it
    for_rows(weights, 4 * s.batches * s.groups / s.cycle * s.size, [=, &s](std::int64_t number) {
      double dw = 0, db = 0;
      const auto n = static_cast<std::size_t>(s.size);
      for (std::int64_t group = number / s.rows; group < s.groups; group += s.cycle) {
        const Group<T> of(s, eps, stats, group);
        const auto mean = hn::Set(d, of.mean), rstd = hn::Set(d, of.rstd);
        for (std::int64_t batch = 0; batch < s.batches; ++batch) {
          const std::int64_t at = ((batch * s.groups + group) * s.rows + number % s.rows) * s.size;
          dw += static_cast<double>(sum_range(d, 0, n, [=](std::size_t i, auto step) {
            return hn::Mul(step.load(d, dy + at + i), hn::Mul(hn::Sub(step.load(d, x + at + i), mean), rstd));
          }));
          db += static_cast<double>(
              sum_range(d, 0, n, [=](std::size_t i, auto step) { return step.load(d, dy + at + i); }));
        }
      }
      out[number] = static_cast<T>(dw);
      out[weights + number] = static_cast<T>(db);
    });
    return;
  }
  const std::int64_t each = (s.groups / s.cycle + parts - 1) / parts;  // groups with each weight, of a part
  parallel_for(parts, 1, [=, &s](std::int64_t begin, std::int64_t end) {
    for (std::int64_t part = begin; part < end; ++part) {
      T* const to = out + part * 2 * weights;
      std::fill_n(to, 2 * weights, T{});
      const std::int64_t last = std::min((part + 1) * each, s.groups / s.cycle) * s.cycle;
      for (std::int64_t group = part * each * s.cycle; group < last; ++group) {
        const Group<T> of(s, eps, stats, group);
        const auto mean = hn::Set(d, of.mean), rstd = hn::Set(d, of.rstd);
        const std::int64_t at = group * s.rows;
        T* const dw = to + group % s.cycle * s.rows;
        for_steps(d, run_length(s), [=](std::size_t i, auto step) HWY_ATTR {
          const auto g = step.load(d, dy + at + i);
          const auto hat = hn::Mul(hn::Sub(step.load(d, x + at + i), mean), rstd);
          step.store(hn::MulAdd(g, hat, step.load(d, dw + i)), d, dw + i);
          step.store(hn::Add(g, step.load(d, dw + weights + i)), d, dw + weights + i);
        });
      }
    }
  });
}

void moments_any(Dtype dtype, const NormShape& s, const void* x, void* stats) {
  by_floating(dtype, [=, &s]<class T>() { moments_of(s, static_cast<const T*>(x), static_cast<T*>(stats)); });
}
void normalize_any(Dtype dtype, const NormShape& s, double eps, const void* x, const void* stats, const void* w,
                   const void* b, void* y) {
  by_floating(dtype, [=, &s]<class T>() {
    normalize_of(s, eps, static_cast<const T*>(x), static_cast<const T*>(stats), static_cast<const T*>(w),
                 static_cast<const T*>(b), static_cast<T*>(y));
  });
}
void normalize_grad_any(Dtype dtype, const NormShape& s, double eps, const void* dy, const void* x, const void* stats,
                        const void* w, void* dx) {
  by_floating(dtype, [=, &s]<class T>() {
    normalize_grad_of(s, eps, static_cast<const T*>(dy), static_cast<const T*>(x), static_cast<const T*>(stats),
                      static_cast<const T*>(w), static_cast<T*>(dx));
  });
}
void normalize_weights_any(Dtype dtype, const NormShape& s, double eps, const void* dy, const void* x,
                           const void* stats, std::int64_t parts, void* out) {
  by_floating(dtype, [=, &s]<class T>() {
    normalize_weights_of(s, eps, static_cast<const T*>(dy), static_cast<const T*>(x), static_cast<const T*>(stats),
                         parts, static_cast<T*>(out));
  });
}

}  // namespace tapegrad::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapegrad::kernels {

TAPEGRAD_TARGETS(moments_any);
TAPEGRAD_TARGETS(normalize_any);
TAPEGRAD_TARGETS(normalize_grad_any);
TAPEGRAD_TARGETS(normalize_weights_any);

void moments(Dtype dtype, const NormShape& s, const void* x, void* stats) noexcept {
  TAPEGRAD_DISPATCH(moments_any)(dtype, s, x, stats);
}
void normalize(Dtype dtype, const NormShape& s, double eps, const void* x, const void* stats, const void* w,
               const void* b, void* y) noexcept {
  TAPEGRAD_DISPATCH(normalize_any)(dtype, s, eps, x, stats, w, b, y);
}
void normalize_grad(Dtype dtype, const NormShape& s, double eps, const void* dy, const void* x, const void* stats,
                    const void* w, void* dx) noexcept {
  TAPEGRAD_DISPATCH(normalize_grad_any)(dtype, s, eps, dy, x, stats, w, dx);
}
void normalize_weights(Dtype dtype, const NormShape& s, double eps, const void* dy, const void* x, const void* stats,
                       std::int64_t parts, void* out) noexcept {
  TAPEGRAD_DISPATCH(normalize_weights_any)(dtype, s, eps, dy, x, stats, parts, out);
}

}  // namespace tapegrad::kernels
#endif
