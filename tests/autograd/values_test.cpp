// Values and gradients where a careless formula overflows, vanishes or meets 0 times infinity, and numbers that do not
// fit where they go.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/index.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/tensor.h>

#include "memory.h"
#include "tests/common/constants.h"

namespace tapegrad::test {
namespace {

using autograd::grad;
using Doubles = std::vector<double>;

Tensor leaf(const TensorData& data, Dtype dtype = kDouble) { return tensor(data, dtype).requires_grad_(); }
Tensor slope(const Tensor& y, const Tensor& x) {
  const Tensor g = grad({y.sum()}, {x}, {}, true, true, true)[0];
  return g.defined() ? g : zeros_like(x);
}

// --- pow

// The k-th derivative of x^n for a whole n >= 0.
double power_slope(double x, int n, int k) {
  double factor = 1;
  for (int i = 0; i < k; ++i) factor *= n - i;
  return factor == 0 ? 0 : factor * std::pow(x, n - k);
}

void expect_power_slopes(int n, const std::function<Tensor(const Tensor&)>& power) {
  SCOPED_TRACE(n);
  const Doubles at{0, 1.5, -2};
  const Tensor x = tensor(at, kDouble).requires_grad_();
  Tensor y = power(x);
  for (int k = 1; k <= 6 && y.requires_grad(); ++k) {
    y = slope(y, x);
    for (std::size_t i = 0; i < at.size(); ++i)
      EXPECT_DOUBLE_EQ(y.to_vector<double>()[i], power_slope(at[i], n, k)) << "order " << k << " at " << at[i];
  }
}

TEST(Pow, HasEveryDerivativeAtZeroWithANumberAsExponent) {
  for (int n = 0; n < 5; ++n) expect_power_slopes(n, [n](const Tensor& x) { return x.pow(n); });
}

TEST(Pow, HasEveryDerivativeAtZeroWithATensorAsExponent) {
  for (int n = 0; n < 5; ++n) {
    const Tensor one = full({}, n, kDouble), many = full({3}, n, kDouble);
    expect_power_slopes(n, [&](const Tensor& x) { return x.pow(one); });
    expect_power_slopes(n, [&](const Tensor& x) { return x.pow(many); });
    expect_power_slopes(n, [&](const Tensor& x) { return x.pow(many.detach().requires_grad_()); });
  }
}

TEST(Pow, HasFiniteSecondDerivativesByItsExponentAtZero) {
  const Tensor x = leaf({0.0, 0.0, 0.0}), y = leaf({0.0, 2.0, 3.0});
  const Tensor by_y = slope(x.pow(y), y), by_x = slope(x.pow(y), x);
  for (const Tensor& second : {slope(by_y, y), slope(by_y, x), slope(by_x, y)})
    EXPECT_EQ(second.to_vector<double>(), (Doubles{0, 0, 0}));
  EXPECT_EQ(slope(by_x, x).to_vector<double>(), (Doubles{0, 2, 0}));
}

// d^2 x^y / dx dy at y = 0 is 1 / x.
TEST(Pow, HasTheMixedDerivativeOfExponentZero) {
  const Tensor x = leaf({2.0, 4.0}), y = leaf({0.0, 0.0});
  EXPECT_EQ(slope(slope(x.pow(y), x), y).to_vector<double>(), (Doubles{0.5, 0.25}));
  EXPECT_EQ(slope(slope(x.pow(y), y), x).to_vector<double>(), (Doubles{0.5, 0.25}));
}

// --- norm and std beyond the range of squares

// x scaled by a power of two, which is exact: values scale with it, gradients do not.
void expect_scales(const std::function<Tensor(const Tensor&)>& fn, Dtype dtype, const Doubles& scales) {
  manual_seed(3);
  const Tensor base = randn({5, 40}, kDouble).to(dtype);
  const Tensor x = base.clone().requires_grad_(), y = fn(x), g = slope(y, x);
  for (const double s : scales) {
    SCOPED_TRACE(s);
    const Tensor far = base.mul(s).requires_grad_(), got = fn(far), far_grad = slope(got, far);
    const double eps = dtype == kFloat ? 1e-6 : 1e-14;
    EXPECT_TRUE((got / s).allclose(y, 10 * eps, 0)) << got / s << y;
    EXPECT_TRUE(far_grad.allclose(g, 100 * eps, eps)) << far_grad << g;
  }
}

TEST(Norm, OfHugeAndTinyNumbersKeepsItsDigits) {
  const Doubles floats{0x1p-83, 0x1p-110, 0x1p100, 0x1p120}, doubles{0x1p-700, 0x1p-900, 0x1p700, 0x1p1000};
  for (const double p : {2.0, 3.0, 0.5, 7.0, -3.0}) {
    SCOPED_TRACE(p);
    const bool small = p == 0.5;  // whose norm of 40 is 1600 times as large as an element
    expect_scales([p](const Tensor& x) { return x.norm(p, 1); }, kFloat, small ? Doubles{0x1p-83, 0x1p100} : floats);
    expect_scales([p](const Tensor& x) { return x.norm(p, 0); }, kDouble, small ? Doubles{0x1p-700} : doubles);
    expect_scales([p](const Tensor& x) { return x.norm(p); }, kDouble, small ? Doubles{0x1p-700} : doubles);
  }
}

TEST(Std, OfHugeAndTinyNumbersKeepsItsDigits) {
  for (const bool unbiased : {true, false}) {
    const auto columns = [&](const Tensor& x) { return x.std(0, unbiased); };
    const auto all = [&](const Tensor& x) { return x.std({}, unbiased); };
    expect_scales(columns, kFloat, {0x1p-83, 0x1p-110, 0x1p100, 0x1p120});
    expect_scales(all, kFloat, {0x1p-83, 0x1p-110, 0x1p100, 0x1p118});
    expect_scales(all, kDouble, {0x1p-600, 0x1p-900, 0x1p700, 0x1p1000});
  }
}

TEST(Std, OfAThousandSmallFloats) {
  manual_seed(0);
  const Tensor wide = randn({1000}, kDouble) * 1e-25, x = wide.to(kFloat).requires_grad_();
  x.std().backward();
  EXPECT_NEAR(x.std().item<double>() / wide.std().item<double>(), 1, 1e-6);
  const Tensor d = wide - wide.mean();
  EXPECT_TRUE(x.grad().to(kDouble).allclose(d / (999 * wide.std()), 1e-5, 1e-9));
}

TEST(Std, OfOneElementIsNan) {
  const Tensor x = leaf({2.0});
  EXPECT_TRUE(std::isnan(x.std().item<double>()));
  EXPECT_TRUE(std::isnan(slope(x.std(), x).item<double>()));
}

TEST(Norm, WithInfinityIsInfinity) {
  EXPECT_EQ(tensor({1.0, kInf}).norm().item<double>(), kInf);
  EXPECT_TRUE(std::isnan(tensor({1.0, kNan, kInf}).norm().item<double>()));
}

// --- clamp

TEST(Clamp, ANanAsBoundGivesNan) {
  const Tensor x = leaf({-2.0, 0.5, 7.0});
  for (const Tensor& y :
       {x.clamp_min(kNan), x.clamp_max(kNan), x.clamp(kNan, 1), x.clamp(0, kNan), hardtanh(x, kNan, 1),
        x.detach().clone().clamp_(kNan), x.detach().to(kFloat).clamp(kNan), tensor({1, 2}).clamp(kNan)})
    EXPECT_TRUE(y.isnan().all().item<bool>()) << y;
  EXPECT_EQ(slope(x.clamp(kNan, 1), x).to_vector<double>(), (Doubles{0, 0, 0}));
}

TEST(Clamp, NanStaysNan) {
  for (const Dtype d : {kFloat, kDouble}) {
    const Tensor y = tensor({kNan, 3.0, kNan}, d).clamp(1, 2);
    EXPECT_EQ(y.isnan().to_vector<bool>(), (std::vector<bool>{true, false, true}));
  }
}

// --- any and all

TEST(Any, OfManyBoolsMakesNoCopyOfThem) {
  const Tensor x = zeros({std::int64_t{1} << 24}, kBool);
  const std::int64_t before = living_bytes();
  peak_bytes();
  EXPECT_FALSE(x.any().item<bool>());
  EXPECT_FALSE(x.all().item<bool>());
  EXPECT_FALSE(x.view({4096, 4096}).any(1)[7].item<bool>());
  EXPECT_LE(peak_bytes() - before, (std::int64_t{1} << 20));
}

TEST(Any, TakesNanAsTrueAndNothingAsNone) {
  EXPECT_TRUE(tensor({0.0, kNan}).any().item<bool>());
  EXPECT_TRUE(tensor({1.0, kNan}).all().item<bool>());
  EXPECT_FALSE(tensor({1.0, 0.0}).all().item<bool>());
  EXPECT_FALSE(zeros({0}).any().item<bool>());
  EXPECT_TRUE(zeros({0}, kBool).all().item<bool>());
  EXPECT_EQ(zeros({2, 0}).all(1).to_vector<bool>(), (std::vector<bool>{true, true}));
  EXPECT_TRUE(tensor(true).all(0).item<bool>());
}

// --- numbers that do not fit

void expect_overflow(const char* name, const std::function<void()>& call, const std::string& type = "int64_t") {
  try {
    call();
    ADD_FAILURE() << name << " did not throw";
  } catch (const Error& e) {
    const std::string sentence = "value cannot be converted to type " + type + " without overflow";
    EXPECT_NE(std::string(e.what()).find(sentence), std::string::npos) << name << ": " << e.what();
  }
}

TEST(Overflow, OfItem) {
  expect_overflow(
      "int", [] { (void)tensor(3e9).item<int>(); }, "int");
  expect_overflow(
      "long to int", [] { (void)tensor(std::int64_t{1} << 31).item<int>(); }, "int");
  expect_overflow("NaN", [] { (void)tensor(kNan).item<std::int64_t>(); });
  expect_overflow("inf", [] { (void)tensor(-kInf).item<std::int64_t>(); });
  expect_overflow("2^63", [] { (void)tensor(0x1p63, kDouble).item<std::int64_t>(); });
  expect_overflow(
      "negative", [] { (void)tensor(-1).item<std::uint8_t>(); }, "uint8_t");
  expect_overflow(
      "256", [] { (void)tensor(256).item<std::uint8_t>(); }, "uint8_t");
  expect_overflow(
      "-32769", [] { (void)tensor(-32769).item<std::int16_t>(); }, "int16_t");
}

TEST(Overflow, IsNoneAtTheEnds) {
  EXPECT_EQ(tensor(-0x1p63, kDouble).item<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(tensor(0x1.fffffffffffffp62, kDouble).item<std::int64_t>(), 0x7ffffffffffffc00);
  EXPECT_EQ(tensor(-2147483648.9, kDouble).item<int>(), std::numeric_limits<int>::min());
  EXPECT_EQ(tensor(2147483647.9, kDouble).item<int>(), std::numeric_limits<int>::max());
  EXPECT_EQ(tensor(255.9).item<std::uint8_t>(), 255);
  EXPECT_EQ(tensor(-0.9).item<unsigned>(), 0U);
  EXPECT_EQ(tensor(0x1p63, kDouble).item<std::uint64_t>(), std::uint64_t{1} << 63);
  EXPECT_TRUE(tensor(kNan).item<bool>());
  EXPECT_EQ(tensor(1e300, kDouble).item<float>(), std::numeric_limits<float>::infinity());
}

TEST(Overflow, OfNumbersThatMakeIntegerTensors) {
  expect_overflow("full", [] { full({2}, kInf, kLong); });
  expect_overflow("full_like", [] { full_like(ones({2}, kLong), kNan); });
  expect_overflow("tensor", [] { tensor({1.0, 1e19}, kLong); });
  expect_overflow("tensor of a vector", [] { tensor(Doubles{1, kNan}, kLong); });
  expect_overflow("unsigned", [] { tensor(std::numeric_limits<std::uint64_t>::max()); });
  expect_overflow("unsigned vector", [] { tensor(std::vector<std::uint64_t>{std::uint64_t{1} << 63}); });
  expect_overflow("linspace", [] { linspace(0.0, 1e19, 3, kLong); });
  expect_overflow("linspace from NaN", [] { linspace(kNan, 1, 3, kLong); });
  expect_overflow("arange", [] { arange(0.0, 1e20, 1e19, kLong); });
  expect_overflow("pad", [] { pad(ones({2}, kLong), {1, 1}, kNan); });
  expect_overflow("masked_fill", [] { ones({2}, kLong).masked_fill(tensor({true, false}), kInf); });
  expect_overflow("scatter", [] { ones({2}, kLong).scatter(0, tensor({0}), kNan); });
}

TEST(Overflow, ChangesNothing) {
  const Tensor x = tensor({1, 2, 3}), mask = tensor({true, false, true});
  const std::int64_t version = x.version();
  expect_overflow("fill_", [&] { x.fill_(1e19); });
  expect_overflow("masked_fill_", [&] { x.masked_fill_(mask, kNan); });
  expect_overflow("x[0] =", [&] { x[0] = kNan; });
  expect_overflow("index_put_", [&] { x.index_put_({0}, kInf); });
  expect_overflow("scatter_", [&] { x.scatter_(0, tensor({0}), kNan); });
  EXPECT_EQ(x.to_vector<std::int64_t>(), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(x.version(), version);
}

}  // namespace
}  // namespace tapegrad::test
