// The boundary table (subgradients and edge values) and the table of type promotion.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

#include "oracle.h"
#include "tests/common/constants.h"

namespace tapegrad::test {
namespace {

struct Row {
  const char* sentence;
  Tensor (*fn)(const Tensor&);
  std::vector<double> x, value, gradient;
};

const std::vector<Row>& boundary() {
  static const std::vector<Row> rows = {
      {"relu at 0: gradient 0", [](const Tensor& x) { return relu(x); }, {0}, {0}, {0}},
      {"abs at 0: gradient 0", [](const Tensor& x) { return abs(x); }, {0}, {0}, {0}},
      {"sqrt at 0: gradient inf", [](const Tensor& x) { return sqrt(x); }, {0}, {0}, {kInf}},
      {"clamp at a bound: gradient 1", [](const Tensor& x) { return clamp(x, -1, 1); }, {-1, 1}, {-1, 1}, {1, 1}},
      {"max() ties split evenly", [](const Tensor& x) { return max(x).view({1}); }, {2, 1, 2}, {2}, {.5, 0, .5}},
      {"min() ties split evenly", [](const Tensor& x) { return min(x).view({1}); }, {1, 1, 2}, {1}, {.5, .5, 0}},
      {"max(dim) takes the first",
       [](const Tensor& x) { return std::get<0>(max(x, 0, true)); },
       {2, 1, 2},
       {2},
       {1, 0, 0}},
      {"maximum of ties: half each", [](const Tensor& x) { return maximum(x, full_like(x, 3)); }, {3}, {3}, {.5}},
      {"minimum of ties: half each", [](const Tensor& x) { return minimum(x, full_like(x, 3)); }, {3}, {3}, {.5}},
      {"maximum of itself: 1 in all", [](const Tensor& x) { return maximum(x, x); }, {3}, {3}, {1}},
      {"maximum(x, NaN) has no gradient for x",
       [](const Tensor& x) { return maximum(x, full_like(x, kNan)); },
       {3},
       {kNan},
       {0}},
      {"maximum(NaN, 0) has all of it", [](const Tensor& x) { return maximum(x, zeros_like(x)); }, {kNan}, {kNan}, {1}},
      {"where() selects, it never multiplies",
       [](const Tensor& x) { return where(x.gt(0), log(x), zeros_like(x)); },
       {1, 2},
       {0, std::log(2.0)},
       {1, 0.5}},
      {"binary_cross_entropy at p = 0: log clamped at -100",
       [](const Tensor& x) { return binary_cross_entropy(x, ones_like(x), undefined(), kNone); },
       {0},
       {100},
       {}},
      {"binary_cross_entropy at p = 1: log clamped at -100",
       [](const Tensor& x) { return binary_cross_entropy(x, zeros_like(x), undefined(), kNone); },
       {1},
       {100},
       {}},
      {"the mean of nothing is NaN", [](const Tensor& x) { return mean(x).view({1}); }, {}, {kNan}, {}},
      {"the sum of nothing is 0", [](const Tensor& x) { return sum(x).view({1}); }, {}, {0}, {}},
      {"tanh keeps its tail's digits", [](const Tensor& x) { return tanh(x); }, {1e-12, 30}, {1e-12, 1}, {}},
      {"sigmoid keeps its tail's digits",
       [](const Tensor& x) { return sigmoid(x); },
       {-200},
       {std::exp(-200.0)},
       {std::exp(-200.0)}},
  };
  return rows;
}

void expect_values(const std::vector<double>& want, const Tensor& got, const char* what) {
  const std::vector<Real> g = values(got);
  ASSERT_EQ(g.size(), want.size()) << what;
  for (std::size_t i = 0; i < g.size(); ++i) {
    if (std::isnan(want[i])) {
      EXPECT_TRUE(std::isnan(g[i])) << what << " " << i << ": " << g[i];
    } else if (std::isinf(want[i])) {
      EXPECT_EQ(g[i], want[i]) << what << " " << i;
    } else {
      EXPECT_LE(std::abs(g[i] - static_cast<Real>(want[i])), 4 * ulp(want[i], kDouble)) << what << " " << i;
    }
  }
}

TEST(BoundaryTable, HoldsRowByRow) {
  for (const Row& row : boundary()) {
    SCOPED_TRACE(row.sentence);
    const Tensor x = tensor(row.x, kDouble).requires_grad_();
    const Tensor y = row.fn(x);
    expect_values(row.value, y, "value");
    if (row.gradient.empty()) continue;
    y.backward(ones_like(y));
    ASSERT_TRUE(x.grad().defined());
    expect_values(row.gradient, x.grad(), "gradient");
  }
}

// --- type promotion

Tensor longs() { return tensor({-5, 0, 7}); }
Tensor floats() { return tensor({-1.5f, 0.0f, 2.0f}); }
Tensor doubles() { return tensor({-1.5, 0.25, 2.0}, kDouble); }
Tensor bools() { return tensor({true, false, true}); }
Tensor scalar64() { return tensor(1.5, kDouble); }
Tensor scalar32() { return tensor(1.5f); }
Tensor whole() { return tensor(2); }

struct Promotion {
  const char* text;
  Tensor (*fn)();
  Dtype dtype;
  std::vector<double> values;
};

const std::vector<Promotion>& promotions() {
  static const std::vector<Promotion> rows = {
      {"long + 1.5", [] { return longs() + 1.5; }, kFloat, {-3.5, 1.5, 8.5}},
      {"1.5 - long", [] { return 1.5 - longs(); }, kFloat, {6.5, 1.5, -5.5}},
      {"long + 1", [] { return longs() + 1; }, kLong, {-4, 1, 8}},
      {"long + true", [] { return longs() + true; }, kLong, {-4, 1, 8}},
      {"f32 + 0-dim f64", [] { return floats() + scalar64(); }, kFloat, {0, 1.5, 3.5}},
      {"0-dim f64 + f32", [] { return scalar64() + floats(); }, kFloat, {0, 1.5, 3.5}},
      {"f32 + f64", [] { return floats() + doubles(); }, kDouble, {-3, 0.25, 4}},
      {"f64 * f32", [] { return doubles() * floats(); }, kDouble, {2.25, 0, 4}},
      {"f64 + 0-dim f32", [] { return doubles() + scalar32(); }, kDouble, {0, 1.75, 3.5}},
      {"0-dim f32 + 0-dim f64", [] { return scalar32() + scalar64(); }, kDouble, {3}},
      {"f32 + a C++ double", [] { return floats() + 1.5; }, kFloat, {0, 1.5, 3.5}},
      {"f32 * 2", [] { return floats() * 2; }, kFloat, {-3, 0, 4}},
      {"long + 0-dim f64", [] { return longs() + scalar64(); }, kDouble, {-3.5, 1.5, 8.5}},
      {"long + 0-dim f32", [] { return longs() + scalar32(); }, kFloat, {-3.5, 1.5, 8.5}},
      {"long + f32", [] { return longs() + floats(); }, kFloat, {-6.5, 0, 9}},
      {"long * f64", [] { return longs() * doubles(); }, kDouble, {7.5, 0, 14}},
      {"f32 + 0-dim long", [] { return floats() + whole(); }, kFloat, {0.5, 2, 4}},
      {"bool + 0-dim long", [] { return bools() + whole(); }, kLong, {3, 2, 3}},
      {"bool + 1", [] { return bools() + 1; }, kLong, {2, 1, 2}},
      {"bool + 1.5", [] { return bools() + 1.5; }, kFloat, {2.5, 1.5, 2.5}},
      {"bool + true", [] { return bools() + true; }, kBool, {1, 1, 1}},
      {"bool + bool", [] { return bools() + bools(); }, kBool, {1, 0, 1}},
      {"bool * bool", [] { return bools() * bools(); }, kBool, {1, 0, 1}},
      {"bool + long", [] { return bools() + longs(); }, kLong, {-4, 0, 8}},
      {"bool * f32", [] { return bools() * floats(); }, kFloat, {-1.5, 0, 2}},
      {"long / 2", [] { return longs() / 2; }, kFloat, {-2.5, 0, 3.5}},
      {"long / long",
       [] {
         return longs() / tensor({2, 2, 2});
       },
       kFloat,
       {-2.5, 0, 3.5}},
      {"bool / 2", [] { return bools() / 2; }, kFloat, {0.5, 0, 0.5}},
      {"long / f64",
       [] {
         return longs() / tensor({2.0, 2.0, 2.0}, kDouble);
       },
       kDouble,
       {-2.5, 0, 3.5}},
      {"long * long", [] { return longs() * longs(); }, kLong, {25, 0, 49}},
      {"-long", [] { return -longs(); }, kLong, {5, 0, -7}},
      {"abs(long)", [] { return abs(longs()); }, kLong, {5, 0, 7}},
      {"square(long)", [] { return square(longs()); }, kLong, {25, 0, 49}},
      {"sign(long)", [] { return sign(longs()); }, kLong, {-1, 0, 1}},
      {"relu(long)", [] { return relu(longs()); }, kLong, {0, 0, 7}},
      {"clamp(long, -1, 3)", [] { return clamp(longs(), -1, 3); }, kLong, {-1, 0, 3}},
      {"pow(long, 2)", [] { return pow(longs(), 2); }, kLong, {25, 0, 49}},
      {"pow(long, 2.0)", [] { return pow(longs(), 2.0); }, kFloat, {25, 0, 49}},
      {"pow(f32, 2)", [] { return pow(floats(), 2); }, kFloat, {2.25, 0, 4}},
      {"maximum(long, f32)", [] { return maximum(longs(), floats()); }, kFloat, {-1.5, 0, 7}},
      {"where(bool, long, f32)", [] { return where(bools(), longs(), floats()); }, kFloat, {-5, 0, 7}},
      {"where(bool, f32, 0-dim f64)", [] { return where(bools(), floats(), scalar64()); }, kFloat, {-1.5, 1.5, 2}},
      {"exp(long)", [] { return exp(zeros({2}, kLong)); }, kFloat, {1, 1}},
      {"sqrt(long)",
       [] {
         return sqrt(tensor({4, 9}));
       },
       kFloat,
       {2, 3}},
      {"sigmoid(bool)", [] { return sigmoid(tensor({false})); }, kFloat, {0.5}},
      {"tanh(long)", [] { return tanh(zeros({2}, kLong)); }, kFloat, {0, 0}},
      {"log(f64)", [] { return log(ones({2}, kDouble)); }, kDouble, {0, 0}},
      {"sum(long)", [] { return sum(longs()); }, kLong, {2}},
      {"sum(bool)", [] { return sum(bools()); }, kLong, {2}},
      {"sum(bool, 0)", [] { return sum(bools(), 0); }, kLong, {2}},
      {"sum(f32)", [] { return sum(floats()); }, kFloat, {0.5}},
      {"max(long)", [] { return max(longs()); }, kLong, {7}},
      {"argmax(f32)", [] { return argmax(floats()); }, kLong, {2}},
      {"long == f32", [] { return longs() == floats(); }, kBool, {0, 1, 0}},
      {"long < 0.5", [] { return longs() < 0.5; }, kBool, {1, 1, 0}},
      {"cat(f32, f64)",
       [] {
         return cat({floats(), doubles()});
       },
       kDouble,
       {-1.5, 0, 2, -1.5, 0.25, 2}},
      {"cat(long, f32)",
       [] {
         return cat({longs(), floats()});
       },
       kFloat,
       {-5, 0, 7, -1.5, 0, 2}},
      {"stack(bool, long)",
       [] {
         return stack({bools(), longs()});
       },
       kLong,
       {1, 0, 1, -5, 0, 7}},
      {"full(size, 1)", [] { return full({2}, 1); }, kLong, {1, 1}},
      {"full(size, 1.5)", [] { return full({2}, 1.5); }, kFloat, {1.5, 1.5}},
      {"full(size, true)", [] { return full({2}, true); }, kBool, {1, 1}},
      {"full_like(f64, 1)", [] { return full_like(doubles(), 1); }, kDouble, {1, 1, 1}},
      {"arange(3)", [] { return arange(3); }, kLong, {0, 1, 2}},
      {"arange(3.0)", [] { return arange(3.0); }, kFloat, {0, 1, 2}},
      {"arange(1, 2, 0.5)", [] { return arange(1, 2, 0.5); }, kFloat, {1, 1.5}},
      {"f32 + 1e300", [] { return floats() + 1e300; }, kFloat, {kInf, kInf, kInf}},
      {"long + 2^62",
       [] {
         return tensor({0, 1024}) + (std::int64_t{1} << 62);
       },
       kLong,
       {0x1p62, 0x1p62 + 1024}},
  };
  return rows;
}

TEST(TypePromotion, HoldsRowByRow) {
  for (const Promotion& row : promotions()) {
    SCOPED_TRACE(row.text);
    const Tensor y = row.fn();
    EXPECT_EQ(y.dtype(), row.dtype);
    const std::vector<Real> got = values(y);
    ASSERT_EQ(got.size(), row.values.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], static_cast<Real>(row.values[i])) << i;
  }
}

TEST(TypePromotion, KeepsAllBitsOfWholeNumbers) {
  const std::int64_t big = (std::int64_t{1} << 62) + 1;
  EXPECT_EQ((tensor({0}) + big)[0].item<std::int64_t>(), big);
  EXPECT_EQ((full({1}, big) * 1).item<std::int64_t>(), big);
  EXPECT_EQ(full({1}, big).sum().item<std::int64_t>(), big);
}

TEST(TypePromotion, GivesAGradientItsParametersDtype) {
  const Tensor x = floats().requires_grad_(), y = doubles().requires_grad_(), s = scalar64().requires_grad_();
  ((x * y + s) * longs()).sum().backward();
  EXPECT_EQ(x.grad().dtype(), kFloat);
  EXPECT_EQ(y.grad().dtype(), kDouble);
  EXPECT_EQ(s.grad().dtype(), kDouble);
  EXPECT_EQ(x.grad().to_vector<float>(), (std::vector<float>{7.5f, 0.0f, 14.0f}));
  EXPECT_EQ(y.grad().to_vector<double>(), (std::vector<double>{7.5, 0.0, 14.0}));
  EXPECT_EQ(s.grad().item<double>(), 2.0);
}

TEST(TypePromotion, OfAZeroDimTensorThatIsBroadcast) {
  EXPECT_EQ(cosine_similarity(ones({2}), tensor(1.0, kDouble), 0).dtype(), kFloat);
  EXPECT_EQ(pairwise_distance(ones({2}), tensor(1.0, kDouble)).dtype(), kFloat);
}

TEST(TypePromotion, KeepsTheDtypeOfATensorChangedInPlace) {
  Tensor x = floats();
  x.add_(doubles());
  EXPECT_EQ(x.dtype(), kFloat);
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{-3.0f, 0.25f, 4.0f}));
  x.mul_(2);
  EXPECT_EQ(x.dtype(), kFloat);
  Tensor n = longs();
  n.add_(1);
  EXPECT_EQ(n.to_vector<std::int64_t>(), (std::vector<std::int64_t>{-4, 1, 8}));
}

TEST(TypePromotion, RefusesTheMeanOfWholeNumbersAndFractionsAddedInPlace) {
  EXPECT_THROW(mean(longs()), DtypeError);
  EXPECT_THROW(mean(bools(), 0), DtypeError);
  Tensor x = longs();
  EXPECT_THROW(x.add_(1.5), DtypeError);
  EXPECT_THROW(x.mul_(floats()), DtypeError);
  EXPECT_THROW(x.div_(2), DtypeError);
  EXPECT_EQ(x.version(), 0);
  EXPECT_EQ(x.to_vector<std::int64_t>(), longs().to_vector<std::int64_t>());
}

}  // namespace
}  // namespace tapegrad::test
