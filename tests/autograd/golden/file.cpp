// Reads ops_golden.txt.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

#include "golden.h"

namespace tapegrad::test::golden {
namespace {

std::vector<std::int64_t> list(const std::string& word) {
  std::vector<std::int64_t> all;
  std::istringstream in(word.substr(1, word.size() - 2));
  for (std::string one; std::getline(in, one, ',');) all.push_back(std::stoll(one));
  return all;
}

std::vector<double> numbers(const char* at) {
  std::vector<double> all;
  for (char* end = nullptr;; at = end) {
    const double v = std::strtod(at, &end);
    if (end == at) return all;
    all.push_back(v);
  }
}

Line with_shape(const std::string& rest, bool leaf) {
  std::istringstream in(rest);
  std::string dtype, shape;
  in >> dtype >> shape;
  return {dtype, list(shape), numbers(rest.c_str() + dtype.size() + 1 + shape.size()), leaf};
}

GoldenCase begin(const std::string& name) {
  const std::size_t op = name.find(' '), bar = name.find(" | ");
  GoldenCase c;
  c.op = name.substr(0, op);
  c.variant = name.substr(op + 1, bar - op - 1);
  c.label = name.substr(bar + 3);
  return c;
}

void add_line(GoldenCase& c, const std::string& kind, const std::string& rest) {
  if (kind == "args") {
    std::istringstream in(rest);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    c.args = Args(words);
  } else if (kind == "leaf" || kind == "in") {
    c.inputs.push_back(with_shape(rest, kind == "leaf"));
  } else if (kind == "out") {
    c.outputs.push_back({with_shape(rest, false), std::nullopt});
  } else if (kind == "w") {
    Output& out = c.outputs.at(c.outputs.size() - 1);
    out.cotangent = Line{out.value.dtype, out.value.shape, numbers(rest.c_str())};
  } else if (kind == "grad") {
    std::size_t leaf = c.gradients.size();
    for (const Line& in : c.inputs)
      if (in.leaf && leaf-- == 0) c.gradients.push_back({in.dtype, in.shape, numbers(rest.c_str())});
  } else {
    throw std::runtime_error("ops_golden.txt: a line of an unknown kind: " + kind);
  }
}

// Calls f(kind, rest) for each line.
void each_line(const std::function<void(const std::string&, const std::string&)>& f) {
  const std::string path = std::filesystem::path(TAPEGRAD_TEST_SOURCE_DIR) / "tests/autograd/ops_golden.txt";
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path);
  for (std::string line; std::getline(in, line);) {
    const std::size_t space = line.find(' ');
    f(line.substr(0, space), space == std::string::npos ? "" : line.substr(space + 1));
  }
}

std::vector<GoldenCase> read(const std::function<bool(const std::string& name)>& wanted) {
  std::vector<GoldenCase> all;
  bool inside = false;
  each_line([&](const std::string& kind, const std::string& rest) {
    if (kind == "case") {
      inside = wanted(rest);
      if (inside) all.push_back(begin(rest));
    } else if (inside) {
      add_line(all.back(), kind, rest);
    }
  });
  return all;
}

}  // namespace

std::vector<GoldenCase> cases_of(const std::string& op) {
  return read([&](const std::string& name) { return name.compare(0, op.size() + 1, op + " ") == 0; });
}

std::vector<GoldenCase> all_cases() {
  return read([](const std::string&) { return true; });
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  each_line([&](const std::string& kind, const std::string& rest) {
    if (kind == "case") names.push_back(rest);
  });
  return names;
}

Dtype dtype_of(const std::string& word, Dtype real) {
  static const std::map<std::string, Dtype> fixed = {
      {"f32", kFloat}, {"f64", kDouble}, {"long", kLong}, {"bool", kBool}};
  return word == "real" ? real : fixed.at(word);
}

std::int64_t Args::integer(std::size_t k) const { return std::stoll(word(k)); }
OptInt Args::optional_integer(std::size_t k) const { return word(k) == "none" ? std::nullopt : OptInt(integer(k)); }
double Args::number(std::size_t k) const { return std::strtod(word(k).c_str(), nullptr); }

Scalar Args::scalar(std::size_t k) const {
  return word(k).find_first_not_of("-0123456789") == std::string::npos ? Scalar(integer(k)) : Scalar(number(k));
}

OptScalar Args::optional_scalar(std::size_t k) const { return word(k) == "none" ? std::nullopt : OptScalar(scalar(k)); }

std::optional<double> Args::optional_number(std::size_t k) const {
  return word(k) == "none" ? std::nullopt : std::optional<double>(number(k));
}

std::vector<std::int64_t> Args::integers(std::size_t k) const { return list(word(k)); }

Reduction Args::reduction(std::size_t k) const { return word(k) == "none" ? kNone : word(k) == "mean" ? kMean : kSum; }

Dtype Args::dtype(std::size_t k) const { return dtype_of(word(k), kDouble); }

}  // namespace tapegrad::test::golden
