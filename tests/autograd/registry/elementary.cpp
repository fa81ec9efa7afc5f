// Functions of one element that need more than a sign or a comparison: expm1, log1p, rsqrt, reciprocal, sin, cos, erf.
#include <cmath>
#include <limits>

#include "../registry.h"

namespace tapegrad::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kErfSlope = 1.1283791670955126;  // 2 / sqrt(pi)

void fill(Sample& s, Tensor (*function)(const Tensor&), Tensor (*method)(const Tensor&), const Accuracy& accuracy,
          const Domain& domain, Dual (*reference)(const Dual&)) {
  const Case pattern{.label = "",
                     .inputs = {},
                     .fn = [=](const Tensors& x) { return function(x[0]); },
                     .reference = nullptr,
                     .accuracy = accuracy,
                     .spellings = {[=](const Tensors& x) { return method(x[0]); }}};
  s.elementwise(pattern, {domain}, [=](const Dual* x) { return reference(x[0]); });
  Case whole = pattern;
  whole.label = "of int64";
  whole.inputs = {{{2, 3}, integers(1, 6)}};
  whole.reference = [=](const Arrays& in) { return elementwise(in, [=](const Dual* x) { return reference(x[0]); }); };
  whole.result = kFloat;
  whole.accuracy.f64 = std::ldexp(accuracy.f32, 29);  // a unit of f32 in units of f64
  s.add(whole);
  whole.label = "of bool";
  whole.inputs = {{{5}, {1, 2, kBool, false}}};
  s.add(whole);
}

// 1 / f(x): the sign of a zero is seen in an infinity's.
Fn inverse(Tensor (*f)(const Tensor&)) {
  return [=](const Tensors& x) { return 1 / f(x[0]); };
}

const Register kExpm1("expm1", [](Sample& s) {
  fill(
      s, [](const Tensor& x) { return expm1(x); }, [](const Tensor& x) { return x.expm1(); }, {2, 4}, {},
      [](const Dual& x) { return expm1(x); });
  s.edge({"all digits near 0", {{0, -0.0, 0x1p-60, -0x1p-60, 0x1p-12}}, {0, 0, 0x1p-60, -0x1p-60, std::expm1(0x1p-12)}})
      .edge({"of subnormal numbers", {{0x1p-149, -0x1p-140}}, {0x1p-149, -0x1p-140}, {{1, 1}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::expm1)})
      .edge({"ends", {{-1000, 1000, -kInf, kInf, kNan}}, {-1, kInf, -1, kInf, kNan}, {{0, kInf, 0, kInf, kNan}}})
      .edge({"the gradient's tail keeps its digits", {{-40, -100}}, {-1, -1}, {{std::exp(-40.0), std::exp(-100.0)}}});
});

const Register kLog1p("log1p", [](Sample& s) {
  fill(
      s, [](const Tensor& x) { return log1p(x); }, [](const Tensor& x) { return x.log1p(); }, {2, 4}, {-0.6, 3},
      [](const Dual& x) { return log1p(x); });
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

const Register kRsqrt("rsqrt", [](Sample& s) {
  fill(
      s, [](const Tensor& x) { return rsqrt(x); }, [](const Tensor& x) { return x.rsqrt(); }, {3, 4}, {0.4, 3},
      [](const Dual& x) { return rsqrt(x); });
  s.edge({"at 0", {{0, -0.0}}, {kInf, -kInf}, {{-kInf, kInf}}})
      .edge({"ends", {{4, kInf, -1, -kInf, kNan}}, {0.5, 0, kNan, kNan, kNan}, {{-0.0625, 0, kNan, kNan, kNan}}})
      .edge({"of large and small", {{0x1p100, 0x1p-100}}, {0x1p-50, 0x1p50}})
      .edge({"of subnormal numbers", {{0x1p-140}}, {0x1p70}});
});

const Register kReciprocal("reciprocal", [](Sample& s) {
  fill(
      s, [](const Tensor& x) { return reciprocal(x); }, [](const Tensor& x) { return x.reciprocal(); }, rounded(),
      {0.4, 3}, [](const Dual& x) { return Dual(1) / x; });
  s.edge({"at 0", {{0, -0.0}}, {kInf, -kInf}, {{-kInf, -kInf}}})
      .edge({"ends", {{-4, kInf, -kInf, kNan}}, {-0.25, 0, 0, kNan}, {{-0.0625, 0, 0, kNan}}})
      .edge({"of -infinity is -0", {{-kInf}}, {-kInf}, {}, inverse(tapegrad::reciprocal)})
      .edge({"subnormal results", {{0x1p127, -0x1.8p127}}, {0x1p-127, -1 / 0x1.8p127}});
});

const Register kSin("sin", [](Sample& s) {
  fill(
      s, [](const Tensor& x) { return sin(x); }, [](const Tensor& x) { return x.sin(); }, {2, 4}, {},
      [](const Dual& x) { return sin(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60, 0x1p-149}}, {0, 0, 0x1p-60, 0x1p-149}, {{1, 1, 1, 1}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::sin)})
      .edge({"ends", {{kInf, -kInf, kNan}}, {kNan, kNan, kNan}, {{kNan, kNan, kNan}}})
      .edge({"of large arguments",
             {{1e6, 0x1p60, -0x1p100}},
             {std::sin(1e6), std::sin(0x1p60), std::sin(-0x1p100)},
             {{std::cos(1e6), std::cos(0x1p60), std::cos(-0x1p100)}}});
});

const Register kCos("cos", [](Sample& s) {
  fill(
      s, [](const Tensor& x) { return cos(x); }, [](const Tensor& x) { return x.cos(); }, {2, 4}, {},
      [](const Dual& x) { return cos(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {1, 1, 1}, {{0, 0, -0x1p-60}}})
      .edge({"ends", {{kInf, -kInf, kNan}}, {kNan, kNan, kNan}, {{kNan, kNan, kNan}}})
      .edge({"of large arguments",
             {{1e6, 0x1p60, -0x1p100}},
             {std::cos(1e6), std::cos(0x1p60), std::cos(-0x1p100)},
             {{-std::sin(1e6), -std::sin(0x1p60), -std::sin(-0x1p100)}}});
});

const Register kErf("erf", [](Sample& s) {
  fill(
      s, [](const Tensor& x) { return erf(x); }, [](const Tensor& x) { return x.erf(); }, {2, 4}, {},
      [](const Dual& x) { return erf(x); });
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {0, 0, kErfSlope * 0x1p-60}, {{kErfSlope, kErfSlope, kErfSlope}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, inverse(tapegrad::erf)})
      .edge({"ends", {{kInf, -kInf, kNan, 1000}}, {1, -1, kNan, 1}, {{0, 0, kNan, 0}}})
      .edge(
          {"saturated, with a gradient", {{-8, 8}}, {-1, 1}, {{kErfSlope * std::exp(-64), kErfSlope * std::exp(-64)}}});
});

}  // namespace
}  // namespace tapegrad::test
