// Training steps of models of many layers, captured: the same bytes as the steps as they are.
#include "tests/capture/twins.h"

namespace tapegrad::tests {
namespace {

// Ten steps of both; at least `replayed` of them are replays.
template <class Make, class Data>
void expect_same_steps(Make make, Data data, std::size_t replayed = 6) {
  manual_seed(1);
  auto eager = make();
  manual_seed(1);
  auto other = make();
  optim::Adam a(eager->parameters(), 0.01), b(other->parameters(), 0.01);
  const auto body = [](auto& model, optim::Adam& optimizer, const Tensor& x, const Tensor& y) {
    optimizer.zero_grad();
    const Tensor loss = cross_entropy(model->forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  auto step = capture([&](const Tensor& x, const Tensor& y) { return body(other, b, x, y); });
  for (int i = 0; i < 10; ++i) {
    const auto [x, y] = data();
    const Generator before = default_generator();
    const Tensor want = body(eager, a, x, y);
    default_generator() = before;
    ASSERT_TRUE(same_bytes(want, step(x, y))) << "call " << i;
    ASSERT_TRUE(same_bytes(eager->parameters(), other->parameters())) << "call " << i;
    ASSERT_TRUE(same_bytes(eager->buffers(), other->buffers())) << "call " << i;
  }
  EXPECT_GE(step.stats().replayed, replayed) << step.stats().why;
}

auto images() { return std::pair(randn({4, 1, 12, 12}), randint(0, 3, {4})); }
auto words() { return std::pair(randint(0, 7, {5, 4}), randint(0, 3, {4})); }

TEST(CaptureLayers, ConvolutionsPoolsAndNorms) {
  expect_same_steps(
      [] {
        return nn::Sequential(nn::Conv2d(nn::Conv2dOptions(1, 4, 3).padding(1)), nn::BatchNorm2d(4), nn::ReLU(),
                              nn::MaxPool2d(2), nn::Dropout2d(0.25), nn::Conv2d(4, 8, 3),
                              nn::GroupNorm(nn::GroupNormOptions(2, 8)), nn::GELU(), nn::AdaptiveAvgPool2d(2),
                              nn::Flatten(), nn::LayerNorm(nn::LayerNormOptions({32})), nn::Linear(32, 3));
      },
      images);
}

template <class Recurrent, std::int64_t kProjected = 0>
struct ReaderImpl : nn::Module {
  nn::Embedding embedding = register_module("embedding", nn::Embedding(7, 6));
  Recurrent recurrent;
  nn::Linear head = register_module("head", nn::Linear(10, 3));
  ReaderImpl() : recurrent(register_module("recurrent", make())) {}
  static Recurrent make() {
    if constexpr (std::is_same_v<Recurrent, nn::LSTM>) {
      return nn::LSTM(nn::LSTMOptions(6, kProjected > 0 ? 7 : 5)
                          .num_layers(2)
                          .bidirectional(true)
                          .dropout(0.2)
                          .proj_size(kProjected));
    } else {
      return nn::GRU(nn::GRUOptions(6, 5).num_layers(2).bidirectional(true).dropout(0.2));
    }
  }
  Tensor forward(const Tensor& x) { return head(std::get<0>(recurrent->forward(embedding(x))).select(0, -1)); }
};

TEST(CaptureLayers, RecurrentLayers) {
  expect_same_steps([] { return std::make_shared<ReaderImpl<nn::LSTM>>(); }, words);
  expect_same_steps([] { return std::make_shared<ReaderImpl<nn::LSTM, 5>>(); }, words);
  expect_same_steps([] { return std::make_shared<ReaderImpl<nn::GRU>>(); }, words);
}

struct TransformerImpl : nn::Module {
  nn::Embedding embedding = register_module("embedding", nn::Embedding(7, 8));
  nn::TransformerEncoderLayer layer = register_module(
      "layer", nn::TransformerEncoderLayer(nn::TransformerEncoderLayerOptions(8, 2).dim_feedforward(16).dropout(0.1)));
  nn::Linear head = register_module("head", nn::Linear(8, 3));
  Tensor forward(const Tensor& x) { return head(layer(embedding(x)).mean(0)); }
};

TEST(CaptureLayers, Attention) {
  expect_same_steps([] { return std::make_shared<TransformerImpl>(); }, words);
}

TEST(CaptureLayers, InferenceOfAModel) {
  nn::Sequential net(nn::Linear(4, 8), nn::SiLU(), nn::Softmax(1));
  net->eval();
  auto forward = capture([&](const Tensor& x) {
    const NoGradGuard no_grad;
    return net->forward(x);
  });
  for (int i = 0; i < 6; ++i) {
    const Tensor x = randn({3, 4});
    EXPECT_TRUE(same_bytes(net->forward(x).detach(), forward(x)));
  }
  EXPECT_EQ(forward.stats().replayed, 3);
}

TEST(CaptureLayers, CheckpointsAndFunctions) {
  struct Cube : autograd::Function<Cube> {
    static Tensor forward(autograd::AutogradContext* ctx, const Tensor& x) {
      ctx->save_for_backward({x});
      return x.pow(3);
    }
    static autograd::tensor_list backward(autograd::AutogradContext* ctx, autograd::tensor_list g) {
      return {g[0].mul(ctx->get_saved_variables()[0].square()).mul(3)};
    }
  };
  const Tensor w = randn({4}).requires_grad_();
  const auto body = [&](const Tensor& x) {
    w.zero_grad();
    const Tensor y = autograd::checkpoint([&](const Tensor& t) { return t.mul(w).tanh(); }, x);
    Cube::apply(y.mul(w)).sum().backward();
    return y;
  };
  auto step = capture(body);
  for (int i = 0; i < 8; ++i) {
    const Tensor x = randn({4});
    const Tensor want = body(x);
    const Tensor grad = w.grad();
    EXPECT_TRUE(same_bytes(want, step(x)));
    EXPECT_TRUE(same_bytes(grad, w.grad()));
  }
  EXPECT_EQ(step.stats().replayed, 5);
}

}  // namespace
}  // namespace tapegrad::tests
