// Lengths of differences, and angles: cdist, pairwise_distance, normalize, cosine_similarity.
#include <algorithm>
#include <cmath>

#include "../registry.h"

namespace tapegrad::test {
namespace {

Dual p_norm(const std::vector<Dual>& v, double p) {
  Dual sum;
  for (const Dual& x : v) sum += p == 1 ? abs(x) : p == 2 ? x * x : pow(abs(x), Dual(static_cast<Real>(p)));
  return p == 1 || v.empty() ? sum : p == 2 ? sqrt(sum) : pow(sum, Dual(1 / static_cast<Real>(p)));
}

// As the differences are rounded against the larger of two numbers below 3, not against their norm.
Accuracy of_differences(const Shape& out) {
  return {64, 64, [=](const Arrays&) {
            Array m(out);
            for (Dual& x : m.v) x = 8;
            return m;
          }};
}

const Register kCdist("cdist", [](Sample& s) {
  TAPEGRAD_EXAMPLE(cdist(tensor({{0.0, 0.0}, {3.0, 0.0}}), tensor({{0.0, 4.0}})));
  const auto add = [&](const Shape& x1, const Shape& x2, double p) {
    Shape out(x1.begin(), x1.end() - 1);
    out.push_back(x2[x2.size() - 2]);
    s.add({.label = shape_text(x1) + " " + shape_text(x2) + " p " + std::to_string(p),
           .inputs = {{x1}, {x2}},
           .fn = [=](const Tensors& x) { return p == 2 ? cdist(x[0], x[1]) : cdist(x[0], x[1], p); },
           .reference =
               [=](const Arrays& in) {
                 Array distances(out);
                 for_each(out, [&](const Index& i) {
                   std::vector<Dual> d;
                   Index a(i.begin(), i.end() - 1), b(i.begin(), i.end() - 2);
                   b.push_back(i.back());
                   for (Shape* to : {&a, &b}) to->push_back(0);
                   for (; a.back() < x1.back(); ++a.back(), ++b.back()) d.push_back(in[0].at(a) - in[1].at(b));
                   distances.at(i) = p_norm(d, p);
                 });
                 return distances;
               },
           .accuracy = of_differences(out)});
  };
  for (const double p : {2.0, 1.0, 3.0, 1.5}) {
    add({3, 4}, {2, 4}, p);
    add({2, 3, 4}, {2, 5, 4}, p);
    add({0, 4}, {2, 4}, p);
  }
  add({1, 1}, {1, 1}, 2);
  add({3, 17}, {4, 17}, 2);
  add({3, 0}, {2, 0}, 2);
  const auto distance = [](double p) {
    return [=](const Tensors& x) { return cdist(x[0].view({1, -1}), x[1].view({1, -1}), p).view({1}); };
  };
  s.edge({"the gradient is 0 at 0", {{1, 2}, {1, 2}}, {0}, {{0, 0}, {0, 0}}, distance(2)})
      .edge({"of p = 1 too", {{1, 2}, {1, 2}}, {0}, {{0, 0}, {0, 0}}, distance(1)})
      .edge({"of p = 3 too", {{1, 2}, {1, 2}}, {0}, {{0, 0}, {0, 0}}, distance(3)})
      .edge({"and at 0 in one place", {{1, 2}, {1, 5}}, {3}, {{0, -1}, {0, 1}}, distance(2)})
      .edge({"p = 0 counts", {{1, 2, 3}, {1, 5, 4}}, {2}, {}, distance(0)})
      .edge({"p = inf is the largest", {{1, 2, 3}, {1, 5, 4}}, {3}, {{0, -1, 0}, {0, 1, 0}}, distance(kInf)})
      .throws<ShapeError>("at least 2 dims",
                          [] {
                            cdist(of({3}), of({2, 3}));
                          })
      .throws<ShapeError>("the same number of columns, but got sizes [2, 3] and [2, 4]",
                          [] {
                            cdist(of({2, 3}), of({2, 4}));
                          })
      .throws<Error>("non-negative p values, but got -1",
                     [] {
                       cdist(of({2, 3}), of({2, 3}), -1);
                     })
      .throws<DtypeError>("cdist", [] {
        cdist(of({2, 3}, kLong), of({2, 3}, kLong));
      });
});

const Register kPairwiseDistance("pairwise_distance", [](Sample& s) {
  TAPEGRAD_EXAMPLE(pairwise_distance(tensor({{3.0, 0.0}}), tensor({{0.0, 4.0}})));
  const auto add = [&](const Shape& x1, const Shape& x2, double p, bool keepdim) {
    Shape out = broadcast(x1, x2);
    keepdim ? void(out.back() = 1) : out.pop_back();
    s.add({.label = shape_text(x1) + " " + shape_text(x2) + " p " + std::to_string(p) + (keepdim ? " kept" : ""),
           .inputs = {{x1}, {x2}},
           .fn = [=](const Tensors& x) { return pairwise_distance(x[0], x[1], p, 1e-6, keepdim); },
           .reference =
               [=](const Arrays& in) {
                 const Array d = elementwise(in, [](const Dual* x) { return x[0] - x[1] + Dual(1e-6L); });
                 return reduce(d, {-1}, keepdim, [=](const std::vector<Dual>& v) { return p_norm(v, p); });
               },
           .accuracy = of_differences(out)});
  };
  for (const double p : {2.0, 1.0, 3.0})
    for (const bool keepdim : {false, true}) {
      add({3, 4}, {3, 4}, p, keepdim);
      add({3, 4}, {4}, p, keepdim);
    }
  add({2, 3, 4}, {3, 1}, 2, false);
  add({17}, {17}, 2, false);
  add({0, 3}, {0, 3}, 2, false);
  s.edge({"eps is added to each difference", {{1, 2}, {1, 2}}, {1e-6 * std::sqrt(2.0)}, {}, [](const Tensors& x) {
            return pairwise_distance(x[0], x[1]).view({1});
          }});
  s.edge({"without eps the gradient is 0 at 0", {{1, 2}, {1, 2}}, {0}, {{0, 0}, {0, 0}}, [](const Tensors& x) {
            return pairwise_distance(x[0], x[1], 2, 0).view({1});
          }});
  s.throws<ShapeError>("pairwise_distance", [] { pairwise_distance(of({2, 3}), of({2, 4})); });
});

Array normalized(const Array& x, double p, std::int64_t dim, Real eps) {
  return along(x, dim, [=](std::vector<Dual> line) {
    const Dual norm = p_norm(line, p);
    for (Dual& e : line) e = e / (norm.v < eps ? Dual(eps) : norm);
    return line;
  });
}

const Register kNormalize("normalize", [](Sample& s) {
  TAPEGRAD_EXAMPLE(normalize(tensor({{3.0, 4.0}})));
  for (const double p : {2.0, 1.0, 3.0})
    for (const auto& [shape, dim] : std::vector<std::pair<Shape, std::int64_t>>{
             {{3, 4}, 1}, {{3, 4}, 0}, {{2, 3, 4}, -1}, {{2, 1, 3, 1, 2}, 2}, {{17}, 0}, {{0, 3}, 1}, {{3, 0, 2}, 2}})
      s.add({.label = shape_text(shape) + " along " + std::to_string(dim) + " p " + std::to_string(p),
             .inputs = {{shape}},
             .fn = [=, dim = dim](const Tensors& x) { return normalize(x[0], p, dim); },
             .reference = [=, dim = dim](const Arrays& in) { return normalized(in[0], p, dim, 1e-12L); },
             .accuracy = {16, 16}});
  const Fn fn = [](const Tensors& x) { return normalize(x[0], 2, 0); };
  s.edge({"of zeros: g / eps", {{0, 0}}, {0, 0}, {{1e12, 1e12}}, fn})
      .edge({"a long vector", {{3e30, 4e30}}, {0.6, 0.8}, {}, fn})
      .edge({"a short one is not divided by its norm",
             {{1.5, 0}},
             {0.75, 0},
             {{0.5, 0.5}},
             [](const Tensors& x) { return normalize(x[0], 2, 0, 2); }})
      .throws<IndexError>("normalize: Dimension out of range", [] { normalize(of({3})); })
      .throws<DtypeError>("normalize", [] {
        normalize(of({2, 3}, kLong));
      });
});

const Register kCosineSimilarity("cosine_similarity", [](Sample& s) {
  TAPEGRAD_EXAMPLE(cosine_similarity(tensor({{1.0, 0.0}}), tensor({{3.0, 4.0}})));
  const auto add = [&](const Shape& x1, const Shape& x2, std::int64_t dim) {
    Shape out = broadcast(x1, x2);
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(wrap(dim, out.size())));
    s.add({.label = shape_text(x1) + " " + shape_text(x2) + " along " + std::to_string(dim),
           .inputs = {{x1}, {x2}},
           .fn =
               [=](const Tensors& x) {
                 return dim == 1 ? cosine_similarity(x[0], x[1]) : cosine_similarity(x[0], x[1], dim);
               },
           .reference =
               [=](const Arrays& in) {
                 const Shape shape = broadcast(x1, x2);
                 const Array a = normalized(expand(in[0], shape), 2, dim, 1e-8L);
                 const Array b = normalized(expand(in[1], shape), 2, dim, 1e-8L);
                 return reduce(elementwise({a, b}, [](const Dual* x) { return x[0] * x[1]; }), {dim}, false, total);
               },
           .accuracy = of_differences(out)});
  };
  add({3, 4}, {3, 4}, 1);
  add({3, 4}, {3, 4}, 0);
  add({2, 3, 4}, {3, 4}, -1);
  add({2, 3, 4}, {2, 3, 1}, 1);
  add({17}, {17}, 0);
  add({0, 3}, {0, 3}, 1);
  const Fn fn = [](const Tensors& x) { return cosine_similarity(x[0], x[1], 0).view({1}); };
  s.edge({"at right angles", {{3, 0}, {0, 8}}, {0}, {{0, 1 / 3.0}, {0.125, 0}}, fn})
      .edge({"of zeros is 0", {{0, 0}, {3, 4}}, {0}, {{0.6e8, 0.8e8}, {0, 0}}, fn})
      .throws<ShapeError>("cosine_similarity",
                          [] {
                            cosine_similarity(of({2, 3}), of({2, 4}));
                          })
      .throws<IndexError>("cosine_similarity: Dimension out of range", [] { cosine_similarity(of({3}), of({3})); });
});

}  // namespace
}  // namespace tapegrad::test
