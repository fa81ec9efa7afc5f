// cumsum, cumprod: integers and bools count as int64; diff.
#include <algorithm>
#include <cmath>

#include "unary.h"

namespace tapegrad::test {
namespace {

constexpr char kScalarRange[] = "Dimension out of range (expected to be in range of [-1, 0], but got 1)";

std::vector<Dual> running(const std::vector<Dual>& line) {
  std::vector<Dual> out;
  Dual sum;
  for (const Dual& x : line) out.push_back(sum += x);
  return out;
}

// 2 log2 n eps * sum abs(x), of the terms so far.
std::vector<Dual> running_magnitude(const std::vector<Dual>& line) {
  std::vector<Dual> out;
  Real sum = 0;
  for (const Dual& x : line) {
    sum += std::abs(x.v);
    out.push_back(Dual(2 * std::log2(static_cast<Real>(out.size() + 1)) * sum));
  }
  return out;
}

const Register kCumsum("cumsum", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 2.0}, {3.0, 4.0}}).cumsum(1));
  const auto add = [&](const std::string& name, const Shape& shape, std::int64_t dim, const Domain& domain, bool large,
                       bool full) {
    const bool real = domain.dtype == kDouble;
    s.add({.label = name + shape_text(shape) + " along " + std::to_string(dim),
           .inputs = {{shape, domain}},
           .fn = [=](const Tensors& x) { return cumsum(x[0], dim); },
           .reference = [=](const Arrays& in) { return along(in[0], dim, running); },
           .accuracy =
               real ? Accuracy{1, 1, [=](const Arrays& in) { return along(in[0], dim, running_magnitude); }} : exact(),
           .result = real ? std::optional<Dtype>() : kLong,
           .spellings = {[=](const Tensors& x) { return x[0].cumsum(dim); }},
           .large = large,
           .full = full});
  };
  for (const auto& [name, domain] :
       std::vector<std::pair<std::string, Domain>>{{"", {}}, {"int64 ", integers(-9, 10)}, {"bool ", booleans()}}) {
    add(name, {}, 0, domain, false, false);
    add(name, {}, -1, domain, false, false);
    add(name, {1}, 0, domain, false, false);
    add(name, {0}, 0, domain, false, false);
    add(name, {3, 4}, 0, domain, false, false);
    add(name, {3, 4}, -1, domain, false, false);
    add(name, {2, 3, 4}, 1, domain, false, false);
    add(name, {2, 1, 3, 1, 2}, -3, domain, false, false);
    add(name, {5, 1}, 1, domain, false, false);
    add(name, {17}, 0, domain, false, false);
    add(name, {33}, -1, domain, false, false);
    add(name, {0, 3}, 1, domain, false, false);
    add(name, {3, 0, 2}, 0, domain, false, false);
    add(name, {3, 0, 2}, 1, domain, false, false);
    add(name, {1025}, 0, domain, false, true);
    add(name, {300, 401}, 0, domain, true, false);
    add(name, {300, 401}, 1, domain, true, false);
  }
  const Fn fn = [](const Tensors& x) { return cumsum(x[0], 0); };
  s.edge({"an infinity stays", {{1, kInf, 2}}, {1, kInf, kInf}, {{3, 2, 1}}, fn})
      .edge({"infinities of both signs are NaN from there on",
             {{1, kInf, -kInf, 2}},
             {1, kInf, kNan, kNan},
             {{4, 3, 2, 1}},
             fn})
      .edge({"NaN stays", {{kNan, 1}}, {kNan, kNan}, {{2, 1}}, fn})
      .edge({"of nothing", {{}}, {}, {}, fn})
      .edge({"of one has bytes of its own", {{3}}, {3}, {}, written_over([](const Tensor& x) { return cumsum(x, 0); })})
      .throws<IndexError>(kRange,
                          [] {
                            cumsum(of({2, 3}), 2);
                          })
      .throws<IndexError>(kBelow,
                          [] {
                            of({2, 3}).cumsum(-3);
                          })
      .throws<IndexError>(kScalarRange, [] { cumsum(of({}), 1); });
});

std::vector<Dual> running_product(const std::vector<Dual>& line) {
  std::vector<Dual> out;
  Dual product = 1;
  for (const Dual& x : line) out.push_back(product = product * x);
  return out;
}

const Register kCumprod("cumprod", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0, 3.0, 4.0}).cumprod(0));
  const auto add = [&](const std::string& name, const Shape& shape, std::int64_t dim, const Domain& domain,
                       bool large = false) {
    const bool real = domain.dtype == kDouble;
    const double n = static_cast<double>(shape.empty() ? 1 : shape[wrap(dim, shape.size())]);
    s.add({.label = name + shape_text(shape) + " along " + std::to_string(dim),
           .inputs = {{shape, domain}},
           .fn = [=](const Tensors& x) { return cumprod(x[0], dim); },
           .reference = [=](const Arrays& in) { return along(in[0], dim, running_product); },
           .accuracy =
               real ? Accuracy{n, n, [=](const Arrays& in) { return along(absolute(in[0]), dim, running_product); }}
                    : exact(),
           .result = real ? std::optional<Dtype>() : kLong,
           .spellings = {[=](const Tensors& x) { return x[0].cumprod(dim); }},
           .large = large});
  };
  for (const auto& [name, domain] : std::vector<std::pair<std::string, Domain>>{
           {"", {-1.5, 1.5}}, {"int64 ", integers(-2, 3)}, {"bool ", booleans()}}) {
    add(name, {}, 0, domain);
    add(name, {1}, 0, domain);
    add(name, {0}, 0, domain);
    add(name, {2}, 0, domain);
    add(name, {3, 4}, 0, domain);
    add(name, {3, 4}, -1, domain);
    add(name, {2, 3, 4}, 1, domain);
    add(name, {2, 1, 3, 1, 2}, -3, domain);
    add(name, {17}, 0, domain);
    add(name, {0, 3}, 1, domain);
    add(name, {3, 0, 2}, 1, domain);
    add(name, {300, 401}, 1, domain, true);
  }
  const Fn fn = [](const Tensors& x) { return cumprod(x[0], 0); };
  s.edge({"a zero ends it, and has a gradient", {{2, 0, 3, 4}}, {2, 0, 0, 0}, {{1, 32, 0, 0}}, fn})
      .edge({"two zeros", {{2, 0, 3, 0}}, {2, 0, 0, 0}, {{1, 8, 0, 0}}, fn})
      .edge({"NaN stays", {{1, kNan, 2}}, {1, kNan, kNan}, {}, fn})
      .edge(
          {"of one has bytes of its own", {{3}}, {3}, {}, written_over([](const Tensor& x) { return cumprod(x, 0); })})
      .throws<IndexError>(kRange,
                          [] {
                            cumprod(of({2, 3}), 2);
                          })
      .throws<IndexError>(kScalarRange, [] { cumprod(of({}), 1); });
});

Array differences(const Array& x, std::int64_t dim, std::int64_t n) {
  Array out = x;
  for (; n > 0; --n) {
    const std::size_t d = wrap(dim, out.shape.size());
    Shape shape = out.shape;
    shape[d] = std::max<std::int64_t>(shape[d] - 1, 0);
    Array next(shape);
    for_each(shape, [&](const Index& i) {
      Index after = i;
      ++after[d];
      next.at(i) = out.at(after) - out.at(i);
    });
    out = next;
  }
  return out;
}

const Register kDiff("diff", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 4.0, 9.0, 16.0}).diff());
  const auto add = [&](const Shape& shape, std::int64_t n, std::int64_t dim, const Domain& domain = {}) {
    Case c{.label = std::string(name(domain.dtype)) + shape_text(shape) + " " + shape_text({n, dim}),
           .inputs = {{shape, domain}},
           .fn = [=](const Tensors& x) { return diff(x[0], n, dim); },
           .reference =
               [=](const Arrays& in) {
                 Array out = differences(in[0], dim, n);
                 if (domain.dtype == kBool) out = absolute(out);
                 return out;
               },
           .accuracy = {std::exp2(n), std::exp2(n)},
           .spellings = {[=](const Tensors& x) { return x[0].diff(n, dim); }}};
    c.accuracy.magnitude = [=](const Arrays& in) {
      Array m = differences(in[0], dim, n);
      for (Dual& e : m.v) e = 4;
      return m;
    };
    if (domain.dtype != kDouble) {
      c.accuracy = exact();
      c.result = domain.dtype;
    }
    s.add(std::move(c));
  };
  for (const std::int64_t n : {0, 1, 2, 3}) {
    add({5}, n, -1);
    add({3, 4}, n, 0);
    add({3, 4}, n, 1);
    add({2, 4, 3}, n, -2);
    add({0, 3}, n, 1);
  }
  add({1}, 1, 0);
  add({0}, 1, 0);
  add({3}, 7, 0);
  add({33}, 1, 0);
  add({3, 4}, 1, 1, integers(-9, 9));
  add({3, 4}, 1, 0, booleans());
  s.add({.label = "with both ends",
         .inputs = {{{2, 3}}, {{2, 1}}, {{2, 2}}},
         .fn = [](const Tensors& x) { return diff(x[0], 1, 1, x[1], x[2]); },
         .reference =
             [](const Arrays& in) {
               Array whole(Shape{2, 6});
               for_each(whole.shape, [&](const Index& i) {
                 whole.at(i) = i[1] < 1   ? in[1].at(i)
                               : i[1] < 4 ? in[0].at({i[0], i[1] - 1})
                                          : in[2].at({i[0], i[1] - 4});
               });
               return differences(whole, 1, 1);
             },
         .accuracy = rounded(),
         .spellings = {[](const Tensors& x) { return x[0].diff(1, 1, x[1], x[2]); }}});
  s.throws<ShapeError>("at least one-dimensional", [] { diff(of({})); })
      .throws<Error>("order must be non-negative but got -1", [] { diff(of({3}), -1); })
      .throws<IndexError>("diff: Dimension out of range",
                          [] {
                            diff(of({2, 3}), 1, 2);
                          })
      .throws<ShapeError>("diff: Sizes of tensors must match", [] {
        diff(of({2, 3}), 1, 1, of({3, 1}));
      });
});

}  // namespace
}  // namespace tapegrad::test
