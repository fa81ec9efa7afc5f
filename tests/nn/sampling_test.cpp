// Layers that take elements from places: unpooling, random windows, grids; LPPool, LocalResponseNorm and CTCLoss.
#include "layer_case.h"
#include "tests/common/constants.h"
#include "tests/common/expect_error.h"

#include <tapegrad/nn/plain.h>
#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

namespace F = nn::functional;
using layer_case::expect_golden;
using layer_case::expect_layer;
using layer_case::printed;

Tensor places(const std::string& name, IntList sizes) {
  return tensor(layer_case::file().at(name + "/places"), kDouble).to(kLong).view(sizes);
}

TEST(MaxUnpool, IsThatOfPyTorch) {
  const auto fn = [](auto unpool, const auto& options) {
    return [=](const Tensor& x, const Tensor& at) { return unpool(x, at, options); };
  };
  expect_layer("unpool_1", {{1, 2, 3}}, "nn::MaxUnpool1d(kernel_size=2, stride=2, padding=0)",
               fn(F::max_unpool1d, F::MaxUnpool1dFuncOptions(2)), nn::MaxUnpool1d(2), {places("unpool_1", {1, 2, 3})});
  const std::vector<std::int64_t> size{5, 7};
  const F::MaxUnpool2dFuncOptions wide = F::MaxUnpool2dFuncOptions({2, 3}).stride({2, 3}).output_size(size);
  const Tensor at = places("unpool_2", {2, 2, 2, 2});
  expect_golden("unpool_2", {{2, 2, 2, 2}}, [&](const Tensor& x) { return F::max_unpool2d(x, at, wide); });
  const nn::MaxUnpool2d layer(nn::MaxUnpool2dOptions({2, 3}).stride({2, 3}));
  EXPECT_EQ(printed(layer), "nn::MaxUnpool2d(kernel_size=[2, 3], stride=[2, 3], padding=[0, 0])");
  const Tensor x = rand({2, 2, 2, 2});
  EXPECT_TRUE(layer(x, at, size).equal(F::max_unpool2d(x, at, wide)));
  EXPECT_TRUE(layer(x, at, std::vector<std::int64_t>{2, 2, 5, 7}).equal(F::max_unpool2d(x, at, wide)));
  expect_layer(
      "unpool_3", {{1, 1, 2, 2, 1}}, "nn::MaxUnpool3d(kernel_size=[2, 2, 2], stride=[2, 2, 2], padding=[0, 0, 0])",
      fn(F::max_unpool3d, F::MaxUnpool3dFuncOptions(2)), nn::MaxUnpool3d(2), {places("unpool_3", {1, 1, 2, 2, 1})});
}

TEST(MaxUnpool, UndoesAPool) {
  const Tensor x = rand({3, 4, 6});
  const auto [y, at] = nn::MaxPool2d(2)->forward_with_indices(x);
  const Tensor back = nn::MaxUnpool2d(2)(y, at);
  EXPECT_EQ(back.sizes(), x.sizes());
  EXPECT_TRUE(equal(back, where(back.ne(0), x, 0)));
  EXPECT_EQ(back.ne(0).sum().item<std::int64_t>(), y.numel());
}

TEST(MaxUnpool, RefusesWhatPyTorchRefuses) {
  const Tensor y = zeros({1, 1, 2, 2}), at = zeros({1, 1, 2, 2}, kLong);
  expect_error<ValueError>(
      [&] {
        nn::MaxUnpool2d(2)(y, at, std::vector<std::int64_t>{7, 4});
      },
      "max_unpool2d: invalid output_size [7, 4] (dim 0 must be between 2 and 6)");
  expect_error<ValueError>([&] { nn::MaxUnpool2d(2)(y, at, std::vector<std::int64_t>{4}); },
                           "output_size should be a sequence containing 2 or 4 elements, but it has a length of '1'");
  expect_error<ShapeError>([&] { nn::MaxUnpool2d(2)(y, at.narrow(3, 0, 1)); },
                           "Expected shape of indices to be same as that of the input tensor ([1, 1, 2, 2])");
  expect_error<IndexError>([&] { nn::MaxUnpool2d(2)(y, at + 16); },
                           "max_unpool2d: Found an invalid max index, 16 or 16 (output volumes are of size 4x4)");
  expect_error<ShapeError>(
      [&] {
        nn::MaxUnpool3d(2)(zeros({2, 2}), zeros({2, 2}, kLong));
      },
      "should be a 4d or 5d Tensor");
}

TEST(LPPool, IsThatOfPyTorch) {
  const F::LPPool1dFuncOptions line(3, 2);
  expect_layer(
      "lp_pool_1", {{1, 2, 7}}, "nn::LPPool1d(norm_type=3, kernel_size=2, stride=2, ceil_mode=false)",
      [&](const Tensor& x) { return F::lp_pool1d(x, line); }, nn::LPPool1d(3, 2));
  const auto image = nn::LPPool2dOptions(2, {3, 2}).stride({2, 1}).ceil_mode(true);
  expect_layer(
      "lp_pool_2", {{2, 1, 6, 3}}, "nn::LPPool2d(norm_type=2, kernel_size=[3, 2], stride=[2, 1], ceil_mode=true)",
      [&](const Tensor& x) { return F::lp_pool2d(x, image); }, nn::LPPool2d(image));
}

TEST(LocalResponseNorm, IsThatOfPyTorch) {
  expect_layer(
      "lrn", {{2, 5, 2, 2}}, "nn::LocalResponseNorm(3, alpha=0.0001, beta=0.75, k=1)",
      [](const Tensor& x) { return F::local_response_norm(x, 3); }, nn::LocalResponseNorm(3));
  const auto even = nn::LocalResponseNormOptions(2).alpha(0.3).beta(0.5).k(2);
  expect_layer(
      "lrn_even", {{1, 4, 3}}, "nn::LocalResponseNorm(2, alpha=0.3, beta=0.5, k=2)",
      [&](const Tensor& x) { return F::local_response_norm(x, even); }, nn::LocalResponseNorm(even));
  EXPECT_EQ(F::local_response_norm(zeros({0, 4, 3}), 2).sizes(), IntList({0, 4, 3}));
  expect_error<ShapeError>(
      [] {
        F::local_response_norm(zeros({2, 3}), 2);
      },
      "Expected 3D or higher dimensionality input (got 2 dimensions)");
  expect_error<ValueError>([] { F::local_response_norm(zeros({2, 3, 1}), 0); }, "size must be 1 or more, but got 0");
}

TEST(FractionalMaxPool, IsThatOfPyTorch) {
  const Tensor u = tensor({{{0.1, 0.7}, {0.9, 0.35}}}, kDouble),
               u3 = tensor({{{0.1, 0.7, 0.4}, {0.9, 0.35, 0.6}}}, kDouble);
  const auto sized =
      nn::FractionalMaxPool2dOptions({2, 3}).output_size(nn::ExpandingArray<2>({3, 2}))._random_samples(u);
  expect_golden("fractional_2", {{1, 2, 7, 6}}, [&](const Tensor& x) { return F::fractional_max_pool2d(x, sized); });
  const auto ratio =
      nn::FractionalMaxPool2dOptions(2).output_ratio(nn::ExpandingArray<2, double>({0.6, 0.5}))._random_samples(u);
  expect_golden("fractional_ratio", {{1, 2, 5, 6}},
                [&](const Tensor& x) { return F::fractional_max_pool2d(x, ratio); });
  const auto body = nn::FractionalMaxPool3dOptions(2).output_size(nn::ExpandingArray<3>({2, 3, 2}))._random_samples(u3);
  expect_golden("fractional_3", {{1, 2, 4, 5, 5}}, [&](const Tensor& x) { return F::fractional_max_pool3d(x, body); });
  const Tensor x = rand({2, 3, 9, 8});
  const auto drawn = nn::FractionalMaxPool2dOptions(2).output_size(nn::ExpandingArray<2>(4));
  const auto [y, at] = nn::FractionalMaxPool2d(drawn)->forward_with_indices(x);
  EXPECT_EQ(y.sizes(), IntList({2, 3, 4, 4}));
  EXPECT_TRUE(equal(x.flatten(2).gather(2, at.flatten(2)).view(y.sizes()), y));
}

TEST(FractionalMaxPool, RefusesWhatPyTorchRefuses) {
  const Tensor x = zeros({1, 1, 4, 4});
  expect_error<ValueError>([&] { F::fractional_max_pool2d(x, F::FractionalMaxPool2dFuncOptions(2)); },
                           "fractional_max_pool2d: either output_size and output_ratio must be specified");
  expect_error<ShapeError>(
      [&] { F::fractional_max_pool2d(x, nn::FractionalMaxPool2dOptions(3).output_size(nn::ExpandingArray<2>(3))); },
      "kernel 3 too large relative to input 4 for an output of 3 along dim 0");
  expect_error<ShapeError>(
      [] {
        F::fractional_max_pool3d(zeros({2, 2}), F::FractionalMaxPool3dFuncOptions(2));
      },
      "Expected 4D or 5D tensor, but got: [2, 2]");
}

TEST(GridSample, IsThatOfPyTorch) {
  const std::pair<const char*, nn::InterpolateChoice> modes[] = {
      {"bilinear", kBilinear}, {"nearest", kNearest}, {"bicubic", kBicubic}};
  const std::pair<const char*, nn::GridPaddingChoice> paddings[] = {
      {"zeros", kZeros}, {"border", kBorder}, {"reflection", kReflection}};
  for (const auto& [mode_name, mode] : modes) {
    for (const auto& [padding_name, padding] : paddings) {
      for (const bool corners : {false, true}) {
        const auto o = F::GridSampleFuncOptions().mode(mode).padding_mode(padding).align_corners(corners);
        const std::string name = std::string("grid_") + mode_name + "_" + padding_name + (corners ? "_corners" : "");
        const bool is_nearest = mode.value == nn::InterpolateMode::Nearest;  // its grid has no gradient
        const auto fn = [&](const Tensor& x, const Tensor& grid) {
          const Tensor y = F::grid_sample(x, grid, o);
          return is_nearest ? y + grid.sum() * 0 : y;
        };
        // Differences are slow: of images by edges, of volumes with zeros outside.
        expect_golden(name, {{2, 2, 4, 5}, {2, 3, 2, 2}}, fn, !corners);
        if (mode.value != nn::InterpolateMode::Bicubic)
          expect_golden(name + "_3", {{1, 2, 3, 4, 2}, {1, 2, 2, 3, 3}}, fn, !corners && !padding.value);
      }
    }
  }
}

TEST(GridSample, OfItsOwnPlacesIsTheImage) {
  const Tensor x = rand({2, 3, 4, 5});
  const Tensor same = tensor({{1.0f, 0.0f, 0.0f}, {0.0f, 1.0f, 0.0f}}).expand({2, 2, 3});
  for (const bool corners : {false, true}) {
    const auto o = F::GridSampleFuncOptions().align_corners(corners);
    EXPECT_TRUE(allclose(F::grid_sample(x, F::affine_grid(same, x.sizes(), corners), o), x, 1e-5, 1e-6));
  }
  const Tensor nowhere = full({1, 1, 1, 2}, test::kNan);
  EXPECT_EQ(F::grid_sample(ones({1, 1, 2, 2}), nowhere, F::GridSampleFuncOptions().mode(kNearest)).item<float>(), 0);
}

TEST(GridSample, RefusesWhatPyTorchRefuses) {
  const Tensor x = zeros({1, 1, 2, 2}), grid = zeros({1, 2, 2, 2});
  expect_error<ShapeError>([&] { F::grid_sample(x, grid[0]); },
                           "expected 4D or 5D input and grid with same number of dim");
  expect_error<ShapeError>([&] { F::grid_sample(x, zeros({2, 2, 2, 2})); }, "to have same batch size");
  expect_error<ShapeError>(
      [&] {
        F::grid_sample(x, zeros({1, 2, 2, 3}));
      },
      "expected grid to have size 2 in last dimension");
  expect_error<ShapeError>([&] { F::grid_sample(zeros({1, 1, 0, 2}), grid); }, "with dimension 2 being empty");
  expect_error<ValueError>([&] { F::grid_sample(x, grid, F::GridSampleFuncOptions().mode(kArea)); },
                           "grid_sample: mode needs");
  expect_error<ValueError>([&] { F::GridSampleFuncOptions().padding_mode(kReflect); }, "only kZeros is one");
  expect_error<ValueError>([&] { F::affine_grid(zeros({1, 2, 3}), {1, 2, 2}); }, "Got size [1, 2, 2]");
  expect_error<ShapeError>(
      [&] {
        F::affine_grid(zeros({1, 2, 2}), {1, 1, 2, 2});
      },
      "of shape Nx2x3 for size [1, 1, 2, 2]");
}

TEST(AffineGrid, IsThatOfPyTorch) {
  for (const bool corners : {false, true}) {
    const std::string end = corners ? "_corners" : "";
    expect_golden("affine_2" + end, {{2, 2, 3}}, [&](const Tensor& t) {
      return F::affine_grid(t, {2, 1, 3, 4}, corners);
    });
    expect_golden("affine_3" + end, {{1, 3, 4}}, [&](const Tensor& t) {
      return F::affine_grid(t, {1, 1, 3, 1, 2}, corners);
    });
  }
}

TEST(Upsample, BicubicIsThatOfPyTorch) {
  const std::vector<std::int64_t> size{7, 3};
  const std::vector<double> factors{1.7, 0.6};
  for (const bool corners : {false, true}) {
    const std::string end = corners ? "_corners" : "";
    const auto o = F::InterpolateFuncOptions().mode(kBicubic).align_corners(corners);
    expect_golden("cubic_size" + end, {{1, 2, 4, 5}},
                  [&](const Tensor& x) { return F::interpolate(x, F::InterpolateFuncOptions(o).size(size)); });
    expect_golden("cubic_factor" + end, {{1, 2, 4, 5}}, [&](const Tensor& x) {
      return F::interpolate(x, F::InterpolateFuncOptions(o).scale_factor(factors));
    });
  }
}

Tensor numbers(std::vector<std::int64_t> values) { return tensor(values); }

TEST(CTCLoss, IsThatOfPyTorch) {
  const auto scores = [](const Tensor& words, const Tensor& steps, const Tensor& counts,
                         const nn::CTCLossOptions& o = {}) {
    return [=](const Tensor& x) { return F::ctc_loss(x.log_softmax(-1), words, steps, counts, o); };
  };
  const Tensor words = numbers({1, 2, 2, 3, 1, 4, 4, 0, 0}).view({3, 3}), steps = numbers({6, 4, 5}),
               counts = numbers({3, 2, 1});
  const layer_case::Sizes said = {{6, 3, 5}}, two = {{6, 2, 4}};
  expect_golden("ctc_mean", said, scores(words, steps, counts));
  expect_golden("ctc_sum", said, scores(words, steps, counts, {{.reduction = kSum}}));
  expect_golden("ctc_none", said, scores(words, steps, counts, {{.reduction = kNone}}));
  expect_golden("ctc_flat", said, scores(numbers({1, 2, 2, 3, 1, 4}), steps, counts));
  const Tensor pairs = numbers({0, 1, 2, 2}).view({2, 2});
  expect_golden("ctc_blank", two, scores(pairs, numbers({6, 5}), numbers({2, 2}), {{.blank = 3}}));
  expect_golden("ctc_none_said", two,
                scores(pairs, numbers({6, 5}), numbers({0, 2}), {{.blank = 3, .reduction = kSum}}));
  expect_golden("ctc_infinite", two,
                scores(numbers({1, 2, 3, 2, 2, 1}).view({2, 3}), numbers({2, 5}), numbers({3, 2}),
                       {{.reduction = kSum, .zero_infinity = true}}));
  expect_golden("ctc_one", {{5, 3}}, scores(numbers({1, 2}), numbers({5}), numbers({2})));
  const Tensor x = randn({6, 3, 5}).log_softmax(2);
  const nn::CTCLoss layer(nn::CTCLossOptions().blank(0));
  EXPECT_EQ(printed(layer), "nn::CTCLoss()");
  EXPECT_TRUE(equal(layer(x, words, steps, counts), F::ctc_loss(x, words, steps, counts)));
}

// Of two steps and the label 1: (1 1), (0 1) and (1 0).
TEST(CTCLoss, IsTheSumOverAllWays) {
  const Tensor p = tensor({{0.2, 0.5, 0.3}, {0.6, 0.1, 0.3}}, kDouble);
  const Tensor loss = F::ctc_loss(p.log(), numbers({1}), numbers({2}), numbers({1}));
  EXPECT_NEAR(loss.item<double>(), -std::log(0.5 * 0.1 + 0.2 * 0.1 + 0.5 * 0.6), 1e-14);
  const Tensor impossible = F::ctc_loss(p.log(), numbers({1, 1}), numbers({2}), numbers({2}));
  EXPECT_EQ(impossible.item<double>(), test::kInf);
}

TEST(CTCLoss, RefusesWhatPyTorchRefuses) {
  const Tensor x = zeros({4, 2, 3}), words = ones({2, 2}, kLong), steps = numbers({4, 4}), counts = numbers({2, 2});
  const auto refuse = [&](auto error, const std::string& part, const Tensor& t, const Tensor& s, const Tensor& c,
                          std::int64_t blank = 0) {
    expect_error<decltype(error)>([&] { F::ctc_loss(x, t, s, c, nn::CTCLossOptions().blank(blank)); }, part);
  };
  refuse(IndexError(""), "ctc_loss: blank must be in label range, but got 3 of 3 classes", words, steps, counts, 3);
  refuse(ShapeError(""), "input_lengths must be of size batch_size, 2", words, numbers({4}), counts);
  refuse(ShapeError(""), "target_lengths must be of size batch_size, 2", words, steps, numbers({2}));
  refuse(ValueError(""), "Expected input_lengths to have value at most 4, but got value 5", words, numbers({4, 5}),
         counts);
  refuse(ValueError(""), "Expected target_lengths to have value at most 2, but got value 3", words, steps,
         numbers({3, 1}));
  refuse(IndexError(""), "label 3 is out of bounds for 3 classes", words * 3, steps, counts);
  refuse(ShapeError(""), "targets must be [n, labels]", ones({3, 2}, kLong), steps, counts);
  refuse(ShapeError(""), "Expected targets to have size 4", ones({5}, kLong), steps, counts);
  expect_error<ShapeError>([&] { F::ctc_loss(zeros({4}), words, steps, counts); },
                           "log_probs must have 2 or 3 dimensions");
}

}  // namespace
}  // namespace tapegrad
