// Copies, casts and fills: clone, to, copy_, fill_, zero_.
#include "../registry.h"

namespace tapegrad::test {
namespace {

const Register kClone("clone", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).clone());
  s.elementwise({.fn = [](const Tensors& x) { return clone(x[0]); },
                 .accuracy = exact(),
                 .spellings = {[](const Tensors& x) { return x[0].clone(); }}},
                {{}}, [](const Dual* x) { return x[0]; });
});

// To f64: the same values whatever the input's dtype.
const Register kTo("to", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.7, -1.7}).to(kLong));
  s.elementwise({.fn = [](const Tensors& x) { return x[0].clone().to(kDouble); },
                 .accuracy = exact(),
                 .result = kDouble,
                 .spellings = {[](const Tensors& x) { return x[0].clone().to(TensorOptions().dtype(kDouble)); },
                               [](const Tensors& x) { return x[0].clone().to(zeros({2}, kDouble)); }}},
                {{}}, [](const Dual* x) { return x[0]; });
});

const Register kCopy("copy_", [](Sample& s) {
  for (const auto& [to, from] : std::vector<std::pair<Shape, Shape>>{
           {{}, {}}, {{3, 4}, {3, 4}}, {{3, 4}, {4}}, {{3, 4}, {3, 1}}, {{2, 3}, {}}, {{17}, {1}}, {{0, 3}, {3}}})
    s.add({.label = shape_text(to) + " from " + shape_text(from),
           .inputs = {{to}, {from}},
           .fn = [](const Tensors& x) { return x[0].clone().copy_(x[1]); },
           .reference = [](const Arrays& in) { return expand(in[1], in[0].shape); },
           .accuracy = exact(),
           .in_place = [](const Tensors& x) { return x[0].copy_(x[1]); }});
  s.throws<ShapeError>("The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1", [] {
     of({2, 3}).copy_(of({2}));
   }).throws<ShapeError>("doesn't match the broadcast shape", [] {
    of({3}).copy_(of({2, 3}));
  });
});

const Register kFill("fill_", [](Sample& s) {
  s.elementwise({.fn = [](const Tensors& x) { return x[0].clone().fill_(1.5); },
                 .accuracy = exact(),
                 .in_place = [](const Tensors& x) { return x[0].fill_(1.5); }},
                {{}}, [](const Dual*) { return Dual(1.5L); });
});

const Register kZero("zero_", [](Sample& s) {
  s.elementwise({.fn = [](const Tensors& x) { return x[0].clone().zero_(); },
                 .accuracy = exact(),
                 .in_place = [](const Tensors& x) { return x[0].zero_(); }},
                {{}}, [](const Dual*) { return Dual(0); });
});

}  // namespace
}  // namespace tapegrad::test
