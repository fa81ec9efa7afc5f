// Functions of one element.
#include <cmath>
#include <limits>

#include "../registry.h"

namespace tapegrad::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// A free function and a method of the same name.
#define TAPEGRAD_TEST_UNARY(function)                \
  [](const Tensors& x) { return function(x[0]); }, { \
    [](const Tensors& x) { return x[0].function(); } \
  }

struct Unary {
  Fn fn;
  std::vector<Fn> spellings;
};

void unary(Sample& s, const Unary& u, const Accuracy& accuracy, const Domain& domain, const std::vector<double>& kinks,
           const std::function<Dual(const Dual*)>& reference, const Fn& in_place = nullptr) {
  s.elementwise({.label = "",
                 .inputs = {},
                 .fn = u.fn,
                 .reference = nullptr,
                 .accuracy = accuracy,
                 .kinks = kinks,
                 .spellings = u.spellings,
                 .in_place = in_place},
                {domain}, reference);
}

const Register kNeg("neg", {"neg", "operator-"}, [](Sample& s) {
  unary(s, {TAPEGRAD_TEST_UNARY(neg)}, exact(), {}, {}, [](const Dual* x) { return -x[0]; });
  unary(s, {[](const Tensors& x) { return -x[0]; }, {}}, exact(), {-2, 1}, {}, [](const Dual* x) { return -x[0]; });
  for (std::size_t i = s.cases.size() / 2; i < s.cases.size(); ++i) s.cases[i].label += " operator";
  s.throws<DtypeError>("bool", [] { neg(of({2}, kBool)); });
});

const Register kExp("exp", [](Sample& s) {
  unary(s, {TAPEGRAD_TEST_UNARY(exp)}, {2, 4}, {}, {}, [](const Dual* x) { return exp(x[0]); });
  s.edge({"ends", {{0, -kInf, kInf, kNan, -1000}}, {1, 0, kInf, kNan, 0}, {{1, 0, kInf, kNan, 0}}});
});

const Register kLog("log", [](Sample& s) {
  unary(s, {TAPEGRAD_TEST_UNARY(log)}, {2, 4}, {0.4, 3}, {}, [](const Dual* x) { return log(x[0]); });
  s.edge({"ends", {{1, 0, kInf, -1, kNan}}, {0, -kInf, kInf, kNan, kNan}, {{1, kInf, 0, -1, kNan}}});
});

const Register kSqrt("sqrt", [](Sample& s) {
  unary(s, {TAPEGRAD_TEST_UNARY(sqrt)}, rounded(), {0.4, 3}, {}, [](const Dual* x) { return sqrt(x[0]); });
  s.edge({"gradient inf at 0", {{0, 4, kInf, -1}}, {0, 2, kInf, kNan}, {{kInf, 0.25, 0, kNan}}});
});

const Register kAbs("abs", [](Sample& s) {
  unary(s, {TAPEGRAD_TEST_UNARY(abs)}, exact(), {}, {0}, [](const Dual* x) { return abs(x[0]); });
  s.edge({"gradient 0 at 0", {{0, -0.0, -2, 2, -kInf}}, {0, 0, 2, 2, kInf}, {{0, 0, -1, 1, -1}}});
});

const Register kSign("sign", [](Sample& s) {
  unary(s, {TAPEGRAD_TEST_UNARY(sign)}, exact(), {}, {0}, [](const Dual* x) {
    return Dual(x[0].v > 0 ? 1 : x[0].v < 0 ? -1 : 0);
  });
  s.edge({"gradient 0", {{0, -2, 2, kInf, -kInf}}, {0, -1, 1, 1, -1}, {{0, 0, 0, 0, 0}}});
});

const Register kSquare("square", [](Sample& s) {
  unary(s, {TAPEGRAD_TEST_UNARY(square)}, rounded(), {}, {}, [](const Dual* x) { return x[0] * x[0]; });
  s.edge({"ends", {{0, -3, -kInf}}, {0, 9, kInf}, {{0, -6, -kInf}}});
});

const Register kSigmoid("sigmoid", [](Sample& s) {
  unary(s, {TAPEGRAD_TEST_UNARY(sigmoid)}, {3, 4}, {}, {}, [](const Dual* x) { return sigmoid(x[0]); });
  const double tail = std::exp(-40.0);  // 1 + exp(-40) is 1
  s.edge({"tails keep their digits",
          {{0, -40, kInf, -kInf, -1000, 1000, kNan}},
          {0.5, tail, 1, 0, 0, 1, kNan},
          {{0.25, tail, 0, 0, 0, 0, kNan}}});
});

const Register kTanh("tanh", [](Sample& s) {
  unary(s, {TAPEGRAD_TEST_UNARY(tanh)}, {2, 4}, {}, {}, [](const Dual* x) { return tanh(x[0]); });
  s.edge({"ends keep their digits",
          {{0, 1e-9, -1e-9, kInf, -kInf, kNan}},
          {0, 1e-9, -1e-9, 1, -1, kNan},
          {{1, 1, 1, 0, 0, kNan}}})
      .edge({"saturated", {{100, -100, 30}}, {1, -1, 1}});
});

const Register kRelu("relu", {"relu", "relu_"}, [](Sample& s) {
  unary(
      s, {TAPEGRAD_TEST_UNARY(relu)}, exact(), {}, {0}, [](const Dual* x) { return x[0].v > 0 ? x[0] : Dual(0); },
      [](const Tensors& x) { return x[0].relu_(); });
  s.edge({"gradient 0 at 0", {{0, -0.0, -2, 2, kInf, -kInf}}, {0, 0, 0, 2, kInf, 0}, {{0, 0, 0, 1, 1, 0}}})
      .edge({"NaN stays", {{kNan}}, {kNan}});
});

Dual clamped(const Dual& x, Real low, Real high) { return x.v < low ? Dual(low) : x.v > high ? Dual(high) : x; }

const Register kClamp("clamp", {"clamp", "clamp_"}, [](Sample& s) {
  s.elementwise({.label = "",
                 .inputs = {},
                 .fn = [](const Tensors& x) { return clamp(x[0], -1, 1.5); },
                 .reference = nullptr,
                 .accuracy = exact(),
                 .kinks = {-1, 1.5},
                 .spellings = {[](const Tensors& x) { return x[0].clamp(-1, 1.5); }},
                 .in_place = [](const Tensors& x) { return x[0].clamp_(-1, 1.5); }},
                {{}}, [](const Dual* x) { return clamped(x[0], -1, 1.5L); })
      .elementwise({.label = "below",
                    .inputs = {},
                    .fn = [](const Tensors& x) { return clamp(x[0], -1); },
                    .reference = nullptr,
                    .accuracy = exact(),
                    .kinks = {-1},
                    .spellings = {[](const Tensors& x) { return x[0].clamp(-1); }},
                    .in_place = [](const Tensors& x) { return x[0].clamp_(-1); }},
                   {{}}, [](const Dual* x) { return clamped(x[0], -1, 100); })
      .elementwise({.label = "above",
                    .inputs = {},
                    .fn = [](const Tensors& x) { return clamp(x[0], std::nullopt, 1.5); },
                    .reference = nullptr,
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
  s.elementwise({.label = "",
                 .inputs = {},
                 .fn = [](const Tensors& x) { return clamp_min(x[0], -1); },
                 .reference = nullptr,
                 .accuracy = exact(),
                 .kinks = {-1},
                 .spellings = {[](const Tensors& x) { return x[0].clamp_min(-1); }}},
                {{}}, [](const Dual* x) { return clamped(x[0], -1, 100); })
      .edge({"gradient 1 at the bound", {{-1, -2, kInf}}, {-1, -1, kInf}, {{1, 0, 1}}});
});

const Register kClampMax("clamp_max", [](Sample& s) {
  s.elementwise({.label = "",
                 .inputs = {},
                 .fn = [](const Tensors& x) { return clamp_max(x[0], 1.5); },
                 .reference = nullptr,
                 .accuracy = exact(),
                 .kinks = {1.5},
                 .spellings = {[](const Tensors& x) { return x[0].clamp_max(1.5); }}},
                {{}}, [](const Dual* x) { return clamped(x[0], -100, 1.5L); })
      .edge({"gradient 1 at the bound", {{1.5, 2, -kInf}}, {1.5, 1.5, -kInf}, {{1, 0, 1}}});
});

}  // namespace
}  // namespace tapegrad::test
