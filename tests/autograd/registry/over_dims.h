// Cases of a reduction over dims that takes (x, dims, keepdim).
#pragma once

#include <algorithm>
#include <optional>

#include "../registry.h"

namespace tapegrad::test {

struct Reduced {
  Shape shape;
  std::vector<std::int64_t> dims;
  bool keepdim = false, large = false, full = false;
};

// empties: what nothing is reduced to exists.
inline std::vector<Reduced> reductions(bool empties) {
  std::vector<Reduced> all = {{{}, {}},
                              {{}, {-1}},
                              {{}, {0}, true},
                              {{1}, {}},
                              {{1}, {0}, true},
                              {{2, 3, 4}, {}},
                              {{2, 3, 4}, {}, true},
                              {{2, 1, 3, 1, 2}, {}},
                              {{17}, {}},
                              {{33}, {0}, true},
                              {{3, 4}, {0}},
                              {{3, 4}, {1}, true},
                              {{3, 4}, {-1}},
                              {{3, 4}, {-2}, true},
                              {{3, 4}, {1, 0}, true},
                              {{2, 3, 4}, {1}},
                              {{2, 3, 4}, {0, 2}, true},
                              {{2, 3, 4}, {-1, 0}},
                              {{2, 1, 3, 1, 2}, {0, -2}},
                              {{2, 1, 3, 1, 2}, {1, 3}},
                              {{33, 2}, {0}},
                              {{0, 3}, {1}},
                              {{3, 0, 2}, {0, 2}, true},
                              {{1025}, {}, false, false, true},
                              {{300, 401}, {}, false, true},
                              {{300, 401}, {0}, false, true},
                              {{300, 401}, {1}, true, true}};
  if (empties)
    for (const Reduced& r : {Reduced{{0}, {}}, {{0}, {0}, true}, {{0, 3}, {0}}, {{0, 3}, {}}, {{3, 0, 2}, {1}}})
      all.push_back(r);
  return all;
}

inline std::string label(const std::string& name, const Reduced& r) {
  return name + (name.empty() ? "" : " ") + shape_text(r.shape) + " over " + shape_text(r.dims) +
         (r.keepdim ? " kept" : "");
}

inline double terms(const Reduced& r) {
  std::int64_t n = 1;
  for (std::size_t d = 0; d < r.shape.size(); ++d) {
    bool over = r.dims.empty();
    for (const std::int64_t k : r.dims) over = over || wrap(k, r.shape.size()) == d;
    if (over) n *= r.shape[d];
  }
  return static_cast<double>(std::max<std::int64_t>(1, n));
}

// The call, and the same as a method.
using Reduce = std::function<Tensor(const Tensor& x, IntList dims, bool keepdim)>;
struct Calls {
  Reduce function, method;
};

// least: of fewer terms curvatures are 0. units(n): how many eps * magnitude a result of n terms may be off; magnitude
// of the reference itself where not given.
using Units = double (*)(double n);
inline void fill(Sample& s, const std::string& name, const Calls& calls, const Domain& domain,
                 const std::vector<double>& kinks, const Fold& fold, Units units, bool empties,
                 const Fold& magnitude = nullptr, double least = 1) {
  for (const Reduced& r : reductions(empties)) {
    const double n = terms(r);
    if (n < least) continue;
    Accuracy accuracy = exact();
    if (units != nullptr)
      accuracy = {units(n), units(n), [r, of = magnitude ? magnitude : fold](const Arrays& in) {
                    Array m = reduce(in[0], r.dims, r.keepdim, of);
                    for (Dual& x : m.v) x = abs(x);
                    return m;
                  }};
    s.add({.label = label(name, r),
           .inputs = {{r.shape, domain}},
           .fn = [=](const Tensors& x) { return calls.function(x[0], r.dims, r.keepdim); },
           .reference = [=](const Arrays& in) { return reduce(in[0], r.dims, r.keepdim, fold); },
           .accuracy = accuracy,
           .kinks = kinks,
           .result = domain.dtype == kDouble ? std::optional<Dtype>() : domain.dtype,
           .spellings = {[=](const Tensors& x) { return calls.method(x[0], r.dims, r.keepdim); }},
           .large = r.large,
           .full = r.full});
  }
}

// Over all elements of a row, to a row of one.
inline Fn kept(const std::function<Tensor(const Tensor&)>& f) {
  return [=](const Tensors& x) { return f(x[0]).reshape({1}); };
}

template <bool kMax>
Dual extreme(const std::vector<Dual>& v) {
  Dual best = v.at(0);
  for (const Dual& x : v)
    if (kMax ? x.v > best.v : x.v < best.v) best = x;
  return best;
}

}  // namespace tapegrad::test
