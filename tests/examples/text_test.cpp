#include "run_example.h"

namespace examples_test {
namespace {

// The examples that learn to write. What a character costs in bits on the part that is held out: 4.51 where only each
// character's frequency is known, 3.30 with the character before it (counted on the other part).
class Text : public Example {};

const std::string kText = std::string("--text '") + TAPEGRAD_TEST_SOURCE_DIR + "/examples/data/constitution.txt'";

TEST_F(Text, AnLSTMLearnsMoreThanPairsOfCharacters) {
  const Outcome o = run("char_lstm", kText + " --epochs 3");
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_LT(value_of(o.out, "result char_lstm", "test_bits"), 3.3);
}

TEST_F(Text, ATransformerLearnsMoreThanPairsOfCharacters) {
  const Outcome o = run("tiny_gpt", kText + " --epochs 3");
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_LT(value_of(o.out, "result tiny_gpt", "test_bits"), 3.3);
}

TEST_F(Text, SaysWhichTextIsMissing) {
  for (const char* program : {"char_lstm", "tiny_gpt"}) {
    const Outcome o = run(program, "--text nowhere.txt");
    EXPECT_EQ(o.code, 1);
    EXPECT_TRUE(contains(o.err, "nowhere.txt: no text")) << o.err;
  }
}

}  // namespace
}  // namespace examples_test
