#include <tapegrad/data/libtorch.h>

#include <gtest/gtest.h>
#include <tapegrad/autograd/random.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace tapegrad {
namespace {

using Rows = std::vector<std::int64_t>;

data::TensorDataset numbered(std::int64_t rows) { return {arange(rows).unsqueeze(1), arange(rows) * 10}; }

// The rows of each batch of one pass.
template <class Loader>
std::vector<Rows> pass(Loader&& loader) {
  std::vector<Rows> batches;
  for (auto& batch : loader) {
    EXPECT_TRUE((batch.data.squeeze(1) * 10).equal(batch.target));
    batches.push_back(batch.data.template to_vector<std::int64_t>());
  }
  return batches;
}

Rows joined(const std::vector<Rows>& batches) {
  Rows all;
  for (const Rows& rows : batches) all.insert(all.end(), rows.begin(), rows.end());
  return all;
}

TEST(DataLoader, GivesBatchesInOrderAndThePartialOneLast) {
  const auto loader = data::make_data_loader(numbered(7), {.batch_size = 3});
  EXPECT_EQ(pass(loader), (std::vector<Rows>{{0, 1, 2}, {3, 4, 5}, {6}}));
  EXPECT_EQ(loader.size(), 3);
  for (auto& batch : loader) {
    EXPECT_EQ(batch.data.dim(), 2);
    EXPECT_EQ(batch.target.dim(), 1);
  }
}

TEST(DataLoader, DropsAPartialBatchOnRequest) {
  EXPECT_EQ(pass(data::make_data_loader(numbered(7), {.batch_size = 3, .drop_last = true})),
            (std::vector<Rows>{{0, 1, 2}, {3, 4, 5}}));
  EXPECT_EQ(pass(data::make_data_loader(numbered(6), {.batch_size = 3, .drop_last = true})).size(), 2u);
  EXPECT_TRUE(pass(data::make_data_loader(numbered(2), {.batch_size = 3, .drop_last = true})).empty());
}

TEST(DataLoader, GivesAllRowsInABatchLargerThanTheDataset) {
  EXPECT_EQ(pass(data::make_data_loader(numbered(3), {.batch_size = 100})), (std::vector<Rows>{{0, 1, 2}}));
}

TEST(DataLoader, GivesNoBatchOfAnEmptyDataset) {
  for (bool shuffle : {false, true}) {
    const auto loader = data::make_data_loader(numbered(0), {.batch_size = 3, .shuffle = shuffle});
    EXPECT_TRUE(pass(loader).empty());
    EXPECT_EQ(loader.size(), 0);
  }
}

TEST(DataLoader, RejectsABatchSizeBelowOne) {
  for (std::int64_t size : {0, -3}) EXPECT_THROW(data::make_data_loader(numbered(3), {.batch_size = size}), Error);
}

TEST(DataLoader, ShufflesWithRandpermAnewForEachPass) {
  const auto loader = data::make_data_loader(numbered(20), {.batch_size = 6, .shuffle = true});
  manual_seed(3);
  const Rows first = joined(pass(loader)), second = joined(pass(loader));
  manual_seed(3);
  EXPECT_EQ(first, randperm(20).to_vector<std::int64_t>());
  EXPECT_EQ(second, randperm(20).to_vector<std::int64_t>());
  EXPECT_NE(first, second);
  Rows sorted = second, all(20);
  std::sort(sorted.begin(), sorted.end());
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(sorted, all);
}

TEST(DataLoader, DrawsNothingInOrder) {
  manual_seed(3);
  const Tensor expected = rand({4});
  manual_seed(3);
  pass(data::make_data_loader(numbered(20), {.batch_size = 6}));
  EXPECT_TRUE(rand({4}).equal(expected));
}

TEST(DataLoader, LetsPassesOverlap) {
  const auto loader = data::make_data_loader(numbered(9), {.batch_size = 2, .shuffle = true});
  Rows outer;
  for (auto& batch : loader) {
    EXPECT_EQ(joined(pass(loader)).size(), 9u);
    for (std::int64_t row : batch.data.to_vector<std::int64_t>()) outer.push_back(row);
  }
  std::sort(outer.begin(), outer.end());
  EXPECT_EQ(outer, (Rows{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(DataLoader, GivesCopies) {
  const Tensor x = zeros({4, 1}), y = zeros({4, 1});
  for (auto& batch : data::make_data_loader(data::TensorDataset(x, y), {.batch_size = 4})) {
    batch.data.add_(1);
    batch.target.add_(1);
  }
  EXPECT_EQ((x + y).sum().item<float>(), 0);
}

TEST(DataLoader, BatchesMayBeKept) {
  std::vector<Tensor> kept;
  for (auto& batch : data::make_data_loader(numbered(4), {.batch_size = 2})) kept.push_back(batch.data);
  EXPECT_EQ(kept[0].to_vector<std::int64_t>(), (Rows{0, 1}));
  EXPECT_EQ(kept[1].to_vector<std::int64_t>(), (Rows{2, 3}));
}

TEST(DataLoader, ReadsLikeLibtorchs) {
  auto dataset = data::datasets::TensorDataset(arange(5).unsqueeze(1), arange(5) * 10).map(data::transforms::Stack<>());
  const std::size_t batch_size = 2;
  auto loader = data::make_data_loader<data::samplers::SequentialSampler>(std::move(dataset), batch_size);
  EXPECT_EQ(pass(*loader), (std::vector<Rows>{{0, 1}, {2, 3}, {4}}));
  std::int64_t rows = 0;
  for (data::Example<>& batch : *loader) rows += batch.data.size(0);
  for (auto it = loader->begin(); it != loader->end(); ++it) rows += it->target.size(0);
  EXPECT_EQ(rows, 10);
  EXPECT_EQ(pass(*data::make_data_loader<data::samplers::SequentialSampler>(
                numbered(5), data::DataLoaderOptions().batch_size(2).drop_last(true).workers(2))),
            (std::vector<Rows>{{0, 1}, {2, 3}}));
}

TEST(DataLoader, ShufflesLikeLibtorchUnlessToldOtherwise) {
  const auto order = [](const auto& loader) {
    manual_seed(8);
    return joined(pass(loader));
  };
  manual_seed(8);
  const Rows shuffled = randperm(30).to_vector<std::int64_t>();
  EXPECT_EQ(order(data::make_data_loader(numbered(30), 4)), shuffled);
  EXPECT_EQ(order(data::make_data_loader(numbered(30))), shuffled);
  EXPECT_EQ(order(data::make_data_loader(numbered(30), data::DataLoaderOptions(7).drop_last(false))), shuffled);
  EXPECT_EQ(order(data::make_data_loader<data::samplers::RandomSampler>(numbered(30), 4)), shuffled);
  EXPECT_EQ(order(data::make_data_loader(numbered(30), {.batch_size = 4}))[29], 29);
}

// Anything with size() and get_batch() is a dataset.
struct Squares {
  std::int64_t size() const { return 5; }
  Tensor get_batch(const Tensor& indices) const { return indices * indices; }
};

TEST(DataLoader, TakesAUsersOwnDataset) {
  Rows all;
  for (Tensor& batch : data::make_data_loader(Squares{}, {.batch_size = 2})) {
    for (std::int64_t value : batch.to_vector<std::int64_t>()) all.push_back(value);
  }
  EXPECT_EQ(all, (Rows{0, 1, 4, 9, 16}));
}

// Of two processes, every other row; the epoch decides where they begin.
struct EveryOther {
  std::int64_t rank, epoch = 0;
  Tensor order(std::int64_t rows) const { return arange((rank + epoch) % 2, rows, 2); }
  std::int64_t size(std::int64_t rows) const { return (rows + 1 - (rank + epoch) % 2) / 2; }
};

TEST(DataLoader, TakesAUsersOwnSampler) {
  auto loader = data::make_data_loader(numbered(7), EveryOther{0}, {.batch_size = 3});
  EXPECT_EQ(pass(loader), (std::vector<Rows>{{0, 2, 4}, {6}}));
  EXPECT_EQ(loader.size(), 2);
  loader.sampler().epoch = 1;
  EXPECT_EQ(pass(loader), (std::vector<Rows>{{1, 3, 5}}));
  EXPECT_EQ(loader.size(), 1);
}

TEST(DataLoader, ResumesTheOrderOfAUsersOwnSampler) {
  auto from = data::make_data_loader(numbered(7), EveryOther{0}, {.batch_size = 3});
  auto it = from.begin();
  const StateDict state = from.state_dict();
  auto to = data::make_data_loader(numbered(7), EveryOther{1}, {.batch_size = 3});
  to.load_state_dict(state);
  EXPECT_EQ(pass(to), (std::vector<Rows>{{6}}));
  EXPECT_EQ(pass(to), (std::vector<Rows>{{1, 3, 5}}));
  StateDict bad = state;
  bad["order"] = tensor({0, 7});
  EXPECT_THROW(to.load_state_dict(bad), Error);
  auto once = data::make_data_loader(numbered(7), {.batch_size = 3});
  EXPECT_THROW(once.load_state_dict(state), Error);
}

// The rows that are left after `done` batches of `size` rows of a shuffled pass.
std::pair<StateDict, Rows> interrupted(std::int64_t size, int done) {
  auto loader = data::make_data_loader(numbered(11), {.batch_size = size, .shuffle = true});
  auto it = loader.begin();
  for (int i = 1; i < done; ++i) ++it;
  const StateDict state = loader.state_dict();
  Rows left;
  for (++it; it != loader.end(); ++it) {
    for (std::int64_t row : it->data.to_vector<std::int64_t>()) left.push_back(row);
  }
  return {state, left};
}

TEST(DataLoader, GoesOnWithAnotherBatchSizeWhereItStopped) {
  for (int done : {1, 3, 5}) {
    const auto [state, left] = interrupted(2, done);
    for (std::int64_t size : {1, 3, 4, 20}) {
      auto loader = data::make_data_loader(numbered(11), {.batch_size = size, .shuffle = true});
      loader.load_state_dict(state);
      EXPECT_EQ(joined(pass(loader)), left);
      EXPECT_EQ(joined(pass(loader)).size(), 11u);
    }
    auto full = data::make_data_loader(numbered(11), {.batch_size = 4, .drop_last = true});
    full.load_state_dict(state);
    EXPECT_EQ(joined(pass(full)).size(), left.size() / 4 * 4);
  }
}

TEST(DataLoader, RefusesAPlaceThatNamesABatch) {
  StateDict state = interrupted(2, 2).first;
  const Tensor row = state["row"];
  state.erase("row");
  state.insert("next", row);
  auto loader = data::make_data_loader(numbered(11), {.batch_size = 3});
  EXPECT_THROW(loader.load_state_dict(state), Error);
}

// Its third call throws.
struct Failing {
  int* calls;
  std::int64_t size() const { return 11; }
  Tensor get_batch(const Tensor& indices) const {
    if (++*calls == 3) throw std::runtime_error("no such row");
    return indices;
  }
};

TEST(DataLoader, KeepsItsPlaceWhereABatchCannotBeMade) {
  const auto [state, left] = interrupted(2, 2);
  int calls = 2;
  auto loader = data::make_data_loader(Failing{&calls}, {.batch_size = 2, .shuffle = true});
  loader.load_state_dict(state);
  EXPECT_THROW(loader.begin(), std::runtime_error);
  EXPECT_TRUE(loader.state_dict()["order"].equal(state["order"]));
  Rows rows;
  for (Tensor& batch : loader) {
    for (std::int64_t row : batch.to_vector<std::int64_t>()) rows.push_back(row);
  }
  EXPECT_EQ(rows, left);

  // In the middle, the batch is tried again.
  calls = 1;
  auto it = loader.begin();
  const Tensor order = loader.state_dict()["order"];
  EXPECT_THROW(++it, std::runtime_error);
  ++it;
  EXPECT_TRUE(it->equal(order.slice(0, 2, 4)));

  // The order is not drawn twice.
  manual_seed(3);
  calls = 2;
  EXPECT_THROW(loader.begin(), std::runtime_error);
  loader.begin();
  EXPECT_EQ(loader.state_dict()["order"].to_vector<std::int64_t>(),
            (manual_seed(3), randperm(11).to_vector<std::int64_t>()));
}

}  // namespace
}  // namespace tapegrad
