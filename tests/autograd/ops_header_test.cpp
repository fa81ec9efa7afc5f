// No operation without its proof: every function that the headers of operations declare has a sample in the registry,
// or stands below with the test that takes its place.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "op_headers.h"
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
      {"randint_like", "random_choice_test.cpp"},
      {"normal", "random_choice_test.cpp"},
      {"bernoulli", "random_choice_test.cpp"},
      {"bernoulli_", "random_choice_test.cpp"},
      {"multinomial", "random_choice_test.cpp"},
      {"exponential_", "random_choice_test.cpp"},
      {"random_", "random_choice_test.cpp"},
      {"new_empty", "creation_test.cpp"},
      {"new_zeros", "creation_test.cpp"},
      {"new_ones", "creation_test.cpp"},
      {"new_full", "creation_test.cpp"},
      {"new_tensor", "creation_test.cpp"},
      {"uniform_", "random_test.cpp"},
      {"normal_", "random_test.cpp"},
      {"cpu", "dtype_test.cpp: it is the tensor itself"},
      {"pin_memory", "as cpu"},
      {"cuda", "dtype_test.cpp: it throws"},
      {"toType", "dtype_test.cpp: it is to()"},
      {"self", "it is the tensor itself"},
  };
  return names;
}

std::set<std::string> declared() {
  std::set<std::string> names;
  for (const Declaration& d : declarations()) names.insert(d.name);
  return names;
}

TEST(OpHeaders, SayWhatStandsAboveOrBehindADeclaration) {
  const std::vector<Declaration> all = declarations_in(R"(// Sums. More of them.
#pragma once

struct TAPEGRAD_EXPORT TensorOps {
  Tensor add(const Tensor& other, const Scalar& alpha = 1) const;  // x + alpha other; grad: g, alpha g
  // a text
  // of two lines; grad: one
  // of two lines
  Tensor& sub_(const OptInt& a = std::nullopt) const;
};
/// The sum of a and b, which
/// broadcast; grad: g, and
///   g again.
/// ShapeError where they do not.
///
/// A second paragraph.
TAPEGRAD_EXPORT Tensor add(const Tensor& a,
                           const Tensor& b);
/// x, to a list.
///
/// grad: none
TAPEGRAD_EXPORT std::vector<Tensor> parts(const Tensor& x, IntList sizes = {});

// --- operators
TAPEGRAD_EXPORT Tensor operator-(const Tensor& x);
#define TAPEGRAD_OPERATOR(op) \
  TAPEGRAD_EXPORT Tensor operator op(const Tensor& a);
TAPEGRAD_OPERATOR(<=)
}  // namespace tapegrad

namespace tapegrad::linalg {
TAPEGRAD_EXPORT Tensor det(const Tensor& a);
}  // namespace tapegrad::linalg
)");
  ASSERT_EQ(all.size(), 7U);
  const auto is = [](const Declaration& d, const char* spelling, const char* section, const char* text,
                     const char* gradient) {
    EXPECT_EQ(d.spelling, spelling);
    EXPECT_EQ(d.section, section);
    EXPECT_EQ(d.text, text);
    EXPECT_EQ(d.gradient, gradient);
  };
  is(all[0], "x.add(other, alpha = 1)", "Sums", "x + alpha other", "g, alpha g");
  is(all[1], "x.sub_(a = none)", "Sums", "a text of two lines", "one of two lines");
  is(all[2], "add(a, b)", "Sums", "The sum of a and b, which broadcast", "g, and g again");
  is(all[3], "parts(x, sizes = {})", "Sums", "x, to a list", "");
  EXPECT_EQ(all[4].name, "operator-");
  EXPECT_EQ(all[5].name, "operator<=");
  EXPECT_EQ(all[5].section, "operators");
  EXPECT_EQ(all[6].name, "linalg::det");
  EXPECT_EQ(all[6].spelling, "linalg::det(a)");
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
