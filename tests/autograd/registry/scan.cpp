// cumsum: integers and bools are summed as int64.
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

}  // namespace
}  // namespace tapegrad::test
