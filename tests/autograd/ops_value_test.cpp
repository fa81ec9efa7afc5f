// Every operation's values: against the reference in f64 and f32, on empty shapes, at the edges, and what it throws.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <map>

#include <tapegrad/autograd/grad.h>

#include "ops_test.h"

namespace tapegrad::test {
namespace {

// The largest error met, in the units of the sample's limit. TAPEGRAD_WRITE_ACCURACY names the machine: ./dev docs.
std::map<std::string, std::pair<double, double>>& worst() {
  static std::map<std::string, std::pair<double, double>> all;
  return all;
}
class WriteAccuracy : public ::testing::Environment {
  void TearDown() override {
    const char* machine = std::getenv("TAPEGRAD_WRITE_ACCURACY");
    if (machine == nullptr) return;
    std::ofstream file(std::filesystem::path(TAPEGRAD_TEST_SOURCE_DIR) / "docs/accuracy.md");
    file
        << "# Accuracy, measured\n\nThe largest errors over the samples of `tests/autograd/registry/`, in the units of "
           "the limits in [operations.md](operations.md).\nMade by `./dev docs` on "
        << machine << ". What is exact is left out.\n\n| operation | f32 | f64 |\n|---|---|---|\n"
        << std::fixed << std::setprecision(2);
    for (const auto& [name, error] : worst())
      if (error.first > 0 || error.second > 0)
        file << "| " << name << " | " << error.first << " | " << error.second << " |\n";
  }
};
const auto* const kWriteAccuracy = ::testing::AddGlobalTestEnvironment(new WriteAccuracy);

void expect_value(const std::string& sample, const Case& c, const Arrays& drawn, Dtype floating) {
  SCOPED_TRACE(name(floating));
  const Arrays in = rounded_to(c, drawn, floating);
  const Tensors x = to_tensors(c, in, floating, std::vector<bool>(in.size(), false));
  const Tensor out = c.fn(x);
  const Array want = c.reference(in);
  ASSERT_EQ(shape_of(out), want.shape);
  ASSERT_EQ(out.dtype(), c.result.value_or(floating));
  const double factor = floating == kFloat ? c.accuracy.f32 : c.accuracy.f64;
  Array magnitude;
  if (c.accuracy.magnitude) {
    magnitude = c.accuracy.magnitude(in);
    ASSERT_EQ(magnitude.size(), want.size());
  }
  const std::vector<Real> got = values(out);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const Real unit = c.accuracy.magnitude ? epsilon(floating) * magnitude.v[i].v : ulp(want.v[i].v, floating);
    const double error = static_cast<double>(std::abs(got[i] - want.v[i].v) / unit);
    double& most = floating == kFloat ? worst()[sample].first : worst()[sample].second;
    if (unit > 0 && error > most && !c.result) most = error;
    // The reference itself is rounded to a long double.
    const Real limit = factor == 0 ? 0 : static_cast<Real>(factor) * unit * 1.001L;
    const Real expected = factor == 0 && floating == kFloat ? static_cast<Real>(static_cast<float>(want.v[i].v))
                          : factor == 0                     ? static_cast<Real>(static_cast<double>(want.v[i].v))
                                                            : want.v[i].v;
    ASSERT_TRUE(got[i] == expected || std::abs(got[i] - expected) <= limit)
        << "element " << i << ": " << got[i] << ", expected " << expected << ", off by "
        << std::abs(got[i] - expected) / unit << " units, allowed " << factor;
  }
  for (const Fn& spelling : c.spellings) EXPECT_TRUE(same_bits(spelling(x), out)) << "another spelling";
}

class ValueOf : public OpTest {};

TEST_P(ValueOf, MatchesTheReference) {
  each([](const Case& c) { return is_small(c) && !is_empty(c); },
       [&](const Case& c) {
         expect_value(GetParam()->name, c, inputs(c), kDouble);
         expect_value(GetParam()->name, c, inputs(c), kFloat);
       });
}

TEST_P(ValueOf, HasNoHistoryWhereNothingRequiresGrad) {
  each(is_small, [&](const Case& c) {
    const Arrays in = inputs(c);
    const Tensor out = c.fn(to_tensors(c, in, kDouble, std::vector<bool>(in.size(), false)));
    EXPECT_FALSE(out.requires_grad());
    EXPECT_TRUE(out.is_leaf());
    EXPECT_EQ(out.grad_fn(), nullptr);
    const NoGradGuard guard;
    const Tensor unrecorded = c.fn(to_tensors(c, in, kDouble));
    EXPECT_FALSE(unrecorded.requires_grad());
    EXPECT_EQ(unrecorded.grad_fn(), nullptr);
  });
}

TEST_P(ValueOf, RequiresGradExactlyWhereTheOperationHasAGradient) {
  each(is_small, [&](const Case& c) {
    const Tensor out = c.fn(to_tensors(c, inputs(c), kDouble));
    EXPECT_EQ(out.requires_grad(), is_differentiable(c));
    EXPECT_EQ(out.grad_fn() != nullptr, is_differentiable(c));
  });
}

TEST_P(ValueOf, DoesNotChangeItsInputs) {
  each(is_small, [&](const Case& c) {
    const Arrays in = inputs(c);
    const Tensors x = to_tensors(c, in, kDouble, std::vector<bool>(in.size(), false));
    c.fn(x);
    for (std::size_t k = 0; k < x.size(); ++k) {
      EXPECT_EQ(x[k].version(), 0) << "input " << k;
      EXPECT_EQ(values(x[k]), values(in[k])) << "input " << k;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Ops, ValueOf, ops([](const Sample& s) { return any_case(s, is_small); }), op_name);

class EmptyInputsOf : public OpTest {};

TEST_P(EmptyInputsOf, GiveTheReferencesShapeAndGradientsOfTheirOwn) {
  each([](const Case& c) { return is_small(c) && is_empty(c); },
       [&](const Case& c) {
         expect_value(GetParam()->name, c, inputs(c), kDouble);
         expect_value(GetParam()->name, c, inputs(c), kFloat);
         if (!is_differentiable(c)) return;
         const Tensors x = to_tensors(c, inputs(c), kDouble);
         const Tensor out = c.fn(x);
         ASSERT_TRUE(out.requires_grad());
         out.backward(ones(out.sizes(), kDouble));
         for (const Tensor& t : x)
           if (t.requires_grad()) {
             ASSERT_TRUE(t.grad().defined());
             EXPECT_EQ(shape_of(t.grad()), shape_of(t));
             EXPECT_EQ(t.grad().dtype(), kDouble);
           }
       });
}

INSTANTIATE_TEST_SUITE_P(Ops, EmptyInputsOf, ops([](const Sample& s) {
                           return any_case(s, [](const Case& c) { return is_small(c) && is_empty(c); });
                         }),
                         op_name);

class EdgesOf : public OpTest {};

void expect_row(const std::vector<double>& want, const Tensor& got, const char* what) {
  const Dtype d = got.dtype();
  const std::vector<Real> g = values(got);
  ASSERT_EQ(g.size(), want.size()) << what;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const Real w = d == kFloat ? static_cast<Real>(static_cast<float>(want[i])) : static_cast<Real>(want[i]);
    if (std::isnan(w)) {
      EXPECT_TRUE(std::isnan(g[i])) << what << "[" << i << "] is " << g[i] << ", expected NaN";
    } else if (std::isinf(w) || w == 0) {
      EXPECT_EQ(g[i], w) << what << "[" << i << "]";
    } else {
      EXPECT_LE(std::abs(g[i] - w), 4 * ulp(w, d)) << what << "[" << i << "] is " << g[i] << ", expected " << w;
    }
  }
}

TEST_P(EdgesOf, AreThoseOfTheTable) {
  for (const Edge& e : GetParam()->edges)
    for (const Dtype d : {kDouble, kFloat}) {
      SCOPED_TRACE(e.label + ", " + name(d));
      Tensors x;
      for (std::size_t k = 0; k < e.inputs.size(); ++k) {
        std::vector<Dual> v(e.inputs[k].begin(), e.inputs[k].end());
        x.push_back(to_tensor(Array({static_cast<std::int64_t>(v.size())}, v), d, k < e.gradients.size()));
      }
      const Tensor out = (e.fn ? e.fn : GetParam()->cases.at(0).fn)(x);
      expect_row(e.value, out, "value");
      if (e.gradients.empty()) continue;
      out.backward(ones(out.sizes(), d));
      for (std::size_t k = 0; k < e.gradients.size(); ++k) {
        if (e.gradients[k].empty()) continue;
        ASSERT_TRUE(x[k].grad().defined());
        expect_row(e.gradients[k], x[k].grad(), "gradient");
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Ops, EdgesOf, ops([](const Sample& s) { return !s.edges.empty(); }), op_name);

class ErrorsOf : public OpTest {};

TEST_P(ErrorsOf, AreOfTheRightClassAndSayWhatIsWrong) {
  for (const Failure& f : GetParam()->failures) {
    SCOPED_TRACE(f.label);
    try {
      f.call();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::exception& e) {
      EXPECT_TRUE(f.is_class(e)) << "expected " << f.class_name << ", got " << typeid(e).name() << ": " << e.what();
      EXPECT_NE(std::string(e.what()).find(f.message), std::string::npos) << e.what();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, ErrorsOf, ops([](const Sample& s) { return !s.failures.empty(); }), op_name);

}  // namespace
}  // namespace tapegrad::test
