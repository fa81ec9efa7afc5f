// All ranks run all tests in the same order; a rank on which one fails says so in its exit code and in its output. Rank
// 0 alone prints what passes.
#include "tests/parallel/group.h"

namespace {
tapegrad::nn::parallel::MpiGroup* the_group = nullptr;
}

tapegrad::nn::parallel::MpiGroup& tapegrad::test::group() { return *the_group; }

int main(int argc, char** argv) {
  tapegrad::nn::parallel::MpiGroup group(argc, argv);
  the_group = &group;
  testing::InitGoogleTest(&argc, argv);
  if (group.rank() != 0) GTEST_FLAG_SET(brief, true);
  return RUN_ALL_TESTS();
}
