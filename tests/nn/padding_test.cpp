#include "layer_case.h"
#include "tests/common/expect_error.h"

#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

namespace F = nn::functional;
using layer_case::expect_golden;
using layer_case::expect_layer;

const layer_case::Sizes kOne = {{2, 2, 4}}, kTwo = {{1, 2, 3, 4}}, kThree = {{1, 1, 3, 4, 3}};

auto padded(std::vector<std::int64_t> pads, nn::PadMode mode, double value = 0) {
  return [=](const Tensor& x) { return F::pad(x, F::PadFuncOptions(pads).mode(mode).value(value)); };
}

TEST(Pad, IsThatOfPyTorch) {
  expect_layer("pad_reflect_1", kOne, "nn::ReflectionPad1d(padding=[2, 1])", padded({2, 1}, kReflect),
               nn::ReflectionPad1d(nn::ReflectionPad1dOptions({2, 1})));
  expect_layer("pad_reflect_2", kTwo, "nn::ReflectionPad2d(padding=[3, 1, 0, 2])", padded({3, 1, 0, 2}, kReflect),
               nn::ReflectionPad2d(nn::ReflectionPad2dOptions({3, 1, 0, 2})));
  expect_layer("pad_reflect_3", kThree, "nn::ReflectionPad3d(padding=[1, 2, 3, 0, 2, 1])",
               padded({1, 2, 3, 0, 2, 1}, kReflect),
               nn::ReflectionPad3d(nn::ReflectionPad3dOptions({1, 2, 3, 0, 2, 1})));
  expect_layer("pad_replicate_1", kOne, "nn::ReplicationPad1d(padding=[2, 1])", padded({2, 1}, kReplicate),
               nn::ReplicationPad1d(nn::ReplicationPad1dOptions({2, 1})));
  expect_layer("pad_replicate_2", kTwo, "nn::ReplicationPad2d(padding=[3, 1, 0, 2])", padded({3, 1, 0, 2}, kReplicate),
               nn::ReplicationPad2d(nn::ReplicationPad2dOptions({3, 1, 0, 2})));
  expect_layer("pad_replicate_3", kThree, "nn::ReplicationPad3d(padding=[1, 2, 3, 0, 2, 1])",
               padded({1, 2, 3, 0, 2, 1}, kReplicate),
               nn::ReplicationPad3d(nn::ReplicationPad3dOptions({1, 2, 3, 0, 2, 1})));
  expect_layer("pad_constant_1", kOne, "nn::ConstantPad1d(padding=[1, -2], value=2.5)", padded({1, -2}, kConstant, 2.5),
               nn::ConstantPad1d(nn::ConstantPad1dOptions({1, -2}, 2.5)));
  expect_layer("pad_constant_2", kTwo, "nn::ConstantPad2d(padding=[1, 2, -1, 3], value=-1)",
               padded({1, 2, -1, 3}, kConstant, -1), nn::ConstantPad2d(nn::ConstantPad2dOptions({1, 2, -1, 3}, -1)));
  expect_layer("pad_constant_3", kThree, "nn::ConstantPad3d(padding=[1, 0, 1, 1, 0, 2], value=0.5)",
               padded({1, 0, 1, 1, 0, 2}, kConstant, 0.5),
               nn::ConstantPad3d(nn::ConstantPad3dOptions({1, 0, 1, 1, 0, 2}, 0.5)));
  expect_layer("pad_zero_2", kTwo, "nn::ZeroPad2d(padding=[1, 0, 2, 1])", padded({1, 0, 2, 1}, kConstant),
               nn::ZeroPad2d(nn::ZeroPad2dOptions({1, 0, 2, 1})));
  expect_golden("pad_circular_1", kOne, padded({2, 1}, kCircular));
  expect_golden("pad_circular_2", kTwo, padded({3, 1, 0, 2}, kCircular));
  expect_golden("pad_circular_3", kThree, padded({1, 2, 3, 0, 2, 1}, kCircular));
  expect_golden("pad_reflect_cut", kOne, padded({-1, 2}, kReflect));
  expect_golden("pad_replicate_cut", kOne, padded({-1, 2}, kReplicate));
  expect_golden("pad_circular_cut", kOne, padded({-1, 2}, kCircular));
  expect_golden("pad_replicate_far", kOne, padded({6, 5}, kReplicate));
  expect_golden("pad_reflect_unbatched", {{2, 4}}, padded({2, 1}, kReflect));
}

TEST(Pad, TakesOneNumberForAllSides) {
  const Tensor x = randn({1, 2, 3, 3});
  EXPECT_EQ(layer_case::printed(nn::ZeroPad2d(1)), "nn::ZeroPad2d(padding=[1, 1, 1, 1])");
  EXPECT_EQ(layer_case::printed(nn::ConstantPad3d(1, 0.5)), "nn::ConstantPad3d(padding=[1, 1, 1, 1, 1, 1], value=0.5)");
  EXPECT_TENSOR_EQ(nn::ReflectionPad2d(2)(x), padded({2, 2, 2, 2}, kReflect)(x));
  EXPECT_TENSOR_EQ(nn::ReflectionPad2d({.padding = {1, 0, 0, 0}})(x), padded({1, 0, 0, 0}, kReflect)(x));
}

TEST(Pad, OfNoSamplesIsEmpty) {
  for (const nn::PadMode mode : {kConstant, kReflect, kReplicate, kCircular}) {
    EXPECT_EQ(padded({1, 1}, mode)(zeros({0, 2, 4})).sizes(), IntList({0, 2, 6}));
  }
}

TEST(Pad, RefusesWhatPyTorchRefuses) {
  const Tensor m = zeros({2, 3}), x = zeros({2, 3, 4, 5});
  const auto refuses = [](const Tensor& t, std::vector<std::int64_t> pads, nn::PadMode mode, const std::string& part) {
    expect_error<ShapeError>([&] { padded(pads, mode)(t); }, "pad: " + part);
  };
  const std::string few = "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now";
  refuses(x, {1, 1}, kReflect, few);
  refuses(zeros({4}), {1, 1}, kReflect, few);
  refuses(m, {1, 1}, kCircular, few);
  refuses(m, {3, 1}, kReflect,
          "Padding size should be less than the corresponding input dimension, but got: padding (3, 1) at dimension 1 "
          "of input [2, 3]");
  refuses(x, {6, 1, 0, 0}, kCircular, "Padding value causes wrapping around more than once");
  refuses(x, {-6, 0, 0, 0}, kCircular, "Negative padding value is resulting in an empty dimension");
  refuses(zeros({2, 2, 0}), {1, 1}, kReplicate, "Negative padding value is resulting in an empty dimension");
  refuses(m, {1}, kConstant, "Padding length must be divisible by 2");
  refuses(x, {1, 1, 1}, kReflect, "Padding length must be divisible by 2");
  refuses(m, {1, 1, 1, 1, 1, 1}, kConstant, "Padding length too large");
  expect_error<ValueError>([&] { padded({1, 1}, kReflect, 2)(zeros({2, 3, 4})); }, "doesn't take in value argument");
  expect_error<ShapeError>([] { nn::ReflectionPad1d(4)(zeros({3, 4})); }, "Padding size should be less than");
  expect_error<ValueError>([] { nn::ZeroPad2dOptions({1, 2, 3}); }, "Expected 4 values, but instead got 3");
}

}  // namespace
}  // namespace tapegrad
