// More of what layers and containers compute: values by hand or by other operations, and their gradients.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

using Names = std::vector<std::string>;

namespace {

Tensor numbers(std::vector<double> v) { return torch::tensor(v, torch::kDouble); }

// 1, 2, 3 and so on, with a gradient.
Tensor counting(torch::IntArrayRef sizes) {
  int64_t n = 1;
  for (const int64_t s : sizes) n *= s;
  return torch::arange(1, n + 1, torch::kDouble).view(sizes).requires_grad_();
}

// The layer, its parameters counting too.
template <class Layer>
Layer counted(Layer layer) {
  layer->to(torch::kDouble);
  torch::NoGradGuard no_grad;
  for (auto& p : layer->parameters()) p.copy_(counting(p.sizes()));
  return layer;
}

Tensor normalized(const Tensor& x, std::vector<int64_t> dims) {
  const Tensor centred = x - x.mean(dims, /*keepdim=*/true);
  return centred / (centred.square().mean(dims, /*keepdim=*/true) + 1e-5).sqrt();
}

// --- convolutions

TEST(ConvTranspose1d, SpreadsItsWeight) {
  auto up = counted(nn::ConvTranspose1d(nn::ConvTranspose1dOptions(1, 1, 3).stride(2).output_padding(1)));
  Tensor x = numbers({1, 10}).view({1, 1, 2}).requires_grad_();
  const Tensor y = up(x);
  EXPECT_TRUE(same(y.view(-1), numbers({2, 3, 14, 21, 31, 1})));
  y.sum().backward();
  EXPECT_TRUE(same(up->weight.grad().view(-1), numbers({11, 11, 11})));
  EXPECT_TRUE(same(up->bias.grad(), numbers({6})));
  EXPECT_TRUE(same(x.grad().view(-1), numbers({6, 6})));
}

TEST(ConvTranspose1d, KeepsGroupsApart) {
  const auto options = nn::ConvTranspose1dOptions(2, 2, 2).groups(2).bias(false);
  const Tensor x = numbers({1, 1, 1, 10}).view({1, 2, 2});
  EXPECT_TRUE(same(counted(nn::ConvTranspose1d(options))(x)[0], numbers({1, 3, 2, 3, 34, 40}).view({2, 3})));
  auto cropped = counted(nn::ConvTranspose1d(nn::ConvTranspose1dOptions(options).padding(1)));
  EXPECT_TRUE(same(cropped(x).view(-1), numbers({3, 34})));
  EXPECT_EQ(sizes(cropped->weight), (std::vector<int64_t>{2, 1, 2}));
}

TEST(ConvTranspose2d, HasTheGradientOfItsWeight) {
  auto up = counted(nn::ConvTranspose2d(nn::ConvTranspose2dOptions(1, 2, 2).stride(2)));
  const Tensor y = up(counting({1, 1, 2, 2}));
  EXPECT_TRUE(same(y[0][0][0], numbers({2, 3, 3, 5})));
  EXPECT_TRUE(same(y[0][1][3], numbers({23, 26, 30, 34})));
  y.backward(counting({1, 2, 4, 4}));
  EXPECT_TRUE(same(up->weight.grad()[0][0], numbers({78, 88, 118, 128}).view({2, 2})));
  EXPECT_TRUE(same(up->weight.grad()[0][1], numbers({238, 248, 278, 288}).view({2, 2})));
  EXPECT_TRUE(same(up->bias.grad(), numbers({136, 392})));
}

TEST(ConvTranspose3d, SpreadsOnes) {
  nn::ConvTranspose3d up(nn::ConvTranspose3dOptions(1, 1, 2).bias(false));
  up->to(torch::kDouble);
  nn::init::ones_(up->weight);
  const Tensor y = up(torch::ones({1, 1, 2, 2, 2}, torch::kDouble)), row = numbers({1, 2, 1});
  EXPECT_TRUE(same(y[0][0], row.view({3, 1, 1}) * row.view({3, 1}) * row));
  y.sum().backward();
  EXPECT_TRUE(same(up->weight.grad(), torch::full({1, 1, 2, 2, 2}, 8, torch::kDouble)));
  nn::ConvTranspose3d padded(nn::ConvTranspose3dOptions(1, 3, 2).stride(2).output_padding({1, 0, 1}));
  EXPECT_EQ(sizes(padded(torch::zeros({1, 1, 2, 2, 2}))), (std::vector<int64_t>{1, 3, 5, 4, 5}));
  nn::ConvTranspose3d wrong(nn::ConvTranspose3dOptions(1, 1, 2).output_padding(1));
  EXPECT_THROW(wrong(torch::zeros({1, 1, 2, 2, 2})), c10::Error);
}

TEST(Conv3d, SumsProducts) {
  auto conv = counted(nn::Conv3d(nn::Conv3dOptions(2, 1, {1, 2, 2})));
  Tensor x = counting({1, 2, 2, 2, 2});
  const Tensor y = conv(x);
  EXPECT_TRUE(same(y.view(-1), numbers({309, 453})));
  y.sum().backward();
  EXPECT_TRUE(same(conv->weight.grad().view(-1), numbers({6, 8, 10, 12, 22, 24, 26, 28})));
  EXPECT_TRUE(same(x.grad(), conv->weight.detach().expand({1, 2, 2, 2, 2})));
}

TEST(Conv3d, KeepsGroupsApart) {
  auto conv =
      counted(nn::Conv3d(nn::Conv3dOptions(2, 4, 2).groups(2).stride({1, 2, 1}).padding(1).dilation({1, 1, 2})));
  const Tensor x = counting({2, 2, 3, 4, 3}), w = conv->weight, b = conv->bias;
  const auto half = [&](int64_t i) {
    return torch::conv3d(x.narrow(1, i, 1), w.narrow(0, 2 * i, 2), b.narrow(0, 2 * i, 2), {1, 2, 1}, 1, {1, 1, 2});
  };
  EXPECT_TRUE(same(conv(x), torch::cat({half(0), half(1)}, 1)));
}

// --- pools

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

// --- norms

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

// --- padding, shapes

TEST(ZeroPad2d, HasAGradient) {
  Tensor x = counting({1, 1, 2, 2});
  const Tensor y = nn::ZeroPad2d(nn::ZeroPad2dOptions({1, 0, 0, 1}))(x);
  EXPECT_TRUE(same(y.view({3, 3}), numbers({0, 1, 2, 0, 3, 4, 0, 0, 0}).view({3, 3})));
  y.backward(counting({1, 1, 3, 3}));
  EXPECT_TRUE(same(x.grad().view(-1), numbers({2, 3, 5, 6})));
  EXPECT_TRUE(same(nn::ZeroPad2d(nn::ZeroPad2dOptions({-1, 0, 0, 0}))(x).view(-1), numbers({2, 4})));
}

TEST(Padding, OfRowsHasAGradient) {
  Tensor x = counting({1, 1, 3});
  Tensor y = nn::ConstantPad1d(nn::ConstantPad1dOptions({1, 2}, 7))(x);
  EXPECT_TRUE(same(y.view(-1), numbers({7, 1, 2, 3, 7, 7})));
  y.backward(counting({1, 1, 6}));
  EXPECT_TRUE(same(x.grad().view(-1), numbers({2, 3, 4})));
  x.grad().zero_();
  y = nn::ReflectionPad1d(nn::ReflectionPad1dOptions({2, 1}))(x);
  EXPECT_TRUE(same(y.view(-1), numbers({3, 2, 1, 2, 3, 2})));
  y.backward(counting({1, 1, 6}));
  EXPECT_TRUE(same(x.grad().view(-1), numbers({3, 12, 6})));
}

TEST(Padding, ByTheBorderHasAGradient) {
  Tensor x = counting({1, 1, 2, 2});
  nn::ReplicationPad2d(1)(x).backward(counting({1, 1, 4, 4}));
  EXPECT_TRUE(same(x.grad().view(-1), numbers({14, 22, 46, 54})));
  const Tensor y = nn::ReplicationPad3d(1)(counting({1, 1, 1, 1, 2}));
  EXPECT_TRUE(same(y, numbers({1, 1, 2, 2}).expand({1, 1, 3, 3, 4})));
  EXPECT_TRUE(same(nn::ReflectionPad3d(1)(counting({1, 1, 2, 2, 2}))[0][0][0][0], numbers({8, 7, 8, 7})));
}

TEST(Unfold, CountsOverlapsInItsGradient) {
  Tensor x = counting({1, 1, 3, 3});
  const Tensor columns = nn::Unfold(2)(x), counts = numbers({1, 2, 1, 2, 4, 2, 1, 2, 1}).view({1, 1, 3, 3});
  columns.sum().backward();
  EXPECT_TRUE(same(x.grad(), counts));
  Tensor cut = columns.detach().requires_grad_();
  const Tensor folded = nn::Fold(3, 2)(cut);
  EXPECT_TRUE(same(folded, x * counts));
  folded.backward(x.detach());
  EXPECT_TRUE(same(cut.grad(), columns));
}

TEST(Unflatten, SplitsADim) {
  const Tensor x = counting({4, 6});
  EXPECT_TRUE(same(nn::Unflatten(nn::UnflattenOptions(1, {2, 3}))(x), x.view({4, 2, 3})));
  EXPECT_TRUE(same(nn::Unflatten(nn::UnflattenOptions(-2, {2, -1}))(x), x.view({2, 2, 6})));
  EXPECT_TRUE(same(nn::Flatten(nn::FlattenOptions().start_dim(0).end_dim(1))(x.view({2, 2, 6})), x));
  EXPECT_THROW(nn::Unflatten(nn::UnflattenOptions(1, {2, 2}))(x), c10::Error);
}

TEST(PixelShuffle, HasTheGradientOfItsInverse) {
  Tensor x = counting({1, 8, 2, 3});
  const Tensor g = counting({1, 2, 4, 6}).detach();
  nn::PixelShuffle(2)(x).backward(g);
  EXPECT_TRUE(same(x.grad(), torch::pixel_unshuffle(g, 2)));
  EXPECT_THROW(nn::PixelUnshuffle(2)(torch::zeros({1, 1, 3, 2})), c10::Error);
}

TEST(Upsample, SpreadsItsGradient) {
  Tensor x = counting({1, 1, 2, 2});
  nn::Upsample(nn::UpsampleOptions().scale_factor(std::vector<double>({2, 3})))(x).sum().backward();
  EXPECT_TRUE(same(x.grad(), torch::full_like(x, 6)));
  x.grad().zero_();
  const auto options = nn::UpsampleOptions().align_corners(true);
  const Tensor y =
      nn::Upsample(nn::UpsampleOptions(options).size(std::vector<int64_t>({3, 3})).mode(torch::kBilinear))(x);
  EXPECT_TRUE(same(y.view(-1), numbers({1, 1.5, 2, 2, 2.5, 3, 3, 3.5, 4})));
  y.sum().backward();
  EXPECT_TRUE(same(x.grad(), torch::full_like(x, 2.25)));
  const Tensor solid =
      nn::Upsample(nn::UpsampleOptions(options).size(std::vector<int64_t>({3, 3, 3})).mode(torch::kTrilinear))(
          counting({1, 1, 2, 2, 2}));
  EXPECT_TRUE(same(solid[0][0][1].view(-1), numbers({3, 3.5, 4, 4, 4.5, 5, 5, 5.5, 6})));
}

// --- embeddings, products, distances

TEST(Embedding, KeepsPretrainedRows) {
  const Tensor rows = numbers({1, 2, 3, 4}).view({2, 2});
  const auto options = nn::EmbeddingFromPretrainedOptions().freeze(false).padding_idx(1);
  auto layer = nn::Embedding::from_pretrained(rows.clone(), options);
  EXPECT_TRUE(same(layer->weight.detach(), rows));
  layer(torch::tensor({{0, 1}, {1, 0}})).sum().backward();
  EXPECT_TRUE(same(layer->weight.grad(), numbers({2, 2, 0, 0}).view({2, 2})));
  EXPECT_TRUE(same(nn::Embedding(nn::EmbeddingOptions(2, 3).padding_idx(0))->weight[0].detach(), torch::zeros({3})));
  EXPECT_THROW(nn::Embedding::from_pretrained(torch::ones({3})), c10::Error);
}

TEST(EmbeddingBag, HasGradientsInEachMode) {
  const auto gradient = [](auto mode) {
    const auto options = nn::EmbeddingBagFromPretrainedOptions().freeze(false).mode(mode);
    auto bag = nn::EmbeddingBag::from_pretrained(numbers({1, 2, 3, -4, -5, 6}).view({3, 2}), options);
    bag->forward(torch::tensor({0, 1, 2}), torch::tensor({0, 2})).sum().backward();
    return bag->weight.grad().view(-1);
  };
  EXPECT_TRUE(same(gradient(torch::kSum), numbers({1, 1, 1, 1, 1, 1})));
  EXPECT_TRUE(same(gradient(torch::kMean), numbers({0.5, 0.5, 0.5, 0.5, 1, 1})));
  EXPECT_TRUE(same(gradient(torch::kMax), numbers({0, 1, 1, 0, 1, 1})));
}

TEST(Bilinear, HasGradients) {
  auto layer = counted(nn::Bilinear(2, 2, 1));
  Tensor a = numbers({1, 2}).requires_grad_(), b = numbers({3, 5}).requires_grad_();
  const Tensor y = layer(a, b);
  EXPECT_EQ(y.item<double>(), 72);
  y.sum().backward();
  EXPECT_TRUE(same(layer->weight.grad().view(-1), numbers({3, 5, 6, 10})));
  EXPECT_TRUE(same(a.grad(), numbers({13, 29})));
  EXPECT_TRUE(same(b.grad(), numbers({7, 10})));
}

TEST(CosineSimilarity, HasAGradient) {
  Tensor a = numbers({3, 4}).requires_grad_();
  const Tensor y = nn::CosineSimilarity(nn::CosineSimilarityOptions().dim(0))(a, numbers({4, 3}));
  EXPECT_NEAR(y.item<double>(), 0.96, 1e-12);
  y.backward();
  EXPECT_TRUE(same(a.grad(), numbers({0.0448, -0.0336})));
}

TEST(PairwiseDistance, TakesANormAndKeepsTheDim) {
  const Tensor a = numbers({3, -4}).view({1, 2}), zero = torch::zeros({1, 2}, torch::kDouble);
  const auto options = nn::PairwiseDistanceOptions().eps(0);
  EXPECT_TRUE(same(nn::PairwiseDistance(options)(a, zero), numbers({5})));
  EXPECT_TRUE(same(nn::PairwiseDistance(nn::PairwiseDistanceOptions(options).p(1))(a, zero), numbers({7})));
  nn::PairwiseDistance kept(nn::PairwiseDistanceOptions().keepdim(true));
  EXPECT_EQ(sizes(kept(a, zero)), (std::vector<int64_t>{1, 1}));
  EXPECT_NEAR(kept(a, a).item<double>(), 1e-6 * std::sqrt(2.0), 1e-12);
}

}  // namespace
