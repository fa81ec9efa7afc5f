#include <tapegrad/nn/expanding_array.h>

#include <gtest/gtest.h>

#include <sstream>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

using Pair = nn::ExpandingArray<2>;

std::string printed(const auto& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}

struct Fields {
  Pair kernel_size = 1;
  nn::ExpandingArrayWithOptionalElem<2> output_size = 1;
};

TEST(ExpandingArray, TakesOneNumberOrOneForEachDim) {
  EXPECT_EQ(*Pair(3), (std::array<std::int64_t, 2>{3, 3}));
  EXPECT_EQ(Fields{.kernel_size = 3}.kernel_size, Pair(3));
  EXPECT_EQ((*Fields{.kernel_size = {3, 2}}.kernel_size)[1], 2);
  const std::vector<std::int64_t> vector{3, 2};
  const std::array<std::int64_t, 2> array{3, 2};
  EXPECT_EQ(Pair(vector), (Pair{3, 2}));
  EXPECT_EQ(Fields{.kernel_size = vector}.kernel_size, Pair(array));
  EXPECT_EQ(Pair(IntList(vector)), Pair({3, 2}));
  EXPECT_EQ(Pair(std::vector<int>{3, 2}), Pair({3, 2}));
  EXPECT_NE(Pair(3), Pair({3, 2}));
  EXPECT_EQ(IntList(Pair({3, 2})), (IntList{3, 2}));
  EXPECT_EQ((nn::ExpandingArray<2, double>(0.5)->at(1)), 0.5);
}

TEST(ExpandingArray, TakesValuesThatMayBeLeftOut) {
  EXPECT_EQ((*Fields{.output_size = {5, std::nullopt}}.output_size)[1], std::nullopt);
  EXPECT_EQ((*Fields{.output_size = 5}.output_size)[1], 5);
  EXPECT_EQ((*Fields{.output_size = {5, 7}}.output_size)[1], 7);
  EXPECT_EQ((*Fields{.output_size = std::vector<std::int64_t>{5, 7}}.output_size)[0], 5);
}

TEST(ExpandingArray, RefusesAnotherNumberOfValues) {
  expect_error<ValueError>([] { Pair{1, 2, 3}; }, "Expected 2 values, but instead got 3");
  expect_error<ValueError>([] { Pair{1}; }, "Expected 2 values, but instead got 1");
  expect_error<ValueError>([] { Pair(std::vector<std::int64_t>{}); }, "Expected 2 values, but instead got 0");
}

TEST(ExpandingArray, PrintsAsAList) {
  EXPECT_EQ(printed(Pair{3, 2}), "[3, 2]");
  EXPECT_EQ(printed(nn::ExpandingArray<1>(3)), "3");
  EXPECT_EQ(printed(nn::ExpandingArrayWithOptionalElem<2>{5, std::nullopt}), "[5, None]");
}

}  // namespace
}  // namespace tapegrad
