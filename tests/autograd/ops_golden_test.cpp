// Every operation against PyTorch: values and gradients in f64, and in f32 against the same numbers (golden/golden.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include <tapegrad/autograd/grad.h>

#include "golden/golden.h"

namespace tapegrad::test::golden {
namespace {

Tensor tensor_of(const Line& line, Dtype real) {
  Array a(line.shape);
  EXPECT_EQ(a.size(), line.numbers.size()) << "a line of the golden file with another number of elements";
  for (std::size_t i = 0; i < a.size(); ++i) a.v[i] = Dual(line.numbers[i]);
  return to_tensor(a, dtype_of(line.dtype, real), line.leaf);
}

double rounded(double v, Dtype d) { return d == kFloat ? static_cast<double>(static_cast<float>(v)) : v; }

double largest_finite(const std::vector<double>& v, Dtype d) {
  double most = 0;
  for (const double x : v)
    if (std::isfinite(rounded(x, d))) most = std::max(most, std::abs(x));
  return most;
}

// How near an element of this value must be to PyTorch's, in a tensor of this scale.
double limit_of(double want, double scale, Dtype d, Closeness how) {
  const double eps = static_cast<double>(epsilon(d));
  if (how == Closeness::Exact) return 0;
  if (how == Closeness::Scale) return (d == kFloat ? 64 * eps : 1e-12) * scale;
  return (how == Closeness::MoreUlps && d == kDouble ? 64 : 16) * eps * std::abs(want);
}

bool agrees(double got, double want, double limit) {
  if (std::isnan(want) || std::isnan(got)) return std::isnan(want) && std::isnan(got);
  if (std::isinf(want) || std::isinf(got)) return got == want;
  return std::abs(got - want) <= limit;
}

// Empty where all elements agree. Numbers of dtype d may have been computed in a shorter one.
std::string difference(const std::vector<Real>& got, const std::vector<double>& numbers, Dtype d, Closeness how,
                       double scale = 0, Dtype computed_in = kDouble) {
  if (got.size() != numbers.size()) return std::to_string(got.size()) + " elements";
  scale = std::max(scale, largest_finite(numbers, d));
  std::ostringstream text;
  text.precision(17);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double g = static_cast<double>(got[i]), want = rounded(numbers[i], d);
    const double limit = limit_of(want, scale, std::min(d, computed_in), how);
    if (!agrees(g, want, limit))
      text << "\n  element " << i << ": " << g << ", PyTorch has " << want << " (" << std::abs(g - want) << " off, "
           << limit << " allowed)";
  }
  return text.str();
}

const Disagreement* known(const GoldenCase& c, const std::string& what) {
  for (const Disagreement& d : disagreements())
    if (d.name == c.name() && d.what == what) return &d;
  return nullptr;
}

void expect_numbers(const GoldenCase& c, const std::string& what, const std::vector<Real>& got, const Line& want,
                    Dtype d, Closeness how, double scale = 0, Dtype computed_in = kDouble) {
  const std::string text = difference(got, want.numbers, d, how, scale, computed_in);
  const Disagreement* meant = known(c, what);
  if (meant == nullptr) {
    EXPECT_EQ(text, "") << what;
    return;
  }
  if (d != kFloat) {
    EXPECT_NE(text, "") << what << " agrees now: strike it from the disagreements";
  }
  EXPECT_EQ(difference(got, meant->ours, d, Closeness::Scale), "") << what << " is not what its disagreement says";
}

// The value may be compared elementwise; gradients are compared on the scale of the largest (correctness.md).
Closeness of_gradients(Closeness how) { return how == Closeness::Exact ? how : Closeness::Scale; }

// In f32 these gradients are made from a result that was rounded, so that eps counts against the cotangent.
double least_scale(const GoldenCase& c, Dtype d) {
  const bool from_result = c.op == "sigmoid" || c.op == "tanh" || c.op == "softmax";
  return from_result && d == kFloat ? largest_finite(c.outputs.at(0).cotangent->numbers, d) : 0;
}

// Where PyTorch gives a gradient of zeros (not: one without elements), ours may have no history.
bool is_constant(const GoldenCase& c) {
  std::size_t zeros = 0;
  for (const Line& g : c.gradients)
    for (const double v : g.numbers) {
      if (v != 0) return false;
      ++zeros;
    }
  return zeros > 0;
}

void expect_outputs(const GoldenCase& c, const Tensors& out, Dtype real) {
  ASSERT_EQ(out.size(), c.outputs.size());
  for (std::size_t k = 0; k < out.size(); ++k) {
    const Output& want = c.outputs[k];
    EXPECT_EQ(out[k].dtype(), dtype_of(want.value.dtype, real)) << "output " << k;
    EXPECT_EQ(shape_of(out[k]), want.value.shape) << "output " << k;
    expect_numbers(c, "out " + std::to_string(k), values(out[k]), want.value, out[k].dtype(), closeness(c.op));
    EXPECT_TRUE(out[k].requires_grad() == want.cotangent.has_value() || (!out[k].requires_grad() && is_constant(c)))
        << "output " << k;
  }
}

void expect_gradients(const GoldenCase& c, const Tensors& out, const Tensors& leaves, Dtype real) {
  Tensors recorded, cotangents;
  for (std::size_t k = 0; k < out.size(); ++k) {
    if (!out[k].requires_grad() || !c.outputs.at(k).cotangent) continue;
    recorded.push_back(out[k]);
    cotangents.push_back(tensor_of(*c.outputs[k].cotangent, real));
  }
  if (recorded.empty()) return;
  const Tensors got = autograd::grad(recorded, leaves, cotangents, false, false, true);
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    const Line& want = c.gradients.at(k);
    const Dtype d = leaves[k].dtype();
    if (got[k].defined()) {
      EXPECT_EQ(got[k].dtype(), d) << "gradient " << k;
      EXPECT_EQ(shape_of(got[k]), want.shape) << "gradient " << k;
    }
    expect_numbers(c, "grad " + std::to_string(k), values_or_zeros(got[k], want.numbers.size()), want, d,
                   of_gradients(closeness(c.op)), least_scale(c, d), cotangents[0].scalar_type());
  }
}

void expect_case(const GoldenCase& c, Dtype real) {
  SCOPED_TRACE(std::string(name(real)) + ", case " + c.name());
  const auto call = calls().find(c.op + " " + c.variant);
  ASSERT_NE(call, calls().end()) << "no call";
  Tensors x, leaves;
  for (const Line& line : c.inputs) {
    x.push_back(tensor_of(line, real));
    if (line.leaf) leaves.push_back(x.back());
  }
  const Tensors out = call->second(x, c.args);
  expect_outputs(c, out, real);
  expect_gradients(c, out, leaves, real);
}

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, AgreesWithPyTorchInBothPrecisions) {
  const std::vector<GoldenCase> cases = cases_of(GetParam());
  EXPECT_FALSE(cases.empty());
  for (const GoldenCase& c : cases) {
    expect_case(c, kDouble);
    expect_case(c, kFloat);
  }
}

// A test's name takes letters, digits and _ only.
std::string spelled(const ::testing::TestParamInfo<std::string>& info) {
  static const std::map<char, std::string> names = {
      {'+', "_plus"}, {'-', "_minus"}, {'*', "_times"},   {'/', "_over"},   {'<', "_less"},
      {'>', "_more"}, {'!', "_not"},   {'=', "_equal"},   {'%', "_modulo"}, {'&', "_and"},
      {'|', "_or"},   {'^', "_xor"},   {'~', "_inverse"}, {':', "_"}};
  std::string text;
  for (const char c : info.param) text += names.count(c) == 1 ? names.at(c) : std::string(1, c);
  return text;
}

INSTANTIATE_TEST_SUITE_P(Ops, Golden, ::testing::ValuesIn(operations()), spelled);

// A new operation is proved without PyTorch; its golden cases may follow. Said, not failed: three files add an
// operation. An in-place form has the bits of its function (ops_bits_test.cpp), whose cases count for it.
TEST(GoldenFile, HoldsEveryOperationOfTheRegistry) {
  const std::set<std::string> held = operations();
  std::string missing;
  for (const Sample& s : samples())
    for (const std::string& f : s.functions)
      if (held.count(f) == 0 && (f.back() != '_' || held.count(f.substr(0, f.size() - 1)) == 0)) missing += " " + f;
  if (!missing.empty()) GTEST_SKIP() << "no golden cases yet in tests/autograd/ops_golden.py for:" << missing;
}

TEST(GoldenFile, HasACallForEachCaseAndCasesForEachCall) {
  std::set<std::string> names, used;
  for (const std::string& name : case_names()) {
    EXPECT_TRUE(names.insert(name).second) << name << " stands there twice";
    used.insert(name.substr(0, name.find(" | ")));
  }
  EXPECT_GE(names.size(), 550U);
  for (const std::string& key : used) EXPECT_EQ(calls().count(key), 1U) << key << " has no call";
  for (const auto& [key, call] : calls()) EXPECT_EQ(used.count(key), 1U) << key << " has no case";
}

TEST(GoldenFile, HoldsTheCasesOfEveryDisagreement) {
  const std::vector<std::string> names = case_names();
  std::set<std::string> seen;
  for (const Disagreement& d : disagreements()) {
    EXPECT_NE(std::find(names.begin(), names.end(), d.name), names.end()) << d.name;
    EXPECT_TRUE(seen.insert(d.name + ": " + d.what).second) << d.name << ": " << d.what << " stands there twice";
    EXPECT_FALSE(d.reason.empty()) << d.name;
  }
}

TEST(GoldenFile, HasInputsThatAreExactInF32) {
  for (const GoldenCase& c : all_cases()) {
    SCOPED_TRACE(c.name());
    const auto exact = [](const Line& line) {
      for (const double v : line.numbers)
        if (!std::isnan(v) && rounded(v, kFloat) != v) return false;
      return true;
    };
    for (const Line& line : c.inputs) EXPECT_TRUE(line.dtype != "real" || exact(line));
    for (const Output& out : c.outputs) EXPECT_TRUE(!out.cotangent || exact(*out.cotangent));
  }
}

}  // namespace
}  // namespace tapegrad::test::golden
