// A training program as one writes it for libtorch 1.13, whose <torch/torch.h> takes this file as it stands.
#pragma once

#include <cstdint>
#include <iostream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace F = torch::nn::functional;

struct NetImpl : torch::nn::Module {
  NetImpl(int64_t in, int64_t hidden, int64_t classes)
      : fc1(register_module("fc1", torch::nn::Linear(in, hidden))),
        fc2(register_module("fc2", torch::nn::Linear(torch::nn::LinearOptions(hidden, hidden).bias(false)))) {
    fc3 = register_module("fc3", torch::nn::Linear(hidden, classes));
    scale = register_parameter("scale", torch::ones({1}));
    mean = register_buffer("mean", torch::zeros({in}));
  }

  torch::Tensor forward(torch::Tensor x) {
    x = (x - mean).view({x.size(0), -1});
    x = torch::relu(fc1->forward(x));
    x = torch::tanh(fc2(x));
    x = fc3->forward(x) * scale;
    return F::log_softmax(x, F::LogSoftmaxFuncOptions(/*dim=*/1));
  }

  torch::nn::Linear fc1{nullptr}, fc2{nullptr}, fc3{nullptr};
  torch::Tensor scale, mean;
};
TORCH_MODULE(Net);

struct Report {
  double first_loss = 0, last_loss = 0;
  int64_t correct = 0;
  std::vector<std::string> names;
};

template <typename Optimizer>
Report train(Net& model, Optimizer& optimizer, torch::Device device, const torch::Tensor& x, const torch::Tensor& y,
             int64_t epochs) {
  Report report;
  model->to(device);
  model->train();
  for (int64_t epoch = 0; epoch < epochs; ++epoch) {
    for (int64_t start = 0; start < x.size(0); start += 32) {
      auto data = x.slice(0, start, start + 32).to(device), targets = y.slice(0, start, start + 32).to(device);
      optimizer.zero_grad();
      auto output = model->forward(data);
      auto loss = torch::nll_loss(output, targets);
      AT_ASSERT(!std::isnan(loss.item<float>()));
      loss.backward();
      optimizer.step();
      if (report.first_loss == 0) report.first_loss = loss.item<double>();
      report.last_loss = loss.item<double>();
    }
  }
  torch::NoGradGuard no_grad;
  model->eval();
  auto prediction = model->forward(x).argmax(1);
  report.correct = prediction.eq(y).sum().item<int64_t>();
  for (const auto& pair : model->named_parameters()) {
    TORCH_CHECK(pair.value().requires_grad(), pair.key(), " does not require grad");
    report.names.push_back(pair.key());
  }
  return report;
}

inline Report run_program(std::ostream& out) {
  torch::manual_seed(1);
  torch::Device device(torch::cuda::is_available() ? torch::kCUDA : torch::kCPU);
  auto x = torch::randn({128, 20}, torch::TensorOptions().dtype(torch::kFloat32));
  auto y = torch::randint(0, 10, {128}, torch::kLong);

  Net model(20, 64, 10);
  torch::optim::SGD warm_up(model->parameters(), torch::optim::SGDOptions(/*lr=*/0.1).momentum(0.5));
  train(model, warm_up, device, x, y, 5);
  for (auto& group : warm_up.param_groups()) {
    static_cast<torch::optim::SGDOptions&>(group.options()).lr(0.05);
  }
  train(model, warm_up, device, x, y, 5);

  torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(2e-3).betas({0.9, 0.99}));
  Report report = train(model, optimizer, device, x, y, 60);
  out << model << std::endl;

  torch::nn::Sequential sequential(torch::nn::Linear(20, 8), torch::nn::ReLU(), torch::nn::Functional(torch::sigmoid));
  sequential->push_back(torch::nn::Linear(8, 1));
  auto target = torch::ones({128, 1});
  torch::nn::MSELoss criterion(torch::nn::MSELossOptions().reduction(torch::kSum));
  torch::optim::AdamW decayed(sequential->parameters());
  auto closure = [&]() {
    decayed.zero_grad();
    auto loss = criterion(sequential->forward(x), target) + F::mse_loss(sequential->forward(x), target, torch::kMean);
    loss.backward();
    return loss;
  };
  auto before = decayed.step(closure), after = decayed.step(closure);
  TORCH_CHECK(after.item<float>() < before.item<float>(), "no progress");
  sequential->apply([](torch::nn::Module& module) {
    if (auto* linear = module.as<torch::nn::Linear>()) torch::nn::init::constant_(linear->weight, 0.5);
  });
  TORCH_CHECK(sequential->ptr<torch::nn::LinearImpl>(0)->weight.sum().item<float>() == 80);
  return report;
}
