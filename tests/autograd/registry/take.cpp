// Elements picked and placed by tensors of indices: gather, scatter, scatter_add.
#include "positions.h"

namespace tapegrad::test {
namespace {

constexpr char kThree[] = "index 3 is out of bounds for dimension 0 with size 3";
constexpr char kMinus[] = "index -1 is out of bounds for dimension 0 with size 3";

// i with its coordinate along dim replaced by index[i].
Index target(const Array& index, const Index& i, std::int64_t dim) {
  Index to = i;
  if (!to.empty()) to[wrap(dim, to.size())] = static_cast<std::int64_t>(index.at(i).v);
  return to;
}

struct Pick {
  Shape x;
  std::int64_t dim;
  Shape index;
  bool large = false;
};

// An index smaller than x along the other dims, longer and shorter along its own.
const std::vector<Pick> kPicks = {{{}, 0, {}},
                                  {{1}, 0, {1}},
                                  {{3, 4}, 0, {2, 4}},
                                  {{3, 4}, 1, {3, 6}},
                                  {{3, 4}, -1, {2, 3}},
                                  {{3, 4}, -2, {5, 2}},
                                  {{2, 3, 4}, 1, {2, 5, 4}},
                                  {{2, 1, 3, 1, 2}, 2, {2, 1, 5, 1, 1}},
                                  {{17}, 0, {33}},
                                  {{33}, -1, {17}},
                                  {{0}, 0, {0}},
                                  {{0, 3}, 0, {0, 3}},
                                  {{0, 3}, 1, {0, 5}},
                                  {{3, 4}, 0, {0, 4}},
                                  {{3, 0, 2}, 1, {3, 0, 2}},
                                  {{500, 90}, 0, {800, 90}, true},
                                  {{300, 200}, 1, {300, 250}, true}};

std::string label(const Pick& p) {
  return shape_text(p.x) + " dim " + std::to_string(p.dim) + " " + shape_text(p.index) + (p.large ? " large" : "");
}

const Register kGather("gather", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).gather(1, tensor({{1}, {0}})));
  const auto add = [&](const Pick& p, const Domain& domain, const std::string& kind) {
    Case c{.label = label(p) + kind,
           .inputs = {{p.x, domain}, {p.index, positions(p.x, p.dim)}},
           .fn = [=](const Tensors& x) { return gather(x[0], p.dim, x[1]); },
           .reference =
               [=](const Arrays& in) {
                 return gather(in[0], p.index, [&](const Index& i) { return target(in[1], i, p.dim); });
               },
           .accuracy = exact(),
           .spellings = {[=](const Tensors& x) { return x[0].gather(p.dim, x[1]); }},
           .large = p.large};
    if (domain.dtype != kDouble) c.result = domain.dtype;
    s.add(std::move(c));
  };
  for (const Pick& p : kPicks) add(p, {}, "");
  add({{3, 4}, 0, {2, 4}}, integers(-9, 9), " int64");
  add({{3, 4}, 1, {3, 2}}, booleans(), " bool");
  s.edge({"takes no value into account but the picked",
          {{kInf, kNan, 3}},
          {3, 3, kInf},
          {{1, 0, 2}},
          [](const Tensors& x) {
            return gather(x[0], 0, tensor({2, 2, 0}));
          }});
  s.throws<IndexError>(kThree, [] { gather(of({3}), 0, tensor({3})); })
      .throws<IndexError>(kMinus, [] { gather(of({3}), 0, tensor({-1})); })
      .throws<IndexError>("out of bounds", [] { gather(of({0}), 0, tensor({0})); })
      .throws<DtypeError>("int64", [] { gather(of({3}), 0, of({1})); })
      .throws<ShapeError>("same number of dimensions",
                          [] {
                            gather(of({3}), 0, of({1, 1}, kLong));
                          })
      .throws<ShapeError>("Size does not match at dimension 1 expected index [1, 4] to be smaller than self [2, 3]",
                          [] {
                            gather(of({2, 3}), 0, of({1, 4}, kLong));
                          })
      .throws<IndexError>(kRange, [] {
        gather(of({2, 3}), 2, of({1, 3}, kLong));
      });
});

// x with src, or a number, at the places of the index; of several at one place the last.
Array scattered(const Arrays& in, std::int64_t dim, bool adds, const Dual* number) {
  Array out = in[0];
  for_each(in[1].shape, [&](const Index& i) {
    Dual& to = out.at(target(in[1], i, dim));
    const Dual from = number != nullptr ? *number : in[2].at(i);
    to = adds ? to + from : from;
  });
  return out;
}

// No place below the index's for src: it may be larger.
Shape source_shape(const Pick& p) {
  Shape shape = p.index;
  if (shape.size() > 1 && !p.large) shape.back() += 1;
  return shape;
}

const Register kScatter("scatter", {"scatter", "scatter_"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(zeros({2, 3}).scatter(1, tensor({{2}, {0}}), 5));
  for (const Pick& p : kPicks)
    s.add({.label = label(p),
           .inputs = {{p.x}, {p.index, positions(p.x, p.dim)}, {source_shape(p)}},
           .fn = [=](const Tensors& x) { return scatter(x[0], p.dim, x[1], x[2]); },
           .reference = [=](const Arrays& in) { return scattered(in, p.dim, false, nullptr); },
           .accuracy = exact(),
           .spellings = {[=](const Tensors& x) { return x[0].scatter(p.dim, x[1], x[2]); }},
           .in_place = [=](const Tensors& x) { return x[0].scatter_(p.dim, x[1], x[2]); },
           .large = p.large});
  for (const Pick& p : kPicks)
    s.add({.label = label(p) + " number",
           .inputs = {{p.x}, {p.index, positions(p.x, p.dim)}},
           .fn = [=](const Tensors& x) { return scatter(x[0], p.dim, x[1], 1.5); },
           .reference =
               [=](const Arrays& in) {
                 const Dual number = 1.5L;
                 return scattered(in, p.dim, false, &number);
               },
           .accuracy = exact(),
           .spellings = {[=](const Tensors& x) { return x[0].scatter(p.dim, x[1], 1.5); }},
           .in_place = [=](const Tensors& x) { return x[0].scatter_(p.dim, x[1], 1.5); },
           .large = p.large});
  s.add({.label = "int64",
         .inputs = {{{3, 4}, integers(-9, 9)}, {{2, 4}, integers(0, 3)}, {{2, 4}, integers(-9, 9)}},
         .fn = [](const Tensors& x) { return scatter(x[0], 0, x[1], x[2]); },
         .reference = [](const Arrays& in) { return scattered(in, 0, false, nullptr); },
         .accuracy = exact(),
         .result = kLong});
  s.edge({"of several at one place the last stays, and has the gradient",
          {{1, 2, 3}, {5, 6, 7, 8}},
          {6, 2, 8},
          {{0, 1, 0}, {0, 1, 0, 1}},
          [](const Tensors& x) {
            return scatter(x[0], 0, tensor({0, 0, 2, 2}), x[1]);
          }})
      .edge({"what is overwritten does not matter", {{kInf, kNan, 3}}, {2, 2, 3}, {{0, 0, 1}}, [](const Tensors& x) {
               return scatter(x[0], 0, tensor({0, 1}), 2);
             }});
  const auto call = [](const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src) {
    return [=] { scatter(x, dim, index, src); };
  };
  s.throws<IndexError>(kThree, call(of({3}), 0, tensor({3}), of({1})))
      .throws<IndexError>(kMinus, call(of({3}), 0, tensor({-1}), of({1})))
      .throws<IndexError>("index 5 is out of bounds", [] { scatter(of({3}), 0, tensor({5}), 1.5); })
      .throws<IndexError>("index 4 is out of bounds", [] { of({3}).scatter_(0, tensor({4}), of({1})); })
      .throws<DtypeError>("int64", call(of({3}), 0, of({1}), of({1})))
      .throws<DtypeError>("dtype", call(of({3}), 0, tensor({0}), of({1}, kDouble)))
      .throws<ShapeError>("smaller than src [1]", call(of({3}), 0, tensor({0, 1}), of({1})))
      .throws<ShapeError>("to be smaller than self [2, 3]", call(of({2, 3}), 0, of({1, 4}, kLong), of({1, 4})))
      .throws<ShapeError>("same number of dimensions as input", call(of({2, 3}), 0, tensor({0}), of({1})))
      .throws<ShapeError>("smaller than src [1]", call(of({2, 3}), 0, tensor({{0}}), of({1})))
      .throws<IndexError>(kRange, call(of({2, 3}), 2, tensor({{0}}), of({1, 1})));
});

const Register kScatterAdd("scatter_add", {"scatter_add", "scatter_add_"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(zeros({3}).scatter_add(0, tensor({0, 2, 2}), tensor({1.0, 2.0, 3.0})));
  for (const Pick& p : kPicks) {
    const double terms = 1 + static_cast<double>(p.index.empty() ? 1 : p.index[wrap(p.dim, p.index.size())]);
    s.add({.label = label(p),
           .inputs = {{p.x}, {p.index, positions(p.x, p.dim)}, {source_shape(p)}},
           .fn = [=](const Tensors& x) { return scatter_add(x[0], p.dim, x[1], x[2]); },
           .reference = [=](const Arrays& in) { return scattered(in, p.dim, true, nullptr); },
           .accuracy = {terms, terms,
                        [=](const Arrays& in) {
                          return scattered({absolute(in[0]), in[1], absolute(in[2])}, p.dim, true, nullptr);
                        }},
           .spellings = {[=](const Tensors& x) { return x[0].scatter_add(p.dim, x[1], x[2]); }},
           .in_place = [=](const Tensors& x) { return x[0].scatter_add_(p.dim, x[1], x[2]); },
           .large = p.large});
  }
  s.add({.label = "int64",
         .inputs = {{{3, 4}, integers(-9, 9)}, {{2, 4}, integers(0, 3)}, {{2, 4}, integers(-9, 9)}},
         .fn = [](const Tensors& x) { return scatter_add(x[0], 0, x[1], x[2]); },
         .reference = [](const Arrays& in) { return scattered(in, 0, true, nullptr); },
         .accuracy = exact(),
         .result = kLong});
  s.edge({"all at one place have a gradient",
          {{1, 2, 3}, {5, 6, 7}},
          {12, 2, 10},
          {{1, 1, 1}, {1, 1, 1}},
          [](const Tensors& x) {
            return scatter_add(x[0], 0, tensor({0, 0, 2}), x[1]);
          }});
  const auto call = [](const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& src) {
    return [=] { scatter_add(x, dim, index, src); };
  };
  s.throws<IndexError>(kThree, call(of({3}), 0, tensor({3}), of({1})))
      .throws<IndexError>(kMinus, call(of({3}), 0, tensor({-1}), of({1})))
      .throws<DtypeError>("int64", call(of({3}), 0, of({1}), of({1})))
      .throws<DtypeError>("dtype", call(of({3}), 0, tensor({0}), of({1}, kDouble)))
      .throws<ShapeError>("smaller than src [1]", call(of({3}), 0, tensor({0, 1}), of({1})))
      .throws<ShapeError>("same number of dimensions as input", call(of({2, 3}), 0, tensor({0}), of({1})))
      .throws<IndexError>(kRange, call(of({2, 3}), 2, tensor({{0}}), of({1, 1})));
});

}  // namespace
}  // namespace tapegrad::test
