// Matrix products: matmul, mm, bmm, dot, outer, addmm, linear.
#include <cmath>

#include "../registry.h"

namespace tapegrad::test {
namespace {

constexpr char kProduct[] = "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x2)";

// (4 + sqrt k) eps |A| |B|.
Accuracy of_product(std::int64_t k) {
  const double factor = 4 + std::sqrt(static_cast<double>(k));
  return {factor, factor, [](const Arrays& in) { return matmul(absolute(in[0]), absolute(in[1])); }};
}

struct Product {
  Shape a, b;
  bool large = false;
};

void products(Sample& s, const std::vector<Product>& shapes, const Fn& fn, const std::vector<Fn>& spellings) {
  for (const Product& p : shapes)
    s.add({.label = shape_text(p.a) + " x " + shape_text(p.b) + (p.large ? " large" : ""),
           .inputs = {{p.a}, {p.b}},
           .fn = fn,
           .reference = [](const Arrays& in) { return matmul(in[0], in[1]); },
           .accuracy = of_product(p.a.back()),
           .spellings = spellings,
           .large = p.large});
}

const Register kMatmul("matmul", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).matmul(tensor({1.0, 10.0})));
  products(s,
           {{{2, 3}, {3, 4}},
            {{1, 1}, {1, 1}},
            {{5}, {5}},
            {{5}, {5, 3}},
            {{4, 5}, {5}},
            {{2, 3, 4}, {4, 2}},
            {{2, 3, 4}, {4}},
            {{4}, {2, 4, 3}},
            {{3, 4}, {2, 4, 2}},
            {{2, 3, 4}, {2, 4, 2}},
            {{2, 1, 3, 2}, {4, 2, 3}},
            {{1, 2, 3}, {4, 3, 1}},
            {{17, 5}, {5, 9}},
            {{9, 33}, {33, 2}},
            {{33, 2}, {2, 17}},
            {{0, 3}, {3, 2}},
            {{2, 0}, {0, 3}},
            {{2, 3}, {3, 0}},
            {{0}, {0}},
            {{0, 2, 3}, {3, 4}},
            {{3, 0, 2}, {2, 4}},
            {{130, 70}, {70, 90}, true},
            {{9, 40, 30}, {9, 30, 50}, true}},
           [](const Tensors& x) { return matmul(x[0], x[1]); }, {[](const Tensors& x) { return x[0].matmul(x[1]); }});
  s.throws<ShapeError>(kProduct,
                       [] {
                         matmul(of({2, 3}), of({4, 2}));
                       })
      .throws<ShapeError>(
          "inconsistent tensor size, expected tensor [2] and src [3] to have the same number of elements",
          [] { matmul(of({2}), of({3})); })
      .throws<ShapeError>("shapes cannot be multiplied (2x3 and 2",
                          [] {
                            matmul(of({2, 3}), of({2}));
                          })
      .throws<ShapeError>("mat1 and mat2 shapes cannot be multiplied (1x3 and 2x2)",
                          [] {
                            matmul(of({3}), of({2, 2}));
                          })
      .throws<ShapeError>("need to be at least 1D, but they are 0D and 2D",
                          [] {
                            matmul(of({}), of({2, 2}));
                          })
      .throws<ShapeError>("The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
                          [] {
                            matmul(of({2, 2, 3}), of({3, 3, 2}));
                          })
      .throws<DtypeError>("expected scalar type Float but found Double", [] {
        matmul(of({2, 3}), of({3, 2}, kDouble));
      });
});

const Register kMm("mm", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).mm(tensor({{0.0, 1.0}, {1.0, 0.0}})));
  products(s,
           {{{2, 3}, {3, 4}},
            {{1, 5}, {5, 1}},
            {{5, 1}, {1, 5}},
            {{17, 5}, {5, 9}},
            {{0, 3}, {3, 2}},
            {{2, 0}, {0, 3}},
            {{130, 70}, {70, 90}, true}},
           [](const Tensors& x) { return mm(x[0], x[1]); }, {[](const Tensors& x) { return x[0].mm(x[1]); }});
  s.throws<ShapeError>(kProduct,
                       [] {
                         mm(of({2, 3}), of({4, 2}));
                       })
      .throws<ShapeError>("must be ",
                          [] {
                            mm(of({2, 3}), of({3}));
                          })
      .throws<ShapeError>("must be ",
                          [] {
                            mm(of({3}), of({3, 2}));
                          })
      .throws<DtypeError>("expected scalar type Float but found Double", [] {
        mm(of({2, 3}), of({3, 2}, kDouble));
      });
});

const Register kMv("mv", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).mv(tensor({1.0, 1.0})));
  products(s, {{{3, 4}, {4}}, {{1, 5}, {5}}, {{5, 1}, {1}}, {{0, 3}, {3}}, {{3, 0}, {0}}, {{130, 70}, {70}, true}},
           [](const Tensors& x) { return mv(x[0], x[1]); }, {[](const Tensors& x) { return x[0].mv(x[1]); }});
  s.throws<ShapeError>("vector + matrix @ vector expected, got 1, 1, 2", [] {
     mv(of({3}), of({3, 2}));
   }).throws<ShapeError>("mv: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x1)", [] {
    mv(of({2, 3}), of({4}));
  });
});

const Register kBmm("bmm", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{{1.0, 2.0}}, {{3.0, 4.0}}}).bmm(ones({2, 2, 1})));
  products(s,
           {{{2, 3, 4}, {2, 4, 2}},
            {{1, 1, 3}, {1, 3, 1}},
            {{3, 2, 1}, {3, 1, 2}},
            {{0, 2, 3}, {0, 3, 4}},
            {{2, 3, 0}, {2, 0, 2}},
            {{9, 40, 30}, {9, 30, 50}, true}},
           [](const Tensors& x) { return bmm(x[0], x[1]); }, {[](const Tensors& x) { return x[0].bmm(x[1]); }});
  s.throws<ShapeError>("batch2",
                       [] {
                         bmm(of({2, 2, 3}), of({3, 3, 2}));
                       })
      .throws<ShapeError>("batch2",
                          [] {
                            bmm(of({2, 2, 3}), of({2, 4, 2}));
                          })
      .throws<ShapeError>("batch",
                          [] {
                            bmm(of({2, 3}), of({3, 2}));
                          })
      .throws<DtypeError>("expected scalar type Float but found Double", [] {
        bmm(of({1, 2, 3}), of({1, 3, 2}, kDouble));
      });
});

const Register kDot("dot", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).dot(tensor({3.0, 4.0})));
  products(s, {{{5}, {5}}, {{1}, {1}}, {{33}, {33}}, {{0}, {0}}, {{70001}, {70001}, true}},
           [](const Tensors& x) { return dot(x[0], x[1]); }, {[](const Tensors& x) { return x[0].dot(x[1]); }});
  s.throws<ShapeError>("inconsistent tensor size, expected tensor [2] and src [3] to have the same number of elements",
                       [] { dot(of({2}), of({3})); })
      .throws<ShapeError>("1D tensors expected, but got 2D and 1D tensors",
                          [] {
                            dot(of({2, 2}), of({3}));
                          })
      .throws<DtypeError>("same dtype", [] { dot(of({2}), of({2}, kDouble)); });
});

const Register kOuter("outer", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).outer(tensor({3.0, 4.0})));
  const auto add = [&](std::int64_t n, std::int64_t m, bool large) {
    s.add({.label = shape_text({n, m}),
           .inputs = {{{n}}, {{m}}},
           .fn = [](const Tensors& x) { return outer(x[0], x[1]); },
           .reference =
               [=](const Arrays& in) {
                 return matmul(reshape(in[0], {n, 1}), reshape(in[1], {1, m}));
               },
           .accuracy = rounded(),
           .spellings = {[](const Tensors& x) { return x[0].outer(x[1]); }},
           .large = large});
  };
  add(1, 1, false);
  add(3, 4, false);
  add(17, 5, false);
  add(2, 33, false);
  add(0, 3, false);
  add(3, 0, false);
  add(300, 200, true);
  s.throws<ShapeError>("expected 1-D tensors, but got sizes [2, 2] and [3]", [] {
     outer(of({2, 2}), of({3}));
   }).throws<ShapeError>("expected 1-D tensors, but got sizes [2] and []", [] { outer(of({2}), of({})); });
});

// x and |a @ b|, whose terms are one more.
Reference with_addend(Real beta, Real alpha, bool magnitude) {
  return [=](const Arrays& in) {
    const Array p = magnitude ? matmul(absolute(in[1]), absolute(in[2])) : matmul(in[1], in[2]);
    const Array x = magnitude ? absolute(in[0]) : in[0];
    return elementwise({x, p}, [=](const Dual* e) { return e[0] * beta + e[1] * alpha; });
  };
}

const Register kAddmm("addmm", [](Sample& s) {
  TAPEGRAD_EXAMPLE(ones({2}).addmm(eye(2), tensor({{1.0, 2.0}, {3.0, 4.0}}), 10));
  const auto add = [&](const char* label, const Shape& x, const Shape& a, const Shape& b, double beta, double alpha,
                       bool large) {
    const double factor = 4 + std::sqrt(static_cast<double>(a[1] + 1));
    s.add({.label = std::string(label) + " " + shape_text(x) + " " + shape_text(a) + " " + shape_text(b),
           .inputs = {{x}, {a}, {b}},
           .fn = [=](const Tensors& t) { return addmm(t[0], t[1], t[2], beta, alpha); },
           .reference = with_addend(static_cast<Real>(beta), static_cast<Real>(alpha), false),
           .accuracy = {factor, factor,
                        with_addend(static_cast<Real>(std::abs(beta)), static_cast<Real>(std::abs(alpha)), true)},
           .spellings = {[=](const Tensors& t) { return t[0].addmm(t[1], t[2], beta, alpha); }},
           .large = large});
  };
  for (const Shape& x : {Shape{2, 4}, Shape{4}, Shape{2, 1}, Shape{1}, Shape{}})
    add("", x, {2, 3}, {3, 4}, 1, 1, false);
  add("scaled", {2, 4}, {2, 3}, {3, 4}, 0.5, -1.5, false);
  add("scaled", {4}, {2, 3}, {3, 4}, -2, 0.75, false);
  add("without x", {4}, {2, 3}, {3, 4}, 0, 1, false);
  add("without a product", {2, 4}, {2, 3}, {3, 4}, 1, 0, false);
  add("nothing", {0, 4}, {0, 3}, {3, 4}, 1, 1, false);
  add("no terms", {2, 4}, {2, 0}, {0, 4}, 1, 1, false);
  add("", {17}, {5, 33}, {33, 17}, 1, 1, false);
  add("large", {90}, {130, 70}, {70, 90}, 1, 1, true);
  s.edge({"beta 0 ignores NaN in x", {{kNan}, {2}, {3}}, {6}, {}, [](const Tensors& x) {
            return addmm(x[0], x[1].view({1, 1}), x[2].view({1, 1}), 0).view({1});
          }});
  s.throws<ShapeError>(kProduct,
                       [] {
                         addmm(of({2, 2}), of({2, 3}), of({4, 2}));
                       })
      .throws<ShapeError>("The expanded size of the tensor",
                          [] {
                            addmm(of({5}), of({2, 3}), of({3, 4}));
                          })
      .throws<DtypeError>("expected scalar type Float but found Double", [] {
        addmm(of({4}), of({2, 3}), of({3, 4}, kDouble));
      });
});

// x [.., in], weight [out, in], bias [out]
Reference of_linear(bool bias, bool magnitude) {
  return [=](const Arrays& in) {
    const Array w = transpose(in[1], 0, 1);
    const Array p = magnitude ? matmul(absolute(in[0]), absolute(w)) : matmul(in[0], w);
    if (!bias) return p;
    return elementwise({p, magnitude ? absolute(in[2]) : in[2]}, [](const Dual* e) { return e[0] + e[1]; });
  };
}

const Register kLinear("linear", [](Sample& s) {
  TAPEGRAD_EXAMPLE(linear(tensor({1.0, 2.0}), tensor({{3.0, 4.0}}), tensor({5.0})));
  const auto add = [&](const Shape& x, std::int64_t out, bool bias, bool large) {
    const double factor = 4 + std::sqrt(static_cast<double>(x.back() + 1));
    Case c{.label = shape_text(x) + " to " + std::to_string(out) + (bias ? " bias" : "") + (large ? " large" : ""),
           .inputs = {{x}, {{out, x.back()}}},
           .fn = [=](const Tensors& t) { return linear(t[0], t[1], bias ? t[2] : undefined()); },
           .reference = of_linear(bias, false),
           .accuracy = {factor, factor, of_linear(bias, true)},
           .large = large};
    if (bias) c.inputs.push_back({{out}});
    s.add(std::move(c));
  };
  for (const bool bias : {false, true}) {
    for (const Shape& x : {Shape{5, 3}, Shape{1, 1}, Shape{4}, Shape{2, 3, 4}, Shape{2, 1, 3, 2}, Shape{17, 9},
                           Shape{0, 3}, Shape{3, 0}, Shape{2, 0, 3}, Shape{0}, Shape{2, 3, 0}})
      add(x, 4, bias, false);
    add({7, 33}, 1, bias, false);
    add({3, 5}, 17, bias, false);
    add({200, 90}, 70, bias, true);
  }
  s.throws<ShapeError>("mat1 and mat2 shapes cannot be multiplied (2x3 and 5x4)",
                       [] {
                         linear(of({2, 3}), of({4, 5}), undefined());
                       })
      .throws<ShapeError>("[3]",
                          [] {
                            linear(of({2, 3}), of({4, 3}), of({3}));
                          })
      .throws<DtypeError>("expected scalar type Float but found Double", [] {
        linear(of({2, 3}), of({4, 3}, kDouble), undefined());
      });
});

const Register kBaddbmm("baddbmm", [](Sample& s) {
  TAPEGRAD_EXAMPLE(ones({1, 1, 1}).baddbmm(ones({2, 1, 3}), ones({2, 3, 1})));
  const auto add = [&](const char* label, const Shape& x, const Shape& a, const Shape& b, double beta, double alpha) {
    const double factor = 4 + std::sqrt(static_cast<double>(a[2] + 1));
    s.add({.label = std::string(label) + " " + shape_text(x) + " " + shape_text(a) + " " + shape_text(b),
           .inputs = {{x}, {a}, {b}},
           .fn = [=](const Tensors& t) { return baddbmm(t[0], t[1], t[2], beta, alpha); },
           .reference = with_addend(static_cast<Real>(beta), static_cast<Real>(alpha), false),
           .accuracy = {factor, factor,
                        with_addend(static_cast<Real>(std::abs(beta)), static_cast<Real>(std::abs(alpha)), true)},
           .spellings = {[=](const Tensors& t) { return t[0].baddbmm(t[1], t[2], beta, alpha); }}});
  };
  for (const Shape& x : {Shape{3, 2, 4}, Shape{4}, Shape{2, 1}, Shape{3, 1, 1}, Shape{}})
    add("", x, {3, 2, 5}, {3, 5, 4}, 1, 1);
  add("scaled", {3, 2, 4}, {3, 2, 5}, {3, 5, 4}, 0.5, -1.5);
  add("nothing", {0, 2, 4}, {0, 2, 5}, {0, 5, 4}, 1, 1);
  add("no terms", {3, 2, 4}, {3, 2, 0}, {3, 0, 4}, 1, 1);
  s.edge({"beta 0 ignores NaN in x", {{kNan}, {2}, {3}}, {6}, {}, [](const Tensors& x) {
            return baddbmm(x[0], x[1].view({1, 1, 1}), x[2].view({1, 1, 1}), 0).view({1});
          }});
  s.throws<ShapeError>("baddbmm", [] {
     baddbmm(of({4}), of({3, 2, 5}), of({3, 4, 4}));
   }).throws<ShapeError>("baddbmm: The expanded size of the tensor", [] {
    baddbmm(of({5}), of({3, 2, 5}), of({3, 5, 4}));
  });
});

}  // namespace
}  // namespace tapegrad::test
