// leaky_relu, elu, gelu, silu, softplus, hardtanh.
#include <cmath>

#include "../gates.h"
#include "../registry.h"

namespace tapegrad::test {
namespace {

constexpr double kTail = 4.248354255291589e-18;  // exp(-40)

using Call = Tensor (*)(const Tensor&);

Fn call(Call f) {
  return [=](const Tensors& x) { return f(x[0]); };
}

// tails: values only, down to where the results are subnormal.
void fill(Sample& s, const std::string& label, Call f, const Accuracy& accuracy, const std::vector<double>& kinks,
          Dual (*reference)(const Dual&), const std::vector<Domain>& tails = {}) {
  const Case pattern{
      .label = label,
      .fn = call(f),
      .reference = [=](const Arrays& in) { return elementwise(in, [=](const Dual* x) { return reference(x[0]); }); },
      .accuracy = accuracy,
      .kinks = kinks};
  s.elementwise(pattern, {{-2.5, 3}}, [=](const Dual* x) { return reference(x[0]); });
  for (std::size_t k = 0; k < tails.size(); ++k) {
    Case c = pattern;
    c.label += (label.empty() ? "tail " : " tail ") + std::to_string(k);
    c.inputs = {{{11, 19}, constant(tails[k].low, tails[k].high)}};
    s.add(c);
  }
  Case whole = pattern;
  whole.label += " of int64";
  whole.inputs = {{{2, 3}, integers(-4, 5)}};
  whole.result = kFloat;
  whole.accuracy.f64 = std::ldexp(accuracy.f32, 29);  // a unit of f32 in units of f64
  s.add(whole);
}

template <int kSixteenths>
Dual leaky(const Dual& x) {
  return x.v > 0 ? x : x * Dual(static_cast<Real>(kSixteenths) / 16);
}

const Register kLeakyRelu("leaky_relu", [](Sample& s) {
  TAPEGRAD_EXAMPLE(leaky_relu(tensor({-2.0, 3.0}), 0.1));
  // Slopes without rounding; the default one is among the edges.
  fill(
      s, "", [](const Tensor& x) { return leaky_relu(x, 0.125); }, rounded(), {0}, leaky<2>);
  fill(
      s, "falling", [](const Tensor& x) { return leaky_relu(x, -1.5); }, rounded(), {0}, leaky<-24>);
  const Fn fn = call([](const Tensor& x) { return leaky_relu(x); });
  s.edge({"gradient slope at 0", {{0, -0.0, -2, 2}}, {0, 0, -0.02, 2}, {{0.01, 0.01, 0.01, 1}}, fn})
      .edge({"ends", {{kInf, -kInf}}, {kInf, -kInf}, {{1, 0.01}}, fn})
      .edge({"NaN stays", {{kNan}}, {kNan}, {}, fn})
      .edge({"slope 0 is relu", {{-2, 0, 3}}, {0, 0, 3}, {{0, 0, 1}}, call([](const Tensor& x) {
               return leaky_relu(x, 0);
             })})
      .edge({"a falling slope", {{-2, 0}}, {1, 0}, {{-0.5, -0.5}}, call([](const Tensor& x) {
               return leaky_relu(x, -0.5);
             })});
});

template <int kHalves>
Dual elu_of(const Dual& x) {
  return x.v > 0 ? x : expm1(x) * Dual(static_cast<Real>(kHalves) / 2);
}

const Register kElu("elu", [](Sample& s) {
  TAPEGRAD_EXAMPLE(elu(tensor({-0.25, 2.0})));
  fill(s, "", [](const Tensor& x) { return elu(x); }, {4, 8}, {0}, elu_of<2>, {{-50, 1}, {-0.01, 0.01}});
  fill(
      s, "alpha 1.5", [](const Tensor& x) { return elu(x, 1.5); }, {4, 8}, {0}, elu_of<3>);
  s.edge({"keeps its digits near 0",
          {{0, -0.0, -0x1p-60, -0x1p-12}},
          {0, 0, -0x1p-60, std::expm1(-0x1p-12)},
          {{1, 1, 1, std::exp(-0x1p-12)}}})
      .edge({"ends", {{-1000, -kInf, kInf}}, {-1, -1, kInf}, {{0, 0, 1}}})
      .edge({"the gradient's tail keeps its digits", {{-40}}, {-1}, {{kTail}}})
      .edge({"NaN stays", {{kNan}}, {kNan}})
      .edge({"gradient alpha at 0", {{0, -kInf, 3}}, {0, -2, 3}, {{2, 0, 1}}, call([](const Tensor& x) {
               return elu(x, 2);
             })});
});

Dual gelu_of(const Dual& x) {
  const Real cdf = normal_cdf(x.v), pdf = std::exp(-x.v * x.v / 2) / std::sqrt(2 * std::acos(Real{-1}));
  return chain(x, x.v * cdf, cdf + x.v * pdf, (2 - x.v * x.v) * pdf);
}

Dual gelu_tanh_of(const Dual& x) {
  const Real a = 2 * std::sqrt(2 / std::acos(Real{-1})), b = 0.044715L;
  Dual y = x * sigmoid(Dual(a) * (x + Dual(b) * x * x * x));
  y.v = gelu_tanh(x.v);
  return y;
}

// Where a slope is 0 its terms cancel, and what is left has no digits to compare.
constexpr double kFlatGelu = -0.751791524693564, kFlatGeluTanh = -0.752461422071016, kFlatSilu = -1.278464542761074;

const Register kGelu("gelu", [](Sample& s) {
  TAPEGRAD_EXAMPLE(gelu(tensor({-1.0, 0.0, 2.0})));
  const Call none = [](const Tensor& x) { return gelu(x); };
  const Call tanh = [](const Tensor& x) { return gelu(x, "tanh"); };
  fill(s, "", none, {4, 8}, {kFlatGelu}, gelu_of, {{-14.5, -3}, {-39, -14.5}, {3, 40}});
  fill(s, "tanh", tanh, {4, 8}, {kFlatGeluTanh}, gelu_tanh_of, {{-10.5, -3}, {-22, -10.5}, {3, 40}});
  s.cases[0].spellings.push_back([](const Tensors& x) { return gelu(x[0], "none"); });
  const double at_minus_10 = -7.619853024160527e-23;  // -10 cdf(-10)
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {0, 0, 0x1p-61}, {{0.5, 0.5, 0.5}}})
      .edge({"ends", {{-kInf, kInf, -1000, 1000}}, {0, kInf, 0, 1000}, {{0, 1, 0, 1}}})
      .edge({"the tail keeps its digits", {{-10}}, {at_minus_10}, {{-7.6184000964648141e-22}}})
      .edge({"NaN stays", {{kNan}}, {kNan}, {{kNan}}})
      .edge({"tanh near 0", {{0, -0.0, 0x1p-60}}, {0, 0, 0x1p-61}, {{0.5, 0.5, 0.5}}, call(tanh)})
      .edge({"tanh ends", {{-kInf, kInf, -1000, 1000}}, {0, kInf, 0, 1000}, {{0, 1, 0, 1}}, call(tanh)})
      .edge({"the tail of tanh keeps its digits", {{-8}}, {static_cast<double>(gelu_tanh(-8.0L))}, {}, call(tanh)})
      .edge({"NaN stays in tanh", {{kNan}}, {kNan}, {{kNan}}, call(tanh)})
      .throws<Error>("approximate argument must be either none or tanh", [] { gelu(of({2}), "none "); })
      .throws<Error>("approximate argument must be either none or tanh", [] { gelu(of({2}), "Tanh"); })
      .throws<Error>("approximate argument must be either none or tanh", [] { gelu(of({2}), ""); });
});

const Register kLogSigmoid("log_sigmoid", [](Sample& s) {
  TAPEGRAD_EXAMPLE(log_sigmoid(tensor({-1.0, 2.0})));
  s.elementwise({.fn = [](const Tensors& x) { return log_sigmoid(x[0]); }, .accuracy = {3, 4}}, {{}},
                [](const Dual* x) { return -softplus(-x[0]); })
      .edge({"tails keep their digits",
             {{0, 40, -40, kInf, -kInf, kNan}},
             {-std::log(2.0), -std::exp(-40.0), -40, 0, -kInf, kNan},
             {{0.5, std::exp(-40.0), 1, 0, 1, kNan}}});
});

const Register kSilu("silu", [](Sample& s) {
  TAPEGRAD_EXAMPLE(silu(tensor({-2.0, 3.0})));
  fill(
      s, "", [](const Tensor& x) { return silu(x); }, {3, 4}, {kFlatSilu}, [](const Dual& x) { return x * sigmoid(x); },
      {{-110, -3}, {-750, -110}, {3, 100}});
  s.edge({"near 0", {{0, -0.0, 0x1p-60}}, {0, 0, 0x1p-61}, {{0.5, 0.5, 0.5}}})
      .edge({"ends", {{-kInf, kInf, -2000, 2000}}, {0, kInf, 0, 2000}, {{0, 1, 0, 1}}})
      .edge({"the tail keeps its digits", {{-40}}, {-40 * kTail}, {{-39 * kTail}}})
      .edge({"NaN stays", {{kNan}}, {kNan}, {{kNan}}});
});

const Register kSoftplus("softplus", [](Sample& s) {
  TAPEGRAD_EXAMPLE(softplus(tensor({-2.0, 1.0})));
  fill(s, "", [](const Tensor& x) { return softplus(x); }, {3, 4}, {}, softplus, {{-103, -3}, {-745, -103}, {3, 50}});
  // Powers of two, which do not round beta x.
  fill(
      s, "beta 2", [](const Tensor& x) { return softplus(x, 2); }, {3, 4}, {},
      [](const Dual& x) { return softplus(x * Dual(2)) * Dual(0.5L); });
  fill(
      s, "beta -0.5", [](const Tensor& x) { return softplus(x, -0.5); }, {3, 4}, {},
      [](const Dual& x) { return softplus(x * Dual(-0.5L)) * Dual(-2); });
  s.edge({"at 0", {{0, -0.0}}, {std::log(2.0), std::log(2.0)}, {{0.5, 0.5}}})
      .edge({"ends", {{-kInf, kInf, -1000, 1000}}, {0, kInf, 0, 1000}, {{0, 1, 0, 1}}})
      .edge({"the tails keep their digits", {{-40, 40}}, {kTail, 40}, {{kTail, 1}}})
      .edge({"has no threshold", {{20.5, 25}}, {20.5 + std::exp(-20.5), 25 + std::exp(-25.0)}})
      .edge({"NaN stays", {{kNan}}, {kNan}, {{kNan}}});
});

const Register kHardtanh("hardtanh", [](Sample& s) {
  TAPEGRAD_EXAMPLE(hardtanh(tensor({-2.0, 0.5, 2.0})));
  fill(
      s, "", [](const Tensor& x) { return hardtanh(x); }, exact(), {-1, 1},
      [](const Dual& x) { return x.v < -1  ? Dual(-1)
                                 : x.v > 1 ? Dual(1)
                                           : x; });
  fill(
      s, "from 0 to 2.5", [](const Tensor& x) { return hardtanh(x, 0, 2.5); }, exact(), {0, 2.5},
      [](const Dual& x) { return x.v < 0      ? Dual(0)
                                 : x.v > 2.5L ? Dual(2.5L)
                                              : x; });
  s.edge({"gradient 0 at a bound", {{-1, 1, 0, -2, 2}}, {-1, 1, 0, -1, 1}, {{0, 0, 1, 0, 0}}})
      .edge({"next to a bound", {{-1 + 0x1p-20, 1 - 0x1p-20}}, {-1 + 0x1p-20, 1 - 0x1p-20}, {{1, 1}}})
      .edge({"ends", {{-kInf, kInf}}, {-1, 1}, {{0, 0}}})
      .edge({"NaN stays", {{kNan}}, {kNan}, {{0}}})
      .edge({"relu6", {{0, 6, 3, -1, 7}}, {0, 6, 3, 0, 6}, {{0, 0, 1, 0, 0}}, call([](const Tensor& x) {
               return hardtanh(x, 0, 6);
             })})
      .edge({"min above max gives max", {{-1, 1.5, 3}}, {1, 1, 1}, {{0, 0, 0}}, call([](const Tensor& x) {
               return hardtanh(x, 2, 1);
             })})
      .edge({"equal bounds", {{0, 1, 2}}, {1, 1, 1}, {{0, 0, 0}}, call([](const Tensor& x) {
               return hardtanh(x, 1, 1);
             })});
});

}  // namespace
}  // namespace tapegrad::test
