#include <gtest/gtest.h>
#include <tapegrad/data/loader.h>

#include "tests/common/heap.h"

#if TAPEGRAD_TEST_COUNTS_HEAP

namespace tapegrad {
namespace {

TEST(DataLoader, AllocatesNothingOnceItRuns) {
  for (bool shuffle : {false, true}) {
    const auto loader = data::make_data_loader(data::TensorDataset(rand({100, 3}), rand({100, 1})),
                                               {.batch_size = 32, .shuffle = shuffle});
    const auto pass = [&loader] {
      std::int64_t rows = 0;
      for (auto& batch : loader) rows += batch.data.size(0);
      return rows;
    };
    EXPECT_EQ(pass() + pass(), 200);
    const long before = test::allocations;
    for (int epoch = 0; epoch < 100; ++epoch) pass();
    EXPECT_EQ(test::allocations - before, 0);
  }
}

}  // namespace
}  // namespace tapegrad

#endif
