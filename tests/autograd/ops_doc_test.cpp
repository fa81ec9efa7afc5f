// docs/operations.md says what the headers and the samples say, and nothing else: it is made of them. With
// TAPEGRAD_WRITE_DOCS set (./dev docs) it is written, else compared.
#include <cxxabi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "registry.h"

namespace tapegrad::test {
namespace {

std::string path(const std::string& name) { return std::filesystem::path(TAPEGRAD_TEST_SOURCE_DIR) / name; }

std::string content(const std::string& name) {
  std::ifstream file(path(name));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string trimmed(const std::string& s) {
  const std::size_t first = s.find_first_not_of(' ');
  return first == std::string::npos ? "" : s.substr(first, s.find_last_not_of(' ') - first + 1);
}

// What a header says of one name: its section, its spellings, its text.
struct Entry {
  std::string name, section, text, gradient;
  std::vector<std::string> spellings;
};

// "const Tensor& x, std::int64_t dim = 0" as {"x", "dim = 0"}.
std::vector<std::string> parameters(const std::string& list) {
  std::vector<std::string> out;
  std::string piece;
  int depth = 0;
  for (const char c : list + ",") {
    depth += c == '<' || c == '{' || c == '(' ? 1 : c == '>' || c == '}' || c == ')' ? -1 : 0;
    if (c != ',' || depth > 0) {
      piece += c;
      continue;
    }
    const std::size_t equals = piece.find('=');
    const std::string before = trimmed(piece.substr(0, equals));
    std::string shown = before.substr(before.find_last_of(" &") + 1);
    if (equals != std::string::npos) shown += " = " + trimmed(piece.substr(equals + 1));
    for (const char* noise : {"std::nullopt", "undefined()"})
      if (const std::size_t at = shown.find(noise); at != std::string::npos)
        shown.replace(at, std::string::npos, "none");
    if (!shown.empty()) out.push_back(shown);
    piece.clear();
  }
  return out;
}

void read(const std::string& header, std::vector<Entry>& entries) {
  std::istringstream lines(content(header));
  std::string section = "new tensors", comment, line;
  bool methods = false;
  while (std::getline(lines, line)) {
    line = trimmed(line);
    if (line.rfind("// --- ", 0) == 0) section = line.substr(7);
    if (line.rfind("//", 0) == 0) {
      if (line.rfind("// --- ", 0) != 0) comment += (comment.empty() ? "" : " ") + trimmed(line.substr(2));
      continue;
    }
    if (line.rfind("struct ", 0) == 0) methods = true;
    if (line == "};") methods = false;
    if (line.rfind("TAPEGRAD_EXPORT ", 0) == 0) line = line.substr(16);
    const bool declares = line.rfind("Tensor", 0) == 0 || line.rfind("bool ", 0) == 0 || line.rfind("std::", 0) == 0;
    if (!declares || line.find('(') == std::string::npos || line.find("operator") != std::string::npos) {
      comment.clear();
      continue;
    }
    while (line.find(';') == std::string::npos) {
      std::string more;
      std::getline(lines, more);
      line += " " + trimmed(more);
    }
    if (const std::size_t slashes = line.find("//"); slashes != std::string::npos) {
      comment += (comment.empty() ? "" : " ") + trimmed(line.substr(slashes + 2));
      line = trimmed(line.substr(0, slashes));
    }
    const std::size_t open = line.find('('), close = line.rfind(')');
    const std::size_t start = line.find_last_of(" &", open) + 1;
    const std::string name = line.substr(start, open - start);
    std::string spelling = (methods ? "x." : "") + name + "(";
    const std::vector<std::string> args = parameters(line.substr(open + 1, close - open - 1));
    for (std::size_t k = 0; k < args.size(); ++k) spelling += (k > 0 ? ", " : "") + args[k];
    spelling += ")";
    const auto same = [&](const Entry& e) { return e.name == name; };
    auto found = std::find_if(entries.begin(), entries.end(), same);
    if (found == entries.end()) {
      entries.push_back({name, section, "", "", {}});
      found = entries.end() - 1;
    }
    std::vector<std::string>& known = found->spellings;
    if ((methods || found->section == section) && std::count(known.begin(), known.end(), spelling) == 0)
      known.push_back(spelling);
    if (found->text.empty() && !comment.empty()) {
      const std::size_t at = comment.find("grad: ");
      found->text = trimmed(comment.substr(0, at));
      while (!found->text.empty() && found->text.back() == ';') found->text.pop_back();
      if (at != std::string::npos) found->gradient = comment.substr(at + 6);
    }
    comment.clear();
  }
}

std::vector<Entry> entries() {
  std::vector<Entry> all;
  for (const char* header : {"autograd/ops.h", "autograd/losses.h", "autograd/create.h"}) read(header, all);
  all.erase(std::remove_if(all.begin(), all.end(), [](const Entry& e) { return e.name == "undefined"; }), all.end());
  all.erase(std::remove_if(all.begin(), all.end(), [](const Entry& e) { return e.name == "self"; }), all.end());
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

// Measured errors, in the units of the limit: written by ./dev docs on the machine that accuracy.txt names.
std::map<std::string, std::string> measured() {
  std::map<std::string, std::string> out;
  std::istringstream lines(content("tests/autograd/accuracy.txt"));
  for (std::string name, f32, f64; lines >> name >> f32 >> f64;) out[name] = f32 + " / " + f64;
  return out;
}

std::string accuracy(const Sample& s, const std::map<std::string, std::string>& found) {
  double f32 = 0, f64 = 0;
  bool scaled = false;
  for (const Case& c : s.cases) {
    if (c.result || c.large) continue;  // of a fixed dtype; limits that grow with n are shown for small n
    f32 = std::max(f32, c.accuracy.f32);
    f64 = std::max(f64, c.accuracy.f64);
    scaled = scaled || c.accuracy.magnitude != nullptr;
  }
  if (f32 == 0 && f64 == 0) return "exact";
  const auto at = found.find(s.name);
  char limits[32];
  std::snprintf(limits, sizeof limits, "%.3g / %.3g", f32, f64);
  return limits + std::string(scaled ? " eps of the terms" : " ULP") +
         (at == found.end() ? "" : ", measured " + at->second);
}

void write_operations(std::ostream& out) {
  const std::map<std::string, std::string> found = measured();
  std::string section;
  for (const Entry& e : entries()) {
    if (e.section != section) {
      section = e.section;
      out << "\n## " << static_cast<char>(std::toupper(section[0])) << section.substr(1) << "\n\n"
          << "| operation | what it gives | gradient | error at most, f32 / f64 |\n|---|---|---|---|\n";
    }
    std::string spellings;
    for (const std::string& s : e.spellings) spellings += (spellings.empty() ? "`" : "<br>`") + s + "`";
    const Sample* s = sample_of(e.name);
    out << "| " << cell(spellings) << " | " << cell(e.text) << " | " << cell(e.gradient) << " | "
        << (s == nullptr ? "" : accuracy(*s, found)) << " |\n";
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
         "of a sum; measured ones are the largest over the samples ("
      << trimmed(content("tests/autograd/accuracy_machine.txt")
                     .substr(0, content("tests/autograd/accuracy_machine.txt").find('\n')))
      << ").\n";
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
  if (std::getenv("TAPEGRAD_WRITE_DOCS") != nullptr) std::ofstream(path("docs/operations.md")) << want;
  EXPECT_TRUE(content("docs/operations.md") == want) << "docs/operations.md is out of date: run ./dev docs";
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

}  // namespace
}  // namespace tapegrad::test
