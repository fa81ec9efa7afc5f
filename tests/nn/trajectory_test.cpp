// Twenty steps of SGD of each layer with parameters, beside PyTorch's: trajectory_golden.py says what is computed.
#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/nn/functional.h>
#include <tapegrad/nn/layers/bilinear.h>
#include <tapegrad/nn/layers/embedding_bag.h>
#include <tapegrad/nn/layers/rectifier.h>
#include <tapegrad/nn/layers/transformer.h>
#include <tapegrad/nn/losses/adaptive_log_softmax.h>
#include <tapegrad/nn/utils/weight_norm.h>
#include <tapegrad/optim/sgd.h>

#include <limits>

#include "tests/common/golden.h"

namespace tapegrad {
namespace {

Tensor wave(IntList sizes, double step, Tensor (*function)(const Tensor&) = tapegrad::sin) {
  std::int64_t n = 1;
  for (const std::int64_t s : sizes) n *= s;
  return function(arange(n, kDouble).mul(step)).reshape(sizes);
}

// make() a holder; forward(holder, x) its output. The losses and the state, each beside PyTorch's in f64.
template <class Make, class Forward>
void expect_trajectory_in(Dtype dtype, double tolerance, const std::string& name, const Make& make, const Tensor& x,
                          const Forward& forward) {
  SCOPED_TRACE(name + (dtype == kFloat ? " in f32" : ""));
  manual_seed(0);
  auto layer = make();
  layer->to(dtype);
  if (name.starts_with("embedding")) {  // whose normals are PyTorch's to six digits
    const NoGradGuard no_grad;
    for (const Tensor& p : layer->parameters()) p.copy_(wave(p.sizes(), 0.53));
  }
  optim::SGD optimizer(layer->parameters(), 0.05);
  golden::Numbers losses;
  for (int step = 0; step < 20; ++step) {
    optimizer.zero_grad();
    const Tensor y = forward(layer, x);
    const Tensor loss = y.mul(wave(y.sizes(), 0.21, tapegrad::cos).to(dtype)).mean() + y.square().mean() * 0.5;
    loss.backward();
    optimizer.step();
    losses.push_back(loss.item<double>());
  }
  double state = 0;
  for (const auto& [key, t] : layer->state_dict()) state += t.to(kDouble).square().sum().template item<double>();
  static const golden::File file = golden::read("nn/trajectory_golden.txt");
  const golden::Numbers& want = file.at(name);
  golden::expect_near(losses, golden::Numbers(want.begin(), want.end() - 1), tolerance);
  golden::expect_near({state}, {want.back()}, tolerance);
}
template <class Make, class Forward>
void expect_trajectory(const std::string& name, const Make& make, const Tensor& x, const Forward& forward) {
  expect_trajectory_in(kDouble, 1e-12, name, make, x, forward);
  expect_trajectory_in(kFloat, 64 * static_cast<double>(std::numeric_limits<float>::epsilon()), name, make,
                       x.dtype() == kDouble ? x.to(kFloat) : x, forward);
}
template <class Make>
void expect_trajectory(const std::string& name, const Make& make, IntList sizes) {
  expect_trajectory(name, make, wave(sizes, 0.37), [](auto& m, const Tensor& x) { return m->forward(x); });
}
template <class Make>
void expect_first(const std::string& name, const Make& make, IntList sizes) {
  expect_trajectory(name, make, wave(sizes, 0.37), [](auto& m, const Tensor& x) { return std::get<0>(m->forward(x)); });
}

using namespace nn;

TEST(Trajectory, OfLinearLayers) {
  expect_trajectory("linear", [] { return Linear(5, 4); }, {3, 5});
  expect_trajectory(
      "bilinear", [] { return Bilinear(3, 2, 4); }, wave({5, 3}, 0.37),
      [](auto& m, const Tensor& x) { return m->forward(x, x.narrow(1, 0, 2)); });
  expect_trajectory("prelu", [] { return PReLU(PReLUOptions().num_parameters(3)); }, {4, 3});
  expect_trajectory(
      "embedding", [] { return Embedding(EmbeddingOptions(6, 3).padding_idx(1)); },
      tensor({0, 1, 2, 5, 5, 1}, kLong).view({2, 3}), [](auto& m, const Tensor& x) { return m->forward(x); });
  expect_trajectory(
      "embedding_from_pretrained",
      [] {
        return Embedding::from_pretrained(zeros({6, 3}), EmbeddingFromPretrainedOptions().freeze(false));
      },
      tensor({0, 1, 2, 5, 5, 1}, kLong).view({2, 3}), [](auto& m, const Tensor& x) { return m->forward(x); });
  expect_trajectory(
      "embedding_bag", [] { return EmbeddingBag(EmbeddingBagOptions(6, 3).padding_idx(1)); },
      tensor({0, 1, 2, 5, 5, 1}, kLong).view({2, 3}), [](auto& m, const Tensor& x) { return m->forward(x); });
  expect_trajectory(
      "embedding_bag_max", [] { return EmbeddingBag(EmbeddingBagOptions(6, 3).mode(kMax)); },
      tensor({0, 1, 2, 5, 4, 1}, kLong).view({2, 3}), [](auto& m, const Tensor& x) { return m->forward(x); });
}

TEST(Trajectory, OfAdaptiveLogSoftmax) {
  expect_trajectory(
      "adaptive_log_softmax",
      [] {
        return AdaptiveLogSoftmaxWithLoss(
            AdaptiveLogSoftmaxWithLossOptions(6, 10, {4, 8}).div_value(2).head_bias(true));
      },
      wave({5, 6}, 0.37),
      [](auto& m, const Tensor& x) {
        return m->forward(x, tensor({0, 5, 9, 3, 4}, kLong)).output;
      });
}

TEST(Trajectory, OfConvolutions) {
  expect_trajectory("conv1d", [] { return Conv1d(Conv1dOptions(2, 4, 3).stride(2).padding(1).groups(2)); }, {3, 2, 9});
  expect_trajectory("conv2d",
                    [] {
                      return Conv2d(Conv2dOptions(2, 3, {3, 2}).padding({1, 0}).dilation({1, 2}));
                    },
                    {2, 2, 6, 7});
  expect_trajectory("conv2d_circular",
                    [] { return Conv2d(Conv2dOptions(2, 3, 3).padding(1).padding_mode(kCircular).bias(false)); },
                    {2, 2, 5, 5});
  expect_trajectory("conv3d", [] { return Conv3d(Conv3dOptions(1, 2, 2).padding(kSame)); }, {2, 1, 3, 4, 3});
  const auto transposed = [](auto make, const char* name, IntList sizes) {
    expect_trajectory(name, make, wave(sizes, 0.37), [](auto& m, const Tensor& x) { return m->forward(x); });
  };
  transposed([] { return ConvTranspose1d(ConvTranspose1dOptions(2, 3, 3).stride(2).padding(1).output_padding(1)); },
             "conv_transpose1d", {2, 2, 5});
  transposed(
      [] {
        return ConvTranspose2d(ConvTranspose2dOptions(2, 2, 3).stride({2, 1}).groups(2).dilation({1, 2}));
      },
      "conv_transpose2d", {2, 2, 3, 4});
  transposed([] { return ConvTranspose3d(1, 2, 2); }, "conv_transpose3d", {1, 1, 2, 3, 2});
}

TEST(Trajectory, OfNormalisation) {
  expect_trajectory("batch_norm1d", [] { return BatchNorm1d(4); }, {6, 4});
  expect_trajectory("batch_norm1d_long", [] { return BatchNorm1d(BatchNormOptions(3).momentum(std::nullopt)); },
                    {2, 3, 5});
  expect_trajectory("batch_norm2d", [] { return BatchNorm2d(BatchNormOptions(3).eps(1e-3).momentum(0.3)); },
                    {2, 3, 4, 2});
  expect_trajectory("batch_norm3d", [] { return BatchNorm3d(2); }, {2, 2, 2, 3, 2});
  expect_trajectory("instance_norm1d", [] { return InstanceNorm1d(InstanceNormOptions(3).affine(true)); }, {2, 3, 5});
  expect_trajectory("instance_norm2d",
                    [] { return InstanceNorm2d(InstanceNormOptions(3).affine(true).track_running_stats(true)); },
                    {2, 3, 4, 2});
  expect_trajectory("instance_norm3d", [] { return InstanceNorm3d(InstanceNormOptions(2).affine(true)); },
                    {2, 2, 2, 3, 2});
  expect_trajectory("layer_norm", [] { return LayerNorm(std::vector<std::int64_t>{3, 4}); }, {5, 3, 4});
  expect_trajectory("group_norm", [] { return GroupNorm(2, 6); }, {3, 6, 4});
}

TEST(Trajectory, OfRecurrentLayers) {
  expect_first("rnn", [] { return RNN(RNNOptions(3, 4).num_layers(2)); }, {5, 2, 3});
  expect_first("rnn_relu", [] { return RNN(RNNOptions(3, 4).nonlinearity(kReLU).bidirectional(true)); }, {5, 2, 3});
  expect_first("lstm", [] { return LSTM(LSTMOptions(3, 4).num_layers(2).bidirectional(true)); }, {5, 2, 3});
  expect_first("lstm_bare", [] { return LSTM(LSTMOptions(3, 4).bias(false).batch_first(true)); }, {2, 5, 3});
  expect_first("lstm_projected", [] { return LSTM(LSTMOptions(3, 5).num_layers(2).bidirectional(true).proj_size(2)); },
               {5, 2, 3});
  expect_first("lstm_projected_bare", [] { return LSTM(LSTMOptions(3, 4).bias(false).batch_first(true).proj_size(3)); },
               {2, 5, 3});
  expect_first("gru", [] { return GRU(GRUOptions(3, 4).num_layers(2).bidirectional(true)); }, {5, 2, 3});
  expect_trajectory(
      "rnn_cell", [] { return RNNCell(3, 4); }, wave({2, 3}, 0.37),
      [](auto& m, const Tensor& x) { return m->forward(x); });
  expect_trajectory("rnn_cell_relu", [] { return RNNCell(RNNCellOptions(3, 4).nonlinearity(kReLU)); }, {2, 3});
  expect_first("lstm_cell", [] { return LSTMCell(3, 4); }, {2, 3});
  expect_trajectory(
      "gru_cell", [] { return GRUCell(3, 4); }, wave({2, 3}, 0.37),
      [](auto& m, const Tensor& x) { return m->forward(x); });
}

TEST(Trajectory, OfRecurrentLayersWithDropout) {
  expect_first("rnn_dropout", [] { return RNN(RNNOptions(3, 4).num_layers(3).dropout(0.3)); }, {5, 2, 3});
  expect_first("lstm_dropout", [] { return LSTM(LSTMOptions(3, 4).num_layers(2).bidirectional(true).dropout(0.3)); },
               {5, 2, 3});
  expect_first("gru_dropout", [] { return GRU(GRUOptions(3, 4).num_layers(2).dropout(0.5).batch_first(true)); },
               {2, 5, 3});
}

template <class Make>
void expect_packed(const std::string& name, const Make& make) {
  expect_trajectory(name, make, wave({5, 3, 3}, 0.37), [](auto& m, const Tensor& x) {
    const auto steps = utils::rnn::pack_padded_sequence(x, tensor({2, 5, 3}, kLong), /*batch_first=*/false,
                                                        /*enforce_sorted=*/false);
    return std::get<0>(utils::rnn::pad_packed_sequence(std::get<0>(m->forward_with_packed_input(steps))));
  });
}
TEST(Trajectory, OfPackedSequences) {
  expect_packed("rnn_packed", [] { return RNN(RNNOptions(3, 4).nonlinearity(kReLU).bidirectional(true)); });
  expect_packed("lstm_packed", [] { return LSTM(LSTMOptions(3, 4).num_layers(2).bidirectional(true)); });
  expect_packed("gru_packed", [] { return GRU(GRUOptions(3, 4).num_layers(2).bidirectional(true)); });
  expect_packed("gru_packed_dropout", [] { return GRU(GRUOptions(3, 4).num_layers(2).dropout(0.3)); });
}

TEST(Trajectory, OfAttention) {
  const auto options = TransformerEncoderLayerOptions(4, 2).dim_feedforward(8).dropout(0);
  expect_trajectory(
      "multihead_attention", [] { return MultiheadAttention(4, 2); }, wave({3, 2, 4}, 0.37),
      [](auto& m, const Tensor& x) { return std::get<0>(m->forward(x, x, x)); });
  expect_trajectory(
      "multihead_attention_dropout", [] { return MultiheadAttention(MultiheadAttentionOptions(4, 2).dropout(0.3)); },
      wave({3, 2, 4}, 0.37), [](auto& m, const Tensor& x) { return std::get<0>(m->forward(x, x, x)); });
  expect_trajectory(
      "multihead_attention_other",
      [] { return MultiheadAttention(MultiheadAttentionOptions(4, 2).add_bias_kv(true).kdim(3).vdim(2)); },
      wave({3, 2, 4}, 0.37),
      [](auto& m, const Tensor& x) { return std::get<0>(m->forward(x, x.narrow(2, 0, 3), x.narrow(2, 1, 2))); });
  expect_trajectory(
      "transformer_encoder_layer_dropout",
      [] { return TransformerEncoderLayer(TransformerEncoderLayerOptions(4, 2).dim_feedforward(8).dropout(0.2)); },
      {3, 2, 4});
  expect_trajectory("transformer_encoder_layer", [&] { return TransformerEncoderLayer(options); }, {3, 2, 4});
  expect_trajectory(
      "transformer_decoder_layer", [&] { return TransformerDecoderLayer(options); }, wave({3, 2, 4}, 0.37),
      [](auto& m, const Tensor& x) { return m->forward(x, x.cos()); });
  expect_trajectory("transformer_encoder", [&] { return TransformerEncoder(TransformerEncoderOptions(options, 2)); },
                    {3, 2, 4});
  expect_trajectory("transformer_encoder_normed",
                    [&] {
                      const AnyModule norm(LayerNorm(LayerNormOptions({4})));
                      return TransformerEncoder(TransformerEncoderOptions(options, 2).norm(norm));
                    },
                    {3, 2, 4});
  expect_trajectory(
      "transformer_decoder", [&] { return TransformerDecoder(TransformerDecoderOptions(options, 2)); },
      wave({3, 2, 4}, 0.37), [](auto& m, const Tensor& x) { return m->forward(x, x.cos()); });
  expect_trajectory(
      "transformer_decoder_normed",
      [&] {
        const AnyModule norm(LayerNorm(LayerNormOptions({4})));
        return TransformerDecoder(TransformerDecoderOptions(options, 2).norm(norm));
      },
      wave({3, 2, 4}, 0.37), [](auto& m, const Tensor& x) { return m->forward(x, x.cos()); });
  expect_trajectory(
      "transformer", [] { return Transformer(TransformerOptions(4, 2, 2, 1).dim_feedforward(8).dropout(0)); },
      wave({3, 2, 4}, 0.37), [](auto& m, const Tensor& x) { return m->forward(x, x.narrow(0, 0, 2).cos()); });
}

// The lengths are taken in f64, as Python does it.
template <class Make, class... Args>
void expect_normed(const std::string& name, const Make& make, IntList sizes, const Args&... args) {
  const auto normed = [&] {
    const auto layer = make();
    layer->to(kDouble);
    return utils::weight_norm(layer, args...);
  };
  expect_trajectory(name, normed, wave(sizes, 0.37), [](auto& m, const Tensor& x) {
    if constexpr (std::is_same_v<decltype(m), LSTMCell&>) {
      return std::get<0>(m(x));
    } else {
      return m(x);
    }
  });
}
TEST(Trajectory, OfNormedWeights) {
  expect_normed("weight_norm", [] { return Linear(5, 4); }, {3, 5});
  expect_normed(
      "weight_norm_all", [] { return Linear(5, 4); }, {3, 5}, -1);
  expect_normed("weight_norm_conv", [] { return Conv2d(2, 3, 3); }, {2, 2, 4, 5});
  expect_normed(
      "weight_norm_transpose", [] { return ConvTranspose1d(2, 3, 3); }, {2, 2, 5}, 1);
  expect_normed(
      "weight_norm_cell", [] { return LSTMCell(3, 4); }, {2, 3}, &LSTMCellImpl::weight_hh);
}

}  // namespace
}  // namespace tapegrad
