// prod, all, any: integers and bools count as int64.
#include <algorithm>

#include "unary.h"

namespace tapegrad::test {
namespace {

constexpr char kScalarRange[] = "Dimension out of range (expected to be in range of [-1, 0], but got 1)";

// Over all elements without a dim, or over one.
struct Over {
  Shape shape;
  OptInt dim;
  bool keepdim = false, large = false, full = false;
};

const std::vector<Over>& reductions() {
  static const std::vector<Over> all = {{{}, {}},
                                        {{}, -1},
                                        {{}, 0, true},
                                        {{1}, {}},
                                        {{1}, 0},
                                        {{1}, 0, true},
                                        {{0}, {}},
                                        {{0}, 0, true},
                                        {{2, 3, 4}, {}},
                                        {{2, 3, 4}, 1},
                                        {{2, 3, 4}, -1, true},
                                        {{2, 1, 3, 1, 2}, {}},
                                        {{2, 1, 3, 1, 2}, -3},
                                        {{2, 1, 3, 1, 2}, 1},
                                        {{3, 4}, 0},
                                        {{3, 4}, -2, true},
                                        {{17}, {}},
                                        {{33}, 0},
                                        {{33, 2}, 0},
                                        {{1, 5}, 0},
                                        {{1, 5}, 0, true},
                                        {{0, 3}, {}},
                                        {{0, 3}, 0},
                                        {{0, 3}, 1, true},
                                        {{3, 0, 2}, 1},
                                        {{3, 0, 2}, -1, true},
                                        {{1025}, {}, false, false, true},
                                        {{300, 401}, {}, false, true},
                                        {{300, 401}, 0, false, true},
                                        {{300, 401}, 1, true, true}};
  return all;
}

std::vector<std::int64_t> dims_of(const Over& o) {
  return o.dim ? std::vector<std::int64_t>{*o.dim} : std::vector<std::int64_t>{};
}

struct Calls {
  Tensor (*all)(const Tensor&);
  Tensor (*all_method)(const Tensor&);
  Tensor (*one)(const Tensor&, std::int64_t, bool);
  Tensor (*one_method)(const Tensor&, std::int64_t, bool);
};
#define TAPEGRAD_TEST_CALLS(name)                                                      \
  {                                                                                    \
    [](const Tensor& x) { return name(x); }, [](const Tensor& x) { return x.name(); }, \
        [](const Tensor& x, std::int64_t d, bool k) { return name(x, d, k); },         \
        [](const Tensor& x, std::int64_t d, bool k) { return x.name(d, k); }           \
  }

void fill(Sample& s, const std::string& name, const Calls& calls, const Domain& domain, std::optional<Dtype> result,
          const Fold& fold) {
  for (const Over& o : reductions()) {
    Accuracy accuracy = exact();
    // A product of a thousand such numbers would leave the range of f32.
    const Domain drawn = o.full && domain.dtype == kDouble ? Domain{0.9, 1.1} : domain;
    // Each of n - 1 products is rounded by half an eps.
    if (domain.dtype == kDouble && !result) {
      const double n = static_cast<double>(std::max<std::int64_t>(2, count(o.shape)));
      accuracy = {n / 2, n / 2, [=](const Arrays& in) {
                    Array m = reduce(in[0], dims_of(o), o.keepdim, fold);
                    for (Dual& x : m.v) x = abs(x);
                    return m;
                  }};
    }
    s.add({.label = name + (name.empty() ? "" : " ") + shape_text(o.shape) + " over " + shape_text(dims_of(o)) +
                    (o.keepdim ? " kept" : ""),
           .inputs = {{o.shape, drawn}},
           .fn = [=](const Tensors& x) { return o.dim ? calls.one(x[0], *o.dim, o.keepdim) : calls.all(x[0]); },
           .reference = [=](const Arrays& in) { return reduce(in[0], dims_of(o), o.keepdim, fold); },
           .accuracy = accuracy,
           .result = result,
           .spellings = {[=](const Tensors& x) {
             return o.dim ? calls.one_method(x[0], *o.dim, o.keepdim) : calls.all_method(x[0]);
           }},
           .large = o.large,
           .full = o.full});
  }
}

Dual product(const std::vector<Dual>& v) {
  Dual p(1);
  for (const Dual& x : v) p = p * x;
  return p;
}

const Register kProd("prod", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).prod(1));
  const Calls calls = TAPEGRAD_TEST_CALLS(prod);
  fill(s, "", calls, {-2, 2}, {}, product);
  fill(s, "int64", calls, {-1, 3, kLong, false}, kLong, product);
  fill(s, "bool", calls, booleans(), kLong, product);
  // Products of many signs and twos would overflow.
  s.cases.erase(std::remove_if(s.cases.begin(), s.cases.end(),
                               [](const Case& c) { return c.label.rfind("int64 (1025)", 0) == 0; }),
                s.cases.end());
  const Fn all = [](const Tensors& x) { return prod(x[0]).reshape({1}); };
  const Fn dim = [](const Tensors& x) { return prod(x[0], 0, true); };
  s.edge({"with one 0", {{2, 0, 3}}, {0}, {{0, 6, 0}}, all})
      .edge({"with one 0 over a dim", {{2, 0, 3, 5}}, {0}, {{0, 30, 0, 0}}, dim})
      .edge({"with two zeros", {{0, -0.0, 3}}, {0}, {{0, 0, 0}}, all})
      .edge({"of 0 alone", {{0}}, {0}, {{1}}, all})
      .edge({"of nothing is 1", {{}}, {1}, {}, all})
      .edge({"of nothing over a dim is 1", {{}}, {1}, {}, dim})
      .edge({"of an infinity and 0 is NaN", {{kInf, 0}}, {kNan}, {{0, kInf}}, all})
      .edge({"of NaN is NaN", {{kNan, 0}}, {kNan}, {{0, kNan}}, all})
      .edge({"an even number of signs", {{-1, -2, 3}}, {6}, {{-6, -3, 2}}, all})
      .edge({"of one has bytes of its own", {{3}}, {3}, {}, written_over([](const Tensor& x) { return prod(x); })})
      .edge({"of one over a dim has bytes of its own", {{3}}, {3}, {}, written_over([](const Tensor& x) {
               return prod(x, 0);
             })})
      .edge({"of one, kept, has bytes of its own", {{3}}, {3}, {}, written_over([](const Tensor& x) {
               return prod(x, 0, true);
             })})
      .throws<IndexError>(kRange,
                          [] {
                            prod(of({2, 3}), 2);
                          })
      .throws<IndexError>(kBelow,
                          [] {
                            of({2, 3}).prod(-3);
                          })
      .throws<IndexError>(kScalarRange, [] { prod(of({}), 1); });
});

Dual whether(bool yes) { return Dual(yes ? 1 : 0); }

Dual none_0(const std::vector<Dual>& v) {
  return whether(std::none_of(v.begin(), v.end(), [](const Dual& x) { return x.v == 0; }));
}

Dual some_not_0(const std::vector<Dual>& v) {
  return whether(std::any_of(v.begin(), v.end(), [](const Dual& x) { return x.v != 0; }));
}

const Register kAll("all", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{true, false}, {true, true}}).all(1));
  const Calls calls = TAPEGRAD_TEST_CALLS(all);
  fill(s, "", calls, {}, kBool, none_0);
  fill(s, "int64", calls, {-1, 6, kLong, false}, kBool, none_0);
  fill(s, "bool", calls, booleans(), kBool, none_0);
  const Fn fn = [](const Tensors& x) { return all(x[0], 0, true); };
  s.edge({"NaN and infinities are not 0", {{kNan, kInf, -kInf, 1e-40}}, {1}, {}, fn})
      .edge({"-0 is 0", {{1, -0.0}}, {0}, {}, fn})
      .edge({"of nothing is true", {{}}, {1}, {}, fn})
      .throws<IndexError>(kRange,
                          [] {
                            all(of({2, 3}), 2);
                          })
      .throws<IndexError>(kBelow,
                          [] {
                            of({2, 3}).all(-3);
                          })
      .throws<IndexError>(kScalarRange, [] { all(of({}), 1); });
});

const Register kAny("any", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{true, false}, {false, false}}).any(1));
  const Calls calls = TAPEGRAD_TEST_CALLS(any);
  fill(s, "", calls, {}, kBool, some_not_0);
  fill(s, "int64", calls, {0, 2, kLong, false}, kBool, some_not_0);
  fill(s, "bool", calls, booleans(), kBool, some_not_0);
  const Fn fn = [](const Tensors& x) { return any(x[0], 0, true); };
  s.edge({"NaN is not 0", {{0, kNan}}, {1}, {}, fn})
      .edge({"subnormal numbers are not 0", {{0, 0x1p-149}}, {1}, {}, fn})
      .edge({"of zeros", {{0, -0.0}}, {0}, {}, fn})
      .edge({"of nothing is false", {{}}, {0}, {}, fn})
      .throws<IndexError>(kRange,
                          [] {
                            any(of({2, 3}), 2);
                          })
      .throws<IndexError>(kBelow,
                          [] {
                            of({2, 3}).any(-3);
                          })
      .throws<IndexError>(kScalarRange, [] { any(of({}), 1); });
});

}  // namespace
}  // namespace tapegrad::test
