// Models under vmap: each sample's outputs, and each sample's gradients by the parameters that all share.
#include <tapegrad/testing.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

using autograd::tensor_list;
using autograd::functional::vmap;

void expect_samples(const std::function<Tensor(const Tensor&)>& model, const std::vector<Tensor>& parameters,
                    const Tensor& x) {
  const tensor_list per_sample = vmap([&](const Tensor& sample) {
    const Tensor y = model(sample);
    tensor_list out = autograd::grad({y.square().sum()}, parameters);
    out.push_back(y.detach());
    return out;
  })(x);
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    const Tensor y = model(x[i]);
    const tensor_list want = autograd::grad({y.square().sum()}, parameters);
    EXPECT_TENSOR_NEAR(per_sample.back()[i], y.detach(), 1e-5);
    for (std::size_t k = 0; k < want.size(); ++k) EXPECT_TENSOR_NEAR(per_sample[k][i], want[k], 1e-4);
  }
}

TEST(Vmap, OfAConvolutionalNetwork) {
  manual_seed(0);
  nn::Conv2d conv(3, 4, 3);
  nn::BatchNorm2d norm(4);
  norm->eval();
  nn::MaxPool2d pool(2);
  nn::Linear last(36, 5);
  expect_samples([&](const Tensor& x) { return last(pool(norm(conv(x.unsqueeze(0))).relu()).flatten(1)); },
                 {conv->weight, conv->bias, norm->weight, last->weight, last->bias}, randn({4, 3, 8, 8}));
}

TEST(Vmap, OfRecurrentNetworks) {
  manual_seed(0);
  nn::LSTM lstm(3, 4);
  expect_samples([&](const Tensor& x) { return std::get<0>(lstm(x.unsqueeze(1))); }, lstm->parameters(),
                 randn({3, 5, 3}));
  nn::GRU gru(3, 4);
  expect_samples([&](const Tensor& x) { return std::get<0>(gru(x.unsqueeze(1))); }, gru->parameters(),
                 randn({3, 5, 3}));
}

TEST(Vmap, OfATransformer) {
  manual_seed(0);
  nn::TransformerEncoderLayer layer(nn::TransformerEncoderLayerOptions(8, 2).dim_feedforward(16));
  layer->eval();
  expect_samples([&](const Tensor& x) { return layer(x.unsqueeze(1)); }, layer->parameters(), randn({3, 5, 8}));
}

TEST(Vmap, OfAnEmbedding) {
  manual_seed(0);
  nn::Embedding embedding(10, 4);
  expect_samples([&](const Tensor& x) { return embedding(x); }, embedding->parameters(), randint(0, 10, {3, 5}, kLong));
}

TEST(Vmap, RefusesWhatTrainingDraws) {
  nn::Dropout dropout(0.5);
  expect_error<AutogradError>(
      [&] {
        vmap([&](const Tensor& x) { return dropout(x); })(ones({3, 4}));
      },
      "dropout: draws random numbers");
  nn::BatchNorm1d norm(4);
  const Tensor mean = norm->running_mean.clone();
  expect_error<AutogradError>([&] { vmap([&](const Tensor& x) { return norm(x); })(ones({3, 5, 4})); }, "batch_norm");
  EXPECT_TENSOR_EQ(norm->running_mean, mean);
}

}  // namespace
}  // namespace tapegrad
