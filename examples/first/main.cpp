// The program of the README, to the end: a line is learned, and its slope printed.
#include <tapegrad/tapegrad.h>

#include <cstdio>

using namespace tapegrad;

struct LinearRegression : nn::Module {
  nn::Parameter slope = register_parameter("slope", tensor(1.0f));
  nn::Parameter intercept = register_parameter("intercept", tensor(1.0f));
  Tensor forward(const Tensor& x) { return x * slope + intercept; }
};

int main() {
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
  std::printf("slope %.2f\n", model.slope.item<double>());
}
