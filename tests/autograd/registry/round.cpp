// Rounding to whole numbers, quotients and remainders.
#include <cmath>

#include "unary.h"

namespace tapegrad::test {
namespace {

constexpr char kSizes[] = "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1";
constexpr char kZero[] = "ZeroDivisionError";

void rounding(Sample& s, const Unary& u, const std::vector<double>& kinks, Real (*reference)(Real)) {
  unary(s, u, exact(), {}, kinks, [=](const Dual* x) { return Dual(reference(x[0].v)); });
  s.add({.label = "of int64",
         .inputs = {{{2, 3}, integers(-9, 9)}},
         .fn = u.fn,
         .reference = [](const Arrays& in) { return in[0]; },
         .accuracy = exact(),
         .result = kLong,
         .spellings = u.spellings});
  s.edge({"ends", {{kInf, -kInf, kNan, 0x1p60, -0x1p60}}, {kInf, -kInf, kNan, 0x1p60, -0x1p60}, {{0, 0, 0, 0, 0}}})
      .edge({"-0 stays -0", {{-0.0}}, {-kInf}, {}, [u](const Tensors& x) { return 1 / u.fn(x); }});
}
const std::vector<double> kWhole = {-3, -2, -1, 0, 1, 2, 3};

const Register kFloor("floor", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-1.5, 1.5}).floor());
  rounding(s, TAPEGRAD_TEST_UNARY(floor), kWhole, [](Real x) { return std::floor(x); });
  s.edge({"whole and halves", {{-2, -1.5, -0.25, 0.5, 2}}, {-2, -2, -1, 0, 2}, {{0, 0, 0, 0, 0}}});
  s.throws<DtypeError>("bool", [] { floor(of({2}, kBool)); });
});
const Register kCeil("ceil", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-1.5, 1.5}).ceil());
  rounding(s, TAPEGRAD_TEST_UNARY(ceil), kWhole, [](Real x) { return std::ceil(x); });
  s.edge({"whole and halves", {{-2, -1.5, -0.25, 0.5, 2}}, {-2, -1, 0, 1, 2}, {{0, 0, 0, 0, 0}}})
      .edge({"to -0", {{-0.25}}, {-kInf}, {}, [](const Tensors& x) { return 1 / ceil(x[0]); }});
  s.throws<DtypeError>("bool", [] { ceil(of({2}, kBool)); });
});
const Register kRound("round", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.5, 1.5, 2.5}).round());
  rounding(s, TAPEGRAD_TEST_UNARY(round), {-2.5, -1.5, -0.5, 0.5, 1.5, 2.5}, [](Real x) { return std::nearbyint(x); });
  s.edge({"half to even", {{-2.5, -1.5, -0.5, 0.5, 1.5, 2.5}}, {-2, -2, 0, 0, 2, 2}, {{0, 0, 0, 0, 0, 0}}})
      .edge({"next to a half", {{0.5 - 0x1p-25, 0.5 + 0x1p-24, 0x1p22 + 0.5}}, {0, 1, 0x1p22}})
      .edge({"to -0", {{-0.25}}, {-kInf}, {}, [](const Tensors& x) { return 1 / round(x[0]); }});
  s.throws<DtypeError>("bool", [] { round(of({2}, kBool)); });
});
const Register kTrunc("trunc", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-1.5, 1.5}).trunc());
  rounding(s, TAPEGRAD_TEST_UNARY(trunc), kWhole, [](Real x) { return std::trunc(x); });
  s.edge({"whole and halves", {{-2, -1.5, -0.25, 0.5, 2}}, {-2, -1, 0, 0, 2}, {{0, 0, 0, 0, 0}}})
      .edge({"to -0", {{-0.25}}, {-kInf}, {}, [](const Tensors& x) { return 1 / trunc(x[0]); }});
  s.throws<DtypeError>("bool", [] { trunc(of({2}, kBool)); });
});

// --- of two: quotients between 2 and 3, and between -3 and -2, are far from where the gradient jumps
struct Quotient {
  Fn fn, method, in_place, by_number, method_by_number, in_place_by_number;
  Dual (*reference)(const Dual&, const Dual&);
};
#define TAPEGRAD_TEST_QUOTIENT(f, reference)                                                                           \
  Quotient {                                                                                                           \
    [](const Tensors& x) { return f(x[0], x[1]); }, [](const Tensors& x) { return x[0].f(x[1]); },                     \
        [](const Tensors& x) { return x[0].f##_(x[1]); }, [](const Tensors& x) { return f(x[0], 1.0625); },            \
        [](const Tensors& x) { return x[0].f(1.0625); }, [](const Tensors& x) { return x[0].f##_(1.0625); }, reference \
  }
void quotient(Sample& s, const Quotient& q, const Fn& operation = nullptr) {
  const std::vector<Fn> spellings = operation ? std::vector<Fn>{q.method, operation} : std::vector<Fn>{q.method};
  const Case pattern{.fn = q.fn, .accuracy = rounded(), .spellings = spellings, .in_place = q.in_place};
  const auto reference = [=](const Dual* x) { return q.reference(x[0], x[1]); };
  s.elementwise(pattern, {{2.4, 2.7}, {1, 1.08}}, reference);
  Case down = pattern;
  down.label = "of negatives";
  s.elementwise(down, {{-2.7, -2.4}, {1, 1.08}}, reference);
  down.label = "by negatives";
  s.elementwise(down, {{2.4, 2.7}, {-1.08, -1}}, reference);
  s.elementwise({.label = "by a number",
                 .fn = q.by_number,
                 .accuracy = rounded(),
                 .spellings = {q.method_by_number},
                 .in_place = q.in_place_by_number},
                {{2.4, 2.7}}, [=](const Dual* x) { return q.reference(x[0], Dual(1.0625L)); });
  Case whole = pattern;
  whole.result = kLong;
  whole.in_place = nullptr;
  whole.accuracy = exact();
  for (const bool negative : {false, true}) {
    whole.label = negative ? "of int64 by negatives" : "of int64";
    s.elementwise(whole, {integers(-9, 9), negative ? integers(-5, -1) : integers(1, 5)}, reference);
  }
  s.edge({"the smallest integer by -1", {{1}}, {0}, {}, [=](const Tensors& x) {
            const Tensor lowest = full({1}, std::numeric_limits<std::int64_t>::min());
            const Tensor out = q.fn({lowest, full({1}, -1)});
            return out.eq(lowest).logical_or(out.eq(0)).eq(false).to(x[0].dtype());
          }});
  s.throws<ShapeError>(kSizes,
                       [=] {
                         q.fn({of({2, 3}), of({2, 4})});
                       })
      .throws<ValueError>(kZero,
                          [=] {
                            q.fn({of({2}, kLong), of({2}, kLong)});
                          })
      .throws<DtypeError>("is not defined for bool",
                          [=] {
                            q.fn({of({2}, kBool), of({2}, kBool)});
                          })
      .throws<DtypeError>("result type Float can't be cast to the desired output type Long",
                          [=] { q.in_place_by_number({of({2}, kLong)}); });
}

Dual scaled(const Dual& x, Real by) { return {x.v * by, x.a * by, x.b * by, x.ab * by}; }

const Register kFloorDivide("floor_divide", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-7, 7}).floor_divide(2));
  quotient(s, TAPEGRAD_TEST_QUOTIENT(floor_divide,
                                     [](const Dual& x, const Dual& y) { return Dual(std::floor(x.v / y.v)); }));
  s.edge({"of both signs", {{7, -7, 7, -7}, {2, 2, -2, -2}}, {3, -4, -4, 3}, {{0, 0, 0, 0}, {0, 0, 0, 0}}})
      .edge({"by the exact quotient", {{1, 5.5}, {0.1, 1.1}}, {9, 4}})
      .edge({"by zero and infinity", {{1, -1, 0, 1, 1}, {0, 0, 0, kInf, -kInf}}, {kInf, -kInf, kNan, 0, -1}})
      .edge({"of NaN and infinity", {{kNan, 1, kInf}, {1, kNan, 2}}, {kNan, kNan, kNan}});
});

const Register kRemainder("remainder", {"remainder", "remainder_", "operator%"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-7, 7}).remainder(3));
  quotient(s,
           TAPEGRAD_TEST_QUOTIENT(remainder,
                                  [](const Dual& x, const Dual& y) { return x - scaled(y, std::floor(x.v / y.v)); }),
           [](const Tensors& x) { return x[0] % x[1]; });
  s.elementwise({.label = "of a number",
                 .fn = [](const Tensors& x) { return remainder(2.5, x[0]); },
                 .accuracy = rounded(),
                 .spellings = {[](const Tensors& x) { return 2.5 % x[0]; }}},
                {{1, 1.08}}, [](const Dual* x) { return Dual(2.5L) - scaled(x[0], 2); })
      .edge(
          {"the sign of the divisor", {{7, -7, 7, -7}, {2, 2, -2, -2}}, {1, 1, -1, -1}, {{1, 1, 1, 1}, {-3, 4, 4, -3}}})
      .edge({"by zero and infinity", {{1, 1, -1}, {0, kInf, kInf}}, {kNan, 1, kInf}})
      .edge({"of NaN and infinity", {{kNan, 1, kInf}, {1, kNan, 2}}, {kNan, kNan, kNan}})
      .edge({"far apart", {{0x1p100, 1}, {3, 0x1p-100}}, {1, 0}});
});

const Register kFmod("fmod", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({-7, 7}).fmod(3));
  quotient(s, TAPEGRAD_TEST_QUOTIENT(
                  fmod, [](const Dual& x, const Dual& y) { return x - scaled(y, std::trunc(x.v / y.v)); }));
  s.edge({"the sign of the dividend", {{7, -7, 7, -7}, {2, 2, -2, -2}}, {1, -1, 1, -1}, {{1, 1, 1, 1}, {-3, 3, 3, -3}}})
      .edge({"by zero and infinity", {{1, 1, -1}, {0, kInf, kInf}}, {kNan, 1, -1}})
      .edge({"of NaN and infinity", {{kNan, 1, kInf}, {1, kNan, 2}}, {kNan, kNan, kNan}})
      .edge({"far apart", {{0x1p100, 1}, {3, 0x1p-100}}, {1, 0}});
});

}  // namespace
}  // namespace tapegrad::test
