// Recurrent layers, their cells, and sequences of different lengths.
#include "parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

TEST(ParityRnn, PrintsAsLibtorch) {
  using namespace torch::nn;
  EXPECT_EQ(text(RNN(RNNOptions(128, 64).num_layers(3).dropout(0.2).nonlinearity(torch::kTanh))),
            "torch::nn::RNN(input_size=128, hidden_size=64, num_layers=3, bias=true, batch_first=false, dropout=0.2, "
            "bidirectional=false)");
  EXPECT_EQ(text(LSTM(LSTMOptions(8, 4).batch_first(true).bidirectional(true))),
            "torch::nn::LSTM(input_size=8, hidden_size=4, num_layers=1, bias=true, batch_first=true, dropout=0, "
            "bidirectional=true)");
  EXPECT_EQ(text(LSTM(LSTMOptions(8, 4).proj_size(3))),
            "torch::nn::LSTM(input_size=8, hidden_size=4, num_layers=1, bias=true, batch_first=false, dropout=0, "
            "bidirectional=false, proj_size=3)");
  EXPECT_EQ(text(GRU(3, 2)),
            "torch::nn::GRU(input_size=3, hidden_size=2, num_layers=1, bias=true, batch_first=false, dropout=0, "
            "bidirectional=false)");
  EXPECT_EQ(text(LSTMCell(3, 2)), "torch::nn::LSTMCell(3, 2)");
  EXPECT_EQ(text(RNNCell(RNNCellOptions(3, 2).nonlinearity(torch::kReLU))),
            "torch::nn::RNNCell(3, 2, nonlinearity=kReLU)");
}

TEST(ParityRnn, NamesAndDrawsParametersAsLibtorch) {
  torch::manual_seed(0);
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(2, 3).num_layers(2).bidirectional(true));
  const auto keys = lstm->named_parameters().keys();
  EXPECT_EQ(keys.size(), 16U);
  EXPECT_EQ(keys[0], "weight_ih_l0");
  EXPECT_EQ(keys[7], "bias_hh_l0_reverse");
  EXPECT_EQ(lstm->named_parameters()["weight_ih_l1"].sizes(), (std::vector<int64_t>{12, 6}));
  EXPECT_NEAR(lstm->named_parameters()["weight_ih_l0"][0][0].item<float>(), -0.0043225F, 1e-6);
  EXPECT_NEAR(lstm->named_parameters()["bias_hh_l1_reverse"][11].item<float>(), 0.2146166F, 1e-6);
}

TEST(ParityRnn, ShapesOfAnLstm) {
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(2, 3).num_layers(2).bidirectional(true).batch_first(true));
  const auto output = lstm->forward(torch::zeros({4, 5, 2}));
  EXPECT_EQ(std::get<0>(output).sizes(), (std::vector<int64_t>{4, 5, 6}));
  EXPECT_EQ(std::get<0>(std::get<1>(output)).sizes(), (std::vector<int64_t>{4, 4, 3}));
  EXPECT_EQ(std::get<1>(std::get<1>(output)).sizes(), (std::vector<int64_t>{4, 4, 3}));
}

TEST(ParityRnn, LastOutputIsTheState) {
  torch::manual_seed(2);
  torch::nn::GRU gru(2, 3);
  const auto output = gru->forward(torch::randn({5, 4, 2}));
  EXPECT_TRUE(torch::equal(std::get<0>(output)[4], std::get<1>(output)[0]));
}

TEST(ParityRnn, StepsAreCells) {
  torch::manual_seed(3);
  torch::nn::LSTM lstm(2, 3);
  torch::nn::LSTMCell cell(2, 3);
  {
    torch::NoGradGuard no_grad;
    const auto p = lstm->parameters();
    for (size_t i = 0; i < 4; ++i) cell->parameters()[i].copy_(p[i]);
  }
  const torch::Tensor x = torch::randn({3, 4, 2});
  const auto output = lstm->forward(x);
  std::tuple<torch::Tensor, torch::Tensor> state(torch::zeros({4, 3}), torch::zeros({4, 3}));
  for (int64_t t = 0; t < 3; ++t) state = cell->forward(x[t], state);
  EXPECT_TRUE(torch::allclose(std::get<0>(output)[2], std::get<0>(state), 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(std::get<1>(std::get<1>(output))[0], std::get<1>(state), 1e-5, 1e-6));
}

TEST(ParityRnn, ReluAndTanh) {
  torch::manual_seed(4);
  torch::nn::RNN rnn(torch::nn::RNNOptions(2, 3).nonlinearity(torch::kReLU));
  const torch::Tensor y = std::get<0>(rnn->forward(torch::randn({5, 4, 2})));
  EXPECT_GE(y.min().item<float>(), 0);
  torch::nn::RNNCell cell(2, 3);
  EXPECT_LT(cell->forward(torch::randn({4, 2})).abs().max().item<float>(), 1);
}

TEST(ParityRnn, GradientsGoThroughAllSteps) {
  torch::nn::LSTM lstm(2, 3);
  torch::Tensor x = torch::randn({5, 4, 2}).requires_grad_();
  std::get<0>(lstm->forward(x))[4].sum().backward();
  EXPECT_GT(x.grad()[0].abs().sum().item<float>(), 0);
  for (const auto& p : lstm->parameters()) EXPECT_TRUE(p.grad().defined());
}

TEST(ParityRnn, RefusesOtherSizes) {
  torch::nn::GRU gru(2, 3);
  EXPECT_THROW(gru->forward(torch::zeros({5, 4, 3})), c10::Error);
  EXPECT_THROW(gru->forward(torch::zeros({5, 4, 2}), torch::zeros({1, 3, 3})), c10::Error);
}

TEST(ParityRnn, PacksAndPads) {
  namespace rnn = torch::nn::utils::rnn;
  const torch::Tensor x = torch::arange(12, torch::kFloat).view({3, 2, 2}),
                      lengths = torch::tensor({3, 2}, torch::kLong);
  const auto packed = rnn::pack_padded_sequence(x, lengths);
  EXPECT_TRUE(torch::equal(packed.batch_sizes(), torch::tensor({2, 2, 1}, torch::kLong)));
  EXPECT_EQ(packed.data().sizes(), (std::vector<int64_t>{5, 2}));
  const auto padded = rnn::pad_packed_sequence(packed, false, -1);
  EXPECT_EQ(std::get<0>(padded)[2][1][0].item<float>(), -1);
  EXPECT_TRUE(torch::equal(std::get<1>(padded), lengths));
  EXPECT_THROW(rnn::pack_padded_sequence(x, torch::tensor({2, 3}, torch::kLong)), c10::Error);
  EXPECT_EQ(rnn::pad_sequence({torch::ones({2}), torch::ones({3})}).sizes(), (std::vector<int64_t>{3, 2}));
}

TEST(ParityRnn, PackedSequencesEndByThemselves) {
  namespace rnn = torch::nn::utils::rnn;
  torch::manual_seed(5);
  torch::nn::LSTM lstm(2, 3);
  const torch::Tensor x = torch::randn({4, 2, 2});
  const auto packed = rnn::pack_padded_sequence(x, torch::tensor({2, 4}, torch::kLong), false, false);
  const auto output = lstm->forward_with_packed_input(packed);
  const auto alone = lstm->forward(x.narrow(1, 0, 1).narrow(0, 0, 2));
  const torch::Tensor h = std::get<0>(std::get<1>(output));
  EXPECT_TRUE(torch::allclose(h[0][0], std::get<0>(std::get<1>(alone))[0][0], 1e-5, 1e-6));
  const torch::Tensor y = std::get<0>(rnn::pad_packed_sequence(std::get<0>(output)));
  EXPECT_EQ(y.sizes(), (std::vector<int64_t>{4, 2, 3}));
  EXPECT_EQ(y[3][0].abs().sum().item<float>(), 0);
}

TEST(ParityRnn, AnLstmProjectsItsStates) {
  torch::manual_seed(0);
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(2, 4).num_layers(2).bidirectional(true).proj_size(3));
  const auto keys = lstm->named_parameters().keys();
  EXPECT_EQ(keys.size(), 20U);
  EXPECT_EQ(keys[4], "weight_hr_l0");
  EXPECT_EQ(keys[19], "weight_hr_l1_reverse");
  EXPECT_EQ(lstm->named_parameters()["weight_ih_l1"].sizes(), (std::vector<int64_t>{16, 6}));
  EXPECT_EQ(lstm->named_parameters()["weight_hh_l0"].sizes(), (std::vector<int64_t>{16, 3}));
  EXPECT_EQ(lstm->named_parameters()["weight_hr_l0"].sizes(), (std::vector<int64_t>{3, 4}));
  const torch::Tensor x = torch::arange(12, torch::kFloat).view({3, 2, 2}).div(6);
  const auto output = lstm->forward(x);
  const torch::Tensor y = std::get<0>(output), h = std::get<0>(std::get<1>(output)),
                      c = std::get<1>(std::get<1>(output));
  EXPECT_EQ(y.sizes(), (std::vector<int64_t>{3, 2, 6}));
  EXPECT_EQ(h.sizes(), (std::vector<int64_t>{4, 2, 3}));
  EXPECT_EQ(c.sizes(), (std::vector<int64_t>{4, 2, 4}));
  EXPECT_NEAR(y.sum().item<float>(), 0.129705F, 1e-5);
  EXPECT_NEAR(c.square().sum().item<float>(), 4.581588F, 1e-5);
  EXPECT_TRUE(torch::allclose(y.select(0, 2).narrow(1, 0, 3), h[2], 1e-5, 1e-6));
  EXPECT_THROW(torch::nn::LSTM(torch::nn::LSTMOptions(2, 4).proj_size(4)), c10::Error);
  EXPECT_THROW(torch::nn::LSTM(torch::nn::LSTMOptions(2, 4).proj_size(-1)), c10::Error);
}

TEST(RNNCell, IsTanhOfItsSums) {
  nn::RNNCell cell(2, 3);
  const Tensor x = torch::randn({4, 2}), h = torch::randn({4, 3});
  const Tensor sums = F::linear(x, cell->weight_ih, cell->bias_ih) + F::linear(h, cell->weight_hh, cell->bias_hh);
  EXPECT_TRUE(torch::allclose(cell->forward(x, h), sums.tanh(), 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(cell->forward(x), cell->forward(x, torch::zeros({4, 3}))));
  EXPECT_THROW(cell->forward(h), c10::Error);
  EXPECT_THROW(cell->forward(x, torch::zeros({3, 3})), c10::Error);
}

TEST(LSTMCell, HasFourGates) {
  nn::LSTMCell cell(2, 3);
  const Tensor x = torch::randn({4, 2}), h = torch::randn({4, 3}), c = torch::randn({4, 3});
  const auto gates =
      (F::linear(x, cell->weight_ih, cell->bias_ih) + F::linear(h, cell->weight_hh, cell->bias_hh)).chunk(4, 1);
  const Tensor next = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh();
  const auto state = cell->forward(x, std::make_tuple(h, c));
  EXPECT_TRUE(torch::allclose(std::get<1>(state), next, 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(std::get<0>(state), gates[3].sigmoid() * next.tanh(), 1e-5, 1e-6));
}

TEST(GRUCell, HasThreeGates) {
  nn::GRUCell cell(nn::GRUCellOptions(2, 3).bias(false));
  const Tensor x = torch::randn({4, 2}), h = torch::randn({4, 3});
  const auto from_x = F::linear(x, cell->weight_ih).chunk(3, 1), from_h = F::linear(h, cell->weight_hh).chunk(3, 1);
  const Tensor reset = (from_x[0] + from_h[0]).sigmoid(), update = (from_x[1] + from_h[1]).sigmoid();
  const Tensor fresh = (from_x[2] + reset * from_h[2]).tanh();
  EXPECT_TRUE(torch::allclose(cell->forward(x, h), (1 - update) * fresh + update * h, 1e-5, 1e-6));
}

TEST(RNN, WithReluIsTwoSteps) {
  nn::RNN rnn(nn::RNNOptions(2, 3).nonlinearity(torch::kReLU).bias(false));
  const auto p = rnn->parameters();
  const Tensor x = torch::randn({2, 4, 2}), first = F::linear(x[0], p[0]).relu();
  const Tensor second = (F::linear(x[1], p[0]) + F::linear(first, p[1])).relu();
  const auto output = rnn->forward(x);
  EXPECT_TRUE(torch::allclose(std::get<0>(output), torch::stack({first, second}), 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(std::get<1>(output), second.unsqueeze(0), 1e-5, 1e-6));
}

TEST(LSTM, StatesOfBothDirections) {
  nn::LSTM lstm(nn::LSTMOptions(2, 3).num_layers(2).bidirectional(true));
  const auto output = lstm->forward(torch::randn({5, 4, 2}));
  const Tensor y = std::get<0>(output), h = std::get<0>(std::get<1>(output)), c = std::get<1>(std::get<1>(output));
  EXPECT_EQ(sizes(y), (std::vector<int64_t>{5, 4, 6}));
  EXPECT_EQ(sizes(h), (std::vector<int64_t>{4, 4, 3}));
  EXPECT_EQ(sizes(c), sizes(h));
  EXPECT_TRUE(same(y[4].narrow(1, 0, 3), h[2]));
  EXPECT_TRUE(same(y[0].narrow(1, 3, 3), h[3]));
}

TEST(GRU, TakesBatchesFirst) {
  torch::manual_seed(6);
  nn::GRU batches(nn::GRUOptions(2, 3).batch_first(true));
  torch::manual_seed(6);
  nn::GRU steps(2, 3);
  const Tensor x = torch::randn({4, 5, 2}), h = torch::randn({1, 4, 3});
  const auto a = batches->forward(x, h), b = steps->forward(x.transpose(0, 1), h);
  EXPECT_TRUE(torch::allclose(std::get<0>(a), std::get<0>(b).transpose(0, 1), 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(std::get<1>(a), std::get<1>(b), 1e-5, 1e-6));
}
