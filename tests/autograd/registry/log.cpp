// Exponentials and logarithms of other bases; logaddexp, xlogy, logit.
#include <cmath>

#include "unary.h"

namespace tapegrad::test {
namespace {

constexpr Real kLn2 = 0.693147180559945309417232121458176568L, kLn10 = 2.302585092994045684017991454684364208L;
constexpr char kSizes[] = "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1";

Dual log_to(const Dual& x, Real ln_base, Real value) {
  Dual y = log(x) / Dual(ln_base);
  y.v = value;
  return y;
}

const Register kExp2("exp2", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-1.0, 0.0, 3.0}).exp2());
  real_unary(s, TAPEGRAD_TEST_UNARY(exp2), {2, 4}, {}, [](const Dual& x) {
    Dual y = exp(x * Dual(kLn2));
    y.v = std::exp2(x.v);
    return y;
  });
  const double ln2 = static_cast<double>(kLn2);
  s.edge({"whole powers", {{0, 1, -1, 10, -126, 127}}, {1, 2, 0.5, 1024, 0x1p-126, 0x1p127}})
      .edge({"subnormal results", {{-127, -149}}, {0x1p-127, 0x1p-149}, {{0x1p-127 * ln2, 0x1p-149 * ln2}}})
      .edge({"ends", {{1100, -1100, kInf, -kInf, kNan}}, {kInf, 0, kInf, 0, kNan}, {{kInf, 0, kInf, 0, kNan}}});
});

const Register kLog2("log2", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.5, 1.0, 8.0}).log2());
  real_unary(s, TAPEGRAD_TEST_UNARY(log2), {2, 4}, {0.4, 3},
             [](const Dual& x) { return log_to(x, kLn2, std::log2(x.v)); });
  const double slope = static_cast<double>(1 / kLn2);
  s.edge({"whole logarithms", {{1, 2, 8, 0.25, 0x1p100, 0x1p-126}}, {0, 1, 3, -2, 100, -126}})
      .edge({"of subnormal numbers", {{0x1p-149, 0x1p-140}}, {-149, -140}})
      .edge({"ends",
             {{1, 0, -0.0, kInf, -1, kNan}},
             {0, -kInf, -kInf, kInf, kNan, kNan},
             {{slope, kInf, -kInf, 0, -slope, kNan}}});
});

const Register kLog10("log10", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 10.0, 1000.0}).log10());
  real_unary(s, TAPEGRAD_TEST_UNARY(log10), {2, 4}, {0.4, 3},
             [](const Dual& x) { return log_to(x, kLn10, std::log10(x.v)); });
  const double slope = static_cast<double>(1 / kLn10);
  s.edge({"whole logarithms", {{1, 10, 1000, 1e10}}, {0, 1, 3, 10}})
      .edge({"of subnormal numbers", {{0x1p-149}}, {std::log10(0x1p-149)}})
      .edge({"ends",
             {{1, 0, -0.0, kInf, -1, kNan}},
             {0, -kInf, -kInf, kInf, kNan, kNan},
             {{slope, kInf, -kInf, 0, -slope, kNan}}});
});

Dual larger_and_rest(const Dual& x, const Dual& y) { return x.v > y.v ? x + log1p(exp(y - x)) : y + log1p(exp(x - y)); }
const Register kLogaddexp("logaddexp", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 1000.0}).logaddexp(tensor({2.0, 1000.0})));
  const Accuracy terms{3, 4, [](const Arrays& in) {
                         return elementwise(in, [](const Dual* x) {
                           return Dual(std::abs(std::max(x[0].v, x[1].v))) + log1p(exp(-abs(x[0] - x[1])));
                         });
                       }};
  s.elementwise({.fn = [](const Tensors& x) { return logaddexp(x[0], x[1]); },
                 .accuracy = terms,
                 .spellings = {[](const Tensors& x) { return x[0].logaddexp(x[1]); },
                               [](const Tensors& x) { return logaddexp(x[1], x[0]); }}},
                {{}, {}}, [](const Dual* x) { return larger_and_rest(x[0], x[1]); })
      .edge({"ties", {{1, 0}, {1, 0}}, {1 + std::log(2.0), std::log(2.0)}, {{0.5, 0.5}, {0.5, 0.5}}})
      .edge({"without overflow", {{1000, -1000}, {0, -1000}}, {1000, -1000 + std::log(2.0)}, {{1, 0.5}, {0, 0.5}}})
      .edge({"infinities",
             {{kInf, kInf, -kInf, 1}, {1, -kInf, 1, kInf}},
             {kInf, kInf, 1, kInf},
             {{1, 1, 0, 0}, {0, 0, 1, 1}}})
      .edge({"two infinities", {{kInf, -kInf}, {kInf, -kInf}}, {kInf, -kInf}})
      .edge({"NaN", {{kNan, 1}, {1, kNan}}, {kNan, kNan}})
      .throws<ShapeError>(kSizes, [] {
        logaddexp(of({2, 3}), of({2, 4}));
      });
});

const Register kXlogy("xlogy", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 2.0}).xlogy(tensor({0.0, 6.0})));
  s.elementwise({.fn = [](const Tensors& x) { return xlogy(x[0], x[1]); },
                 .accuracy = {3, 5},
                 .spellings = {[](const Tensors& x) { return x[0].xlogy(x[1]); }},
                 .in_place = [](const Tensors& x) { return x[0].xlogy_(x[1]); }},
                {{}, {0.4, 3}}, [](const Dual* x) { return x[0] * log(x[1]); })
      .elementwise(
          {.label = "of a number", .fn = [](const Tensors& x) { return xlogy(1.5, x[0]); }, .accuracy = {3, 5}},
          {{0.4, 3}}, [](const Dual* x) { return Dual(1.5L) * log(x[0]); })
      .elementwise({.label = "number",
                    .fn = [](const Tensors& x) { return xlogy(x[0], 1.5); },
                    .accuracy = {3, 5},
                    .spellings = {[](const Tensors& x) { return x[0].xlogy(1.5); }},
                    .in_place = [](const Tensors& x) { return x[0].xlogy_(1.5); }},
                   {{}}, [](const Dual* x) { return x[0] * log(Dual(1.5L)); })
      .edge({"0 wins", {{0, 0, 0, 0}, {2, 0, -1, kInf}}, {0, 0, 0, 0}, {{std::log(2.0), 0, 0, kInf}, {0, kNan, 0, 0}}})
      .edge({"not over NaN", {{0, kNan}, {kNan, 1}}, {kNan, kNan}})
      .edge({"ends",
             {{1, 1, 1, kInf}, {0, -1, kInf, 2}},
             {-kInf, kNan, kInf, kInf},
             {{-kInf, kNan, kInf, std::log(2.0)}, {kInf, -1, 0, kInf}}})
      .throws<ShapeError>(kSizes, [] {
        xlogy(of({2, 3}), of({2, 4}));
      });
});

Dual log_odds(const Dual& x) {
  Dual y = log(x / (Dual(1) - x));
  if (std::abs(x.v - 0.5L) < 0.2L) y.v = std::log1p((2 * x.v - 1) / (1 - x.v));
  return y;
}
const Register kLogit("logit", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.25, 0.5, 0.75}).logit());
  s.elementwise({.fn = [](const Tensors& x) { return logit(x[0]); },
                 .accuracy = {3, 4},
                 .spellings = {[](const Tensors& x) { return x[0].logit(); }},
                 .in_place = [](const Tensors& x) { return x[0].logit_(); }},
                {{0.1, 0.9}}, [](const Dual* x) { return log_odds(x[0]); })
      .elementwise(
          {.label = "eps",
           .fn = [](const Tensors& x) { return logit(x[0], 0.25); },
           .accuracy = {3, 4},
           .kinks = {0.25, 0.75},
           .spellings = {[](const Tensors& x) { return x[0].logit(0.25); }},
           .in_place = [](const Tensors& x) { return x[0].logit_(0.25); }},
          {{-1, 2}},
          [](const Dual* x) {
            return x[0].v < 0.25L ? Dual(-std::log(3.0L)) : x[0].v > 0.75L ? Dual(std::log(3.0L)) : log_odds(x[0]);
          })
      .edge({"ends", {{0, 1, kNan}}, {-kInf, kInf, kNan}, {{kInf, kInf, kNan}}})
      .edge({"outside", {{-0.5, 1.5, kInf, -kInf}}, {kNan, kNan, kNan, kNan}, {{kNan, kNan, kNan, kNan}}})
      .edge({"all digits near 1/2", {{0.5, 0.5 + 0x1p-20}}, {0, 2 * std::atanh(0x1p-19)}, {{4, 4 / (1 - 0x1p-38)}}})
      .edge({"all digits near 0", {{0x1p-100, 0x1p-140}}, {std::log(0x1p-100), std::log(0x1p-140)}})
      .edge({"of 0 and 1 with eps", {{0, 1}}, {std::log(1.0 / 3), -std::log(1.0 / 3)}, {{0, 0}}, [](const Tensors& x) {
               return logit(x[0], 0.25);
             }});
  s.throws<DtypeError>("result type Float can't be cast to the desired output type Long",
                       [] { of({2}, kLong).logit_(); });
});

}  // namespace
}  // namespace tapegrad::test
