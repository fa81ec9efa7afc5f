#include "run_example.h"

namespace examples_test {
namespace {

class Newton : public Example {};

TEST_F(Newton, FindsTheMaximumThatLbfgsFinds) {
  const Outcome o = run("newton", "--log run.jsonl");
  ASSERT_EQ(o.code, 0) << o.err;
  const double best = value_of(o.out, "result newton", "log_posterior");
  EXPECT_NEAR(best, -90.427135, 2e-6);
  EXPECT_NEAR(value_of(o.out, "result lbfgs", "log_posterior"), best, 2e-6);
  EXPECT_LT(value_of(o.out, "result lbfgs", "distance"), 1e-7);
  EXPECT_LE(value_of(o.out, "result newton", "evaluations"), 8);
  EXPECT_NEAR(value_of(o.out, "result newton", "log_evidence"), -92.845941, 2e-6);
  const auto newton = curve("run.jsonl", "below_maximum_newton"), lbfgs = curve("run.jsonl", "below_maximum_lbfgs");
  ASSERT_EQ(static_cast<double>(newton.steps.size()), value_of(o.out, "result newton", "evaluations"));
  ASSERT_EQ(static_cast<double>(lbfgs.steps.size()), value_of(o.out, "result lbfgs", "evaluations"));
  EXPECT_EQ(newton.values.front(), lbfgs.values.front());
  // Both begin at 0, where every outcome has 1/2 and the prior is largest.
  EXPECT_NEAR(newton.values.front(), best + 200 * std::log(2.0) + 4 * std::log(2 * std::sqrt(2 * 3.14159265358979)),
              2e-6);
}

}  // namespace
}  // namespace examples_test
