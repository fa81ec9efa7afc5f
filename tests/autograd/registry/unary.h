// Cases of a function of one tensor.
#pragma once

#include <cmath>

#include "../registry.h"

namespace tapegrad::test {

struct Unary {
  Fn fn;
  std::vector<Fn> spellings;
  Fn in_place;
};

// A free function and two methods of the same name.
#define TAPEGRAD_TEST_UNARY(function)                                                                    \
  Unary {                                                                                                \
    [](const Tensors& x) { return function(x[0]); }, {[](const Tensors& x) { return x[0].function(); }}, \
        [](const Tensors& x) { return x[0].function##_(); }                                              \
  }

inline void unary(Sample& s, const Unary& u, const Accuracy& accuracy, const Domain& domain,
                  const std::vector<double>& kinks, const std::function<Dual(const Dual*)>& reference) {
  s.elementwise({.fn = u.fn, .accuracy = accuracy, .kinks = kinks, .spellings = u.spellings, .in_place = u.in_place},
                {domain}, reference);
}

// The same of a function of real numbers, which takes whole numbers and bools as f32.
inline void real_unary(Sample& s, const Unary& u, const Accuracy& accuracy, const Domain& domain,
                       Dual (*reference)(const Dual&), const Domain& whole = integers(1, 6)) {
  unary(s, u, accuracy, domain, {}, [=](const Dual* x) { return reference(x[0]); });
  Case c{.label = "of int64",
         .inputs = {{{2, 3}, whole}},
         .fn = u.fn,
         .reference = [=](const Arrays& in) { return elementwise(in, [=](const Dual* x) { return reference(x[0]); }); },
         .accuracy = accuracy,
         .result = kFloat,
         .spellings = u.spellings};
  c.accuracy.f64 = std::ldexp(accuracy.f32, 29);  // a unit of f32 in units of f64
  s.add(c);
  if (whole.low > 1 || whole.high < 2) return;
  c.label = "of bool";
  c.inputs = {{{5}, {1, 2, kBool, false}}};
  s.add(c);
}

// 1 / f(x): the sign of a zero is seen in an infinity's.
inline Fn inverse(Tensor (*f)(const Tensor&)) {
  return [=](const Tensors& x) { return 1 / f(x[0]); };
}

// Changes f's result in place: the input must not see it.
inline Fn written_over(const std::function<Tensor(const Tensor&)>& f) {
  return [=](const Tensors& x) {
    f(x[0]).fill_(7);
    return x[0].clone();
  };
}

}  // namespace tapegrad::test
