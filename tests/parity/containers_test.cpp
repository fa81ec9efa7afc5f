// What holds others: modules of any signature, values of any type, sizes for each dim.
#include "tests/parity/parity.h"

namespace {

TEST(ExpandingArray, HoldsANumberForEachDim) {
  torch::ExpandingArray<2> kernel = 3;
  EXPECT_EQ(*kernel, (std::array<int64_t, 2>{3, 3}));
  kernel = {3, 2};
  EXPECT_EQ(kernel->at(1), 2);
  EXPECT_EQ(text(kernel), "[3, 2]");
  EXPECT_EQ(text(torch::ExpandingArray<1>(4)), "4");
  EXPECT_EQ(kernel.size(), 2U);
  EXPECT_EQ(torch::IntArrayRef(kernel)[0], 3);
  EXPECT_EQ(torch::ExpandingArray<2>(std::vector<int64_t>{5, 6})->front(), 5);
  EXPECT_THROW((torch::ExpandingArray<2>{1, 2, 3}), c10::Error);
  EXPECT_THROW((torch::ExpandingArray<3>(std::vector<int64_t>{1, 2})), c10::Error);
  EXPECT_EQ(text(torch::ExpandingArrayWithOptionalElem<2>({5, c10::nullopt})), "[5, None]");
}

}  // namespace
