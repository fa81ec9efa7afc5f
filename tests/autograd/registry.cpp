#include "registry.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tapegrad::test {
namespace {

struct Maker {
  std::string name;
  std::vector<std::string> functions;
  void (*fill)(Sample&);
};

std::vector<Maker>& makers() {
  static std::vector<Maker> all;
  return all;
}

struct Shapes {
  std::vector<Shape> inputs;
  bool large = false, full = false;
};

std::vector<Shapes> standard_shapes(std::size_t arity) {
  if (arity == 1)
    return {{{{}}},           {{{1}}},       {{{0}}},
            {{{0, 3}}},       {{{3, 0, 2}}}, {{{2, 1, 3, 1, 2}}},
            {{{17}}},         {{{33}}},      {{{1025}}, false, true},
            {{{70001}}, true}};
  if (arity == 2)
    return {{{{}, {}}},
            {{{1}, {1}}},
            {{{0}, {0}}},
            {{{0}, {1}}},
            {{{0, 3}, {3}}},
            {{{3, 1, 2}, {3, 0, 1}}},
            {{{4, 1}, {1, 5}}},
            {{{3, 1, 4}, {2, 1}}},
            {{{2, 1, 3, 1, 2}, {3, 1, 2, 1}}},
            {{{17}, {17}}},
            {{{33}, {}}},
            {{{}, {33}}},
            {{{1025}, {1025}}, false, true},
            {{{70001}, {70001}}, true},
            {{{251, 1}, {251, 279}}, true}};
  if (arity == 3)
    return {{{{}, {}, {}}},
            {{{1}, {1}, {}}},
            {{{0}, {1}, {0}}},
            {{{3, 0, 2}, {1, 2}, {3, 1, 1}}},
            {{{4, 1}, {1, 5}, {4, 5}}},
            {{{3, 1, 4}, {2, 1}, {4}}},
            {{{17}, {17}, {17}}},
            {{{70001}, {70001}, {}}, true}};
  throw std::logic_error("registry: an elementwise op of one, two or three inputs");
}

}  // namespace

Sample& Sample::elementwise(const Case& pattern, const std::vector<Domain>& domains,
                            const std::function<Dual(const Dual*)>& reference) {
  for (const Shapes& shapes : standard_shapes(domains.size())) {
    Case c = pattern;
    c.large = shapes.large;
    c.full = shapes.full;
    c.broadcasts = domains.size() > 1;
    for (std::size_t k = 0; k < domains.size(); ++k) {
      c.label += (c.label.empty() ? "" : " ") + shape_text(shapes.inputs[k]);
      c.inputs.push_back({shapes.inputs[k], domains[k]});
    }
    c.reference = [reference](const Arrays& in) { return test::elementwise(in, reference); };
    cases.push_back(std::move(c));
  }
  return *this;
}

Register::Register(std::string name, void (*fill)(Sample&)) { makers().push_back({name, {name}, fill}); }
Register::Register(std::string name, std::vector<std::string> functions, void (*fill)(Sample&)) {
  makers().push_back({std::move(name), std::move(functions), fill});
}

const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = [] {
    std::vector<Maker> sorted = makers();
    std::sort(sorted.begin(), sorted.end(), [](const Maker& x, const Maker& y) { return x.name < y.name; });
    std::vector<Sample> made;
    for (const Maker& m : sorted) {
      Sample s;
      s.name = m.name;
      s.functions = m.functions;
      m.fill(s);
      const std::string in_place = s.name + "_";
      if (s.name.back() != '_' && any_case(s, [](const Case& c) { return c.in_place != nullptr; }) &&
          std::find(s.functions.begin(), s.functions.end(), in_place) == s.functions.end())
        s.functions.push_back(in_place);
      made.push_back(std::move(s));
    }
    return made;
  }();
  return all;
}

std::vector<const Sample*> samples_where(bool (*wanted)(const Sample&)) {
  std::vector<const Sample*> out;
  for (const Sample& s : samples())
    if (wanted(s)) out.push_back(&s);
  return out;
}

bool any_case(const Sample& s, bool (*wanted)(const Case&)) {
  return std::any_of(s.cases.begin(), s.cases.end(), wanted);
}

bool is_differentiable(const Case& c) {
  return (!c.result || is_floating_point(*c.result)) &&
         std::any_of(c.inputs.begin(), c.inputs.end(), [](const Input& i) { return i.domain.differentiable; });
}

bool is_empty(const Case& c) {
  return std::any_of(c.inputs.begin(), c.inputs.end(), [](const Input& i) { return count(i.shape) == 0; });
}

bool run_all_shapes() {
  static const bool all = std::getenv("TAPEGRAD_TEST_FULL") != nullptr;
  return all;
}

bool is_small(const Case& c) { return !c.large && (!c.full || run_all_shapes()); }

std::string result_text(const Tensor& x) {
  if (!x.defined()) return "undefined";
  if (x.dim() > 0) {
    std::string text;
    for (const Tensor& part : x.detach().unbind()) text += (text.empty() ? "" : ", ") + result_text(part);
    return "[" + text + "]";
  }
  if (x.dtype() == kBool) return result_text(x.item<bool>());
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", x.item<double>());
  return text;
}
std::string result_text(const std::vector<Tensor>& all) {
  std::string text;
  for (const Tensor& x : all) text += (text.empty() ? "" : ", ") + result_text(x);
  return text;
}
std::string result_text(const std::tuple<Tensor, Tensor>& both) {
  return result_text(std::vector{std::get<0>(both), std::get<1>(both)});
}
std::string result_text(const std::tuple<Tensor, Tensor, Tensor>& all) {
  return result_text(std::vector{std::get<0>(all), std::get<1>(all), std::get<2>(all)});
}
std::string result_text(bool value) { return value ? "true" : "false"; }

std::string shape_text(const Shape& shape) {
  std::string text = "(";
  for (std::size_t d = 0; d < shape.size(); ++d) text += (d > 0 ? "," : "") + std::to_string(shape[d]);
  return text + ")";
}

}  // namespace tapegrad::test
