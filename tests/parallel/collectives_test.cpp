// Collectives on tensors of every dtype.
#include "tests/parallel/group.h"

namespace tapegrad::test {
namespace {

using nn::parallel::ReduceOp;
using nn::parallel::SelfGroup;

int rank() { return group().rank(); }
int size() { return group().size(); }

TEST(AllReduce, SumsEveryDtype) {
  for (const Dtype dtype : kAllDtypes) {
    const Tensor x = tensor({1 + rank(), 2, 0}).to(dtype);
    group().all_reduce(x);
    const int first = dtype == kBool ? 1 : size() * (size() + 1) / 2, second = dtype == kBool ? 1 : 2 * size();
    EXPECT_EQ(x.dtype(), dtype);
    EXPECT_EQ(x.to(kLong).to_vector<std::int64_t>(), (std::vector<std::int64_t>{first, second, 0})) << dtype;
  }
}

TEST(AllReduce, TakesTheLargestOfEveryDtype) {
  for (const Dtype dtype : kAllDtypes) {
    const Tensor x = tensor({rank() + 1, size() - rank(), 0}).to(dtype);
    group().all_reduce(x, ReduceOp::kMax);
    const int most = dtype == kBool ? 1 : size();
    EXPECT_EQ(x.to(kLong).to_vector<std::int64_t>(), (std::vector<std::int64_t>{most, most, 0})) << dtype;
  }
}

TEST(AllReduce, MeansFloatingDtypes) {
  for (const Dtype dtype : {kHalf, kBFloat16, kFloat, kDouble}) {
    const Tensor x = tensor({rank() * 2.0, 1.0}).to(dtype);
    group().all_reduce(x, ReduceOp::kMean);
    EXPECT_EQ(x.to(kDouble).to_vector<double>(), (std::vector<double>{size() - 1.0, 1})) << dtype;
  }
  EXPECT_THROW(group().all_reduce(arange(3), ReduceOp::kMean), DtypeError);
}

TEST(AllReduce, SumsNarrowFloatsInF32) {
  // 2048 + 1 is 2048 in f16: four ranks' ones would be lost one by one.
  const Tensor x = tensor({rank() == 0 ? 2048.0 : 1.0}).to(kHalf);
  group().all_reduce(x);
  EXPECT_EQ(x.to(kDouble).item<double>(), tensor({2048.0 + size() - 1}).to(kHalf).to(kDouble).item<double>());
}

TEST(AllReduce, WritesThroughViewsAndRaisesTheVersion) {
  const Tensor whole = zeros({2, 3});
  const Tensor x = whole.t();
  x.add_(1);
  const auto before = whole.version();
  group().all_reduce(x[1]);
  EXPECT_GT(whole.version(), before);
  EXPECT_EQ(whole[0].to_vector<float>(), (std::vector<float>{1, static_cast<float>(size()), 1}));
}

TEST(AllReduce, WritesParametersWithoutRecording) {
  const Tensor x = ones({2}).requires_grad_();
  group().all_reduce(x);
  EXPECT_TRUE(x.is_leaf());
  EXPECT_EQ(x.to_vector<float>(), std::vector<float>(2, static_cast<float>(size())));
}

TEST(AllReduce, GoesOnWhileTheProgramDoes) {
  const Tensor x = full({1000}, rank()), y = ones({10});
  auto first = group().all_reduce_async(x);
  auto second = group().all_reduce_async(y, ReduceOp::kMean);
  second.wait();
  while (!first.is_completed()) {
  }
  first.wait();
  first.wait();
  EXPECT_EQ(x.sum().item<int>(), 1000 * size() * (size() - 1) / 2);
  EXPECT_EQ(y.sum().item<int>(), 10);
}

TEST(AllReduce, TakesEmptyTensorsAndRefusesUndefinedOnes) {
  group().all_reduce(zeros({0, 3}));
  EXPECT_THROW(group().all_reduce(Tensor()), Error);
}

TEST(AllReduce, OfOneRankIsWhatItWas) {
  SelfGroup self;
  for (const ReduceOp op : {ReduceOp::kSum, ReduceOp::kMean, ReduceOp::kMax}) {
    const Tensor x = tensor({0.1f, -3.0f});
    self.all_reduce(x, op);
    EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{0.1f, -3.0f}));
  }
  EXPECT_EQ(self.all_gather(arange(3)).at(0).to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 1, 2}));
}

TEST(Broadcast, GivesEveryDtypeOfEachRank) {
  for (const Dtype dtype : kAllDtypes) {
    for (int src = 0; src < size(); ++src) {
      const Tensor x = tensor({rank() + 1, 0}).to(dtype);
      group().broadcast(x, src);
      EXPECT_EQ(bytes(x), bytes(tensor({src + 1, 0}).to(dtype))) << dtype;
    }
  }
}

TEST(Broadcast, RefusesARankThatThereIsNot) {
  EXPECT_THROW(group().broadcast(zeros({1}), size()), ValueError);
  EXPECT_THROW(group().broadcast(zeros({1}), -1), ValueError);
}

TEST(AllGather, GivesTheRanksTensorsInOrder) {
  for (const Dtype dtype : kAllDtypes) {
    const auto all = group().all_gather(tensor({{rank() + 1, 0}, {1, 1}}).to(dtype).t());
    ASSERT_EQ(static_cast<int>(all.size()), size());
    for (int r = 0; r < size(); ++r)
      EXPECT_EQ(bytes(all[static_cast<std::size_t>(r)]), bytes(tensor({{r + 1, 1}, {0, 1}}).to(dtype))) << dtype;
  }
}

TEST(Duplicate, KeepsAnOrderOfItsOwn) {
  const auto other = group().duplicate();
  const Tensor x = ones({1}), y = full({1}, 2);
  // Ranks start the two in different orders, which within one group would be an error.
  nn::parallel::Work first = rank() % 2 == 0 ? group().all_reduce_async(x) : other->all_reduce_async(y);
  nn::parallel::Work second = rank() % 2 == 0 ? other->all_reduce_async(y) : group().all_reduce_async(x);
  second.wait();
  first.wait();
  EXPECT_EQ(x.item<int>(), size());
  EXPECT_EQ(y.item<int>(), 2 * size());
}

TEST(Collectives, AreRefusedByNameWithinACapturedFunction) {
  auto fn = capture([](const Tensor& x) {
    const Tensor y = x * 2;
    group().all_reduce(y);
    return y;
  });
  const Tensor x = ones({2});
  try {
    for (int i = 0; i < 4; ++i) fn(x);
    FAIL() << "nothing was thrown";
  } catch (const AutogradError& e) {
    EXPECT_NE(std::string(e.what()).find("all_reduce"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace tapegrad::test
