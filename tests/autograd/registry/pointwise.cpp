// Functions of one element: neg to square, sigmoid, tanh, relu, clamp.
#include <cmath>

#include "unary.h"

namespace tapegrad::test {
namespace {

constexpr double kErfSlope = 1.1283791670955126;  // 2 / sqrt(pi)

const Register kNeg("neg", {"neg", "operator-"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, -2.0}).neg());
  unary(s, TAPEGRAD_TEST_UNARY(neg), exact(), {}, {}, [](const Dual* x) { return -x[0]; });
  unary(s, {[](const Tensors& x) { return -x[0]; }, {}, nullptr}, exact(), {-2, 1}, {},
        [](const Dual* x) { return -x[0]; });
  for (std::size_t i = s.cases.size() / 2; i < s.cases.size(); ++i) s.cases[i].label += " operator";
  s.throws<DtypeError>("bool", [] { neg(of({2}, kBool)); });
});

const Register kExp("exp", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 0.5, 1.0}).exp());
  unary(s, TAPEGRAD_TEST_UNARY(exp), {2, 4}, {}, {}, [](const Dual* x) { return exp(x[0]); });
  s.edge({"ends", {{0, -kInf, kInf, kNan, -1000}}, {1, 0, kInf, kNan, 0}, {{1, 0, kInf, kNan, 0}}});
});

const Register kExpm1("expm1", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 1e-9, 1.0}).expm1());
  real_unary(s, TAPEGRAD_TEST_UNARY(expm1), {2, 4}, {}, [](const Dual& x) { return expm1(x); });
  s.edge({"all digits near 0", {{0, -0.0, 0x1p-60, -0x1p-60, 0x1p-12}}, {0, 0, 0x1p-60, -0x1p-60, std::expm1(0x1p-12)}})
      .edge({"of subnormal numbers", {{0x1p-149, -0x1p-140}}, {0x1p-149, -0x1p-140}, {{1, 1}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::expm1)})
      .edge({"ends", {{-1000, 1000, -kInf, kInf, kNan}}, {-1, kInf, -1, kInf, kNan}, {{0, kInf, 0, kInf, kNan}}})
      .edge({"the gradient's tail keeps its digits", {{-40, -100}}, {-1, -1}, {{std::exp(-40.0), std::exp(-100.0)}}});
});

const Register kLog("log", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 1.0, 3.0}).log());
  unary(s, TAPEGRAD_TEST_UNARY(log), {2, 4}, {0.4, 3}, {}, [](const Dual* x) { return log(x[0]); });
  s.edge({"ends", {{1, 0, kInf, -1, kNan}}, {0, -kInf, kInf, kNan, kNan}, {{1, kInf, 0, -1, kNan}}});
});

const Register kLog1p("log1p", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 2e-9, 2.0}).log1p());
  real_unary(s, TAPEGRAD_TEST_UNARY(log1p), {2, 4}, {-0.6, 3}, [](const Dual& x) { return log1p(x); });
  s.edge({"all digits near 0",
          {{0, -0.0, 0x1p-60, -0x1p-60, 0x1p-12}},
          {0, 0, 0x1p-60, -0x1p-60, std::log1p(0x1p-12)},
          {{1, 1, 1, 1, 1 / (1 + 0x1p-12)}}})
      .edge({"of subnormal numbers", {{0x1p-149, -0x1p-140}}, {0x1p-149, -0x1p-140}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::log1p)})
      .edge({"at -1 and below", {{-1, -2, -kInf}}, {-kInf, kNan, kNan}, {{kInf, -1, 0}}})
      .edge({"next to -1", {{-1 + 0x1p-20}}, {std::log(0x1p-20)}, {{0x1p20}}})
      .edge({"ends", {{kInf, kNan}}, {kInf, kNan}, {{0, kNan}}});
});

const Register kSqrt("sqrt", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({2.0, 4.0}).sqrt());
  unary(s, TAPEGRAD_TEST_UNARY(sqrt), rounded(), {0.4, 3}, {}, [](const Dual* x) { return sqrt(x[0]); });
  s.edge({"gradient inf at 0", {{0, 4, kInf, -1}}, {0, 2, kInf, kNan}, {{kInf, 0.25, 0, kNan}}});
});

const Register kRsqrt("rsqrt", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.25, 4.0}).rsqrt());
  real_unary(s, TAPEGRAD_TEST_UNARY(rsqrt), {3, 4}, {0.4, 3}, [](const Dual& x) { return rsqrt(x); });
  s.edge({"at 0", {{0, -0.0}}, {kInf, -kInf}, {{-kInf, kInf}}})
      .edge({"ends", {{4, kInf, -1, -kInf, kNan}}, {0.5, 0, kNan, kNan, kNan}, {{-0.0625, 0, kNan, kNan, kNan}}})
      .edge({"of large and small", {{0x1p100, 0x1p-100}}, {0x1p-50, 0x1p50}})
      .edge({"of subnormal numbers", {{0x1p-140}}, {0x1p70}});
});

const Register kReciprocal("reciprocal", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({2.0, -4.0}).reciprocal());
  real_unary(s, TAPEGRAD_TEST_UNARY(reciprocal), rounded(), {0.4, 3}, [](const Dual& x) { return Dual(1) / x; });
  s.edge({"at 0", {{0, -0.0}}, {kInf, -kInf}, {{-kInf, -kInf}}})
      .edge({"ends", {{-4, kInf, -kInf, kNan}}, {-0.25, 0, 0, kNan}, {{-0.0625, 0, 0, kNan}}})
      .edge({"of -infinity is -0", {{-kInf}}, {-kInf}, {}, inverse(tapegrad::reciprocal)})
      .edge({"subnormal results", {{0x1p127, -0x1.8p127}}, {0x1p-127, -1 / 0x1.8p127}});
});

const Register kErf("erf", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 0.125}).erf());
  real_unary(s, TAPEGRAD_TEST_UNARY(erf), {2, 4}, {}, [](const Dual& x) { return erf(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {0, 0, kErfSlope * 0x1p-60}, {{kErfSlope, kErfSlope, kErfSlope}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::erf)})
      .edge({"ends", {{kInf, -kInf, kNan, 1000}}, {1, -1, kNan, 1}, {{0, 0, kNan, 0}}})
      .edge(
          {"saturated, with a gradient", {{-8, 8}}, {-1, 1}, {{kErfSlope * std::exp(-64), kErfSlope * std::exp(-64)}}});
});

const Register kAbs("abs", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-3.0, 2.0}).abs());
  unary(s, TAPEGRAD_TEST_UNARY(abs), exact(), {}, {0}, [](const Dual* x) { return abs(x[0]); });
  s.edge({"gradient 0 at 0", {{0, -0.0, -2, 2, -kInf}}, {0, 0, 2, 2, kInf}, {{0, 0, -1, 1, -1}}});
});

const Register kSign("sign", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-3.0, 0.0, 2.0}).sign());
  unary(s, TAPEGRAD_TEST_UNARY(sign), exact(), {}, {0}, [](const Dual* x) {
    return Dual(x[0].v > 0 ? 1 : x[0].v < 0 ? -1 : 0);
  });
  s.edge({"gradient 0", {{0, -2, 2, kInf, -kInf}}, {0, -1, 1, 1, -1}, {{0, 0, 0, 0, 0}}});
});

const Register kSquare("square", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-3.0, 2.0}).square());
  unary(s, TAPEGRAD_TEST_UNARY(square), rounded(), {}, {}, [](const Dual* x) { return x[0] * x[0]; });
  s.edge({"ends", {{0, -3, -kInf}}, {0, 9, kInf}, {{0, -6, -kInf}}});
});

const Register kSigmoid("sigmoid", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-2.0, 0.0}).sigmoid());
  unary(s, TAPEGRAD_TEST_UNARY(sigmoid), {3, 4}, {}, {}, [](const Dual* x) { return sigmoid(x[0]); });
  const double tail = std::exp(-40.0);  // 1 + exp(-40) is 1
  s.edge({"tails keep their digits",
          {{0, -40, kInf, -kInf, -1000, 1000, kNan}},
          {0.5, tail, 1, 0, 0, 1, kNan},
          {{0.25, tail, 0, 0, 0, 0, kNan}}});
});

const Register kTanh("tanh", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 0.5}).tanh());
  unary(s, TAPEGRAD_TEST_UNARY(tanh), {2, 4}, {}, {}, [](const Dual* x) { return tanh(x[0]); });
  s.edge({"ends keep their digits",
          {{0, 1e-9, -1e-9, kInf, -kInf, kNan}},
          {0, 1e-9, -1e-9, 1, -1, kNan},
          {{1, 1, 1, 0, 0, kNan}}})
      .edge({"saturated", {{100, -100, 30}}, {1, -1, 1}});
});

const Register kRelu("relu", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-1.0, 2.0}).relu());
  unary(s, TAPEGRAD_TEST_UNARY(relu), exact(), {}, {0}, [](const Dual* x) { return x[0].v > 0 ? x[0] : Dual(0); });
  s.edge({"gradient 0 at 0", {{0, -0.0, -2, 2, kInf, -kInf}}, {0, 0, 0, 2, kInf, 0}, {{0, 0, 0, 1, 1, 0}}})
      .edge({"NaN stays", {{kNan}}, {kNan}});
});

Dual clamped(const Dual& x, Real low, Real high) { return x.v < low ? Dual(low) : x.v > high ? Dual(high) : x; }

const Register kClamp("clamp", {"clamp", "clamp_"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-2.0, 0.5, 2.0}).clamp(-1, 1));
  s.elementwise({.fn = [](const Tensors& x) { return clamp(x[0], -1, 1.5); },
                 .accuracy = exact(),
                 .kinks = {-1, 1.5},
                 .spellings = {[](const Tensors& x) { return x[0].clamp(-1, 1.5); }},
                 .in_place = [](const Tensors& x) { return x[0].clamp_(-1, 1.5); }},
                {{}}, [](const Dual* x) { return clamped(x[0], -1, 1.5L); })
      .elementwise({.label = "below",
                    .fn = [](const Tensors& x) { return clamp(x[0], -1); },
                    .accuracy = exact(),
                    .kinks = {-1},
                    .spellings = {[](const Tensors& x) { return x[0].clamp(-1); }},
                    .in_place = [](const Tensors& x) { return x[0].clamp_(-1); }},
                   {{}}, [](const Dual* x) { return clamped(x[0], -1, 100); })
      .elementwise({.label = "above",
                    .fn = [](const Tensors& x) { return clamp(x[0], std::nullopt, 1.5); },
                    .accuracy = exact(),
                    .kinks = {1.5},
                    .spellings = {[](const Tensors& x) { return x[0].clamp(std::nullopt, 1.5); }}},
                   {{}}, [](const Dual* x) { return clamped(x[0], -100, 1.5L); })
      .edge({"gradient 1 at a bound", {{-1, 1.5, -2, 2, 0}}, {-1, 1.5, -1, 1.5, 0}, {{1, 1, 0, 0, 1}}})
      .edge({"NaN stays", {{kNan}}, {kNan}})
      .edge({"min above max gives max", {{0, 5}}, {1, 1}, {}, [](const Tensors& x) { return clamp(x[0], 2, 1); }})
      .throws<Error>("At least one of 'min' or 'max' must not be None",
                     [] { clamp(of({2}), std::nullopt, std::nullopt); });
});

const Register kClampMin("clamp_min", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-2.0, 0.5}).clamp_min(0));
  s.elementwise({.fn = [](const Tensors& x) { return clamp_min(x[0], -1); },
                 .accuracy = exact(),
                 .kinks = {-1},
                 .spellings = {[](const Tensors& x) { return x[0].clamp_min(-1); }},
                 .in_place = [](const Tensors& x) { return x[0].clamp_min_(-1); }},
                {{}}, [](const Dual* x) { return clamped(x[0], -1, 100); })
      .edge({"gradient 1 at the bound", {{-1, -2, kInf}}, {-1, -1, kInf}, {{1, 0, 1}}});
});

const Register kClampMax("clamp_max", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.5, 2.0}).clamp_max(1));
  s.elementwise({.fn = [](const Tensors& x) { return clamp_max(x[0], 1.5); },
                 .accuracy = exact(),
                 .kinks = {1.5},
                 .spellings = {[](const Tensors& x) { return x[0].clamp_max(1.5); }},
                 .in_place = [](const Tensors& x) { return x[0].clamp_max_(1.5); }},
                {{}}, [](const Dual* x) { return clamped(x[0], -100, 1.5L); })
      .edge({"gradient 1 at the bound", {{1.5, 2, -kInf}}, {1.5, 1.5, -kInf}, {{1, 0, 1}}});
});

}  // namespace
}  // namespace tapegrad::test
