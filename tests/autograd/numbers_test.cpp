// Numbers given beside f64 tensors keep all their digits: 0.1 and 0.3 are not those of f32.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/index.h>
#include <tapegrad/autograd/tensor.h>

namespace tapegrad::test {
namespace {

Tensor at(double v) { return tensor({v}, kDouble); }

struct Row {
  std::string name;
  std::function<Tensor()> call;
  double want;
};

TEST(Numbers, BesideF64KeepTheirDigits) {
  const Tensor zero = at(0), one = at(1), first = zeros({1}, kLong), square = ones({1, 1}, kDouble);
  const std::vector<Row> rows = {
      {"+", [&] { return zero + 0.1; }, 0.1},
      {"-", [&] { return zero - 0.1; }, -0.1},
      {"number -", [&] { return 0.1 - zero; }, 0.1},
      {"*", [&] { return one * 0.1; }, 0.1},
      {"number /", [&] { return 0.1 / one; }, 0.1},
      {"/", [&] { return one / 0.1; }, 1 / 0.1},
      {"pow", [&] { return pow(0.1, one); }, 0.1},
      {"add alpha", [&] { return add(zero, one, 0.1); }, 0.1},
      {"sub alpha", [&] { return sub(zero, one, 0.1); }, -0.1},
      {"add_ alpha", [&] { return zeros({1}, kDouble).add_(one, 0.1); }, 0.1},
      {"addmm beta", [&] { return addmm(square, square * 0, square, 0.1, 1); }, 0.1},
      {"addmm alpha", [&] { return addmm(square, square, square, 0, 0.1); }, 0.1},
      {"index_add alpha", [&] { return index_add(zero, 0, first, one, 0.1); }, 0.1},
      {"clamp low", [&] { return clamp(zero, 0.1, 0.3); }, 0.1},
      {"clamp high", [&] { return clamp(one, 0.1, 0.3); }, 0.3},
      {"hardtanh low", [&] { return hardtanh(zero, 0.1, 0.3); }, 0.1},
      {"hardtanh high", [&] { return hardtanh(one, 0.1, 0.3); }, 0.3},
      {"leaky_relu", [&] { return leaky_relu(at(-1), 0.1); }, -0.1},
      {"elu", [&] { return elu(at(-1000), 0.1); }, -0.1},
      {"where", [&] { return where(one.eq(1), 0.1, zero); }, 0.1},
      {"masked_fill", [&] { return masked_fill(zero, one.eq(1), 0.1); }, 0.1},
      {"fill_", [&] { return zeros({1}, kDouble).fill_(0.1); }, 0.1},
      {"scatter", [&] { return scatter(zero, 0, first, 0.1); }, 0.1},
      {"index_put_", [&] { return zeros({1}, kDouble).index_put_({0}, 0.1); }, 0.1},
      {"pad",
       [&] {
         return pad(zero, {1, 0}, 0.1)[0];
       },
       0.1},
      {"full_like", [&] { return full_like(zero, 0.1); }, 0.1},
  };
  for (const Row& row : rows) EXPECT_EQ(row.call().item<double>(), row.want) << row.name;
}

TEST(Numbers, BesideF64KeepTheirDigitsInGradients) {
  struct Slope {
    std::string name;
    std::function<Tensor(const Tensor&)> fn;
    double x, want;
  };
  const Tensor zero = at(0), square = ones({1, 1}, kDouble);
  const std::vector<Slope> rows = {
      {"*", [&](const Tensor& x) { return x * 0.1; }, 1, 0.1},
      {"add alpha", [&](const Tensor& x) { return add(zero, x, 0.1); }, 1, 0.1},
      {"sub alpha", [&](const Tensor& x) { return sub(zero, x, 0.1); }, 1, -0.1},
      {"pow", [&](const Tensor& x) { return pow(x, 0.1); }, 1, 0.1},
      {"leaky_relu", [&](const Tensor& x) { return leaky_relu(x, 0.1); }, -1, 0.1},
      {"elu", [&](const Tensor& x) { return elu(x, 0.1); }, 0, 0.1},
      {"addmm beta",
       [&](const Tensor& x) {
         return addmm(x.view({1, 1}), square, square, 0.1, 1);
       },
       1, 0.1},
      {"addmm alpha",
       [&](const Tensor& x) {
         return addmm(square, x.view({1, 1}), square, 1, 0.1);
       },
       1, 0.1},
  };
  for (const Slope& row : rows) {
    const Tensor x = at(row.x).requires_grad_();
    row.fn(x).sum().backward();
    EXPECT_EQ(x.grad().item<double>(), row.want) << row.name;
  }
}

}  // namespace
}  // namespace tapegrad::test
