// Cases of a function of one tensor.
#pragma once

#include "../registry.h"

namespace tapegrad::test {

// A free function and a method of the same name.
#define TAPEGRAD_TEST_UNARY(function)                \
  [](const Tensors& x) { return function(x[0]); }, { \
    [](const Tensors& x) { return x[0].function(); } \
  }

struct Unary {
  Fn fn;
  std::vector<Fn> spellings;
};

inline void unary(Sample& s, const Unary& u, const Accuracy& accuracy, const Domain& domain,
                  const std::vector<double>& kinks, const std::function<Dual(const Dual*)>& reference,
                  const Fn& in_place = nullptr) {
  s.elementwise({.fn = u.fn, .accuracy = accuracy, .kinks = kinks, .spellings = u.spellings, .in_place = in_place},
                {domain}, reference);
}

// Changes f's result in place: the input must not see it.
inline Fn written_over(const std::function<Tensor(const Tensor&)>& f) {
  return [=](const Tensors& x) {
    f(x[0]).fill_(7);
    return x[0].clone();
  };
}

}  // namespace tapegrad::test
