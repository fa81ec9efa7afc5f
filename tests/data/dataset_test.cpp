#include <tapegrad/data/dataset.h>

#include <gtest/gtest.h>

namespace tapegrad {
namespace {

TEST(TensorDataset, GivesRowsByIndex) {
  const data::TensorDataset dataset(arange(6, kFloat).reshape({3, 2}), tensor({10, 20, 30}));
  EXPECT_EQ(dataset.size(), 3);
  const data::Example<> batch = dataset.get_batch(tensor({2, 0, 2}));
  EXPECT_EQ(batch.data.sizes(), IntList({3, 2}));
  EXPECT_EQ(batch.data.to_vector<float>(), (std::vector<float>{4, 5, 0, 1, 4, 5}));
  EXPECT_EQ(batch.target.to_vector<std::int64_t>(), (std::vector<std::int64_t>{30, 10, 30}));
  EXPECT_THROW(dataset.get_batch(tensor({3})), IndexError);
}

TEST(TensorDataset, NeedsNoTarget) {
  const data::TensorDataset dataset(zeros({4, 2}));
  EXPECT_EQ(dataset.size(), 4);
  EXPECT_FALSE(dataset.get_batch(tensor({1})).target.defined());
}

TEST(TensorDataset, TakesStridedTensors) {
  const data::TensorDataset dataset(arange(6).reshape({2, 3}).t(), arange(6).slice(0, 0, 6, 2));
  const data::Example<> batch = dataset.get_batch(tensor({1, 2}));
  EXPECT_EQ(batch.data.to_vector<std::int64_t>(), (std::vector<std::int64_t>{1, 4, 2, 5}));
  EXPECT_EQ(batch.target.to_vector<std::int64_t>(), (std::vector<std::int64_t>{2, 4}));
}

TEST(TensorDataset, RejectsTensorsThatDoNotFit) {
  try {
    data::TensorDataset(zeros({3, 2}), zeros({4, 1}));
    FAIL();
  } catch (const ShapeError& e) {
    EXPECT_STREQ(e.what(),
                 "TensorDataset: Size mismatch between tensors: [3, 2] and [4, 1]; both need the same number of rows");
  }
  EXPECT_THROW(data::TensorDataset(tensor(1.0f)), IndexError);
  EXPECT_THROW(data::TensorDataset(zeros({1}), tensor(1.0f)), IndexError);
}

}  // namespace
}  // namespace tapegrad
