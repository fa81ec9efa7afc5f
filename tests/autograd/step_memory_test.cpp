// How much memory a training step holds at most: what the pools have taken after some steps is its peak.
#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include "autograd/core/pool.h"
#include "memory.h"
#include "sanitizers.h"

namespace tapegrad::test {
namespace {

struct Mlp : nn::Module {
  nn::Linear fc1 = register_module("fc1", nn::Linear(784, 512));
  nn::Linear fc2 = register_module("fc2", nn::Linear(512, 512));
  nn::Linear fc3 = register_module("fc3", nn::Linear(512, 10));
  Tensor forward(const Tensor& x) { return fc3(relu(fc2(relu(fc1(x))))); }
};

TEST(StepMemory, OfAnMlpIsParametersGradientsStateAndSavedValues) {
  if (kSanitized || !malloc_is_counted()) GTEST_SKIP() << "the heap is not watched here";
  constexpr std::int64_t kBatch = 128;
  const Tensor x = randn({kBatch, 784}), target = randint(10, {kBatch});
  Mlp model;
  optim::SGD optimizer(model.parameters(), optim::SGDOptions(1e-3).momentum(0.9));
  nn::CrossEntropyLoss loss_fn;
  // What earlier tests and the initialisation left is taken first, so that all that the step takes is new.
  std::vector<Tensor> cached;
  for (const std::int64_t kib : {5, 20, 40, 256, 392, 1024, 1568})
    for (int i = 0; i < 100; ++i) cached.push_back(empty({kib * 256}));
  const std::int64_t before = living_bytes();
  for (int i = 0; i < 4; ++i) {
    optimizer.zero_grad();
    auto loss = loss_fn(model.forward(x), target);
    loss.backward();
    optimizer.step();
  }
  std::int64_t parameters = 0;
  for (const Tensor& p : model.parameters()) parameters += p.numel();
  const std::int64_t saved = x.numel() + kBatch * (512 + 512 + 10);  // inputs of the layers, log-probabilities
  const double must = 4.0 * static_cast<double>(3 * parameters + saved);
  const double held = static_cast<double>(living_bytes() - before + 4 * (parameters + x.numel()));
  EXPECT_GE(held, 0.9 * must);  // else something was not watched
  EXPECT_LE(held, 1.1 * must) << "held: " << held << ", must be held: " << must;
}

TEST(StepMemory, OfAConvolutionalNetWithDropoutIsNotAllocatedAnew) {
  if (!malloc_is_counted()) GTEST_SKIP() << "the heap is not watched here";
  const Tensor x = randn({8, 1, 12, 12}), target = randint(10, {8});
  nn::Sequential model{nn::Conv2d(1, 4, 3), nn::BatchNorm2d(4), nn::ReLU(),    nn::MaxPool2d(2),
                       nn::Dropout2d(),     nn::Flatten(),      nn::Dropout(), nn::Linear(100, 10)};
  optim::Adam optimizer(model->parameters());
  nn::CrossEntropyLoss loss_fn;
  const auto steps = [&](int n) {
    for (int i = 0; i < n; ++i) {
      optimizer.zero_grad();
      loss_fn(model->forward(x), target).backward();
      optimizer.step();
    }
  };
  steps(5);
  const std::uint64_t before = allocations();
  steps(20);
  EXPECT_EQ(allocations() - before, 0U);
}

TEST(Pool, ClassesCoverEverySizeWithLittleWaste) {
  using namespace core;
  for (std::size_t bytes = 1; bytes < (std::size_t{1} << 26); bytes += 1 + bytes / 1000) {
    const std::uint8_t c = size_class(bytes);
    ASSERT_LT(c, kPoolClasses) << bytes;
    ASSERT_GE(class_bytes(c), bytes);
    ASSERT_LE(class_bytes(c), bytes + bytes / 8 + kHeaderRoom) << bytes;
    if (c > 0) {
      ASSERT_LT(class_bytes(static_cast<std::uint8_t>(c - 1)), bytes);
    }
  }
  EXPECT_EQ(class_bytes(size_class((std::size_t{1} << 20) + kHeaderRoom)), (std::size_t{1} << 20) + kHeaderRoom);
}

}  // namespace
}  // namespace tapegrad::test
