// nn::init: initial values.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;
namespace init = torch::nn::init;
using torch::Tensor;

namespace {

double largest(const Tensor& x) { return x.abs().max().item<double>(); }
double deviation(const Tensor& x) { return x.std().item<double>(); }

// What `first` and `second` draw, each from the same seed.
template <class First, class Second>
testing::AssertionResult alike(const First& first, const Second& second) {
  torch::manual_seed(7);
  const Tensor expected = first();
  torch::manual_seed(7);
  return same(second(), expected);
}

TEST(Init, GivesBackWhatItFills) {
  Tensor w = torch::empty({2, 3}, torch::requires_grad());
  for (const Tensor& filled : {init::constant_(w, 2.5), init::ones_(w), init::uniform_(w), init::zeros_(w)}) {
    EXPECT_EQ(filled.data_ptr(), w.data_ptr());
    EXPECT_TRUE(filled.is_leaf());
    EXPECT_TRUE(filled.requires_grad());
  }
  EXPECT_TRUE(same(w.detach(), torch::zeros({2, 3})));
  EXPECT_TRUE(same(init::constant_(torch::empty({2}, torch::kLong), 3), torch::tensor({3, 3})));
  EXPECT_TRUE(same(init::ones_(torch::empty({}, torch::kDouble)), torch::ones({}, torch::kDouble)));
}

TEST(Init, EyeOfOtherShapes) {
  EXPECT_TRUE(same(init::eye_(torch::full({3, 2}, 7.0)), torch::tensor({{1.0, 0.0}, {0.0, 1.0}, {0.0, 0.0}})));
  EXPECT_THROW(init::eye_(torch::empty({3})), c10::Error);
  EXPECT_THROW(init::eye_(torch::empty({3, 3, 3})), c10::Error);
}

TEST(Init, DiracKeepsWhatIsConvolved) {
  const Tensor x = torch::arange(32, torch::kFloat).view({1, 2, 4, 4});
  const Tensor w = init::dirac_(torch::empty({3, 2, 3, 3}));
  const Tensor y = torch::conv2d(x, w, {}, 1, 1);
  EXPECT_TRUE(same(y.narrow(1, 0, 2), x));
  EXPECT_EQ(largest(y.select(1, 2)), 0);
  EXPECT_EQ(init::dirac_(torch::empty({1, 1, 4}))[0][0][2].item<float>(), 1);
  EXPECT_EQ(init::dirac_(torch::empty({2, 2, 1, 3, 5}))[1][1][0][1][2].item<float>(), 1);
  EXPECT_THROW(init::dirac_(torch::empty({1, 1, 1, 1, 1, 1})), c10::Error);
}

TEST(Init, OrthogonalColumnsAndKernels) {
  const Tensor tall = init::orthogonal_(torch::empty({5, 3}, torch::kDouble));
  EXPECT_TRUE(torch::allclose(tall.t().matmul(tall), torch::eye(3, torch::kDouble), 1e-5, 1e-6));
  const Tensor kernels = init::orthogonal_(torch::empty({4, 2, 3, 3}, torch::kDouble), 0.5).view({4, 18});
  EXPECT_TRUE(torch::allclose(kernels.matmul(kernels.t()), 0.25 * torch::eye(4, torch::kDouble), 1e-5, 1e-6));
  EXPECT_THROW(init::orthogonal_(torch::empty({4})), c10::Error);
}

TEST(Init, SparseRoundsItsZerosUp) {
  torch::manual_seed(1);
  const Tensor w = init::sparse_(torch::empty({7, 50}), 0.5, 2);
  EXPECT_TRUE(same(w.eq(0).sum(0), torch::full({50}, 4, torch::kLong)));
  EXPECT_NEAR(deviation(w.masked_select(w.ne(0))), 2, 0.4);
  EXPECT_THROW(init::sparse_(torch::empty({4}), 0.5), c10::Error);
  EXPECT_THROW(init::sparse_(torch::empty({4, 4, 4}), 0.5), c10::Error);
}

TEST(Init, UniformAndNormalHaveTheirMoments) {
  torch::manual_seed(2);
  const Tensor w = init::uniform_(torch::empty({100, 100}), -3, 1);
  EXPECT_GE(w.min().item<float>(), -3);
  EXPECT_LT(w.max().item<float>(), 1);
  EXPECT_NEAR(w.mean().item<float>(), -1, 0.05);
  EXPECT_NEAR(deviation(w), 4 / std::sqrt(12.0), 0.05);
  init::normal_(w, 5, 0.5);
  EXPECT_NEAR(w.mean().item<float>(), 5, 0.05);
  EXPECT_NEAR(deviation(w), 0.5, 0.05);
}

TEST(Init, XavierCountsBothFans) {
  torch::manual_seed(3);
  const double bound = 2 * std::sqrt(6.0 / (20 * 9 + 40 * 9));
  const double uniform = largest(init::xavier_uniform_(torch::empty({40, 20, 3, 3}), 2));
  EXPECT_LE(uniform, bound + 1e-6);
  EXPECT_GE(uniform, 0.99 * bound);
  EXPECT_NEAR(deviation(init::xavier_normal_(torch::empty({300, 100}))), std::sqrt(2.0 / 400), 1e-3);
}

TEST(Init, KaimingCountsOneFan) {
  torch::manual_seed(4);
  const Tensor w = torch::empty({200, 50});
  EXPECT_NEAR(largest(init::kaiming_uniform_(w)), std::sqrt(6.0 / 50), 1e-3);
  EXPECT_NEAR(largest(init::kaiming_uniform_(w, 0, torch::kFanOut)), std::sqrt(6.0 / 200), 1e-3);
  EXPECT_NEAR(largest(init::kaiming_uniform_(w, std::sqrt(5.0))), std::sqrt(1.0 / 50), 1e-3);
  EXPECT_NEAR(largest(init::kaiming_uniform_(w, 9, torch::kFanIn, torch::kReLU)), std::sqrt(6.0 / 50), 1e-3);
  EXPECT_NEAR(deviation(init::kaiming_normal_(w)), std::sqrt(2.0 / 50), 5e-3);
  EXPECT_NEAR(deviation(init::kaiming_normal_(w, 0, torch::kFanOut, torch::kTanh)), 5.0 / 3 / std::sqrt(200), 5e-3);
}

TEST(Init, GainsOfNonlinearities) {
  EXPECT_EQ(init::calculate_gain(torch::kLinear), 1);
  EXPECT_EQ(init::calculate_gain(torch::kSigmoid), 1);
  EXPECT_EQ(init::calculate_gain(torch::kConv2D), 1);
  EXPECT_EQ(init::calculate_gain(torch::kConvTranspose3D), 1);
  EXPECT_DOUBLE_EQ(init::calculate_gain(torch::kReLU), std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(init::calculate_gain(torch::kLeakyReLU), std::sqrt(2 / (1 + 1e-4)));
  EXPECT_DOUBLE_EQ(init::calculate_gain(torch::kLeakyReLU, 0.5), std::sqrt(1.6));
}

TEST(Init, CountsFans) {
  using Fans = std::tuple<int64_t, int64_t>;
  EXPECT_EQ(init::_calculate_fan_in_and_fan_out(torch::empty({3, 5})), Fans(5, 3));
  EXPECT_EQ(init::_calculate_fan_in_and_fan_out(torch::empty({3, 5, 2})), Fans(10, 6));
  EXPECT_EQ(init::_calculate_fan_in_and_fan_out(torch::empty({3, 5, 2, 4})), Fans(40, 24));
  EXPECT_THROW(init::_calculate_fan_in_and_fan_out(torch::empty({3})), c10::Error);
}

TEST(Init, RefusesTooFewDims) {
  EXPECT_THROW(init::xavier_uniform_(torch::empty({3})), c10::Error);
  EXPECT_THROW(init::kaiming_uniform_(torch::empty({3})), c10::Error);
  EXPECT_THROW(init::kaiming_normal_(torch::empty({})), c10::Error);
  EXPECT_THROW(init::dirac_(torch::empty({3})), c10::Error);
}

TEST(Init, ScalesWhatTheGeneratorDraws) {
  const auto fresh = [] { return torch::empty({20, 30}); };
  const double bound = std::sqrt(6.0 / 50), spread = std::sqrt(2.0 / 30);
  EXPECT_TRUE(alike([&] { return fresh().uniform_(-bound, bound); }, [&] { return init::xavier_uniform_(fresh()); }));
  EXPECT_TRUE(alike([&] { return fresh().normal_(0, spread); }, [&] { return init::kaiming_normal_(fresh()); }));
  EXPECT_TRUE(alike([&] { return torch::randn({20, 30}); }, [&] { return init::normal_(fresh()); }));
}

TEST(Init, OfLayers) {
  const auto uniform = [](torch::IntArrayRef sizes, double bound) {
    return torch::empty(sizes).uniform_(-bound, bound);
  };
  EXPECT_TRUE(alike([&] { return uniform({3, 4}, 0.5); }, [] { return nn::Linear(4, 3)->weight.detach(); }));
  EXPECT_TRUE(alike([&] { return uniform({5, 4, 2, 2}, 0.25); }, [] { return nn::Conv2d(4, 5, 2)->weight.detach(); }));
  EXPECT_TRUE(alike([&] { return uniform({3, 4, 2}, 0.5); }, [] { return nn::Bilinear(4, 2, 3)->weight.detach(); }));
  EXPECT_TRUE(alike([&] { return uniform({4, 2}, 0.5); }, [] { return nn::RNN(2, 4)->parameters()[0].detach(); }));
  EXPECT_TRUE(alike([] { return torch::randn({3, 2}); }, [] { return nn::EmbeddingBag(3, 2)->weight.detach(); }));
}

TEST(Init, DrawsTheSameNumbers) {
  torch::manual_seed(0);
  EXPECT_TRUE(
      same(init::xavier_uniform_(torch::empty({2, 1})).view(-1), torch::tensor({-0.010588F, 0.7586458F}), 1e-4));
  torch::manual_seed(0);
  EXPECT_TRUE(
      same(init::kaiming_normal_(torch::empty({2, 1})).view(-1), torch::tensor({2.1792976F, -0.4149711F}), 1e-4));
  torch::manual_seed(0);
  EXPECT_TRUE(
      same(init::sparse_(torch::empty({3, 1}), 0.3, 1).view(-1), torch::tensor({1.5409961F, 0.0F, -2.1787894F}), 1e-4));
}

TEST(Init, OrthogonalRows) {
  auto q = nn::init::orthogonal_(torch::empty({3, 5}), 2);
  EXPECT_TRUE(torch::allclose(q.matmul(q.t()), 4 * torch::eye(3), 1e-4, 1e-5));
  torch::manual_seed(0);
  EXPECT_TRUE(same(nn::init::orthogonal_(torch::empty({2, 2}))[0], torch::tensor({0.5774F, 0.8164F}), 1e-3));
}

TEST(Init, SparseColumns) {
  torch::manual_seed(0);
  EXPECT_TRUE(same(nn::init::sparse_(torch::empty({10, 4}), 0.25).eq(0).sum(0), torch::full({4}, 3, torch::kLong)));
}

TEST(Init, DiracAndEye) {
  auto weight = nn::init::dirac_(torch::empty({2, 3, 3}));
  EXPECT_TRUE(same(weight.select(2, 1), torch::eye(2, 3)));
  EXPECT_EQ(weight.sum().template item<float>(), 2);
  EXPECT_TRUE(same(nn::init::eye_(torch::empty({2, 3})), torch::eye(2, 3)));
  EXPECT_THROW(nn::init::dirac_(torch::empty({2, 3})), c10::Error);
}

}  // namespace
