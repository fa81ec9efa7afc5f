// Pools and norms: values by hand or by other operations, and their gradients.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

namespace {

Tensor normalized(const Tensor& x, std::vector<int64_t> dims) {
  const Tensor centred = x - x.mean(dims, /*keepdim=*/true);
  return centred / (centred.square().mean(dims, /*keepdim=*/true) + 1e-5).sqrt();
}

TEST(AvgPool1d, CountsItsPaddingOrNot) {
  Tensor x = counting({1, 1, 5});
  EXPECT_TRUE(same(nn::AvgPool1d(nn::AvgPool1dOptions(2).ceil_mode(true))(x).view(-1), numbers({1.5, 3.5, 5})));
  const auto options = nn::AvgPool1dOptions(3).stride(2).padding(1);
  EXPECT_TRUE(same(nn::AvgPool1d(options)(x).view(-1), numbers({1, 3, 3})));
  const Tensor y = nn::AvgPool1d(nn::AvgPool1dOptions(options).count_include_pad(false))(x);
  EXPECT_TRUE(same(y.view(-1), numbers({1.5, 3, 4.5})));
  y.sum().backward();
  EXPECT_TRUE(same(x.grad().view(-1), numbers({1. / 2, 5. / 6, 1. / 3, 5. / 6, 1. / 2})));
}

TEST(AvgPool2d, CountsItsPaddingOrNot) {
  const Tensor x = counting({1, 1, 3, 3});
  EXPECT_TRUE(same(nn::AvgPool2d(nn::AvgPool2dOptions(2).ceil_mode(true))(x).view(-1), numbers({3, 4.5, 7.5, 9})));
  const auto options = nn::AvgPool2dOptions(2).padding(1);
  EXPECT_TRUE(same(nn::AvgPool2d(options)(x).view(-1), numbers({0.25, 1.25, 2.75, 7})));
  EXPECT_TRUE(same(nn::AvgPool2d(nn::AvgPool2dOptions(options).count_include_pad(false))(x).view(-1),
                   numbers({1, 2.5, 5.5, 7})));
  EXPECT_THROW(nn::AvgPool2d(nn::AvgPool2dOptions(2).padding(2))(x), c10::Error);
}

TEST(AvgPool3d, Averages) {
  Tensor x = counting({1, 1, 2, 2, 2});
  EXPECT_EQ(nn::AvgPool3d(nn::AvgPool3dOptions(2).divisor_override(4))(x).item<double>(), 9);
  const auto options = nn::AvgPool3dOptions(2).padding(1);
  EXPECT_TRUE(same(nn::AvgPool3d(options)(x), x / 8));
  EXPECT_TRUE(same(nn::AvgPool3d(nn::AvgPool3dOptions(options).count_include_pad(false))(x), x));
  const Tensor y = nn::AvgPool3d(2)(x);
  EXPECT_EQ(y.item<double>(), 4.5);
  y.backward();
  EXPECT_TRUE(same(x.grad(), torch::full_like(x, 0.125)));
}

TEST(AdaptiveAvgPool, SharesOverlappingBins) {
  Tensor x = counting({1, 1, 5});
  const Tensor y = nn::AdaptiveAvgPool1d(3)(x);
  EXPECT_TRUE(same(y.view(-1), numbers({1.5, 3, 4.5})));
  y.sum().backward();
  EXPECT_TRUE(same(x.grad().view(-1), numbers({1. / 2, 5. / 6, 1. / 3, 5. / 6, 1. / 2})));
  nn::AdaptiveAvgPool3d solid(nn::AdaptiveAvgPool3dOptions({1, c10::nullopt, 2}));
  EXPECT_TRUE(same(solid(counting({1, 1, 2, 2, 4})), numbers({5.5, 7.5, 9.5, 11.5}).view({1, 1, 1, 2, 2})));
}

TEST(AdaptiveMaxPool1d, SaysWhere) {
  Tensor x = numbers({1, 5, 2, 4, 3}).view({1, 1, 5}).requires_grad_(), y, at;
  std::tie(y, at) = nn::AdaptiveMaxPool1d(2)->forward_with_indices(x);
  EXPECT_TRUE(same(y.view(-1), numbers({5, 4})));
  EXPECT_TRUE(same(at.view(-1), torch::tensor({1, 3})));
  y.sum().backward();
  EXPECT_TRUE(same(x.grad().view(-1), numbers({0, 1, 0, 1, 0})));
}

TEST(AdaptiveMaxPool, OfImagesAndSolids) {
  Tensor y, at;
  std::tie(y, at) = nn::AdaptiveMaxPool2d(2)->forward_with_indices(counting({1, 1, 3, 3}));
  EXPECT_TRUE(same(y.view(-1), numbers({5, 6, 8, 9})));
  EXPECT_TRUE(same(at.view(-1), torch::tensor({4, 5, 7, 8})));
  nn::AdaptiveMaxPool2d column(nn::AdaptiveMaxPool2dOptions({c10::nullopt, 1}));
  EXPECT_TRUE(same(column(counting({1, 1, 3, 3})).view(-1), numbers({3, 6, 9})));
  nn::AdaptiveMaxPool3d solid(nn::AdaptiveMaxPool3dOptions({1, 1, 2}));
  std::tie(y, at) = solid->forward_with_indices(counting({1, 1, 2, 2, 4}));
  EXPECT_TRUE(same(y.view(-1), numbers({14, 16})));
  EXPECT_TRUE(same(at.view(-1), torch::tensor({13, 15})));
}

TEST(MaxPool1d, LeavesGapsInItsWindows) {
  Tensor x = numbers({3, 1, 4, 1, 5, 9, 2, 6}).view({1, 1, 8}).requires_grad_(), y, at;
  std::tie(y, at) = nn::MaxPool1d(nn::MaxPool1dOptions(2).dilation(3).stride(2))->forward_with_indices(x);
  EXPECT_TRUE(same(y.view(-1), numbers({3, 9, 6})));
  EXPECT_TRUE(same(at.view(-1), torch::tensor({0, 5, 7})));
  y.sum().backward();
  EXPECT_TRUE(same(x.grad().view(-1), numbers({1, 0, 0, 0, 0, 1, 0, 1})));
}

TEST(MaxPool3d, TakesTheLargest) {
  Tensor x = counting({1, 1, 2, 3, 3}), y, at;
  std::tie(y, at) = nn::MaxPool3d(nn::MaxPool3dOptions(2).stride(1))->forward_with_indices(x);
  EXPECT_TRUE(same(y.view(-1), numbers({14, 15, 17, 18})));
  EXPECT_TRUE(same(at.view(-1), torch::tensor({13, 14, 16, 17})));
  const Tensor padded = nn::MaxPool3d(nn::MaxPool3dOptions(2).padding(1))(x);
  EXPECT_TRUE(same(padded.view(-1), numbers({1, 3, 7, 9, 10, 12, 16, 18})));
  padded.sum().backward();
  EXPECT_EQ(x.grad()[0][0][1][2][2].item<double>(), 1);
  EXPECT_EQ(x.grad().sum().item<double>(), 8);
}

TEST(InstanceNorm1d, NormalizesEachRow) {
  auto norm = counted(nn::InstanceNorm1d(nn::InstanceNorm1dOptions(2).affine(true)));
  const Tensor x = numbers({1, 3, 2, 6, 5, 4, 0, 8}).view({2, 2, 2}), scale = numbers({1, 2}).view({2, 1});
  const Tensor y = norm(x);
  EXPECT_TRUE(same(y, normalized(x, {2}) * scale + scale));
  EXPECT_TRUE(same(norm(x[1]), y[1]));
  y.sum().backward();
  EXPECT_TRUE(same(norm->bias.grad(), numbers({4, 4})));
  EXPECT_THROW(norm(torch::zeros({1, 2, 2, 2})), c10::Error);
}

TEST(InstanceNorm2d, FollowsItsInstances) {
  nn::InstanceNorm2d norm(nn::InstanceNorm2dOptions(2).track_running_stats(true));
  norm->to(torch::kDouble);
  EXPECT_EQ(norm->named_buffers().keys(), (Names{"running_mean", "running_var", "num_batches_tracked"}));
  const Tensor x = counting({2, 2, 2, 2}).detach();
  EXPECT_TRUE(same(norm(x), normalized(x, {2, 3})));
  EXPECT_TRUE(same(norm->running_mean, numbers({0.65, 1.05})));
  EXPECT_TRUE(same(norm->running_var, numbers({0.9 + 0.5 / 3, 0.9 + 0.5 / 3})));
  norm->eval();
  EXPECT_NEAR(norm(x)[0][1][0][0].item<double>(), (5 - 1.05) / std::sqrt(0.9 + 0.5 / 3 + 1e-5), 1e-9);
}

TEST(InstanceNorm3d, NormalizesEachSolid) {
  nn::InstanceNorm3d norm(3);
  const Tensor x = counting({2, 3, 2, 1, 3}).sin();
  EXPECT_TRUE(same(norm(x), normalized(x, {2, 3, 4})));
  EXPECT_THROW(norm(torch::zeros({2, 3})), c10::Error);
}

TEST(GroupNorm, WithoutAffine) {
  nn::GroupNorm norm(nn::GroupNormOptions(2, 4).affine(false));
  EXPECT_FALSE(norm->weight.defined());
  EXPECT_TRUE(norm->parameters().empty());
  const Tensor x = counting({2, 4, 3}).cos();
  EXPECT_TRUE(same(norm(x), normalized(x.view({2, 2, 6}), {2}).view({2, 4, 3})));
  EXPECT_THROW(torch::group_norm(x, 3), c10::Error);
}

TEST(LayerNorm, WithoutAffine) {
  nn::LayerNorm norm(nn::LayerNormOptions({2, 3}).elementwise_affine(false));
  EXPECT_TRUE(norm->parameters().empty());
  Tensor x = counting({2, 2, 3});
  const Tensor y = norm(x);
  EXPECT_TRUE(same(y, normalized(x, {1, 2})));
  y.sum().backward();
  EXPECT_TRUE(same(x.grad(), torch::zeros_like(x)));
}

TEST(BatchNorm3d, FollowsItsBatches) {
  nn::BatchNorm3d norm(nn::BatchNorm3dOptions(2).momentum(0.5));
  norm->to(torch::kDouble);
  const Tensor x = counting({2, 2, 1, 2, 2});
  EXPECT_TRUE(same(norm(x), normalized(x, {0, 2, 3, 4})));
  EXPECT_TRUE(same(norm->running_mean, numbers({3.25, 5.25})));
  const double var = 0.5 + 69.0 / 7;
  EXPECT_TRUE(same(norm->running_var, numbers({var, var})));
  norm->eval();
  const Tensor mean = numbers({3.25, 5.25}).view({2, 1, 1, 1});
  EXPECT_TRUE(same(norm(x), (x - mean) / std::sqrt(var + 1e-5)));
  EXPECT_THROW(norm(torch::zeros({2, 2, 2, 2}, torch::kDouble)), c10::Error);
}

TEST(BatchNorm1d, AveragesAllBatchesWithoutMomentum) {
  nn::BatchNorm1d norm(nn::BatchNorm1dOptions(1).momentum(c10::nullopt));
  norm(torch::tensor({{1.0}, {3.0}}));
  EXPECT_TRUE(same(norm->running_mean, torch::tensor({2.0})));
  norm(torch::tensor({{5.0}, {7.0}}));
  EXPECT_TRUE(same(norm->running_mean, torch::tensor({4.0})));
  EXPECT_TRUE(same(norm->running_var, torch::tensor({2.0})));
  norm->reset_running_stats();
  EXPECT_EQ(norm->num_batches_tracked.item<int64_t>(), 0);
  EXPECT_TRUE(same(norm->running_var, torch::tensor({1.0})));
}

}  // namespace
