#include <gtest/gtest.h>
#include <tapegrad/torch.h>

#include <cmath>
#include <sstream>

#include "tests/common/expect_error.h"
#include "tests/nn/torch_program.h"

namespace {

TEST(TorchHeader, RunsALibtorchProgram) {
  std::ostringstream out;
  const Report report = run_program(out);
  EXPECT_LT(report.last_loss, 0.1 * report.first_loss + 0.1);
  EXPECT_GT(report.correct, 120);
  EXPECT_EQ(report.names,
            (std::vector<std::string>{"scale", "fc1.weight", "fc1.bias", "fc2.weight", "fc3.weight", "fc3.bias"}));
  EXPECT_EQ(out.str(),
            "NetImpl(\n"
            "  (fc1): torch::nn::Linear(in_features=20, out_features=64, bias=true)\n"
            "  (fc2): torch::nn::Linear(in_features=64, out_features=64, bias=false)\n"
            "  (fc3): torch::nn::Linear(in_features=64, out_features=10, bias=true)\n"
            ")\n");
}

TEST(TorchHeader, TakesALoaderAndTheUsualNames) {
  torch::set_num_threads(1);
  EXPECT_EQ(torch::get_num_threads(), 1);
  auto dataset = torch::data::datasets::TensorDataset(torch::randn({70, 2}), torch::randint(0, 3, {70}, torch::kLong))
                     .map(torch::data::transforms::Stack<>());
  auto loader = torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(
      std::move(dataset), torch::data::DataLoaderOptions().batch_size(32));
  Net net(2, 4, 3);
  torch::optim::SGD optimizer(net->parameters(), /*lr=*/0.1);
  int64_t rows = 0;
  for (auto& batch : *loader) {
    optimizer.zero_grad();
    auto loss = torch::nll_loss(net(batch.data), batch.target);
    loss.backward();
    optimizer.step();
    rows += batch.data.size(0);
  }
  EXPECT_EQ(rows, 70);
}

TEST(TorchHeader, HasItsMacros) {
  expect_error<torch::Error>([] { TORCH_CHECK(1 == 2, "one is not ", 2); }, "one is not 2");
  expect_error<torch::Error>([] { TORCH_CHECK(1 == 2); }, "Expected 1 == 2 to be true");
  expect_error<torch::Error>([] { AT_ASSERT(false); }, "Expected false to be true");
  expect_error<torch::Error>([] { torch::nn::Linear(1, 1)->to(torch::kCUDA); },
                             "to: tapegrad computes on the CPU, there is no device cuda; use kCPU");
  expect_error<torch::Error>([] { torch::set_num_threads(0); }, "Expected positive number of threads");
  EXPECT_FALSE(torch::cuda::is_available());
}

TEST(TorchHeader, NamesTheTypesOfInitialisation) {
  const torch::nn::init::FanModeType mode = torch::kFanOut;
  const torch::nn::init::NonlinearityType nonlinearity = torch::kLinear;
  const torch::Tensor w = torch::nn::init::kaiming_uniform_(torch::empty({4, 3}), 0, mode, nonlinearity);
  EXPECT_LE(w.abs().max().item<double>(), std::sqrt(3.0) / std::sqrt(4.0));
}

// The program of the README.
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

}  // namespace
