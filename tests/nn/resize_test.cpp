// Layers that change sizes: Unfold, Fold, PixelShuffle, PixelUnshuffle, Upsample; and Bilinear.
#include "layer_case.h"
#include "tests/common/expect_error.h"

#include <tapegrad/nn/plain.h>
#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

namespace F = nn::functional;
using layer_case::expect_golden;
using layer_case::expect_layer;
using layer_case::printed;

const layer_case::Sizes kLine = {{2, 2, 5}}, kImage = {{1, 2, 4, 5}}, kVolume = {{1, 1, 3, 4, 2}};

TEST(Fold, IsThatOfPyTorch) {
  const auto unfold = [](const F::UnfoldFuncOptions& o) { return [=](const Tensor& x) { return F::unfold(x, o); }; };
  const auto fold = [](const F::FoldFuncOptions& o) { return [=](const Tensor& x) { return F::fold(x, o); }; };
  const F::UnfoldFuncOptions near({2, 3}), far(nn::UnfoldFields{{2, 3}, {2, 1}, {1, 2}, {2, 1}});
  expect_layer("unfold", kImage, "nn::Unfold(kernel_size=[2, 3], dilation=[1, 1], padding=[0, 0], stride=[1, 1])",
               unfold(near), nn::Unfold(near));
  expect_layer("unfold_far", kImage, "nn::Unfold(kernel_size=[2, 3], dilation=[2, 1], padding=[1, 2], stride=[2, 1])",
               unfold(far), nn::Unfold(far));
  const F::FoldFuncOptions square({4, 5}, {2, 2}),
      wide = F::FoldFuncOptions({3, 4}, {2, 3}).dilation({2, 1}).padding({1, 2}).stride({2, 1});
  expect_layer("fold", {{1, 4, 12}},
               "nn::Fold(output_size=[4, 5], kernel_size=[2, 2], dilation=[1, 1], padding=[0, 0], stride=[1, 1])",
               fold(square), nn::Fold(square));
  expect_layer("fold_far", {{1, 6, 12}},
               "nn::Fold(output_size=[3, 4], kernel_size=[2, 3], dilation=[2, 1], padding=[1, 2], stride=[2, 1])",
               fold(wide), nn::Fold(wide));
  expect_golden("fold_unbatched", {{4, 4}}, fold({3, 2}));
  EXPECT_EQ(printed(nn::Unfold(2)), "nn::Unfold(kernel_size=[2, 2], dilation=[1, 1], padding=[0, 0], stride=[1, 1])");
  EXPECT_EQ(nn::Fold(4, 2)(zeros({0, 4, 9})).sizes(), IntList({0, 1, 4, 4}));
  EXPECT_EQ(nn::Unfold({.kernel_size = 2})(zeros({0, 2, 3, 3})).sizes(), IntList({0, 8, 4}));
}

TEST(Fold, RefusesWhatPyTorchRefuses) {
  const Tensor x = zeros({2, 3, 4, 4});
  const auto unfold = [&](const nn::UnfoldFields& o) { return [=] { F::unfold(x, o); }; };
  expect_error<ShapeError>(
      [] {
        F::unfold(zeros({2, 3}), F::UnfoldFuncOptions(2));
      },
      "Only 4D input Tensors are supported");
  expect_error<ShapeError>([] { F::unfold(zeros({2, 0, 3, 3}), F::UnfoldFuncOptions(2)); }, "got sizes [2, 0, 3, 3]");
  expect_error<ShapeError>(unfold({.kernel_size = 7}), "Given input with spatial size (4, 4), kernel_size=(7, 7)");
  expect_error<ShapeError>(unfold({.kernel_size = 0}), "kernel size should be greater than zero");
  expect_error<ShapeError>(unfold({.kernel_size = 2, .dilation = 0}), "dilation should be greater than zero");
  expect_error<ShapeError>(unfold({.kernel_size = 2, .padding = -1}), "padding should be non-negative");
  expect_error<ShapeError>(unfold({.kernel_size = 2, .stride = 0}), "stride should be greater than zero");
  const auto fold = [](const Tensor& columns, std::int64_t size, std::int64_t kernel) {
    return [=] { F::fold(columns, F::FoldFuncOptions(size, kernel)); };
  };
  expect_error<ShapeError>(fold(x, 4, 2), "Only unbatched (2D) or batched (3D) input Tensors are supported");
  expect_error<ShapeError>(fold(zeros({1, 3, 9}), 4, 2), "input.size(1)=3 and kernel_size=(2, 2)");
  expect_error<ShapeError>(fold(zeros({1, 4, 8}), 4, 2), "number of sliding blocks 3 * 3 = 9, but got input.size(2)=8");
  expect_error<ShapeError>(fold(zeros({1, 4, 9}), 1, 2), "number of sliding blocks 0 * 0 = 0");
  expect_error<ShapeError>(fold(zeros({1, 4, 9}), 4, 0), "kernel size should be greater than zero");
}

TEST(PixelShuffle, IsThatOfPyTorch) {
  expect_layer(
      "pixel_shuffle", {{1, 8, 2, 2}}, "nn::PixelShuffle(upscale_factor=2)",
      [](const Tensor& x) { return F::pixel_shuffle(x, 2); }, nn::PixelShuffle(2));
  expect_layer(
      "pixel_unshuffle", {{1, 3, 6}}, "nn::PixelUnshuffle(downscale_factor=3)",
      [](const Tensor& x) { return pixel_unshuffle(x, 3); }, nn::PixelUnshuffle(3));
  EXPECT_EQ(pixel_shuffle(zeros({0, 4, 2, 2}), 2).sizes(), IntList({0, 1, 4, 4}));
}

TEST(PixelShuffle, RefusesWhatPyTorchRefuses) {
  const Tensor x = zeros({2, 3, 4, 5});
  expect_error<ShapeError>([&] { pixel_shuffle(x, 2); }, "input.size(-3)=3 is not divisible by 4");
  expect_error<ShapeError>(
      [&] { pixel_unshuffle(x, 2); },
      "expects width to be divisible by downscale_factor, but input.size(-1)=5 is not divisible by 2");
  expect_error<ShapeError>([&] { pixel_unshuffle(x, 5); }, "expects height to be divisible by downscale_factor");
  expect_error<ShapeError>([] { pixel_shuffle(zeros({2, 3}), 2); }, "expects input to have at least 3 dimensions");
  expect_error<ValueError>([&] { pixel_unshuffle(x, 0); }, "expects a positive downscale_factor, but got 0");
  expect_error<ValueError>([&] { pixel_shuffle(x, -1); }, "expects a positive upscale_factor, but got -1");
}

using Resize = F::InterpolateFuncOptions;
auto resized(const Resize& o) {
  return [=](const Tensor& x) { return F::interpolate(x, o); };
}

TEST(Upsample, IsThatOfPyTorch) {
  const std::vector<std::int64_t> one{8}, two{7, 3}, three{5, 2, 4};
  const std::vector<double> factors{1.7, 0.6};
  for (const auto& [word, mode] :
       {std::pair("nearest", kNearest), std::pair("nearest_exact", kNearestExact), std::pair("area", kArea)}) {
    const std::string name = word;
    expect_golden(name + "_1", kLine, resized(Resize().size(one).mode(mode)));
    expect_golden(name + "_2", kImage, resized(Resize().size(two).mode(mode)));
    expect_golden(name + "_3", kVolume, resized(Resize().size(three).mode(mode)));
    expect_golden(name + "_factor", kImage, resized(Resize().scale_factor(factors).mode(mode)));
  }
  struct Linear {
    std::string name;
    nn::InterpolateChoice mode;
    const layer_case::Sizes& x;
    std::vector<std::int64_t> size;
    std::vector<double> factor;
  };
  for (const Linear& l :
       {Linear{"linear", kLinear, kLine, one, {1.7}}, Linear{"bilinear", kBilinear, kImage, two, factors},
        Linear{"trilinear", kTrilinear, kVolume, three, {1.5, 0.6, 2}}}) {
    for (const bool corners : {false, true}) {
      const std::string name = "up_" + l.name + (corners ? "_corners" : "");
      const Resize o = Resize().mode(l.mode).align_corners(corners);
      expect_golden(name, l.x, resized(Resize(o).size(l.size)));
      expect_golden(name + "_factor", l.x, resized(Resize(o).scale_factor(l.factor)));
      expect_golden(name + "_again", l.x, resized(Resize(o).scale_factor(l.factor).recompute_scale_factor(true)));
    }
  }
}

TEST(Upsample, ModuleIsItsFunction) {
  const std::vector<double> twice{2, 1.5};
  const std::vector<std::int64_t> size{4, 5};
  expect_layer("upsample_twice", kImage, "nn::Upsample(scale_factor=[2, 1.5], mode=kNearest)",
               resized(Resize().scale_factor(twice)), nn::Upsample(nn::UpsampleOptions().scale_factor(twice)));
  expect_layer("upsample_size", kImage, "nn::Upsample(size=[4, 5], mode=kBilinear)",
               resized(Resize().size(size).mode(kBilinear).align_corners(true)),
               nn::Upsample(nn::UpsampleOptions().size(size).mode(kBilinear).align_corners(true)));
  EXPECT_EQ(printed(nn::Upsample({.scale_factor = std::vector<double>{3}, .mode = kLinear})),
            "nn::Upsample(scale_factor=[3], mode=kLinear)");
}

TEST(Upsample, LeavesInfinitiesWhereTheyAre) {
  const double inf = std::numeric_limits<double>::infinity();
  const Tensor x = tensor({{{1.0, inf, 3.0, 4.0}}}, kDouble);
  EXPECT_TENSOR_EQ(resized(Resize().size(std::vector<std::int64_t>{2}).mode(kArea))(x),
                   tensor({{{inf, 3.5}}}, kDouble));
}

TEST(Upsample, RefusesWhatPyTorchRefuses) {
  const Tensor x = zeros({2, 3, 4, 5});
  using I = std::vector<std::int64_t>;
  using V = std::vector<double>;
  const auto value = [](const Tensor& t, const Resize& o, const std::string& part) {
    expect_error<ValueError>([&] { F::interpolate(t, o); }, "interpolate: " + part);
  };
  const auto shape = [](const Tensor& t, const Resize& o, const std::string& part) {
    expect_error<ShapeError>([&] { F::interpolate(t, o); }, "interpolate: " + part);
  };
  value(x, {}, "either size or scale_factor should be defined");
  value(x, Resize().size(I{2, 2}).scale_factor(V{1, 1}), "only one of size or scale_factor should be defined");
  value(x, Resize().size(I{2, 2}).align_corners(true), "align_corners option can only be set with the interpolating");
  value(x, Resize().size(I{2, 2}).mode(kBilinear).antialias(true), "antialias is not supported");
  shape(x, Resize().scale_factor(V{1}), "size or scale_factor shape must match input shape. Input is 2D");
  shape(x, Resize().size(I{2}), "size or scale_factor shape must match input shape. Input is 2D");
  shape(x, Resize().size(I{2, 2}).mode(kLinear), "Got 4D input, but kLinear mode needs 3D input");
  shape(x, Resize().size(I{2, 2}).mode(kTrilinear), "Got 4D input, but kTrilinear mode needs 5D input");
  shape(zeros({2, 3, 4}), Resize().size(I{2}).mode(kBilinear), "Got 3D input, but kBilinear mode needs 4D input");
  shape(zeros({2, 3, 4}), Resize().size(I{2}).mode(kBicubic), "Got 3D input, but kBicubic mode needs 4D input");
  shape(zeros({2, 3}), Resize().size(I{2}), "Input Error: Only 3D, 4D and 5D input Tensors supported");
  shape(x, Resize().size(I{0, 2}), "Input and output sizes should be greater than 0");
  shape(x, Resize().scale_factor(V{0.1, 0.1}), "Input and output sizes should be greater than 0");
  shape(zeros({2, 0, 4}), Resize().size(I{2}), "Input and output sizes should be greater than 0");
}

TEST(Bilinear, IsThatOfPyTorch) {
  expect_golden("bilinear", {{2, 2, 3}, {2, 2, 2}, {4, 3, 2}, {4}}, F::bilinear);
  manual_seed(5);
  const nn::Bilinear layer(3, 2, 4);
  golden::expect_near(golden::elements({layer->weight, layer->bias}), layer_case::file().at("draw_bilinear"), 0);
  EXPECT_EQ(layer->state_dict().keys(), (std::vector<std::string>{"weight", "bias"}));
  EXPECT_EQ(printed(layer), "nn::Bilinear(in1_features=3, in2_features=2, out_features=4, bias=true)");
  const Tensor a = randn({6, 3}), b = randn({6, 2});
  EXPECT_TENSOR_EQ(layer(a, b), F::bilinear(a, b, layer->weight, layer->bias));
  EXPECT_TENSOR_EQ(nn::clone(layer)(a, b), layer(a, b));
  const nn::Bilinear plain({.in1_features = 3, .in2_features = 2, .out_features = 4, .bias = false});
  EXPECT_EQ(plain->state_dict().keys(), std::vector<std::string>{"weight"});
  EXPECT_EQ(plain(zeros({0, 3}), zeros({0, 2})).sizes(), IntList({0, 4}));
}

TEST(Bilinear, RefusesWhatPyTorchRefuses) {
  const nn::Bilinear layer(2, 3, 4);
  expect_error<ShapeError>(
      [&] {
        layer(zeros({2, 2}), zeros({2, 4}));
      },
      "input2 size does not match weight size: got 4 but expected 3");
  expect_error<ShapeError>(
      [&] {
        layer(zeros({2, 3}), zeros({2, 3}));
      },
      "input1 size does not match weight size: got 3 but expected 2");
  expect_error<ShapeError>(
      [&] {
        layer(zeros({2, 2}), zeros({3, 3}));
      },
      "input batch dimensions do not match at dim 0: got 2 and 3");
  expect_error<ShapeError>(
      [&] {
        F::bilinear(zeros({1, 2}), zeros({1, 3}), layer->weight, zeros({3}));
      },
      "bias size does not match weight size: got 3 but expected 4");
  expect_error<ShapeError>([] { nn::Bilinear(-1, 2, 3); }, "Trying to create tensor with negative dimension");
}

}  // namespace
}  // namespace tapegrad
