// t.index({...}) and t.index_put_({...}, value): every kind of index, alone and mixed.
#include <algorithm>
#include <cmath>

#include "index_ways.h"

namespace tapegrad::test {
namespace {

using indexing::Ellipsis;
using indexing::None;
using indexing::Slice;

// Calls f for each way: they live as long as the program.
template <class F>
void for_each_way(const F& f) {
  for (const Way& w : ways_to_view()) f(w);
  for (const Way& w : ways_to_pick()) f(w);
}

const Register kIndex("index", [](Sample& s) {
  TAPEGRAD_EXAMPLE(arange(6).view({2, 3}).index({tensor({1, 0, 1}), indexing::Slice(0, 2)}));
  const auto add = [&](const Way& w, const Domain& domain) {
    Case c{.label = w.label + " of " + shape_text(w.x),
           .inputs = {{w.x, domain}},
           .fn = [&w](const Tensors& x) { return x[0].index(braces_of(w, x, 1)); },
           .reference =
               [&w](const Arrays& in) {
                 const Chosen result = chosen(w.x, braces_of(w, in, 1));
                 return gather(in[0], result.shape, result.place);
               },
           .accuracy = exact(),
           .large = w.large};
    c.inputs.insert(c.inputs.end(), w.tensors.begin(), w.tensors.end());
    if (domain.dtype != kDouble) {
      c.result = domain.dtype;
      c.label += std::string(" ") + name(domain.dtype);
    }
    s.add(std::move(c));
  };
  for_each_way([&](const Way& w) { add(w, {}); });
  for (const Domain& domain : {integers(-9, 9), booleans()}) {
    add(ways_to_view()[10], domain);
    add(ways_to_pick()[0], domain);
  }
  s.edge({"takes no value into account but the picked",
          {{kInf, kNan, 3}},
          {3, kInf, 3},
          {{1, 0, 2}},
          [](const Tensors& x) {
            return x[0].index({tensor({-1, 0, 2})});
          }});
  const auto call = [](const Shape& x, const Indices& indices) { return [=] { of(x).index(indices); }; };
  s.throws<IndexError>("out of", call({2, 3}, {2}))
      .throws<IndexError>("out of", call({2, 3}, {0, -4}))
      .throws<IndexError>("too many indices for tensor of dimension 2", call({2, 3}, {0, 0, 0}))
      .throws<IndexError>("too many indices for tensor of dimension 2",
                          call({2, 3}, {Slice(), "...", Slice(), Slice()}))
      .throws<IndexError>("too many indices for tensor of dimension 2", call({2, 3}, {of({2, 3, 1}, kBool)}))
      .throws<IndexError>("too many indices for tensor of dimension 2", call({2, 3}, {of({2, 3}, kBool), 0}))
      .throws<IndexError>("0", call({}, {0}))
      .throws<IndexError>("too many indices for tensor of dimension 0", call({}, {tensor({0})}))
      .throws<IndexError>("single ellipsis", call({2, 3}, {"...", 0, Ellipsis}))
      .throws<IndexError>("\"...\"", [] { of({2}).index({".."}); })
      .throws<IndexError>("slice step must be positive", call({2, 3}, {Slice(None, None, 0)}))
      .throws<IndexError>("slice step must be positive", call({2, 3}, {0, Slice(None, None, -1)}))
      .throws<IndexError>("The shape of the mask [3] at index 0 does not match the shape of the indexed tensor [2, 3]",
                          call({2, 3}, {of({3}, kBool)}))
      .throws<IndexError>("The shape of the mask [2] at index 1 does not match the shape of the indexed tensor [2, 3]",
                          call({2, 3}, {Slice(), of({2}, kBool)}))
      .throws<IndexError>("The shape of the mask [2, 2]", call({2, 3}, {of({2, 2}, kBool)}))
      .throws<IndexError>("index 2 is out of bounds for dimension 0 with size 2", call({2, 3}, {tensor({0, 2})}))
      .throws<IndexError>("index -3 is out of bounds for dimension 0 with size 2", call({2, 3}, {tensor({{-3}})}))
      .throws<IndexError>("index 3 is out of bounds for dimension 1 with size 3", call({2, 3}, {Slice(), tensor({3})}))
      .throws<IndexError>("out of bounds", call({0, 3}, {tensor({0})}))
      .throws<DtypeError>("int64", call({2, 3}, {of({1})}))
      .throws<ShapeError>("could not be broadcast together with shapes [2], [3]",
                          call({2, 3}, {tensor({0, 1}), tensor({0, 1, 0})}))
      .throws<Error>("undefined", call({2, 3}, {Tensor()}));
});

Array put(const Arrays& in, const Chosen& c, const Array& value, bool adds) {
  Array out = in[0];
  const Array full = expand(value, c.shape);
  for_each(c.shape, [&](const Index& i) {
    Dual& to = out.at(c.place(i));
    to = adds ? to + full.at(i) : full.at(i);
  });
  return out;
}

void add_put(Sample& s, const Way& w, const Shape& value, bool adds) {
  const Fn in_place = [&w, adds](const Tensors& x) { return x[0].index_put_(braces_of(w, x, 2), x[1], adds); };
  Case c{.label = w.label + " of " + shape_text(w.x) + (adds ? " plus " : " from ") + shape_text(value),
         .inputs = {{w.x}, {value}},
         .fn =
             [=](const Tensors& x) {
               Tensors copy = x;
               copy[0] = x[0].clone();
               return in_place(copy);
             },
         .reference = [&w, adds](const Arrays& in) { return put(in, chosen(w.x, braces_of(w, in, 2)), in[1], adds); },
         .accuracy = exact(),
         .in_place = in_place,
         .large = w.large};
  c.inputs.insert(c.inputs.end(), w.tensors.begin(), w.tensors.end());
  if (adds)
    c.accuracy = {40, 40, [&w](const Arrays& in) {
                    Arrays all = in;
                    for (const std::size_t k : {0, 1})
                      for (Dual& e : all[k].v) e = abs(e);
                    return put(all, chosen(w.x, braces_of(w, in, 2)), all[1], true);
                  }};
  s.add(std::move(c));
}

void add_number(Sample& s, const Way& w, bool adds) {
  const Fn in_place = [&w, adds](const Tensors& x) { return x[0].index_put_(braces_of(w, x, 1), 1.5, adds); };
  Case c{.label = w.label + " of " + shape_text(w.x) + (adds ? " plus a number" : " from a number"),
         .inputs = {{w.x}},
         .fn =
             [=](const Tensors& x) {
               Tensors copy = x;
               copy[0] = x[0].clone();
               return in_place(copy);
             },
         .reference =
             [&w, adds](const Arrays& in) {
               return put(in, chosen(w.x, braces_of(w, in, 1)), Array({}, {Dual(1.5L)}), adds);
             },
         .accuracy = adds ? Accuracy{40, 40} : exact(),
         .in_place = in_place};
  if (adds)
    c.accuracy.magnitude = [reference = c.reference](const Arrays& in) {
      Arrays all = in;
      for (Dual& e : all[0].v) e = abs(e);
      return reference(all);
    };
  c.inputs.insert(c.inputs.end(), w.tensors.begin(), w.tensors.end());
  s.add(std::move(c));
}

// t[i] = value, t[i][j] = value.
void add_item(Sample& s, const Shape& x, const std::vector<std::int64_t>& path, const Shape& value) {
  const Fn in_place = [=](const Tensors& t) {
    if (path.size() == 1)
      t[0][path[0]] = t[1];
    else
      t[0][path[0]][path[1]] = t[1];
    return t[0];
  };
  s.add({.label = shape_text(x) + " at " + shape_text(path) + " = " + shape_text(value),
         .inputs = {{x}, {value}},
         .fn =
             [=](const Tensors& t) {
               return in_place({t[0].clone(), t[1]});
             },
         .reference =
             [=](const Arrays& in) { return put(in, chosen(x, Indices(path.begin(), path.end())), in[1], false); },
         .accuracy = exact(),
         .in_place = in_place});
}

const Register kIndexPut("index_put_", [](Sample& s) {
  for_each_way([&](const Way& w) {
    Shape full;  // of what is chosen; one element where a drawn mask chooses, as how many it will is not known here
    if (std::none_of(w.tensors.begin(), w.tensors.end(), [](const Input& t) { return t.domain.dtype == kBool; })) {
      Arrays zero;
      for (const Input& t : w.tensors) zero.emplace_back(t.shape);
      full = chosen(w.x, braces_of(w, zero, 0)).shape;
    }
    for (const bool adds : {false, true}) {
      add_put(s, w, full, adds);
      if (w.large) continue;
      if (full.size() > 1) add_put(s, w, {full.back()}, adds);
      add_number(s, w, adds);
    }
  });
  add_item(s, {3}, {1}, {});
  add_item(s, {3, 4}, {-1}, {4});
  add_item(s, {3, 4}, {0}, {1});
  add_item(s, {3, 4}, {0}, {});
  add_item(s, {3, 4}, {1, -2}, {});
  add_item(s, {2, 3, 4}, {-2, 1}, {4});
  add_item(s, {3, 0}, {1}, {0});
  s.edge({"of several at one place the last stays, and has the gradient",
          {{1, 2, 3}, {5, 6, 7, 8}},
          {6, 2, 8},
          {{0, 1, 0}, {0, 1, 0, 1}},
          [](const Tensors& x) {
            return x[0].clone().index_put_({tensor({0, -3, 2, 2})}, x[1]);
          }})
      .edge({"all at one place are added, and have a gradient",
             {{1, 2, 3}, {5, 6, 7, 8}},
             {12, 2, 18},
             {{1, 1, 1}, {1, 1, 1, 1}},
             [](const Tensors& x) {
               return x[0].clone().index_put_({tensor({0, -3, 2, 2})}, x[1], true);
             }})
      .edge({"what is overwritten does not matter", {{kInf, kNan, 3}}, {2, 2, 3}, {{0, 0, 1}}, [](const Tensors& x) {
               return x[0].clone().index_put_({Slice(None, 2)}, 2);
             }});
  const auto call = [](const Shape& x, const Indices& indices, const Shape& value) {
    return [=] { of(x).index_put_(indices, of(value)); };
  };
  const char* const mismatch = "cannot be broadcast to indexing result of shape [2, 3]";
  s.throws<ShapeError>(std::string("shape mismatch: value tensor of shape [2, 2] ") + mismatch,
                       call({2, 3}, {tensor({0, 1})}, {2, 2}))
      .throws<ShapeError>(mismatch, call({2, 3}, {tensor({0, 1})}, {3, 3}))
      .throws<ShapeError>(mismatch, call({2, 3}, {Slice()}, {2}))
      .throws<ShapeError>(mismatch, call({2, 3}, {"..."}, {2, 2, 3}))
      .throws<ShapeError>("indexing result of shape [3]",
                          [] {
                            of({2, 3})[0] = of({2});
                          })
      .throws<IndexError>("index 2 is out of bounds for dimension 0 with size 2", call({2, 3}, {tensor({2})}, {3}))
      .throws<IndexError>("too many indices for tensor of dimension 2", call({2, 3}, {0, 0, 0}, {}))
      .throws<IndexError>("out of",
                          [] {
                            of({2, 3})[2] = 1;
                          })
      .throws<IndexError>("0-dim", [] { of({2})[0][0] = 1; })
      .throws<DtypeError>("int64", call({2, 3}, {of({1})}, {3}))
      .throws<Error>("", [] { of({1}).expand(3).index_put_({tensor({1})}, 2); });
});

}  // namespace
}  // namespace tapegrad::test
