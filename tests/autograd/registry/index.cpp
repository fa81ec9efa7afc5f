// Parts of tensors and tensors made of parts: narrow, select, slice, cat, stack, index_select; copies and fills.
#include "../registry.h"

namespace tapegrad::test {
namespace {

constexpr char kRange[] = "Dimension out of range (expected to be in range of [-2, 1], but got 2)";

// x[start + k * step] for k < length, along dim.
Array part(const Array& x, std::int64_t dim, std::int64_t start, std::int64_t length, std::int64_t step) {
  const std::size_t d = wrap(dim, x.shape.size());
  Shape shape = x.shape;
  shape[d] = length;
  return gather(x, shape, [&](Index i) {
    i[d] = start + i[d] * step;
    return i;
  });
}

void one(Sample& s, const std::string& what, const Shape& shape, const Fn& fn, const Fn& method,
         const std::function<Array(const Array&)>& reference) {
  Case c{.label = shape_text(shape) + " " + what,
         .inputs = {{shape}},
         .fn = fn,
         .reference = [=](const Arrays& in) { return reference(in[0]); },
         .accuracy = exact()};
  if (method) c.spellings.push_back(method);
  s.add(std::move(c));
}

const Register kNarrow("narrow", [](Sample& s) {
  const auto add = [&](const Shape& shape, std::int64_t dim, std::int64_t start, std::int64_t length) {
    one(
        s, shape_text({dim, start, length}), shape, [=](const Tensors& x) { return narrow(x[0], dim, start, length); },
        [=](const Tensors& x) { return x[0].narrow(dim, start, length); },
        [=](const Array& x) {
          return part(x, dim, start < 0 ? start + x.shape[wrap(dim, x.shape.size())] : start, length, 1);
        });
  };
  add({3, 4}, 0, 1, 2);
  add({3, 4}, -1, 0, 3);
  add({3, 4}, 1, 4, 0);
  add({3, 4}, 0, -2, 1);
  add({2, 1, 3, 1, 2}, 2, 1, 2);
  add({33}, 0, 5, 17);
  add({0, 3}, 1, 1, 2);
  add({3, 0, 2}, 1, 0, 0);
  s.throws<Error>("start (1) + length (2) exceeds dimension size (2)",
                  [] {
                    narrow(of({2, 3}), 0, 1, 2);
                  })
      .throws<Error>("length",
                     [] {
                       narrow(of({2, 3}), 0, 0, -1);
                     })
      .throws<IndexError>("out of range",
                          [] {
                            narrow(of({2, 3}), 0, 3, 0);
                          })
      .throws<IndexError>(kRange, [] {
        narrow(of({2, 3}), 2, 0, 1);
      });
});

const Register kSelect("select", [](Sample& s) {
  const auto add = [&](const Shape& shape, std::int64_t dim, std::int64_t index) {
    one(
        s, shape_text({dim, index}), shape, [=](const Tensors& x) { return select(x[0], dim, index); },
        [=](const Tensors& x) { return x[0].select(dim, index); },
        [=](const Array& x) {
          const std::size_t d = wrap(dim, x.shape.size());
          Array kept = part(x, dim, index < 0 ? index + x.shape[d] : index, 1, 1);
          Shape dropped = kept.shape;
          dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(d));
          return reshape(kept, dropped);
        });
  };
  add({3, 4}, 0, 1);
  add({3, 4}, 1, -1);
  add({3, 4}, -2, -3);
  add({2, 1, 3, 1, 2}, 2, 1);
  add({17}, 0, 16);
  add({3, 0, 2}, 0, 1);
  s.throws<IndexError>("index 2 out of range for tensor of size [2, 3] at dimension 0",
                       [] {
                         select(of({2, 3}), 0, 2);
                       })
      .throws<IndexError>("index -3 out of range for tensor of size [2, 3] at dimension 0",
                          [] {
                            select(of({2, 3}), 0, -3);
                          })
      .throws<IndexError>("cannot be applied to a 0-dim tensor", [] { select(of({}), 0, 0); })
      .throws<IndexError>(kRange, [] {
        select(of({2, 3}), 2, 0);
      });
});

const Register kSlice("slice", [](Sample& s) {
  struct Want {
    std::int64_t start, length;
  };
  const auto add = [&](const Shape& shape, std::int64_t dim, OptInt start, OptInt end, std::int64_t step, Want want) {
    const auto text = [](OptInt i) { return i ? std::to_string(*i) : std::string(); };
    one(
        s, std::to_string(dim) + " " + text(start) + ":" + text(end) + ":" + std::to_string(step), shape,
        [=](const Tensors& x) { return slice(x[0], dim, start, end, step); },
        [=](const Tensors& x) { return x[0].slice(dim, start, end, step); },
        [=](const Array& x) { return part(x, dim, want.start, want.length, step); });
  };
  add({3, 4}, 0, {}, {}, 1, {0, 3});
  add({3, 4}, 0, 1, 3, 1, {1, 2});
  add({3, 4}, -1, {}, -1, 2, {0, 2});
  add({33}, 0, 2, 30, 7, {2, 4});
  add({5}, 0, -100, 100, 2, {0, 3});
  add({5}, 0, -2, {}, 1, {3, 2});
  add({5}, 0, 4, 2, 1, {0, 0});
  add({5}, 0, 7, 9, 1, {0, 0});
  add({2, 1, 3, 1, 2}, 2, 0, 3, 2, {0, 2});
  add({0, 3}, 1, 0, 3, 2, {0, 2});
  add({3, 0, 2}, 1, {}, {}, 1, {0, 0});
  s.throws<Error>("slice step must be positive",
                  [] {
                    slice(of({2, 3}), 0, 0, 2, 0);
                  })
      .throws<Error>("slice step must be positive",
                     [] {
                       slice(of({2, 3}), 0, 0, 2, -1);
                     })
      .throws<Error>("cannot be applied to a 0-dim tensor", [] { slice(of({}), 0, 0, 1); })
      .throws<IndexError>(kRange, [] {
        slice(of({2, 3}), 2, 0, 1);
      });
});

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

const Register kCat("cat", [](Sample& s) {
  const auto add = [&](const std::vector<Shape>& shapes, std::int64_t dim, bool large) {
    Case c{.label = "along " + std::to_string(dim),
           .inputs = {},
           .fn = [=](const Tensors& x) { return cat(x, dim); },
           .reference = [=](const Arrays& in) { return joined(in, dim); },
           .accuracy = exact(),
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

const Register kIndexSelect("index_select", [](Sample& s) {
  const auto add = [&](const Shape& shape, std::int64_t dim, std::int64_t n, bool large) {
    const double size = static_cast<double>(shape[wrap(dim, shape.size())]);
    s.add({.label = shape_text(shape) + " " + shape_text({dim, n}),
           .inputs = {{shape}, {{n}, integers(0, size)}},
           .fn = [=](const Tensors& x) { return index_select(x[0], dim, x[1]); },
           .reference =
               [=](const Arrays& in) {
                 const std::size_t d = wrap(dim, shape.size());
                 Shape out = shape;
                 out[d] = n;
                 return gather(in[0], out, [&](Index i) {
                   i[d] = static_cast<std::int64_t>(in[1].at({i[d]}).v);
                   return i;
                 });
               },
           .accuracy = exact(),
           .spellings = {[=](const Tensors& x) { return x[0].index_select(dim, x[1]); }},
           .large = large});
  };
  add({3, 4}, 0, 5, false);
  add({3, 4}, -1, 2, false);
  add({2, 3, 4}, 1, 4, false);
  add({17}, 0, 33, false);
  add({3, 4}, 0, 0, false);
  add({3, 0, 2}, 0, 2, false);
  add({2, 1, 3, 1, 2}, 2, 2, false);
  add({500, 90}, 0, 800, true);
  s.throws<IndexError>("out of range", [] { index_select(of({3}), 0, tensor({3})); })
      .throws<IndexError>("out of range", [] { index_select(of({3}), 0, tensor({-1})); })
      .throws<DtypeError>("int64 for index", [] { index_select(of({3}), 0, of({1})); })
      .throws<Error>("Index is supposed to be a vector",
                     [] {
                       index_select(of({3}), 0, of({1, 1}, kLong));
                     })
      .throws<IndexError>(kRange, [] {
        index_select(of({2, 3}), 2, tensor({0}));
      });
});

const Register kClone("clone", [](Sample& s) {
  s.elementwise({.label = "",
                 .inputs = {},
                 .fn = [](const Tensors& x) { return clone(x[0]); },
                 .reference = nullptr,
                 .accuracy = exact(),
                 .spellings = {[](const Tensors& x) { return x[0].clone(); }}},
                {{}}, [](const Dual* x) { return x[0]; });
});

// To f64: the same values whatever the input's dtype.
const Register kTo("to", [](Sample& s) {
  s.elementwise({.label = "",
                 .inputs = {},
                 .fn = [](const Tensors& x) { return x[0].clone().to(kDouble); },
                 .reference = nullptr,
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
  s.elementwise({.label = "",
                 .inputs = {},
                 .fn = [](const Tensors& x) { return x[0].clone().fill_(1.5); },
                 .reference = nullptr,
                 .accuracy = exact(),
                 .in_place = [](const Tensors& x) { return x[0].fill_(1.5); }},
                {{}}, [](const Dual*) { return Dual(1.5L); });
});

const Register kZero("zero_", [](Sample& s) {
  s.elementwise({.label = "",
                 .inputs = {},
                 .fn = [](const Tensors& x) { return x[0].clone().zero_(); },
                 .reference = nullptr,
                 .accuracy = exact(),
                 .in_place = [](const Tensors& x) { return x[0].zero_(); }},
                {{}}, [](const Dual*) { return Dual(0); });
});

}  // namespace
}  // namespace tapegrad::test
