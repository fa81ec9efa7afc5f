#include "run_example.h"

namespace examples_test {
namespace {

class CartPole : public Example {};

TEST_F(CartPole, LearnsToKeepThePoleUp) {
  const Outcome o = run("cartpole", "--log run.jsonl");
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_LT(value_of(o.out, "result cartpole", "before"), 30);
  EXPECT_GT(value_of(o.out, "result cartpole", "mean_return"), 475);
  const auto entropy = curve("run.jsonl", "entropy"), ended = curve("run.jsonl", "episodes_ended");
  ASSERT_EQ(entropy.steps.size(), 2000U);
  EXPECT_LE(entropy.values.back(), std::log(2.0));
  EXPECT_GT(ended.values.front(), ended.values.back());
}

}  // namespace
}  // namespace examples_test
