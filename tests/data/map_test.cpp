// Datasets of single rows, and transforms of them.
#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

namespace transforms = data::transforms;

struct Pairs : data::Dataset<Pairs> {
  explicit Pairs(std::size_t n) : rows(n) {}
  data::Example<> get(std::size_t i) override {
    return {full({1, 2, 2}, static_cast<double>(i)), tensor(static_cast<std::int64_t>(i))};
  }
  std::optional<std::size_t> size() const override { return rows; }
  std::size_t rows;
};

struct Word {
  std::string text;
  int length;
};
struct Words : data::Dataset<Words, Word> {
  Word get(std::size_t i) override { return {std::string(i, 'x'), static_cast<int>(i)}; }
  std::optional<std::size_t> size() const override { return 4; }
};

TEST(Dataset, GivesRowsOrBatches) {
  Pairs pairs(5);
  EXPECT_EQ(pairs.get(3).target.item<std::int64_t>(), 3);
  EXPECT_EQ(pairs.get_batch(std::vector<std::size_t>{4, 1})[1].target.item<std::int64_t>(), 1);
  EXPECT_EQ(*pairs.size(), 5U);
  auto loader = data::make_data_loader(Words(), {.batch_size = 3});
  std::vector<int> lengths;
  for (const std::vector<Word>& batch : loader)
    for (const Word& word : batch) lengths.push_back(word.length);
  EXPECT_EQ(lengths, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(loader.size(), 2);
}

TEST(Dataset, IsMapped) {
  const auto dataset = Pairs(5)
                           .map(transforms::Normalize<>(1.0, 2.0))
                           .map(transforms::Lambda<data::Example<>>([](data::Example<> row) {
                             row.target = row.target * 10;
                             return row;
                           }))
                           .map(transforms::Stack<>());
  auto loader = data::make_data_loader(dataset, {.batch_size = 2});
  auto it = loader.begin();
  EXPECT_EQ(it->data.sizes(), (IntList{2, 1, 2, 2}));
  EXPECT_EQ(it->data[1][0][1][1].item<float>(), 0);
  EXPECT_EQ(it->data[0][0][0][0].item<float>(), -0.5);
  EXPECT_TRUE(it->target.equal(tensor({0, 10})));
  ++it;
  ++it;
  EXPECT_EQ(it->data.size(0), 1);
  EXPECT_EQ(*dataset.size(), 5U);
}

TEST(Dataset, IsCollated) {
  auto dataset = Words()
                     .map(transforms::Lambda<Word, std::string>([](Word word) { return word.text + "."; }))
                     .map(transforms::Collate<std::string>([](std::vector<std::string> words) {
                       std::string all;
                       for (const std::string& word : words) all += word;
                       return all;
                     }));
  std::string all;
  for (const std::string& batch : data::make_data_loader(std::move(dataset), {.batch_size = 3})) all += batch + "|";
  EXPECT_EQ(all, ".x.xx.|xxx.|");
}

TEST(TensorDataset, IsMappedRowByRow) {
  const data::TensorDataset dataset(arange(6).view({3, 2}), arange(3));
  auto doubled = dataset.map(transforms::TensorLambda<>([](Tensor x) { return x * 2; })).map(transforms::Stack<>());
  auto loader = data::make_data_loader(doubled, {.batch_size = 2});
  auto it = loader.begin();
  EXPECT_TRUE(it->data.equal(tensor({{0, 2}, {4, 6}})));
  EXPECT_TRUE(it->target.equal(tensor({0, 1})));
  auto alone = dataset.map(transforms::Stack<data::TensorExample>());
  for (const Tensor& batch : data::make_data_loader(alone, {.batch_size = 3})) EXPECT_EQ(batch.numel(), 6);
  EXPECT_EQ(dataset.size().value(), 3U);
  EXPECT_TRUE(dataset.get(1).data.equal(tensor({2, 3})));
  EXPECT_EQ(data::TensorDataset(std::vector<Tensor>{ones({2}), zeros({2})}).size(), 2);
}

TEST(Normalize, TakesANumberForEachChannel) {
  transforms::Normalize<> normalize({1.0, 2.0}, {1.0, 4.0});
  EXPECT_TRUE(normalize(ones({2, 1, 1})).equal(tensor({{{0.0}}, {{-0.25}}})));
}

TEST(Stack, RefusesRowsOfOtherSizes) {
  transforms::Stack<data::TensorExample> stack;
  EXPECT_THROW(stack.apply_batch({ones({2}), ones({3})}), ShapeError);
}

struct Unsized : data::Dataset<Unsized, int> {
  int get(std::size_t) override { return 1; }
  std::optional<std::size_t> size() const override { return std::nullopt; }
};

TEST(DataLoader, NeedsASizeForAnOrder) {
  expect_error<Error>([] { data::make_data_loader(Unsized(), data::DataLoaderOptions(2)); },
                      "Expected the dataset to be sized in order to construct the Sampler");
}

TEST(DataLoader, IsAPointerWhereAProgramWantsOne) {
  using Mapped = data::datasets::MapDataset<Pairs, transforms::Stack<>>;
  std::unique_ptr<data::StatelessDataLoader<Mapped, data::samplers::RandomSampler>> loader =
      data::make_data_loader(Pairs(4).map(transforms::Stack<>()), data::DataLoaderOptions().batch_size(2).workers(1));
  std::int64_t rows = 0;
  for (auto& batch : *loader) rows += batch.data.size(0);
  EXPECT_EQ(rows, 4);
  EXPECT_EQ(loader->options().batch_size, 2);
}

}  // namespace
}  // namespace tapegrad
