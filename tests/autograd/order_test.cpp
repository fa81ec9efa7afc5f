// In which order the elements of a result lie in memory: as PyTorch has it.
#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

namespace tapegrad::test {
namespace {

std::vector<std::int64_t> strides(const Tensor& x) { return {x.strides().begin(), x.strides().end()}; }
using Strides = std::vector<std::int64_t>;

TEST(Order, OfAnElementwiseResultIsThatOfItsInput) {
  const Tensor x = rand({2, 3, 4}).permute({2, 0, 1});
  for (const Tensor& y : {x + 1, 1 - x, x.relu(), x.exp(), x + x, x.pow(2), x.clone(), x.to(kDouble), x.gt(0.5),
                          where(x.gt(0.5), x, 0), empty_like(x), zeros_like(x), ones_like(x), full_like(x, 2)}) {
    EXPECT_EQ(strides(y), strides(x));
    EXPECT_FALSE(y.is_contiguous());
  }
  EXPECT_TRUE(allclose(x + 1, x.contiguous() + 1));
}

TEST(Order, IsThatOfTheFirstInputWhereTheyDiffer) {
  const Tensor a = rand({3, 4}).t(), b = rand({4, 3});
  EXPECT_EQ(strides(a + b), (Strides{1, 4}));
  EXPECT_EQ(strides(b + a), (Strides{3, 1}));
  EXPECT_TRUE(equal(a + b, b + a));
}

TEST(Order, IsDenseWhereTheInputHasGaps) {
  EXPECT_EQ(strides(rand({6, 4}).t().slice(1, 0, 6, 2) + 1), (Strides{1, 4}));
  EXPECT_EQ(strides(rand({4, 6}).slice(1, 0, 6, 2) + 1), (Strides{3, 1}));
  EXPECT_EQ(strides(rand({4, 1}).expand({4, 3}) + 1), (Strides{3, 1}));
}

TEST(Order, OfABroadcastResultIsThatOfTheWholeInput) {
  const Tensor x = rand({3, 4}).t();
  EXPECT_EQ(strides(x + rand({3})), (Strides{1, 4}));
  EXPECT_EQ(strides(rand({4, 1}) * x), (Strides{1, 4}));
}

TEST(Order, IsRowMajorAgainAfterContiguousAndReshape) {
  const Tensor x = rand({3, 4}).t() + 1;
  EXPECT_EQ(strides(x.contiguous()), (Strides{3, 1}));
  EXPECT_EQ(strides(x.reshape({2, 6})), (Strides{6, 1}));
  EXPECT_TRUE(equal(x.reshape({12}), x.contiguous().view({12})));
  EXPECT_THROW(x.view({12}), ShapeError);
}

TEST(Order, DoesNotShowInGradients) {
  const Tensor x = rand({3, 4}).requires_grad_();
  const Tensor w = rand({4, 3});
  (x.t().exp() * w).sum().backward();
  EXPECT_TRUE(allclose(x.grad(), x.detach().exp() * w.t()));
  EXPECT_TRUE(x.grad().is_contiguous());
}

}  // namespace
}  // namespace tapegrad::test
