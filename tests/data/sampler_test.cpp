#include <tapegrad/data/sampler.h>

#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

using Rows = std::vector<std::size_t>;
namespace samplers = data::samplers;

Rows all(samplers::Sampler<>& sampler, std::size_t batch_size = 3) {
  Rows rows;
  while (const auto batch = sampler.next(batch_size)) rows.insert(rows.end(), batch->begin(), batch->end());
  return rows;
}

template <class Sampler>
serialize::OutputArchive saved(const Sampler& sampler) {
  serialize::OutputArchive out;
  out << sampler;
  return out;
}
// By way of a stream.
template <class Sampler>
void load(const serialize::OutputArchive& saved, Sampler& sampler) {
  std::stringstream file;
  saved.save_to(file);
  serialize::InputArchive in;
  in.load_from(file);
  in >> sampler;
}

TEST(Sampler, GivesBatchesUntilTheEnd) {
  samplers::SequentialSampler sampler(5);
  EXPECT_EQ(sampler.next(2), (Rows{0, 1}));
  EXPECT_EQ(sampler.index(), 2U);
  EXPECT_EQ(sampler.next(2), (Rows{2, 3}));
  EXPECT_EQ(sampler.next(2), (Rows{4}));
  EXPECT_EQ(sampler.next(2), std::nullopt);
  sampler.reset();
  EXPECT_EQ(all(sampler), (Rows{0, 1, 2, 3, 4}));
  sampler.reset(2);
  EXPECT_EQ(all(sampler), (Rows{0, 1}));
  samplers::SequentialSampler none(0);
  EXPECT_EQ(none.next(2), std::nullopt);
}

TEST(Sampler, ShufflesByRandperm) {
  manual_seed(4);
  samplers::RandomSampler sampler(9);
  const Rows first = all(sampler);
  sampler.reset();
  const Rows second = all(sampler);
  manual_seed(4);
  for (const Rows& rows : {first, second}) {
    const std::vector<std::int64_t> expected = randperm(9).to_vector<std::int64_t>();
    EXPECT_EQ(rows, Rows(expected.begin(), expected.end()));
  }
}

TEST(Sampler, IsSavedAndLoaded) {
  samplers::RandomSampler from(9), to(9);
  from.next(4);
  load(saved(from), to);
  EXPECT_EQ(to.index(), 4U);
  EXPECT_EQ(all(to), all(from));
  samplers::DistributedRandomSampler distributed(10, 2, 1);
  distributed.set_epoch(3);
  distributed.reset();
  distributed.next(2);
  serialize::OutputArchive more;
  more << distributed;
  EXPECT_EQ(more.state_dict()["epoch"].item<std::int64_t>(), 3);
  serialize::OutputArchive wrong;
  wrong.write("order", arange(3));
  wrong.write("index", tensor(4));
  expect_error<ValueError>([&] { load(wrong, to); }, "the saved index is 4, which is not in [0, 3]");
  EXPECT_EQ(to.index(), 9U);
}

TEST(Sampler, TakesASubset) {
  const samplers::SubsetRandomSampler sampler(tensor({7, 1, 4}));
  manual_seed(2);
  const Tensor order = sampler.order(10);
  manual_seed(2);
  EXPECT_TRUE(order.equal(tensor({7, 1, 4}).index_select(0, randperm(3))));
  auto loader = data::make_data_loader(data::TensorDataset(arange(10)), sampler, {.batch_size = 2});
  EXPECT_EQ(loader.size(), 2);
  std::int64_t sum = 0;
  for (auto& batch : loader) sum += batch.data.sum().item<std::int64_t>();
  EXPECT_EQ(sum, 12);
}

TEST(Sampler, TakesRowsByWeight) {
  manual_seed(2);
  const samplers::WeightedRandomSampler sampler(tensor({0.0, 3.0, 0.0, 1.0}), 40);
  const auto rows = sampler.order(4).to_vector<std::int64_t>();
  EXPECT_EQ(rows.size(), 40U);
  EXPECT_EQ(std::count(rows.begin(), rows.end(), 1) + std::count(rows.begin(), rows.end(), 3), 40);
  EXPECT_GT(std::count(rows.begin(), rows.end(), 1), std::count(rows.begin(), rows.end(), 3));
  EXPECT_THROW(samplers::WeightedRandomSampler(tensor({1.0, 1.0}), 3, false).order(2), Error);
}

TEST(Sampler, SpreadsClassesEvenly) {
  std::vector<std::int64_t> labels;
  for (int i = 0; i < 200; ++i) labels.push_back(i < 120 ? 7 : i < 180 ? -1 : 3);  // 60, 30 and 10 %
  manual_seed(6);
  samplers::StratifiedRandomSampler sampler(tensor(labels, kLong));
  Rows before;
  for (int epoch = 0; epoch < 20; ++epoch) {
    const Rows rows = all(sampler);
    ASSERT_EQ(std::set<std::size_t>(rows.begin(), rows.end()).size(), 200u);
    EXPECT_EQ(rows.size(), 200u);
    EXPECT_NE(rows, before);
    before = rows;
    for (std::size_t begin = 0; begin < rows.size(); begin += 40) {
      std::map<std::int64_t, int> seen;
      for (std::size_t i = begin; i < begin + 40; ++i) ++seen[labels[rows[i]]];
      EXPECT_NEAR(seen[7], 24, 3);
      EXPECT_NEAR(seen[-1], 12, 3);
      EXPECT_NEAR(seen[3], 4, 2);
    }
    sampler.reset();
  }
  EXPECT_TRUE(all(*std::make_unique<samplers::StratifiedRandomSampler>(empty({0}, kLong))).empty());
  expect_error<ShapeError>([] { samplers::StratifiedRandomSampler(zeros({2, 2}, kLong)); }, "one class a row");
  expect_error<DtypeError>([] { samplers::StratifiedRandomSampler(zeros({2})); }, "to(kLong)");
}

// Each kind goes on where another of its kind was saved.
TEST(Sampler, IsSavedAndLoadedOfEachKind) {
  const auto goes_on = [](auto from, auto to) {
    from.next(2);
    to.next(1);
    load(saved(from), to);
    for (int batch = 0; batch < 4; ++batch) {
      const auto want = from.next(2), got = to.next(2);
      ASSERT_EQ(want.has_value(), got.has_value());
      if (!want.has_value()) continue;
      if constexpr (requires { want->begin(); }) {
        EXPECT_EQ(*want, *got);
      } else {
        EXPECT_EQ(want->size(), got->size());
      }
    }
  };
  const Tensor labels = tensor({0, 1, 0, 1, 1, 0, 0});
  goes_on(samplers::SequentialSampler(7), samplers::SequentialSampler(7));
  goes_on(samplers::RandomSampler(7), samplers::RandomSampler(7));
  goes_on(samplers::SubsetRandomSampler(arange(7)), samplers::SubsetRandomSampler(arange(7)));
  goes_on(samplers::WeightedRandomSampler(ones({9}), 7), samplers::WeightedRandomSampler(ones({9}), 7));
  goes_on(samplers::StratifiedRandomSampler(labels), samplers::StratifiedRandomSampler(labels));
  goes_on(samplers::DistributedSequentialSampler(14, 2, 1), samplers::DistributedSequentialSampler(14, 2, 1));
  goes_on(samplers::DistributedRandomSampler(14, 2, 1), samplers::DistributedRandomSampler(14, 2, 1));
  goes_on(samplers::StreamSampler(7), samplers::StreamSampler(7));
}

TEST(Sampler, SharesRowsAmongProcesses) {
  Rows seen;
  for (std::size_t rank = 0; rank < 3; ++rank) {
    samplers::DistributedSequentialSampler sampler(7, 3, rank);
    EXPECT_EQ(sampler.index(), 3 * rank);
    const Rows own = all(sampler, 2);
    EXPECT_EQ(own.size(), 3U);
    seen.insert(seen.end(), own.begin(), own.end());
  }
  EXPECT_EQ(seen, (Rows{0, 1, 2, 3, 4, 5, 6, 0, 1}));
  seen.clear();
  for (std::size_t rank = 0; rank < 3; ++rank) {
    samplers::DistributedRandomSampler sampler(7, 3, rank, /*allow_duplicates=*/false);
    const Rows own = all(sampler);
    EXPECT_EQ(own.size(), 2U);
    seen.insert(seen.end(), own.begin(), own.end());
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, (Rows{0, 1, 2, 3, 4, 5}));
  samplers::DistributedRandomSampler sampler(20, 2, 1);
  const Rows before = all(sampler);
  sampler.set_epoch(1);
  sampler.reset();
  EXPECT_NE(all(sampler), before);
  expect_error<ValueError>([] { samplers::DistributedRandomSampler(7, 3, 3); }, "Invalid rank 3");
  samplers::DistributedSequentialSampler none(0, 2, 1);
  EXPECT_EQ(none.next(1), std::nullopt);
}

TEST(Sampler, CountsAStream) {
  samplers::StreamSampler sampler(5);
  EXPECT_EQ(sampler.next(3)->size(), 3U);
  serialize::OutputArchive out;
  out << sampler;
  EXPECT_EQ(sampler.next(3)->size(), 2U);
  EXPECT_FALSE(sampler.next(3).has_value());
  sampler.reset(1);
  EXPECT_EQ(std::size_t{*sampler.next(3)}, 1U);
}

// libtorch's way to write one: from the last row to the first.
struct Backwards : samplers::Sampler<> {
  explicit Backwards(std::size_t n) : size(n), left(n) {}
  void reset(std::optional<std::size_t> new_size = std::nullopt) override { left = new_size.value_or(size); }
  std::optional<Rows> next(std::size_t batch_size) override {
    if (left == 0) return std::nullopt;
    Rows rows;
    while (rows.size() < batch_size && left > 0) rows.push_back(--left);
    return rows;
  }
  void save(serialize::OutputArchive&) const override {}
  void load(serialize::InputArchive&) override {}
  std::size_t size, left;
};

TEST(DataLoader, TakesASamplerThatIsAskedForBatches) {
  for (const std::int64_t workers : {0, 2}) {
    auto loader = data::make_data_loader<Backwards>(data::TensorDataset(arange(5)),
                                                    data::DataLoaderOptions(2).drop_last(true).workers(workers));
    for (int epoch = 0; epoch < 2; ++epoch) {
      std::vector<std::int64_t> rows;
      for (auto& batch : loader)
        for (const std::int64_t row : batch.data.to_vector<std::int64_t>()) rows.push_back(row);
      EXPECT_EQ(rows, (std::vector<std::int64_t>{4, 3, 2, 1}));
    }
  }
}

TEST(DataLoader, GoesOverTheRowsThatASamplerWasMadeFor) {
  auto loader = data::make_data_loader(data::TensorDataset(arange(10)), samplers::RandomSampler(4), {.batch_size = 3});
  EXPECT_EQ(loader.size(), 2);
  auto it = loader.begin();
  const StateDict state = loader.state_dict();
  EXPECT_EQ(state["order"].numel(), 4);
  loader.load_state_dict(state);
  EXPECT_EQ(loader.begin()->data.numel(), 1);
}

}  // namespace
}  // namespace tapegrad
