// What a captured function prints and draws of its program.
#include "tests/capture/twins.h"

namespace tapegrad::tests {
namespace {

TEST(Capture, PrintsItsProgram) {
  Training other;
  auto step = captured(other);
  EXPECT_EQ(step.text(), "no program yet\n");
  for (int i = 0; i < 4; ++i) step(randn({6, 4}), randn({6, 2}));
  const std::string text = step.text();
  for (const char* part : {"= linear(", "= tanh(", "<- sgd(", "mse_loss_backward", "bytes"})
    EXPECT_NE(text.find(part), std::string::npos) << part << '\n' << text;
  const std::string dot = step.dot();
  for (const char* part :
       {"digraph {", "\"linear\\n", "\"sgd\\n", "lightyellow", "lightblue", "palegreen", " -> out0;"})
    EXPECT_NE(dot.find(part), std::string::npos) << part << '\n' << dot;
  // The first layer reads the argument and two parameters, and is read.
  const std::size_t at = dot.find("\"linear\\n"), from = dot.rfind("  l", at);
  const std::string box = dot.substr(from + 2, dot.find(' ', from + 2) - from - 2);
  std::size_t into = 0, out = 0;
  for (std::size_t i = 0; (i = dot.find(" -> " + box + ";", i)) != dot.npos; ++i) ++into;
  for (std::size_t i = 0; (i = dot.find("  " + box + " -> ", i)) != dot.npos; ++i) ++out;
  EXPECT_EQ(into, 3U) << dot;
  EXPECT_GE(out, 1U) << dot;
  step.forget();
  EXPECT_EQ(step.dot(), "");
  EXPECT_EQ(step.stats().programs, 0);
}

}  // namespace
}  // namespace tapegrad::tests
