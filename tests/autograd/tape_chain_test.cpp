// Depth: chains of millions of operations are recorded, differentiated and dropped on a stack of 256 KiB.
#include <gtest/gtest.h>
#include <pthread.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/tensor.h>

#include "registry.h"
#include "sanitizers.h"

namespace tapegrad::test {
namespace {

// 10,000,000 with TAPEGRAD_TEST_FULL.
int chain_length() { return kSanitized ? 200'000 : run_all_shapes() ? 10'000'000 : 1'000'000; }

void on_a_small_stack(std::function<void()> work) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 256 * 1024), 0);
  pthread_t thread;
  const auto run = [](void* f) -> void* {
    try {
      (*static_cast<std::function<void()>*>(f))();
    } catch (const std::exception& e) {
      ADD_FAILURE() << e.what();
    }
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

TEST(Chain, IsRecordedDifferentiatedAndDropped) {
  const int n = chain_length();
  on_a_small_stack([n] {
    const Tensor x = tensor(1.0, kDouble).requires_grad_();
    Tensor h = x;
    for (int i = 0; i < n; ++i) h = h * (i % 2 == 0 ? 2.0 : 0.5);
    h.backward();
    EXPECT_EQ(x.grad().item<double>(), n % 2 == 0 ? 1.0 : 2.0);
  });
}

TEST(Chain, IsDroppedWithoutABackward) {
  const int n = chain_length();
  on_a_small_stack([n] {
    const Tensor x = tensor(0.5, kDouble).requires_grad_();
    Tensor h = x;
    for (int i = 0; i < n; ++i) h = h + 1;
    EXPECT_EQ(h.item<double>(), n + 0.5);
  });
}

TEST(Chain, IsDroppedAfterARetainingBackward) {
  const int n = chain_length() / 4;
  on_a_small_stack([n] {
    const Tensor x = tensor(0.5, kDouble).requires_grad_(), w = tensor(1.0, kDouble).requires_grad_();
    Tensor h = x;
    for (int i = 0; i < n; ++i) h = h * w;
    h.backward({}, /*retain_graph=*/true);
    EXPECT_EQ(x.grad().item<double>(), 1.0);
    EXPECT_EQ(w.grad().item<double>(), n * 0.5);
  });
}

TEST(Chain, OfSavedOutputsIsDropped) {
  const int n = chain_length() / 4;
  on_a_small_stack([n] {
    const Tensor x = tensor(1.0, kDouble).requires_grad_();
    Tensor h = x;
    for (int i = 0; i < n; ++i) h = tanh(h);
    h.backward();
    EXPECT_GT(x.grad().item<double>(), 0.0);
  });
}

TEST(Chain, OfViewsIsDifferentiatedAndDropped) {
  const int n = chain_length() / 4;
  on_a_small_stack([n] {
    const Tensor x = ones({2, 3}).requires_grad_();
    Tensor h = x;
    for (int i = 0; i < n; ++i) h = h.t();
    h.sum().backward();
    EXPECT_EQ(x.grad().sum().item<float>(), 6.0f);
  });
}

TEST(Chain, OfInPlaceOperationsIsDifferentiatedAndDropped) {
  const int n = chain_length() / 4;
  on_a_small_stack([n] {
    const Tensor x = tensor(1.0, kDouble).requires_grad_();
    const Tensor h = x * 1;
    for (int i = 0; i < n; ++i) h.add_(x);
    h.backward();
    EXPECT_EQ(x.grad().item<double>(), n + 1.0);
  });
}

TEST(Chain, OfACreatedGraphIsDifferentiatedAndDropped) {
  const int n = chain_length() / 10;
  on_a_small_stack([n] {
    const Tensor x = tensor(1.0, kDouble).requires_grad_(), w = tensor(1.0, kDouble).requires_grad_();
    Tensor h = x;
    for (int i = 0; i < n; ++i) h = h * w;
    const Tensor g = autograd::grad({h}, {w}, {}, std::nullopt, /*create_graph=*/true)[0];  // n x w^(n - 1)
    EXPECT_EQ(g.item<double>(), n);
    g.backward();
    EXPECT_EQ(w.grad().item<double>(), static_cast<double>(n) * (n - 1));
    EXPECT_EQ(x.grad().item<double>(), n);
  });
}

struct Step : autograd::Function<Step> {
  static Tensor forward(autograd::AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x + 1;
  }
  static autograd::tensor_list backward(autograd::AutogradContext*, autograd::tensor_list grads) { return grads; }
};

TEST(Chain, OfTheUsersFunctionsIsDifferentiatedAndDropped) {
  const int n = chain_length() / 10;
  on_a_small_stack([n] {
    const Tensor x = tensor(0.0, kDouble).requires_grad_();
    Tensor h = x;
    for (int i = 0; i < n; ++i) h = Step::apply(h);
    h.backward();
    EXPECT_EQ(x.grad().item<double>(), 1.0);
    for (int i = 0; i < n; ++i) h = Step::apply(h);  // dropped unwalked
  });
}

TEST(Chain, ThatHangsOnAGradFnIsDropped) {
  const int n = chain_length() / 10;
  on_a_small_stack([n] {
    std::shared_ptr<GradFn> fn;
    {
      const Tensor x = tensor(1.0, kDouble).requires_grad_();
      Tensor h = x;
      for (int i = 0; i < n; ++i) h = exp(h * 0);
      fn = h.grad_fn();
    }
    fn.reset();
  });
}

// A binary tree of additions and a wide fan: breadth instead of depth.
TEST(Chain, ThatIsWideIsDifferentiatedAndDropped) {
  const int n = chain_length() / 10;
  on_a_small_stack([n] {
    const Tensor x = tensor(1.0, kDouble).requires_grad_();
    std::vector<Tensor> level;
    for (int i = 0; i < n; ++i) level.push_back(x * 3);
    while (level.size() > 1) {
      std::vector<Tensor> next;
      for (std::size_t i = 0; i + 1 < level.size(); i += 2) next.push_back(level[i] + level[i + 1]);
      if (level.size() % 2 == 1) next.push_back(level.back());
      level = std::move(next);
    }
    level[0].backward();
    EXPECT_EQ(x.grad().item<double>(), 3.0 * n);
  });
}

// Backward costs what the gradient reaches, whatever else is alive.
TEST(Backward, CostsTheSameHoweverMuchElseIsAlive) {
  if (kSanitized) GTEST_SKIP() << "a matter of time";
  const Tensor x = ones({4}).requires_grad_();
  const Tensor trunk = exp(x);
  const auto best_of = [&](int rounds) {
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) {
      const auto start = std::chrono::steady_clock::now();
      for (int i = 0; i < 200; ++i) {
        (trunk * trunk).sum().backward({}, /*retain_graph=*/true);
        x.zero_grad();
      }
      best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
  };
  best_of(3);
  const double alone = best_of(15);
  std::vector<Tensor> others;
  for (int i = 0; i < 100'000; ++i) others.push_back((trunk * i).sum());
  const double crowded = best_of(15);
  // Walking 100,000 other nodes would cost a hundredfold; caches may cost some.
  EXPECT_LT(crowded, alone * 5);
}

}  // namespace
}  // namespace tapegrad::test
