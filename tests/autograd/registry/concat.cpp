// Tensors made of others: cat, stack, hstack, vstack.
#include "../registry.h"

namespace tapegrad::test {
namespace {

Array joined(const Arrays& in, std::int64_t dim) {
  const std::size_t d = wrap(dim, in[0].shape.size());
  Shape shape = in[0].shape;
  shape[d] = 0;
  for (const Array& x : in) shape[d] += x.shape[d];
  Array out(shape);
  std::int64_t offset = 0;
  for (const Array& x : in) {
    std::size_t k = 0;
    for_each(x.shape, [&](Index i) {
      i[d] += offset;
      out.at(i) = x.v[k++];
    });
    offset += x.shape[d];
  }
  return out;
}

const Register kCat("cat", {"cat", "concat"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(cat({tensor({1.0, 2.0}), tensor({3.0})}));
  TAPEGRAD_EXAMPLE(concat({eye(2), zeros({2, 1})}, 1));
  const auto add = [&](const std::vector<Shape>& shapes, std::int64_t dim, bool large) {
    Case c{.label = "along " + std::to_string(dim),
           .fn = [=](const Tensors& x) { return cat(x, dim); },
           .reference = [=](const Arrays& in) { return joined(in, dim); },
           .accuracy = exact(),
           .spellings = {[=](const Tensors& x) { return concat(x, dim); }},
           .large = large};
    for (const Shape& shape : shapes) {
      c.label += " " + shape_text(shape);
      c.inputs.push_back({shape});
    }
    s.add(std::move(c));
  };
  add({{3, 4}}, 0, false);
  add({{3, 4}, {2, 4}}, 0, false);
  add({{3, 4}, {3, 1}, {3, 2}}, 1, false);
  add({{2, 3, 4}, {2, 3, 4}}, -1, false);
  add({{2, 1, 3, 1, 2}, {2, 1, 1, 1, 2}}, 2, false);
  add({{17}, {33}}, 0, false);
  add({{0, 3}, {2, 3}}, 0, false);
  add({{0}, {3}}, 0, false);
  add({{0}, {0}}, 0, false);
  add({{3, 0, 2}, {3, 0, 2}}, 1, false);
  add({{300, 200}, {300, 101}}, 1, true);
  s.add({.label = "of a tensor with itself",
         .inputs = {{{3, 2}}},
         .fn =
             [](const Tensors& x) {
               return cat({x[0], x[0]}, 1);
             },
         .reference =
             [](const Arrays& in) {
               return joined({in[0], in[0]}, 1);
             },
         .accuracy = exact()});
  s.throws<Error>("expected a non-empty list of Tensors", [] { cat({}); })
      .throws<ShapeError>("Sizes of tensors must match except in dimension 0.",
                          [] {
                            cat({of({2, 3}), of({3, 4})});
                          })
      .throws<ShapeError>("Sizes of tensors must match except in dimension 1.",
                          [] {
                            cat({of({3, 2}), of({2, 2})}, 1);
                          })
      .throws<ShapeError>("ensors must ",
                          [] {
                            cat({of({2, 3}), of({3})});
                          })
      .throws<ShapeError>("cannot be concatenated",
                          [] {
                            cat({of({}), of({3})});
                          })
      .throws<IndexError>(kRange, [] {
        cat({of({2, 3})}, 2);
      });
});

const Register kStack("stack", [](Sample& s) {
  TAPEGRAD_EXAMPLE(stack({tensor({1.0, 2.0}), tensor({3.0, 4.0})}, 1));
  const auto add = [&](const Shape& shape, std::int64_t dim, std::size_t n) {
    s.add({.label = shape_text(shape) + " at " + std::to_string(dim),
           .inputs = std::vector<Input>(n, Input{shape}),
           .fn = [=](const Tensors& x) { return stack(x, dim); },
           .reference =
               [=](const Arrays& in) {
                 Shape wider = shape;
                 wider.insert(wider.begin() + static_cast<std::ptrdiff_t>(wrap(dim, shape.size() + 1)), 1);
                 Arrays parts;
                 for (const Array& x : in) parts.push_back(reshape(x, wider));
                 return joined(parts, dim);
               },
           .accuracy = exact()});
  };
  add({}, 0, 3);
  add({3, 4}, 0, 2);
  add({3, 4}, -1, 2);
  add({2, 3, 4}, 2, 3);
  add({17}, 1, 2);
  add({0, 3}, 1, 2);
  add({3}, 0, 1);
  s.throws<Error>("non-empty", [] { stack({}); })
      .throws<ShapeError>("expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1",
                          [] {
                            stack({of({2}), of({3})});
                          })
      .throws<IndexError>("Dimension out of range (expected to be in range of [-2, 1], but got 2)", [] {
        stack({of({2}), of({2})}, 2);
      });
});

// Cases of a call that first gives each input at least so many dims.
void in_line(Sample& s, const std::vector<std::vector<Shape>>& all, Tensor (*fn)(const Tensors&), std::size_t least,
             std::int64_t (*dim)(const Shape&)) {
  for (const std::vector<Shape>& shapes : all) {
    Case c{.fn = fn,
           .reference =
               [=](const Arrays& in) {
                 Arrays parts;
                 for (const Array& x : in) {
                   Shape shape = x.shape;
                   while (shape.size() < least) shape.insert(shape.begin(), 1);
                   parts.push_back(reshape(x, shape));
                 }
                 return joined(parts, dim(in[0].shape));
               },
           .accuracy = exact()};
    for (const Shape& shape : shapes) {
      c.label += " " + shape_text(shape);
      c.inputs.push_back({shape});
    }
    s.add(std::move(c));
  }
}

const Register kHstack("hstack", [](Sample& s) {
  TAPEGRAD_EXAMPLE(hstack({tensor({1.0, 2.0}), tensor({3.0})}));
  in_line(s, {{{3}, {2}}, {{}, {}}, {{}, {2}}, {{3, 4}, {3, 2}}, {{2, 3, 4}, {2, 1, 4}}, {{17}, {33}}, {{0}, {3}}},
          hstack, 1, [](const Shape& first) -> std::int64_t { return first.size() < 2 ? 0 : 1; });
  s.throws<ShapeError>("hstack: expected a non-empty list", [] { hstack({}); })
      .throws<ShapeError>("hstack: Sizes of tensors must match",
                          [] {
                            hstack({of({2, 3}), of({3, 3})});
                          })
      .throws<AutogradError>("undefined", [] { hstack({Tensor()}); });
});

const Register kVstack("vstack", [](Sample& s) {
  TAPEGRAD_EXAMPLE(vstack({tensor({1.0, 2.0}), tensor({3.0, 4.0})}));
  in_line(
      s,
      {{{3}, {3}}, {{}, {}}, {{3}, {2, 3}}, {{3, 4}, {2, 4}}, {{2, 3, 4}, {1, 3, 4}}, {{17}, {1, 17}}, {{0, 3}, {3}}},
      vstack, 2, [](const Shape&) -> std::int64_t { return 0; });
  s.throws<ShapeError>("vstack: expected a non-empty list", [] {
     vstack({});
   }).throws<ShapeError>("vstack: Sizes of tensors must match", [] {
    vstack({of({2}), of({3})});
  });
});

}  // namespace
}  // namespace tapegrad::test
