// Optimisers that libtorch does not have: their options and states. Their steps are in golden_test.cpp.
#include <gtest/gtest.h>
#include <tapegrad/optim/adadelta.h>
#include <tapegrad/optim/adagrad.h>
#include <tapegrad/optim/adamax.h>
#include <tapegrad/optim/lion.h>
#include <tapegrad/optim/nadam.h>
#include <tapegrad/optim/radam.h>
#include <tapegrad/optim/rmsprop.h>

#include <cmath>

#include "tests/common/expect_error.h"
#include "tests/optim/leaf.h"

namespace tapegrad {
namespace {

TEST(Options, OfPythonsOptimizersAreCheckedWithItsSentences) {
  const std::vector<Tensor> p = {leaf()};
  const auto refuses = [](auto make, const char* sentence) { expect_error<ValueError>(make, sentence); };
  refuses([&] { optim::Adadelta(p, -1); }, "Invalid learning rate: -1");
  refuses([&] { optim::Adadelta(p, {.rho = 1.5}); }, "Invalid rho value: 1.5");
  refuses([&] { optim::Adadelta(p, {.rho = -0.5}); }, "Invalid rho value: -0.5");
  refuses([&] { optim::Adadelta(p, {.eps = -1}); }, "Invalid epsilon value: -1");
  refuses([&] { optim::Adadelta(p, {.weight_decay = -1}); }, "Invalid weight_decay value: -1");
  refuses([&] { optim::Adamax(p, {.betas = {1, 0.9}}); }, "Invalid beta parameter at index 0: 1");
  refuses([&] { optim::Adamax(p, std::nan("")); }, "Invalid learning rate: nan");
  refuses([&] { optim::NAdam(p, {.betas = {0.9, -1}}); }, "Invalid beta parameter at index 1: -1");
  refuses([&] { optim::NAdam(p, {.momentum_decay = -1}); }, "Invalid momentum_decay value: -1");
  refuses([&] { optim::RAdam(p, {.eps = -1}); }, "Invalid epsilon value: -1");
  refuses([&] { optim::RAdam(p, {.weight_decay = -1}); }, "Invalid weight_decay value: -1");
  refuses([&] { optim::Lion(p, {.betas = {0.9, 1}}); }, "Invalid beta parameter at index 1: 1");
  refuses([&] { optim::Lion(p, {.weight_decay = -1}); }, "Invalid weight_decay value: -1");
  EXPECT_NO_THROW(optim::Adadelta(p, {.rho = 1}));
}

TEST(Options, OfPythonsOptimizersHaveItsDefaults) {
  const optim::AdadeltaOptions adadelta;
  EXPECT_EQ(adadelta.lr(), 1);
  EXPECT_EQ(adadelta.rho(), 0.9);
  EXPECT_EQ(adadelta.eps(), 1e-6);
  EXPECT_EQ(optim::AdamaxOptions().lr(), 2e-3);
  EXPECT_EQ(optim::NAdamOptions().lr(), 2e-3);
  EXPECT_EQ(optim::NAdamOptions().momentum_decay(), 4e-3);
  EXPECT_EQ(optim::RAdamOptions().lr(), 1e-3);
  EXPECT_EQ(optim::LionOptions().lr(), 1e-4);
  EXPECT_EQ(optim::LionOptions().betas(), std::make_tuple(0.9, 0.99));
}

TEST(State, OfPythonsOptimizersHasItsNames) {
  const auto names = [](auto optimizer, const Tensor& p) {
    set_grad(p, 1);
    optimizer.step();
    std::vector<std::string> out;
    for (const auto& [name, value] : optimizer.state(p)) out.push_back(name);
    return out;
  };
  using Names = std::vector<std::string>;
  const Tensor p = leaf();
  EXPECT_EQ(names(optim::Adadelta({p}), p), (Names{"step", "square_avg", "acc_delta"}));
  EXPECT_EQ(names(optim::Adamax({p}), p), (Names{"step", "exp_avg", "exp_inf"}));
  EXPECT_EQ(names(optim::NAdam({p}), p), (Names{"step", "exp_avg", "exp_avg_sq", "mu_product"}));
  EXPECT_EQ(names(optim::RAdam({p}), p), (Names{"step", "exp_avg", "exp_avg_sq"}));
  EXPECT_EQ(names(optim::Lion({p}), p), (Names{"exp_avg"}));
  EXPECT_EQ(names(optim::RMSprop({p}, {.momentum = 0.5, .centered = true}), p),
            (Names{"step", "square_avg", "momentum_buffer", "grad_avg"}));
  EXPECT_EQ(names(optim::Adagrad({p}), p), (Names{"step", "sum"}));
}

TEST(Optimizer, OfSignsKeepsZeroAndNan) {
  const Tensor p = zeros({3}, kDouble).requires_grad_();
  optim::Lion optimizer({p}, {.lr = 0.5});
  p.mutable_grad() = tensor({0.0, -3.0, std::nan("")}, kDouble);
  optimizer.step();
  const auto values = p.detach().to_vector<double>();
  EXPECT_EQ(values[0], 0);
  EXPECT_EQ(values[1], 0.5);
  EXPECT_TRUE(std::isnan(values[2]));
}

}  // namespace
}  // namespace tapegrad
