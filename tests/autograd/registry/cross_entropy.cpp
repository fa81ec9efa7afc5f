// Losses over classes: nll_loss and cross_entropy.
#include <algorithm>
#include <cmath>

#include "../registry.h"

namespace tapegrad::test {
namespace {

constexpr Reduction kReductions[] = {kMean, kSum, kNone};
const char* text(Reduction r) { return r == kMean ? "mean" : r == kSum ? "sum" : "none"; }

// How one call is made. The inputs are x, target, and the weight where there is one.
struct Call {
  bool weighted = false;
  Reduction reduction = kMean;
  std::int64_t ignored = -100;
  Real smoothing = 0;
};

struct Scores {
  Shape shape;  // [n, c], [c] or [n, c, ...]
  Shape rows;   // without the classes
  std::size_t dim;
  std::int64_t classes;

  explicit Scores(const Shape& s) : shape(s), rows(s), dim(s.size() == 1 ? 0 : 1), classes(s[dim]) {
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(dim));
  }
  Index at(const Index& row, std::int64_t c) const {
    Index i = row;
    i.insert(i.begin() + static_cast<std::ptrdiff_t>(dim), c);
    return i;
  }
};

Dual weight_of(const Arrays& in, const Call& call, std::int64_t c) { return call.weighted ? in[2].at({c}) : Dual(1); }

// The sum over rows that are not ignored of (1 - e) * -w_y lp_y + e / C * sum over c of -w_c lp_c, divided by the sum
// of w_y where the mean is asked for.
Array of_indices(const Array& lp, const Arrays& in, const Call& call) {
  const Scores s(lp.shape);
  Array each(s.rows);
  Dual weights;
  for_each(s.rows, [&](const Index& row) {
    const std::int64_t y = static_cast<std::int64_t>(in[1].at(row).v);
    if (y == call.ignored) return;
    Dual smooth;
    for (std::int64_t c = 0; c < s.classes && call.smoothing != 0; ++c)
      smooth += -weight_of(in, call, c) * lp.at(s.at(row, c));
    const Dual w = weight_of(in, call, y);
    each.at(row) =
        -w * lp.at(s.at(row, y)) * (1 - call.smoothing) + smooth * (call.smoothing / static_cast<Real>(s.classes));
    weights += w;
  });
  if (call.reduction == kNone) return each;
  return {{}, {call.reduction == kSum ? total(each.v) : total(each.v) / weights}};
}

// - sum over c of w_c y_c lp_c, y smoothed; the mean divides by the number of rows.
Array of_probabilities(const Array& lp, const Arrays& in, const Call& call) {
  const Scores s(lp.shape);
  Array each(s.rows);
  for_each(s.rows, [&](const Index& row) {
    for (std::int64_t c = 0; c < s.classes; ++c) {
      const Dual y = in[1].at(s.at(row, c)) * (1 - call.smoothing) + call.smoothing / static_cast<Real>(s.classes);
      each.at(row) += -weight_of(in, call, c) * y * lp.at(s.at(row, c));
    }
  });
  if (call.reduction == kNone) return each;
  const Real n = static_cast<Real>(std::max<std::int64_t>(1, count(s.rows)));
  return {{}, {call.reduction == kSum ? total(each.v) : total(each.v) / n}};
}

std::size_t class_dim(const Array& x) { return x.shape.size() == 1 ? 0 : 1; }

Array log_probabilities(const Array& x) {
  return along(x, static_cast<std::int64_t>(class_dim(x)),
               [](const std::vector<Dual>& line) { return log_softmax(line); });
}

// In place of the log-probabilities: how far each may be off, in eps.
Array scores_scale(const Array& x) {
  return along(x, static_cast<std::int64_t>(class_dim(x)), [](const std::vector<Dual>& line) {
    Real m = 0;
    for (const Dual& e : line) m = std::max(m, std::abs(e.v));
    return std::vector<Dual>(line.size(), Dual(-(m + 1)));
  });
}

std::string label(const Shape& x, const Call& c) {
  std::string l = std::string(text(c.reduction)) + " " + shape_text(x);
  if (c.weighted) l += " weighted";
  if (c.ignored != -100) l += " ignoring " + std::to_string(c.ignored);
  if (c.smoothing != 0) l += " smoothed";
  return l;
}

const Domain kWeights{0.2, 1.5};

std::vector<Input> inputs(const Shape& x, const Call& call, const Domain& scores, const Input& target) {
  std::vector<Input> in = {{x, scores}, target};
  if (!call.weighted) return in;
  in.push_back({{Scores(x).classes}, kWeights});
  // The weighted mean of one row or one class does not depend on the weight: a gradient of 0 has no scale to check by.
  const bool constant_weight = count(Scores(x).rows) == 1 || Scores(x).classes == 1;
  in.back().domain.differentiable = !(constant_weight && call.reduction == kMean);
  return in;
}

double sum_factor(const Shape& x) {
  return 4 * std::log2(static_cast<double>(std::max<std::int64_t>(1, count(Scores(x).rows)))) + 3;
}

void for_calls(bool smoothing, bool ignoring, const std::function<void(const Shape&, const Call&, bool)>& add) {
  const std::vector<Shape> shapes = {{11, 4}, {3}, {2, 3, 4}, {17, 5}, {5, 1}, {2, 3, 2, 2}};
  for (const Reduction r : kReductions)
    for (const Shape& x : shapes) {
      add(x, {.weighted = false, .reduction = r}, false);
      add(x, {.weighted = true, .reduction = r}, false);
      if (ignoring && x.size() > 1 && x[1] > 1) add(x, {.weighted = true, .reduction = r, .ignored = 1}, false);
      if (smoothing) add(x, {.weighted = true, .reduction = r, .ignored = -100, .smoothing = 0.125L}, false);
      if (smoothing && ignoring && x.size() > 1 && x[1] > 1)
        add(x, {.weighted = true, .reduction = r, .ignored = 1, .smoothing = 0.125L}, false);
    }
  add({0, 3}, {.weighted = false, .reduction = kSum}, false);
  add({0, 3}, {.weighted = false, .reduction = kNone}, false);
  add({2000, 60}, {.weighted = true, .reduction = kMean}, true);
}

const Register kNllLoss("nll_loss", [](Sample& s) {
  TAPEGRAD_EXAMPLE(nll_loss(tensor({{-0.5, -2.0}, {-1.0, -3.0}}), tensor({0, 1})));
  for_calls(false, true, [&](const Shape& x, const Call& call, bool large) {
    const auto reference = [=](const Arrays& in) { return of_indices(in[0], in, call); };
    s.add({.label = label(x, call),
           .inputs = inputs(x, call, {-3, -0.1}, {Scores(x).rows, integers(0, static_cast<double>(Scores(x).classes))}),
           .fn =
               [=](const Tensors& t) {
                 return nll_loss(t[0], t[1], call.weighted ? t[2] : undefined(), call.reduction, call.ignored);
               },
           .reference = reference,
           .accuracy = {sum_factor(x), sum_factor(x), reference},
           .large = large});
  });
  s.throws<IndexError>("Target 3 is out of bounds.",
                       [] {
                         nll_loss(of({2, 3}), tensor({0, 3}));
                       })
      .throws<IndexError>("Target -1 is out of bounds.",
                          [] {
                            nll_loss(of({2, 3}), tensor({0, -1}));
                          })
      .throws<DtypeError>("expected scalar type Long but found Float",
                          [] {
                            nll_loss(of({2, 3}), tensor({0., 1.}));
                          })
      .throws<ShapeError>("Expected input batch_size (2) to match target batch_size (3)",
                          [] {
                            nll_loss(of({2, 3}), tensor({0, 1, 2}));
                          })
      .throws<ShapeError>("[2, 5]",
                          [] {
                            nll_loss(of({2, 3, 4}), of({2, 5}, kLong));
                          })
      .throws<ShapeError>(
          "weight tensor should be defined either for all 3 classes or no classes but got weight tensor "
          "of shape: [4]",
          [] {
            nll_loss(of({2, 3}), tensor({0, 1}), of({4}));
          })
      .throws<ShapeError>("nll_loss", [] { nll_loss(of({}), of({}, kLong)); });
  s.edge({"all rows ignored is NaN", {{1, 2}}, {NAN}, {}, [](const Tensors& x) {
            return nll_loss(x[0].view({1, 2}), tensor({7}), undefined(), kMean, 7).view({1});
          }});
});

const Register kCrossEntropy("cross_entropy", [](Sample& s) {
  TAPEGRAD_EXAMPLE(cross_entropy(tensor({{2.0, 0.0}, {0.0, 1.0}}), tensor({0, 1})));
  const auto add = [&](const Shape& x, const Call& call, bool large, bool probabilities) {
    const auto reference = probabilities ? of_probabilities : of_indices;
    const Input target = probabilities ? Input{x, {0.05, 0.95}}
                                       : Input{Scores(x).rows, integers(0, static_cast<double>(Scores(x).classes))};
    const double factor = 8 + sum_factor(x);
    s.add({.label = std::string(probabilities ? "probabilities " : "") + label(x, call),
           .inputs = inputs(x, call, {}, target),
           .fn =
               [=](const Tensors& t) {
                 return cross_entropy(t[0], t[1], call.weighted ? t[2] : undefined(), call.reduction, call.ignored,
                                      static_cast<double>(call.smoothing));
               },
           .reference = [=](const Arrays& in) { return reference(log_probabilities(in[0]), in, call); },
           .accuracy = {factor, factor, [=](const Arrays& in) { return reference(scores_scale(in[0]), in, call); }},
           .large = large});
  };
  for_calls(true, true, [&](const Shape& x, const Call& call, bool large) { add(x, call, large, false); });
  for_calls(true, false, [&](const Shape& x, const Call& call, bool large) { add(x, call, large, true); });
  s.throws<IndexError>("Target 3 is out of bounds.",
                       [] {
                         cross_entropy(of({2, 3}), tensor({0, 3}));
                       })
      .throws<IndexError>("Target 3 is out of bounds.", [] { cross_entropy(of({3}), of({}, kLong).add(3)); })
      .throws<DtypeError>("expected scalar type Long but found Float",
                          [] {
                            cross_entropy(of({2, 3}), tensor({0., 1.}));
                          })
      .throws<ShapeError>("Expected input batch_size (2) to match target batch_size (3)",
                          [] {
                            cross_entropy(of({2, 3}), tensor({0, 1, 2}));
                          })
      .throws<ShapeError>("[2, 3]",
                          [] {
                            cross_entropy(of({2, 3, 4}), of({2, 3}, kLong));
                          })
      .throws<Error>("label_smoothing must be between 0.0 and 1.0. Got: 1.5",
                     [] {
                       cross_entropy(of({2, 3}), tensor({0, 1}), undefined(), kMean, -100, 1.5);
                     })
      .throws<ShapeError>("of shape: [4]", [] {
        cross_entropy(of({2, 3}), tensor({0, 1}), of({4}));
      });
  const auto row = [](const Tensors& x) { return cross_entropy(x[0], of({}, kLong)).view({1}); };
  s.edge({"keeps its digits", {{40, 0}}, {std::exp(-40.0)}, {}, row})
      .edge({"does not overflow", {{-1000, 1000}}, {2000}, {{-1, 1}}, row})
      .edge({"all rows ignored is NaN", {{1, 2}}, {NAN}, {}, [](const Tensors& x) {
               return cross_entropy(x[0].view({1, 2}), tensor({7}), undefined(), kMean, 7).view({1});
             }});
});

}  // namespace
}  // namespace tapegrad::test
