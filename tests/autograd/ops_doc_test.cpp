// docs/operations.md says what the headers and the samples say, and nothing else: it is made of them. With
// TAPEGRAD_WRITE_DOCS set (./dev docs) it is written, else compared.
#include <cxxabi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "op_headers.h"
#include "registry.h"

namespace tapegrad::test {
namespace {

// What the headers say of one name.
struct Entry {
  std::string name, section, text, gradient;
  std::vector<std::string> spellings, functions;  // the functions are shown where there is no method
};

std::vector<Entry> entries() {
  std::vector<Entry> all;
  for (const Declaration& d : declarations()) {
    if (d.name == "undefined" || d.name == "self" || d.name.rfind("operator", 0) == 0) continue;
    auto at = std::find_if(all.begin(), all.end(), [&](const Entry& e) { return e.name == d.name; });
    if (at == all.end()) at = all.insert(all.end(), {d.name, d.section, "", "", {}, {}});
    std::vector<std::string>& known = d.method ? at->spellings : at->functions;
    if (std::count(known.begin(), known.end(), d.spelling) == 0) known.push_back(d.spelling);
    if (!at->text.empty() || d.text.empty()) continue;
    at->section = d.section;  // a name belongs where it is explained
    at->text = d.text;
    at->gradient = d.gradient;
  }
  for (Entry& e : all)
    if (e.spellings.empty()) e.spellings = e.functions;
  return all;
}

// A cell of a table.
std::string cell(std::string s) {
  for (std::size_t at = 0; (at = s.find('|', at)) != std::string::npos; at += 2) s.replace(at, 1, "\\|");
  return s;
}

std::string number(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", v);
  return text;
}

std::string list(const std::vector<double>& v) {
  std::string s;
  for (const double x : v) s += (s.empty() ? "" : ", ") + number(x);
  return v.empty() ? "[]" : s;
}

const Sample* sample_of(const std::string& function) {
  for (const Sample& s : samples())
    if (std::count(s.functions.begin(), s.functions.end(), function) > 0) return &s;
  return nullptr;
}

std::string accuracy(const Sample& s) {
  double f32 = 0, f64 = 0;
  bool scaled = false;
  for (const Case& c : s.cases) {
    if (c.result || c.large) continue;  // of a fixed dtype; limits that grow with n are shown for small n
    f32 = std::max(f32, c.accuracy.f32);
    f64 = std::max(f64, c.accuracy.f64);
    scaled = scaled || c.accuracy.magnitude != nullptr;
  }
  if (f32 == 0 && f64 == 0) return "exact";
  char limits[32];
  std::snprintf(limits, sizeof limits, "%.3g / %.3g", f32, f64);
  return limits + std::string(scaled ? " eps of the terms" : " ULP");
}

// The examples of a name's sample that call it.
std::vector<const Example*> examples_of(const std::string& name) {
  std::vector<const Example*> found;
  const Sample* s = sample_of(name);
  if (s == nullptr) return found;
  for (const Example& e : s->examples) {
    const std::string source = e.source, call = name + "(";
    for (std::size_t at = source.find(call); at != std::string::npos; at = source.find(call, at + 1)) {
      if (at > 0 && (std::isalnum(source[at - 1]) != 0 || source[at - 1] == '_')) continue;
      found.push_back(&e);
      break;
    }
  }
  return found;
}

void write_operations(std::ostream& out) {
  const std::vector<Entry> all = entries();
  std::vector<std::string> sections;
  for (const Entry& e : all)
    if (std::count(sections.begin(), sections.end(), e.section) == 0) sections.push_back(e.section);
  for (const std::string& section : sections) {
    out << "\n## " << static_cast<char>(std::toupper(section[0])) << section.substr(1) << "\n\n"
        << "| operation | what it gives | gradient | example | error at most, f32 / f64 |\n|---|---|---|---|---|\n";
    for (const Entry& e : all) {
      if (e.section != section) continue;
      std::string spellings;
      for (const std::string& s : e.spellings) spellings += (spellings.empty() ? "`" : "<br>`") + s + "`";
      std::string examples;
      for (const Example* x : examples_of(e.name))
        examples += (examples.empty() ? "`" : "<br>`") + std::string(x->source) + "` gives " + x->result();
      const Sample* s = sample_of(e.name);
      out << "| " << cell(spellings) << " | " << cell(e.text) << " | " << cell(e.gradient) << " | " << cell(examples)
          << " | " << (s == nullptr ? "" : accuracy(*s)) << " |\n";
    }
  }
}

std::string class_of(const Failure& f) {
  int status = 0;
  char* text = abi::__cxa_demangle(f.class_name.c_str(), nullptr, nullptr, &status);
  std::string name = status == 0 ? text : f.class_name;
  std::free(text);
  return name.substr(name.rfind(':') + 1);
}

// The rows of an edge: one an element where inputs, values and gradients go side by side.
void write_edge(std::ostream& out, const Sample& s, const Edge& e, int& rows) {
  const std::size_t n = e.value.size();
  const auto has_n = [n](const std::vector<double>& v) { return v.size() == n; };
  const bool split = std::all_of(e.inputs.begin(), e.inputs.end(), has_n) &&
                     std::all_of(e.gradients.begin(), e.gradients.end(), has_n);
  for (std::size_t i = 0; i < (split ? n : 1); ++i, ++rows) {
    const auto shown = [&](const std::vector<double>& v) { return split ? number(v[i]) : list(v); };
    const auto joined = [&](const std::vector<std::vector<double>>& all) {
      std::string text;
      for (const auto& v : all) text += (text.empty() ? "" : "; ") + shown(v);
      return text;
    };
    out << "| " << s.name << " | " << cell(e.label) << " | " << joined(e.inputs) << " | " << shown(e.value) << " | "
        << joined(e.gradients) << " |\n";
  }
}

std::string document(int& rows) {
  std::ostringstream out;
  out << "# Operations\n\n"
         "Made by `./dev docs` from the declarations in `autograd/*.h` and the samples in `tests/autograd/registry/`,\n"
         "which the tests hold the library to. x is the tensor, y the result, g the gradient of the result; gradients\n"
         "stand in the order of the inputs, and each is itself differentiable. Errors are in units in the last place\n"
         "(ULP) of the result, or in machine epsilons times the sum of the absolute terms, which is what rounding "
         "makes\n"
         "of a sum; docs/accuracy.md has the largest that were measured.\n";
  write_operations(out);
  out << "\n## Boundary table\n\nAt kinks, poles, infinities, NaN, and where nothing is left to compute with.\n\n"
         "| operation | where | input | value | gradient |\n|---|---|---|---|---|\n";
  for (const Sample& s : samples())
    for (const Edge& e : s.edges) write_edge(out, s, e, rows);
  out << "\n## What throws\n\n| operation | error | its sentence |\n|---|---|---|\n";
  for (const Sample& s : samples())
    for (const Failure& f : s.failures)
      out << "| " << s.name << " | " << class_of(f) << " | " << cell(f.message) << " |\n";
  return out.str();
}

TEST(OperationsPage, IsMadeOfHeadersAndSamples) {
  int rows = 0;
  const std::string want = document(rows);
  EXPECT_GE(rows, 60) << "rows of the boundary table";
  if (std::getenv("TAPEGRAD_WRITE_DOCS") != nullptr)
    std::ofstream(std::filesystem::path(TAPEGRAD_TEST_SOURCE_DIR) / "docs/operations.md") << want;
  EXPECT_TRUE(source_text("docs/operations.md") == want) << "docs/operations.md is out of date: run ./dev docs";
}

TEST(OperationsPage, SaysWhatEachOperationGivesAndItsGradient) {
  for (const Entry& e : entries()) {
    const Sample* s = sample_of(e.name);
    const bool is_in_place = e.name.back() == '_';
    if (s == nullptr || is_in_place) continue;
    EXPECT_FALSE(e.text.empty()) << e.name << " has no text in its header";
    EXPECT_EQ(e.gradient.empty(), !any_case(*s, is_differentiable)) << e.name << ": \"grad: \" in its header";
  }
}

TEST(OperationsPage, ShowsAnExampleOfEachOperation) {
  for (const Entry& e : entries()) {
    const Sample* s = sample_of(e.name);
    if (s == nullptr || e.name.back() == '_') continue;
    EXPECT_FALSE(examples_of(e.name).empty()) << e.name << ": TAPEGRAD_EXAMPLE in its sample " << s->name;
  }
}

}  // namespace
}  // namespace tapegrad::test
