// Random numbers: PyTorch's streams on the CPU (torch_golden.py), and what a user may rely on.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/tensor.h>

#include "streams.h"

namespace tapegrad::test {
namespace {

// Normals go through log, sin and cos of the C library, which differ from machine to machine in the last place or two.
template <class T>
void expect_near(const Tensor& x, const std::vector<T>& want, double tolerance) {
  EXPECT_EQ(x.dtype(), DtypeOf<T>::value);
  const std::vector<T> got = x.to_vector<T>();
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    EXPECT_LE(std::abs(static_cast<double>(got[i]) - static_cast<double>(want[i])), tolerance) << i;
}

constexpr double kDoubleNormals = 1e-15 * 8;  // two units in the last place of numbers below 4
constexpr double kFloatNormals = 2e-6;        // PyTorch's SIMD build, from 16 elements on
constexpr double kFewFloatNormals = 2.4e-7;   // drawn in double: a unit in the last place of numbers below 4

TEST(Engine, IsTheMersenneTwister) {
  Generator g(5489);
  for (int i = 0; i < 9999; ++i) g.random32();
  EXPECT_EQ(g.random32(), 4123659995U);  // [rand.predef] of the C++ standard
  EXPECT_EQ(g.seed(), 5489U);
}

TEST(Engine, DrawsTheHighWordOf64BitsFirst) {
  Generator one(3), two(3);
  const std::uint64_t high = one.random32(), low = one.random32();
  EXPECT_EQ(two.random64(), high << 32 | low);
}

TEST(Engine, MapsBitsToNumbersAsPyTorch) {
  Generator one(3), two(3);
  EXPECT_EQ(one.uniform_float(), std::ldexp(static_cast<float>(two.random32() & 0xffffffU), -24));
  EXPECT_EQ(one.uniform_double(), std::ldexp(static_cast<double>(two.random64() & ((1ULL << 53) - 1)), -53));
}

TEST(Seed, IsPyTorchsDefault) {
  EXPECT_EQ(Generator::kDefaultSeed, 67280421310721ULL);
  Generator g;
  for (const float want : golden::kDefaultSeedRand) EXPECT_EQ(g.uniform_float(), want);
}

TEST(Seed, CountsItsLow32BitsOnly) {
  manual_seed((1ULL << 32) + 5);
  expect_same(rand({4}), all(golden::kRandSeed2to32plus5));
  EXPECT_EQ(default_generator().seed(), (1ULL << 32) + 5);
}

TEST(Seed, StartsTheStreamAgain) {
  manual_seed(9);
  const auto first = randn({3}).to_vector<float>();  // keeps a second normal
  manual_seed(9);
  EXPECT_EQ(randn({3}).to_vector<float>(), first);
}

TEST(Rand, GivesPyTorchsNumbers) {
  manual_seed(0);
  expect_same(rand({20}), all(golden::kRand));
  manual_seed(0);
  expect_same(rand({4, 5}, kDouble), all(golden::kRandDouble));
  manual_seed(0);
  expect_same(rand_like(empty({20})), all(golden::kRand));
  manual_seed(0);
  expect_same(rand_like(empty({20}), kDouble), all(golden::kRandDouble));
}

TEST(Uniform, GivesPyTorchsNumbers) {
  manual_seed(0);
  expect_same(empty({20}).uniform_(-2.5, 7.25), all(golden::kUniform));
  manual_seed(0);
  expect_same(empty({20}, kDouble).uniform_(-2.5, 7.25), all(golden::kUniformDouble));
}

TEST(Randn, GivesPyTorchsNumbers) {
  manual_seed(0);
  expect_near(randn({3}), all(golden::kRandn3), kFewFloatNormals);
  manual_seed(0);
  expect_near(randn({15}), all(golden::kRandn15), kFewFloatNormals);
  manual_seed(0);
  expect_near(randn({15}, kDouble), all(golden::kRandn15Double), kDoubleNormals);
  manual_seed(0);
  expect_near(randn({16}), all(golden::kRandn16), kFloatNormals);
  manual_seed(0);
  expect_near(randn({16}, kDouble), all(golden::kRandn16Double), kDoubleNormals);
  manual_seed(0);
  expect_near(randn({4, 5}), all(golden::kRandn20), kFloatNormals);
  manual_seed(0);
  expect_near(randn_like(empty({20}), kDouble), all(golden::kRandn20Double), kDoubleNormals);
  manual_seed(3);
  expect_near(randn({100}, kDouble), all(golden::kRandn100Double), kDoubleNormals);
}

TEST(Randn, KeepsTheSecondNormalForTheNextDraw) {
  manual_seed(0);
  const Tensor first = randn({3}), second = randn({3});
  expect_near(cat({first, second}), all(golden::kRandn3Twice), kFewFloatNormals);
  manual_seed(0);
  const Tensor a = randn({3}, kDouble), b = randn({16}, kDouble), c = randn({2}, kDouble);
  expect_near(cat({a, b, c}), all(golden::kRandn3After16), kDoubleNormals);
}

TEST(Normal, GivesPyTorchsNumbers) {
  manual_seed(0);
  expect_near(empty({5}).normal_(1.5, 0.25), all(golden::kNormal), kFewFloatNormals);
  manual_seed(0);
  expect_near(empty({20}, kDouble).normal_(1.5, 0.25), all(golden::kNormal20Double), kDoubleNormals);
}

TEST(Normal, OfWhatIsNotContiguousIsDrawnOneByOne) {
  manual_seed(0);
  expect_near(empty({4, 10}).slice(1, 0, 10, 2).normal_(), all(golden::kNormalOfASlice), kFewFloatNormals);
  manual_seed(0);
  expect_same(empty({4, 10}).slice(1, 0, 10, 2).uniform_(), all(golden::kRandOfASlice));
}

TEST(Randperm, GivesPyTorchsNumbers) {
  manual_seed(0);
  expect_same(randperm(1), all(golden::kRandperm1));
  manual_seed(0);
  expect_same(randperm(10), all(golden::kRandperm10));
  manual_seed(1);
  expect_same(randperm(100), all(golden::kRandperm100));
  EXPECT_EQ(randperm(0).numel(), 0);
}

TEST(Randint, GivesPyTorchsNumbers) {
  manual_seed(0);
  expect_same(randint(10, {20}), all(golden::kRandint10));
  manual_seed(0);
  expect_same(randint(-5, 6, {4, 5}), all(golden::kRandintNegative));
  manual_seed(0);
  expect_same(randint(-(std::int64_t{1} << 40), std::int64_t{1} << 41, {8}), all(golden::kRandintWide));
  manual_seed(0);
  expect_same(randint(0, std::int64_t{1} << 32, {8}), all(golden::kRandint2to32));
  manual_seed(0);
  expect_same(randint(0, (std::int64_t{1} << 32) - 1, {8}), all(golden::kRandintBelow2to32));
  manual_seed(0);
  expect_same(randint(10, {5}, kFloat), all(golden::kRandintFloat));
}

TEST(Stream, IsPyTorchsOverAMixtureOfDraws) {
  manual_seed(11);
  std::vector<Tensor> parts;
  parts.push_back(rand({3}).to(kDouble));
  parts.push_back(rand({2}, kDouble));
  parts.push_back(randn({3}, kDouble));
  parts.push_back(randperm(5).to(kDouble));
  parts.push_back(randint(100, {3}).to(kDouble));
  parts.push_back(randn({1}, kDouble));
  parts.push_back(rand({1}).to(kDouble));
  expect_near(cat(parts), all(golden::kMixed), kDoubleNormals);
}

TEST(Random, OfNothingDrawsNothing) {
  manual_seed(4);
  rand({0});
  randn({3, 0});
  randperm(0);
  randint(5, {0, 2});
  const auto after = rand({3}).to_vector<float>();
  manual_seed(4);
  EXPECT_EQ(rand({3}).to_vector<float>(), after);
}

TEST(Random, KeepsItsRanges) {
  manual_seed(1);
  for (const float u : rand({5000}).to_vector<float>()) EXPECT_TRUE(u >= 0 && u < 1) << u;
  std::set<std::int64_t> seen;
  for (const std::int64_t i : randint(-2, 3, {500}).to_vector<std::int64_t>()) seen.insert(i);
  EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
  double sum = 0, squares = 0;
  for (const double z : randn({20000}, kDouble).to_vector<double>()) {
    sum += z;
    squares += z * z;
  }
  EXPECT_LT(std::abs(sum / 20000), 0.03);
  EXPECT_LT(std::abs(squares / 20000 - 1), 0.05);
  std::set<std::int64_t> places;
  for (const std::int64_t i : randperm(1000).to_vector<std::int64_t>()) places.insert(i);
  EXPECT_EQ(places.size(), 1000U);
  EXPECT_EQ(*places.rbegin(), 999);
}

TEST(Random, DoesNotDependOnTheRestOfTheProgram) {
  manual_seed(2);
  const auto want = randn({40}).to_vector<float>();
  manual_seed(2);
  const Tensor x = ones({300, 300}).requires_grad_();
  matmul(x, x).sum().backward();
  EXPECT_EQ(randn({40}).to_vector<float>(), want);
}

TEST(Generator, RefusesAStateThatWouldGiveTheSameNumberForEver) {
  Generator generator(3);
  const Tensor good = generator.get_state();
  Tensor stuck = good.clone(), kept = good.clone();
  stuck.narrow(0, 4, 624).zero_();
  stuck.narrow(0, 4, 1).fill_(0x7fffffff);  // of this word only the highest bit counts
  kept.narrow(0, 2, 1).fill_(1);
  kept.narrow(0, 3, 1).fill_(0x7ff8000000000000);  // a NaN as the normal to come
  for (const Tensor& bad : {zeros({628}, kLong), stuck, kept}) {
    try {
      generator.set_state(bad);
      ADD_FAILURE();
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find("Invalid mt19937 state"), std::string::npos) << e.what();
    }
  }
  EXPECT_TRUE(generator.get_state().equal(good));
  stuck.narrow(0, 4, 1).fill_(0x80000000);
  generator.set_state(stuck);
}

// The stream of a fresh thread.
std::vector<float> drawn_in_a_thread(bool seeded) {
  std::vector<float> out;
  std::thread([&] {
    if (seeded) manual_seed(5);
    out = rand({8}).to_vector<float>();
  }).join();
  return out;
}

TEST(Generator, IsAnotherOneInEachThread) {
  manual_seed(Generator::kDefaultSeed);
  const std::vector<float> here = rand({8}).to_vector<float>();
  const auto first = drawn_in_a_thread(false), second = drawn_in_a_thread(false);
  EXPECT_NE(first, here);
  EXPECT_NE(second, here);
  EXPECT_NE(first, second);
  EXPECT_EQ(drawn_in_a_thread(true), drawn_in_a_thread(true));
}

TEST(Random, RefusesWhatCannotBeDrawn) {
  EXPECT_THROW(randint(0, {2}), Error);
  EXPECT_THROW(randint(5, 5, {2}), Error);
  EXPECT_THROW(randint(5, 3, {2}), Error);
  EXPECT_THROW(randperm(-1), Error);
  EXPECT_THROW(empty({2}).uniform_(1, 0), Error);
  EXPECT_THROW(empty({2}).normal_(0, -1), Error);
  EXPECT_THROW(empty({2}, kLong).uniform_(), DtypeError);
  EXPECT_THROW(empty({2}, kBool).normal_(), DtypeError);
  EXPECT_THROW(rand({2}, kLong), DtypeError);
  EXPECT_THROW(randn({2}, kLong), DtypeError);
  EXPECT_THROW(rand({-1}), ShapeError);
}

TEST(Random, FillsWhatRequiresGradOnlyWithoutRecording) {
  const Tensor w = empty({4}).requires_grad_();
  EXPECT_THROW(w.uniform_(), AutogradError);
  const NoGradGuard off;
  EXPECT_NO_THROW(w.uniform_());
  EXPECT_NO_THROW(w.normal_());
  EXPECT_EQ(w.version(), 2);
}

TEST(Random, MakesLeavesOnRequest) {
  EXPECT_TRUE(rand({2}, requires_grad()).requires_grad());
  EXPECT_TRUE(randn({2}, TensorOptions(kDouble).requires_grad(true)).requires_grad());
  const NoGradGuard off;
  EXPECT_TRUE(randn({2}, requires_grad()).requires_grad());
}

}  // namespace
}  // namespace tapegrad::test
