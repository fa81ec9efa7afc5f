#include "run_example.h"

namespace examples_test {
namespace {

class Spiral : public Example {};

TEST_F(Spiral, TellsTheArmsApart) {
  const Outcome o = run("spiral");
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_GT(value_of(o.out, "result spiral", "train_accuracy"), 0.95);
  EXPECT_GT(value_of(o.out, "result spiral", "test_accuracy"), 0.9);
}

TEST_F(Spiral, PrintsTheSameTwice) { EXPECT_EQ(run("spiral").out, run("spiral").out); }

TEST_F(Spiral, DrawsThePlane) {
  const Outcome o = run("spiral", "--plot pictures");
  ASSERT_EQ(o.code, 0) << o.err;
  if (contains(o.out, "note: no pictures")) GTEST_SKIP() << "gnuplot is not installed";
  EXPECT_EQ(read(folder_ / "pictures" / "spiral.png").substr(0, 4), "\x89PNG");
}

TEST_F(Spiral, RefusesAnUnknownOption) { EXPECT_EQ(run("spiral", "--unknown").code, 2); }

}  // namespace
}  // namespace examples_test
