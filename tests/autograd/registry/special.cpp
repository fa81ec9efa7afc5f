// Special functions: erfc, erfinv; lgamma and its derivatives.
#include <cmath>

#include "unary.h"

namespace tapegrad::test {
namespace {

constexpr double kErfSlope = 1.1283791670955126;  // 2 / sqrt(pi)
constexpr double kPi = 3.141592653589793, kZeta3 = 1.2020569031595942;

const Register kErfc("erfc", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 1.0}).erfc());
  real_unary(s, TAPEGRAD_TEST_UNARY(erfc), {4, 4}, {}, [](const Dual& x) { return erfc(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {1, 1, 1}, {{-kErfSlope, -kErfSlope, -kErfSlope}}})
      .edge({"the tail keeps its digits", {{5, 9}}, {std::erfc(5.0), std::erfc(9.0)}})
      .edge({"ends", {{kInf, -kInf, kNan, 1000}}, {0, 2, kNan, 0}, {{0, 0, kNan, 0}}});
});

const Register kErfinv("erfinv", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 0.25}).erfinv());
  real_unary(
      s, TAPEGRAD_TEST_UNARY(erfinv), {2, 4}, {-0.9, 0.9}, [](const Dual& x) { return erfinv(x); }, integers(0, 1));
  s.edge({"near 0", {{0, -0.0, 0x1p-60, 0x1p-126}}, {0, 0, 0x1p-60 / kErfSlope, 0x1p-126 / kErfSlope}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::erfinv)})
      .edge({"next to the ends",
             {{1 - 0x1p-20, -1 + 0x1p-24}},
             {static_cast<double>(erfinv(Dual(1 - 0x1p-20L)).v), static_cast<double>(erfinv(Dual(-1 + 0x1p-24L)).v)}})
      .edge({"ends", {{1, -1}}, {kInf, -kInf}, {{kInf, kInf}}})
      .edge({"outside", {{1.5, -2, kInf, kNan}}, {kNan, kNan, kNan, kNan}, {{kNan, kNan, kNan, kNan}}});
});

// The call of a case with other elements, in one shape.
void also(Sample& s, const std::string& label, const Domain& domain) {
  Case c = s.cases.front();
  c.label = label;
  c.inputs = {{{3, 5}, domain}};
  s.add(c);
}

const Register kLgamma("lgamma", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({4.0, 10.0}).lgamma());
  real_unary(s, TAPEGRAD_TEST_UNARY(lgamma), {2, 4}, {2.2, 6}, [](const Dual& x) { return lgamma(x); });
  also(s, "below 1", {0.2, 0.9});
  also(s, "below 0", {-1.8, -1.2});
  s.edge({"whole", {{1, 2, 3, 4}}, {0, 0, std::log(2.0), std::log(6.0)}})
      .edge({"of negatives", {{-0.5, -1.5}}, {std::log(2 * std::sqrt(kPi)), std::log(4 * std::sqrt(kPi) / 3)}})
      .edge({"poles", {{0, -1, -2}}, {kInf, kInf, kInf}})
      .edge({"ends", {{kInf, -kInf, kNan}}, {kInf, kInf, kNan}, {{kInf, kNan, kNan}}});
});

Dual terms_of_digamma(const Dual* x) {
  Real sum = 0;
  for (int k = 0; k < 12; ++k) sum += 1 / std::abs(x[0].v + static_cast<Real>(k));
  return Dual(sum + 3);
}
const Accuracy kDigamma{1, 2, [](const Arrays& in) { return elementwise(in, terms_of_digamma); }};

const Register kDigammas("digamma", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({4.0, 5.0}).digamma());
  unary(s, TAPEGRAD_TEST_UNARY(digamma), kDigamma, {0.4, 6}, {}, [](const Dual* x) { return polygamma(0, x[0]); });
  also(s, "below 0", {-0.9, -0.1});
  s.cases.back().accuracy.f64 = 4;  // pi, its product, tan and the quotient are rounded, too
  const double gamma = 0.57721566490153286;
  s.edge({"whole",
          {{1, 2, 3}},
          {-gamma, 1 - gamma, 1.5 - gamma},
          {{kPi * kPi / 6, kPi * kPi / 6 - 1, kPi * kPi / 6 - 1.25}}})
      .edge({"at the poles", {{0, -0.0, -1, -2}}, {-kInf, kInf, kNan, kNan}, {{kInf, kInf, kInf, kInf}}})
      .edge({"large", {{0x1p60, 0x1p100}}, {std::log(0x1p60), std::log(0x1p100)}, {{0x1p-60, 0x1p-100}}})
      .edge({"ends", {{kInf, -kInf, kNan}}, {kInf, kNan, kNan}, {{0, kNan, kNan}}});
});

template <int n>
Case polygamma_of(const Domain& domain, const std::string& where = "") {
  return {
      .label = std::to_string(n) + where,
      .inputs = {{{3, 5}, domain}},
      .fn = [](const Tensors& x) { return polygamma(n, x[0]); },
      .reference = [](const Arrays& in) { return elementwise(in, [](const Dual* x) { return polygamma(n, x[0]); }); },
      .accuracy = n == 0 ? kDigamma : Accuracy{2, 8},
      .spellings = {[](const Tensors& x) { return x[0].polygamma(n); }},
      .in_place = [](const Tensors& x) { return x[0].polygamma_(n); }};
}
const Register kPolygamma("polygamma", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({3.0, 5.0}).polygamma(1));
  Case first = polygamma_of<1>({});
  first.inputs = {};
  s.elementwise(first, {{0.4, 6}}, [](const Dual* x) { return polygamma(1, x[0]); });
  s.add(polygamma_of<0>({0.4, 6})).add(polygamma_of<2>({0.4, 6})).add(polygamma_of<5>({0.4, 6}));
  s.add(polygamma_of<1>({-0.9, -0.1}, " below 0")).add(polygamma_of<3>({-0.9, -0.1}, " below 0"));
  const auto second = [](const Tensors& x) { return polygamma(2, x[0]); };
  s.edge({"whole", {{1, 2}}, {kPi * kPi / 6, kPi * kPi / 6 - 1}, {{-2 * kZeta3, 2 - 2 * kZeta3}}})
      .edge({"at the poles", {{0, -0.0, -1, -2}}, {kInf, kInf, kInf, kInf}})
      .edge({"at the poles of an even order", {{0, -0.0, -1, -2}}, {-kInf, kInf, kNan, kNan}, {}, second})
      .edge({"far below 0", {{-1e6 + 0.5}}, {kPi * kPi - 1e-6}})
      .edge({"large", {{0x1p60, kInf, -kInf, kNan}}, {0x1p-60, 0, kNan, kNan}});
  s.throws<ValueError>("polygamma(n, x) does not support negative n", [] { polygamma(-1, of({2})); });
});

}  // namespace
}  // namespace tapegrad::test
