// reset_parameters() draws what the constructor drew.
#include <gtest/gtest.h>
#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

using namespace nn;

std::vector<Tensor> values(const Module& m) {
  std::vector<Tensor> all;
  for (const auto& [key, t] : m.state_dict()) all.push_back(t.detach().clone());
  return all;
}
void change(const Module& m) {
  const NoGradGuard no_grad;
  for (const auto& [key, t] : m.state_dict()) t.add_(3);
}
void expect_equal(const Module& m, const std::vector<Tensor>& want) {
  const std::vector<Tensor> got = values(m);
  const auto keys = m.state_dict().keys();
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].equal(want[i])) << keys[i];
}

// make() a holder.
template <class Make>
void expect_drawn_again(const Make& make) {
  manual_seed(7);
  const auto layer = make();
  SCOPED_TRACE(layer->name());
  const std::vector<Tensor> first = values(*layer);
  ASSERT_FALSE(first.empty());
  change(*layer);
  manual_seed(7);
  layer->reset_parameters();
  expect_equal(*layer, first);
  for (const Tensor& p : layer->parameters()) EXPECT_TRUE(p.requires_grad() && p.is_leaf());
}

TEST(ResetParameters, DrawsWhatTheConstructorDrew) {
  expect_drawn_again([] { return Linear(3, 2); });
  expect_drawn_again([] { return Bilinear(3, 2, 4); });
  expect_drawn_again([] { return Conv1d(Conv1dOptions(2, 4, 3).groups(2)); });
  expect_drawn_again([] { return Conv2d(2, 3, 3); });
  expect_drawn_again([] { return Conv3d(1, 2, 2); });
  expect_drawn_again([] { return ConvTranspose1d(2, 3, 3); });
  expect_drawn_again([] { return ConvTranspose2d(ConvTranspose2dOptions(2, 2, 3).bias(false)); });
  expect_drawn_again([] { return ConvTranspose3d(1, 2, 2); });
  expect_drawn_again([] { return Embedding(EmbeddingOptions(5, 3).padding_idx(1)); });
  expect_drawn_again([] { return EmbeddingBag(EmbeddingBagOptions(5, 3).padding_idx(1)); });
}

TEST(ResetParameters, SetsWeightsAndStatisticsOfNormsAgain) {
  expect_drawn_again([] { return BatchNorm1d(3); });
  expect_drawn_again([] { return BatchNorm2d(3); });
  expect_drawn_again([] { return BatchNorm3d(BatchNormOptions(3).affine(false)); });
  const InstanceNormOptions options = InstanceNormOptions(3).affine(true).track_running_stats(true);
  expect_drawn_again([&] { return InstanceNorm1d(options); });
  expect_drawn_again([&] { return InstanceNorm2d(options); });
  expect_drawn_again([&] { return InstanceNorm3d(options); });
  expect_drawn_again([] { return LayerNorm(LayerNormOptions({3, 2})); });
  expect_drawn_again([] { return GroupNorm(2, 4); });
}

TEST(ResetParameters, DrawsWeightsOfRecurrentLayersAgain) {
  const RNNOptions options = RNNOptions(3, 4).num_layers(2).bidirectional(true);
  expect_drawn_again([&] { return RNN(options); });
  expect_drawn_again([&] { return GRU(options); });
  expect_drawn_again([&] { return LSTM(options); });
  expect_drawn_again([&] { return LSTM(LSTMOptions(options).proj_size(2)); });
  expect_drawn_again([] { return RNNCell(3, 4); });
  expect_drawn_again([] { return GRUCell(3, 4); });
  expect_drawn_again([] { return LSTMCell(LSTMCellOptions(3, 4).bias(false)); });
}

// What is made of layers draws more than once as it is made, and draws what it keeps in reset(), as libtorch does.
template <class Layer>
void expect_drawn_alike(const Layer& layer, const auto& reset) {
  SCOPED_TRACE(layer->name());
  manual_seed(7);
  reset(layer);
  const std::vector<Tensor> first = values(*layer);
  manual_seed(8);
  reset(layer);
  EXPECT_FALSE(values(*layer)[0].equal(first[0]));
  manual_seed(7);
  reset(layer);
  expect_equal(*layer, first);
}

TEST(ResetParameters, OfTransformersDrawsTheSameForASeed) {
  const auto reset = [](const auto& m) { m->reset_parameters(); };
  const auto options = TransformerEncoderLayerOptions(4, 2).dim_feedforward(8);
  expect_drawn_alike(MultiheadAttention(4, 2), [](const auto& m) { m->_reset_parameters(); });
  expect_drawn_alike(TransformerEncoderLayer(options), reset);
  expect_drawn_alike(TransformerDecoderLayer(options), reset);
  expect_drawn_alike(TransformerEncoder(TransformerEncoderOptions(options, 2)), reset);
  expect_drawn_alike(TransformerDecoder(TransformerDecoderOptions(options, 2)), reset);
  expect_drawn_alike(Transformer(TransformerOptions(4, 2, 1, 1).dim_feedforward(8)), reset);
}

}  // namespace
}  // namespace tapegrad
