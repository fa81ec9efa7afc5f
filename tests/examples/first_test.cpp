#include "run_example.h"

namespace examples_test {
namespace {

class First : public Example {};

TEST_F(First, LearnsTheSlope) {
  const Outcome o = run("first");
  ASSERT_EQ(o.code, 0) << o.err;
  ASSERT_EQ(o.out.substr(0, 6), "slope ") << o.out;
  EXPECT_NEAR(std::strtod(o.out.c_str() + 6, nullptr), 60.16, 0.5);
}

}  // namespace
}  // namespace examples_test
