// Cases of an operation that takes a tensor and a list of numbers, and whose elements are those of its input.
#pragma once

#include "../registry.h"

namespace tapegrad::test {

struct Arranged {
  Shape in;
  std::vector<std::int64_t> arguments;
  Domain domain = {};
  bool large = false;
};

using ArrangedCall = Tensor (*)(const Tensor&, const std::vector<std::int64_t>&);

inline void arranged(Sample& s, const std::vector<Arranged>& all, ArrangedCall fn, ArrangedCall method,
                     Array (*reference)(const Array&, const std::vector<std::int64_t>&)) {
  for (const Arranged& a : all) {
    Case c{.label = shape_text(a.in) + " by " + shape_text(a.arguments) + (a.large ? " large" : ""),
           .inputs = {{a.in, a.domain}},
           .fn = [=](const Tensors& x) { return fn(x[0], a.arguments); },
           .reference = [=](const Arrays& in) { return reference(in[0], a.arguments); },
           .accuracy = exact(),
           .large = a.large};
    if (method) c.spellings.push_back([=](const Tensors& x) { return method(x[0], a.arguments); });
    if (a.domain.dtype != kDouble) {
      c.label += std::string(" ") + name(a.domain.dtype);
      c.result = a.domain.dtype;
    }
    s.add(std::move(c));
  }
}

}  // namespace tapegrad::test
