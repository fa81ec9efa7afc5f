// Pools, a norm and a stack that no other of these tests makes: each gives what its function and its operation give.
#include "layer_case.h"

#include <tapegrad/nn/layers/transformer.h>
#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

namespace F = nn::functional;
using layer_case::printed;

Tensor wave(IntList sizes) {
  std::int64_t n = 1;
  for (const std::int64_t s : sizes) n *= s;
  return arange(n, kDouble).mul(0.7).sin().reshape(sizes);
}
const Tensor kLine = wave({2, 3, 7}), kImage = wave({2, 3, 5, 7}), kVolume = wave({2, 3, 5, 4, 6});

struct Case {
  std::string text;  // as printed
  nn::AnyModule module;
  Tensor x, function, operation;
};

std::vector<Case> pools() {
  const F::AvgPool3dFuncOptions few({2, 3, 2}),
      all(nn::AvgPoolFields<3>{{2, 3, 2}, {1, 2, 3}, {1, 1, 0}, true, false, 5});
  const F::MaxPool3dFuncOptions large(2), far(nn::MaxPoolFields<3>{{2, 1, 3}, {1, 2, 3}, {1, 0, 1}, {2, 1, 1}, true});
  const F::AdaptiveAvgPool1dFuncOptions three(3);
  const F::AdaptiveAvgPool3dFuncOptions body({2, 3, 5});
  const F::AdaptiveMaxPool2dFuncOptions face({2, 3});
  const auto first = [](const auto& pair) { return std::get<0>(pair); };
  return {
      {"nn::AvgPool3d(kernel_size=[2, 3, 2], stride=[2, 3, 2], padding=[0, 0, 0])", nn::AnyModule(nn::AvgPool3d(few)),
       kVolume, F::avg_pool3d(kVolume, few), avg_pool3d(kVolume, {2, 3, 2})},
      {"nn::AvgPool3d(kernel_size=[2, 3, 2], stride=[1, 2, 3], padding=[1, 1, 0])", nn::AnyModule(nn::AvgPool3d(all)),
       kVolume, F::avg_pool3d(kVolume, all), avg_pool3d(kVolume, {2, 3, 2}, {1, 2, 3}, {1, 1, 0}, true, false, 5)},
      {"nn::MaxPool3d(kernel_size=[2, 2, 2], stride=[2, 2, 2], padding=[0, 0, 0], dilation=[1, 1, 1], ceil_mode=false)",
       nn::AnyModule(nn::MaxPool3d(2)), kVolume, F::max_pool3d(kVolume, large), max_pool3d(kVolume, 2)},
      {"nn::MaxPool3d(kernel_size=[2, 1, 3], stride=[1, 2, 3], padding=[1, 0, 1], dilation=[2, 1, 1], ceil_mode=true)",
       nn::AnyModule(nn::MaxPool3d(far)), kVolume, F::max_pool3d(kVolume, far),
       max_pool3d(kVolume, {2, 1, 3}, {1, 2, 3}, {1, 0, 1}, {2, 1, 1}, true)},
      {"nn::AdaptiveAvgPool1d(output_size=3)", nn::AnyModule(nn::AdaptiveAvgPool1d(3)), kLine,
       F::adaptive_avg_pool1d(kLine, three), adaptive_avg_pool1d(kLine, 3)},
      {"nn::AdaptiveAvgPool3d(output_size=[2, 3, 5])", nn::AnyModule(nn::AdaptiveAvgPool3d(body)), kVolume,
       F::adaptive_avg_pool3d(kVolume, body), adaptive_avg_pool3d(kVolume, {2, 3, 5})},
      {"nn::AdaptiveMaxPool2d(output_size=[2, 3])", nn::AnyModule(nn::AdaptiveMaxPool2d(face)), kImage,
       F::adaptive_max_pool2d(kImage, face), first(adaptive_max_pool2d(kImage, {2, 3}))},
      {"nn::AdaptiveMaxPool3d(output_size=[2, 3, 5])", nn::AnyModule(nn::AdaptiveMaxPool3d(body)), kVolume,
       F::adaptive_max_pool3d(kVolume, body), first(adaptive_max_pool3d(kVolume, {2, 3, 5}))},
  };
}

TEST(Pools, GiveWhatTheirFunctionsGive) {
  for (const Case& c : pools()) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(printed(*c.module.ptr()), c.text);
    EXPECT_TENSOR_EQ(c.module.forward(c.x), c.function);
    EXPECT_TENSOR_EQ(c.function, c.operation);
  }
}

TEST(Pools, AreThoseOfPyTorch) {
  using layer_case::expect_layer;
  const F::AvgPool2dFuncOptions ceiled =
      F::AvgPool2dFuncOptions({2, 3}).stride(2).padding(1).ceil_mode(true).count_include_pad(false);
  expect_layer(
      "avg_pool_2", {{1, 2, 5, 6}}, "nn::AvgPool2d(kernel_size=[2, 3], stride=[2, 2], padding=[1, 1])",
      [&](const Tensor& x) { return F::avg_pool2d(x, ceiled); }, nn::AvgPool2d(ceiled));
  const F::AvgPool2dFuncOptions third = F::AvgPool2dFuncOptions(2).divisor_override(3);
  expect_layer(
      "avg_pool_divisor", {{1, 2, 5, 6}}, "nn::AvgPool2d(kernel_size=[2, 2], stride=[2, 2], padding=[0, 0])",
      [&](const Tensor& x) { return F::avg_pool2d(x, third); }, nn::AvgPool2d(third));
  expect_layer(
      "adaptive_max_1", {{2, 2, 7}}, "nn::AdaptiveMaxPool1d(output_size=3)",
      [](const Tensor& x) { return F::adaptive_max_pool1d(x, F::AdaptiveMaxPool1dFuncOptions(3)); },
      nn::AdaptiveMaxPool1d(3));
}

TEST(Pools, KeepASizeThatIsNotGiven) {
  const nn::AdaptiveAvgPool3dOptions body({2, std::nullopt, 3});
  EXPECT_TENSOR_EQ(nn::AdaptiveAvgPool3d(body)(kVolume), adaptive_avg_pool3d(kVolume, {2, 4, 3}));
  EXPECT_TENSOR_EQ(nn::AdaptiveMaxPool3d(body)(kVolume), std::get<0>(adaptive_max_pool3d(kVolume, {2, 4, 3})));
  const nn::AdaptiveMaxPool2dOptions face({std::nullopt, 3});
  EXPECT_TENSOR_EQ(nn::AdaptiveMaxPool2d(face)(kImage), std::get<0>(adaptive_max_pool2d(kImage, {5, 3})));
}

TEST(Pools, SayWhereTheLargestAre) {
  const auto expect_places = [](auto pool, const Tensor& x) {
    const auto [y, at] = pool->forward_with_indices(x);
    EXPECT_TENSOR_EQ(y, pool(x));
    EXPECT_TENSOR_EQ(x.flatten(2).gather(2, at.flatten(2)).view(y.sizes()), y);
  };
  expect_places(nn::MaxPool3d(nn::MaxPool3dOptions({2, 1, 3})), kVolume);
  expect_places(nn::AdaptiveMaxPool2d(nn::AdaptiveMaxPool2dOptions({2, 3})), kImage);
  expect_places(nn::AdaptiveMaxPool3d(nn::AdaptiveMaxPool3dOptions({2, 3, 5})), kVolume);
}

TEST(InstanceNorm3d, IsThatOfPyTorch) {
  layer_case::expect_golden("instance_norm_3", {{2, 2, 2, 3, 2}, {2}, {2}},
                            [](const Tensor& x, const Tensor& weight, const Tensor& bias) {
                              return F::instance_norm(x, F::InstanceNormFuncOptions().weight(weight).bias(bias)).sin();
                            });
}

// With weights that are not 1 and 0, in training, and by running statistics.
TEST(InstanceNorm3d, GivesWhatItsFunctionGives) {
  const nn::InstanceNorm3d plain(3);
  EXPECT_EQ(printed(plain), "nn::InstanceNorm3d(3, eps=1e-05, momentum=0.1, affine=false, track_running_stats=false)");
  EXPECT_TENSOR_EQ(plain->forward(kVolume), F::instance_norm(kVolume));
  nn::InstanceNorm3d m(nn::InstanceNormOptions(3).eps(1e-3).momentum(0.4).affine(true).track_running_stats(true));
  m->to(kDouble);
  {
    const NoGradGuard no_grad;
    m->weight.copy_(tensor({2.0, -1.0, 0.5}, kDouble));
    m->bias.copy_(tensor({0.5, 0.0, 3.0}, kDouble));
  }
  const Tensor mean = zeros({3}, kDouble), var = ones({3}, kDouble);
  const auto o = F::InstanceNormFuncOptions().weight(m->weight).bias(m->bias).eps(1e-3).momentum(0.4);
  const auto kept = F::InstanceNormFuncOptions(o).running_mean(mean).running_var(var);
  for (int batch = 0; batch < 2; ++batch) EXPECT_TENSOR_EQ(m(kVolume), F::instance_norm(kVolume, kept));
  EXPECT_TENSOR_EQ(m->running_mean, mean);
  EXPECT_TENSOR_EQ(m->running_var, var);
  m->eval();
  EXPECT_TENSOR_EQ(m(kVolume), F::instance_norm(kVolume, F::InstanceNormFuncOptions(kept).use_input_stats(false)));
  EXPECT_TENSOR_EQ(m(kVolume[0]), m(kVolume)[0]);
}

TEST(TransformerDecoder, GivesWhatItsLayersGiveOneAfterTheOther) {
  nn::TransformerDecoderLayer layer(nn::TransformerDecoderLayerOptions(4, 2).dim_feedforward(8).dropout(0));
  const nn::LayerNorm norm(nn::LayerNormOptions({4}).eps(0.1));
  nn::TransformerDecoder decoder(nn::TransformerDecoderOptions(layer, 3).norm(nn::AnyModule(norm)));
  decoder->reset_parameters();  // its layers are not alike then
  decoder->to(kDouble);
  norm->to(kDouble);
  const Tensor memory = wave({5, 2, 4}), tgt_mask = ones({3, 3}).triu(1).to(kBool), memory_mask = wave({3, 5}),
               tgt_padding = tensor({0, 0, 1, 0, 0, 0}, kLong).view({2, 3}).to(kBool),
               memory_padding = tensor({0, 1, 0, 0, 0, 0, 0, 0, 1, 1}, kLong).view({2, 5}).to(kBool);
  Tensor x = wave({3, 2, 4});
  const Tensor y = decoder(x, memory, tgt_mask, memory_mask, tgt_padding, memory_padding);
  for (const auto& l : *decoder->layers) {
    x = l->as<nn::TransformerDecoderLayer>()->forward(x, memory, tgt_mask, memory_mask, tgt_padding, memory_padding);
  }
  EXPECT_TENSOR_EQ(y, norm->forward(x));
  EXPECT_EQ(nn::TransformerDecoder(layer, 2)->layers->size(), 2U);
}

}  // namespace
}  // namespace tapegrad
