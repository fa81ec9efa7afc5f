// softmax and log_softmax.
#include <algorithm>
#include <cmath>

#include "../registry.h"

namespace tapegrad::test {
namespace {

std::vector<Dual> softmax_line(const std::vector<Dual>& line) {
  std::vector<Dual> out = log_softmax(line);
  for (Dual& x : out) x = exp(x);
  return out;
}

// max abs(x) + 1
std::vector<Dual> scale_line(const std::vector<Dual>& line) {
  Real m = 0;
  for (const Dual& x : line) m = std::max(m, std::abs(x.v));
  return std::vector<Dual>(line.size(), Dual(m + 1));
}

using Call = Tensor (*)(const Tensor&, std::int64_t);

void fill(Sample& s, Call fn, Call method, const Line& line, const Line& magnitude, double factor) {
  const auto add = [&](const Shape& shape, std::int64_t dim, bool large) {
    s.add({.label = shape_text(shape) + " along " + std::to_string(dim),
           .inputs = {{shape}},
           .fn = [=](const Tensors& x) { return fn(x[0], dim); },
           .reference = [=](const Arrays& in) { return along(in[0], dim, line); },
           .accuracy = {factor, factor, [=](const Arrays& in) { return along(in[0], dim, magnitude); }},
           .spellings = {[=](const Tensors& x) { return method(x[0], dim); }},
           .large = large});
  };
  add({3, 4}, 0, false);
  add({3, 4}, 1, false);
  add({2, 3, 4}, 1, false);
  add({2, 3, 4}, -1, false);
  add({2, 1, 3, 1, 2}, 2, false);
  add({5, 1}, 1, false);
  add({17}, 0, false);
  add({33}, -1, false);
  add({}, 0, false);
  add({0}, 0, false);
  add({0, 3}, 1, false);
  add({3, 0, 2}, 0, false);
  add({300, 401}, 1, true);
  add({300, 401}, 0, true);
}

const Register kSoftmax("softmax", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{0.0, 0.0}, {0.0, 2.0}}).softmax(1));
  fill(
      s, [](const Tensor& x, std::int64_t d) { return softmax(x, d); },
      [](const Tensor& x, std::int64_t d) { return x.softmax(d); }, softmax_line, softmax_line, 32);
  const auto fn = [](const Tensors& x) { return softmax(x[0], 0); };
  s.edge({"does not overflow", {{1000, 1000, -1000}}, {0.5, 0.5, 0}, {{0, 0, 0}}, fn})
      .edge({"a masked place is 0", {{0, -kInf, 0}}, {0.5, 0, 0.5}, {{0, 0, 0}}, fn})
      .edge({"all masked is NaN", {{-kInf, -kInf}}, {kNan, kNan}, {}, fn})
      .edge({"of one", {{3}}, {1}, {{0}}, fn})
      .throws<IndexError>(kRange, [] {
        softmax(of({2, 3}), 2);
      });
});

const Register kLogSoftmax("log_softmax", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{0.0, 2.0}}).log_softmax(1));
  fill(
      s, [](const Tensor& x, std::int64_t d) { return log_softmax(x, d); },
      [](const Tensor& x, std::int64_t d) { return x.log_softmax(d); },
      [](const std::vector<Dual>& line) { return log_softmax(line); }, scale_line, 8);
  const auto fn = [](const Tensors& x) { return log_softmax(x[0], 0); };
  s.edge({"keeps its digits near 0", {{40, 0}}, {-std::exp(-40.0), -40}, {}, fn})
      .edge({"does not overflow", {{1000, -1000}}, {0, -2000}, {{-1, 1}}, fn})
      .edge({"a masked place is -inf", {{0, -kInf}}, {0, -kInf}, {}, fn})
      .edge({"of one", {{3}}, {0}, {{0}}, fn})
      .throws<IndexError>(kRange, [] {
        log_softmax(of({2, 3}), 2);
      });
});

}  // namespace
}  // namespace tapegrad::test
