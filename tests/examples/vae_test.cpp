#include "run_example.h"

namespace examples_test {
namespace {

class Vae : public Example {};

const std::string kData = std::string("--data '") + TAPEGRAD_TEST_SOURCE_DIR + "/examples/data/digits'";

TEST_F(Vae, DrawsDigitsThatItHasNotSeen) {
  const Outcome o = run("vae", kData + " --log run.jsonl --plot pictures");
  ASSERT_EQ(o.code, 0) << o.err;
  // The mean of all digits, drawn for each, has 26.82; the digits themselves have 13.73.
  EXPECT_LT(value_of(o.out, "result vae", "test_loss"), 25);
  EXPECT_LT(value_of(o.out, "result vae", "train_loss"), value_of(o.out, "result vae", "test_loss"));
  const auto loss = curve("run.jsonl", "test_loss");
  ASSERT_EQ(loss.steps.size(), 200U);
  EXPECT_LT(loss.values.back(), loss.values.front());
  if (contains(o.out, "note: no pictures")) GTEST_SKIP() << "gnuplot is not installed";
  EXPECT_EQ(read(folder_ / "pictures" / "vae.png").substr(0, 4), "\x89PNG");
}

TEST_F(Vae, SaysWhichFileIsMissing) {
  const Outcome o = run("vae", "--data nowhere");
  EXPECT_EQ(o.code, 1);
  EXPECT_TRUE(contains(o.err, "nowhere/train-")) << o.err;
}

}  // namespace
}  // namespace examples_test
