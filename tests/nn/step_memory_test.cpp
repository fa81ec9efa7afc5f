// Training steps that ask for no memory once they run.
#include <tapegrad/testing.h>

#include "tests/common/heap.h"

#if TAPEGRAD_TEST_COUNTS_HEAP

namespace tapegrad {
namespace {

using namespace nn;

void expect_no_allocation(const char* name, Sequential model, IntList sizes) {
  const Tensor x = randn(sizes);
  optim::Adam optimizer(model->parameters());
  const auto steps = [&](int n) {
    for (int i = 0; i < n; ++i) {
      optimizer.zero_grad();
      model->forward(x).square().mean().backward();
      optimizer.step();
    }
  };
  steps(5);
  const long before = test::allocations;
  steps(20);
  EXPECT_EQ(test::allocations - before, 0) << name;
}

// Others do: recurrent layers, attention, embeddings, padding, Upsample, PixelShuffle, Unflatten.
TEST(SteadyStep, OfLayersIsNotAllocatedAnew) {
  const Conv2dOptions strided = Conv2dOptions(2, 4, 3).groups(2).stride(2).padding(1).dilation(2);
  const InstanceNormOptions tracked = InstanceNormOptions(3).affine(true).track_running_stats(true);
  expect_no_allocation("linear", Sequential(Linear(6, 4), GELU(), Dropout(), Linear(4, 3), LogSoftmax(-1)), {5, 6});
  expect_no_allocation("SELU", Sequential(Linear(6, 4), SELU(), AlphaDropout(), PReLU(), Mish(), Softplus()), {5, 6});
  expect_no_allocation("1d", Sequential(Conv1d(2, 4, 3), BatchNorm1d(4), ELU(), MaxPool1d(2), AvgPool1d(2)),
                       {3, 2, 12});
  expect_no_allocation("2d", Sequential(Conv2d(strided), BatchNorm2d(4), SiLU(), AdaptiveAvgPool2d(2)), {3, 2, 9, 9});
  expect_no_allocation("3d", Sequential(Conv3d(1, 2, 2), BatchNorm3d(2), ReLU(), MaxPool3d(2), AvgPool3d(2)),
                       {2, 1, 9, 9, 9});
  expect_no_allocation("adaptive", Sequential(Conv2d(2, 3, 1), AdaptiveMaxPool2d(3), Unfold(2)), {3, 2, 5, 6});
  expect_no_allocation("transposed 1d", Sequential(ConvTranspose1d(2, 3, 3), InstanceNorm1d(tracked), Tanh()),
                       {2, 2, 5});
  expect_no_allocation("transposed 2d", Sequential(ConvTranspose2d(2, 3, 3), InstanceNorm2d(tracked), Sigmoid()),
                       {2, 2, 4, 5});
  expect_no_allocation("transposed 3d", Sequential(ConvTranspose3d(1, 3, 2), InstanceNorm3d(tracked)), {1, 1, 3, 3, 2});
  expect_no_allocation("LayerNorm", Sequential(LayerNorm(LayerNormOptions({4})), Softmax(-1)), {5, 3, 4});
  expect_no_allocation("GroupNorm", Sequential(GroupNorm(2, 4), LeakyReLU()), {3, 4, 5});
}

TEST(SteadyStep, OfALeNetIsNotAllocatedAnew) {
  expect_no_allocation("LeNet",
                       Sequential(Conv2d(1, 6, 5), ReLU(), MaxPool2d(2), Conv2d(6, 16, 5), ReLU(), MaxPool2d(2),
                                  Flatten(), Linear(256, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10)),
                       {2, 1, 28, 28});
}

}  // namespace
}  // namespace tapegrad

#endif
