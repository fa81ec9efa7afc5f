// Elements in order: sort, argsort, topk, median, searchsorted.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "unary.h"

namespace tapegrad::test {
namespace {

bool less(const Dual& x, const Dual& y) { return x.v < y.v || (std::isnan(y.v) && !std::isnan(x.v)); }

// The first k elements of the line in order, or their indices.
Line ordered(bool descending, bool indices, std::int64_t k = -1) {
  return [=](const std::vector<Dual>& line) {
    std::vector<std::size_t> at(line.size());
    std::iota(at.begin(), at.end(), 0);
    std::stable_sort(at.begin(), at.end(), [&](std::size_t i, std::size_t j) {
      return descending ? less(line[j], line[i]) : less(line[i], line[j]);
    });
    if (k >= 0) at.resize(static_cast<std::size_t>(k));
    std::vector<Dual> out;
    for (const std::size_t i : at) out.push_back(indices ? Dual(static_cast<Real>(i)) : line[i]);
    return out;
  };
}

// Lines that become shorter or longer.
Array lines(const Array& x, std::int64_t dim, std::int64_t n, const Line& f) {
  if (x.shape.empty()) return Array(n == 1 ? Shape{} : Shape{n}, f(x.v));
  const std::size_t d = wrap(dim, x.shape.size());
  Shape shape = x.shape;
  shape[d] = n;
  Array out(shape);
  for_each(shape, [&](const Index& i) {
    if (i[d] != 0) return;
    std::vector<Dual> line;
    Index from = i;
    for (from[d] = 0; from[d] < x.shape[d]; ++from[d]) line.push_back(x.at(from));
    const std::vector<Dual> to = f(line);
    for (Index at = i; at[d] < n; ++at[d]) out.at(at) = to.at(static_cast<std::size_t>(at[d]));
  });
  return out;
}

struct Sorted {
  Shape shape;
  std::int64_t dim;
  bool large = false;
};
const std::vector<Sorted> kSorted = {
    {{}, 0},    {{1}, 0}, {{3, 4}, 0}, {{3, 4}, -1},   {{2, 3, 4}, 1}, {{2, 1, 3, 1, 2}, 2},  {{17}, 0},
    {{33}, -1}, {{0}, 0}, {{0, 3}, 1}, {{3, 0, 2}, 1}, {{3, 0, 2}, 0}, {{300, 101}, 0, true}, {{20000}, 0, true}};

std::string label(const Sorted& c, const std::string& more) {
  return shape_text(c.shape) + " along " + std::to_string(c.dim) + " " + more;
}

const std::vector<std::pair<std::string, Domain>> kDomains = {
    {"", {}}, {"int64 ", integers(-5, 6)}, {"bool ", booleans()}};

// Cases of values and of indices, ascending and descending, of each dtype.
using Picked = std::tuple<Tensor, Tensor>;
using Pick = std::function<Picked(const Tensor&, std::int64_t dim, bool descending)>;
void both(Sample& s, const std::vector<Pick>& ways, const std::function<std::int64_t(std::int64_t)>& length) {
  for (const Sorted& c : kSorted)
    for (const auto& [name, domain] : kDomains)
      for (const bool descending : {false, true}) {
        const std::int64_t n = c.shape.empty() ? 1 : c.shape[wrap(c.dim, c.shape.size())];
        const auto add = [&, name = name, domain = domain](bool indices) {
          const auto call = [=](const Pick& pick) -> Fn {
            return [=](const Tensors& x) {
              const auto [values, index] = pick(x[0], c.dim, descending);
              return indices ? index : values;
            };
          };
          Case one{.label = label(c, name + (descending ? "down" : "up") + (indices ? " index" : "")),
                   .inputs = {{c.shape, domain}},
                   .fn = call(ways[0]),
                   .reference =
                       [=](const Arrays& in) {
                         return lines(in[0], c.dim, length(n), ordered(descending, indices, length(n)));
                       },
                   .accuracy = exact(),
                   .large = c.large};
          if (indices || domain.dtype != kDouble) one.result = indices ? kLong : domain.dtype;
          for (std::size_t k = 1; k < ways.size(); ++k) one.spellings.push_back(call(ways[k]));
          s.add(std::move(one));
        };
        add(false);
        add(true);
      }
}

template <std::size_t k>
Fn part(const std::function<Picked(const Tensor&)>& f) {
  return [=](const Tensors& x) { return std::get<k>(f(x[0])); };
}

const Register kSort("sort", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({3.0, 1.0, 2.0}).sort());
  both(s,
       {[](const Tensor& x, std::int64_t d, bool down) { return sort(x, d, down); },
        [](const Tensor& x, std::int64_t d, bool down) { return x.sort(d, down); },
        [](const Tensor& x, std::int64_t d, bool down) { return sort(x, /*stable=*/true, d, down); },
        [](const Tensor& x, std::int64_t d, bool down) { return x.sort(/*stable=*/false, d, down); }},
       [](std::int64_t n) { return n; });
  const Fn up = part<0>([](const Tensor& x) { return sort(x); });
  const Fn down = part<0>([](const Tensor& x) { return sort(x, 0, true); });
  s.edge({"NaN is last", {{kNan, kInf, 1, -kInf}}, {-kInf, 1, kInf, kNan}, {{1, 1, 1, 1}}, up})
      .edge({"descending NaN is first", {{1, kNan, kInf}}, {kNan, kInf, 1}, {{1, 1, 1}}, down})
      .edge({"NaNs and zeros stay in order",
             {{kNan, 0, -0.0, kNan, 0}},
             {1, 2, 4, 0, 3},
             {},
             part<1>([](const Tensor& x) { return sort(x); })})
      .edge({"descending equal ones stay in order",
             {{0, 1, -0.0, 1, kNan}},
             {4, 1, 3, 0, 2},
             {},
             part<1>([](const Tensor& x) { return sort(x, 0, true); })})
      .edge({"of a scalar has bytes of its own", {{3}}, {3}, {}, written_over([](const Tensor& x) {
               return std::get<0>(sort(x.view({})));
             })})
      .throws<IndexError>(kRange,
                          [] {
                            sort(of({2, 3}), 2);
                          })
      .throws<IndexError>(kBelow, [] {
        of({2, 3}).sort(-3);
      });
});

const Register kArgsort("argsort", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({3.0, 1.0, 2.0}).argsort(0, true));
  for (const Sorted& c : kSorted)
    for (const bool descending : {false, true})
      s.add({.label = label(c, descending ? "down" : "up"),
             .inputs = {{c.shape, integers(-5, 6)}},
             .fn = [=](const Tensors& x) { return argsort(x[0], c.dim, descending); },
             .reference = [=](const Arrays& in) { return along(in[0], c.dim, ordered(descending, true)); },
             .accuracy = exact(),
             .result = kLong,
             .spellings = {[=](const Tensors& x) { return x[0].argsort(c.dim, descending); },
                           [=](const Tensors& x) { return argsort(x[0], /*stable=*/true, c.dim, descending); },
                           [=](const Tensors& x) { return x[0].argsort(/*stable=*/true, c.dim, descending); }},
             .large = c.large});
  s.throws<IndexError>(kRange, [] { argsort(of({2, 3}), 2); });
});

const Register kTopk("topk", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({3.0, 1.0, 2.0}).topk(2));
  both(s,
       {[](const Tensor& x, std::int64_t d, bool down) {
          return topk(x, x.dim() == 0 ? 1 : (x.size(d) + 1) / 2, d, down);
        },
        [](const Tensor& x, std::int64_t d, bool down) {
          return x.topk(x.dim() == 0 ? 1 : (x.size(d) + 1) / 2, d, down);
        }},
       [](std::int64_t n) { return (n + 1) / 2; });
  const auto top = [](std::int64_t k, bool largest) {
    return part<0>([=](const Tensor& x) { return topk(x, k, 0, largest); });
  };
  s.edge({"NaN is the largest", {{1, kNan, 3, 2}}, {kNan, 3}, {{0, 1, 1, 0}}, top(2, true)})
      .edge({"and never the smallest", {{1, kNan, 3, 2}}, {1, 2}, {{1, 0, 0, 1}}, top(2, false)})
      .edge({"of ties the first", {{1, 3, 3, 3}}, {3, 3}, {{0, 1, 1, 0}}, top(2, true)})
      .edge({"none", {{1, 3}}, {}, {{0, 0}}, top(0, true)})
      .edge({"all", {{1, 3}}, {3, 1}, {{1, 1}}, top(2, true)})
      .throws<IndexError>("selected index k out of range",
                          [] {
                            topk(of({2, 3}), 4);
                          })
      .throws<IndexError>("selected index k out of range",
                          [] {
                            of({2, 3}).topk(-1);
                          })
      .throws<IndexError>("selected index k out of range", [] { topk(of({}), 2); })
      .throws<IndexError>(kRange, [] {
        topk(of({2, 3}), 1, 2);
      });
});

Line middle(bool indices) {
  return [=](const std::vector<Dual>& line) {
    return std::vector<Dual>{ordered(false, indices)(line).at((line.size() - 1) / 2)};
  };
}

const Register kMedian("median", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({3.0, 1.0, 2.0, 4.0}).median());
  const auto add = [&](const Shape& shape, std::int64_t dim, bool keepdim, const std::string& name,
                       const Domain& domain) {
    for (const bool index : {false, true}) {
      Case c{.label = name + shape_text(shape) + " along " + std::to_string(dim) + (keepdim ? " kept" : "") +
                      (index ? " index" : ""),
             .inputs = {{shape, domain}},
             .fn =
                 [=](const Tensors& x) {
                   const auto [value, at] = median(x[0], dim, keepdim);
                   return index ? at : value;
                 },
             .reference =
                 [=](const Arrays& in) {
                   Array out = lines(in[0], dim, 1, middle(index));
                   if (!keepdim && !shape.empty())
                     out.shape.erase(out.shape.begin() + static_cast<std::ptrdiff_t>(wrap(dim, shape.size())));
                   return out;
                 },
             .accuracy = exact(),
             .spellings = {[=](const Tensors& x) {
               const auto [value, at] = x[0].median(dim, keepdim);
               return index ? at : value;
             }}};
      if (index || domain.dtype != kDouble) c.result = index ? kLong : domain.dtype;
      s.add(std::move(c));
    }
  };
  for (const auto& [name, domain] : kDomains) {
    for (const bool keepdim : {false, true}) {
      add({3, 4}, 0, keepdim, name, domain);
      add({3, 4}, -1, keepdim, name, domain);
      add({}, 0, keepdim, name, domain);
    }
    add({1}, 0, false, name, domain);
    add({2, 1, 3, 1, 2}, 2, false, name, domain);
    add({17}, 0, false, name, domain);
    add({33}, -1, true, name, domain);
    add({0, 3}, 1, false, name, domain);
    add({3, 0, 2}, 0, true, name, domain);
  }
  for (const auto& [name, domain] : kDomains)
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{3, 4}, Shape{2, 1, 3, 1, 2}, Shape{17}, Shape{33}}) {
      Case c{.label = name + shape_text(shape) + " of all",
             .inputs = {{shape, domain}},
             .fn = [](const Tensors& x) { return median(x[0]); },
             .reference = [](const Arrays& in) { return Array({}, middle(false)(in[0].v)); },
             .accuracy = exact(),
             .spellings = {[](const Tensors& x) { return x[0].median(); }}};
      if (domain.dtype != kDouble) c.result = domain.dtype;
      s.add(std::move(c));
    }
  const Fn all = [](const Tensors& x) { return median(x[0]).view({1}); };
  const Fn value = part<0>([](const Tensor& x) { return median(x, 0, true); });
  const Fn index = part<1>([](const Tensor& x) { return median(x, 0, true); });
  s.edge({"of all: the lower of two", {{4, 1, 3, 2}}, {2}, {{0, 0, 0, 1}}, all})
      .edge({"of all: ties share", {{2, 1, 2, 2, 5}}, {2}, {{1 / 3.0, 0, 1 / 3.0, 1 / 3.0, 0}}, all})
      .edge({"of all: NaN stays, and NaNs share", {{1, kNan, 2, kNan}}, {kNan}, {{0, 0.5, 0, 0.5}}, all})
      .edge({"of all: infinities are numbers", {{-kInf, 3, kInf}}, {3}, {{0, 1, 0}}, all})
      .edge({"of all: of nothing is NaN", {{}}, {kNan}, {}, all})
      .edge({"along a dim: the first of ties", {{2, 1, 2, 2, 5}}, {2}, {{0, 0, 1, 0, 0}}, value})
      .edge({"along a dim: NaN stays", {{1, kNan, 2, kNan}}, {kNan}, {{0, 1, 0, 0}}, value})
      .edge({"along a dim: the index of the first NaN", {{1, kNan, 2, kNan}}, {1}, {}, index})
      .throws<IndexError>("Expected reduction dim 1 to have non-zero size",
                          [] {
                            median(of({2, 0}), 1);
                          })
      .throws<DtypeError>("median", [] { median(of({0}, kLong)); })
      .throws<IndexError>(kRange, [] {
        median(of({2, 3}), 2);
      });
});

const Register kSearchsorted("searchsorted", [](Sample& s) {
  TAPEGRAD_EXAMPLE(searchsorted(tensor({1.0, 3.0, 5.0}), tensor({3.0, 4.0})));
  const auto add = [&](const Shape& sorted, const Shape& values, bool right, const Domain& domain,
                       const std::string& name) {
    s.add({.label = name + shape_text(sorted) + " " + shape_text(values) + (right ? " right" : ""),
           .inputs = {{sorted, domain}, {values, domain}},
           .fn = [=](const Tensors& x) { return searchsorted(std::get<0>(sort(x[0])), x[1], false, right); },
           .reference =
               [=](const Arrays& in) {
                 const Array rows = along(in[0], -1, ordered(false, false));
                 Array out(values);
                 for_each(values, [&](const Index& i) {
                   Index at = sorted.size() == 1 ? Index{0} : i;
                   Real n = 0;
                   for (at.back() = 0; at.back() < sorted.back(); ++at.back())
                     n += right ? rows.at(at).v <= in[1].at(i).v : rows.at(at).v < in[1].at(i).v;
                   out.at(i) = n;
                 });
                 return out;
               },
           .accuracy = exact(),
           .result = kLong});
  };
  for (const bool right : {false, true})
    for (const auto& [name, domain] : kDomains) {
      add({5}, {3, 4}, right, domain, name);
      add({5}, {}, right, domain, name);
      add({2, 5}, {2, 3}, right, domain, name);
      add({2, 1, 3, 33}, {2, 1, 3, 17}, right, domain, name);
      add({0}, {3}, right, domain, name);
      add({5}, {0}, right, domain, name);
      add({2, 0}, {2, 3}, right, domain, name);
    }
  const auto search = [](bool right) {
    return [=](const Tensors& x) { return searchsorted(x[0], x[1], false, right); };
  };
  s.edge({"ties before", {{1, 2, 2, 3}, {2, 0, 4, 3}}, {1, 0, 4, 3}, {}, search(false)})
      .edge({"ties behind", {{1, 2, 2, 3}, {2, 0, 4, 3}}, {3, 0, 4, 4}, {}, search(true)})
      .edge({"NaN goes behind all", {{1, 2}, {kNan, kInf}}, {2, 2}, {}, search(false)})
      .edge({"a number", {{1, 2, 3}}, {1}, {}, [](const Tensors& x) { return searchsorted(x[0], 1.5).view({1}); }})
      .edge({"a number among integers",
             {{1, 2, 3}},
             {1},
             {},
             [](const Tensors& x) { return searchsorted(x[0].to(kLong), 1.5).view({1}); }})
      .throws<DtypeError>("same dtype, but got Float and Double", [] { searchsorted(of({3}), of({2}, kDouble)); })
      .throws<ShapeError>("boundaries tensor [3, 4]",
                          [] {
                            searchsorted(of({3, 4}), of({2, 4}));
                          })
      .throws<ShapeError>("boundaries tensor []", [] { searchsorted(of({}), of({2})); });
});

}  // namespace
}  // namespace tapegrad::test
