// <tapegrad/tapegrad.h> alone: the program of the README, and libtorch's spellings that need no <tapegrad/torch.h>.
#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include "tests/common/expect_error.h"

namespace {

using namespace tapegrad;

struct LinearRegression : nn::Module {
  nn::Parameter slope = register_parameter("slope", tensor(1.0f));
  nn::Parameter intercept = register_parameter("intercept", tensor(1.0f));
  Tensor forward(const Tensor& x) { return x * slope + intercept; }
};

TEST(Umbrella, TrainsTheLinearRegression) {
  manual_seed(0);
  auto [x, y] = data::make_regression({.n_samples = 100, .noise = 5.0, .random_state = 2});
  LinearRegression model;
  optim::SGD optimizer(model.parameters(), /*lr=*/0.1);
  nn::MSELoss loss_fn;
  auto loader = data::make_data_loader(data::TensorDataset(x, y), {.batch_size = 32, .shuffle = true});
  for (int epoch = 0; epoch < 10; ++epoch) {
    for (auto& batch : loader) {
      optimizer.zero_grad();
      auto loss = loss_fn(model.forward(batch.data), batch.target);
      loss.backward();
      optimizer.step();
    }
  }
  EXPECT_NEAR(model.slope.item<float>(), 60.16, 1.5);
  EXPECT_NEAR(model.intercept.item<float>(), 0, 1.5);
}

TEST(Umbrella, TakesALoaderAsLibtorchSpellsIt) {
  auto dataset =
      data::datasets::TensorDataset(randn({70, 2}), randint(0, 3, {70}, kLong)).map(data::transforms::Stack<>());
  auto loader = data::make_data_loader<data::samplers::SequentialSampler>(std::move(dataset),
                                                                          data::DataLoaderOptions().batch_size(32));
  nn::Linear net(2, 3);
  optim::SGD optimizer(net->parameters(), /*lr=*/0.1);
  std::int64_t rows = 0;
  for (auto& batch : *loader) {
    optimizer.zero_grad();
    auto loss = cross_entropy(net(batch.data), batch.target);
    loss.backward();
    optimizer.step();
    rows += batch.data.size(0);
  }
  EXPECT_EQ(rows, 70);
}

TEST(Umbrella, RefusesOtherDevicesAndNoThreads) {
  expect_error<Error>([] { nn::Linear(1, 1)->to(DeviceType::CUDA); },
                      "to: tapegrad computes on the CPU, there is no device cuda; use kCPU");
  expect_error<Error>([] { set_num_threads(0); }, "Expected positive number of threads");
}

}  // namespace
