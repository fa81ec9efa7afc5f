// What different elements there are, how many, and where: unique, bincount, nonzero, count_nonzero, masked_select.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <tuple>

#include "over_dims.h"

namespace tapegrad::test {
namespace {

using Key = std::vector<Real>;
using Parts = std::tuple<Tensor, Tensor, Tensor>;

struct Uniques {
  Array values, inverse, counts;
};
// Of slices along dim; of all elements where there is none.
Uniques uniques(const Array& from, OptInt dim) {
  const Array x = dim ? from : reshape(from, {count(from.shape)});
  const std::size_t d = dim ? wrap(*dim, x.shape.size()) : 0;
  std::map<Key, Real> all;
  std::vector<Key> keys(static_cast<std::size_t>(x.shape[d]));
  for_each(x.shape, [&](const Index& i) { keys[static_cast<std::size_t>(i[d])].push_back(x.at(i).v); });
  for (const Key& key : keys) ++all[key];
  Shape shape = x.shape;
  shape[d] = static_cast<std::int64_t>(all.size());
  Uniques u{Array(shape), Array(dim ? Shape{x.shape[d]} : from.shape), Array(Shape{shape[d]})};
  for (std::size_t i = 0; i < keys.size(); ++i)
    u.inverse.v[i] = static_cast<Real>(std::distance(all.begin(), all.find(keys[i])));
  std::size_t k = 0;
  for (const auto& [key, n] : all) {
    std::size_t next = 0;
    Index first(shape.size());
    first[d] = static_cast<std::int64_t>(k);
    for_each(shape, [&, key = key](const Index& i) {
      if (i[d] == first[d]) u.values.at(i) = key[next++];
    });
    u.counts.v[k++] = n;
  }
  return u;
}

void all_parts(Sample& s, const Shape& shape, OptInt dim, const Domain& domain,
               const std::vector<std::function<Parts(const Tensor&)>>& ways) {
  for (const int part : {0, 1, 2}) {
    const auto call = [=](const std::function<Parts(const Tensor&)>& f) -> Fn {
      return [=](const Tensors& x) {
        const auto [values, inverse, counts] = f(x[0]);
        return part == 0 ? values : part == 1 ? inverse : counts;
      };
    };
    Case c{.label = std::string(name(domain.dtype)) + shape_text(shape) +
                    (dim ? " along " + std::to_string(*dim) : "") +
                    (part == 0   ? ""
                     : part == 1 ? " inverse"
                                 : " counts"),
           .inputs = {{shape, domain}},
           .fn = call(ways[0]),
           .reference =
               [=](const Arrays& in) {
                 const Uniques u = uniques(in[0], dim);
                 return part == 0 ? u.values : part == 1 ? u.inverse : u.counts;
               },
           .accuracy = exact(),
           .result = part == 0 ? domain.dtype : kLong};
    if (domain.dtype == kDouble) {
      c.inputs[0].domain.differentiable = false;
      if (part == 0) c.result = {};
    }
    for (std::size_t k = 1; k < ways.size(); ++k) c.spellings.push_back(call(ways[k]));
    s.add(std::move(c));
  }
}

const Register kUnique("unique", {"unique", "_unique", "_unique2", "unique_dim"}, [](Sample& s) {
  TAPEGRAD_EXAMPLE(unique(tensor({3.0, 1.0, 3.0})));
  TAPEGRAD_EXAMPLE(_unique(tensor({3.0, 1.0, 3.0}), true, true));
  TAPEGRAD_EXAMPLE(_unique2(tensor({3.0, 1.0, 3.0}), true, true, true));
  TAPEGRAD_EXAMPLE(unique_dim(tensor({{1.0, 2.0}, {1.0, 2.0}}), 0, true, true, true));
  for (const Domain& domain : {Domain{}, integers(-4, 5), booleans()}) {
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{3, 4}, Shape{2, 1, 3, 1, 2}, Shape{33}, Shape{0}, Shape{0, 3}})
      all_parts(
          s, shape, {}, domain,
          {[](const Tensor& x) { return unique(x); }, [](const Tensor& x) { return _unique2(x, true, true, true); },
           [](const Tensor& x) { return std::tuple_cat(_unique(x, true, true), std::tuple(std::get<2>(unique(x)))); }});
    const auto along = [&](const Shape& shape, std::int64_t dim) {
      all_parts(s, shape, dim, domain,
                {[=](const Tensor& x) { return unique(x, dim); }, [=](const Tensor& x) { return unique_dim(x, dim); }});
    };
    along({17}, 0);
    along({33, 1}, 0);
    along({3, 4}, 1);
    along({2, 9, 1}, -2);
    along({0, 3}, 0);
    along({0, 3}, 1);
  }
  all_parts(s, {40, 2}, 0, integers(0, 3), {[](const Tensor& x) { return unique(x, 0); }});
  s.edge({"no NaN equals another, both zeros do",
          {{kNan, 0, -0.0, kNan, -1}},
          {-1, 0, kNan, kNan},
          {},
          [](const Tensors& x) { return std::get<0>(unique(x[0])); }})
      .edge({"of rows too",
             {{kNan, 0, kNan, 0, 1, 0, 1, -0.0}},
             {2, 1, 1},
             {},
             [](const Tensors& x) {
               return std::get<2>(unique(x[0].view({4, 2}), 0));
             }})
      .throws<IndexError>("unique: Dimension out of range",
                          [] {
                            unique(of({2, 3}), 2);
                          })
      .throws<IndexError>("unique: Dimension out of range", [] { unique(of({}), 1); });
});

const Register kBincount("bincount", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0, 2, 2}).bincount());
  const auto counted = [](std::int64_t least, bool weighted) -> Reference {
    return [=](const Arrays& in) {
      Real most = static_cast<Real>(least - 1);
      for (const Dual& x : in[0].v) most = std::max(most, x.v);
      Array out(Shape{static_cast<std::int64_t>(most) + 1});
      for (std::size_t i = 0; i < in[0].size(); ++i)
        out.v[static_cast<std::size_t>(in[0].v[i].v)] += weighted ? in[1].v[i] : Dual(1);
      return out;
    };
  };
  for (const std::int64_t n : {1, 17, 33, 0})
    for (const std::int64_t least : {0, 3, 9}) {
      s.add({.label = shape_text({n}) + " least " + std::to_string(least),
             .inputs = {{{n}, integers(0, 7)}},
             .fn = [=](const Tensors& x) { return bincount(x[0], undefined(), least); },
             .reference = counted(least, false),
             .accuracy = exact(),
             .result = kLong,
             .spellings = {
                 [=](const Tensors& x) { return least == 0 ? x[0].bincount() : x[0].bincount(undefined(), least); }}});
      s.add({.label = shape_text({n}) + " least " + std::to_string(least) + " weighted",
             .inputs = {{{n}, integers(0, 7)}, {{n}}},
             .fn = [=](const Tensors& x) { return bincount(x[0], x[1], least); },
             .reference = counted(least, true),
             .accuracy = {2 * static_cast<double>(n), 2 * static_cast<double>(n),
                          [=](const Arrays& in) {
                            return counted(least, true)({in[0], absolute(in[1])});
                          }},
             .spellings = {[=](const Tensors& x) { return x[0].bincount(x[1], least); }}});
    }
  s.add({.label = "integer weights count as f64",
         .inputs = {{{9}, integers(0, 7)}, {{9}, integers(-3, 4)}},
         .fn = [](const Tensors& x) { return bincount(x[0], x[1]); },
         .reference = counted(0, true),
         .accuracy = exact(),
         .result = kDouble});
  s.throws<Error>("only supports 1-d non-negative integral inputs",
                  [] {
                    bincount(tensor({1, -1}));
                  })
      .throws<Error>("only supports 1-d non-negative integral inputs, but got Float", [] { bincount(of({2})); })
      .throws<Error>("only supports 1-d non-negative integral inputs, but got Bool", [] { bincount(of({2}, kBool)); })
      .throws<Error>("of sizes [2, 2]",
                     [] {
                       bincount(of({2, 2}, kLong));
                     })
      .throws<Error>("minlength should be >= 0", [] { bincount(of({2}, kLong), undefined(), -1); })
      .throws<ShapeError>("the same length as input, but got sizes [3] and [2]",
                          [] { bincount(of({2}, kLong), of({3})); })
      .throws<Error>("bincount", [] { bincount(full({1}, std::numeric_limits<std::int64_t>::max())); });
});

// The coordinates of what is not 0, as rows.
Array coordinates(const Array& x) {
  std::vector<Dual> rows;
  for_each(x.shape, [&](const Index& i) {
    if (x.at(i).v == 0) return;
    for (const std::int64_t at : i) rows.emplace_back(static_cast<Real>(at));
  });
  std::int64_t n = 0;
  for (const Dual& e : x.v) n += e.v != 0 ? 1 : 0;
  return Array({n, static_cast<std::int64_t>(x.shape.size())}, rows);
}

const std::vector<Domain> kWithZeros = {booleans(), integers(-1, 2), constant()};

const Register kNonzero("nonzero", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({0.0, 3.0, 4.0}).nonzero());
  for (const Domain& domain : kWithZeros)
    for (const Shape& shape :
         {Shape{}, Shape{1}, Shape{3, 4}, Shape{2, 1, 3, 1, 2}, Shape{33}, Shape{0}, Shape{0, 3}, Shape{3, 0, 2}})
      s.add({.label = std::string(name(domain.dtype)) + shape_text(shape),
             .inputs = {{shape, domain}},
             .fn = [](const Tensors& x) { return nonzero(x[0]); },
             .reference = [](const Arrays& in) { return coordinates(in[0]); },
             .accuracy = exact(),
             .result = kLong,
             .spellings = {[](const Tensors& x) { return x[0].nonzero(); }}});
  s.edge({"NaN is not 0, -0 is", {{kNan, -0.0, kInf}}, {0, 2}, {}, [](const Tensors& x) {
            return nonzero(x[0]).reshape({-1});
          }});
});

const Register kCountNonzero("count_nonzero", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{0.0, 3.0}, {4.0, 5.0}}).count_nonzero(1));
  for (const Domain& domain : kWithZeros)
    for (const Reduced& r : reductions(true)) {
      if (r.keepdim || r.large || r.full) continue;
      s.add({.label = label(name(domain.dtype), r),
             .inputs = {{r.shape, domain}},
             .fn = [=](const Tensors& x) { return count_nonzero(x[0], r.dims); },
             .reference =
                 [=](const Arrays& in) {
                   return reduce(in[0], r.dims, false, [](const std::vector<Dual>& v) {
                     return Dual(
                         static_cast<Real>(std::count_if(v.begin(), v.end(), [](const Dual& x) { return x.v != 0; })));
                   });
                 },
             .accuracy = exact(),
             .result = kLong,
             .spellings = {[=](const Tensors& x) { return x[0].count_nonzero(r.dims); }}});
    }
  s.throws<IndexError>("count_nonzero: Dimension out of range", [] { count_nonzero(of({2, 3}), 2); });
});

const Register kMaskedSelect("masked_select", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0, 3.0}).masked_select(tensor({true, false, true})));
  const auto add = [&](const Shape& x, const Shape& mask, const Domain& domain) {
    Case c{.label = std::string(name(domain.dtype)) + shape_text(x) + " by " + shape_text(mask),
           .inputs = {{x, domain}, {mask, booleans()}},
           .fn = [](const Tensors& t) { return masked_select(t[0], t[1]); },
           .reference =
               [=](const Arrays& in) {
                 const Shape both = broadcast(x, mask);
                 const Array a = expand(in[0], both), m = expand(in[1], both);
                 std::vector<Dual> picked;
                 for (std::size_t i = 0; i < a.size(); ++i)
                   if (m.v[i].v != 0) picked.push_back(a.v[i]);
                 return Array({static_cast<std::int64_t>(picked.size())}, picked);
               },
           .accuracy = exact(),
           .spellings = {[](const Tensors& t) { return t[0].masked_select(t[1]); }}};
    if (domain.dtype != kDouble) c.result = domain.dtype;
    s.add(std::move(c));
  };
  for (const Domain& domain : {Domain{}, integers(-9, 9), booleans()}) {
    add({}, {}, domain);
    add({3, 4}, {3, 4}, domain);
    add({3, 4}, {4}, domain);
    add({4}, {3, 4}, domain);
    add({3, 1}, {1, 4}, domain);
    add({2, 1, 3, 1, 2}, {3, 1, 2}, domain);
    add({33}, {33}, domain);
    add({0}, {0}, domain);
    add({3, 0, 2}, {3, 1, 1}, domain);
  }
  s.edge({"what is not picked does not matter",
          {{kNan, 3, kInf}},
          {3},
          {{0, 1, 0}},
          [](const Tensors& x) {
            return masked_select(x[0], tensor({false, true, false}));
          }})
      .edge({"nothing", {{1, 2}}, {}, {{0, 0}}, [](const Tensors& x) { return masked_select(x[0], of({2}, kBool)); }})
      .throws<DtypeError>("expected BoolTensor for mask, but got dtype Long",
                          [] { masked_select(of({3}), of({3}, kLong)); })
      .throws<ShapeError>("masked_select: The size of tensor a (3) must match",
                          [] { masked_select(of({3}), of({2}, kBool)); });
});

}  // namespace
}  // namespace tapegrad::test
