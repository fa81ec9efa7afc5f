// New tensors and their options.
#include "tests/parity/parity.h"

namespace {

TEST(Creation, OfOneValue) {
  EXPECT_TRUE(same(torch::zeros({2, 3}), torch::tensor({{0.0, 0.0, 0.0}, {0.0, 0.0, 0.0}})));
  EXPECT_TRUE(same(torch::ones(3), torch::tensor({1.0, 1.0, 1.0})));
  EXPECT_TRUE(same(torch::full({2}, 7), torch::tensor({7, 7})));
  EXPECT_TRUE(same(torch::full({2}, 1.5), torch::tensor({1.5, 1.5})));
  EXPECT_TRUE(same(torch::full({2}, true), torch::tensor({true, true})));
  EXPECT_EQ(torch::empty({0, 4}).numel(), 0);
  EXPECT_EQ(torch::zeros({}).dim(), 0);
}

TEST(Creation, OptionsChain) {
  const auto options = torch::TensorOptions().dtype(torch::kFloat64).device(torch::kCPU).requires_grad(true);
  const torch::Tensor x = torch::zeros({2}, options);
  EXPECT_EQ(x.dtype(), torch::kDouble);
  EXPECT_TRUE(x.requires_grad());
  EXPECT_EQ(torch::ones({1}, torch::kInt64).scalar_type(), torch::kLong);
  EXPECT_TRUE(torch::ones({1}, torch::requires_grad()).requires_grad());
  EXPECT_FALSE(torch::ones({1}, torch::requires_grad(false)).requires_grad());
  EXPECT_EQ(torch::ones({1}, torch::device(torch::kCPU).dtype(torch::kDouble)).scalar_type(), torch::kDouble);
  EXPECT_TRUE(torch::ones({1}, torch::dtype(torch::kDouble).requires_grad(true)).requires_grad());
}

TEST(Creation, OptionsAreRead) {
  const torch::TensorOptions options = torch::dtype(torch::kDouble).requires_grad(true);
  EXPECT_EQ(options.dtype(), torch::kDouble);
  EXPECT_TRUE(options.has_dtype());
  EXPECT_TRUE(options.requires_grad());
  EXPECT_EQ(options.device().type(), torch::kCPU);
  EXPECT_FALSE(torch::TensorOptions().has_dtype());
  EXPECT_FALSE(torch::TensorOptions().requires_grad());
  EXPECT_EQ(torch::TensorOptions().dtype(), torch::kFloat);
  EXPECT_TRUE(torch::zeros({2}, torch::ones({1}, torch::kLong).options()).dtype() == torch::kLong);
}

TEST(Creation, OfLists) {
  EXPECT_EQ(torch::tensor({1, 2}).scalar_type(), torch::kLong);
  EXPECT_EQ(torch::tensor({1.5, 2.0}).scalar_type(), torch::kFloat);
  EXPECT_EQ(torch::tensor({true, false}).scalar_type(), torch::kBool);
  EXPECT_EQ(torch::tensor(3).scalar_type(), torch::kLong);
  EXPECT_EQ(torch::tensor(3.0f).dim(), 0);
  EXPECT_EQ(sizes(torch::tensor({{1, 2, 3}, {4, 5, 6}})), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(sizes(torch::tensor({{{1}, {2}}})), (std::vector<int64_t>{1, 2, 1}));
  EXPECT_EQ(torch::tensor({1, 2}, torch::kFloat64).scalar_type(), torch::kDouble);
  EXPECT_TRUE(torch::tensor({1.0}, torch::requires_grad()).requires_grad());
}

TEST(Creation, OfVectors) {
  EXPECT_TRUE(same(torch::tensor(std::vector<float>{1.5, 2}), torch::tensor({1.5, 2.0})));
  EXPECT_EQ(torch::tensor(std::vector<double>{1.5}).scalar_type(), torch::kFloat);
  EXPECT_TRUE(same(torch::tensor(std::vector<int64_t>{3, 4}), torch::tensor({3, 4})));
  EXPECT_EQ(torch::tensor(std::vector<int>{3, 4}).scalar_type(), torch::kLong);
  EXPECT_EQ(torch::tensor(std::vector<double>{1.5}, torch::kDouble).scalar_type(), torch::kDouble);
}

TEST(Creation, Arange) {
  EXPECT_TRUE(same(torch::arange(4), torch::tensor({0, 1, 2, 3})));
  EXPECT_TRUE(same(torch::arange(1, 4), torch::tensor({1, 2, 3})));
  EXPECT_TRUE(same(torch::arange(5, 0, -2), torch::tensor({5, 3, 1})));
  EXPECT_TRUE(same(torch::arange(0, 1, 0.25), torch::tensor({0.0, 0.25, 0.5, 0.75})));
  EXPECT_EQ(torch::arange(3, torch::kFloat).scalar_type(), torch::kFloat);
  EXPECT_EQ(torch::arange(3.0).scalar_type(), torch::kFloat);
  EXPECT_THROW(torch::arange(0, 3, -1), c10::Error);
}

TEST(Creation, LinspaceAndEye) {
  EXPECT_TRUE(same(torch::linspace(0, 1, 5), torch::tensor({0.0, 0.25, 0.5, 0.75, 1.0})));
  EXPECT_TRUE(same(torch::linspace(3, 3, 1), torch::tensor({3.0})));
  EXPECT_TRUE(same(torch::eye(2), torch::tensor({{1.0, 0.0}, {0.0, 1.0}})));
  EXPECT_TRUE(same(torch::eye(2, 3, torch::kLong), torch::tensor({{1, 0, 0}, {0, 1, 0}})));
}

TEST(Creation, LikeAnother) {
  const torch::Tensor x = torch::ones({2, 3}, torch::kDouble);
  EXPECT_TRUE(same(torch::zeros_like(x), torch::zeros({2, 3}, torch::kDouble)));
  EXPECT_TRUE(same(torch::ones_like(x, torch::kLong), torch::ones({2, 3}, torch::kLong)));
  EXPECT_TRUE(same(torch::full_like(x, 4), torch::full({2, 3}, 4.0, torch::kDouble)));
  for (const torch::Tensor& y : {torch::empty_like(x), torch::rand_like(x), torch::randn_like(x)}) {
    EXPECT_EQ(y.sizes(), x.sizes());
    EXPECT_EQ(y.scalar_type(), torch::kDouble);
  }
}

TEST(Creation, NewOfATensor) {
  const torch::Tensor x = torch::ones({2}, torch::kDouble);
  EXPECT_TRUE(same(x.new_zeros({3}), torch::zeros({3}, torch::kDouble)));
  EXPECT_TRUE(same(x.new_ones({1, 2}), torch::ones({1, 2}, torch::kDouble)));
  EXPECT_TRUE(same(x.new_full({2}, 3), torch::full({2}, 3.0, torch::kDouble)));
  EXPECT_EQ(x.new_empty({4}).scalar_type(), torch::kDouble);
  EXPECT_EQ(x.new_zeros({3}, torch::kLong).scalar_type(), torch::kLong);
}

TEST(Creation, FromBlobSharesTheBytes) {
  float data[] = {1, 2, 3, 4};
  const torch::Tensor x = torch::from_blob(data, {2, 2});
  data[3] = 9;
  EXPECT_EQ(x[1][1].item<float>(), 9);
  x[0][0] = 5;
  EXPECT_EQ(data[0], 5);
  int64_t whole[] = {1, 2};
  EXPECT_TRUE(same(torch::from_blob(whole, {2}, torch::kInt64), torch::tensor({1, 2})));
  EXPECT_EQ(x.clone().data_ptr<float>()[3], 9);
}

TEST(Creation, SeedsGiveTheSameNumbers) {
  torch::manual_seed(0);
  EXPECT_TRUE(same(torch::rand({3}), torch::tensor({0.4962565899, 0.7682217956, 0.0884774327})));
  torch::manual_seed(0);
  EXPECT_TRUE(same(torch::randn({3}), torch::tensor({1.5409960747, -0.2934289277, -2.1787893772})));
  torch::manual_seed(5);
  const torch::Tensor order = torch::randperm(6), draws = torch::randint(0, 100, {4});
  torch::manual_seed(5);
  EXPECT_TRUE(same(torch::randperm(6), order));
  EXPECT_TRUE(same(torch::randint(0, 100, {4}), draws));
}

TEST(Creation, RandomIntegers) {
  const torch::Tensor x = torch::randint(3, 6, {200}), y = torch::randint(4, {50}, torch::kLong);
  EXPECT_EQ(x.min().item<float>(), 3);
  EXPECT_EQ(x.max().item<float>(), 5);
  EXPECT_EQ(x.scalar_type(), torch::kLong);
  EXPECT_LT(y.max().item<int64_t>(), 4);
  EXPECT_EQ(std::get<0>(torch::randperm(20).sort()).equal(torch::arange(20)), true);
}

TEST(Creation, RandomDistributions) {
  torch::manual_seed(1);
  EXPECT_TRUE(same(torch::bernoulli(torch::tensor({0.0, 1.0})), torch::tensor({0.0, 1.0})));
  EXPECT_TRUE(same(torch::multinomial(torch::tensor({0.0, 3.0, 0.0}), 1), torch::tensor({1})));
  const torch::Tensor x = torch::normal(5.0, 0.5, {1000});
  EXPECT_NEAR(x.mean().item<double>(), 5, 0.1);
  EXPECT_NEAR(x.std().item<double>(), 0.5, 0.05);
  const torch::Tensor u = torch::empty({1000}).uniform_(-1, 3);
  EXPECT_GE(u.min().item<double>(), -1);
  EXPECT_LT(u.max().item<double>(), 3);
  EXPECT_LT(torch::empty({100}).random_(7).max().item<double>(), 7);
}

TEST(Creation, DefaultDtype) {
  torch::set_default_dtype(torch::ones({}, torch::kDouble).dtype());
  const torch::Tensor x = torch::ones({1}), y = torch::tensor({0.5}), z = torch::arange(0, 1, 0.5);
  torch::set_default_dtype(torch::ones({}, torch::kFloat).dtype());
  for (const torch::Tensor& t : {x, y, z}) EXPECT_EQ(t.scalar_type(), torch::kDouble);
  EXPECT_EQ(torch::get_default_dtype(), torch::kFloat);
  EXPECT_EQ(torch::ones({1}).scalar_type(), torch::kFloat);
}

TEST(Creation, RefusesWhatCannotBe) {
  EXPECT_THROW(torch::zeros({-1}), c10::Error);
  EXPECT_THROW(torch::ones({2}, torch::dtype(torch::kLong).requires_grad(true)), c10::Error);
  EXPECT_THROW(torch::eye(-2), c10::Error);
  EXPECT_THROW(torch::randperm(-1), c10::Error);
}

TEST(Creation, PrintsAsText) {
  EXPECT_EQ(text(torch::tensor({1.5, -2.0})), " 1.5000\n-2.0000\n[ CPUFloatType{2} ]");
  EXPECT_EQ(text(torch::ones({2, 2}, torch::kLong)), " 1  1\n 1  1\n[ CPULongType{2,2} ]");
  EXPECT_EQ(text(torch::tensor(2.5)), "2.5\n[ CPUFloatType{} ]");
  EXPECT_EQ(text(torch::tensor({true, false})), " 1\n 0\n[ CPUBoolType{2} ]");
  EXPECT_EQ(text(torch::zeros({2, 3}).sizes()), "[2, 3]");
}

}  // namespace
