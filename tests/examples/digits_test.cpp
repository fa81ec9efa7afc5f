#include "run_example.h"

namespace examples_test {
namespace {

class Digits : public Example {};

const std::string kData = std::string("--data '") + TAPEGRAD_TEST_SOURCE_DIR + "/examples/data/digits'";

TEST_F(Digits, ReadsWhatIsHeldOut) {
  const Outcome o = run("digits", kData + " --plot pictures");
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_GT(value_of(o.out, "result digits", "test_accuracy"), 0.97);
  if (contains(o.out, "note: no pictures")) GTEST_SKIP() << "gnuplot is not installed";
  EXPECT_EQ(read(folder_ / "pictures" / "digits.png").substr(0, 4), "\x89PNG");
}

TEST_F(Digits, SaysWhichFileIsMissing) {
  const Outcome o = run("digits", "--data nowhere");
  EXPECT_EQ(o.code, 1);
  EXPECT_TRUE(contains(o.err, "nowhere/train-")) << o.err;
}

}  // namespace
}  // namespace examples_test
