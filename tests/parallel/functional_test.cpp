// Recorded collectives. The gradient of the sum of the ranks' losses, and its derivative.
#include <tapegrad/nn/parallel/functional.h>

#include "tests/parallel/group.h"

namespace tapegrad::test {
namespace {

namespace F = nn::parallel::functional;
using nn::parallel::ReduceOp;

int rank() { return group().rank(); }
int size() { return group().size(); }

TEST(RecordedAllReduce, GradientIsTheSumOfTheRanksGradients) {
  const Tensor x = tensor({1.0 + rank(), 2.0}, kDouble).requires_grad_();
  const double sum = size() * (size() + 1) / 2.0, weights = sum;
  const Tensor y = F::all_reduce(x, group());
  EXPECT_EQ(y.to_vector<double>(), (std::vector<double>{sum, 2.0 * size()}));
  (y.square().sum() * (rank() + 1)).backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{2 * sum * weights, 4.0 * size() * weights}));
}

TEST(RecordedAllReduce, OfTheMeanIsASizeth) {
  const Tensor x = ones({2}, kDouble).requires_grad_();
  (F::all_reduce(x, group(), ReduceOp::kMean).sum() * (rank() + 1)).backward();
  EXPECT_EQ(x.grad().to_vector<double>(), std::vector<double>(2, (size() + 1) / 2.0));
}

TEST(RecordedAllReduce, OfTheLargestGoesToTheRanksThatHaveIt) {
  const Tensor x = tensor({static_cast<double>(rank()), 5.0}, kDouble).requires_grad_();
  F::all_reduce(x, group(), ReduceOp::kMax).sum().backward();
  EXPECT_EQ(x.grad().to_vector<double>(), (std::vector<double>{rank() == size() - 1 ? 1.0 * size() : 0.0, 1.0}));
}

TEST(RecordedAllReduce, HasASecondDerivative) {
  const Tensor x = full({1}, 3.0, kDouble).requires_grad_();
  const Tensor y = F::all_reduce(x.pow(3), group());
  const Tensor g = autograd::grad({y}, {x}, {}, true, true)[0];  // size 3 x^2
  EXPECT_EQ(g.item<double>(), 27.0 * size());
  EXPECT_EQ(autograd::grad({g}, {x})[0].item<double>(), 18.0 * size());
}

TEST(RecordedBroadcast, GradientIsSummedAtItsSource) {
  const int src = size() - 1;
  const Tensor x = full({2}, rank() + 1.0, kDouble).requires_grad_();
  const Tensor y = F::broadcast(x, group(), src);
  EXPECT_EQ(y[0].item<double>(), src + 1.0);
  (y.sum() * (rank() + 1)).backward();
  EXPECT_EQ(x.grad()[0].item<double>(), rank() == src ? size() * (size() + 1) / 2.0 : 0);
}

TEST(RecordedAllGather, GradientIsThatOfTheRanksOwnRow) {
  const Tensor x = full({2}, rank() + 1.0, kDouble).requires_grad_();
  const Tensor y = F::all_gather(x, group());
  EXPECT_EQ(y.sizes(), (IntList{size(), 2}));
  (y * arange(1, size() + 1).to(kDouble).view({size(), 1})).sum().backward();
  EXPECT_EQ(x.grad()[0].item<double>(), (rank() + 1.0) * size());
}

}  // namespace
}  // namespace tapegrad::test
