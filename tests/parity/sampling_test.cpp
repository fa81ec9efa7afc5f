// Layers that take elements from places: unpooling, random windows, grids, bicubic sizes; power pools, CTC.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

namespace {

Tensor image() { return torch::arange(1, 17, torch::kDouble).view({1, 1, 4, 4}); }
Tensor labels(std::vector<int64_t> v) { return torch::tensor(v, torch::kLong); }

TEST(MaxUnpool1d, PutsElementsBack) {
  auto x = numbers({1, 3, 2, 4, 9, 5}).view({1, 1, 6});
  auto [y, at] = F::max_pool1d_with_indices(x, F::MaxPool1dFuncOptions(2));
  EXPECT_TRUE(same(nn::MaxUnpool1d(2)(y, at), numbers({0, 3, 0, 4, 9, 0}).view({1, 1, 6})));
  EXPECT_TRUE(same(F::max_unpool1d(y, at, F::MaxUnpool1dFuncOptions(2)), nn::MaxUnpool1d(2)(y, at)));
}

TEST(MaxUnpool2d, PutsElementsBack) {
  nn::MaxPool2d pool(nn::MaxPool2dOptions(2).stride(2));
  auto [y, at] = pool->forward_with_indices(image());
  nn::MaxUnpool2d unpool(nn::MaxUnpool2dOptions(2).stride(2));
  auto back = unpool(y, at);
  EXPECT_EQ(sizes(back), (std::vector<int64_t>{1, 1, 4, 4}));
  EXPECT_TRUE(same(back.sum(), numbers({6 + 8 + 14 + 16})[0]));
  EXPECT_EQ(back[0][0][1][1].item<double>(), 6);
}

TEST(MaxUnpool2d, TellsSizesApart) {
  auto [y, at] = F::max_pool2d_with_indices(torch::arange(25, 0, -1, torch::kFloat).view({1, 1, 5, 5}),
                                            F::MaxPool2dFuncOptions(2).stride(2));
  nn::MaxUnpool2d unpool(nn::MaxUnpool2dOptions(2).stride(2));
  EXPECT_EQ(sizes(unpool(y, at, std::vector<int64_t>{1, 1, 5, 5})), (std::vector<int64_t>{1, 1, 5, 5}));
  EXPECT_EQ(sizes(unpool(y, at)), (std::vector<int64_t>{1, 1, 4, 4}));
  EXPECT_THROW(unpool(y, at, std::vector<int64_t>{1, 1, 7, 5}), c10::Error);
}

TEST(MaxUnpool2d, HasAGradient) {
  auto [y, at] = F::max_pool2d_with_indices(image(), F::MaxPool2dFuncOptions(2));
  auto leaf = y.detach().clone().requires_grad_();
  (F::max_unpool2d(leaf, at, F::MaxUnpool2dFuncOptions(2)) * image()).sum().backward();
  EXPECT_TRUE(same(leaf.grad(), y));
}

TEST(MaxUnpool3d, PutsElementsBack) {
  auto x = torch::arange(8, torch::kDouble).view({1, 1, 2, 2, 2});
  auto [y, at] = F::max_pool3d_with_indices(x, F::MaxPool3dFuncOptions(2));
  EXPECT_TRUE(same(nn::MaxUnpool3d(2)(y, at).flatten(), numbers({0, 0, 0, 0, 0, 0, 0, 7})));
}

TEST(MaxUnpool, Prints) {
  EXPECT_EQ(text(nn::MaxUnpool1d(3)), "torch::nn::MaxUnpool1d(kernel_size=3, stride=3, padding=0)");
  EXPECT_EQ(text(nn::MaxUnpool2d(nn::MaxUnpool2dOptions({3, 2}).stride({2, 1}).padding(1))),
            "torch::nn::MaxUnpool2d(kernel_size=[3, 2], stride=[2, 1], padding=[1, 1])");
}

TEST(LPPool1d, IsARootOfASumOfPowers) {
  auto x = numbers({3, 4, 6, 8}).view({1, 1, 4});
  EXPECT_TRUE(same(nn::LPPool1d(2, 2)(x), numbers({5, 10}).view({1, 1, 2})));
  EXPECT_TRUE(same(F::lp_pool1d(x, F::LPPool1dFuncOptions(1, 2).stride(1)), numbers({7, 10, 14}).view({1, 1, 3})));
  EXPECT_EQ(text(nn::LPPool1d(1.5, 2)), "torch::nn::LPPool1d(norm_type=1.5, kernel_size=2, stride=2, ceil_mode=false)");
}

TEST(LPPool2d, IsARootOfASumOfPowers) {
  auto y = nn::LPPool2d(nn::LPPool2dOptions(2, {1, 2}).stride({2, 2}))(image());
  EXPECT_TRUE(same(y.flatten(), numbers({1 + 4, 9 + 16, 81 + 100, 121 + 144}).sqrt()));
  EXPECT_TRUE(same(F::lp_pool2d(image(), F::LPPool2dFuncOptions(2, {1, 2}).stride({2, 2})), y));
  EXPECT_EQ(text(nn::LPPool2d(2, std::vector<int64_t>({3, 4}))),
            "torch::nn::LPPool2d(norm_type=2, kernel_size=[3, 4], stride=[3, 4], ceil_mode=false)");
}

TEST(LocalResponseNorm, DividesByItsNeighbours) {
  auto x = numbers({1, 2, 3}).view({1, 3, 1});
  auto y = nn::LocalResponseNorm(nn::LocalResponseNormOptions(3).alpha(3).beta(1).k(0))(x);
  EXPECT_TRUE(same(y.flatten(), numbers({1.0 / 5, 2.0 / 14, 3.0 / 13})));
  auto o = F::LocalResponseNormFuncOptions(3).alpha(3).beta(1).k(0);
  EXPECT_TRUE(same(F::local_response_norm(x, o), y));
  EXPECT_EQ(text(nn::LocalResponseNorm(2)), "torch::nn::LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1)");
}

TEST(FractionalMaxPool2d, TakesWindowsAtTheSamePlaces) {
  auto u = numbers({0.3, 0.8}).view({1, 1, 2});
  auto o = nn::FractionalMaxPool2dOptions(2).output_size(2)._random_samples(u);
  auto x = torch::arange(25, torch::kDouble).view({1, 1, 5, 5});
  EXPECT_TRUE(same(nn::FractionalMaxPool2d(o)(x).flatten(), numbers({6, 9, 21, 24})));
  auto [y, at] = F::fractional_max_pool2d_with_indices(x, o);
  EXPECT_TRUE(same(at, y.to(torch::kLong)));
  auto ratio = nn::FractionalMaxPool2dOptions(2).output_ratio(std::vector<double>{0.5, 0.7});
  EXPECT_EQ(sizes(nn::FractionalMaxPool2d(ratio)(x)), (std::vector<int64_t>{1, 1, 2, 3}));
}

TEST(FractionalMaxPool3d, TakesWindowsAtTheSamePlaces) {
  auto u = numbers({0.3, 0.8, 0.1}).view({1, 1, 3});
  auto o = nn::FractionalMaxPool3dOptions(2).output_size(2)._random_samples(u);
  auto x = torch::arange(64, torch::kDouble).view({1, 1, 4, 4, 4});
  auto y = F::fractional_max_pool3d(x, o);
  EXPECT_TRUE(same(y.flatten(), numbers({21, 23, 29, 31, 53, 55, 61, 63})));
}

TEST(GridSample, TakesAnImageAtPlaces) {
  auto grid = numbers({-1, -1, 0, 0, 1, 1, 0.5, -0.25}).view({1, 2, 2, 2});
  auto centres = F::GridSampleFuncOptions().mode(torch::kBilinear).padding_mode(torch::kZeros).align_corners(true);
  EXPECT_TRUE(same(F::grid_sample(image(), grid, centres).flatten(), numbers({1, 8.5, 16, 7.75})));
  auto edges = F::GridSampleFuncOptions().align_corners(false);
  EXPECT_TRUE(same(F::grid_sample(image(), grid, edges).flatten(), numbers({0.25, 8.5, 4, 7.5})));
}

TEST(GridSample, MirrorsAndRepeats) {
  auto grid = numbers({-1.5, 0, 1.75, 0.5}).view({1, 1, 2, 2});
  auto border = F::GridSampleFuncOptions().padding_mode(torch::kBorder).align_corners(true);
  EXPECT_TRUE(same(F::grid_sample(image(), grid, border).flatten(), numbers({7, 13})));
  auto mirror = F::GridSampleFuncOptions().padding_mode(torch::kReflection).align_corners(true);
  EXPECT_TRUE(same(F::grid_sample(image(), grid, mirror).flatten(), numbers({7.75, 11.875})));
  auto nearest = F::GridSampleFuncOptions().mode(torch::kNearest).padding_mode(torch::kBorder).align_corners(true);
  EXPECT_TRUE(same(F::grid_sample(image(), grid, nearest).flatten(), numbers({9, 12})));
}

TEST(GridSample, RefusesOtherSizes) {
  EXPECT_THROW(F::grid_sample(image(), torch::zeros({1, 2, 2, 3}, torch::kDouble)), c10::Error);
  EXPECT_THROW(F::grid_sample(image(), torch::zeros({2, 2, 2, 2}, torch::kDouble)), c10::Error);
}

TEST(AffineGrid, MapsPlaces) {
  auto theta = numbers({1, 0, 0.5, 0, 2, 0}).view({1, 2, 3});
  auto grid = F::affine_grid(theta, {1, 1, 2, 2}, true);
  EXPECT_TRUE(same(grid.flatten(), numbers({-0.5, -2, 1.5, -2, -0.5, 2, 1.5, 2})));
  auto inner = F::affine_grid(theta, {1, 1, 2, 2}, false);
  EXPECT_TRUE(same(inner.flatten(), numbers({0, -1, 1, -1, 0, 1, 1, 1})));
}

TEST(Interpolate, IsBicubic) {
  auto o = F::InterpolateFuncOptions().mode(torch::kBicubic).align_corners(false);
  auto y = F::interpolate(image(), o.size(std::vector<int64_t>{2, 2}));
  EXPECT_TRUE(same(y.flatten(), numbers({3.03125, 5.21875, 11.78125, 13.96875})));
}

TEST(CTCLoss, SumsOverAllWays) {
  auto p = numbers({0.2, 0.5, 0.3, 0.6, 0.1, 0.3}).view({2, 1, 3}).log();
  auto loss = F::ctc_loss(p, labels({1}).view({1, 1}), labels({2}), labels({1}));
  EXPECT_TRUE(same(loss, -numbers({0.5 * 0.1 + 0.2 * 0.1 + 0.5 * 0.6}).log()[0]));
  nn::CTCLoss layer(nn::CTCLossOptions().reduction(torch::kSum).blank(0));
  EXPECT_TRUE(same(layer(p, labels({1}).view({1, 1}), labels({2}), labels({1})), loss));
  EXPECT_EQ(text(layer), "torch::nn::CTCLoss()");
}

TEST(CTCLoss, HandsItsGradientThroughSoftmax) {
  auto scores = numbers({0.2, 0.5, 0.3, 0.6, 0.1, 0.3}).view({2, 1, 3}).requires_grad_();
  F::ctc_loss(scores.log_softmax(2), labels({1}).view({1, 1}), labels({2}), labels({1})).backward();
  EXPECT_TRUE(same(scores.grad().sum(2), torch::zeros({2, 1}, torch::kDouble)));
  EXPECT_TRUE(same(scores.grad().flatten(),
                   numbers({0.070872972, -0.390746028, 0.319873056, -0.060402019, -0.255195815, 0.315597833}), 1e-7));
}

TEST(CTCLoss, ZeroesWhatIsInfinite) {
  auto p = torch::zeros({1, 1, 3}, torch::kDouble).log_softmax(2);
  auto two = labels({1, 2}).view({1, 2});
  EXPECT_TRUE(std::isinf(F::ctc_loss(p, two, labels({1}), labels({2})).item<double>()));
  auto o = F::CTCLossFuncOptions().zero_infinity(true);
  EXPECT_EQ(F::ctc_loss(p, two, labels({1}), labels({2}), o).item<double>(), 0);
}

}  // namespace
