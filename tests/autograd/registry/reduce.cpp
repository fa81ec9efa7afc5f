// sum, mean, max, min, argmax, argmin.
#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "../registry.h"

namespace tapegrad::test {
namespace {

struct Dims {
  std::vector<std::int64_t> dims;
  bool keepdim;
};

struct Reduced {
  Shape shape;
  Dims how;  // no dims: over all, by the overload without dims
};

const std::vector<Reduced>& over_dims() {
  static const std::vector<Reduced> all = {{{3, 4}, {{0}, false}},        {{3, 4}, {{1}, true}},
                                           {{3, 4}, {{-1}, false}},       {{3, 4}, {{-2}, true}},
                                           {{3, 4}, {{0, 1}, false}},     {{3, 4}, {{1, 0}, true}},
                                           {{2, 3, 4}, {{1}, false}},     {{2, 3, 4}, {{0, 2}, true}},
                                           {{2, 3, 4}, {{-1, 0}, false}}, {{2, 1, 3, 1, 2}, {{0, -2}, false}},
                                           {{17}, {{0}, false}},          {{33, 2}, {{0}, true}},
                                           {{1, 5}, {{0}, false}},        {{}, {{0}, false}},
                                           {{0}, {{0}, false}},           {{0, 3}, {{0}, false}},
                                           {{0, 3}, {{1}, true}},         {{3, 0, 2}, {{0, 2}, false}}};
  return all;
}

std::string label(const Shape& shape, const Dims& how) {
  return shape_text(shape) + " over " + shape_text(how.dims) + (how.keepdim ? " kept" : "");
}

std::int64_t terms(const Shape& shape, const Dims& how) {
  std::int64_t n = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    bool over = how.dims.empty();
    for (const std::int64_t k : how.dims) over = over || wrap(k, shape.size()) == d;
    if (over) n *= shape[d];
  }
  return n;
}

// 2 log2 n eps * sum abs(x).
Accuracy of_sum(const Shape& shape, const Dims& how, const Fold& fold) {
  const double factor = 2 * std::log2(static_cast<double>(std::max<std::int64_t>(1, terms(shape, how))));
  return {factor, factor, [how, fold](const Arrays& in) {
            Array x = in[0];
            for (Dual& e : x.v) e = abs(e);
            return reduce(x, how.dims, how.keepdim, fold);
          }};
}

Dual mean_of(const std::vector<Dual>& v) {
  return total(v) * (v.empty() ? std::numeric_limits<Real>::quiet_NaN() : 1 / static_cast<Real>(v.size()));
}

using OverAll = Tensor (*)(const Tensor&);
using OverDims = Tensor (*)(const Tensor&, const Dims&);

void fill(Sample& s, OverAll all, OverAll all_method, OverDims some, OverDims some_method, const Fold& fold, bool sums,
          bool empties) {
  const auto add = [&](const Shape& shape, const Dims& how, bool large) {
    Case c{
        .label = label(shape, how),
        .inputs = {{shape}},
        .fn = [=](const Tensors& x) { return how.dims.empty() ? all(x[0]) : some(x[0], how); },
        .reference = [=](const Arrays& in) { return reduce(in[0], how.dims, how.keepdim, fold); },
        .accuracy = sums ? of_sum(shape, how, fold) : exact(),
        .spellings = {[=](const Tensors& x) { return how.dims.empty() ? all_method(x[0]) : some_method(x[0], how); }},
        .large = large};
    if (count(shape) > 0 || empties || !sums) s.add(std::move(c));
  };
  for (const Shape& shape : {Shape{}, Shape{1}, Shape{2, 3, 4}, Shape{2, 1, 3, 1, 2}, Shape{17}, Shape{33}})
    add(shape, {}, false);
  if (empties)
    for (const Shape& shape : {Shape{0}, Shape{3, 0, 2}}) add(shape, {}, false);
  add({300, 401}, {}, true);
  if (some == nullptr) return;
  for (const Reduced& r : over_dims()) add(r.shape, r.how, false);
  for (const Dims& how : {Dims{{0}, false}, Dims{{1}, true}}) add({300, 401}, how, true);
}

const Register kSum("sum", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).sum(1));
  fill(
      s, [](const Tensor& x) { return sum(x); }, [](const Tensor& x) { return x.sum(); },
      [](const Tensor& x, const Dims& d) { return sum(x, d.dims, d.keepdim); },
      [](const Tensor& x, const Dims& d) { return x.sum(d.dims, d.keepdim); }, total, true, true);
  s.edge({"NaN and infinity", {{1, kInf}}, {kInf}, {{1, 1}}, [](const Tensors& x) { return sum(x[0]).view({1}); }})
      .edge({"of one number", {{-0.1}}, {-0.1}, {{1}}, [](const Tensors& x) { return sum(x[0], 0, true); }})
      .throws<IndexError>("Dimension out of range (expected to be in range of [-2, 1], but got 2)",
                          [] {
                            sum(of({2, 3}), 2);
                          })
      .throws<IndexError>("Dimension out of range (expected to be in range of [-2, 1], but got -3)",
                          [] {
                            of({2, 3}).sum(-3);
                          })
      .throws<Error>("appears multiple times in the list of dims", [] {
        sum(of({2, 3}), {0, -2});
      });
});

const Register kMean("mean", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).mean(0));
  fill(
      s, [](const Tensor& x) { return mean(x); }, [](const Tensor& x) { return x.mean(); },
      [](const Tensor& x, const Dims& d) { return mean(x, d.dims, d.keepdim); },
      [](const Tensor& x, const Dims& d) { return x.mean(d.dims, d.keepdim); }, mean_of, true, false);
  const auto kept = [](const Tensors& x) { return mean(x[0], 0, true); };
  s.edge({"of nothing is NaN", {{}}, {kNan}, {}, kept})
      .edge({"of all of nothing is NaN", {{}}, {kNan}, {}, [](const Tensors& x) { return mean(x[0]).view({1}); }})
      .edge({"of one", {{-0.1}}, {-0.1}, {{1}}, kept})
      .edge({"is a mean", {{1, 2, 6}}, {3}, {{1 / 3.0, 1 / 3.0, 1 / 3.0}}, kept})
      .throws<DtypeError>("could not infer output dtype. Input dtype must be either a floating point or complex dtype",
                          [] { mean(of({2}, kLong)); })
      .throws<IndexError>("Dimension out of range (expected to be in range of [-2, 1], but got 2)", [] {
        mean(of({2, 3}), 2);
      });
});

template <bool kMax>
Dual extreme(const std::vector<Dual>& v) {
  Dual best = v.at(0);
  for (const Dual& x : v)
    if (kMax ? x.v > best.v : x.v < best.v) best = x;
  return best;
}

template <bool kMax>
Dual place(const std::vector<Dual>& v) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < v.size(); ++i)
    if (kMax ? v[i].v > v[best].v : v[i].v < v[best].v) best = i;
  return Dual(static_cast<Real>(best));
}

using OverOne = std::tuple<Tensor, Tensor> (*)(const Tensor&, std::int64_t, bool);

// max and min over one dim: values with the gradient of the first, and indices without.
template <bool kMax>
void fill_pairs(Sample& s, OverOne function, OverOne method) {
  const auto add = [&](const Shape& shape, std::int64_t dim, bool keepdim, bool large) {
    Case c{.label = "values " + label(shape, {{dim}, keepdim}),
           .inputs = {{shape}},
           .fn = [=](const Tensors& x) { return std::get<0>(function(x[0], dim, keepdim)); },
           .reference = [=](const Arrays& in) { return reduce(in[0], {dim}, keepdim, extreme<kMax>); },
           .accuracy = exact(),
           .spellings = {[=](const Tensors& x) { return std::get<0>(method(x[0], dim, keepdim)); }},
           .large = large};
    s.add(c);
    c.label = "indices " + label(shape, {{dim}, keepdim});
    c.fn = [=](const Tensors& x) { return std::get<1>(function(x[0], dim, keepdim)); };
    c.reference = [=](const Arrays& in) { return reduce(in[0], {dim}, keepdim, place<kMax>); };
    c.spellings = {[=](const Tensors& x) { return std::get<1>(method(x[0], dim, keepdim)); }};
    c.result = kLong;
    s.add(c);
  };
  for (const bool keepdim : {false, true}) {
    add({3, 4}, 0, keepdim, false);
    add({3, 4}, -1, keepdim, false);
    add({2, 3, 4}, 1, keepdim, false);
    add({2, 1, 3, 1, 2}, -3, keepdim, false);
    add({17}, 0, keepdim, false);
    add({}, -1, keepdim, false);
    add({0, 3}, 1, keepdim, false);
    add({3, 0, 2}, 0, keepdim, false);
  }
  add({300, 401}, 0, false, true);
  add({300, 401}, 1, false, true);
}

constexpr char kNoElements[] = "Expected reduction dim";

const Register kMax("max", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 5.0}, {4.0, 2.0}}).max(1));
  fill(
      s, [](const Tensor& x) { return max(x); }, [](const Tensor& x) { return x.max(); }, nullptr, nullptr,
      extreme<true>, false, false);
  fill_pairs<true>(
      s, [](const Tensor& x, std::int64_t d, bool k) { return max(x, d, k); },
      [](const Tensor& x, std::int64_t d, bool k) { return x.max(d, k); });
  const auto all = [](const Tensors& x) { return max(x[0]).view({1}); };
  const auto first = [](const Tensors& x) { return std::get<0>(max(x[0], 0, true)); };
  const auto index = [](const Tensors& x) { return std::get<1>(max(x[0], 0, true)); };
  s.edge({"ties split evenly", {{1, 3, 3, 0, 3, 3}}, {3}, {{0, .25, .25, 0, .25, .25}}, all})
      .edge({"over a dim the first takes all", {{1, 3, 3, 0, 3, 3}}, {3}, {{0, 1, 0, 0, 0, 0}}, first})
      .edge({"the first index", {{1, 3, 3, 0}}, {1}, {}, index})
      .edge({"NaN wins", {{1, kNan, 3}}, {kNan}, {}, all})
      .edge({"NaN wins over a dim", {{1, kNan, 3}}, {kNan}, {{0, 1, 0}}, first})
      .edge({"the place of NaN", {{1, kNan, kNan}}, {1}, {}, index})
      .edge({"of minus infinities", {{-kInf, -kInf}}, {-kInf}, {{0.5, 0.5}}, all})
      .throws<Error>(kNoElements, [] { max(of({0})); })
      .throws<Error>(kNoElements,
                     [] {
                       max(of({3, 0}), 1);
                     })
      .throws<IndexError>(kRange, [] {
        max(of({2, 3}), 2);
      });
});

const Register kMin("min", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 5.0}, {4.0, 2.0}}).min(1));
  fill(
      s, [](const Tensor& x) { return min(x); }, [](const Tensor& x) { return x.min(); }, nullptr, nullptr,
      extreme<false>, false, false);
  fill_pairs<false>(
      s, [](const Tensor& x, std::int64_t d, bool k) { return min(x, d, k); },
      [](const Tensor& x, std::int64_t d, bool k) { return x.min(d, k); });
  const auto all = [](const Tensors& x) { return min(x[0]).view({1}); };
  const auto first = [](const Tensors& x) { return std::get<0>(min(x[0], 0, true)); };
  s.edge({"ties split evenly", {{1, 0, 0, 3}}, {0}, {{0, .5, .5, 0}}, all})
      .edge({"over a dim the first takes all", {{1, 0, 0, 3}}, {0}, {{0, 1, 0, 0}}, first})
      .edge({"NaN wins", {{1, kNan, 3}}, {kNan}, {}, all})
      .throws<Error>(kNoElements, [] { min(of({0})); })
      .throws<IndexError>(kRange, [] {
        min(of({2, 3}), 2);
      });
});

using ArgDim = Tensor (*)(const Tensor&, OptInt, bool);

template <bool kMax>
void fill_arg(Sample& s, ArgDim function, ArgDim method) {
  const auto add = [&](const Shape& shape, OptInt dim, bool keepdim, bool large) {
    const std::vector<std::int64_t> dims = dim ? std::vector<std::int64_t>{*dim} : std::vector<std::int64_t>{};
    s.add({.label = label(shape, {dims, keepdim}),
           .inputs = {{shape}},
           .fn = [=](const Tensors& x) { return function(x[0], dim, keepdim); },
           .reference = [=](const Arrays& in) { return reduce(in[0], dims, keepdim, place<kMax>); },
           .accuracy = exact(),
           .result = kLong,
           .spellings = {[=](const Tensors& x) { return method(x[0], dim, keepdim); }},
           .large = large});
  };
  for (const Shape& shape : {Shape{}, Shape{1}, Shape{2, 3, 4}, Shape{33}}) add(shape, std::nullopt, false, false);
  for (const bool keepdim : {false, true}) {
    add({3, 4}, 0, keepdim, false);
    add({2, 3, 4}, -2, keepdim, false);
    add({17}, 0, keepdim, false);
    add({0, 3}, 1, keepdim, false);
  }
  add({300, 401}, std::nullopt, false, true);
  add({300, 401}, 1, false, true);
  s.throws<IndexError>(kRange, [] { argmax(of({2, 3}), 2); });
}

const Register kArgmax("argmax", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 5.0}, {4.0, 2.0}}).argmax(1));
  fill_arg<true>(
      s, [](const Tensor& x, OptInt d, bool k) { return argmax(x, d, k); },
      [](const Tensor& x, OptInt d, bool k) { return x.argmax(d, k); });
  const auto all = [](const Tensors& x) { return argmax(x[0]).view({1}); };
  s.edge({"the first of ties", {{0, 3, 3, 1}}, {1}, {}, all})
      .edge({"NaN wins", {{0, kNan, 3, kNan}}, {1}, {}, all})
      .throws<Error>(kNoElements, [] { argmax(of({0})); })
      .throws<Error>(kNoElements, [] {
        argmax(of({3, 0}), 1);
      });
});

const Register kArgmin("argmin", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{4.0, 5.0}, {1.0, 2.0}}).argmin());
  fill_arg<false>(
      s, [](const Tensor& x, OptInt d, bool k) { return argmin(x, d, k); },
      [](const Tensor& x, OptInt d, bool k) { return x.argmin(d, k); });
  const auto all = [](const Tensors& x) { return argmin(x[0]).view({1}); };
  s.edge({"the first of ties", {{3, 0, 0, 1}}, {1}, {}, all})
      .edge({"NaN wins", {{0, kNan, -3}}, {1}, {}, all})
      .throws<Error>(kNoElements, [] { argmin(of({0})); });
});

}  // namespace
}  // namespace tapegrad::test
