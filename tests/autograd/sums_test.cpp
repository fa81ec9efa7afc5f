// Sums longer than any of the registry's, which are cut in blocks and pieces: exact where every partial sum is.
#include <gtest/gtest.h>

#include <vector>

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {
namespace {

TEST(Sum, OfMillionsOfElementsMissesNone) {
  for (const std::int64_t n : {1025, 32769, 1100000, 1 << 21, (1 << 21) + 3}) {
    std::vector<double> numbers;
    double expected = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      numbers.push_back(static_cast<double>(i % 7));
      expected += numbers.back();
    }
    ASSERT_LT(expected, 1 << 24);
    for (const Dtype d : {kFloat, kDouble}) {
      const Tensor x = tensor(numbers, d);
      EXPECT_EQ(x.sum().item<double>(), expected) << n << " elements, " << name(d);
      EXPECT_EQ(x.view({n, 1}).sum(0).item<double>(), expected) << n << " rows, " << name(d);
      EXPECT_EQ(mse_loss(x, zeros_like(x), kSum).item<double>(), x.square().sum().item<double>()) << n;
    }
  }
}

}  // namespace
}  // namespace tapegrad::test
