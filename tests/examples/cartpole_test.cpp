#include "run_example.h"

namespace examples_test {
namespace {

class CartPole : public Example {};

TEST_F(CartPole, LearnsToKeepThePoleUp) {
  const Outcome o = run("cartpole");
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_LT(value_of(o.out, "result cartpole", "before"), 30);
  EXPECT_GT(value_of(o.out, "result cartpole", "mean_return"), 475);
}

}  // namespace
}  // namespace examples_test
