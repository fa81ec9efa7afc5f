// Logic of truth values and of bits.
#include <cmath>

#include "../registry.h"

namespace tapegrad::test {
namespace {

using I = std::int64_t;
constexpr char kSizes[] = "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1";

// In place it keeps its dtype.
#define TAPEGRAD_TEST_LOGICAL(f, truth)                                                                 \
  [](Sample& s) {                                                                                       \
    TAPEGRAD_EXAMPLE(tensor({0, 0, 1, 1}).f(tensor({0, 1, 0, 1})));                                     \
    const auto reference = [](const Dual* x) {                                                          \
      const bool a = x[0].v != 0, b = x[1].v != 0;                                                      \
      return Dual((truth) ? 1 : 0);                                                                     \
    };                                                                                                  \
    Case c{.fn = [](const Tensors& x) { return f(x[0], x[1]); },                                        \
           .accuracy = exact(),                                                                         \
           .result = kBool,                                                                             \
           .spellings = {[](const Tensors& x) { return x[0].f(x[1]); }}};                               \
    s.elementwise(c, {booleans(), booleans()}, reference);                                              \
    c.label = "whole";                                                                                  \
    s.elementwise(c, {integers(-1, 2), integers(-1, 2)}, reference);                                    \
    c.label = "floating";                                                                               \
    s.elementwise(c, {constant(), integers(-1, 2)}, reference);                                         \
    s.elementwise({.label = "in place",                                                                 \
                   .fn = [](const Tensors& x) { return x[0].add(x[1], 0).f##_(x[1]); },                 \
                   .accuracy = exact(),                                                                 \
                   .result = kLong},                                                                    \
                  {integers(-1, 2), integers(-1, 2)}, reference);                                       \
    const auto of_pair = [](bool a, bool b) -> double { return truth; };                                \
    s.edge({"NaN is true, -0 is not",                                                                   \
            {{kNan, kNan, -0.0, -0.0}, {kNan, -0.0, kInf, 0}},                                          \
            {of_pair(true, true), of_pair(true, false), of_pair(false, true), of_pair(false, false)}}); \
    s.throws<ShapeError>(kSizes, [] { f(of({2, 3}), of({2, 4})); });                                    \
    s.throws<ShapeError>("output with shape [2] doesn't match the broadcast shape [3, 2]", [] {         \
      of({2}).f##_(of({3, 2}));                                                                         \
    });                                                                                                 \
  }

const Register kAnd("logical_and", {"logical_and", "logical_and_"}, TAPEGRAD_TEST_LOGICAL(logical_and, a&& b));
const Register kOr("logical_or", {"logical_or", "logical_or_"}, TAPEGRAD_TEST_LOGICAL(logical_or, a || b));
const Register kXor("logical_xor", {"logical_xor", "logical_xor_"}, TAPEGRAD_TEST_LOGICAL(logical_xor, a != b));

const Register kNot("logical_not", {"logical_not", "logical_not_", "operator!"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 2.0}).logical_not());
  const auto reference = [](const Dual* x) { return Dual(x[0].v == 0 ? 1 : 0); };
  Case c{.fn = [](const Tensors& x) { return logical_not(x[0]); },
         .accuracy = exact(),
         .result = kBool,
         .spellings = {[](const Tensors& x) { return x[0].logical_not(); }, [](const Tensors& x) { return !x[0]; }}};
  s.elementwise(c, {integers(-1, 2)}, reference);
  c.label = "of bool";
  s.elementwise(c, {booleans()}, reference);
  s.elementwise({.label = "in place",
                 .fn = [](const Tensors& x) { return x[0].clone().logical_not_(); },
                 .accuracy = exact(),
                 .result = kLong},
                {integers(-1, 2)}, reference)
      .edge({"NaN is true, -0 is not", {{kNan, -0.0, 0, 0.5, kInf}}, {0, 1, 1, 0, 0}});
});

#define TAPEGRAD_TEST_BITWISE(f, op)                                                                                 \
  [](Sample& s) {                                                                                                    \
    TAPEGRAD_EXAMPLE(tensor({5, 6}).f(3));                                                                           \
    const auto reference = [](const Dual* x) { return Dual(static_cast<I>(x[0].v) op static_cast<I>(x[1].v)); };     \
    Case c{                                                                                                          \
        .fn = [](const Tensors& x) { return f(x[0], x[1]); },                                                        \
        .accuracy = exact(),                                                                                         \
        .result = kLong,                                                                                             \
        .spellings = {[](const Tensors& x) { return x[0].f(x[1]); }, [](const Tensors& x) { return x[0] op x[1]; }}, \
        .in_place = [](const Tensors& x) { return x[0].f##_(x[1]); }};                                               \
    s.elementwise(c, {integers(-9, 9), integers(-9, 9)}, reference);                                                 \
    c.label = "of bool";                                                                                             \
    c.result = kBool;                                                                                                \
    s.elementwise(c, {booleans(), booleans()}, reference);                                                           \
    s.elementwise(                                                                                                   \
        {.label = "number",                                                                                          \
         .fn = [](const Tensors& x) { return f(x[0], 5); },                                                          \
         .accuracy = exact(),                                                                                        \
         .result = kLong,                                                                                            \
         .spellings = {[](const Tensors& x) { return x[0].f(5); }, [](const Tensors& x) { return x[0] op 5; },       \
                       [](const Tensors& x) { return 5 op x[0]; }},                                                  \
         .in_place = [](const Tensors& x) { return x[0].f##_(5); }},                                                 \
        {integers(-9, 9)}, [](const Dual* x) { return Dual(static_cast<I>(x[0].v) op I{5}); });                      \
    s.throws<ShapeError>(kSizes, [] { f(of({2, 3}, kLong), of({2, 4}, kLong)); });                                   \
    s.throws<DtypeError>("not implemented for 'Float'", [] { f(of({2}), of({2}, kLong)); });                         \
    s.throws<DtypeError>("result type Long can't be cast to the desired output type Bool",                           \
                         [] { of({2}, kBool).f##_(1); });                                                            \
  }

const Register kBitAnd("bitwise_and", {"bitwise_and", "bitwise_and_", "operator&"},
                       TAPEGRAD_TEST_BITWISE(bitwise_and, &));
const Register kBitOr("bitwise_or", {"bitwise_or", "bitwise_or_", "operator|"}, TAPEGRAD_TEST_BITWISE(bitwise_or, |));
const Register kBitXor("bitwise_xor", {"bitwise_xor", "bitwise_xor_", "operator^"},
                       TAPEGRAD_TEST_BITWISE(bitwise_xor, ^));

const Register kBitNot("bitwise_not", {"bitwise_not", "bitwise_not_", "operator~"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0, 5}).bitwise_not());
  Case c{.fn = [](const Tensors& x) { return bitwise_not(x[0]); },
         .accuracy = exact(),
         .result = kLong,
         .spellings = {[](const Tensors& x) { return x[0].bitwise_not(); }, [](const Tensors& x) { return ~x[0]; }},
         .in_place = [](const Tensors& x) { return x[0].bitwise_not_(); }};
  s.elementwise(c, {integers(-9, 9)}, [](const Dual* x) { return -x[0] - Dual(1); });
  c.label = "of bool";
  c.result = kBool;
  s.elementwise(c, {booleans()}, [](const Dual* x) { return Dual(1) - x[0]; });
  s.throws<DtypeError>("not implemented for 'Double'", [] { bitwise_not(of({2}, kDouble)); });
});

}  // namespace
}  // namespace tapegrad::test
