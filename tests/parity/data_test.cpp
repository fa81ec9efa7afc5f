// Datasets, samplers and the loader.
#include "tests/parity/parity.h"

namespace {

namespace data = torch::data;
using data::samplers::RandomSampler;
using data::samplers::SequentialSampler;

auto rows() {
  return data::datasets::TensorDataset(torch::arange(10).view({5, 2}))
      .map(data::transforms::Stack<data::TensorExample>());
}

TEST(Data, GoesThroughRowsInOrder) {
  auto loader = data::make_data_loader<SequentialSampler>(rows(), data::DataLoaderOptions().batch_size(2));
  std::vector<torch::Tensor> batches;
  for (auto& batch : *loader) batches.push_back(batch.data);
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_TRUE(same(batches[0], torch::tensor({{0, 1}, {2, 3}})));
  EXPECT_TRUE(same(batches[2], torch::tensor({{8, 9}})));
}

TEST(Data, TakesABatchSizeAlone) {
  auto loader = data::make_data_loader<SequentialSampler>(rows(), /*batch_size=*/4);
  int64_t seen = 0;
  for (const auto& batch : *loader) seen += batch.data.size(0);
  EXPECT_EQ(seen, 5);
  for (const auto& batch : *loader) seen += batch.data.size(0);  // a second epoch
  EXPECT_EQ(seen, 10);
}

TEST(Data, DropsTheLastBatch) {
  auto loader =
      data::make_data_loader<SequentialSampler>(rows(), data::DataLoaderOptions(2).drop_last(true).workers(0));
  int64_t batches = 0;
  for (auto& batch : *loader) {
    EXPECT_EQ(batch.data.size(0), 2);
    ++batches;
  }
  EXPECT_EQ(batches, 2);
}

TEST(Data, ShufflesUnlessToldNot) {
  torch::manual_seed(4);
  auto loader = data::make_data_loader(rows(), data::DataLoaderOptions().batch_size(5));
  for (auto& batch : *loader) {
    EXPECT_FALSE(batch.data.equal(torch::arange(10).view({5, 2})));
    EXPECT_TRUE(std::get<0>(batch.data.select(1, 0).sort()).equal(torch::tensor({0, 2, 4, 6, 8})));
  }
}

TEST(Data, ShufflesByASampler) {
  auto loader = data::make_data_loader<RandomSampler>(rows(), data::DataLoaderOptions(1));
  int64_t sum = 0;
  for (auto& batch : *loader) sum += batch.data.sum().item<int64_t>();
  EXPECT_EQ(sum, 45);
}

TEST(Data, TrainsInBatches) {
  torch::manual_seed(0);
  const torch::Tensor x = torch::randn({70, 3}), y = torch::mm(x, torch::tensor({{1.0}, {-2.0}, {0.5}}));
  auto dataset =
      data::datasets::TensorDataset(torch::cat({x, y}, 1)).map(data::transforms::Stack<data::TensorExample>());
  auto loader = data::make_data_loader<SequentialSampler>(std::move(dataset), data::DataLoaderOptions().batch_size(32));
  torch::nn::Linear fc(3, 1);
  torch::optim::SGD optimizer(fc->parameters(), /*lr=*/0.1);
  for (int epoch = 0; epoch < 60; ++epoch) {
    for (auto& batch : *loader) {
      optimizer.zero_grad();
      torch::mse_loss(fc(batch.data.slice(1, 0, 3)), batch.data.slice(1, 3)).backward();
      optimizer.step();
    }
  }
  EXPECT_TRUE(same(fc->weight, torch::tensor({{1.0, -2.0, 0.5}}), 1e-3));
}

TEST(Data, ExamplesArePairs) {
  data::Example<> example{torch::ones({2}), torch::tensor(1)};
  EXPECT_EQ(example.data.size(0), 2);
  EXPECT_EQ(example.target.item<int64_t>(), 1);
  data::Example<std::string, int> other{"seven", 7};
  EXPECT_EQ(other.target, 7);
}

}  // namespace
