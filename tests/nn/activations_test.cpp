// Activations beyond those of layers_test.cpp.
#include "layer_case.h"
#include "tests/common/expect_error.h"

#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

namespace F = nn::functional;
using layer_case::expect_golden;
using layer_case::expect_layer;
using layer_case::printed;

const double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Activations, AreThoseOfPyTorch) {
  const layer_case::Sizes x = {{4, 6}};
  const auto of = [](auto function, auto options) { return [=](const Tensor& v) { return function(v, options); }; };
  expect_layer("celu", x, "nn::CELU(alpha=1)", of(F::celu, F::CELUFuncOptions()), nn::CELU());
  expect_layer("celu_half", x, "nn::CELU(alpha=0.5)", of(F::celu, F::CELUFuncOptions(0.5)), nn::CELU(0.5));
  expect_layer("selu", x, "nn::SELU()", of(F::selu, F::SELUFuncOptions()), nn::SELU());
  expect_layer("glu", x, "nn::GLU(dim=-1)", of(F::glu, F::GLUFuncOptions()), nn::GLU());
  expect_layer("glu_0", x, "nn::GLU(dim=0)", of(F::glu, F::GLUFuncOptions(0)), nn::GLU(0));
  expect_layer("mish", x, "nn::Mish()", F::mish, nn::Mish());
  expect_layer("softsign", x, "nn::Softsign()", F::softsign, nn::Softsign());
  expect_layer("hardshrink", x, "nn::Hardshrink(0.5)", of(F::hardshrink, F::HardshrinkFuncOptions()), nn::Hardshrink());
  expect_layer("hardshrink_2", x, "nn::Hardshrink(2)", of(F::hardshrink, F::HardshrinkFuncOptions(2)),
               nn::Hardshrink({.lambda = 2}));
  expect_layer("softshrink", x, "nn::Softshrink(0.5)", of(F::softshrink, F::SoftshrinkFuncOptions()), nn::Softshrink());
  expect_layer("softshrink_2", x, "nn::Softshrink(2)", of(F::softshrink, F::SoftshrinkFuncOptions(2)),
               nn::Softshrink(2));
  expect_layer("tanhshrink", x, "nn::Tanhshrink()", F::tanhshrink, nn::Tanhshrink());
  expect_layer("threshold", x, "nn::Threshold(threshold=0.5, value=7)",
               of(F::threshold, F::ThresholdFuncOptions(0.5, 7)), nn::Threshold(0.5, 7));
  expect_layer("hardsigmoid", x, "nn::Hardsigmoid()", F::hardsigmoid, nn::Hardsigmoid());
  expect_layer("hardswish", x, "nn::Hardswish()", F::hardswish, nn::Hardswish());
  nn::RReLU rrelu;
  rrelu->eval();
  expect_layer("rrelu", x, "nn::RReLU(lower=0.125, upper=0.333333)", of(F::rrelu, F::RReLUFuncOptions()), rrelu);
  expect_layer("softplus_threshold", x, "nn::Softplus(beta=2, threshold=1.5)",
               of(F::softplus, F::SoftplusFuncOptions(2).threshold(1.5)), nn::Softplus({.beta = 2, .threshold = 1.5}));
  expect_golden("prelu", {{2, 3, 2}, {1}}, F::prelu);
  expect_golden("prelu_channels", {{2, 3, 2}, {3}}, F::prelu);
  expect_layer(
      "softmax2d", {{2, 3, 2, 2}}, "nn::Softmax2d()", [](const Tensor& v) { return v.softmax(-3); }, nn::Softmax2d());
}

TEST(Activations, HaveTheGradientsOfPyTorchAtTheEndsOfTheirSlopes) {
  for (const auto& [name, fn] :
       {std::pair("hardswish_ends", &F::hardswish), std::pair("hardsigmoid_ends", &F::hardsigmoid)}) {
    const Tensor x = layer_case::inputs(name, {{4}})[0];
    fn(x).square().sum().backward();
    golden::expect_near(golden::elements({x.grad()}), layer_case::file().at(std::string(name) + "/grad0"), 1e-15);
  }
}

TEST(Activations, KeepNanAndTakeInfinities) {
  const Tensor x = tensor({kNan, kInf, -kInf}, kDouble);
  EXPECT_TENSOR_EQ(F::celu(x), tensor({kNan, kInf, -1.0}, kDouble));
  EXPECT_TENSOR_EQ(F::hardshrink(x), x);
  EXPECT_TENSOR_EQ(F::softshrink(x), x);
  EXPECT_TENSOR_EQ(F::threshold(x, {1, 5}), tensor({kNan, kInf, 5.0}, kDouble));
  EXPECT_TENSOR_EQ(F::hardsigmoid(x), tensor({kNan, 1.0, 0.0}, kDouble));
}

TEST(Activations, InPlaceOverwriteWhatTheyAreGivenAndAreRecorded) {
  const Tensor source = tensor({{-4.0, -1.0, 0.5}, {2.0, 3.0, -0.25}}, kDouble);
  const auto check = [&](const char* name, const std::function<Tensor(const Tensor&)>& fresh,
                         const std::function<Tensor(const Tensor&)>& in_place) {
    SCOPED_TRACE(name);
    const Tensor a = source.clone().requires_grad_(), b = source.clone().requires_grad_();
    const Tensor x = b * 1, y = in_place(x), expected = fresh(a * 1);
    EXPECT_TRUE(y.is_same(x));
    EXPECT_TENSOR_EQ(x, expected);
    expected.square().sum().backward();
    y.square().sum().backward();
    EXPECT_TENSOR_EQ(b.grad(), a.grad());
    expect_error<AutogradError>([&] { in_place(b); },
                                "a leaf Variable that requires grad is being used in an in-place");
  };
  check(
      "leaky_relu", [](const Tensor& x) { return F::leaky_relu(x); }, nn::LeakyReLU({.inplace = true}));
  check(
      "elu", [](const Tensor& x) { return F::elu(x); }, nn::ELU({.inplace = true}));
  check(
      "celu", [](const Tensor& x) { return F::celu(x); }, nn::CELU({.inplace = true}));
  check(
      "selu", [](const Tensor& x) { return F::selu(x); }, nn::SELU(true));
  check(
      "hardtanh", [](const Tensor& x) { return F::hardtanh(x); }, nn::Hardtanh({.inplace = true}));
  check(
      "relu6", [](const Tensor& x) { return F::relu6(x); }, nn::ReLU6(true));
  check(
      "threshold",
      [](const Tensor& x) {
        return F::threshold(x, {0.5, 7});
      },
      nn::Threshold(nn::ThresholdOptions(0.5, 7).inplace(true)));
  nn::RReLU rrelu({.inplace = true});
  rrelu->eval();
  check(
      "rrelu", [](const Tensor& x) { return F::rrelu(x); }, rrelu);
  EXPECT_EQ(printed(rrelu), "nn::RReLU(lower=0.125, upper=0.333333, inplace=true)");
  EXPECT_EQ(printed(nn::ReLU6(true)), "nn::ReLU6(inplace=true)");
}

TEST(Activations, RefuseWhatPyTorchRefuses) {
  const Tensor m = zeros({2, 3});
  expect_error<ShapeError>([&] { F::glu(m); }, "glu: Halving dimension must be even, but dimension 1 is size 3");
  expect_error<ShapeError>([] { F::glu(tensor(1.0)); }, "halving size must be even");
  expect_error<IndexError>([&] { F::glu(m, 5); }, "glu: Dimension out of range");
  expect_error<ValueError>([&] { F::softshrink(m, -1); }, "lambda must be greater or equal to 0, but found to be -1");
  expect_error<ValueError>([&] { F::celu(m, 0.0); }, "alpha cannot be 0 for CELU");
  expect_error<ValueError>([&] { F::rrelu(m, {{.lower = 2}}); },
                           "Lower bound should be less than or equal to the upper");
  expect_error<ShapeError>([&] { F::prelu(m, zeros({2})); }, "Found parameter numbers = 2 and channel size = 3");
  expect_error<ShapeError>([&] { F::prelu(m, zeros({3, 1})); }, "Expected `weight` to be a scalar or 1D tensor");
  expect_error<ShapeError>([&] { F::prelu(tensor(1.0), zeros({3})); }, "Not allow zero-dim input tensor");
  expect_error<ShapeError>([&] { nn::Softmax2d()(m); }, "Softmax2d requires a 3D or 4D tensor as input");
}

TEST(Activations, OfNothingAreNothing) {
  const Tensor none = zeros({0, 4});
  for (const Tensor& y : {F::celu(none), F::selu(none), F::mish(none), F::hardshrink(none), F::softshrink(none),
                          F::rrelu(none, {{.training = true}}), F::prelu(none, ones({4}))}) {
    EXPECT_EQ(y.sizes(), none.sizes());
  }
  EXPECT_EQ(F::glu(none).sizes(), IntList({0, 2}));
}

TEST(PReLU, HasAWeightThatItLearns) {
  nn::PReLU layer({.num_parameters = 3, .init = 0.5});
  EXPECT_EQ(printed(layer), "nn::PReLU(num_parameters=3)");
  EXPECT_EQ(layer->state_dict().keys(), std::vector<std::string>{"weight"});
  EXPECT_TENSOR_EQ(layer->weight, full({3}, 0.5));
  layer(full({2, 3}, -2.0)).sum().backward();
  EXPECT_TENSOR_EQ(layer->weight.grad(), full({3}, -4.0));
  const nn::PReLU copy = nn::clone(layer);
  copy->weight = zeros({3});
  EXPECT_TENSOR_EQ(layer->weight, full({3}, 0.5));
}

TEST(RReLU, DrawsPyTorchsSlopesWhileTraining) {
  const Tensor x = arange(1.0, 25.0).view({2, 3, 4}) - 12;
  manual_seed(5);
  const Tensor y = nn::RReLU(nn::RReLUOptions({.lower = 0.1, .upper = 0.4}))(x);
  golden::expect_near(golden::elements({y}), layer_case::file().at("draw_rrelu"), 0);
}

}  // namespace
}  // namespace tapegrad
