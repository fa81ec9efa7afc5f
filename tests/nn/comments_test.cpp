// The examples in the comments of headers, word for word (tests/lint/comments.sh).
#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include <iostream>
#include <sstream>

#include "tests/common/folder.h"

namespace tapegrad {
namespace {

namespace module_h {
struct LinearRegression : nn::Module {
  nn::Parameter slope = register_parameter("slope", tensor(1.0f));
  nn::Parameter intercept = register_parameter("intercept", tensor(1.0f));
  Tensor forward(const Tensor& x) { return x * slope + intercept; }
};

TEST(Comments, OfModule) { EXPECT_EQ(LinearRegression().forward(tensor(2.0f)).item<float>(), 3); }
}  // namespace module_h

TEST(Comments, OfAdaptiveLogSoftmax) {
  const Tensor x = randn({3, 64}), target = tensor({5, 700, 9999}, kLong);
  nn::AdaptiveLogSoftmaxWithLoss criterion(64, 10000, std::vector<std::int64_t>{100, 1000});
  auto [output, loss] = criterion(x, target);  // x [n, 64], target [n]
  loss.backward();
  EXPECT_TRUE(loss.equal(-output.mean()));
}

struct ParameterComment : nn::Module {
  ParameterComment() {
    nn::Parameter slope = register_parameter("slope", tensor(1.0f));
    slope = tensor(-10.0f);  // the same tensor, another value
  }
};

TEST(Comments, OfParameter) { EXPECT_EQ(ParameterComment().parameters()[0].item<float>(), -10); }

namespace module_holder_h {
struct NetImpl : nn::Module {
  explicit NetImpl(std::int64_t hidden) : fc(register_module("fc", nn::Linear(2, hidden))) {}
  Tensor forward(const Tensor& x) { return fc(x); }
  nn::Linear fc;
};
TAPEGRAD_MODULE(Net);

TEST(Comments, OfModuleHolder) {
  const Tensor x = ones({1, 2});
  Net net(64);         // makes a NetImpl
  Net later{nullptr};  // none yet
  Tensor y = net(x);   // net->forward(x)
  EXPECT_EQ(y.size(1), 64);
  EXPECT_TRUE(later.is_empty());
}
}  // namespace module_holder_h

TEST(Comments, OfSequential) {
  const Tensor x = ones({1, 2});
  nn::Sequential net{nn::Linear(2, 3), nn::ReLU(), nn::Functional(tapegrad::tanh), nn::Linear(3, 1)};
  nn::Sequential named({{"fc1", nn::Linear(2, 3)}, {"act", nn::ReLU()}});
  Tensor y = net->forward(x);
  EXPECT_EQ(y.sizes(), (IntList{1, 1}));
  EXPECT_EQ(named->size(), 2u);
}

TEST(Comments, OfRecurrentLayers) {
  const Tensor x = zeros({3, 5, 8});
  nn::LSTM lstm(nn::LSTMOptions(8, 16).num_layers(2).batch_first(true));
  auto [y, state] = lstm->forward(x);  // x [n, steps, 8], y [n, steps, 16], state {h, c}
  EXPECT_EQ(y.sizes(), IntList({3, 5, 16}));
  EXPECT_EQ(std::get<1>(state).sizes(), IntList({2, 3, 16}));
}

TEST(Comments, OfExpandingArray) {
  using nn::ExpandingArray;
  ExpandingArray<2> kernel = 3;  // [3, 3]
  ExpandingArray<2> other = {3, 2};
  std::int64_t height = (*other)[0];  // a std::array
  EXPECT_EQ((*kernel)[0], height);
}

struct PairImpl : nn::Module {
  std::tuple<Tensor, Tensor> forward(const Tensor& a, const Tensor& b) { return {a + b, a - b}; }
};
TAPEGRAD_MODULE(Pair);

TEST(Comments, OfAnyModule) {
  const Tensor x = ones({1, 2}), target = ones({1, 3});
  nn::AnyModule any{nn::Linear(2, 3)}, loss{nn::MSELoss()}, pair{Pair()};
  Tensor y = any.forward(x);
  Tensor error = loss.forward(y, target);
  auto [both, difference] = pair.forward<std::tuple<Tensor, Tensor>>(y, target);
  EXPECT_TRUE((both - difference).allclose(target * 2));
  EXPECT_EQ(error.dim(), 0);
}

TEST(Comments, OfModuleList) {
  Tensor x = ones({1, 2});
  nn::ModuleList layers{nn::Linear(2, 3), nn::Linear(3, 1)};
  for (const auto& layer : *layers) x = layer->as<nn::Linear>()->forward(x);
  EXPECT_EQ(x.sizes(), (IntList{1, 1}));
}

TEST(Comments, OfUtils) {
  module_h::LinearRegression model;
  optim::SGD optimizer(model.parameters(), 0.1);
  auto loss = model.forward(tensor(100.0f)).square();
  loss.backward();
  nn::utils::clip_grad_norm_(model.parameters(), 1.0);
  optimizer.step();
  EXPECT_NEAR(model.slope.item<float>(), 0.9, 1e-4);
  std::vector<Tensor> gradients;
  for (const Tensor& p : model.parameters()) gradients.push_back(p.grad());
  nn::utils::clip_grads_with_norm_(model.parameters(), 1.0, nn::utils::get_total_norm(gradients));
  EXPECT_LE(nn::utils::get_total_norm(gradients).item<double>(), 1);
}

struct SwishFields {
  double beta = 1;
};
struct SwishOptions : OptionsOf<SwishFields> {
  using OptionsOf::OptionsOf;
  SwishOptions(double beta = 1) : OptionsOf({beta}) {}
  TAPEGRAD_SETTERS(beta)
};
Tensor swish(const Tensor& x, const SwishOptions& options = {}) { return x * (x * options.beta()).sigmoid(); }
TAPEGRAD_LAYER(Swish, swish);

TEST(Comments, OfLayer) {
  nn::Sequential net{nn::Linear(2, 3), Swish({.beta = 2})};  // prints the layer as "Swish(beta=2)"
  std::ostringstream out;
  out << net;
  EXPECT_NE(out.str().find("Swish(beta=2)"), std::string::npos) << out.str();
}

namespace option_h {
struct MyOptions {
  TAPEGRAD_OPTION(double, momentum) = 0;
};

TEST(Comments, OfOption) { EXPECT_EQ(MyOptions().momentum(0.9).momentum(), 0.9); }
}  // namespace option_h

struct MyFields {
  double momentum = 0;
  bool nesterov = false;
};
struct MyOptions : OptionsOf<MyFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(momentum, nesterov)
};

TEST(Comments, OfOptions) {
  EXPECT_EQ(MyOptions().momentum(0.9).momentum(), 0.9);
  EXPECT_EQ(MyOptions({.momentum = 0.9}).momentum(), 0.9);
}

struct CheckpointComment : test::InFolder {};

TEST_F(CheckpointComment, OfCheckpoint) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  nn::Linear model(2, 1);
  optim::SGD optimizer(model->parameters(), 0.1);
  auto loader = data::make_data_loader(data::TensorDataset(ones({4, 2}), ones({4, 1})), {.batch_size = 2});
  std::int64_t epoch = 0;
  // clang-format off
  Checkpoint run{{"model", model}, {"optimizer", optimizer}, {"generator", default_generator()},
                 {"loader", loader}, {"epoch", epoch}};
  // clang-format on
  epoch = 3;
  save(run, "run.safetensors");
  epoch = 0;
  load(run, "run.safetensors");
  EXPECT_EQ(epoch, 3);
  std::filesystem::current_path(before);
}

namespace grad_h {
struct Cube : autograd::Function<Cube> {
  static Tensor forward(autograd::AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * x * x;
  }
  static autograd::tensor_list backward(autograd::AutogradContext* ctx, autograd::tensor_list grads) {
    auto x = ctx->get_saved_variables()[0];
    return {grads[0] * 3 * x * x};
  }
};

TEST(Comments, OfFunction) {
  const Tensor x = tensor(2.0f).requires_grad_();
  Tensor y = Cube::apply(x);
  y.backward();
  EXPECT_EQ(x.grad().item<float>(), 12);
}
}  // namespace grad_h

TEST(Comments, OfTransformer) {
  const Tensor src = ones({5, 2, 32}), tgt = ones({7, 2, 32});
  nn::Transformer model(nn::TransformerOptions(32, 4).num_encoder_layers(2).num_decoder_layers(2));
  Tensor mask = nn::TransformerImpl::generate_square_subsequent_mask(7);
  Tensor y = model(src, tgt, Tensor(), mask);  // src [steps, n, 32], tgt and y [7, n, 32]
  EXPECT_EQ(y.sizes(), (IntList{7, 2, 32}));
}

TEST(Comments, OfSummary) {
  const nn::Sequential net{nn::Conv2d(1, 2, 3), nn::Flatten()};
  testing::internal::CaptureStdout();
  std::cout << nn::summary(net, ones({64, 1, 28, 28}));
  EXPECT_NE(testing::internal::GetCapturedStdout().find("Conv2d (0): 1-1"), std::string::npos);
}

}  // namespace
}  // namespace tapegrad
