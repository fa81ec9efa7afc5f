#include "run_example.h"

namespace examples_test {
namespace {

class Pinn : public Example {};

TEST_F(Pinn, SwingsAsTheExactSolution) {
  const Outcome o = run("pinn", "--log run.jsonl --plot pictures");
  ASSERT_EQ(o.code, 0) << o.err;
  // 3.7e-5 by GCC's build on AVX-512, 8.7e-4 by Clang's under sanitizers: where the search ends hangs on the last bits.
  EXPECT_LT(value_of(o.out, "result pinn", "error"), 5e-3);
  ASSERT_EQ(curve("run.jsonl", "residual").steps.size(), 300U);
  EXPECT_LT(curve("run.jsonl", "error").values.back(), 5e-3);
  if (contains(o.out, "note: no pictures")) GTEST_SKIP() << "gnuplot is not installed";
  EXPECT_EQ(read(folder_ / "pictures" / "pinn.png").substr(0, 4), "\x89PNG");
}

}  // namespace
}  // namespace examples_test
