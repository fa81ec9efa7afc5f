// A loader with worker threads gives what one without gives.
#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include <chrono>
#include <thread>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

using Rows = std::vector<std::int64_t>;

data::TensorDataset numbered(std::int64_t rows) { return data::TensorDataset(arange(rows)); }

template <class Loader>
std::vector<Rows> epoch(Loader&& loader) {
  std::vector<Rows> batches;
  for (auto& batch : loader) batches.push_back(batch.data.template to_vector<std::int64_t>());
  return batches;
}

// Its batches take the longer, the earlier they come.
struct Slow {
  std::int64_t rows = 12;
  std::int64_t size() const { return rows; }
  data::Example<> get_batch(const Tensor& indices) const {
    std::this_thread::sleep_for(std::chrono::milliseconds(rows - indices.min().item<std::int64_t>()));
    return {indices.clone(), Tensor()};
  }
};

TEST(Workers, GiveTheSameBatchesInTheSameOrder) {
  for (const bool shuffle : {false, true}) {
    for (const bool drop_last : {false, true}) {
      manual_seed(1);
      const auto plain =
          data::make_data_loader(numbered(23), {.batch_size = 4, .shuffle = shuffle, .drop_last = drop_last});
      const auto first = epoch(plain), second = epoch(plain);
      const Tensor after = rand({3});
      for (const std::int64_t workers : {1, 2, 5}) {
        for (const std::int64_t max_jobs : {0, 1, 3}) {
          manual_seed(1);
          const auto loader = data::make_data_loader(
              numbered(23),
              {.batch_size = 4, .shuffle = shuffle, .drop_last = drop_last, .workers = workers, .max_jobs = max_jobs});
          EXPECT_EQ(epoch(loader), first);
          EXPECT_EQ(epoch(loader), second);
          EXPECT_TRUE(rand({3}).equal(after));
        }
      }
    }
  }
  EXPECT_EQ(epoch(data::make_data_loader(Slow{}, {.batch_size = 2, .workers = 4})),
            epoch(data::make_data_loader(Slow{}, {.batch_size = 2})));
  EXPECT_TRUE(epoch(data::make_data_loader(numbered(0), {.batch_size = 2, .workers = 2})).empty());
}

TEST(Workers, MayBeLeftAtAnyBatch) {
  const auto loader = data::make_data_loader(Slow{}, {.batch_size = 1, .workers = 3});
  for (int batches = 1; batches < 4; ++batches) {
    int seen = 0;
    for (auto& batch : loader) {
      EXPECT_EQ(batch.data.item<std::int64_t>(), seen);
      if (++seen == batches) break;
    }
  }
  auto kept = loader.begin();
  ++kept;
  auto other = loader.begin();  // epochs may overlap
  EXPECT_EQ(kept->data.item<std::int64_t>(), 1);
  EXPECT_EQ(other->data.item<std::int64_t>(), 0);
}

TEST(Workers, GoOnWhereTheLoaderStopped) {
  for (const std::int64_t before : {0, 2}) {
    for (const std::int64_t after : {0, 3}) {
      manual_seed(5);
      auto from = data::make_data_loader(numbered(19), {.batch_size = 3, .shuffle = true, .workers = before});
      auto it = from.begin();
      ++it;
      ++it;
      const StateDict state = from.state_dict();
      EXPECT_EQ(state["row"].item<std::int64_t>(), 9);
      std::vector<Rows> left;
      for (++it; it != from.end(); ++it) left.push_back(it->data.to_vector<std::int64_t>());
      auto to = data::make_data_loader(numbered(19), {.batch_size = 3, .shuffle = true, .workers = after});
      to.load_state_dict(state);
      EXPECT_EQ(epoch(to), left);
    }
  }
}

struct Broken {
  std::shared_ptr<std::atomic<int>> failures;
  std::int64_t size() const { return 9; }
  Tensor get_batch(const Tensor& indices) const {
    if (indices[0].item<std::int64_t>() == 3 && failures->fetch_sub(1) > 0) throw IndexError("no such row");
    return indices.clone();
  }
};

TEST(Workers, CarryErrorsToTheCallerWhoMayGoOn) {
  const auto failures = std::make_shared<std::atomic<int>>(2);
  const auto loader = data::make_data_loader(Broken{failures}, {.batch_size = 3, .workers = 2});
  auto it = loader.begin();
  EXPECT_EQ(it->to_vector<std::int64_t>(), (Rows{0, 1, 2}));
  for (int i = 0; i < 2; ++i) {
    expect_error<data::WorkerException>([&] { ++it; },
                                        "Caught exception in DataLoader worker thread. Original message: no such row; "
                                        "it came up for the rows 3, 4, 5");
  }
  ++it;
  EXPECT_EQ(it->to_vector<std::int64_t>(), (Rows{3, 4, 5}));
  ++it;
  EXPECT_EQ(it->to_vector<std::int64_t>(), (Rows{6, 7, 8}));
  ++it;
  EXPECT_TRUE(it == loader.end());

  *failures = 1;
  try {
    for (const Tensor& batch : loader) EXPECT_EQ(batch.numel(), 3);
    FAIL();
  } catch (const data::WorkerException& e) {
    EXPECT_THROW(std::rethrow_exception(e.original_exception), IndexError);
  }
}

// Noise by the default generator; and whether anything is recorded, in which dtype.
struct Noise {
  std::int64_t size() const { return 8; }
  Tensor get_batch(const Tensor& indices) const { return rand({indices.size(0)}) + (is_grad_enabled() ? 0 : 10); }
};

Tensor noise_of(data::DataLoader<Noise>& loader) {
  std::vector<Tensor> batches;
  for (const Tensor& batch : loader) batches.push_back(batch);
  return stack(batches);
}

TEST(Workers, DrawTheSameNumbersHoweverManyThereAre) {
  const NoGradGuard no_grad;
  Tensor first, second;
  for (const std::int64_t workers : {1, 2, 4}) {
    manual_seed(3);
    auto loader = data::make_data_loader(Noise{}, {.batch_size = 2, .workers = workers});
    const Tensor one = noise_of(loader), two = noise_of(loader);
    EXPECT_FALSE(one[0].equal(one[1]));
    EXPECT_FALSE(one.equal(two));  // of other epochs, though the generator stands where it stood
    EXPECT_GE(one.min().item<float>(), 10);
    if (!first.defined()) first = one, second = two;
    EXPECT_TRUE(one.equal(first));
    EXPECT_TRUE(two.equal(second));
  }
}

TEST(Workers, GoOnWithTheNumbersThatTheyWouldHaveDrawn) {
  manual_seed(3);
  auto whole = data::make_data_loader(Noise{}, {.batch_size = 2, .workers = 2});
  const Tensor first = noise_of(whole), second = noise_of(whole), third = noise_of(whole);
  for (const std::int64_t workers : {1, 3}) {
    manual_seed(3);
    auto stopped = data::make_data_loader(Noise{}, {.batch_size = 2, .workers = workers});
    noise_of(stopped);
    auto it = stopped.begin();
    ++it;
    auto other = data::make_data_loader(Noise{}, {.batch_size = 2, .workers = 2});
    const StateDict state = stopped.state_dict();
    manual_seed(4);  // the epoch under way does not ask for it
    other.load_state_dict(state);
    EXPECT_TRUE(noise_of(other).equal(second.narrow(0, 2, 2)));
    manual_seed(3);  // as a Checkpoint would restore it
    EXPECT_TRUE(noise_of(other).equal(third));
    const StateDict between = other.state_dict();
    auto last = data::make_data_loader(Noise{}, {.batch_size = 2, .workers = 2});
    last.load_state_dict(between);
    EXPECT_TRUE(noise_of(last).equal(noise_of(other)));
  }
  EXPECT_FALSE(third.equal(first));
}

// Counts the batches that were begun.
struct Counted {
  std::shared_ptr<std::atomic<int>> begun = std::make_shared<std::atomic<int>>(0);
  std::int64_t size() const { return 40; }
  Tensor get_batch(const Tensor& indices) const {
    ++*begun;
    return indices.clone();
  }
};

TEST(Workers, MakeNoMoreBatchesAheadThanTheyMay) {
  for (const std::int64_t max_jobs : {1, 3}) {
    Counted rows;
    auto loader = data::make_data_loader(rows, {.batch_size = 1, .workers = 2, .max_jobs = max_jobs});
    int given = 0;
    for (auto it = loader.begin(); given < 5; ++it) {
      ++given;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      EXPECT_LE(*rows.begun, given + max_jobs);
    }
    EXPECT_GE(*rows.begun, 5);
  }
}

TEST(Workers, ThatTakeTooLongAreReported) {
  const auto loader = data::make_data_loader(Slow{.rows = 200}, {.batch_size = 100, .workers = 1, .timeout = 1});
  expect_error<Error>([&] { loader.begin(); }, "waiting for next batch (timeout was 1 ms)");
}

TEST(Workers, AreCountedFromZero) {
  expect_error<ValueError>([] { data::make_data_loader(numbered(3), {.workers = -1}); }, "should be non-negative");
  expect_error<ValueError>([] { data::make_data_loader(numbered(3), {.max_jobs = -1}); }, "should be non-negative");
}

// Counts what it gives, in one thread alone.
struct Stream : data::StreamDataset<Stream, std::vector<int>> {
  std::vector<int> get_batch(std::size_t size) override {
    std::vector<int> batch(size);
    for (int& x : batch) x = next++;
    return batch;
  }
  std::optional<std::size_t> size() const override { return std::nullopt; }
  int next = 0;
};

struct Lines : data::StatefulDataset<Lines, std::vector<int>> {
  std::optional<std::vector<int>> get_batch(std::size_t size) override {
    std::vector<int> batch;
    for (; batch.size() < size && next < 7; ++next) batch.push_back(next);
    if (batch.empty()) return std::nullopt;
    return batch;
  }
  std::optional<std::size_t> size() const override { return std::nullopt; }
  void reset() override { next = 0; }
  void save(serialize::OutputArchive&) const override {}
  void load(serialize::InputArchive&) override {}
  int next = 0;
};

TEST(Workers, ReadAStreamInOneThread) {
  for (const std::int64_t workers : {0, 1, 3}) {
    auto loader =
        data::make_data_loader(Stream(), data::samplers::StreamSampler(7), {.batch_size = 3, .workers = workers});
    std::vector<std::vector<int>> batches;
    for (const auto& batch : loader) batches.push_back(batch);
    EXPECT_EQ(batches, (std::vector<std::vector<int>>{{0, 1, 2}, {3, 4, 5}, {6}}));
    auto lines = data::make_data_loader(Lines(), {.batch_size = 3, .workers = workers});
    for (int i = 0; i < 2; ++i) {
      batches.clear();
      for (const auto& batch : lines) batches.push_back(batch);
      EXPECT_EQ(batches, (std::vector<std::vector<int>>{{0, 1, 2}, {3, 4, 5}, {6}}));
    }
  }
}

// Rows that were never copied: held by one thread.
struct Own : data::Dataset<Own, int> {
  Own() = default;
  Own(Own&&) = default;
  int get(std::size_t i) override { return static_cast<int>(i); }
  std::optional<std::size_t> size() const override { return 5; }
};

TEST(Workers, NeedADatasetThatCanBeCopiedOrShared) {
  auto alone = data::make_data_loader(Own(), {.batch_size = 2, .workers = 2});
  expect_error<Error>([&] { alone.begin(); }, "workers need a dataset that can be copied");
  auto shared = data::make_data_loader(data::make_shared_dataset<Own>(), {.batch_size = 2, .workers = 2});
  std::vector<int> rows;
  for (const std::vector<int>& batch : shared) rows.insert(rows.end(), batch.begin(), batch.end());
  EXPECT_EQ(rows, (std::vector<int>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace tapegrad
