// Slices picked and added by a tensor of indices: index_select, index_add.
#include <cmath>

#include "positions.h"

namespace tapegrad::test {
namespace {

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

}  // namespace
}  // namespace tapegrad::test
