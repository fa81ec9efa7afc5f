// Parts picked by an index vector, a mask or a class: index_select, index_add, index_fill, repeat_interleave,
// masked_fill, one_hot.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "positions.h"

namespace tapegrad::test {
namespace {

const Register kIndexSelect("index_select", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).index_select(1, tensor({1, 1, 0})));
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

Array slices_added(const Arrays& in, std::int64_t dim, Real alpha) {
  Array out = in[0];
  for_each(in[2].shape, [&](Index i) {
    const Dual& from = in[2].at(i);
    if (!i.empty()) {
      const std::size_t d = wrap(dim, i.size());
      i[d] = static_cast<std::int64_t>(in[1].at({i[d]}).v);
    }
    out.at(i) += from * alpha;
  });
  return out;
}

const Register kIndexAdd("index_add", [](Sample& s) {
  TAPEGRAD_EXAMPLE(zeros({3}).index_add(0, tensor({0, 2, 2}), tensor({1.0, 2.0, 3.0})));
  const auto add = [&](const Shape& x, std::int64_t dim, std::int64_t n, double alpha, bool large) {
    Shape src = x;
    src[wrap(dim, x.size())] = n;
    const double terms = 2 + 2 * static_cast<double>(n);
    s.add(
        {.label = shape_text(x) + " " + shape_text({dim, n}) + " alpha " + std::to_string(alpha),
         .inputs = {{x}, {{n}, positions(x, dim)}, {src}},
         .fn = [=](const Tensors& t) { return index_add(t[0], dim, t[1], t[2], alpha); },
         .reference = [=](const Arrays& in) { return slices_added(in, dim, static_cast<Real>(alpha)); },
         .accuracy =
             {terms, terms,
              [=](const Arrays& in) {
                return slices_added({absolute(in[0]), in[1], absolute(in[2])}, dim, std::abs(static_cast<Real>(alpha)));
              }},
         .spellings = {[=](const Tensors& t) { return t[0].index_add(dim, t[1], t[2], alpha); }},
         .large = large});
  };
  add({1}, 0, 1, 1, false);
  add({3, 4}, 0, 5, 1, false);
  add({3, 4}, -1, 2, -0.5, false);
  add({2, 3, 4}, 1, 4, 2, false);
  add({2, 1, 3, 1, 2}, -3, 2, 1, false);
  add({17}, 0, 33, 1, false);
  add({33}, 0, 17, 1.5, false);
  add({3, 4}, 0, 0, 1, false);
  add({0, 3}, 1, 2, 1, false);
  add({3, 0, 2}, 0, 2, 1, false);
  add({500, 90}, 0, 800, 1, true);
  s.throws<IndexError>("out of", [] { index_add(of({3}), 0, tensor({3}), of({1})); })
      .throws<IndexError>("out of", [] { index_add(of({3}), 0, tensor({-1}), of({1})); })
      .throws<DtypeError>("int64", [] { index_add(of({3}), 0, of({1}), of({1})); })
      .throws<DtypeError>("Double", [] { index_add(of({3}), 0, tensor({0}), of({1}, kDouble)); })
      .throws<ShapeError>("(2)",
                          [] {
                            index_add(of({3}), 0, tensor({0, 1}), of({1}));
                          })
      .throws<ShapeError>("[1, 4]",
                          [] {
                            index_add(of({2, 3}), 0, tensor({0}), of({1, 4}));
                          })
      .throws<ShapeError>("[2, 1]",
                          [] {
                            index_add(of({2, 1}), 0, tensor({0}), of({1, 3}));
                          })
      .throws<ShapeError>("[1]",
                          [] {
                            index_add(of({2, 3}), 1, tensor({0}), of({1}));
                          })
      .throws<ShapeError>("[]", [] { index_add(of({3}), 0, tensor({0}), of({})); })
      .throws<DtypeError>("floating point", [] { index_add(of({3}, kLong), 0, tensor({0}), of({1}, kLong)); })
      .throws<Error>("Index is supposed to be a vector",
                     [] {
                       index_add(of({2, 3}), 0, tensor({{0}}), of({1, 3}));
                     })
      .throws<IndexError>(kRange, [] {
        index_add(of({2, 3}), 2, tensor({0}), of({1, 3}));
      });
});

const Register kMaskedFill("masked_fill", {"masked_fill", "masked_fill_"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, -2.0}).masked_fill(tensor({false, true}), 0));
  s.elementwise({.fn = [](const Tensors& x) { return masked_fill(x[0], x[1], -1.5); },
                 .accuracy = exact(),
                 .spellings = {[](const Tensors& x) { return x[0].masked_fill(x[1], -1.5); }},
                 .in_place = [](const Tensors& x) { return x[0].masked_fill_(x[1], -1.5); }},
                {{}, booleans()}, [](const Dual* x) { return x[1].v != 0 ? Dual(-1.5L) : x[0]; });
  s.add(
      {.label = "int64",
       .inputs = {{{3, 4}, integers(-9, 9)}, {{3, 1}, booleans()}},
       .fn = [](const Tensors& x) { return masked_fill(x[0], x[1], 7); },
       .reference =
           [](const Arrays& in) { return elementwise(in, [](const Dual* x) { return x[1].v != 0 ? Dual(7) : x[0]; }); },
       .accuracy = exact(),
       .result = kLong});
  s.edge(
      {"what is overwritten does not matter", {{kNan, kInf, 3}}, {-kInf, -kInf, 3}, {{0, 0, 1}}, [](const Tensors& x) {
         return masked_fill(x[0], tensor({true, true, false}), -kInf);
       }});
  s.throws<DtypeError>("bool", [] { masked_fill(of({3}), of({3}, kLong), 1); })
      .throws<DtypeError>("bool", [] { of({3}).masked_fill_(of({3}), 1); })
      .throws<ShapeError>("at non-singleton dimension 0", [] { masked_fill(of({3}), of({2}, kBool), 1); })
      .throws<ShapeError>("at non-singleton dimension 0", [] { of({3}).masked_fill_(of({2}, kBool), 1); })
      .throws<ShapeError>("doesn't match the broadcast shape", [] {
        of({3}).masked_fill_(of({2, 3}, kBool), 1);
      });
});

const Register kOneHot("one_hot", [](Sample& s) {
  TAPEGRAD_EXAMPLE(one_hot(tensor({0, 2})));
  const auto add = [&](const Shape& shape, std::int64_t largest, std::int64_t classes) {
    s.add({.label = shape_text(shape) + " of " + std::to_string(classes),
           .inputs = {{shape, integers(0, static_cast<double>(largest + 1))}},
           .fn = [=](const Tensors& x) { return classes == -1 ? one_hot(x[0]) : one_hot(x[0], classes); },
           .reference =
               [=](const Arrays& in) {
                 Shape wide = shape;
                 Real most = 0;
                 for (const Dual& x : in[0].v) most = std::max(most, x.v);
                 wide.push_back(classes == -1 ? static_cast<std::int64_t>(most) + 1 : classes);
                 Array out(wide);
                 for_each(shape, [&](Index i) {
                   i.push_back(static_cast<std::int64_t>(in[0].at(Index(i.begin(), i.end())).v));
                   out.at(i) = 1;
                 });
                 return out;
               },
           .accuracy = exact(),
           .result = kLong});
  };
  for (const std::int64_t classes : {std::int64_t{-1}, std::int64_t{5}})
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{3, 4}, Shape{2, 1, 3, 1, 2}, Shape{17}, Shape{33}})
      add(shape, 4, classes);
  add({3}, 0, 1);
  add({0}, 2, 3);
  add({0, 3}, 2, 3);
  add({3, 0, 2}, 2, 4);
  s.throws<Error>("Class values must be smaller than num_classes",
                  [] {
                    one_hot(tensor({0, 3}), 3);
                  })
      .throws<Error>("Class values must be non-negative",
                     [] {
                       one_hot(tensor({0, -1}), 3);
                     })
      .throws<Error>("Class values must be non-negative",
                     [] {
                       one_hot(tensor({0, -1}));
                     })
      .throws<Error>("smaller than num_classes", [] { one_hot(tensor({0}), 0); })
      .throws<Error>("", [] { one_hot(tensor({std::numeric_limits<std::int64_t>::max()})); })
      .throws<Error>("num_classes", [] { one_hot(tensor({0}), -2); })
      .throws<DtypeError>("one_hot", [] { one_hot(of({2}), 3); })
      .throws<Error>("empty tensor", [] { one_hot(of({0}, kLong)); });
});

// x with value in the slices of dim that are named.
Array filled(const Array& x, std::int64_t dim, const Array& index, const Dual& value) {
  Array out = x;
  for_each(x.shape, [&](const Index& i) {
    for (const Dual& k : index.v) {
      const std::int64_t n = i.empty() ? 1 : x.shape[wrap(dim, i.size())];
      const auto at = static_cast<std::int64_t>(k.v) + (k.v < 0 ? n : 0);
      if (i.empty() || i[wrap(dim, i.size())] == at) out.at(i) = value;
    }
  });
  return out;
}

const Register kIndexFill("index_fill", {"index_fill", "index_fill_"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(zeros({4}).index_fill(0, tensor({1, -1}), 5));
  const auto add = [&](const Shape& shape, std::int64_t dim, const Shape& index) {
    const double n = shape.empty() ? 1 : static_cast<double>(shape[wrap(dim, shape.size())]);
    s.add({.label = shape_text(shape) + " " + std::to_string(dim) + " at " + shape_text(index),
           .inputs = {{shape}, {index, integers(-n, n)}, {{}}},
           .fn = [=](const Tensors& x) { return index_fill(x[0], dim, x[1], x[2]); },
           .reference = [=](const Arrays& in) { return filled(in[0], dim, in[1], in[2].v[0]); },
           .accuracy = exact(),
           .spellings = {[=](const Tensors& x) { return x[0].index_fill(dim, x[1], x[2]); }},
           .in_place = [=](const Tensors& x) { return x[0].index_fill_(dim, x[1], x[2]); }});
    s.add({.label = shape_text(shape) + " " + std::to_string(dim) + " at " + shape_text(index) + " number",
           .inputs = {{shape}, {index, integers(-n, n)}},
           .fn = [=](const Tensors& x) { return index_fill(x[0], dim, x[1], 1.5); },
           .reference = [=](const Arrays& in) { return filled(in[0], dim, in[1], Dual(1.5L)); },
           .accuracy = exact(),
           .spellings = {[=](const Tensors& x) { return x[0].index_fill(dim, x[1], 1.5); }},
           .in_place = [=](const Tensors& x) { return x[0].index_fill_(dim, x[1], 1.5); }});
  };
  add({3, 4}, 0, {2});
  add({3, 4}, -1, {3});
  add({2, 3, 4}, 1, {});
  add({2, 1, 3, 1, 2}, 2, {1});
  add({17}, 0, {5});
  add({}, 0, {1});
  add({3, 4}, 0, {0});
  add({3, 0, 2}, 0, {2});
  s.add({.label = "int64",
         .inputs = {{{3, 4}, integers(-9, 9)}, {{2}, integers(0, 3)}},
         .fn = [](const Tensors& x) { return index_fill(x[0], 0, x[1], 7); },
         .reference = [](const Arrays& in) { return filled(in[0], 0, in[1], Dual(7)); },
         .accuracy = exact(),
         .result = kLong});
  s.edge({"what is overwritten does not matter",
          {{kNan, kInf, 3}},
          {-1, kInf, 3},
          {{0, 1, 1}},
          [](const Tensors& x) { return index_fill(x[0], 0, tensor({0}), -1); }})
      .throws<IndexError>("index_fill: index 3 is out of bounds", [] { index_fill(of({3}), 0, tensor({3}), 1); })
      .throws<IndexError>("index_fill_: index -4 is out of bounds", [] { of({3}).index_fill_(0, tensor({-4}), 1); })
      .throws<IndexError>("Index has to be a vector/scalar",
                          [] {
                            index_fill(of({3}), 0, of({1, 1}, kLong), 1);
                          })
      .throws<DtypeError>("int64", [] { index_fill(of({3}), 0, of({1}), 1); })
      .throws<ShapeError>("only supports a 0-dimensional value tensor",
                          [] { index_fill(of({3}), 0, tensor({0}), of({1})); })
      .throws<IndexError>(kRange, [] {
        index_fill(of({2, 3}), 2, tensor({0}), 1);
      });
});

const Register kRepeatInterleave("repeat_interleave", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0}).repeat_interleave(tensor({1, 3})));
  // times(k): how often slice k
  const auto repeated = [](Array x, OptInt dim, const std::function<std::int64_t(std::size_t)>& times) {
    if (!dim) x = reshape(x, {count(x.shape)});
    const std::size_t d = wrap(dim.value_or(0), x.shape.size());
    std::vector<std::int64_t> from;
    for (std::int64_t k = 0; k < x.shape[d]; ++k)
      from.insert(from.end(), static_cast<std::size_t>(times(static_cast<std::size_t>(k))), k);
    Shape shape = x.shape;
    shape[d] = static_cast<std::int64_t>(from.size());
    return gather(x, shape, [&](Index i) {
      i[d] = from[static_cast<std::size_t>(i[d])];
      return i;
    });
  };
  const auto add = [&](const Shape& shape, OptInt dim) {
    const std::string name = shape_text(shape) + (dim ? " along " + std::to_string(*dim) : "");
    for (const std::int64_t n : {0, 1, 3})
      s.add({.label = name + " " + std::to_string(n) + " times",
             .inputs = {{shape}},
             .fn = [=](const Tensors& x) { return repeat_interleave(x[0], n, dim); },
             .reference = [=](const Arrays& in) { return repeated(in[0], dim, [=](std::size_t) { return n; }); },
             .accuracy = exact(),
             .spellings = {[=](const Tensors& x) { return x[0].repeat_interleave(n, dim); },
                           [=](const Tensors& x) { return repeat_interleave(x[0], tensor({n}), dim); }}});
    const std::int64_t size = dim ? shape[wrap(*dim, shape.size())] : count(shape);
    Shape times;
    for (std::int64_t k = 0; k < size; ++k) times.push_back((k * 5 + 2) % 4);
    const Tensor repeats = tensor(times);
    s.add({.label = name + " each its own",
           .inputs = {{shape}},
           .fn = [=](const Tensors& x) { return repeat_interleave(x[0], repeats, dim); },
           .reference = [=](const Arrays& in) { return repeated(in[0], dim, [=](std::size_t k) { return times[k]; }); },
           .accuracy = exact(),
           .spellings = {[=](const Tensors& x) { return x[0].repeat_interleave(repeats, dim); }}});
  };
  add({3, 4}, {});
  add({3, 4}, 0);
  add({3, 4}, -1);
  add({2, 1, 3, 1, 2}, 2);
  add({}, {});
  add({17}, 0);
  add({0}, 0);
  add({3, 0, 2}, 0);
  s.edge({"indices", {{2, 0, 3}}, {0, 0, 2, 2, 2}, {}, [](const Tensors& x) {
            return repeat_interleave(x[0].to(kLong));
          }});
  s.edge({"once has bytes of its own", {{1, 2}}, {1, 2}, {}, [](const Tensors& x) {
            repeat_interleave(x[0], 1).fill_(7);
            return x[0].clone();
          }});
  s.throws<Error>("repeats can not be negative", [] { repeat_interleave(of({0}), -1); })
      .throws<Error>("repeats can not be negative",
                     [] {
                       repeat_interleave(tensor({1, -1}));
                     })
      .throws<DtypeError>("a vector of int64, but got Float", [] { repeat_interleave(of({3}), of({3})); })
      .throws<DtypeError>("a vector of int64, but got Long of sizes [1, 3]",
                          [] {
                            repeat_interleave(of({1, 3}, kLong));
                          })
      .throws<ShapeError>("the same size as input along dim, but got 2 for 3",
                          [] {
                            repeat_interleave(of({3}), tensor({1, 2}), 0);
                          })
      .throws<IndexError>(kRange, [] {
        repeat_interleave(of({2, 3}), 2, 2);
      });
});

}  // namespace
}  // namespace tapegrad::test
