// Convolutions, pooling, normalisation: layers, functions, printing, seeds, state dictionaries.
#include "parity.h"

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

namespace {

torch::Tensor wave(torch::IntArrayRef sizes) {
  int64_t n = 1;
  for (const int64_t s : sizes) n *= s;
  return torch::arange(n, torch::kDouble).mul(0.37).sin().reshape(sizes);
}

}  // namespace

TEST(ParityConv, PrintsAsLibtorch) {
  using namespace torch::nn;
  EXPECT_EQ(text(Conv2d(1, 6, 5)), "torch::nn::Conv2d(1, 6, kernel_size=[5, 5], stride=[1, 1])");
  EXPECT_EQ(text(Conv1d(Conv1dOptions(4, 8, 3).stride(2).padding(1).bias(false))),
            "torch::nn::Conv1d(4, 8, kernel_size=3, stride=2, padding=1, bias=false)");
  EXPECT_EQ(text(Conv3d(Conv3dOptions(4, 8, {3, 2, 1}).dilation(2).groups(2).padding_mode(torch::kCircular))),
            "torch::nn::Conv3d(4, 8, kernel_size=[3, 2, 1], stride=[1, 1, 1], dilation=[2, 2, 2], groups=2, "
            "padding_mode=kCircular)");
  EXPECT_EQ(text(Conv2d(Conv2dOptions(1, 2, 3).padding(torch::kSame))),
            "torch::nn::Conv2d(1, 2, kernel_size=[3, 3], stride=[1, 1], padding='same')");
  EXPECT_EQ(text(ConvTranspose2d(ConvTranspose2dOptions(3, 2, 3).stride({2, 1}).output_padding({1, 0}))),
            "torch::nn::ConvTranspose2d(3, 2, kernel_size=[3, 3], stride=[2, 1], output_padding=[1, 0])");
}

TEST(ParityConv, HasTheWeightsOfTheSeed) {
  torch::manual_seed(0);
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(2, 3, {2, 3}));
  EXPECT_NEAR(conv->weight[0][0][0][0].item<float>(), -0.0021612588F, 1e-7);
  EXPECT_NEAR(conv->bias[2].item<float>(), 0.12881215F, 1e-7);
  EXPECT_EQ(conv->weight.sizes(), (std::vector<int64_t>{3, 2, 2, 3}));
  EXPECT_EQ(conv->options.kernel_size()->at(1), 3);
}

TEST(ParityConv, ForwardIsTheFunction) {
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(2, 4, 3).stride(2).padding({1, 0}).groups(2));
  conv->to(torch::kDouble);
  const torch::Tensor x = wave({2, 2, 5, 6});
  const torch::Tensor y = conv(x);
  EXPECT_EQ(y.sizes(), (std::vector<int64_t>{2, 4, 3, 2}));
  EXPECT_TRUE(torch::allclose(
      y, F::conv2d(x, conv->weight, F::Conv2dFuncOptions().bias(conv->bias).stride(2).padding({1, 0}).groups(2))));
  EXPECT_TRUE(torch::allclose(y, torch::conv2d(x, conv->weight, conv->bias, 2, {1, 0}, 1, 2)));
}

TEST(ParityConv, SumsProducts) {
  const torch::Tensor y = torch::conv1d(wave({1, 2, 6}), wave({1, 2, 3}), torch::tensor({0.5}, torch::kDouble));
  EXPECT_NEAR(y[0][0][0].item<double>(), 2.4944010, 1e-6);
  EXPECT_NEAR(y[0][0][3].item<double>(), 0.0432278, 1e-6);
}

TEST(ParityConv, GradientsReachAllThree) {
  torch::Tensor x = wave({1, 1, 4, 4}).requires_grad_(), w = wave({1, 1, 2, 2}).requires_grad_();
  torch::Tensor b = torch::zeros({1}, torch::kDouble).requires_grad_();
  torch::conv2d(x, w, b, 1, 1).sum().backward();
  EXPECT_NEAR(b.grad().item<double>(), 25, 1e-12);
  EXPECT_NEAR(w.grad()[0][0][0][0].item<double>(), x.sum().item<double>(), 1e-12);
  EXPECT_NEAR(x.grad()[0][0][0][0].item<double>(), w.sum().item<double>(), 1e-12);
}

TEST(ParityConv, SameKeepsTheSize) {
  torch::nn::Conv1d conv(torch::nn::Conv1dOptions(1, 1, 4).padding(torch::kSame));
  EXPECT_EQ(conv(torch::zeros({1, 1, 7})).size(2), 7);
  EXPECT_EQ(torch::conv1d(torch::zeros({1, 1, 7}), torch::zeros({1, 1, 4}), {}, 1, "valid").size(2), 4);
}

TEST(ParityConv, PaddingModesRepeatOrMirror) {
  torch::nn::Conv1d conv(torch::nn::Conv1dOptions(1, 1, 3).padding(1).padding_mode(torch::kReflect).bias(false));
  torch::NoGradGuard no_grad;
  conv->weight.fill_(1);
  const torch::Tensor y = conv(torch::tensor({1., 2., 4.}).view({1, 1, 3}));
  EXPECT_TRUE(torch::equal(y.view(-1), torch::tensor({5., 7., 8.})));
}

TEST(ParityConv, TransposedTakesAnOutputSize) {
  torch::nn::ConvTranspose1d up(torch::nn::ConvTranspose1dOptions(2, 3, 3).stride(2));
  const torch::Tensor x = torch::zeros({1, 2, 4});
  EXPECT_EQ(up(x).size(2), 9);
  const std::vector<int64_t> wanted = {10};
  EXPECT_EQ(up->forward(x, torch::IntArrayRef(wanted)).size(2), 10);
  EXPECT_EQ(up->weight.sizes(), (std::vector<int64_t>{2, 3, 3}));
}

TEST(ParityConv, TransposedIsTheGradientOfTheConvolution) {
  const torch::Tensor w = wave({2, 3, 2, 2}), y = wave({1, 2, 3, 3});
  torch::Tensor x = torch::zeros({1, 3, 4, 4}, torch::kDouble).requires_grad_();
  torch::conv2d(x, w).backward(y);
  EXPECT_TRUE(torch::allclose(x.grad(), torch::conv_transpose2d(y, w)));
  EXPECT_TRUE(torch::allclose(x.grad(), F::conv_transpose2d(y, w)));
}

TEST(ParityConv, RefusesOtherChannels) {
  EXPECT_THROW(torch::conv2d(torch::zeros({1, 3, 5, 5}), torch::zeros({1, 2, 3, 3})), c10::Error);
  EXPECT_THROW(torch::conv2d(torch::zeros({1, 2, 2, 2}), torch::zeros({1, 2, 3, 3})), c10::Error);
  EXPECT_THROW(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 4, 3).groups(2)), c10::Error);
}

TEST(ParityConv, StateHasWeightAndBias) {
  torch::nn::Conv2d conv(1, 2, 3);
  const auto parameters = conv->named_parameters();
  EXPECT_EQ(parameters.size(), 2U);
  EXPECT_EQ(parameters[0].key(), "weight");
  EXPECT_EQ(parameters[1].key(), "bias");
}

TEST(ParityPool, PrintsAsLibtorch) {
  using namespace torch::nn;
  EXPECT_EQ(text(MaxPool2d(2)),
            "torch::nn::MaxPool2d(kernel_size=[2, 2], stride=[2, 2], padding=[0, 0], dilation=[1, 1], "
            "ceil_mode=false)");
  EXPECT_EQ(text(MaxPool1d(MaxPool1dOptions(3).stride(2).ceil_mode(true))),
            "torch::nn::MaxPool1d(kernel_size=3, stride=2, padding=0, dilation=1, ceil_mode=true)");
  EXPECT_EQ(text(AvgPool2d(AvgPool2dOptions({3, 2}).stride({2, 1}))),
            "torch::nn::AvgPool2d(kernel_size=[3, 2], stride=[2, 1], padding=[0, 0])");
  EXPECT_EQ(text(AdaptiveAvgPool2d(AdaptiveAvgPool2dOptions({3, 2}))),
            "torch::nn::AdaptiveAvgPool2d(output_size=[3, 2])");
  EXPECT_EQ(text(AdaptiveMaxPool1d(3)), "torch::nn::AdaptiveMaxPool1d(output_size=3)");
}

TEST(ParityPool, TakesTheLargest) {
  const torch::Tensor x = torch::tensor({1., 5., 2., 4., 3., 0.}).view({1, 1, 6});
  EXPECT_TRUE(torch::equal(torch::nn::MaxPool1d(2)(x).view(-1), torch::tensor({5., 4., 3.})));
  EXPECT_TRUE(torch::equal(torch::max_pool1d(x, 3, 1, 1).view(-1), torch::tensor({5., 5., 5., 4., 4., 3.})));
  EXPECT_TRUE(
      torch::equal(F::max_pool1d(x, F::MaxPool1dFuncOptions(2).stride(2)).view(-1), torch::tensor({5., 4., 3.})));
}

TEST(ParityPool, SaysWhere) {
  const torch::Tensor x = wave({1, 1, 4, 4});
  torch::Tensor y, at;
  std::tie(y, at) = torch::nn::MaxPool2d(2)->forward_with_indices(x);
  EXPECT_EQ(at.dtype(), torch::kLong);
  EXPECT_TRUE(torch::equal(x.view(-1).index_select(0, at.view(-1)), y.view(-1)));
  std::tie(y, at) = torch::max_pool2d_with_indices(x, {2, 2});
  EXPECT_TRUE(torch::equal(x.view(-1).index_select(0, at.view(-1)), y.view(-1)));
}

TEST(ParityPool, GradientGoesToTheLargest) {
  torch::Tensor x = torch::tensor({1., 5., 2., 4.}).view({1, 1, 2, 2}).requires_grad_();
  torch::max_pool2d(x, 2).sum().backward();
  EXPECT_TRUE(torch::equal(x.grad().view(-1), torch::tensor({0., 1., 0., 0.})));
}

TEST(ParityPool, AveragesWithAndWithoutPadding) {
  const torch::Tensor x = torch::ones({1, 1, 2, 2});
  EXPECT_NEAR(torch::avg_pool2d(x, 2, 2, 1)[0][0][0][0].item<float>(), 0.25, 1e-6);
  EXPECT_NEAR(torch::avg_pool2d(x, 2, 2, 1, false, false)[0][0][0][0].item<float>(), 1, 1e-6);
  EXPECT_NEAR(F::avg_pool2d(x, F::AvgPool2dFuncOptions(2).divisor_override(2)).item<float>(), 2, 1e-6);
  EXPECT_EQ(torch::nn::AvgPool1d(3)(torch::zeros({1, 2, 7})).size(2), 2);
}

TEST(ParityPool, AdaptiveSharesOutTheSize) {
  const torch::Tensor x = wave({2, 3, 5, 7});
  EXPECT_EQ(torch::nn::AdaptiveAvgPool2d(torch::nn::AdaptiveAvgPool2dOptions({3, 2}))(x).sizes(),
            (std::vector<int64_t>{2, 3, 3, 2}));
  EXPECT_TRUE(torch::allclose(torch::adaptive_avg_pool2d(x, {1, 1}), x.mean({2, 3}, true)));
  EXPECT_TRUE(torch::allclose(std::get<0>(torch::adaptive_max_pool2d(x, {1, 1})), x.amax({2, 3}, true)));
  EXPECT_EQ(F::adaptive_avg_pool1d(wave({1, 2, 9}), F::AdaptiveAvgPool1dFuncOptions(4)).size(2), 4);
}

TEST(ParityPool, RefusesWhatIsTooSmall) {
  EXPECT_THROW(torch::max_pool2d(torch::zeros({1, 1, 2, 2}), 3), c10::Error);
  EXPECT_THROW(torch::max_pool2d(torch::zeros({1, 1, 4, 4}), 2, 2, 2), c10::Error);
}

TEST(ParityNorm, PrintsAsLibtorch) {
  using namespace torch::nn;
  EXPECT_EQ(text(BatchNorm1d(BatchNorm1dOptions(4).eps(0.5).momentum(0.1).affine(false).track_running_stats(true))),
            "torch::nn::BatchNorm1d(4, eps=0.5, momentum=0.1, affine=false, track_running_stats=true)");
  EXPECT_EQ(text(BatchNorm2d(42)),
            "torch::nn::BatchNorm2d(42, eps=1e-05, momentum=0.1, affine=true, track_running_stats=true)");
  EXPECT_EQ(text(InstanceNorm2d(3)),
            "torch::nn::InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=false, track_running_stats=false)");
  EXPECT_EQ(text(LayerNorm(LayerNormOptions({2, 2}))),
            "torch::nn::LayerNorm([2, 2], eps=1e-05, elementwise_affine=true)");
  EXPECT_EQ(text(GroupNorm(2, 4)), "torch::nn::GroupNorm(2, 4, eps=1e-05, affine=true)");
}

TEST(ParityNorm, BatchNormFollowsItsBatches) {
  torch::nn::BatchNorm1d norm(2);
  const torch::Tensor x = torch::tensor({1., 2., 3., 6.}).view({2, 2});
  const torch::Tensor y = norm(x);
  EXPECT_NEAR(y[0][0].item<float>(), -1, 1e-4);
  EXPECT_NEAR(norm->running_mean[1].item<float>(), 0.4, 1e-6);
  EXPECT_NEAR(norm->running_var[1].item<float>(), 1.7, 1e-6);
  EXPECT_EQ(norm->num_batches_tracked.item<int64_t>(), 1);
  norm->eval();
  EXPECT_NEAR(norm(x)[0][0].item<float>(), (1 - 0.2) / std::sqrt(1.1 + 1e-5), 1e-6);
  EXPECT_EQ(norm->num_batches_tracked.item<int64_t>(), 1);
}

TEST(ParityNorm, BatchNormHasParametersAndBuffers) {
  torch::nn::BatchNorm2d norm(3);
  EXPECT_EQ(norm->named_parameters().keys(), (std::vector<std::string>{"weight", "bias"}));
  EXPECT_EQ(norm->named_buffers().keys(),
            (std::vector<std::string>{"running_mean", "running_var", "num_batches_tracked"}));
  EXPECT_TRUE(torch::equal(norm->weight, torch::ones(3)));
  torch::nn::BatchNorm2d bare(torch::nn::BatchNorm2dOptions(3).affine(false).track_running_stats(false));
  EXPECT_FALSE(bare->weight.defined());
  EXPECT_FALSE(bare->running_mean.defined());
}

TEST(ParityNorm, BatchNormRefusesOneValueAndOtherDims) {
  torch::nn::BatchNorm1d norm(2);
  EXPECT_ANY_THROW(norm(torch::zeros({1, 2})));
  EXPECT_ANY_THROW(norm(torch::zeros({2, 2, 2, 2})));
  EXPECT_ANY_THROW(torch::nn::BatchNorm2d(2)(torch::zeros({2, 2})));
}

TEST(ParityNorm, FunctionsAreTheLayers) {
  const torch::Tensor x = wave({3, 4, 5});
  EXPECT_TRUE(torch::allclose(F::layer_norm(x, F::LayerNormFuncOptions({5})), torch::layer_norm(x, {5})));
  EXPECT_TRUE(torch::allclose(F::group_norm(x, F::GroupNormFuncOptions(2)), torch::group_norm(x, 2)));
  EXPECT_TRUE(torch::allclose(F::instance_norm(x), torch::group_norm(x, 4)));
  const torch::Tensor y = F::batch_norm(x, {}, {}, F::BatchNormFuncOptions().training(true));
  EXPECT_NEAR(y.mean().item<double>(), 0, 1e-12);
  EXPECT_NEAR(y.square().mean().item<double>(), 1, 1e-4);
}

TEST(ParityNorm, LayerNormHasAWeightOfItsShape) {
  torch::nn::LayerNorm norm(torch::nn::LayerNormOptions({2, 3}));
  EXPECT_EQ(norm->weight.sizes(), (std::vector<int64_t>{2, 3}));
  const torch::Tensor y = norm(torch::arange(12, torch::kFloat).view({2, 2, 3}));
  EXPECT_NEAR(y[0][0][0].item<float>(), -1.4638, 1e-4);
  EXPECT_ANY_THROW(norm(torch::zeros({3, 2})));
}

TEST(ParityNorm, ALeNetTrains) {
  torch::manual_seed(1);
  torch::nn::Sequential net(torch::nn::Conv2d(1, 4, 3), torch::nn::BatchNorm2d(4), torch::nn::ReLU(),
                            torch::nn::MaxPool2d(2), torch::nn::Flatten(), torch::nn::Linear(36, 2));
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  const torch::Tensor x = torch::randn({8, 1, 8, 8}), y = torch::tensor({0, 1, 0, 1, 0, 1, 0, 1}, torch::kLong);
  float first = 0, last = 0;
  for (int i = 0; i < 20; ++i) {
    optimizer.zero_grad();
    const torch::Tensor loss = torch::nn::functional::cross_entropy(net->forward(x), y);
    loss.backward();
    optimizer.step();
    (i == 0 ? first : last) = loss.item<float>();
  }
  EXPECT_LT(last, first / 4);
}

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
