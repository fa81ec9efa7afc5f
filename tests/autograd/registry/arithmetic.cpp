// + - * / pow, maximum, minimum.
#include "../registry.h"

namespace tapegrad::test {
namespace {

constexpr char kSizes[] = "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1";

Dual plus(const Dual* x) { return x[0] + x[1]; }
Dual minus(const Dual* x) { return x[0] - x[1]; }

// |a| + |alpha b|: each of the two roundings is half a unit of it.
Accuracy two_terms(Real alpha) {
  return {1, 1, [alpha](const Arrays& in) {
            return elementwise(in, [alpha](const Dual* x) { return abs(x[0]) + abs(x[1]) * alpha; });
          }};
}

const Register kAdd("add", {"add", "add_", "operator+"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0}, {2.0}}).add(tensor({10.0, 20.0})));
  s.elementwise(
       {.fn = [](const Tensors& x) { return add(x[0], x[1]); },
        .accuracy = rounded(),
        .spellings = {[](const Tensors& x) { return x[0] + x[1]; }, [](const Tensors& x) { return x[0].add(x[1]); },
                      [](const Tensors& x) { return add(x[1], x[0]); }},
        .in_place = [](const Tensors& x) { return x[0].add_(x[1]); }},
       {{}, {}}, plus)
      .elementwise({.label = "alpha",
                    .fn = [](const Tensors& x) { return add(x[0], x[1], 2.5); },
                    .accuracy = two_terms(2.5L),
                    .spellings = {[](const Tensors& x) { return x[0].add(x[1], 2.5); }},
                    .in_place = [](const Tensors& x) { return x[0].add_(x[1], 2.5); }},
                   {{}, {}}, [](const Dual* x) { return x[0] + x[1] * 2.5L; })
      .elementwise(
          {.label = "number",
           .fn = [](const Tensors& x) { return add(x[0], 1.5); },
           .accuracy = rounded(),
           .spellings = {[](const Tensors& x) { return x[0] + 1.5; }, [](const Tensors& x) { return 1.5 + x[0]; },
                         [](const Tensors& x) { return x[0].add(1.5); },
                         [](const Tensors& x) { return x[0].add(0.5, 3); }},
           .in_place = [](const Tensors& x) { return x[0].add_(1.5); }},
          {{}}, [](const Dual* x) { return x[0] + 1.5L; })
      .edge({"infinities", {{kInf, kInf, kNan}, {1, -kInf, 1}}, {kInf, kNan, kNan}, {{1, 1, 1}, {1, 1, 1}}})
      .throws<ShapeError>(kSizes,
                          [] {
                            add(of({2, 3}), of({2, 4}));
                          })
      .throws<ShapeError>(kSizes,
                          [] {
                            of({2, 3}) + of({2, 4});
                          })
      .throws<ShapeError>(kSizes,
                          [] {
                            of({2, 3}).add_(of({2, 4}));
                          })
      .throws<ShapeError>("The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
                          [] { add(of({2}), of({3})); })
      .throws<ShapeError>("doesn't match the broadcast shape",
                          [] {
                            of({1, 3}).add_(of({2, 3}));
                          })
      .throws<DtypeError>("result type Float can't be cast to the desired output type Long",
                          [] { of({2}, kLong).add_(1.5); });
});

const Register kSub("sub", {"sub", "sub_", "operator-"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).sub(tensor({3.0, 4.0}), 2));
  s.elementwise(
       {.fn = [](const Tensors& x) { return sub(x[0], x[1]); },
        .accuracy = rounded(),
        .spellings = {[](const Tensors& x) { return x[0] - x[1]; }, [](const Tensors& x) { return x[0].sub(x[1]); }},
        .in_place = [](const Tensors& x) { return x[0].sub_(x[1]); }},
       {{}, {}}, minus)
      .elementwise({.label = "alpha",
                    .fn = [](const Tensors& x) { return sub(x[0], x[1], 2.5); },
                    .accuracy = two_terms(2.5L),
                    .spellings = {[](const Tensors& x) { return x[0].sub(x[1], 2.5); }},
                    .in_place = [](const Tensors& x) { return x[0].sub_(x[1], 2.5); }},
                   {{}, {}}, [](const Dual* x) { return x[0] - x[1] * 2.5L; })
      .elementwise({.label = "number",
                    .fn = [](const Tensors& x) { return sub(x[0], 1.5); },
                    .accuracy = rounded(),
                    .spellings = {[](const Tensors& x) { return x[0] - 1.5; },
                                  [](const Tensors& x) { return x[0].sub(0.75, 2); }},
                    .in_place = [](const Tensors& x) { return x[0].sub_(1.5); }},
                   {{}}, [](const Dual* x) { return x[0] - 1.5L; })
      .elementwise({.label = "from a number", .fn = [](const Tensors& x) { return 1.5 - x[0]; }, .accuracy = rounded()},
                   {{}}, [](const Dual* x) { return Dual(1.5L) - x[0]; })
      .throws<ShapeError>(kSizes,
                          [] {
                            sub(of({2, 3}), of({2, 4}));
                          })
      .throws<ShapeError>(kSizes, [] {
        of({2, 3}).sub_(of({2, 4}));
      });
});

const Register kMul("mul", {"mul", "mul_", "operator*"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).mul(tensor({3.0, 4.0})));
  s.elementwise(
       {.fn = [](const Tensors& x) { return mul(x[0], x[1]); },
        .accuracy = rounded(),
        .spellings = {[](const Tensors& x) { return x[0] * x[1]; }, [](const Tensors& x) { return x[0].mul(x[1]); },
                      [](const Tensors& x) { return mul(x[1], x[0]); }},
        .in_place = [](const Tensors& x) { return x[0].mul_(x[1]); }},
       {{}, {}}, [](const Dual* x) { return x[0] * x[1]; })
      .elementwise(
          {.label = "number",
           .fn = [](const Tensors& x) { return mul(x[0], 1.375); },
           .accuracy = rounded(),
           .spellings = {[](const Tensors& x) { return x[0] * 1.375; }, [](const Tensors& x) { return 1.375 * x[0]; },
                         [](const Tensors& x) { return x[0].mul(1.375); }},
           .in_place = [](const Tensors& x) { return x[0].mul_(1.375); }},
          {{}}, [](const Dual* x) { return x[0] * 1.375L; })
      .edge({"zero and infinity", {{0, -kInf}, {kInf, 2}}, {kNan, -kInf}, {{kInf, 2}, {0, -kInf}}})
      .throws<ShapeError>(kSizes,
                          [] {
                            mul(of({2, 3}), of({2, 4}));
                          })
      .throws<ShapeError>(kSizes, [] {
        of({2, 3}).mul_(of({2, 4}));
      });
});

const Register kDiv("div", {"div", "div_", "operator/"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1, 2}).div(2));
  s.elementwise(
       {.fn = [](const Tensors& x) { return div(x[0], x[1]); },
        .accuracy = rounded(),
        .spellings = {[](const Tensors& x) { return x[0] / x[1]; }, [](const Tensors& x) { return x[0].div(x[1]); }},
        .in_place = [](const Tensors& x) { return x[0].div_(x[1]); }},
       {{}, {0.4, 3}}, [](const Dual* x) { return x[0] / x[1]; })
      .elementwise(
          {.label = "by negatives", .fn = [](const Tensors& x) { return div(x[0], x[1]); }, .accuracy = rounded()},
          {{}, {-3, -0.4}}, [](const Dual* x) { return x[0] / x[1]; })
      .elementwise({.label = "by a number",
                    .fn = [](const Tensors& x) { return div(x[0], 1.375); },
                    .accuracy = rounded(),
                    .spellings = {[](const Tensors& x) { return x[0] / 1.375; },
                                  [](const Tensors& x) { return x[0].div(1.375); }},
                    .in_place = [](const Tensors& x) { return x[0].div_(1.375); }},
                   {{}}, [](const Dual* x) { return x[0] / 1.375L; })
      .elementwise({.label = "a number by", .fn = [](const Tensors& x) { return 1.375 / x[0]; }, .accuracy = rounded()},
                   {{0.4, 3}}, [](const Dual* x) { return Dual(1.375L) / x[0]; })
      .edge({"by zero", {{1, 0, -1}, {0, 0, 0}}, {kInf, kNan, -kInf}, {{kInf, kInf, kInf}, {-kInf, kNan, kInf}}})
      .throws<ShapeError>(kSizes,
                          [] {
                            div(of({2, 3}), of({2, 4}));
                          })
      .throws<DtypeError>("result type Float can't be cast to the desired output type Long",
                          [] { of({2}, kLong).div_(2); });
});

template <int kTimesTwo>
void pow_number(Sample& s, const Domain& domain) {
  s.elementwise({.label = "to " + std::to_string(kTimesTwo) + "/2",
                 .fn = [](const Tensors& x) { return pow(x[0], kTimesTwo / 2.0); },
                 .accuracy = {2, 4},
                 .spellings = {[](const Tensors& x) { return x[0].pow(kTimesTwo / 2.0); }},
                 .in_place = [](const Tensors& x) { return x[0].pow_(kTimesTwo / 2.0); }},
                {domain}, [](const Dual* x) { return pow(x[0], Dual(kTimesTwo / 2.0L)); });
}

const Register kPow("pow", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0, 3.0}).pow(2));
  s.elementwise({.fn = [](const Tensors& x) { return pow(x[0], x[1]); },
                 .accuracy = {2, 4},
                 .spellings = {[](const Tensors& x) { return x[0].pow(x[1]); }},
                 .in_place = [](const Tensors& x) { return x[0].pow_(x[1]); }},
                {{0.4, 3}, {}}, [](const Dual* x) { return pow(x[0], x[1]); });
  pow_number<4>(s, {});
  pow_number<6>(s, {});
  pow_number<1>(s, {0.4, 3});
  pow_number<5>(s, {0.4, 3});
  pow_number<-2>(s, {0.4, 3});
  pow_number<0>(s, {});
  pow_number<2>(s, {});
  s.elementwise({.label = "of a number", .fn = [](const Tensors& x) { return pow(1.5, x[0]); }, .accuracy = {2, 4}},
                {{}}, [](const Dual* x) { return pow(Dual(1.5L), x[0]); });
  const auto square = [](const Tensors& x) { return pow(x[0], 2); };
  const auto none = [](const Tensors& x) { return pow(x[0], 0); };
  const auto root = [](const Tensors& x) { return pow(x[0], 0.5); };
  const auto of_zero = [](const Tensors& x) { return pow(0, x[0]); };
  s.edge({"squares", {{0, -3, kInf}}, {0, 9, kInf}, {{0, -6, kInf}}, square})
      .edge({"to nothing", {{0, -3, kInf, kNan}}, {1, 1, 1, 1}, {{0, 0, 0, 0}}, none})
      .edge({"root at zero", {{0, -1}}, {0, kNan}, {{kInf, kNan}}, root})
      .edge({"of zero", {{0, 2}}, {1, 0}, {{0, 0}}, of_zero})
      .edge({"whole powers of negatives", {{-2, -2, 0}, {3, 0, 2}}, {-8, 1, 0}, {{12, 0, 0}, {}}})
      .edge({"zero to zero", {{0}, {0}}, {1}, {{0}, {}}})
      .throws<ShapeError>(kSizes, [] {
        pow(of({2, 3}), of({2, 4}));
      });
});

const Register kMaximum("maximum", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 4.0}).maximum(tensor({3.0, 2.0})));
  s.elementwise({.fn = [](const Tensors& x) { return maximum(x[0], x[1]); },
                 .accuracy = exact(),
                 .spellings = {[](const Tensors& x) { return x[0].maximum(x[1]); },
                               [](const Tensors& x) { return max(x[0], x[1]); },
                               [](const Tensors& x) { return x[0].max(x[1]); }}},
                {{}, {}}, [](const Dual* x) { return x[0].v > x[1].v ? x[0] : x[1]; })
      .edge({"ties share", {{1, 0, kInf}, {1, 0, kInf}}, {1, 0, kInf}, {{.5, .5, .5}, {.5, .5, .5}}})
      .edge({"NaN wins and takes the gradient", {{kNan, 0}, {0, kNan}}, {kNan, kNan}, {{1, 0}, {0, 1}}})
      .throws<ShapeError>(kSizes, [] {
        maximum(of({2, 3}), of({2, 4}));
      });
});

const Register kMinimum("minimum", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 4.0}).minimum(tensor({3.0, 2.0})));
  s.elementwise({.fn = [](const Tensors& x) { return minimum(x[0], x[1]); },
                 .accuracy = exact(),
                 .spellings = {[](const Tensors& x) { return x[0].minimum(x[1]); },
                               [](const Tensors& x) { return min(x[0], x[1]); },
                               [](const Tensors& x) { return x[0].min(x[1]); }}},
                {{}, {}}, [](const Dual* x) { return x[0].v < x[1].v ? x[0] : x[1]; })
      .edge({"ties share", {{1, 0, -kInf}, {1, 0, -kInf}}, {1, 0, -kInf}, {{.5, .5, .5}, {.5, .5, .5}}})
      .edge({"NaN wins and takes the gradient", {{kNan, 0}, {0, kNan}}, {kNan, kNan}, {{1, 0}, {0, 1}}})
      .throws<ShapeError>(kSizes, [] {
        minimum(of({2, 3}), of({2, 4}));
      });
});

}  // namespace
}  // namespace tapegrad::test
