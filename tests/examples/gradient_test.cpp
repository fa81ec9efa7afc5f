#include "run_example.h"

namespace examples_test {
namespace {

class GradientTest : public Example {};

TEST_F(GradientTest, PassesItsOwnTests) {
  if (!fs::exists(program("gradient_test"))) GTEST_SKIP() << "the test kit is not built";
  const Outcome o = run("gradient_test");
  EXPECT_EQ(o.code, 0) << o.out << o.err;
  EXPECT_TRUE(contains(o.out, "[  PASSED  ] 3 tests.")) << o.out;
}

}  // namespace
}  // namespace examples_test
