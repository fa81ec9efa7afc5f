// Arithmetic of three tensors: lerp, addcmul, addcdiv.
#include "../registry.h"

namespace tapegrad::test {
namespace {

Accuracy terms(const std::function<Dual(const Dual*)>& of) {
  return {2, 2, [of](const Arrays& in) { return elementwise(in, of); }};
}

const Register kLerp("lerp", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 10.0}).lerp(tensor({10.0, 20.0}), 0.25));
  const auto reference = [](const Dual* x) { return x[0] + x[2] * (x[1] - x[0]); };
  const Accuracy ends = terms([](const Dual* x) { return (abs(x[0]) + abs(x[1])) * (Dual(1) + abs(x[2])); });
  s.elementwise({.fn = [](const Tensors& x) { return lerp(x[0], x[1], x[2]); },
                 .accuracy = ends,
                 .spellings = {[](const Tensors& x) { return x[0].lerp(x[1], x[2]); }},
                 .in_place = [](const Tensors& x) { return x[0].lerp_(x[1], x[2]); }},
                {{}, {}, {-0.5, 1.5}}, reference);
  const Accuracy sum = terms([](const Dual* x) { return abs(x[0]) + abs(x[1]); });
  s.elementwise({.label = "number",
                 .fn = [](const Tensors& x) { return lerp(x[0], x[1], 0.25); },
                 .accuracy = sum,
                 .spellings = {[](const Tensors& x) { return x[0].lerp(x[1], 0.25); }},
                 .in_place = [](const Tensors& x) { return x[0].lerp_(x[1], 0.25); }},
                {{}, {}}, [](const Dual* x) { return x[0] * 0.75L + x[1] * 0.25L; })
      .elementwise(
          {.label = "number above 1/2", .fn = [](const Tensors& x) { return lerp(x[0], x[1], 0.75); }, .accuracy = sum},
          {{}, {}}, [](const Dual* x) { return x[0] * 0.25L + x[1] * 0.75L; })
      .edge({"both ends are exact",
             {{0x1p100, 0x1p100}, {1, 1}, {1, 0}},
             {1, 0x1p100},
             {{0, 1}, {1, 0}, {1 - 0x1p100, 1 - 0x1p100}}})
      .edge({"away from an infinity", {{2.5, 1}, {kInf, -kInf}, {-1.5, -0.25}}, {-kInf, kInf}})
      .edge({"NaN", {{kNan, 1, 1}, {1, kNan, 1}, {0.5, 0.5, kNan}}, {kNan, kNan, kNan}})
      .throws<ShapeError>("must match the size of tensor b", [] { lerp(of({2}), of({3}), of({})); });
  s.throws<DtypeError>("result type Float can't be cast to the desired output type Long",
                       [] { of({2}, kLong).lerp_(of({2}, kLong), 0.5); });
});

const Register kAddcmul("addcmul", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 1.0}).addcmul(tensor({2.0, 3.0}), tensor({4.0, 5.0}), 10));
  s.elementwise({.fn = [](const Tensors& x) { return addcmul(x[0], x[1], x[2]); },
                 .accuracy = terms([](const Dual* x) { return abs(x[0]) + abs(x[1] * x[2]); }),
                 .spellings = {[](const Tensors& x) { return x[0].addcmul(x[1], x[2]); }},
                 .in_place = [](const Tensors& x) { return x[0].addcmul_(x[1], x[2]); }},
                {{}, {}, {}}, [](const Dual* x) { return x[0] + x[1] * x[2]; })
      .elementwise({.label = "value",
                    .fn = [](const Tensors& x) { return addcmul(x[0], x[1], x[2], -2.5); },
                    .accuracy = terms([](const Dual* x) { return abs(x[0]) + abs(x[1] * x[2]) * 2.5L; }),
                    .spellings = {[](const Tensors& x) { return x[0].addcmul(x[1], x[2], -2.5); }},
                    .in_place = [](const Tensors& x) { return x[0].addcmul_(x[1], x[2], -2.5); }},
                   {{}, {}, {}}, [](const Dual* x) { return x[0] - x[1] * x[2] * 2.5L; })
      .elementwise({.label = "of int64",
                    .fn = [](const Tensors& x) { return addcmul(x[0], x[1], x[2], 2); },
                    .accuracy = exact(),
                    .result = kLong},
                   {integers(-9, 9), integers(-9, 9), integers(-9, 9)},
                   [](const Dual* x) { return x[0] + x[1] * x[2] * 2; })
      .throws<ShapeError>("must match the size of tensor b", [] { addcmul(of({2}), of({2}), of({3})); })
      .throws<ShapeError>("addcmul_: output with shape [2] doesn't match the broadcast shape [3, 2]", [] {
        of({2}).addcmul_(of({3, 2}), of({2}));
      });
});

const Register kAddcdiv("addcdiv", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 1.0}).addcdiv(tensor({1.0, 3.0}), tensor({4.0, 4.0})));
  s.elementwise({.fn = [](const Tensors& x) { return addcdiv(x[0], x[1], x[2]); },
                 .accuracy = terms([](const Dual* x) { return abs(x[0]) + abs(x[1] / x[2]); }),
                 .spellings = {[](const Tensors& x) { return x[0].addcdiv(x[1], x[2]); }},
                 .in_place = [](const Tensors& x) { return x[0].addcdiv_(x[1], x[2]); }},
                {{}, {}, {0.4, 3}}, [](const Dual* x) { return x[0] + x[1] / x[2]; })
      .elementwise({.label = "value",
                    .fn = [](const Tensors& x) { return addcdiv(x[0], x[1], x[2], -2.5); },
                    .accuracy = terms([](const Dual* x) { return abs(x[0]) + abs(x[1] / x[2]) * 2.5L; }),
                    .spellings = {[](const Tensors& x) { return x[0].addcdiv(x[1], x[2], -2.5); }},
                    .in_place = [](const Tensors& x) { return x[0].addcdiv_(x[1], x[2], -2.5); }},
                   {{}, {}, {0.4, 3}}, [](const Dual* x) { return x[0] - x[1] / x[2] * 2.5L; })
      .edge({"by zero", {{1}, {1}, {0}}, {kInf}, {{1}, {kInf}, {-kInf}}})
      .throws<ShapeError>("must match the size of tensor b", [] { addcdiv(of({2}), of({2}), of({3})); })
      .throws<DtypeError>("addcdiv_: result type Float can't be cast to the desired output type Long",
                          [] { of({2}, kLong).addcdiv_(of({2}, kLong), of({2}, kLong)); });
});

}  // namespace
}  // namespace tapegrad::test
