#include "four_ways.h"

#include "least_squares.h"

using namespace tapegrad;

namespace {

auto batches_of(const Tensor& x, const Tensor& y, const Recipe& recipe) {
  manual_seed(recipe.seed);  // after the model has drawn its weights: the same batches for all
  return data::make_data_loader(data::TensorDataset(x, y), {.batch_size = recipe.batch_size, .shuffle = true});
}

// The loop that every Module shares. line() reads slope and intercept.
template <class Model, class ReadLine>
std::vector<Line> train(Model& model, const Tensor& x, const Tensor& y, const Recipe& recipe, data::Progress* progress,
                        const ReadLine& line) {
  optim::SGD optimizer(model->parameters(), recipe.lr);
  nn::MSELoss loss_fn;
  std::vector<Line> path = {line()};
  auto loader = batches_of(x, y, recipe);
  for (int epoch = 1; epoch <= recipe.epochs; ++epoch) {
    double last_loss = 0.0;
    for (auto& batch : loader) {
      optimizer.zero_grad();
      Tensor loss = loss_fn(model->forward(batch.data), batch.target);
      loss.backward();
      optimizer.step();
      path.push_back(line());
      last_loss = loss.template item<double>();
    }
    if (progress != nullptr) {
      progress->set("loss", last_loss);
      progress->step();
    }
  }
  return path;
}

struct LinearRegression : nn::Module {
  nn::Parameter slope, intercept;

  explicit LinearRegression(Dtype dtype)
      : slope(register_parameter("slope", tensor(kStart.slope, dtype))),
        intercept(register_parameter("intercept", tensor(kStart.intercept, dtype))) {}
  Tensor forward(const Tensor& x) { return x * slope + intercept; }
};

}  // namespace

Fit fit_from_scratch(const Tensor& x, const Tensor& y, const Recipe& recipe, data::Progress* progress) {
  Tensor slope = tensor(kStart.slope, x.dtype()), intercept = tensor(kStart.intercept, x.dtype());
  Fit fit{"from_scratch", {kStart}};
  auto loader = batches_of(x, y, recipe);
  for (int epoch = 1; epoch <= recipe.epochs; ++epoch) {
    double last_loss = 0.0;
    for (auto& batch : loader) {
      const Tensor error = batch.target - (batch.data * slope + intercept);  // y - y_hat
      const Tensor d_slope = (-2 * batch.data * error).mean();
      const Tensor d_intercept = (-2 * error).mean();
      slope = slope - recipe.lr * d_slope;
      intercept = intercept - recipe.lr * d_intercept;
      fit.path.push_back({slope.item<double>(), intercept.item<double>()});
      last_loss = error.square().mean().item<double>();
    }
    if (progress != nullptr) {
      progress->set("loss", last_loss);
      progress->step();
    }
  }
  return fit;
}

Fit fit_module(const Tensor& x, const Tensor& y, const Recipe& recipe, data::Progress* progress) {
  auto model = std::make_shared<LinearRegression>(x.dtype());
  const auto line = [&] { return Line{model->slope.item<double>(), model->intercept.item<double>()}; };
  return {"module", train(model, x, y, recipe, progress, line)};
}

Fit fit_linear(const Tensor& x, const Tensor& y, const Recipe& recipe, data::Progress* progress) {
  manual_seed(recipe.seed);
  nn::Linear model(1, 1);
  model->to(x.dtype());
  const auto line = [&] { return Line{model->weight.item<double>(), model->bias.item<double>()}; };
  return {"linear", train(model, x, y, recipe, progress, line)};
}

Fit fit_closed_form(const Tensor& x, const Tensor& y) {
  const std::vector<double> solution = least_squares(cat({x, ones_like(x)}, 1), y).solution;
  return {"closed_form", {{solution[0], solution[1]}}};
}

double mse(const Line& line, const Tensor& x, const Tensor& y) {
  NoGradGuard no_grad;
  return mse_loss(x * line.slope + line.intercept, y).item<double>();
}
