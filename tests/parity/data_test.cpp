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

struct Pairs : data::datasets::Dataset<Pairs> {
  explicit Pairs(size_t n) : rows(n) {}
  data::Example<> get(size_t index) override {
    return {torch::full({1, 2, 2}, double(index)), torch::tensor(int64_t(index))};
  }
  torch::optional<size_t> size() const override { return rows; }
  size_t rows;
};

struct Letter {
  char letter;
  int place;
};
struct Letters : data::datasets::Dataset<Letters, Letter> {
  Letter get(size_t index) override { return {char('a' + index), int(index)}; }
  torch::optional<size_t> size() const override { return 5; }
};

// A dataset that takes whole batches.
struct Ranges : data::datasets::BatchDataset<Ranges, torch::Tensor> {
  torch::Tensor get_batch(torch::ArrayRef<size_t> request) override {
    std::vector<int64_t> rows(request.begin(), request.end());
    return torch::tensor(rows) * 2;
  }
  torch::optional<size_t> size() const override { return 7; }
};

struct Counter : data::datasets::StreamDataset<Counter, std::vector<int>> {
  std::vector<int> get_batch(size_t size) override {
    std::vector<int> batch;
    for (size_t i = 0; i < size; ++i) batch.push_back(next++);
    return batch;
  }
  torch::optional<size_t> size() const override { return torch::nullopt; }
  int next = 0;
};

struct Lines : data::datasets::StatefulDataset<Lines, std::vector<int>> {
  torch::optional<std::vector<int>> get_batch(size_t size) override {
    std::vector<int> batch;
    for (; batch.size() < size && next < 5; ++next) batch.push_back(next);
    if (batch.empty()) return torch::nullopt;
    return batch;
  }
  torch::optional<size_t> size() const override { return torch::nullopt; }
  void reset() override { next = 0; }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  int next = 0;
};

struct Backwards : data::samplers::Sampler<> {
  explicit Backwards(size_t n) : size(n), left(n) {}
  void reset(torch::optional<size_t> new_size = torch::nullopt) override { left = new_size.value_or(size); }
  torch::optional<std::vector<size_t>> next(size_t batch_size) override {
    if (left == 0) return torch::nullopt;
    std::vector<size_t> rows;
    while (rows.size() < batch_size && left > 0) rows.push_back(--left);
    return rows;
  }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  size_t size, left;
};

namespace {

using Rows = std::vector<size_t>;
namespace transforms = data::transforms;

Rows all(data::samplers::Sampler<>& sampler, size_t batch_size) {
  Rows rows;
  while (auto batch = sampler.next(batch_size)) rows.insert(rows.end(), batch->begin(), batch->end());
  return rows;
}

TEST(Dataset, GivesSingleRows) {
  Pairs pairs(5);
  EXPECT_EQ(pairs.size().value(), 5U);
  EXPECT_EQ(*pairs.size(), 5U);
  EXPECT_EQ(pairs.get(3).target.item<int64_t>(), 3);
  const Rows rows{4, 1};
  EXPECT_EQ(pairs.get_batch(rows).at(1).target.item<int64_t>(), 1);
}

TEST(Dataset, IsMappedAndStacked) {
  auto dataset = Pairs(5).map(transforms::Normalize<>(1, 2)).map(transforms::Stack<>());
  EXPECT_EQ(dataset.size().value(), 5U);
  auto loader = data::make_data_loader<SequentialSampler>(std::move(dataset), data::DataLoaderOptions(2));
  std::vector<data::Example<>> batches;
  for (auto& batch : *loader) batches.push_back(batch);
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_TRUE(same(batches[0].data[1][0], torch::zeros({2, 2})));
  EXPECT_TRUE(same(batches[1].target, torch::tensor({2, 3})));
  EXPECT_EQ(sizes(batches[2].data), (std::vector<int64_t>{1, 1, 2, 2}));
}

TEST(Dataset, IsMappedByFunctions) {
  auto dataset = Pairs(4)
                     .map(transforms::TensorLambda<>([](torch::Tensor x) { return x * 10; }))
                     .map(transforms::Lambda<data::Example<>>([](data::Example<> row) {
                       row.target = row.target + 1;
                       return row;
                     }))
                     .map(transforms::Stack<data::Example<>>());
  auto loader = data::make_data_loader<SequentialSampler>(dataset, 4);
  for (auto& batch : *loader) {
    EXPECT_TRUE(same(batch.data.amax({1, 2, 3}), torch::tensor({0.0, 10.0, 20.0, 30.0})));
    EXPECT_TRUE(same(batch.target, torch::tensor({1, 2, 3, 4})));
  }
}

TEST(Dataset, HoldsRowsOfAnyType) {
  auto loader = data::make_data_loader<SequentialSampler>(Letters(), data::DataLoaderOptions().batch_size(2));
  std::string letters;
  for (std::vector<Letter>& batch : *loader)
    for (Letter& row : batch) letters += row.letter;
  EXPECT_EQ(letters, "abcde");
  auto words =
      Letters()
          .map(transforms::Lambda<Letter, std::string>([](Letter row) { return std::string(row.place, row.letter); }))
          .map(transforms::Collate<std::string>([](std::vector<std::string> rows) {
            std::string joined;
            for (const auto& row : rows) joined += row + ".";
            return joined;
          }));
  auto collated = data::make_data_loader<SequentialSampler>(std::move(words), 3);
  letters.clear();
  for (std::string& batch : *collated) letters += batch + "|";
  EXPECT_EQ(letters, ".b.cc.|ddd.eeee.|");
}

TEST(Dataset, TakesWholeBatches) {
  auto loader = data::make_data_loader<SequentialSampler>(Ranges(), 4);
  std::vector<torch::Tensor> batches;
  for (torch::Tensor& batch : *loader) batches.push_back(batch);
  EXPECT_TRUE(same(torch::cat(batches), torch::arange(7) * 2));
}

TEST(Dataset, GivesTensorsAlone) {
  auto loader = data::make_data_loader<SequentialSampler>(rows(), 5);
  for (data::TensorExample& batch : *loader) {
    const torch::Tensor x = batch;
    EXPECT_EQ(x.numel(), 10);
  }
  auto raw = data::datasets::TensorDataset(torch::arange(3));
  EXPECT_EQ(raw.size().value(), 3U);
  auto mapped = raw.map(transforms::Lambda<data::TensorExample>([](data::TensorExample row) { return row.data * 2; }))
                    .map(transforms::Stack<data::TensorExample>());
  auto doubled = data::make_data_loader<SequentialSampler>(std::move(mapped), 3);
  for (auto& batch : *doubled) EXPECT_TRUE(same(batch.data, torch::tensor({0, 2, 4})));
}

TEST(Dataset, IsShared) {
  auto shared = data::datasets::make_shared_dataset<Pairs>(3);
  shared->rows = 4;
  auto loader = data::make_data_loader<SequentialSampler>(shared, data::DataLoaderOptions(4).workers(2));
  for (auto& batch : *loader) EXPECT_EQ(batch.size(), 4U);
  data::datasets::SharedBatchDataset<Pairs> other = shared;
  EXPECT_EQ(&*other, &*shared);
}

TEST(Dataset, StreamsAsManyAsAreAsked) {
  auto loader = data::make_data_loader(Counter(), data::samplers::StreamSampler(5), data::DataLoaderOptions(2));
  std::vector<std::vector<int>> batches;
  for (auto& batch : *loader) batches.push_back(batch);
  EXPECT_EQ(batches, (std::vector<std::vector<int>>{{0, 1}, {2, 3}, {4}}));
}

TEST(Dataset, MayKnowItselfWhereItEnds) {
  auto loader = data::make_data_loader(Lines(), data::DataLoaderOptions(2));
  for (int epoch = 0; epoch < 2; ++epoch) {
    std::vector<std::vector<int>> batches;
    for (auto& batch : *loader) batches.push_back(batch);
    EXPECT_EQ(batches, (std::vector<std::vector<int>>{{0, 1}, {2, 3}, {4}}));
  }
}

TEST(Samplers, GoInOrder) {
  SequentialSampler sampler(5);
  EXPECT_EQ(sampler.next(2), (Rows{0, 1}));
  EXPECT_EQ(sampler.index(), 2U);
  EXPECT_EQ(all(sampler, 2), (Rows{2, 3, 4}));
  EXPECT_EQ(sampler.next(2), torch::nullopt);
  sampler.reset();
  EXPECT_EQ(all(sampler, 10).size(), 5U);
  sampler.reset(2);
  EXPECT_EQ(all(sampler, 10), (Rows{0, 1}));
}

TEST(Samplers, ShuffleByTheSeed) {
  torch::manual_seed(1);
  RandomSampler sampler(8);
  const Rows first = all(sampler, 3);
  sampler.reset();
  EXPECT_EQ(first, (Rows{5, 4, 2, 6, 7, 3, 1, 0}));
  EXPECT_EQ(all(sampler, 3), (Rows{5, 1, 2, 6, 0, 3, 7, 4}));
}

TEST(Samplers, LetALoaderShuffleByTheSeed) {
  torch::manual_seed(1);
  auto loader = data::make_data_loader(Letters(), data::DataLoaderOptions(5));
  std::vector<std::string> epochs;
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (auto& batch : *loader) {
      std::string letters;
      for (Letter& row : batch) letters += row.letter;
      epochs.push_back(letters);
    }
  }
  EXPECT_EQ(epochs, (std::vector<std::string>{"dceba", "ebacd"}));
}

TEST(Samplers, AreSaved) {
  RandomSampler from(6), to(6);
  from.next(4);
  torch::serialize::OutputArchive out;
  out << from;
  std::stringstream file;
  out.save_to(file);
  torch::serialize::InputArchive in;
  in.load_from(file);
  in >> to;
  EXPECT_EQ(to.index(), 4U);
  EXPECT_EQ(all(to, 6), all(from, 6));
}

TEST(Samplers, ShareRowsAmongProcesses) {
  data::samplers::DistributedSequentialSampler sequential(7, 3, 2);
  EXPECT_EQ(sequential.index(), 6U);
  EXPECT_EQ(all(sequential, 2), (Rows{6, 0, 1}));
  data::samplers::DistributedSequentialSampler fewer(7, 3, 2, /*allow_duplicates=*/false);
  EXPECT_EQ(all(fewer, 2), (Rows{4, 5}));
  data::samplers::DistributedRandomSampler random(7, 2, 1);
  EXPECT_EQ(all(random, 2), (Rows{3, 6, 4, 0}));
  random.set_epoch(3);
  EXPECT_EQ(random.epoch(), 3U);
  random.reset();
  EXPECT_EQ(all(random, 2), (Rows{2, 6, 4, 0}));
}

TEST(Samplers, CountAStream) {
  data::samplers::StreamSampler sampler(5);
  EXPECT_EQ(sampler.next(3)->size(), 3U);
  EXPECT_EQ(size_t(*sampler.next(3)), 2U);
  EXPECT_FALSE(sampler.next(3).has_value());
}

TEST(Samplers, MayBeAProgramsOwn) {
  auto loader = data::make_data_loader(rows(), Backwards(5), data::DataLoaderOptions(2));
  std::vector<torch::Tensor> batches;
  for (auto& batch : *loader) batches.push_back(batch.data.select(1, 0));
  EXPECT_TRUE(same(torch::cat(batches), torch::tensor({8, 6, 4, 2, 0})));
}

TEST(Workers, GiveTheSameBatches) {
  auto loader = data::make_data_loader<SequentialSampler>(
      Pairs(20).map(transforms::Stack<>()), data::DataLoaderOptions().batch_size(3).workers(2).max_jobs(3));
  for (int epoch = 0; epoch < 2; ++epoch) {
    std::vector<torch::Tensor> batches;
    for (auto& batch : *loader) batches.push_back(batch.target);
    EXPECT_TRUE(same(torch::cat(batches), torch::arange(20)));
  }
  EXPECT_EQ(loader->options().workers, 2U);
}

struct Broken : data::datasets::Dataset<Broken, int> {
  int get(size_t index) override {
    if (index == 3) throw std::out_of_range("row 3");
    return int(index);
  }
  torch::optional<size_t> size() const override { return 5; }
};

TEST(Workers, CarryErrors) {
  auto loader = data::make_data_loader<SequentialSampler>(Broken(), data::DataLoaderOptions(2).workers(1));
  std::string text;
  try {
    for (auto& batch : *loader) text += std::to_string(batch.size());
  } catch (const data::WorkerException& e) {
    text += e.what();
    EXPECT_THROW(std::rethrow_exception(e.original_exception), std::out_of_range);
  }
  EXPECT_EQ(text.substr(0, 1), "2");
  EXPECT_NE(text.find("Caught exception in DataLoader worker thread. Original message: row 3"), std::string::npos);
}

TEST(Transforms, NormalizeChannels) {
  transforms::Normalize<> normalize({1.0, 2.0}, {1.0, 4.0});
  EXPECT_TRUE(same(normalize(torch::ones({2, 1, 1})), torch::tensor({{{0.0}}, {{-0.25}}})));
}

TEST(Transforms, MayBeAProgramsOwn) {
  struct Flip : transforms::TensorTransform<> {
    torch::Tensor operator()(torch::Tensor input) override { return input.flip({0}); }
  };
  auto flipped = Flip()({torch::arange(3)});
  EXPECT_TRUE(same(flipped, torch::tensor({2, 1, 0})));
}

}  // namespace
