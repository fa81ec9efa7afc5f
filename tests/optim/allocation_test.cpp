#include <gtest/gtest.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/nn/losses/mse.h>
#include <tapegrad/optim/adadelta.h>
#include <tapegrad/optim/adagrad.h>
#include <tapegrad/optim/adam.h>
#include <tapegrad/optim/adamax.h>
#include <tapegrad/optim/adamw.h>
#include <tapegrad/optim/lion.h>
#include <tapegrad/optim/nadam.h>
#include <tapegrad/optim/radam.h>
#include <tapegrad/optim/rmsprop.h>
#include <tapegrad/optim/sgd.h>

#include "tests/common/heap.h"

#if TAPEGRAD_TEST_COUNTS_HEAP

namespace tapegrad {
namespace {

struct Regression : nn::Module {
  nn::Parameter slope = register_parameter("slope", tensor(1.0f));
  nn::Parameter intercept = register_parameter("intercept", tensor(1.0f));
  Tensor forward(const Tensor& x) { return x * slope + intercept; }
};

template <class Step>
long allocations_of_100(Step&& step) {
  for (int i = 0; i < 3; ++i) step();
  const long before = test::allocations;
  for (int i = 0; i < 100; ++i) step();
  return test::allocations - before;
}

TEST(TrainingLoop, AllocatesNothingOnceItRuns) {
  Regression model;
  nn::Linear linear(1, 1);
  nn::MSELoss loss_fn;
  const Tensor x = randn({32, 1}), y = randn({32, 1});
  const auto params = [&] {
    std::vector<Tensor> all = model.parameters();
    for (const Tensor& p : linear->parameters()) all.push_back(p);
    return all;
  };
  optim::SGD sgd(params(), optim::SGDOptions(0.01).momentum(0.9));
  optim::Adam adam(params(), optim::AdamOptions(0.01).amsgrad(true));
  optim::AdamW adamw(params());
  optim::RMSprop rmsprop(params(), {.momentum = 0.9, .centered = true});
  optim::Adagrad adagrad(params());
  optim::Adadelta adadelta(params());
  optim::Adamax adamax(params());
  optim::NAdam nadam(params());
  optim::RAdam radam(params());
  optim::Lion lion(params());
  for (optim::Optimizer* optimizer : std::initializer_list<optim::Optimizer*>{
           &sgd, &adam, &adamw, &rmsprop, &adagrad, &adadelta, &adamax, &nadam, &radam, &lion}) {
    EXPECT_EQ(allocations_of_100([&] {
                optimizer->zero_grad();
                loss_fn(model.forward(linear(x)), y).backward();
                optimizer->step();
              }),
              0);
    EXPECT_EQ(allocations_of_100([&] {
                optimizer->zero_grad(/*set_to_none=*/false);
                loss_fn(model.forward(linear(x)), y).backward();
                optimizer->step();
              }),
              0);
  }
}

}  // namespace
}  // namespace tapegrad

#endif
