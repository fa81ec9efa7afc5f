#include <tapegrad/optim/adam.h>
#include <tapegrad/optim/sgd.h>
#include <tapegrad/testing.h>

#include <algorithm>

namespace tapegrad {
namespace {

Tensor parameter(double value) { return tensor({value, -value}, kDouble).requires_grad_(); }

void step(optim::Optimizer& optimizer, const Tensor& p) {
  optimizer.zero_grad();
  (p * p).sum().backward();
  optimizer.step();
}

TEST(OptimizerState, HasTheNamesOfPyTorch) {
  const Tensor p = parameter(1), unused = parameter(2);
  optim::SGD sgd({p, unused}, optim::SGDOptions(0.1).momentum(0.9).nesterov(true));
  EXPECT_FALSE(sgd.state_dict().contains("state.0.step"));
  step(sgd, p);
  const StateDict state = sgd.state_dict();
  std::vector<std::string> keys = state.keys();
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(keys,
            (std::vector<std::string>{"param_groups.0.dampening", "param_groups.0.lr", "param_groups.0.maximize",
                                      "param_groups.0.momentum", "param_groups.0.nesterov", "param_groups.0.params",
                                      "param_groups.0.weight_decay", "state.0.momentum_buffer", "state.0.step"}));
  EXPECT_TENSOR_EQ(state["param_groups.0.nesterov"], tensor(1.0, kDouble));
  EXPECT_TENSOR_EQ(state["param_groups.0.momentum"], tensor(0.9, kDouble));
  EXPECT_TENSOR_EQ(state["param_groups.0.params"], tensor({0, 1}));
  EXPECT_TENSOR_EQ(state["state.0.step"], tensor(1));
  EXPECT_TRUE(state["state.0.momentum_buffer"].is_same(sgd.state(p)[0].second));
}

TEST(OptimizerState, IsCopiedAndCastToTheParameters) {
  const Tensor p = parameter(1), q = tensor({1.0F, -1.0F}).requires_grad_();
  optim::Adam from({p}, optim::AdamOptions(0.1).betas({0.5, 0.75}).amsgrad(true)), to({q}, 0.7);
  step(from, p);
  to.load_state_dict(from.state_dict());
  EXPECT_EQ(to.lr(), 0.1);
  const auto& options = static_cast<const optim::AdamOptions&>(to.param_groups()[0].options());
  EXPECT_EQ(options.betas(), std::make_tuple(0.5, 0.75));
  EXPECT_TRUE(options.amsgrad());
  const auto state = to.state(q);
  ASSERT_EQ(state.size(), 4U);
  EXPECT_TENSOR_EQ(state[1].second, from.state(p)[1].second.to(kFloat));
  const std::vector<double> before = state[1].second.to_vector<double>();
  step(from, p);
  EXPECT_EQ(state[1].second.to_vector<double>(), before);
}

// Options that do not override visit() keep their learning rate.
struct PlainOptions : optim::OptimizerCloneableOptions<PlainOptions> {
  double rate = 0.5;
  double& lr() { return rate; }
  const double& lr() const { return rate; }
  void lr(double value) { rate = value; }
};
struct Plain : optim::OptimizerWith<PlainOptions> {
  using OptimizerWith::OptimizerWith;
  Tensor step(LossClosure) override { return {}; }
};

TEST(OptimizerState, OfYourOwnOptimizerIsItsLearningRate) {
  Plain from({parameter(1)}), to({parameter(1)});
  from.set_lr(0.25);
  EXPECT_EQ(from.state_dict().keys(), (std::vector<std::string>{"param_groups.0.lr", "param_groups.0.params"}));
  to.load_state_dict(from.state_dict());
  EXPECT_EQ(to.lr(), 0.25);
}

}  // namespace
}  // namespace tapegrad
