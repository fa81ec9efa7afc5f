// Optimisers and whole programs: those of pytorch/examples, cpp/regression, call by call.
#include "tests/parity/parity.h"

namespace F = torch::nn::functional;

// A training program as one writes it for libtorch.
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

namespace {

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
      AT_ASSERT(!std::isnan(loss.template item<float>()));
      loss.backward();
      optimizer.step();
      if (report.first_loss == 0) report.first_loss = loss.template item<double>();
      report.last_loss = loss.template item<double>();
    }
  }
  torch::NoGradGuard no_grad;
  model->eval();
  auto prediction = model->forward(x).argmax(1);
  report.correct = prediction.eq(y).sum().template item<int64_t>();
  for (const auto& pair : model->named_parameters()) {
    TORCH_CHECK(pair.value().requires_grad(), pair.key(), " does not require grad");
    report.names.push_back(pair.key());
  }
  return report;
}

TEST(Program, Classifies) {
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
  const Report report = train(model, optimizer, device, x, y, 60);
  EXPECT_LT(report.last_loss, 0.1 * report.first_loss + 0.1);
  EXPECT_GT(report.correct, 120);
  EXPECT_EQ(report.names,
            (std::vector<std::string>{"scale", "fc1.weight", "fc1.bias", "fc2.weight", "fc3.weight", "fc3.bias"}));
  EXPECT_EQ(text(model),
            "NetImpl(\n"
            "  (fc1): torch::nn::Linear(in_features=20, out_features=64, bias=true)\n"
            "  (fc2): torch::nn::Linear(in_features=64, out_features=64, bias=false)\n"
            "  (fc3): torch::nn::Linear(in_features=64, out_features=10, bias=true)\n"
            ")");
}

TEST(Program, MinimisesByAClosure) {
  torch::manual_seed(2);
  auto x = torch::randn({128, 20}), target = torch::ones({128, 1});
  torch::nn::Sequential sequential(torch::nn::Linear(20, 8), torch::nn::ReLU(), torch::nn::Functional(torch::sigmoid));
  sequential->push_back(torch::nn::Linear(8, 1));
  torch::nn::MSELoss criterion(torch::nn::MSELossOptions().reduction(torch::kSum));
  torch::optim::AdamW decayed(sequential->parameters());
  auto closure = [&]() {
    decayed.zero_grad();
    auto loss = criterion(sequential->forward(x), target) + F::mse_loss(sequential->forward(x), target, torch::kMean);
    loss.backward();
    return loss;
  };
  auto before = decayed.step(closure), after = decayed.step(closure);
  EXPECT_LT(after.item<float>(), before.item<float>());
}

// The polynomial regression: y = w . [x, x^2, x^3, x^4] + b is found from batches that are drawn anew.
torch::Tensor powers(torch::Tensor x, int64_t degree) {
  x = x.unsqueeze(1);
  std::vector<torch::Tensor> columns;
  for (int64_t i = 0; i < degree; ++i) columns.push_back(x.pow(i + 1));
  return torch::cat(columns, 1);
}

std::pair<torch::Tensor, torch::Tensor> draw(const torch::Tensor& w, const torch::Tensor& b, int64_t batch) {
  auto x = powers(torch::randn({batch}), w.size(0));
  return std::make_pair(x, x.mm(w) + b.item());
}

std::string described(const torch::Tensor& w, const torch::Tensor& b) {
  std::ostringstream stream;
  stream << "y = ";
  for (int64_t i = 0; i < w.size(0); ++i) {
    if (w[i].item<float>() >= 0) stream << "+";
    stream << w[i].item<float>() << " x^" << i + 1 << " ";
  }
  stream << (b[0].item<float>() >= 0 ? "+" : "") << b[0].item<float>();
  return stream.str();
}

TEST(Regression, MakesItsFeatures) {
  EXPECT_TRUE(
      same(powers(torch::tensor({2.0, -1.0}), 4), torch::tensor({{2.0, 4.0, 8.0, 16.0}, {-1.0, 1.0, -1.0, 1.0}})));
  torch::manual_seed(0);
  torch::Tensor x, y;
  std::tie(x, y) = draw(torch::ones({4, 1}), torch::tensor({0.5}), 8);
  EXPECT_TRUE(same(y, x.sum(1, /*keepdim=*/true) + 0.5));
}

TEST(Regression, DescribesItsPolynomial) {
  EXPECT_EQ(described(torch::tensor({1.5, -2.0}), torch::tensor({0.25})), "y = +1.5 x^1 -2 x^2 +0.25");
  auto fc = torch::nn::Linear(4, 1);
  EXPECT_NE(described(fc->weight.view({-1}), fc->bias).find("x^4"), std::string::npos);
}

TEST(Regression, FindsThePolynomial) {
  torch::manual_seed(3);
  auto w = torch::randn({4, 1}) * 0.5, b = torch::randn({1}) * 0.5;
  auto fc = torch::nn::Linear(w.size(0), 1);
  torch::optim::SGD optim(fc->parameters(), .02);
  float loss = 0;
  int64_t batch = 0;
  while (++batch < 20000) {
    torch::Tensor x, y;
    std::tie(x, y) = draw(w, b, 32);
    optim.zero_grad();
    auto output = torch::smooth_l1_loss(fc(x), y);
    loss = output.item<float>();
    output.backward();
    optim.step();
    if (loss < 1e-3f) break;
  }
  EXPECT_LT(loss, 1e-3f);
  EXPECT_LT((fc->weight.view({-1}) - w.view({-1})).abs().max().item<float>(), 0.2);
}

// One step from p = [1, 2] with gradient [0.5, -1].
template <class Optimizer, class Options>
torch::Tensor stepped(const Options& options, int steps = 1) {
  auto p = torch::tensor({1.0, 2.0}, torch::requires_grad());
  Optimizer optimizer(std::vector<torch::Tensor>{p}, options);
  for (int i = 0; i < steps; ++i) {
    p.mutable_grad() = torch::tensor({0.5, -1.0});
    optimizer.step();
  }
  return p.detach();
}

TEST(Optim, SGD) {
  using torch::optim::SGD, torch::optim::SGDOptions;
  EXPECT_TRUE(same(stepped<SGD>(SGDOptions(0.1)), torch::tensor({0.95, 2.1})));
  EXPECT_TRUE(same(stepped<SGD>(SGDOptions(0.1).momentum(0.9), 2), torch::tensor({0.855, 2.29})));
  EXPECT_TRUE(same(stepped<SGD>(SGDOptions(0.1).momentum(0.9).nesterov(true)), torch::tensor({0.905, 2.19})));
  EXPECT_TRUE(same(stepped<SGD>(SGDOptions(0.1).weight_decay(0.5)), torch::tensor({0.9, 2.0})));
  EXPECT_TRUE(same(stepped<SGD>(SGDOptions(0.1).momentum(0.9).dampening(0.5), 2), torch::tensor({0.88, 2.24})));
}

TEST(Optim, AdamAndAdamW) {
  using namespace torch::optim;
  EXPECT_TRUE(same(stepped<Adam>(AdamOptions(0.1)), torch::tensor({0.9, 2.1})));
  EXPECT_TRUE(same(stepped<Adam>(AdamOptions(0.1).eps(1).betas(std::make_tuple(0.5, 0.5))),
                   torch::tensor({1 - 0.1 * 0.5 / 1.5, 2.05})));
  EXPECT_TRUE(same(stepped<Adam>(AdamOptions(0.1).amsgrad(true), 3), torch::tensor({0.7, 2.3})));
  EXPECT_TRUE(same(stepped<Adam>(AdamOptions(0.1).weight_decay(1)), torch::tensor({0.9, 1.9})));
  EXPECT_TRUE(same(stepped<AdamW>(AdamWOptions(0.1).weight_decay(0.5)), torch::tensor({0.85, 2.0})));
}

TEST(Optim, RMSpropAndAdagrad) {
  using namespace torch::optim;
  EXPECT_TRUE(same(stepped<RMSprop>(RMSpropOptions(0.1).alpha(0.75)), torch::tensor({0.8, 2.2})));
  EXPECT_TRUE(same(stepped<RMSprop>(RMSpropOptions(0.1).alpha(0.75).momentum(0.5), 2),
                   stepped<RMSprop>(RMSpropOptions(0.1).alpha(0.75).momentum(0.5), 2)));
  EXPECT_TRUE(same(stepped<Adagrad>(AdagradOptions(0.1)), torch::tensor({0.9, 2.1})));
  EXPECT_TRUE(same(stepped<Adagrad>(AdagradOptions(0.1), 2),
                   torch::tensor({0.9 - 0.1 / std::sqrt(2.0), 2.1 + 0.1 / std::sqrt(2.0)})));
}

TEST(Optim, ClipsGradients) {
  const auto p = torch::zeros({2}, torch::requires_grad()), q = torch::zeros({1}, torch::requires_grad());
  const std::vector<torch::Tensor> both = {p, q};
  p.mutable_grad() = torch::tensor({3.0, 0.0});
  q.mutable_grad() = torch::tensor({4.0});
  EXPECT_NEAR(torch::nn::utils::clip_grad_norm_(both, /*max_norm=*/1), 5, 1e-6);
  EXPECT_TRUE(same(p.grad(), torch::tensor({0.6, 0.0})));
  EXPECT_TRUE(same(q.grad(), torch::tensor({0.8})));
  torch::nn::utils::clip_grad_value_(both, 0.5);
  EXPECT_TRUE(same(q.grad(), torch::tensor({0.5})));
  EXPECT_EQ(torch::nn::utils::parameters_to_vector(both).numel(), 3);
  torch::NoGradGuard no_grad;
  torch::nn::utils::vector_to_parameters(torch::tensor({1.0, 2.0, 3.0}), both);
  EXPECT_TRUE(same(q, torch::tensor({3.0})));
}

TEST(Optim, HasGroups) {
  torch::nn::Linear one(1, 1), two(1, 1);
  torch::optim::SGD optimizer(
      std::vector<torch::optim::OptimizerParamGroup>{
          torch::optim::OptimizerParamGroup(one->parameters()),
          torch::optim::OptimizerParamGroup(two->parameters(), std::make_unique<torch::optim::SGDOptions>(0.5))},
      torch::optim::SGDOptions(0.1));
  ASSERT_EQ(optimizer.param_groups().size(), 2U);
  EXPECT_EQ(optimizer.param_groups()[0].options().get_lr(), 0.1);
  EXPECT_EQ(optimizer.param_groups()[1].options().get_lr(), 0.5);
  optimizer.param_groups()[0].options().set_lr(0.01);
  EXPECT_EQ(static_cast<torch::optim::SGDOptions&>(optimizer.param_groups()[0].options()).lr(), 0.01);
  EXPECT_EQ(static_cast<torch::optim::SGDOptions&>(optimizer.defaults()).lr(), 0.1);
  EXPECT_EQ(optimizer.param_groups()[1].params().size(), 2U);
  torch::nn::Linear three(1, 1);
  optimizer.add_param_group(torch::optim::OptimizerParamGroup(three->parameters()));
  EXPECT_EQ(optimizer.param_groups().size(), 3U);
  EXPECT_EQ(optimizer.param_groups()[2].options().get_lr(), 0.1);
}

TEST(Optim, RefusesBadOptions) {
  const std::vector<torch::Tensor> p = {torch::ones({1}, torch::requires_grad())};
  EXPECT_THROW(torch::optim::SGD(p, torch::optim::SGDOptions(-1)), c10::Error);
  EXPECT_THROW(torch::optim::Adam(p, torch::optim::AdamOptions(0.1).betas({1.5, 0.9})), c10::Error);
  EXPECT_THROW(torch::optim::SGD(p, torch::optim::SGDOptions(0.1).nesterov(true)), c10::Error);
  EXPECT_THROW(torch::optim::SGD({torch::ones({1}, torch::requires_grad()) * 2}, 0.1), c10::Error);
}

TEST(Optim, SkipsWhatHasNoGradient) {
  auto used = torch::ones({1}, torch::requires_grad()), unused = torch::ones({1}, torch::requires_grad());
  torch::optim::SGD optimizer({used, unused}, /*lr=*/0.5);
  (used * 2).backward();
  optimizer.step();
  EXPECT_TRUE(same(used.detach(), torch::tensor({0.0})));
  EXPECT_TRUE(same(unused.detach(), torch::tensor({1.0})));
  optimizer.zero_grad();
  EXPECT_TRUE(!used.grad().defined() || used.grad().item<float>() == 0);
}

}  // namespace
