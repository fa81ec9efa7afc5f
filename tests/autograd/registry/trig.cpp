// Trigonometric and hyperbolic functions.
#include "unary.h"

namespace tapegrad::test {
namespace {

constexpr double kPi = 3.141592653589793;

const Register kSin("sin", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 1.0}).sin());
  real_unary(s, TAPEGRAD_TEST_UNARY(sin), {2, 4}, {}, [](const Dual& x) { return sin(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60, 0x1p-149}}, {0, 0, 0x1p-60, 0x1p-149}, {{1, 1, 1, 1}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::sin)})
      .edge({"ends", {{kInf, -kInf, kNan}}, {kNan, kNan, kNan}, {{kNan, kNan, kNan}}})
      .edge({"of large arguments",
             {{1e6, 0x1p60, -0x1p100}},
             {std::sin(1e6), std::sin(0x1p60), std::sin(-0x1p100)},
             {{std::cos(1e6), std::cos(0x1p60), std::cos(-0x1p100)}}});
});

const Register kCos("cos", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 2.0}).cos());
  real_unary(s, TAPEGRAD_TEST_UNARY(cos), {2, 4}, {}, [](const Dual& x) { return cos(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {1, 1, 1}, {{0, 0, -0x1p-60}}})
      .edge({"ends", {{kInf, -kInf, kNan}}, {kNan, kNan, kNan}, {{kNan, kNan, kNan}}})
      .edge({"of large arguments",
             {{1e6, 0x1p60, -0x1p100}},
             {std::cos(1e6), std::cos(0x1p60), std::cos(-0x1p100)},
             {{-std::sin(1e6), -std::sin(0x1p60), -std::sin(-0x1p100)}}});
});

const Register kTan("tan", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 1.0}).tan());
  real_unary(s, TAPEGRAD_TEST_UNARY(tan), {2, 4}, {-1.3, 1.3}, [](const Dual& x) { return tan(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60, 0x1p-149}}, {0, 0, 0x1p-60, 0x1p-149}, {{1, 1, 1, 1}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::tan)})
      .edge({"ends", {{kInf, -kInf, kNan}}, {kNan, kNan, kNan}, {{kNan, kNan, kNan}}})
      .edge({"of large arguments", {{1e6, 0x1p60, -0x1p100}}, {std::tan(1e6), std::tan(0x1p60), std::tan(-0x1p100)}});
});

const Register kAsin("asin", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 1.0}).asin());
  real_unary(
      s, TAPEGRAD_TEST_UNARY(asin), {2, 4}, {-0.9, 0.9}, [](const Dual& x) { return asin(x); }, integers(0, 1));
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {0, 0, 0x1p-60}, {{1, 1, 1}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::asin)})
      .edge({"ends of the domain", {{1, -1}}, {kPi / 2, -kPi / 2}, {{kInf, kInf}}})
      .edge({"next to the end, with digits",
             {{1 - 2896 * 0x1p-24}},
             {std::asin(1 - 2896 * 0x1p-24)},
             {{1 / std::sqrt(2896 * 0x1p-24 * (2 - 2896 * 0x1p-24))}}})
      .edge({"outside",
             {{1.5, -2, kInf, -kInf, kNan}},
             {kNan, kNan, kNan, kNan, kNan},
             {{kNan, kNan, kNan, kNan, kNan}}});
});

const Register kAcos("acos", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 1.0}).acos());
  real_unary(
      s, TAPEGRAD_TEST_UNARY(acos), {2, 4}, {-0.9, 0.9}, [](const Dual& x) { return acos(x); }, integers(0, 1));
  s.edge({"at 0", {{0, -0.0}}, {kPi / 2, kPi / 2}, {{-1, -1}}})
      .edge({"ends of the domain", {{1, -1}}, {0, kPi}, {{-kInf, -kInf}}})
      .edge({"outside",
             {{1.5, -2, kInf, -kInf, kNan}},
             {kNan, kNan, kNan, kNan, kNan},
             {{kNan, kNan, kNan, kNan, kNan}}});
});

const Register kAtan("atan", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 2.0}).atan());
  real_unary(s, TAPEGRAD_TEST_UNARY(atan), {2, 4}, {}, [](const Dual& x) { return atan(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {0, 0, 0x1p-60}, {{1, 1, 1}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::atan)})
      .edge({"ends", {{kInf, -kInf, kNan}}, {kPi / 2, -kPi / 2, kNan}, {{0, 0, kNan}}});
});

const Register kAtan2("atan2", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 0.0}).atan2(tensor({0.0, -1.0})));
  const Case pattern{.fn = [](const Tensors& x) { return atan2(x[0], x[1]); },
                     .accuracy = {2, 4},
                     .spellings = {[](const Tensors& x) { return x[0].atan2(x[1]); }},
                     .in_place = [](const Tensors& x) { return x[0].atan2_(x[1]); }};
  const auto reference = [](const Dual* x) { return atan2(x[0], x[1]); };
  s.elementwise(pattern, {{}, {0.4, 3}}, reference);
  Case left = pattern;
  left.label = "left";
  s.elementwise(left, {{}, {-3, -0.4}}, reference);
  s.edge({"axes", {{0, 1, 0, -1}, {2, 0, -2, 0}}, {0, kPi / 2, kPi, -kPi / 2}, {{0.5, 0, -0.5, 0}, {0, -1, 0, 1}}})
      .edge({"the sign of a zero", {{-0.0, -0.0, 0, 0}, {1, -1, -0.0, 0}}, {0, -kPi, kPi, 0}})
      .edge({"no direction", {{0}, {0}}, {0}, {{kNan}, {kNan}}})
      .edge({"infinities",
             {{kInf, 1, -kInf, kInf, -1}, {1, kInf, kInf, -kInf, -kInf}},
             {kPi / 2, 0, -kPi / 4, 3 * kPi / 4, -kPi}})
      .edge({"NaN", {{kNan, 1}, {1, kNan}}, {kNan, kNan}, {{kNan, kNan}, {kNan, kNan}}})
      .throws<ShapeError>("The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
                          [] {
                            atan2(of({2, 3}), of({2, 4}));
                          });
});

const Register kSinh("sinh", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 1.0}).sinh());
  real_unary(s, TAPEGRAD_TEST_UNARY(sinh), {2, 4}, {}, [](const Dual& x) { return sinh(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {0, 0, 0x1p-60}, {{1, 1, 1}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::sinh)})
      .edge({"where e^x overflows", {{89}}, {std::sinh(89.0)}, {{std::cosh(89.0)}}})
      .edge({"ends",
             {{1000, -1000, kInf, -kInf, kNan}},
             {kInf, -kInf, kInf, -kInf, kNan},
             {{kInf, kInf, kInf, kInf, kNan}}});
});

const Register kCosh("cosh", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 1.0}).cosh());
  real_unary(s, TAPEGRAD_TEST_UNARY(cosh), {2, 4}, {}, [](const Dual& x) { return cosh(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {1, 1, 1}, {{0, 0, 0x1p-60}}})
      .edge({"where e^x overflows", {{89}}, {std::cosh(89.0)}, {{std::sinh(89.0)}}})
      .edge({"ends",
             {{1000, -1000, kInf, -kInf, kNan}},
             {kInf, kInf, kInf, kInf, kNan},
             {{kInf, -kInf, kInf, -kInf, kNan}}});
});

}  // namespace
}  // namespace tapegrad::test
