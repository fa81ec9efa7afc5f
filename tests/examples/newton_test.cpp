#include "run_example.h"

namespace examples_test {
namespace {

class Newton : public Example {};

TEST_F(Newton, FindsTheMaximumThatLbfgsFinds) {
  const Outcome o = run("newton");
  ASSERT_EQ(o.code, 0) << o.err;
  const double best = value_of(o.out, "result newton", "log_posterior");
  EXPECT_NEAR(best, -90.427135, 2e-6);
  EXPECT_NEAR(value_of(o.out, "result lbfgs", "log_posterior"), best, 2e-6);
  EXPECT_LT(value_of(o.out, "result lbfgs", "distance"), 1e-7);
  EXPECT_LE(value_of(o.out, "result newton", "evaluations"), 8);
  EXPECT_NEAR(value_of(o.out, "result newton", "log_evidence"), -92.845941, 2e-6);
}

}  // namespace
}  // namespace examples_test
