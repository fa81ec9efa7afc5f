// Groups of parameters, with options and states of their own.
#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/optim/adam.h>
#include <tapegrad/optim/sgd.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/common/expect_error.h"
#include "tests/optim/leaf.h"

namespace tapegrad {
namespace {

using optim::Adam;
using optim::AdamOptions;
using optim::OptimizerParamGroup;
using optim::SGD;
using optim::SGDOptions;

TEST(ParamGroups, HaveOptionsOfTheirOwn) {
  const Tensor p = leaf(), q = leaf();
  std::vector<OptimizerParamGroup> groups;
  groups.emplace_back(std::vector<Tensor>{p});
  groups.emplace_back(std::vector<Tensor>{q}, std::make_unique<SGDOptions>(SGDOptions(0.5).momentum(0.9)));
  SGD optimizer(groups, SGDOptions(0.1));
  EXPECT_EQ(optimizer.size(), 2u);
  set_grad(p, 1);
  set_grad(q, 1);
  optimizer.step();
  EXPECT_NEAR(p.sum().item<double>(), 1.8, 1e-15);
  EXPECT_NEAR(q.sum().item<double>(), 1.0, 1e-15);
  EXPECT_TRUE(optimizer.state(p).empty());
  EXPECT_EQ(optimizer.state(q)[0].first, "momentum_buffer");
  EXPECT_FALSE(groups[0].has_options());
}

TEST(ParamGroups, ChangeTheirOptionsBetweenSteps) {
  const Tensor p = leaf();
  SGD optimizer({p}, 0.1);
  set_grad(p, 1);
  for (auto& group : optimizer.param_groups()) static_cast<SGDOptions&>(group.options()).lr(0.5);
  EXPECT_EQ(optimizer.lr(), 0.5);
  EXPECT_EQ(static_cast<SGDOptions&>(optimizer.defaults()).lr(), 0.1);
  optimizer.step();
  EXPECT_EQ(p.sum().item<double>(), 1);
  optimizer.set_lr(0.25);
  optimizer.param_groups()[0].options().set_lr(optimizer.lr() * 2);
  EXPECT_EQ(optimizer.param_groups()[0].options().get_lr(), 0.5);
  static_cast<SGDOptions&>(optimizer.param_groups()[0].options()).momentum() = 0.5;
  optimizer.step();
  optimizer.step();
  EXPECT_EQ(p.sum().item<double>(), -1.5);
}

TEST(ParamGroups, AreAddedLater) {
  const Tensor p = leaf(), q = leaf(), r = leaf();
  Adam optimizer({p}, AdamOptions(0.1).betas({0.5, 0.5}));
  optimizer.add_param_group({{q}});
  optimizer.add_param_group({{r}, AdamOptions(0.3)});
  EXPECT_EQ(std::get<0>(static_cast<AdamOptions&>(optimizer.param_groups()[1].options()).betas()), 0.5);
  EXPECT_EQ(optimizer.param_groups()[2].options().get_lr(), 0.3);
  set_grad(q, 1);
  optimizer.step();
  EXPECT_NEAR(q.sum().item<double>(), 1.8, 1e-6);
}

TEST(ParamGroups, RefuseWhatCannotBeOptimized) {
  const Tensor p = leaf();
  expect_error<AutogradError>([&] { SGD({p * 2}, 0.1); }, "can't optimize a non-leaf Tensor");
  expect_error<Error>([&] { SGD({Tensor()}, 0.1); }, "undefined");
  expect_error<DtypeError>([&] { SGD({tensor({1, 2})}, 0.1); }, "dtype Long");
  expect_error<Error>([&] { SGD(std::vector<Tensor>{}, 0.1); }, "optimizer got an empty parameter list");
  expect_error<Error>([&] { SGD({p, p}, 0.1); }, "some parameters appear in more than one parameter group");
  SGD optimizer({p}, 0.1);
  expect_error<Error>([&] { optimizer.add_param_group({{p}}); }, "some parameters appear in more than one");
  expect_error<Error>([&] { optimizer.add_param_group({{leaf()}, AdamOptions(0.1)}); }, "another optimizer");
  expect_error<Error>([&] { optimizer.state(leaf()); }, "none of its parameters");
  EXPECT_EQ(optimizer.param_groups().size(), 1u);
  optimizer.param_groups()[0].set_options(std::make_unique<AdamOptions>());
  set_grad(p, 1);
  expect_error<Error>([&] { optimizer.step(); }, "another optimizer");
  optimizer.param_groups()[0].set_options(nullptr);
  expect_error<Error>([&] { optimizer.step(); }, "no options");
}

TEST(ParamGroups, RefuseToStepAnAssignedParameterThatCannotBeOptimized) {
  const Tensor a = leaf(1), b = leaf(3);
  SGD optimizer({a, b}, SGDOptions(1).momentum(0.5));
  set_grad(a, 1);
  Tensor& second = optimizer.param_groups()[0].params()[1];
  const auto refuses = [&](const Tensor& p, const char* sentence) {
    second = p;
    expect_error<Error>([&] { optimizer.step(); }, sentence);
    expect_error<Error>([&] { optimizer.load_state_dict(StateDict()); }, sentence);
  };
  refuses(Tensor(), "can't optimize an undefined Tensor (parameter 1 of the group)");
  refuses(b * 2, "can't optimize a non-leaf Tensor (parameter 1 of the group)");
  refuses(tensor({1, 2}), "can't optimize a Tensor of dtype Long");
  refuses(a, "some parameters appear in more than one parameter group");
  EXPECT_EQ(a.sum().item<double>(), 2);
  second = b;
  optimizer.step();
  EXPECT_EQ(a.sum().item<double>(), 0);
}

TEST(ParamGroups, KeepAndLoadTheStateOfAnAssignedParameter) {
  const Tensor a = leaf(1), b = leaf(3), c = leaf(5);
  SGD optimizer({a, b}, SGDOptions(1).momentum(0.5));
  for (const Tensor& p : {a, b, c}) set_grad(p, 1);
  optimizer.step();
  optimizer.param_groups()[0].params() = {c, a};
  EXPECT_TRUE(optimizer.state(c).empty());
  EXPECT_EQ(optimizer.state(a).size(), 1u);
  const StateDict state = optimizer.state_dict();
  EXPECT_FALSE(state.contains("state.0.momentum_buffer"));
  EXPECT_TRUE(state.contains("state.1.momentum_buffer"));
  optimizer.load_state_dict(state);
  optimizer.step();
  EXPECT_EQ(c.sum().item<double>(), 8);
  EXPECT_EQ(a.sum().item<double>(), -3);
}

}  // namespace
}  // namespace tapegrad
