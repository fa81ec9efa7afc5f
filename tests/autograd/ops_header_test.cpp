// No operation without its proof: every function that ops.h declares has a sample in the registry, or stands below with
// the test that takes its place.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "registry.h"

namespace tapegrad::test {
namespace {

const std::map<std::string, std::string>& tested_elsewhere() {
  static const std::map<std::string, std::string> names = {
      {"undefined", "tensor_test.cpp: it is no operation"},
      {"empty", "creation_test.cpp: its elements have no value"},
      {"empty_like", "creation_test.cpp"},
      {"zeros", "creation_test.cpp"},
      {"zeros_like", "creation_test.cpp"},
      {"ones", "creation_test.cpp"},
      {"ones_like", "creation_test.cpp"},
      {"full", "creation_test.cpp"},
      {"full_like", "creation_test.cpp"},
      {"arange", "creation_test.cpp"},
      {"linspace", "creation_test.cpp"},
      {"eye", "creation_test.cpp"},
      {"rand", "random_test.cpp: the streams of PyTorch"},
      {"rand_like", "random_test.cpp"},
      {"randn", "random_test.cpp"},
      {"randn_like", "random_test.cpp"},
      {"randint", "random_test.cpp"},
      {"randperm", "random_test.cpp"},
      {"uniform_", "random_test.cpp"},
      {"normal_", "random_test.cpp"},
      {"self", "it is the tensor itself"},
  };
  return names;
}

std::string header() {
  std::ostringstream text;
  for (const char* name : {"ops.h", "create.h", "losses.h"}) {
    std::ifstream file(std::filesystem::path(TAPEGRAD_TEST_SOURCE_DIR) / "autograd" / name);
    for (std::string line; std::getline(file, line);) text << line.substr(0, line.find("//")) << '\n';
  }
  return text.str();
}

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The names that stand before a "(" and after a return type: `Tensor add(`, `Tensor& add_(`, `bool equal(`,
// `std::tuple<Tensor, Tensor> max(`, `Tensor operator-(`; and the operators of TAPEGRAD_OPERATOR(+).
std::set<std::string> declared() {
  const std::string text = header();
  std::set<std::string> names;
  const std::string macro = "\nTAPEGRAD_OPERATOR(";
  for (std::size_t at = 0; (at = text.find(macro, at)) != std::string::npos;) {
    at += macro.size();
    names.insert("operator" + text.substr(at, text.find(')', at) - at));
  }
  for (std::size_t paren = 0; (paren = text.find('(', paren + 1)) != std::string::npos;) {
    std::size_t end = paren, begin = paren;
    if (text[begin - 1] == '-') {
      const std::string op = "operator-";
      if (begin >= op.size() && text.substr(begin - op.size(), op.size()) == op) names.insert(op);
      continue;
    }
    while (begin > 0 && is_name(text[begin - 1])) --begin;
    if (begin == end) continue;
    std::size_t type = begin;
    while (type > 0 && text[type - 1] == ' ') --type;
    if (type == begin) continue;
    std::size_t start = type;
    while (start > 0 && (is_name(text[start - 1]) || text[start - 1] == '&' || text[start - 1] == '>')) --start;
    const std::string before = text.substr(start, type - start);
    if (before == "Tensor" || before == "TensorItem" || before == "Tensor&" || before == "Tensor>" || before == "bool")
      names.insert(text.substr(begin, end - begin));
  }
  names.erase("operator");
  return names;
}

TEST(OpsHeader, IsReadWhole) {
  const std::set<std::string> names = declared();
  for (const char* name : {"add", "add_", "max", "equal", "matmul", "cross_entropy", "operator-", "operator+",
                           "operator>=", "undefined", "randperm", "normal_"})
    EXPECT_EQ(names.count(name), 1U) << name;
  EXPECT_GT(names.size(), 100U);
}

TEST(OpsHeader, DeclaresNothingWithoutASample) {
  std::set<std::string> covered;
  for (const Sample& s : samples()) covered.insert(s.functions.begin(), s.functions.end());
  for (const std::string& name : declared()) {
    EXPECT_TRUE(covered.count(name) == 1 || tested_elsewhere().count(name) == 1)
        << name << " has no sample in tests/autograd/registry";
    EXPECT_FALSE(covered.count(name) == 1 && tested_elsewhere().count(name) == 1) << name << " is on both lists";
  }
}

TEST(OpsHeader, DeclaresEverythingThatHasASample) {
  const std::set<std::string> names = declared();
  for (const Sample& s : samples()) {
    EXPECT_FALSE(s.functions.empty()) << s.name;
    for (const std::string& f : s.functions) EXPECT_EQ(names.count(f), 1U) << f << ", sample " << s.name;
  }
  for (const auto& [name, reason] : tested_elsewhere()) EXPECT_EQ(names.count(name), 1U) << name << ": " << reason;
}

TEST(OpsHeader, HasSamplesWithNamesAndCases) {
  std::set<std::string> names;
  for (const Sample& s : samples()) {
    EXPECT_TRUE(names.insert(s.name).second) << s.name << " stands there twice";
    EXPECT_FALSE(s.cases.empty()) << s.name;
    std::set<std::string> labels;
    for (const Case& c : s.cases) {
      EXPECT_TRUE(labels.insert(c.label).second) << s.name << ": the case \"" << c.label << "\" stands there twice";
      EXPECT_TRUE(c.fn && c.reference) << s.name << " " << c.label;
    }
  }
}

}  // namespace
}  // namespace tapegrad::test
