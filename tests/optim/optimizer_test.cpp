#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/optim/adagrad.h>
#include <tapegrad/optim/adam.h>
#include <tapegrad/optim/adamw.h>
#include <tapegrad/optim/rmsprop.h>
#include <tapegrad/optim/sgd.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "tests/common/expect_error.h"
#include "tests/optim/leaf.h"

namespace tapegrad {
namespace {

using optim::Adagrad;
using optim::AdagradOptions;
using optim::Adam;
using optim::AdamOptions;
using optim::AdamW;
using optim::AdamWOptions;
using optim::OptimizerParamGroup;
using optim::RMSprop;
using optim::RMSpropOptions;
using optim::SGD;
using optim::SGDOptions;

TEST(Optimizer, UpdatesInPlaceAndRaisesTheVersion) {
  const Tensor p = leaf(), handle = p;
  SGD optimizer({p}, 0.5);
  set_grad(p, 2);
  const std::int64_t version = p.version();
  optimizer.step();
  EXPECT_TRUE(handle.equal(zeros({2}, kDouble)));
  EXPECT_EQ(p.version(), version + 1);
  EXPECT_TRUE(p.is_leaf());
}

TEST(Optimizer, IsFoundOutByALaterBackward) {
  const Tensor p = leaf();
  SGD optimizer({p}, 0.5);
  const Tensor loss = (p * p).sum();
  set_grad(p, 1);
  optimizer.step();
  expect_error<AutogradError>([&] { loss.backward(); }, "modified by an inplace operation");
}

TEST(Optimizer, SkipsWhatHasNoGradient) {
  const Tensor p = leaf(), q = leaf();
  Adam optimizer({p, q}, 0.5);
  set_grad(q, 1);
  const std::int64_t version = p.version();
  optimizer.step();
  EXPECT_TRUE(p.equal(leaf()));
  EXPECT_EQ(p.version(), version);
  EXPECT_FALSE(q.equal(leaf()));
  EXPECT_TRUE(optimizer.state(p).empty());
}

TEST(Optimizer, CountsTheStepsOfEachParameter) {
  const Tensor early = leaf(), late = leaf(), alone = leaf();
  Adam both({early, late}, 0.1), one({alone}, 0.1);
  set_grad(early, 0.5);
  both.step();
  for (const Tensor& p : {early, late, alone}) set_grad(p, 0.25);
  both.step();
  one.step();
  EXPECT_TRUE(late.equal(alone));
  EXPECT_FALSE(late.equal(leaf()));
}

TEST(Optimizer, ZeroesGradients) {
  const Tensor p = leaf();
  SGD optimizer({p}, 0.5);
  set_grad(p, 2);
  const Tensor g = p.grad();
  optimizer.zero_grad(/*set_to_none=*/false);
  EXPECT_TRUE(g.equal(zeros({2}, kDouble)));
  optimizer.zero_grad();
  EXPECT_FALSE(p.grad().defined());
  (p * p * p).sum().backward({}, std::nullopt, /*create_graph=*/true);
  EXPECT_TRUE(p.grad().requires_grad());
  optimizer.zero_grad(false);
  EXPECT_FALSE(p.grad().requires_grad());
}

TEST(Optimizer, CallsAClosureAndReturnsItsLoss) {
  const Tensor p = leaf();
  SGD optimizer({p}, 0.25);
  const NoGradGuard no_grad;  // the closure records all the same
  const auto closure = [&] {
    optimizer.zero_grad();
    Tensor loss = (p * p).sum();
    loss.backward();
    return loss;
  };
  EXPECT_EQ(optimizer.step(closure).item<double>(), 2);
  EXPECT_EQ(optimizer.step(closure).item<double>(), 0.5);
  EXPECT_FALSE(optimizer.step().defined());
  EXPECT_FALSE(is_grad_enabled());
}

TEST(Optimizer, ChangesNothingWhenAGradientDoesNotFit) {
  const Tensor p = leaf(), q = leaf();
  SGD optimizer({p, q}, 0.5);
  set_grad(p, 1);
  q.mutable_grad() = ones({3}, kDouble);
  expect_error<ShapeError>([&] { optimizer.step(); }, "sizes [2] has a .grad of dtype Double and sizes [3]");
  q.mutable_grad() = ones({2}, kFloat);
  expect_error<DtypeError>([&] { optimizer.step(); }, "has a .grad of dtype Float");
  EXPECT_TRUE(p.equal(leaf()));
}

TEST(Optimizer, HoldsHandlesThatOutliveTheirOwners) {
  std::unique_ptr<SGD> optimizer;
  {
    const Tensor p = leaf();
    set_grad(p, 1);
    optimizer = std::make_unique<SGD>(std::vector<Tensor>{p}, 0.5);
  }
  optimizer->step();
  EXPECT_EQ(optimizer->param_groups()[0].params()[0].sum().item<double>(), 1);
  SGD moved = std::move(*optimizer);
  optimizer.reset();
  moved.step();
  EXPECT_EQ(moved.param_groups()[0].params()[0].sum().item<double>(), 0);
}

TEST(Optimizer, UpdatesParametersOfAnyShape) {
  const std::vector<Tensor> params = {tensor(1.0f).requires_grad_(), zeros({0, 3}).requires_grad_(),
                                      ones({2, 3, 4}).requires_grad_(), ones({33}, kDouble).requires_grad_()};
  AdamW optimizer(params, AdamWOptions(0.1).weight_decay(0));
  for (const Tensor& p : params) set_grad(p, 1);
  optimizer.step();
  EXPECT_NEAR(params[0].item<float>(), 0.9f, 1e-6);
  EXPECT_TRUE(params[2].allclose(full({2, 3, 4}, 0.9f)));
  EXPECT_TRUE(params[3].allclose(full({33}, 0.9, kDouble)));
}

TEST(Optimizer, FollowsAParameterWhoseStateHasAnotherDtype) {
  const Tensor p = leaf();
  SGD optimizer({p}, SGDOptions(1).momentum(0.5));
  set_grad(p, 1);
  optimizer.step();
  optimizer.param_groups()[0].states()[0].buffers[0] = ones({2}, kFloat);
  optimizer.step();
  EXPECT_EQ(optimizer.state(p)[0].second.dtype(), kDouble);
  EXPECT_TRUE(p.equal(tensor({-1.5, -1.5}, kDouble)));
}

TEST(Optimizer, RefusesAStateOfOtherSizesBeforeItUpdatesAnything) {
  const Tensor p = leaf(), q = leaf();
  Adagrad optimizer({p, q}, 0.5);
  for (const Tensor& x : {p, q}) set_grad(x, 1);
  optimizer.step();
  optimizer.param_groups()[0].states()[1].buffers[0] = ones({5}, kDouble);
  const Tensor before = p.detach().clone();
  expect_error<ShapeError>([&] { optimizer.step(); }, "the state sum of sizes [5] does not fit");
  EXPECT_TRUE(p.detach().equal(before));
}

// --- options

TEST(Options, AreCheckedWithPyTorchsSentences) {
  const std::vector<Tensor> p = {leaf()};
  expect_error<Error>([&] { SGD(p, -1); }, "Invalid learning rate: -1");
  expect_error<Error>([&] { SGD(p, std::nan("")); }, "Invalid learning rate: nan");
  expect_error<Error>([&] { SGD(p, SGDOptions(0.1).momentum(-0.5)); }, "Invalid momentum value: -0.5");
  expect_error<Error>([&] { SGD(p, SGDOptions(0.1).weight_decay(-0.5)); }, "Invalid weight_decay value: -0.5");
  expect_error<Error>([&] { SGD(p, SGDOptions(0.1).nesterov(true)); },
                      "Nesterov momentum requires a momentum and zero dampening");
  expect_error<Error>([&] { SGD(p, SGDOptions(0.1).momentum(0.9).dampening(0.1).nesterov(true)); }, "Nesterov");
  expect_error<Error>([&] { Adam(p, -0.1); }, "Invalid learning rate: -0.1");
  expect_error<Error>([&] { Adam(p, AdamOptions().eps(-1)); }, "Invalid epsilon value: -1");
  expect_error<Error>([&] { Adam(p, AdamOptions().betas({1, 0.9})); }, "Invalid beta parameter at index 0: 1");
  expect_error<Error>([&] { AdamW(p, AdamWOptions().betas({0.1, 1.9})); }, "Invalid beta parameter at index 1: 1.9");
  expect_error<Error>([&] { AdamW(p, AdamWOptions().weight_decay(-2)); }, "Invalid weight_decay value: -2");
  expect_error<ValueError>([&] { RMSprop(p, -1); }, "Invalid learning rate: -1");
  expect_error<ValueError>([&] { RMSprop(p, RMSpropOptions().eps(-1)); }, "Invalid epsilon value: -1");
  expect_error<ValueError>([&] { RMSprop(p, RMSpropOptions().momentum(-1)); }, "Invalid momentum value: -1");
  expect_error<ValueError>([&] { RMSprop(p, RMSpropOptions().weight_decay(-1)); }, "Invalid weight_decay value: -1");
  expect_error<ValueError>([&] { RMSprop(p, RMSpropOptions().alpha(-1)); }, "Invalid alpha value: -1");
  expect_error<ValueError>([&] { Adagrad(p, -1); }, "Invalid learning rate: -1");
  expect_error<ValueError>([&] { Adagrad(p, AdagradOptions().lr_decay(-1)); }, "Invalid lr_decay value: -1");
  expect_error<ValueError>([&] { Adagrad(p, AdagradOptions().weight_decay(-1)); }, "Invalid weight_decay value: -1");
  expect_error<ValueError>([&] { Adagrad(p, AdagradOptions().initial_accumulator_value(-1)); },
                           "Invalid initial_accumulator_value value: -1");
  expect_error<ValueError>([&] { Adagrad(p, AdagradOptions().eps(-1)); }, "Invalid epsilon value: -1");
  SGD optimizer(p, 0.1);
  expect_error<Error>([&] { optimizer.set_lr(-3); }, "Invalid learning rate: -3");
  expect_error<Error>([&] { optimizer.add_param_group({{leaf()}, SGDOptions(-4)}); }, "Invalid learning rate: -4");
  EXPECT_EQ(optimizer.lr(), 0.1);
}

TEST(Options, HavePyTorchsDefaults) {
  const AdamOptions adam;
  EXPECT_EQ(adam.lr(), 1e-3);
  EXPECT_EQ(adam.betas(), std::make_tuple(0.9, 0.999));
  EXPECT_EQ(adam.eps(), 1e-8);
  EXPECT_EQ(adam.weight_decay(), 0);
  EXPECT_FALSE(adam.amsgrad());
  EXPECT_EQ(AdamWOptions().weight_decay(), 1e-2);
  EXPECT_EQ(SGDOptions(0.1).momentum(), 0);
  const RMSpropOptions rmsprop;
  EXPECT_EQ(rmsprop.lr(), 1e-2);
  EXPECT_EQ(rmsprop.alpha(), 0.99);
  EXPECT_EQ(rmsprop.eps(), 1e-8);
  EXPECT_EQ(rmsprop.weight_decay(), 0);
  EXPECT_EQ(rmsprop.momentum(), 0);
  EXPECT_FALSE(rmsprop.centered());
  const AdagradOptions adagrad;
  EXPECT_EQ(adagrad.lr(), 1e-2);
  EXPECT_EQ(adagrad.lr_decay(), 0);
  EXPECT_EQ(adagrad.weight_decay(), 0);
  EXPECT_EQ(adagrad.initial_accumulator_value(), 0);
  EXPECT_EQ(adagrad.eps(), 1e-10);
}

TEST(Options, OfTheUsersOwnOptimizerWork) {
  struct Options : optim::OptimizerCloneableOptions<Options> {
    double lr_value = 1;
    double lr() const { return lr_value; }
    void lr(double v) { lr_value = v; }
  };
  struct SignDescent : optim::Optimizer {
    explicit SignDescent(std::vector<Tensor> p) : Optimizer(std::move(p), std::make_unique<Options>()) {}
    Tensor step(LossClosure closure = nullptr) override {
      Tensor loss = evaluate(closure);
      const NoGradGuard no_grad;
      for (auto& group : param_groups()) {
        for (const Tensor& p : group.params()) p.sub_(p.grad().sign(), group.options().get_lr());
      }
      return loss;
    }
  };
  const Tensor p = leaf();
  SignDescent optimizer({p});
  optimizer.set_lr(0.25);
  set_grad(p, 7);
  optimizer.step();
  EXPECT_EQ(p.sum().item<double>(), 1.5);
}

TEST(State, IsReadByPyTorchsNames) {
  const Tensor p = leaf();
  Adam optimizer({p}, AdamOptions(0.1).amsgrad(true));
  set_grad(p, 1);
  optimizer.step();
  optimizer.step();
  const auto state = optimizer.state(p);
  ASSERT_EQ(state.size(), 4u);
  EXPECT_EQ(state[0].first, "step");
  EXPECT_EQ(state[0].second.item<std::int64_t>(), 2);
  EXPECT_EQ(state[1].first, "exp_avg");
  EXPECT_NEAR(state[1].second[0].item<double>(), 0.19, 1e-15);
  EXPECT_EQ(state[2].first, "exp_avg_sq");
  EXPECT_EQ(state[3].first, "max_exp_avg_sq");
  EXPECT_FALSE(state[3].second.requires_grad());
}

TEST(Optimizer, TakesItsOptionsAsDesignatedInitialisers) {
  const auto options = [](const optim::Optimizer& o) { return o.state_dict(); };
  const auto same = [](const StateDict& a, const StateDict& b) {
    for (const auto& [key, value] : a) EXPECT_TRUE(value.equal(b[key])) << key;
  };
  const Tensor p = leaf();
  same(options(SGD({p}, {.lr = 0.1, .momentum = 0.9})), options(SGD({p}, SGDOptions(0.1).momentum(0.9))));
  same(options(Adam({p}, {.betas = {0.8, 0.9}})), options(Adam({p}, AdamOptions().betas({0.8, 0.9}))));
  same(options(AdamW({p}, {.lr = 0.5})), options(AdamW({p}, AdamWOptions(0.5))));
  same(options(RMSprop({p}, {.centered = true})), options(RMSprop({p}, RMSpropOptions().centered(true))));
  same(options(Adagrad({p}, {.lr_decay = 0.5})), options(Adagrad({p}, AdagradOptions().lr_decay(0.5))));
  EXPECT_THROW(SGD({p}, {.momentum = 0.9}), Error) << "a rate must be given";
}

TEST(Optimizer, RefusesAParameterThatCannotBeWrittenBeforeItUpdatesOthers) {
  const Tensor p = leaf(), wide = ones({1}).expand({3}).requires_grad_();
  Adam optimizer({p, wide});
  set_grad(p, 1);
  wide.mutable_grad() = ones({3});
  const Tensor before = p.detach().clone();
  EXPECT_THROW(optimizer.step(), ShapeError);
  EXPECT_TRUE(p.detach().equal(before));
  EXPECT_TRUE(optimizer.state(p).empty());
  EXPECT_EQ(p.version(), 0);
}

TEST(Optimizer, UpdatesTwoViewsOfTheSameBytesOneAfterTheOther) {
  const Tensor bytes = zeros({2, 3}), p = bytes.t().detach().requires_grad_(), q = bytes.detach().requires_grad_();
  for (const Tensor& x : {p, q}) x.mutable_grad() = ones_like(x);
  SGD({p, q}, 1.0).step();
  EXPECT_TRUE(bytes.equal(full({2, 3}, -2.0F)));
  SGD({q, p}, 1.0).step();
  EXPECT_TRUE(bytes.equal(full({2, 3}, -4.0F)));
}

}  // namespace
}  // namespace tapegrad
