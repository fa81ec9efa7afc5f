// Losses of two tensors of one shape: mse_loss, l1_loss, smooth_l1_loss, binary_cross_entropy and its form with logits.
#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "../registry.h"

namespace tapegrad::test {
namespace {

constexpr Reduction kReductions[] = {kMean, kSum, kNone};
const char* text(Reduction r) { return r == kMean ? "mean" : r == kSum ? "sum" : "none"; }

Array reduced(const Array& x, Reduction r) {
  if (r == kNone) return x;
  return reduce(x, {}, false, [r](const std::vector<Dual>& v) {
    const Real n = static_cast<Real>(v.size());
    return r == kSum ? total(v) : total(v) * (v.empty() ? std::numeric_limits<Real>::quiet_NaN() : 1 / n);
  });
}

using LossFn = std::function<Tensor(const Tensors&, Reduction)>;

// Terms that are never negative, each right to `units` eps; then a sum.
void losses(Sample& s, const std::string& label, const std::vector<Domain>& domains, const std::vector<double>& kinks,
            double units, const LossFn& fn, const std::function<Dual(const Dual*)>& term) {
  for (const Reduction r : kReductions)
    for (const Shape& shape :
         {Shape{5}, Shape{}, Shape{3, 4}, Shape{2, 1, 3, 1, 2}, Shape{33}, Shape{0}, Shape{3, 0, 2}, Shape{300, 401}}) {
      if (count(shape) == 0 && r == kMean) continue;  // NaN: an edge
      const double factor =
          units + (r == kNone ? 0 : 2 * std::log2(static_cast<double>(std::max<std::int64_t>(1, count(shape)))));
      Case c{.label = label + " " + text(r) + " " + shape_text(shape),
             .fn = [=](const Tensors& x) { return fn(x, r); },
             .reference = [=](const Arrays& in) { return reduced(elementwise(in, term), r); },
             .accuracy = {factor, factor, nullptr},
             .kinks = kinks,
             .large = count(shape) > 1000};
      c.accuracy.magnitude = c.reference;
      for (const Domain& d : domains) c.inputs.push_back({shape, d});
      s.add(std::move(c));
    }
}

const Register kMseLoss("mse_loss", [](Sample& s) {
  TAPEGRAD_EXAMPLE(mse_loss(tensor({1.0, 2.0}), tensor({1.0, 4.0})));
  losses(
      s, "", {{}, {}}, {}, 2, [](const Tensors& x, Reduction r) { return mse_loss(x[0], x[1], r); },
      [](const Dual* x) { return (x[0] - x[1]) * (x[0] - x[1]); });
  s.edge({"of nothing is NaN", {{}, {}}, {NAN}, {}, [](const Tensors& x) { return mse_loss(x[0], x[1]).view({1}); }})
      .edge({"no error",
             {{3, -kInf}, {3, 1}},
             {0, kInf},
             {},
             [](const Tensors& x) { return mse_loss(x[0], x[1], kNone); }})
      .throws<ShapeError>("The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
                          [] {
                            mse_loss(of({2, 3}), of({2, 4}));
                          });
});

const Register kL1Loss("l1_loss", [](Sample& s) {
  TAPEGRAD_EXAMPLE(l1_loss(tensor({1.0, 2.0}), tensor({1.0, 4.0}), kSum));
  losses(
      s, "", {{}, {}}, {}, 1, [](const Tensors& x, Reduction r) { return l1_loss(x[0], x[1], r); },
      [](const Dual* x) { return abs(x[0] - x[1]); });
  s.edge({"gradient 0 at 0",
          {{1, 2, 0}, {1, 0, 2}},
          {0, 2, 2},
          {{0, 1, -1}, {0, -1, 1}},
          [](const Tensors& x) { return l1_loss(x[0], x[1], kNone); }})
      .throws<ShapeError>("The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
                          [] {
                            l1_loss(of({2, 3}), of({2, 4}));
                          });
});

const Register kSmoothL1Loss("smooth_l1_loss", [](Sample& s) {
  TAPEGRAD_EXAMPLE(smooth_l1_loss(tensor({0.5, 3.0}), tensor({0.0, 0.0}), kNone));
  // Differences below beta, above it, and below -beta: its second derivative jumps there.
  const Domain middle{-0.4, 0.4}, low{-1, 0.25}, high{1.5, 3};
  for (const auto& [label, beta, x_domain, y_domain] :
       {std::tuple("small", 1.0, middle, middle), std::tuple("positive", 1.0, high, low),
        std::tuple("negative", 0.75, low, high)}) {
    const double b = beta;
    losses(
        s, label, {x_domain, y_domain}, {}, 4,
        [=](const Tensors& x, Reduction r) { return smooth_l1_loss(x[0], x[1], r, b); },
        [=](const Dual* x) {
          const Dual d = x[0] - x[1];
          return std::abs(d.v) < b ? d * d * (0.5 / b) : abs(d) - 0.5 * b;
        });
  }
  s.edge({"the middle, the bounds and beyond",
          {{0, 2, -2, 6, -6, kInf, kNan}, {0, 0, 0, 0, 0, 0, 0}},
          {0, 1, 1, 5, 5, kInf, kNan},
          {{0, 1, -1, 1, -1, 1, kNan}, {0, -1, 1, -1, 1, -1, kNan}},
          [](const Tensors& x) { return smooth_l1_loss(x[0], x[1], kNone, 2); }})
      .edge({"beta 0 is the absolute error",
             {{1, 2, 0}, {1, 0, 2}},
             {0, 2, 2},
             {{0, 1, -1}, {0, -1, 1}},
             [](const Tensors& x) { return smooth_l1_loss(x[0], x[1], kNone, 0); }})
      .throws<ValueError>("does not support negative values for beta",
                          [] { smooth_l1_loss(of({2}), of({2}), kMean, -1); })
      .throws<ShapeError>("The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
                          [] {
                            smooth_l1_loss(of({2, 3}), of({2, 4}));
                          });
});

Dual clamped_log(const Dual& x) { return x.v <= 0 || std::log(x.v) < -100 ? Dual(-100) : log(x); }

const Register kBce("binary_cross_entropy", [](Sample& s) {
  TAPEGRAD_EXAMPLE(binary_cross_entropy(tensor({0.25, 0.125}), tensor({0.0, 1.0})));
  const Domain p{0.1, 0.9}, y{0.05, 0.95}, w{0.2, 1.5};
  const auto entropy = [](const Dual& q, const Dual& t) {
    return -(t * clamped_log(q) + (1 - t) * clamped_log(1 - q));
  };
  losses(
      s, "", {p, y}, {}, 12,
      [](const Tensors& x, Reduction r) { return binary_cross_entropy(x[0], x[1], undefined(), r); },
      [=](const Dual* x) { return entropy(x[0], x[1]); });
  losses(
      s, "weighted", {p, y, w}, {}, 13,
      [](const Tensors& x, Reduction r) { return binary_cross_entropy(x[0], x[1], x[2], r); },
      [=](const Dual* x) { return x[2] * entropy(x[0], x[1]); });
  s.edge({"the log is clamped at -100",
          {{0, 1, 0, 1, 0}, {0, 1, 1, 0, 0.25}},
          {0, 0, 100, 100, 25},
          {},
          [](const Tensors& x) { return binary_cross_entropy(x[0], x[1], undefined(), kNone); }})
      .edge({"the target's gradient is clamped too",
             {{0, 1}, {0, 1}},
             {0, 0},
             {{0, 0}, {100, -100}},
             [](const Tensors& x) { return binary_cross_entropy(x[0], x[1], undefined(), kNone); }})
      .edge({"the other log keeps its digits",
             {{std::ldexp(1.0, -40)}, {0}},
             {-std::log1p(-std::ldexp(1.0, -40))},
             {},
             [](const Tensors& x) { return binary_cross_entropy(x[0], x[1], undefined(), kNone); }})
      .throws<Error>("all elements of input should be between 0 and 1",
                     [] { binary_cross_entropy(full({2}, 2.0), of({2})); })
      .throws<Error>("all elements of input should be between 0 and 1",
                     [] { binary_cross_entropy(full({2}, -0.5), of({2})); })
      .throws<ShapeError>("Using a target size ([3]) that is different to the input size ([2])",
                          [] { binary_cross_entropy(of({2}), of({3})); });
});

const Register kBceWithLogits("binary_cross_entropy_with_logits", [](Sample& s) {
  TAPEGRAD_EXAMPLE(binary_cross_entropy_with_logits(tensor({2.0, 1.0}), tensor({1.0, 0.0}), {}, {}, kNone));
  const Domain z{}, y{0.05, 0.95}, w{0.2, 1.5}, positive{0.5, 2};
  // w ((1 - y) softplus(z) + pos_weight y softplus(-z)): the formula of the header with softplus(z) = z + softplus(-z).
  const auto entropy = [](const Dual& x, const Dual& t, const Dual& pw) {
    return (1 - t) * softplus(x) + pw * t * softplus(-x);
  };
  losses(
      s, "", {z, y}, {}, 16,
      [](const Tensors& x, Reduction r) {
        return binary_cross_entropy_with_logits(x[0], x[1], undefined(), undefined(), r);
      },
      [=](const Dual* x) { return entropy(x[0], x[1], 1); });
  losses(
      s, "weighted", {z, y, w}, {}, 17,
      [](const Tensors& x, Reduction r) { return binary_cross_entropy_with_logits(x[0], x[1], x[2], undefined(), r); },
      [=](const Dual* x) { return x[2] * entropy(x[0], x[1], 1); });
  losses(
      s, "weighted positives", {z, y, w, positive}, {}, 18,
      [](const Tensors& x, Reduction r) { return binary_cross_entropy_with_logits(x[0], x[1], x[2], x[3], r); },
      [=](const Dual* x) { return x[2] * entropy(x[0], x[1], x[3]); });
  s.add({.label = "a weight for each class",
         .inputs = {{{4, 3}}, {{4, 3}, y}, {{3}, w}, {{3}, positive}},
         .fn = [](const Tensors& x) { return binary_cross_entropy_with_logits(x[0], x[1], x[2], x[3]); },
         .reference =
             [=](const Arrays& in) {
               return reduced(elementwise(in, [=](const Dual* x) { return x[2] * entropy(x[0], x[1], x[3]); }), kMean);
             },
         .accuracy = {26, 26, [=](const Arrays& in) {
                        return reduced(elementwise(in, [=](const Dual* x) { return x[2] * entropy(x[0], x[1], x[3]); }),
                                       kMean);
                      }}});
  const double tail = std::exp(-40.0);
  const auto none = [](const Tensors& x) {
    return binary_cross_entropy_with_logits(x[0], x[1], undefined(), undefined(), kNone);
  };
  s.edge({"tails keep their digits",
          {{-40, 1000, -1000, -1000, 1000, 0}, {0, 0, 1, 0, 1, 0.5}},
          {tail, 1000, 1000, 0, 0, std::log(2.0)},
          {{tail, 1, -1, 0, 0, 0}, {}},
          none})
      .edge({"the other tail keeps its digits", {{40}, {1}}, {tail}, {}, none})
      .throws<ShapeError>("Target size ([3]) must be the same as input size ([2])",
                          [] { binary_cross_entropy_with_logits(of({2}), of({3})); });
});

}  // namespace
}  // namespace tapegrad::test
