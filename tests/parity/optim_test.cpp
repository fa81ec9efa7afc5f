// Optimisers' options and groups, LBFGS and learning rate schedulers.
#include "tests/parity/parity.h"

namespace {

using namespace torch::optim;

torch::Tensor parameter(double a = 1, double b = -2) {
  return torch::tensor({a, b}, torch::dtype(torch::kDouble)).requires_grad_();
}

double rate(Optimizer& optimizer, size_t group = 0) { return optimizer.param_groups()[group].options().get_lr(); }

// (p0 - 3)^2 + 10 (p1 + 1)^2
struct Valley {
  torch::Tensor p = parameter();
  int calls = 0;

  torch::Tensor loss(Optimizer& optimizer) {
    ++calls;
    optimizer.zero_grad();
    auto loss = (p[0] - 3).pow(2) + 10 * (p[1] + 1).pow(2);
    loss.backward();
    return loss;
  }
  std::function<torch::Tensor()> closure(Optimizer& optimizer) {
    return [&] { return loss(optimizer); };
  }
  bool is_solved(double tolerance) const {
    return torch::allclose(p.detach(), torch::tensor({3.0, -1.0}, torch::kDouble), 0, tolerance);
  }
};

TEST(LBFGS, FindsTheMinimumByALineSearch) {
  Valley valley;
  LBFGS optimizer({valley.p}, LBFGSOptions(1).line_search_fn("strong_wolfe"));
  optimizer.step(valley.closure(optimizer));
  EXPECT_TRUE(valley.is_solved(1e-6));
}

TEST(LBFGS, FindsItWithFixedSteps) {
  Valley valley;
  LBFGS optimizer({valley.p}, LBFGSOptions(0.5).max_iter(40));
  for (int i = 0; i < 3; ++i) optimizer.step(valley.closure(optimizer));
  EXPECT_TRUE(valley.is_solved(1e-4));
}

TEST(LBFGS, ReturnsTheLossOfItsFirstCall) {
  Valley valley;
  LBFGS optimizer({valley.p});
  EXPECT_EQ(optimizer.step(valley.closure(optimizer)).item<double>(), 14);
}

TEST(LBFGS, AsksForTheLossAtMostMaxEvalTimes) {
  Valley valley;
  LBFGS optimizer({valley.p}, LBFGSOptions(0.01).max_iter(10).max_eval(3));
  optimizer.step(valley.closure(optimizer));
  EXPECT_EQ(valley.calls, 3);
}

TEST(LBFGS, AsksForTheLossOnceAnIteration) {
  Valley valley;
  LBFGS optimizer({valley.p}, LBFGSOptions(0.01).max_iter(4));
  optimizer.step(valley.closure(optimizer));
  EXPECT_EQ(valley.calls, 4);
}

TEST(LBFGS, StopsByItsTolerances) {
  Valley flat, still;
  LBFGS by_grad({flat.p}, LBFGSOptions(1).tolerance_grad(100)),
      by_change({still.p}, LBFGSOptions(1).tolerance_change(1e6));
  by_grad.step(flat.closure(by_grad));
  by_change.step(still.closure(by_change));
  EXPECT_EQ(flat.calls, 1);
  EXPECT_EQ(still.calls, 1);
  EXPECT_TRUE(same(flat.p.detach(), parameter().detach()));
}

TEST(LBFGS, HasLibtorchsDefaults) {
  const LBFGSOptions options;
  EXPECT_EQ(options.lr(), 1);
  EXPECT_EQ(options.max_iter(), 20);
  EXPECT_EQ(options.tolerance_grad(), 1e-7);
  EXPECT_EQ(options.tolerance_change(), 1e-9);
  EXPECT_EQ(options.history_size(), 100);
  EXPECT_FALSE(options.max_eval().has_value());
  EXPECT_FALSE(options.line_search_fn().has_value());
}

TEST(LBFGS, RequiresAClosure) {
  LBFGS optimizer({parameter()});
  EXPECT_THROW(optimizer.step(nullptr), c10::Error);
}

TEST(LBFGS, TakesOneGroup) {
  const std::vector<OptimizerParamGroup> two = {OptimizerParamGroup({parameter()}), OptimizerParamGroup({parameter()})};
  EXPECT_THROW(LBFGS(two, LBFGSOptions(1)), c10::Error);
}

TEST(LBFGS, KnowsOneLineSearch) {
  Valley valley;
  EXPECT_THROW(
      {
        LBFGS optimizer({valley.p}, LBFGSOptions(1).line_search_fn("armijo"));
        optimizer.step(valley.closure(optimizer));
      },
      c10::Error);
}

TEST(LBFGS, LeavesParametersWithoutGradients) {
  Valley valley;
  auto other = parameter(5, 6);
  LBFGS optimizer({valley.p, other}, LBFGSOptions(1).line_search_fn("strong_wolfe"));
  optimizer.step(valley.closure(optimizer));
  EXPECT_TRUE(valley.is_solved(1e-6));
  EXPECT_TRUE(same(other.detach(), parameter(5, 6).detach()));
}

TEST(StepLR, MultipliesTheRate) {
  SGD optimizer({parameter()}, SGDOptions(0.8));
  StepLR scheduler(optimizer, /*step_size=*/3, /*gamma=*/0.5);
  std::vector<double> rates;
  for (int i = 0; i < 8; ++i) {
    rates.push_back(rate(optimizer));
    scheduler.step();
  }
  EXPECT_EQ(rates[1], 0.8);
  EXPECT_EQ(rates[2], 0.8);
  EXPECT_EQ(rates[4], 0.4);
  EXPECT_EQ(rates[5], 0.4);
  EXPECT_EQ(rates[7], 0.2);
}

TEST(StepLR, DividesByTenUnlessTold) {
  SGD optimizer({parameter()}, SGDOptions(1));
  StepLR scheduler(optimizer, 3);
  for (int i = 0; i < 4; ++i) scheduler.step();
  EXPECT_NEAR(rate(optimizer), 0.1, 1e-15);
}

TEST(StepLR, KeepsTheRatesOfGroupsApart) {
  Adam optimizer(std::vector<OptimizerParamGroup>{OptimizerParamGroup({parameter()})}, AdamOptions(0.5));
  optimizer.add_param_group(OptimizerParamGroup({parameter()}, std::make_unique<AdamOptions>(0.25)));
  StepLR scheduler(optimizer, 3, 0.5);
  for (int i = 0; i < 4; ++i) scheduler.step();
  EXPECT_EQ(rate(optimizer, 0), 0.25);
  EXPECT_EQ(rate(optimizer, 1), 0.125);
}

// A scheduler of one's own.
class Inverse : public LRScheduler {
 public:
  explicit Inverse(Optimizer& optimizer) : LRScheduler(optimizer), first_(get_current_lrs()) {}

 private:
  std::vector<double> get_lrs() override {
    std::vector<double> rates = first_;
    for (double& r : rates) r /= step_count_ + 1;
    return rates;
  }
  std::vector<double> first_;
};

TEST(LRScheduler, CallsTheRatesOfADerivedClass) {
  SGD optimizer({parameter()}, SGDOptions(0.6));
  Inverse inverse(optimizer);
  LRScheduler& scheduler = inverse;
  for (const double expected : {0.6, 0.3, 0.2}) {
    scheduler.step();
    EXPECT_NEAR(rate(optimizer), expected, 1e-15);
  }
}

class Short : public LRScheduler {
 public:
  using LRScheduler::LRScheduler;

 private:
  std::vector<double> get_lrs() override { return {}; }
};

TEST(LRScheduler, RefusesAnotherNumberOfRates) {
  SGD optimizer({parameter()}, SGDOptions(0.6));
  Short scheduler(optimizer);
  EXPECT_THROW(scheduler.step(), c10::Error);
}

TEST(ParamGroup, ReadsAndSetsItsRate) {
  SGD optimizer({parameter()}, SGDOptions(0.1));
  optimizer.param_groups()[0].options().set_lr(0.5);
  EXPECT_EQ(optimizer.param_groups()[0].options().get_lr(), 0.5);
  for (auto& group : optimizer.param_groups()) group.options().set_lr(group.options().get_lr() * 0.1);
  EXPECT_NEAR(rate(optimizer), 0.05, 1e-15);
  EXPECT_EQ(optimizer.defaults().get_lr(), 0.1);
}

TEST(ParamGroup, ShowsTheOptionsOfItsOptimizer) {
  Adam optimizer({parameter()}, AdamOptions(0.1));
  for (auto& group : optimizer.param_groups()) static_cast<AdamOptions&>(group.options()).lr(0.25).betas({0.5, 0.6});
  auto& options = static_cast<AdamOptions&>(optimizer.param_groups()[0].options());
  EXPECT_EQ(options.lr(), 0.25);
  EXPECT_EQ(std::get<1>(options.betas()), 0.6);
  options.weight_decay() = 0.5;
  EXPECT_EQ(options.weight_decay(), 0.5);
}

TEST(ParamGroup, StepsAtTheRateThatWasSet) {
  auto p = parameter();
  SGD optimizer({p}, SGDOptions(0.1));
  static_cast<SGDOptions&>(optimizer.param_groups()[0].options()).lr(0.5);
  p.sum().backward();
  optimizer.step();
  EXPECT_TRUE(same(p.detach(), parameter(0.5, -2.5).detach()));
}

TEST(ParamGroup, TakesOtherOptions) {
  OptimizerParamGroup group({parameter()});
  EXPECT_FALSE(group.has_options());
  EXPECT_EQ(group.params().size(), 1U);
  group.set_options(std::make_unique<RMSpropOptions>(RMSpropOptions(0.3).alpha(0.5)));
  EXPECT_TRUE(group.has_options());
  const OptimizerParamGroup copy = group;
  static_cast<RMSpropOptions&>(group.options()).alpha(0.7);
  EXPECT_EQ(static_cast<const RMSpropOptions&>(copy.options()).alpha(), 0.5);
}

// The parameters' values after a step of SGD with momentum by gradients of 1.
void step_by_ones(Optimizer& optimizer) {
  for (auto& group : optimizer.param_groups()) {
    for (torch::Tensor& p : group.params()) p.mutable_grad() = torch::ones_like(p);
  }
  optimizer.step();
}

TEST(ParamGroup, IsGivenAnotherParameter) {
  torch::Tensor a = parameter(0, 0), b = parameter(0, 0), c = parameter(0, 0);
  SGD optimizer({a, b}, SGDOptions(1).momentum(0.5));
  step_by_ones(optimizer);
  optimizer.param_groups()[0].params()[0] = c;
  step_by_ones(optimizer);
  EXPECT_TRUE(torch::equal(a, parameter(-1, -1)));
  EXPECT_TRUE(torch::equal(b, parameter(-2.5, -2.5)));  // its momentum goes on
  EXPECT_TRUE(torch::equal(c, parameter(-1, -1)));
}

TEST(ParamGroup, IsGivenOtherParameters) {
  torch::Tensor a = parameter(0, 0), b = parameter(0, 0), c = parameter(0, 0);
  SGD optimizer({a, b}, SGDOptions(1).momentum(0.5));
  step_by_ones(optimizer);
  optimizer.param_groups()[0].params() = {c, b, a};
  step_by_ones(optimizer);
  EXPECT_TRUE(torch::equal(a, parameter(-2.5, -2.5)));
  EXPECT_TRUE(torch::equal(b, parameter(-2.5, -2.5)));
  EXPECT_TRUE(torch::equal(c, parameter(-1, -1)));
  optimizer.param_groups()[0].params().pop_back();
  step_by_ones(optimizer);
  EXPECT_TRUE(torch::equal(a, parameter(-2.5, -2.5)));
  EXPECT_TRUE(torch::equal(c, parameter(-2.5, -2.5)));
}

TEST(Options, CloneThemselves) {
  const AdagradOptions options = AdagradOptions(0.1).lr_decay(0.25).eps(0.5);
  const std::unique_ptr<OptimizerOptions> copy = static_cast<const OptimizerOptions&>(options).clone();
  EXPECT_EQ(static_cast<AdagradOptions&>(*copy).lr_decay(), 0.25);
  copy->set_lr(3);
  EXPECT_EQ(copy->get_lr(), 3);
  EXPECT_EQ(options.lr(), 0.1);
}

TEST(Options, AreSetOneByOne) {
  RMSpropOptions options(0.1);
  options.momentum(0.5).centered(true).weight_decay(0.25);
  EXPECT_EQ(options.momentum(), 0.5);
  EXPECT_TRUE(options.centered());
  EXPECT_EQ(options.weight_decay(), 0.25);
  EXPECT_EQ(options.alpha(), 0.99);
}

TEST(Optimizer, ReturnsTheLossOfAClosure) {
  Valley valley;
  SGD optimizer({valley.p}, 0.01);
  EXPECT_EQ(optimizer.step(valley.closure(optimizer)).item<double>(), 14);
  EXPECT_FALSE(optimizer.step().defined());
  EXPECT_EQ(valley.calls, 1);
}

TEST(Optimizer, CountsItsParameters) {
  Adagrad optimizer({parameter(), parameter()});
  optimizer.add_param_group(OptimizerParamGroup({parameter()}));
  EXPECT_EQ(optimizer.size(), 3U);
  EXPECT_EQ(optimizer.param_groups()[1].options().get_lr(), 1e-2);
}

}  // namespace
