// Groups of lines that run block by block.
#include "tests/capture/twins.h"

namespace tapegrad::tests {
namespace {

// A sum that joins a group is put together of its blocks.
TEST(Capture, AddsUpBlockByBlock) {
  const int threads = get_num_threads();
  for (const Dtype dtype : {kFloat, kDouble})
    for (const std::int64_t n : {1025, 2048, 5000, 32768, 32769, 70001, 300000, 2200000}) {
      const auto body = [](const Tensor& x, const Tensor& y) {
        const Tensor a = x * y, b = a.tanh();
        return std::vector<Tensor>{a.sum(),
                                   b.mean(),
                                   mse_loss(a, b),
                                   mse_loss(a, b, kSum),
                                   (a + b).sum({0}, true),
                                   b.reshape({1, -1}).mean(-1),
                                   b * 2};
      };
      auto step = capture(body);
      for (int i = 0; i < 5; ++i) {
        set_num_threads(i == 3 ? 1 : 2);
        const Tensor x = randn({n}, dtype), y = randn({n}, dtype);
        EXPECT_TRUE(same_bytes(body(x, y), step(x, y))) << n;
      }
      EXPECT_EQ(step.stats().replayed, 2);
      EXPECT_NE(step.text().find("1 groups"), std::string::npos) << step.text();
    }
  set_num_threads(threads);
}

TEST(Capture, GivesSumsToWhatFollows) {
  Tensor w = randn({3000}).requires_grad_(), v = w.detach().clone().requires_grad_();
  const auto body = [](const Tensor& p, const Tensor& x) {
    p.zero_grad();
    const Tensor total = (p * x).sum(), scaled = (p * total).tanh();
    scaled.square().mean().add(total * total).backward();
    const NoGradGuard no_grad;
    p.sub_(p.grad() * 0.01);
    return total;
  };
  auto step = capture([&](const Tensor& x) { return body(v, x); });
  for (int i = 0; i < 8; ++i) {
    const Tensor x = randn({3000}).mul(0.01);
    EXPECT_TRUE(same_bytes(body(w, x), step(x)));
    EXPECT_TRUE(same_bytes(w.detach(), v.detach()));
  }
  EXPECT_EQ(step.stats().replayed, 5);
}

}  // namespace
}  // namespace tapegrad::tests
