// In which order the elements of a result lie in memory: as PyTorch has it.
#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include <utility>
#include <vector>

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

// Element i, j ... of x is element ..., j, i of y, for shapes around those that are moved in squares and in bands.
TEST(Order, OfATransposedCopyMovesNoElement) {
  const NoGradGuard no_grad;
  for (const Dtype d : kAllDtypes) {
    for (const auto& [rows, cols] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {3, 5}, {4, 4}, {5, 7}, {16, 33}, {65, 18}, {131, 70}, {7, 400}}) {
      const Tensor x = arange(2 * rows * cols * 3).remainder(113).view({2, rows, cols, 3}).to(d);
      for (const Tensor& y : {x.transpose(0, 3), x.permute({3, 2, 1, 0}), x.select(3, 1).transpose(1, 2),
                              x.slice(1, 1, rows).permute({2, 0, 3, 1}), x.view({2 * rows, cols * 3}).t()}) {
        const Tensor copy = y.contiguous();
        ASSERT_TRUE(copy.is_contiguous());
        const Tensor flat = copy.flatten().to(kLong);
        const std::int64_t first =
            (static_cast<const std::byte*>(y.data_ptr()) - static_cast<const std::byte*>(x.data_ptr())) /
            static_cast<std::int64_t>(item_size(d));
        std::vector<std::int64_t> at(static_cast<std::size_t>(y.dim()));
        const Tensor elements = x.to(kLong).flatten();
        for (std::int64_t i = 0; i < flat.numel(); ++i) {
          std::int64_t offset = first;
          for (std::size_t k = 0; k < at.size(); ++k) offset += at[k] * y.stride(static_cast<std::int64_t>(k));
          ASSERT_EQ(flat.data_ptr<std::int64_t>()[i], elements.data_ptr<std::int64_t>()[offset])
              << name(d) << ' ' << y.sizes() << " at " << i;
          for (std::size_t k = at.size(); k-- > 0 && ++at[k] == y.size(static_cast<std::int64_t>(k));) at[k] = 0;
        }
      }
    }
  }
}

// Rows that are called where they lie, beside a column, a number a row, and rows of wider matrices.
TEST(Order, OfRowsBesideAColumnIsTheirOwn) {
  const NoGradGuard no_grad;
  for (const std::int64_t n : {3, 15, 16, 17, 64, 100, 255, 256}) {
    const Tensor x = arange(2 * 9 * n, kDouble).view({2, 9, n});
    const Tensor column = arange(18, kDouble).view({2, 9, 1}),
                 wide = arange(2 * 9 * (n + 5), kDouble).view({2, 9, n + 5});
    const Tensor whole = column.expand({2, 9, n}).contiguous(), part = wide.narrow(2, 3, n);
    EXPECT_TRUE(equal(x - column, x - whole)) << n;
    EXPECT_TRUE(equal(column - x, whole - x)) << n;
    EXPECT_TRUE(equal(x - part, x - part.contiguous())) << n;
    EXPECT_TRUE(
        equal(where(part.gt(column * n), part, x), where(part.contiguous().gt(whole * n), part.contiguous(), x)))
        << n;
    Tensor into = zeros({2, 9, n + 5}, kDouble);
    into.narrow(2, 2, n).sub_(column);
    EXPECT_TRUE(equal(into.narrow(2, 2, n), -whole)) << n;
    EXPECT_TRUE(into.narrow(2, 0, 2).eq(0).all().item<bool>() && into.narrow(2, n + 2, 3).eq(0).all().item<bool>())
        << n;
  }
}

}  // namespace
}  // namespace tapegrad::test
