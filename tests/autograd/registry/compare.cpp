// Comparisons, to bool and without gradient, and where, which chooses by one.
#include <cmath>

#include "../registry.h"

namespace tapegrad::test {
namespace {

// The same call on tensors of whole numbers (with ties), of floating-point numbers and with a number.
#define TAPEGRAD_TEST_COMPARISON(function, op)                                                                        \
  [](Sample& s) {                                                                                                     \
    TAPEGRAD_EXAMPLE(tensor({1.0, 2.0, 3.0}).function(2));                                                            \
    const auto reference = [](const Dual* x) { return Dual(x[0].v op x[1].v ? 1 : 0); };                              \
    Case c{.label = "whole",                                                                                          \
           .fn = [](const Tensors& x) { return function(x[0], x[1]); },                                               \
           .accuracy = exact(),                                                                                       \
           .result = kBool,                                                                                           \
           .spellings = {[](const Tensors& x) { return x[0].function(x[1]); },                                        \
                         [](const Tensors& x) { return x[0] op x[1]; }}};                                             \
    s.elementwise(c, {integers(-1, 2), integers(-1, 2)}, reference);                                                  \
    c.label = {};                                                                                                     \
    s.elementwise(c, {{}, {}}, reference);                                                                            \
    s.elementwise({.label = "number",                                                                                 \
                   .fn = [](const Tensors& x) { return function(x[0], 1); },                                          \
                   .accuracy = exact(),                                                                               \
                   .result = kBool,                                                                                   \
                   .spellings = {[](const Tensors& x) { return x[0].function(1); },                                   \
                                 [](const Tensors& x) { return x[0] op 1; }}},                                        \
                  {integers(-1, 3)}, [](const Dual* x) { return Dual(x[0].v op 1 ? 1 : 0); });                        \
    s.elementwise({.label = "of a number",                                                                            \
                   .fn = [](const Tensors& x) { return 1 op x[0]; },                                                  \
                   .accuracy = exact(),                                                                               \
                   .result = kBool},                                                                                  \
                  {integers(-1, 3)}, [](const Dual* x) { return Dual(1 op x[0].v ? 1 : 0); });                        \
    s.elementwise({.label = "in place",                                                                               \
                   .fn = [](const Tensors& x) { return x[0].add(x[1], 0).function##_(x[1]); },                        \
                   .accuracy = exact(),                                                                               \
                   .spellings = {[](const Tensors& x) { return x[0].add(x[1], 0).copy_(function(x[0], x[1])); }}},    \
                  {constant(), constant()}, reference);                                                               \
    s.elementwise({.label = "in place, a number",                                                                     \
                   .fn = [](const Tensors& x) { return x[0].clone().function##_(1); },                                \
                   .accuracy = exact()},                                                                              \
                  {constant()}, [](const Dual* x) { return Dual(x[0].v op 1 ? 1 : 0); });                             \
    s.throws<ShapeError>("output with shape [2] doesn't match the broadcast shape [3, 2]", [] {                       \
      of({2}).function##_(of({3, 2}));                                                                                \
    });                                                                                                               \
    s.edge({"NaN, infinities and zeros of both signs",                                                                \
            {{kNan, 1, kInf, -kInf, 0.0}, {kNan, kNan, kInf, kInf, -0.0}},                                            \
            {kNan op kNan, 1 op kNan, kInf op kInf, -kInf op kInf, 0.0 op - 0.0}});                                   \
    s.throws<ShapeError>("The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1", \
                         [] {                                                                                         \
                           function(of({2, 3}), of({2, 4}));                                                          \
                         });                                                                                          \
  }

const Register kEq("eq", {"eq", "eq_", "operator=="}, TAPEGRAD_TEST_COMPARISON(eq, ==));
const Register kNe("ne", {"ne", "ne_", "operator!="}, TAPEGRAD_TEST_COMPARISON(ne, !=));
const Register kLt("lt", {"lt", "lt_", "operator<"}, TAPEGRAD_TEST_COMPARISON(lt, <));
const Register kLe("le", {"le", "le_", "operator<="}, TAPEGRAD_TEST_COMPARISON(le, <=));
const Register kGt("gt", {"gt", "gt_", "operator>"}, TAPEGRAD_TEST_COMPARISON(gt, >));
const Register kGe("ge", {"ge", "ge_", "operator>="}, TAPEGRAD_TEST_COMPARISON(ge, >=));

#define TAPEGRAD_TEST_KIND(function, test)                                                                        \
  [](Sample& s) {                                                                                                 \
    TAPEGRAD_EXAMPLE(tensor({NAN, INFINITY, 1.0}).function());                                                    \
    s.elementwise({.fn = [](const Tensors& x) { return function(x[0]); },                                         \
                   .accuracy = exact(),                                                                           \
                   .result = kBool,                                                                               \
                   .spellings = {[](const Tensors& x) { return x[0].function(); }}},                              \
                  {{}}, [](const Dual* x) { return Dual(test(x[0].v) ? 1 : 0); });                                \
    s.add({.label = "whole",                                                                                      \
           .inputs = {{{5}, integers(-9, 9)}},                                                                    \
           .fn = [](const Tensors& x) { return function(x[0]); },                                                 \
           .reference = [](const Arrays&) { return Array({5}, std::vector<Dual>(5, Dual(test(0.0L) ? 1 : 0))); }, \
           .accuracy = exact(),                                                                                   \
           .result = kBool});                                                                                     \
    std::vector<double> kinds = {kNan, -kNan, kInf, -kInf, 0}, want;                                              \
    for (const double x : kinds) want.push_back(test(x) ? 1 : 0);                                                 \
    s.edge({"ends", {kinds}, want});                                                                              \
  }
const Register kIsnan("isnan", TAPEGRAD_TEST_KIND(isnan, std::isnan));
const Register kIsinf("isinf", TAPEGRAD_TEST_KIND(isinf, std::isinf));
const Register kIsfinite("isfinite", TAPEGRAD_TEST_KIND(isfinite, std::isfinite));

const Register kNanToNum("nan_to_num", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({NAN, 1.0, INFINITY}).nan_to_num(0, 9));
  s.elementwise({.fn = [](const Tensors& x) { return nan_to_num(x[0]); },
                 .accuracy = exact(),
                 .spellings = {[](const Tensors& x) { return x[0].nan_to_num(); }},
                 .in_place = [](const Tensors& x) { return x[0].nan_to_num_(); }},
                {{}}, [](const Dual* x) { return x[0]; })
      .elementwise({.label = "whole",
                    .fn = [](const Tensors& x) { return nan_to_num(x[0]); },
                    .accuracy = exact(),
                    .result = kLong},
                   {integers(-9, 9)}, [](const Dual* x) { return x[0]; })
      .edge({"what is given",
             {{kNan, kInf, -kInf, -0.5}},
             {1, 2, 3, -0.5},
             {{0, 0, 0, 1}},
             [](const Tensors& x) { return nan_to_num(x[0], 1, 2, 3); }})
      .edge({"NaN is 0", {{kNan, 1}}, {0, 1}, {{0, 1}}})
      .edge(
          {"infinities become finite", {{kInf, -kInf}}, {1, 1}, {}, [](const Tensors& x) {
             const double most =
                 x[0].dtype() == kFloat ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
             return (x[0].nan_to_num() == tensor({most, -most}, x[0].options().requires_grad(false))).to(x[0].dtype());
           }});
});

const Register kIsclose("isclose", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).isclose(tensor({1.000001, 2.1})));
  const auto near = [](const Dual* x) {
    return Dual(std::abs(x[0].v - x[1].v) <= 0.5L + 0.25L * std::abs(x[1].v) ? 1 : 0);
  };
  s.elementwise({.fn = [](const Tensors& x) { return isclose(x[0], x[1], 0.25, 0.5); },
                 .accuracy = exact(),
                 .result = kBool,
                 .spellings = {[](const Tensors& x) { return x[0].isclose(x[1], 0.25, 0.5); }}},
                {{}, {}}, near)
      .elementwise({.label = "whole",
                    .fn = [](const Tensors& x) { return isclose(x[0], x[1], 0.25, 0.5); },
                    .accuracy = exact(),
                    .result = kBool},
                   {integers(-9, 9), integers(-9, 9)}, near);
  const auto by_default = [](const Tensors& x) { return isclose(x[0], x[1]).to(x[0].dtype()); };
  const auto equal_nan = [](const Tensors& x) { return isclose(x[0], x[1], 1e-5, 1e-8, true).to(x[0].dtype()); };
  s.edge(
       {"the scale is that of the second", {{0, 1, 1}, {0x1p-27, 1 + 0x1p-17, 1 + 0x1p-16}}, {1, 1, 0}, {}, by_default})
      .edge({"NaN and infinities",
             {{kNan, kNan, kInf, kInf, kInf}, {kNan, 1, kInf, -kInf, 1}},
             {0, 0, 1, 0, 0},
             {},
             by_default})
      .edge({"NaN with equal_nan", {{kNan, kNan, 1, kInf}, {kNan, 1, kNan, kNan}}, {1, 0, 0, 0}, {}, equal_nan})
      .throws<DtypeError>("Float did not match Long", [] { isclose(of({2}), of({2}, kLong)); })
      .throws<ValueError>("rtol must be greater than or equal to zero, but got -1",
                          [] { isclose(of({2}), of({2}), -1); })
      .throws<ValueError>("atol must be greater than or equal to zero, but got -1",
                          [] { isclose(of({2}), of({2}), 0, -1); });
});

Tensor answer(bool b) { return full({}, b); }
Reference says(bool b) {
  return [b](const Arrays&) { return Array({}, {Dual(b ? 1 : 0)}); };
}

const Register kEqual("equal", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).equal(tensor({1.0, 2.0})));
  const auto fn = [](const Tensors& x) { return answer(equal(x[0], x[1])); };
  const std::vector<Fn> spellings = {[](const Tensors& x) { return answer(x[0].equal(x[1])); }};
  const auto add = [&](const char* label, const std::vector<Input>& in, const Fn& f, bool want) {
    s.add({.label = label,
           .inputs = in,
           .fn = f,
           .reference = says(want),
           .accuracy = exact(),
           .result = kBool,
           .spellings = {}});
  };
  add("others", {{{3, 4}}, {{3, 4}}}, fn, false);
  s.cases.back().spellings = spellings;
  add(
      "itself", {{{3, 4}}}, [](const Tensors& x) { return answer(equal(x[0], x[0])); }, true);
  add(
      "a copy of other strides", {{{3, 4}}}, [](const Tensors& x) { return answer(equal(x[0], x[0].t().clone().t())); },
      true);
  add(
      "shapes that broadcast", {{{3, 4}, constant()}},
      [](const Tensors& x) { return answer(equal(x[0], x[0].unsqueeze(0))); }, false);
  add("nothing", {{{0, 3}}, {{0, 3}}}, fn, true);
  add("nothings of two shapes", {{{0, 3}}, {{3, 0}}}, fn, false);
  add("one number", {{{}}, {{}}}, fn, false);
  s.edge({"NaN is not itself", {{1, kNan}}, {0}, {}, [](const Tensors& x) {
            return answer(equal(x[0], x[0])).reshape({1});
          }});
});

const Register kAllclose("allclose", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).allclose(tensor({1.000001, 2.0})));
  const auto add = [&](const char* label, const Shape& shape, const Fn& f, bool want) {
    s.add(
        {.label = label, .inputs = {{shape}}, .fn = f, .reference = says(want), .accuracy = exact(), .result = kBool});
  };
  add(
      "within rtol", {3, 4}, [](const Tensors& x) { return answer(allclose(x[0], x[0] * (1 + 4e-6))); }, true);
  s.cases.back().spellings = {[](const Tensors& x) { return answer(x[0].allclose(x[0] * (1 + 4e-6))); }};
  add(
      "outside rtol", {3, 4}, [](const Tensors& x) { return answer(allclose(x[0], x[0] * (1 + 4e-5))); }, false);
  add(
      "a wider rtol", {3, 4}, [](const Tensors& x) { return answer(allclose(x[0], x[0] * (1 + 4e-5), 1e-4)); }, true);
  add(
      "atol", {3, 4}, [](const Tensors& x) { return answer(allclose(x[0], x[0] + 0.25, 0, 0.3)); }, true);
  add(
      "nothing", {0, 3}, [](const Tensors& x) { return answer(allclose(x[0], x[0])); }, true);
  add(
      "broadcast", {1},
      [](const Tensors& x) {
        return answer(allclose(x[0].expand({2, 3}), x[0]));
      },
      true);
  const auto self = [](const Tensors& x) { return answer(allclose(x[0], x[1])).reshape({1}); };
  const auto equal_nan = [](const Tensors& x) { return answer(allclose(x[0], x[1], 1e-5, 1e-8, true)).reshape({1}); };
  s.edge({"the scale is that of the second", {{0.0}, {1e-9}}, {1}, {}, self})
      .edge({"infinity is close to itself", {{kInf}, {kInf}}, {1}, {}, self})
      .edge({"infinity is not close to a number", {{kInf}, {1}}, {0}, {}, self})
      .edge({"NaN is not close to itself", {{kNan}, {kNan}}, {0}, {}, self})
      .edge({"NaN is close with equal_nan", {{kNan}, {kNan}}, {1}, {}, equal_nan})
      .edge({"NaN is never close to a number", {{kNan}, {1}}, {0}, {}, equal_nan});
});

const Register kWhere("where", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0, 3.0}).where(tensor({true, false, true}), 0));
  s.elementwise({.fn = [](const Tensors& x) { return where(x[0], x[1], x[2]); },
                 .accuracy = exact(),
                 .spellings = {[](const Tensors& x) { return x[1].where(x[0], x[2]); }}},
                {booleans(), {}, {}}, [](const Dual* x) { return x[0].v != 0 ? x[1] : x[2]; })
      .elementwise({.label = "or a number",
                    .fn = [](const Tensors& x) { return where(x[0], x[1], 1.5); },
                    .accuracy = exact(),
                    .spellings = {[](const Tensors& x) { return x[1].where(x[0], 1.5); }}},
                   {booleans(), {}}, [](const Dual* x) { return x[0].v != 0 ? x[1] : Dual(1.5L); })
      .elementwise(
          {.label = "a number or", .fn = [](const Tensors& x) { return where(x[0], 1.5, x[1]); }, .accuracy = exact()},
          {booleans(), {}}, [](const Dual* x) { return x[0].v != 0 ? Dual(1.5L) : x[1]; })
      .elementwise({.label = "two numbers",
                    .fn = [](const Tensors& x) { return where(x[0], 1.5, 2); },
                    .accuracy = exact(),
                    .result = kFloat},
                   {booleans()}, [](const Dual* x) { return Dual(x[0].v != 0 ? 1.5L : 2); })
      .elementwise({.label = "two integers",
                    .fn = [](const Tensors& x) { return where(x[0], 3, true); },
                    .accuracy = exact(),
                    .result = kLong},
                   {booleans()}, [](const Dual* x) { return Dual(x[0].v != 0 ? 3 : 1); })
      .edge({"selects, it never multiplies",
             {{1, 0}, {kNan, 2}},
             {1, 2},
             {{1, 0}, {0, 1}},
             [](const Tensors& x) { return where(x[0].gt(0.5), x[0], x[1]); }})
      .edge({"of a condition alone: its coordinates",
             {{0, 1, 2, 0, 0, kNan}},
             {0, 0, 1, 1, 2, 2},
             {},
             [](const Tensors& x) {
               return cat(where(x[0].view({2, 3})));
             }})
      .edge({"of a scalar: as of one element",
             {{4}},
             {0},
             {},
             [](const Tensors& x) { return where(x[0].view({})).at(0); }})
      .throws<DtypeError>("expected condition to be a boolean tensor, but got a tensor with dtype Float",
                          [] { where(of({2}), of({2}), of({2})); })
      .throws<ShapeError>("must match the size of tensor b", [] { where(of({3}, kBool), of({2}), of({2})); });
});

}  // namespace
}  // namespace tapegrad::test
