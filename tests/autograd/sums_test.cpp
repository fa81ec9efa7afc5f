// Sums longer than any of the registry's, which are cut in blocks and pieces: exact where every partial sum is.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include <tapegrad/autograd/tensor.h>
#include <tapegrad/autograd/threads.h>

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

// Widths around those that are joined to wide rows, or cut in pieces; lengths with and without a rest.
TEST(Sum, OfColumnsMissesNoRow) {
  for (const std::int64_t width : {2, 3, 10, 16, 31, 32, 33, 64, 65, 130}) {
    for (const std::int64_t n : {1, 5, 21, 100, 1000, 20011}) {
      const Tensor x = arange(n * width, kDouble).view({n, width});
      // Column j holds j, j + width, j + 2 width ...
      const Tensor expected = arange(width, kDouble).mul(n).add(static_cast<double>(width * (n * (n - 1) / 2)));
      EXPECT_TRUE(equal(x.sum(0), expected)) << n << " rows of " << width;
      EXPECT_TRUE(equal(x.t().contiguous().sum(1), expected)) << width << " rows of " << n;
    }
  }
}

TEST(Sum, OfLongColumnsIsTheSameOnAnyNumberOfThreads) {
  const int before = get_num_threads();
  const Tensor x = linspace(-1, 3, 200000 * 10).view({200000, 10});
  set_num_threads(1);
  const Tensor one = x.sum(0);
  for (const int n : {2, 3}) {
    set_num_threads(n);
    EXPECT_TRUE(equal(x.sum(0), one)) << n << " threads";
  }
  set_num_threads(before);
  EXPECT_TRUE(allclose(one.to(kDouble), x.to(kDouble).sum(0), 1e-6, 0));
}

// The first of equals, the first NaN, and of zeros the first one's sign; long rows and short, columns in any number.
TEST(Best, IsTheFirstOfEquals) {
  for (const std::int64_t n : {1, 3, 16, 17, 100}) {
    for (const std::int64_t at : {std::int64_t{0}, n / 2, n - 1}) {
      for (const auto& [value, alone] : {std::pair(5.0, false),
                                         {5.0, true},
                                         {static_cast<double>(NAN), false},
                                         {static_cast<double>(NAN), true},
                                         {0.0, false}}) {
        Tensor row = full({n}, value == 0 ? -1 : 1, kFloat);
        row.slice(0, at, alone ? at + 1 : n).fill_(value);
        if (value == 0) row.index_put_({at}, -0.0);
        for (const Tensor& x : {row.expand({2, n}).contiguous(), row.expand({70, n}).contiguous()}) {
          EXPECT_TRUE(x.argmax(1).eq(at).all().item<bool>()) << n << " " << at << " " << value;
          EXPECT_TRUE(x.t().contiguous().argmax(0).eq(at).all().item<bool>()) << n << " " << at << " " << value;
          EXPECT_TRUE(value != 0 || std::signbit(x.amax(1)[0].item<float>()));
          EXPECT_TRUE(value != 0 || std::signbit(x.t().contiguous().amax(0)[0].item<float>()));
        }
      }
    }
  }
}

// Powers of two whose products are exact, and small however they are grouped.
TEST(Prod, OfManyElementsMissesNone) {
  for (const std::int64_t n : {4, 17, 64, 65, 130, 1024, 1030, 2048, 70000}) {
    for (const Dtype d : {kFloat, kDouble}) {
      const Tensor x = tensor({0.5, 2.0, 1.0, 4.0, 0.25}, d).index_select(0, arange(n).remainder(5));
      const double expected = n % 5 == 1 ? 0.5 : n % 5 == 4 ? 4 : 1;
      EXPECT_EQ(x.prod().item<double>(), expected) << n << ' ' << name(d);
      for (const std::int64_t width : {1, 3, 33, 70}) {
        const Tensor columns = x.view({n, 1}).expand({n, width});
        EXPECT_TRUE(columns.prod(0).eq(expected).all().item<bool>()) << n << " rows of " << width;
        EXPECT_TRUE(columns.t().prod(1).eq(expected).all().item<bool>()) << width << " rows of " << n;
      }
    }
  }
}

// Where a row's product is 0, is subnormal or overflows, the products of the others are still their own.
TEST(Prod, HasTheGradientOfEachRow) {
  const double huge = 1e200, tiny = 1e-200;
  const Tensor x =
      tensor({{2.0, 4.0, 8.0}, {0.0, 4.0, 8.0}, {0.0, 4.0, 0.0}, {huge, huge, 2.0}, {tiny, tiny, 4.0}}, kDouble);
  const Tensor expected = tensor(
      {{32.0, 16.0, 8.0}, {32.0, 0.0, 0.0}, {0.0, 0.0, 0.0}, {2 * huge, 2 * huge, INFINITY}, {4 * tiny, 4 * tiny, 0.0}},
      kDouble);
  for (const bool rows : {true, false}) {
    const Tensor leaf = (rows ? x.clone() : x.t().contiguous()).requires_grad_();
    leaf.prod(rows ? 1 : 0).sum().backward();
    EXPECT_TRUE(allclose(rows ? leaf.grad() : leaf.grad().t(), expected, 1e-15)) << leaf.grad();
  }
}

}  // namespace
}  // namespace tapegrad::test
