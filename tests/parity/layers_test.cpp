// Layers that look up, pad and change shapes; products and distances.
#include "tests/parity/parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

namespace {

Tensor image() { return torch::arange(1, 25, torch::kDouble).view({1, 2, 3, 4}); }

TEST(Functional, HasOneHot) {
  const Tensor classes = torch::tensor({2, 0}, torch::kLong);
  EXPECT_TRUE(same(F::one_hot(classes, 3), torch::one_hot(classes, 3)));
}

// --- embeddings

TEST(Embedding, LooksUpRows) {
  nn::Embedding layer(5, 3);
  auto ids = torch::tensor({{1, 4}, {0, 1}});
  EXPECT_TRUE(same(layer(ids), layer->weight.index_select(0, ids.view(-1)).view({2, 2, 3})));
  EXPECT_TRUE(same(F::embedding(ids, layer->weight), layer(ids)));
  EXPECT_TRUE(same(torch::embedding(layer->weight, ids), layer(ids)));
  EXPECT_EQ(layer->named_parameters().keys(), std::vector<std::string>{"weight"});
}

TEST(Embedding, DrawsTheSameNumbers) {
  torch::manual_seed(0);
  nn::Embedding layer(2, 2);
  EXPECT_TRUE(same(layer->weight.detach(), torch::tensor({{1.5409961F, -0.2934289F}, {-2.1787894F, 0.56843126F}})));
}

TEST(Embedding, PaddingGetsNoGradient) {
  nn::Embedding layer(nn::EmbeddingOptions(3, 2).padding_idx(-1));
  EXPECT_EQ(layer->options.padding_idx().value(), 2);
  layer(torch::tensor({0, 2, 0})).sum().backward();
  EXPECT_TRUE(same(layer->weight.grad(), torch::tensor({{2.F, 2.F}, {0.F, 0.F}, {0.F, 0.F}})));
  EXPECT_EQ(text(layer), "torch::nn::Embedding(num_embeddings=3, embedding_dim=2, padding_idx=2)");
}

TEST(Embedding, DividesByFrequency) {
  nn::Embedding layer(nn::EmbeddingOptions(3, 1).scale_grad_by_freq(true));
  layer(torch::tensor({0, 2, 0})).sum().backward();
  EXPECT_TRUE(same(layer->weight.grad(), torch::tensor({{1.F}, {0.F}, {1.F}})));
}

TEST(Embedding, KeepsToTheMaximalNorm) {
  auto weight = torch::tensor({{3.0, 4.0}, {0.3, 0.4}}, torch::kDouble);
  F::embedding(torch::tensor({0, 1}), weight, F::EmbeddingFuncOptions().max_norm(1));
  EXPECT_TRUE(same(weight, torch::tensor({{0.6, 0.8}, {0.3, 0.4}}, torch::kDouble), 1e-6));
}

TEST(Embedding, FromPretrainedIsFrozen) {
  auto rows = torch::eye(3);
  auto frozen = nn::Embedding::from_pretrained(rows);
  EXPECT_FALSE(frozen->weight.requires_grad());
  EXPECT_TRUE(
      nn::Embedding::from_pretrained(rows, nn::EmbeddingFromPretrainedOptions().freeze(false))->weight.requires_grad());
  EXPECT_TRUE(same(frozen(torch::tensor({2})), rows.narrow(0, 2, 1)));
}

TEST(Embedding, RefusesIndicesOutside) {
  EXPECT_THROW(nn::Embedding(3, 2)(torch::tensor({3})), c10::Error);
  EXPECT_THROW(nn::Embedding(nn::EmbeddingOptions(3, 2).padding_idx(3)), c10::Error);
}

TEST(EmbeddingBag, SumsMeansAndMaxima) {
  auto weight = torch::tensor({{1.F, 2.F}, {3.F, -4.F}, {-5.F, 6.F}});
  auto ids = torch::tensor({0, 1, 2, 2}), offsets = torch::tensor({0, 2, 2});
  auto bags = [&](auto mode) {
    return F::embedding_bag(ids, weight, F::EmbeddingBagFuncOptions().mode(mode).offsets(offsets));
  };
  EXPECT_TRUE(same(bags(torch::kSum), torch::tensor({{4.F, -2.F}, {0.F, 0.F}, {-10.F, 12.F}})));
  EXPECT_TRUE(same(bags(torch::kMean), torch::tensor({{2.F, -1.F}, {0.F, 0.F}, {-5.F, 6.F}})));
  EXPECT_TRUE(same(bags(torch::kMax), torch::tensor({{3.F, 2.F}, {0.F, 0.F}, {-5.F, 6.F}})));
}

TEST(EmbeddingBag, TakesAMatrixAndWeights) {
  nn::EmbeddingBag layer(nn::EmbeddingBagOptions(5, 3).mode(torch::kSum));
  auto ids = torch::tensor({{1, 4}, {0, 1}});
  auto weights = torch::tensor({{1.F, 2.F}, {0.5F, 0.F}});
  auto rows = torch::embedding(layer->weight, ids);
  EXPECT_TRUE(same(layer->forward(ids, Tensor(), weights), (rows * weights.unsqueeze(2)).sum(1)));
  EXPECT_EQ(text(layer), "torch::nn::EmbeddingBag(num_embeddings=5, embedding_dim=3, mode=kSum)");
}

TEST(EmbeddingBag, RefusesOffsetsThatDoNotFit) {
  nn::EmbeddingBag layer(5, 3);
  EXPECT_THROW(layer->forward(torch::tensor({1, 2}), torch::tensor({1})), c10::Error);
  EXPECT_THROW(layer->forward(torch::tensor({1, 2}), torch::tensor({0, 3})), c10::Error);
}

// --- padding

TEST(Pad, HasFourModes) {
  auto row = torch::arange(1, 5, torch::kDouble).view({1, 1, 4});
  auto padded = [&](auto mode) { return F::pad(row, F::PadFuncOptions({2, 1}).mode(mode)).view(-1); };
  EXPECT_TRUE(same(padded(torch::kConstant), numbers({0, 0, 1, 2, 3, 4, 0})));
  EXPECT_TRUE(same(padded(torch::kReflect), numbers({3, 2, 1, 2, 3, 4, 3})));
  EXPECT_TRUE(same(padded(torch::kReplicate), numbers({1, 1, 1, 2, 3, 4, 4})));
  EXPECT_TRUE(same(padded(torch::kCircular), numbers({3, 4, 1, 2, 3, 4, 1})));
  EXPECT_TRUE(same(F::pad(row, F::PadFuncOptions({0, 1}).value(7)).view(-1), numbers({1, 2, 3, 4, 7})));
}

TEST(Pad, RefusesWhatIsTooWide) {
  EXPECT_THROW(F::pad(image(), F::PadFuncOptions({4, 0, 0, 0}).mode(torch::kReflect)), c10::Error);
  EXPECT_THROW(F::pad(image(), F::PadFuncOptions({5, 0, 0, 0}).mode(torch::kCircular)), c10::Error);
  EXPECT_THROW(F::pad(image(), F::PadFuncOptions({1})), c10::Error);
}

TEST(ZeroPad2d, PutsZerosAround) {
  EXPECT_EQ(sizes(nn::ZeroPad2d(nn::ZeroPad2dOptions({1, 2, 3, 4}))(image())), (std::vector<int64_t>{1, 2, 10, 7}));
  EXPECT_EQ(text(nn::ZeroPad2d(1)), "torch::nn::ZeroPad2d(padding=[1, 1, 1, 1])");
}

TEST(ConstantPad2d, PutsAValueAround) {
  EXPECT_TRUE(same(nn::ConstantPad2d(1, 3.5)(image()), torch::constant_pad_nd(image(), {1, 1, 1, 1}, 3.5)));
  EXPECT_EQ(text(nn::ConstantPad1d(nn::ConstantPad1dOptions({1, 2}, 3.5))),
            "torch::nn::ConstantPad1d(padding=[1, 2], value=3.5)");
  EXPECT_EQ(sizes(nn::ConstantPad3d(1, 0)(image())), (std::vector<int64_t>{1, 4, 5, 6}));
}

TEST(ReflectionPad2d, Mirrors) {
  EXPECT_TRUE(same(nn::ReflectionPad2d(1)(image()).select(2, 0).select(1, 0).view(-1), numbers({6, 5, 6, 7, 8, 7})));
  EXPECT_EQ(text(nn::ReflectionPad2d(nn::ReflectionPad2dOptions({1, 2, 0, 0}))),
            "torch::nn::ReflectionPad2d(padding=[1, 2, 0, 0])");
}

TEST(ReplicationPad2d, RepeatsTheBorder) {
  EXPECT_TRUE(same(nn::ReplicationPad2d(1)(image()).select(2, 0).select(1, 0).view(-1), numbers({1, 1, 2, 3, 4, 4})));
  EXPECT_EQ(text(nn::ReplicationPad1d(2)), "torch::nn::ReplicationPad1d(padding=[2, 2])");
}

// --- layers of shape

TEST(Unfold, GivesWindowsAsColumns) {
  auto columns = nn::Unfold(nn::UnfoldOptions({2, 3}))(image());
  EXPECT_EQ(sizes(columns), (std::vector<int64_t>{1, 12, 4}));
  EXPECT_TRUE(same(columns[0].select(1, 0).narrow(0, 0, 6), numbers({1, 2, 3, 5, 6, 7})));
  EXPECT_TRUE(same(F::unfold(image(), F::UnfoldFuncOptions({2, 3})), columns));
  EXPECT_EQ(text(nn::Unfold(2)),
            "torch::nn::Unfold(kernel_size=[2, 2], dilation=[1, 1], padding=[0, 0], stride=[1, 1])");
  EXPECT_THROW(F::unfold(image(), F::UnfoldFuncOptions(5)), c10::Error);
}

TEST(Fold, AddsWhatUnfoldCut) {
  auto columns = F::unfold(image(), F::UnfoldFuncOptions(2).padding(1).stride(2));
  auto folded = nn::Fold(nn::FoldOptions({3, 4}, 2).padding(1).stride(2))(columns);
  EXPECT_TRUE(same(folded, image()));
  EXPECT_TRUE(same(F::fold(columns, F::FoldFuncOptions({3, 4}, 2).padding(1).stride(2)), folded));
  EXPECT_EQ(text(nn::Fold(3, 2)),
            "torch::nn::Fold(output_size=[3, 3], kernel_size=[2, 2], dilation=[1, 1], "
            "padding=[0, 0], stride=[1, 1])");
  EXPECT_THROW(F::fold(image(), F::FoldFuncOptions(3, 2)), c10::Error);
}

TEST(PixelShuffle, UndoesPixelUnshuffle) {
  auto t = torch::arange(16, torch::kDouble).view({1, 4, 2, 2});
  auto y = nn::PixelShuffle(2)(t);
  EXPECT_TRUE(same(y[0][0][0], numbers({0, 4, 1, 5})));
  EXPECT_TRUE(same(nn::PixelUnshuffle(2)(y), t));
  EXPECT_TRUE(same(torch::pixel_shuffle(t, 2), F::pixel_shuffle(t, F::PixelShuffleFuncOptions(2))));
  EXPECT_THROW(torch::pixel_shuffle(image(), 2), c10::Error);
  EXPECT_EQ(text(nn::PixelShuffle(2)), "torch::nn::PixelShuffle(upscale_factor=2)");
}

TEST(Upsample, TakesSizesAndFactors) {
  auto row = torch::tensor({{{1.0, 2.0, 4.0}}}, torch::kDouble);
  EXPECT_TRUE(same(nn::Upsample(nn::UpsampleOptions().scale_factor(std::vector<double>({2})))(row).view(-1),
                   numbers({1, 1, 2, 2, 4, 4})));
  EXPECT_TRUE(same(
      F::interpolate(
          row, F::InterpolateFuncOptions().size(std::vector<int64_t>({5})).mode(torch::kLinear).align_corners(true))
          .view(-1),
      numbers({1, 1.5, 2, 3, 4})));
  EXPECT_TRUE(same(
      F::interpolate(
          row, F::InterpolateFuncOptions().size(std::vector<int64_t>({6})).mode(torch::kLinear).align_corners(false))
          .view(-1),
      numbers({1, 1.25, 1.75, 2.5, 3.5, 4})));
}

TEST(Upsample, TakesImages) {
  nn::Upsample layer(
      nn::UpsampleOptions().size(std::vector<int64_t>({6, 8})).mode(torch::kBilinear).align_corners(false));
  EXPECT_NEAR(layer(image()).mean().template item<double>(), 12.5, 1e-12);
  EXPECT_EQ(text(layer), "torch::nn::Upsample(size=[6, 8], mode=kBilinear)");
  auto nearest =
      F::interpolate(image(), F::InterpolateFuncOptions().size(std::vector<int64_t>({3, 2})).mode(torch::kNearest));
  EXPECT_TRUE(same(nearest[0][0][0], numbers({1, 3})));
  auto area =
      F::interpolate(image(), F::InterpolateFuncOptions().size(std::vector<int64_t>({3, 2})).mode(torch::kArea));
  EXPECT_TRUE(same(area[0][0][0], numbers({1.5, 3.5})));
}

TEST(Upsample, RefusesModesForOtherDims) {
  EXPECT_THROW(
      F::interpolate(
          image(),
          F::InterpolateFuncOptions().size(std::vector<int64_t>({2, 2})).mode(torch::kTrilinear).align_corners(false)),
      c10::Error);
  EXPECT_THROW(F::interpolate(image()), c10::Error);
}

TEST(Bilinear, IsXWY) {
  torch::manual_seed(0);
  nn::Bilinear layer(2, 3, 1);
  EXPECT_TRUE(same(layer->weight.detach().view(-1).narrow(0, 0, 2), torch::tensor({-0.00529397F, 0.37932295F}), 1e-4));
  auto a = torch::ones({4, 2}), b = torch::ones({4, 3});
  EXPECT_TRUE(same(layer(a, b).view(-1), (layer->weight.sum() + layer->bias).expand({4})));
  EXPECT_TRUE(same(F::bilinear(a, b, layer->weight, layer->bias), layer(a, b)));
  EXPECT_EQ(layer->named_parameters().keys(), (std::vector<std::string>{"weight", "bias"}));
  EXPECT_EQ(text(layer), "torch::nn::Bilinear(in1_features=2, in2_features=3, out_features=1, bias=true)");
  EXPECT_THROW(layer(b, a), c10::Error);
}

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
