// A captured step may hold vmap: the whole batches are what it replays.
#include <tapegrad/testing.h>

namespace tapegrad {
namespace {

TEST(Capture, ReplaysTheGradientsOfSamples) {
  manual_seed(0);
  nn::Linear model(3, 1);
  const auto fn = [&](const Tensor& x, const Tensor& y) {
    auto per_sample = autograd::functional::vmap([&](const Tensor& in, const Tensor& target) {
      return autograd::grad({mse_loss(model(in).tanh(), target)}, model->parameters());
    });
    const autograd::tensor_list g = per_sample(x, y);
    return cat({g[0].flatten(1), g[1]}, 1);
  };
  auto captured = capture(fn);
  for (int call = 0; call < 6; ++call) {
    const Tensor x = randn({8, 3}), y = randn({8, 1});
    const Tensor want = fn(x, y);
    EXPECT_TENSOR_EQ(captured(x, y), want);
  }
  EXPECT_GT(captured.stats().replayed, 0);
}

}  // namespace
}  // namespace tapegrad
