// Words that programs for libtorch say on the way: Impl classes, options' names, lists, standard headers, state's keys.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;

namespace {

// --- tensors

TEST(Words, DataOfAType) {
  torch::Tensor x = torch::tensor({{1.0, 2.0}, {3.0, 4.0}});
  x.data<float>()[1] = 7;
  EXPECT_EQ(x[0][1].item<float>(), 7);
  EXPECT_EQ(x.data<float>(), x.data_ptr<float>());
  EXPECT_EQ(torch::tensor({5, 6}).data<int64_t>()[1], 6);
  EXPECT_THROW(x.data<double>(), c10::Error);
}

TEST(Words, ToEverythingAtOnce) {
  const torch::Tensor x = torch::arange(6.0).view({2, 3}).t();
  const torch::Tensor same_one = x.to(torch::kCPU, torch::kFloat, /*non_blocking=*/false, /*copy=*/false);
  EXPECT_TRUE(same_one.is_same(x));
  const torch::Tensor copy =
      x.to(torch::kCPU, torch::kFloat, /*non_blocking=*/true, /*copy=*/true, torch::MemoryFormat::Contiguous);
  EXPECT_TRUE(same(copy, x));
  EXPECT_TRUE(copy.is_contiguous());
  EXPECT_NE(copy.data_ptr<float>(), x.data_ptr<float>());
  EXPECT_TRUE(same(x.to(torch::Device(torch::kCPU), torch::kLong, false, false, torch::MemoryFormat::Preserve),
                   torch::arange(6).view({2, 3}).t()));
  EXPECT_TRUE(x.contiguous(torch::MemoryFormat::Contiguous).is_contiguous());
}

TEST(Words, ADeviceWithAnIndex) {
  const auto options = torch::TensorOptions().dtype(torch::kLong).device(torch::kCPU, -1);
  const torch::Tensor x = torch::zeros({2}, options);
  EXPECT_EQ(x.device(), torch::Device(torch::kCPU));
  EXPECT_EQ(x.scalar_type(), torch::kLong);
}

TEST(Words, PartsOfLists) {
  const std::vector<int64_t> numbers = {2, 3, 5, 7};
  const torch::IntArrayRef list = numbers;
  EXPECT_EQ(list.front(), 2);
  EXPECT_EQ(list.back(), 7);
  EXPECT_EQ(list.at(2), 5);
  EXPECT_EQ(list.slice(1, 2).vec(), (std::vector<int64_t>{3, 5}));
  EXPECT_EQ(list.slice(3).vec(), (std::vector<int64_t>{7}));
  EXPECT_TRUE(list.slice(4).empty());
  EXPECT_TRUE(list.slice(0, 1).equals({2}));
  EXPECT_FALSE(list.equals(list.slice(1)));
  EXPECT_THROW(list.at(4), c10::Error);
  EXPECT_EQ(torch::zeros({4, 6}).sizes().back(), 6);
  EXPECT_EQ(torch::zeros(torch::zeros({4, 6, 2}).sizes().slice(1)).numel(), 12);
}

// --- modules

TEST(Words, ImplsOfConvolutions) {
  auto conv = std::make_shared<nn::Conv2dImpl>(nn::Conv2dOptions(2, 3, 3).padding(1));
  auto plain = std::make_shared<nn::Conv1dImpl>(2, 3, 3);
  EXPECT_EQ(sizes(conv->forward(torch::ones({1, 2, 4, 4}))), (std::vector<int64_t>{1, 3, 4, 4}));
  EXPECT_EQ(sizes(plain->forward(torch::ones({1, 2, 4}))), (std::vector<int64_t>{1, 3, 2}));
  EXPECT_EQ(conv->options.out_channels(), 3);
  EXPECT_EQ(text(*conv), "torch::nn::Conv2d(2, 3, kernel_size=[3, 3], stride=[1, 1], padding=[1, 1])");
}

TEST(Words, ImplsOfNorms) {
  auto norm = std::make_shared<nn::BatchNorm2dImpl>(nn::BatchNormOptions(2).momentum(0.5));
  const torch::Tensor x = torch::arange(16.0).view({2, 2, 2, 2});
  EXPECT_TRUE(torch::allclose(norm->forward(x).mean(), torch::zeros({}), 0, 1e-6));
  EXPECT_TRUE(same(norm->running_mean, x.mean({0, 2, 3}) / 2));
  norm->reset_running_stats();
  norm->eval();
  EXPECT_TRUE(same(norm->forward(x), x / std::sqrt(1 + 1e-5)));
  EXPECT_EQ(sizes(std::make_shared<nn::LayerNormImpl>(nn::LayerNormOptions({2}))->forward(x)), sizes(x));
}

TEST(Words, ImplsOfRecurrentLayers) {
  auto gru = std::make_shared<nn::GRUImpl>(nn::GRUOptions(2, 3).num_layers(2).batch_first(true));
  const auto [output, state] = gru->forward(torch::ones({4, 5, 2}));
  EXPECT_EQ(sizes(output), (std::vector<int64_t>{4, 5, 3}));
  EXPECT_EQ(sizes(state), (std::vector<int64_t>{2, 4, 3}));
  EXPECT_TRUE(same(output.select(1, 4), state[1]));
  auto lstm = std::make_shared<nn::LSTMImpl>(2, 3);
  EXPECT_EQ(sizes(std::get<0>(lstm->forward(torch::ones({5, 1, 2})))), (std::vector<int64_t>{5, 1, 3}));
}

TEST(Words, ImplsAreRegistered) {
  struct Net : nn::Module {
    Net() : fc(register_module("fc", std::make_shared<nn::LinearImpl>(2, 3))) {}
    std::shared_ptr<nn::LinearImpl> fc;
  } net;
  EXPECT_EQ(net.named_parameters().keys(), (Names{"fc.weight", "fc.bias"}));
  nn::Linear holder(net.fc);
  EXPECT_EQ(holder.get(), net.fc.get());
  nn::Sequential row;
  row->push_back(net.fc);
  row->push_back(std::make_shared<nn::TanhImpl>());
  EXPECT_TRUE(same(row->forward(torch::ones({1, 2})), torch::tanh(net.fc->forward(torch::ones({1, 2})))));
}

TEST(Words, OptionsHaveNames) {
  const nn::GRUOptions gru = nn::GRUOptions(2, 3).bidirectional(true).dropout(0.25);
  EXPECT_EQ(gru.hidden_size(), 3);
  EXPECT_TRUE(gru.bidirectional());
  const nn::BatchNormOptions norm = nn::BatchNormOptions(4).eps(1e-3).affine(false);
  EXPECT_EQ(norm.num_features(), 4);
  EXPECT_FALSE(norm.affine());
  EXPECT_EQ(nn::BatchNorm1d(norm)->options.eps(), 1e-3);
  const F::Conv2dFuncOptions conv = F::Conv2dFuncOptions().stride(2).padding(1);
  const torch::Tensor x = torch::ones({1, 1, 4, 4}), kernel = torch::ones({1, 1, 3, 3});
  EXPECT_TRUE(same(F::conv2d(x, kernel, conv), torch::conv2d(x, kernel, {}, 2, 1)));
  EXPECT_EQ((*conv.stride())[1], 2);
}

// --- standard headers

TEST(Words, StandardHeadersComeAlong) {
  std::queue<int> jobs;
  std::mutex mutex;
  std::condition_variable ready;
  std::atomic<int> done = 0;
  std::thread worker([&] {
    std::unique_lock<std::mutex> lock(mutex);
    ready.wait(lock, [&] { return !jobs.empty(); });
    done = jobs.front();
  });
  {
    const std::lock_guard<std::mutex> lock(mutex);
    jobs.push(3);
  }
  ready.notify_one();
  worker.join();
  assert(done == 3);
  EXPECT_EQ(done, 3);
  EXPECT_EQ(std::norm(std::complex<double>(3, 4)), 25);
  const std::unordered_map<std::string, std::deque<int>> table = {{"a", {1, 2}}};
  EXPECT_EQ(std::accumulate(table.at("a").begin(), table.at("a").end(), 0), 3);
  EXPECT_GE(std::chrono::steady_clock::now().time_since_epoch().count(), 0);
}

// --- keys of what modules register

template <class Module>
Names parameters(const Module& module) {
  return module->named_parameters().keys();
}

template <class Module>
Names buffers(const Module& module) {
  return module->named_buffers().keys();
}

TEST(Keys, OfRecurrentLayers) {
  EXPECT_EQ(
      parameters(nn::LSTM(nn::LSTMOptions(2, 3).num_layers(2).bidirectional(true))),
      (Names{"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_ih_l0_reverse", "weight_hh_l0_reverse",
             "bias_ih_l0_reverse", "bias_hh_l0_reverse", "weight_ih_l1", "weight_hh_l1", "bias_ih_l1", "bias_hh_l1",
             "weight_ih_l1_reverse", "weight_hh_l1_reverse", "bias_ih_l1_reverse", "bias_hh_l1_reverse"}));
  EXPECT_EQ(parameters(nn::LSTM(nn::LSTMOptions(2, 3).proj_size(2))),
            (Names{"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0"}));
  EXPECT_EQ(parameters(nn::GRU(nn::GRUOptions(2, 3).bias(false))), (Names{"weight_ih_l0", "weight_hh_l0"}));
  EXPECT_EQ(parameters(nn::LSTMCell(2, 3)), (Names{"weight_ih", "weight_hh", "bias_ih", "bias_hh"}));
  EXPECT_TRUE(buffers(nn::RNN(2, 3)).empty());
}

TEST(Keys, OfAttention) {
  EXPECT_EQ(parameters(nn::MultiheadAttention(4, 2)),
            (Names{"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}));
  EXPECT_EQ(
      parameters(nn::MultiheadAttention(nn::MultiheadAttentionOptions(4, 2).kdim(3).vdim(5))),
      (Names{"q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}));
  EXPECT_EQ(parameters(nn::MultiheadAttention(nn::MultiheadAttentionOptions(4, 2).add_bias_kv(true).bias(false))),
            (Names{"in_proj_weight", "bias_k", "bias_v", "out_proj.weight"}));
}

TEST(Keys, OfTransformers) {
  const Names layer = {"self_attn.in_proj_weight",
                       "self_attn.in_proj_bias",
                       "self_attn.out_proj.weight",
                       "self_attn.out_proj.bias",
                       "linear1.weight",
                       "linear1.bias",
                       "linear2.weight",
                       "linear2.bias",
                       "norm1.weight",
                       "norm1.bias",
                       "norm2.weight",
                       "norm2.bias"};
  EXPECT_EQ(parameters(nn::TransformerEncoderLayer(4, 2)), layer);
  Names both;
  for (const char* number : {"0", "1"})
    for (const auto& name : layer) both.push_back(torch::str("layers.", number, ".", name));
  EXPECT_EQ(parameters(nn::TransformerEncoder(nn::TransformerEncoderLayer(4, 2), 2)), both);
  const Names decoder = parameters(nn::TransformerDecoderLayer(4, 2));
  EXPECT_EQ(decoder.size(), 18U);
  EXPECT_EQ(decoder[4], "multihead_attn.in_proj_weight");
  EXPECT_EQ(decoder.back(), "norm3.bias");
}

TEST(Keys, OfNorms) {
  EXPECT_EQ(parameters(nn::BatchNorm2d(3)), (Names{"weight", "bias"}));
  EXPECT_EQ(buffers(nn::BatchNorm2d(3)), (Names{"running_mean", "running_var", "num_batches_tracked"}));
  EXPECT_TRUE(parameters(nn::BatchNorm1d(nn::BatchNorm1dOptions(3).affine(false))).empty());
  EXPECT_TRUE(buffers(nn::BatchNorm1d(nn::BatchNorm1dOptions(3).track_running_stats(false))).empty());
  EXPECT_TRUE(parameters(nn::InstanceNorm2d(3)).empty());
  EXPECT_TRUE(buffers(nn::InstanceNorm2d(3)).empty());
  EXPECT_EQ(parameters(nn::GroupNorm(1, 2)), (Names{"weight", "bias"}));
  EXPECT_EQ(parameters(nn::LayerNorm(nn::LayerNormOptions({2}))), (Names{"weight", "bias"}));
}

TEST(Keys, OfOtherLayers) {
  EXPECT_EQ(parameters(nn::Bilinear(1, 2, 3)), (Names{"weight", "bias"}));
  EXPECT_EQ(parameters(nn::Bilinear(nn::BilinearOptions(1, 2, 3).bias(false))), (Names{"weight"}));
  EXPECT_EQ(parameters(nn::ConvTranspose2d(1, 2, 3)), (Names{"weight", "bias"}));
  EXPECT_EQ(parameters(nn::ConvTranspose1d(nn::ConvTranspose1dOptions(1, 2, 3).bias(false))), (Names{"weight"}));
  EXPECT_EQ(parameters(nn::EmbeddingBag(3, 2)), (Names{"weight"}));
  EXPECT_EQ(parameters(nn::PReLU()), (Names{"weight"}));
  EXPECT_TRUE(parameters(nn::CrossEntropyLoss()).empty());
  const nn::CrossEntropyLoss weighted(nn::CrossEntropyLossOptions().weight(torch::ones({2})));
  EXPECT_EQ(buffers(weighted), (Names{"weight"}));
}

}  // namespace
