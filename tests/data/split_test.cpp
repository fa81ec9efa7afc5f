#include <tapegrad/data/split.h>

#include <gtest/gtest.h>
#include <tapegrad/autograd/random.h>

#include <limits>
#include <string>

#include "fnv.h"
#include "sklearn_golden.h"
#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

using Rows = std::vector<std::int64_t>;

std::string error(std::int64_t rows, data::SplitSize size) {
  try {
    data::train_test_split(arange(rows), arange(rows), {.test_size = size});
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(TrainTestSplit, GivesScikitLearnsRows) {
  for (const sklearn_golden::Split& g : sklearn_golden::splits) {
    SCOPED_TRACE(testing::Message() << g.n << " rows, random_state " << g.seed);
    data::SplitOptions options{.test_size = g.size, .random_state = g.seed};
    if (g.size_is_rows) options.test_size = static_cast<std::int64_t>(g.size);
    const auto split = data::train_test_split(arange(g.n), arange(g.n), options);
    const Rows train = split.x_train.to_vector<std::int64_t>(), test = split.x_test.to_vector<std::int64_t>();
    EXPECT_EQ(static_cast<std::int64_t>(test.size()), g.n_test);
    EXPECT_EQ(Rows(test.begin(), test.begin() + static_cast<std::ptrdiff_t>(g.test_begin.size())), g.test_begin);
    EXPECT_EQ(fnv(train), g.train);
    EXPECT_EQ(fnv(test), g.test);
  }
}

TEST(TrainTestSplit, GivesScikitLearnsRowsByClass) {
  for (const sklearn_golden::Stratified& g : sklearn_golden::stratified) {
    const auto n = static_cast<std::int64_t>(g.labels.size());
    SCOPED_TRACE(testing::Message() << n << " rows, random_state " << g.seed);
    data::SplitOptions options{.test_size = g.size, .random_state = g.seed, .stratify = tensor(g.labels)};
    if (g.size_is_rows) options.test_size = static_cast<std::int64_t>(g.size);
    const auto split = data::train_test_split(arange(n), arange(n), options);
    const Rows train = split.x_train.to_vector<std::int64_t>(), test = split.y_test.to_vector<std::int64_t>();
    EXPECT_EQ(Rows(test.begin(), test.begin() + static_cast<std::ptrdiff_t>(g.test_begin.size())), g.test_begin);
    EXPECT_EQ(fnv(train), g.train);
    EXPECT_EQ(fnv(test), g.test);
    options.stratify = tensor(g.labels).mul(7).sub(3).to(kDouble).unsqueeze(1);  // other names of the classes
    EXPECT_TRUE(data::train_test_split(arange(n), arange(n), options).x_train.equal(split.x_train));
  }
}

TEST(TrainTestSplit, RefusesClassesThatCannotBeShared) {
  const auto refused = [](std::vector<std::int64_t> labels, data::SplitSize size, bool shuffle, const char* part) {
    const Tensor y = tensor(labels);
    expect_error<ValueError>(
        [&] { data::train_test_split(y, y, {.test_size = size, .shuffle = shuffle, .stratify = y}); }, part);
  };
  refused({0, 0, 1, 1}, 0.5, false, "Stratified train/test split is not implemented for shuffle = false");
  refused({0, 0, 0, 1}, 0.5, true, "The least populated class in y has only 1 member");
  refused({0, 0, 1, 1}, 1, true, "The test_size = 1 should be greater or equal to the number of classes = 2");
  refused({0, 0, 1, 1}, 3, true, "The train_size = 1 should be greater or equal to the number of classes = 2");
  const Tensor y = tensor({0.0, 0.0, 0.5, 0.5});
  expect_error<ValueError>([&] { data::train_test_split(y, y, {.stratify = y}); }, "0.5 is no label");
  EXPECT_THROW(data::train_test_split(y, y, {.stratify = zeros({5})}), ShapeError);
}

TEST(TrainTestSplit, KeepsTheRowsOfXAndYTogether) {
  const Tensor x = arange(30, kFloat).reshape({10, 3}), y = arange(10).unsqueeze(1);
  const auto [x_train, x_test, y_train, y_test] = data::train_test_split(x, y, {.random_state = 3});
  EXPECT_EQ(x_train.sizes(), IntList({7, 3}));
  EXPECT_EQ(x_test.sizes(), IntList({3, 3}));
  EXPECT_EQ(y_train.sizes(), IntList({7, 1}));
  EXPECT_EQ(y_test.sizes(), IntList({3, 1}));
  EXPECT_EQ(y_train.dtype(), kLong);
  EXPECT_TRUE(x_train.select(1, 0).equal((y_train * 3).squeeze(1).to(kFloat)));
  EXPECT_TRUE(x_test.select(1, 0).equal((y_test * 3).squeeze(1).to(kFloat)));
}

TEST(TrainTestSplit, LeavesTheOrderWithoutShuffle) {
  const auto split = data::train_test_split(arange(5), arange(5), {.test_size = 0.4, .shuffle = false});
  EXPECT_EQ(split.x_train.to_vector<std::int64_t>(), (Rows{0, 1, 2}));
  EXPECT_EQ(split.y_test.to_vector<std::int64_t>(), (Rows{3, 4}));
}

TEST(TrainTestSplit, GivesCopies) {
  for (bool shuffle : {false, true}) {
    const Tensor x = zeros({4, 2});
    auto split = data::train_test_split(x, x, {.random_state = 0, .shuffle = shuffle});
    split.x_train.fill_(1);
    split.x_test.fill_(1);
    EXPECT_EQ(x.sum().item<float>(), 0);
  }
}

TEST(TrainTestSplit, DrawsFromTheLibrarysGeneratorWithoutARandomState) {
  const auto rows = [] { return data::train_test_split(arange(50), arange(50)).x_test.to_vector<std::int64_t>(); };
  manual_seed(5);
  const Rows first = rows(), second = rows();
  manual_seed(5);
  EXPECT_EQ(rows(), first);
  EXPECT_NE(second, first);
}

TEST(TrainTestSplit, RejectsSizesThatDoNotFit) {
  EXPECT_EQ(error(10, 1.5),
            "train_test_split: test_size=1.5 should be either positive and smaller than the number of samples, or a "
            "float in the (0, 1) range: the number of samples is 10; give another test_size");
  for (double size : {0.0, 1.0, -0.1, std::numeric_limits<double>::quiet_NaN()}) EXPECT_NE(error(10, size), "no error");
  for (int size : {0, 10, 11, -1}) EXPECT_NE(error(10, size), "no error");
  EXPECT_EQ(error(10, 9), "no error");
  EXPECT_EQ(error(1, 0.5),
            "train_test_split: test_size=0.5 leaves nothing to train on: the resulting train set will be empty with "
            "the number of samples 1; give another test_size");
  EXPECT_NE(error(0, 0.5), "no error");
}

TEST(TrainTestSplit, RejectsDifferentNumbersOfRows) {
  try {
    data::train_test_split(zeros({3, 2}), zeros({4}));
    FAIL();
  } catch (const ShapeError& e) {
    EXPECT_STREQ(e.what(),
                 "train_test_split: Found input variables with inconsistent numbers of samples: [3, 4]; both need the "
                 "same number of rows");
  }
  EXPECT_THROW(data::train_test_split(tensor(1.0f), tensor(1.0f)), Error);
  EXPECT_THROW(data::train_test_split(arange(9), arange(9), {.random_state = -1}), Error);
}

}  // namespace
}  // namespace tapegrad
