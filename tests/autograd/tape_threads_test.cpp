// Threads: any number of graphs in any number of threads, tensors handed between them, leaves shared by all.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/random.h>
#include <tapegrad/autograd/tensor.h>
#include <tapegrad/autograd/threads.h>

#include "memory.h"
#include "tests/common/this_program.h"

namespace tapegrad::test {
namespace {

using Doubles = std::vector<double>;

void in_threads(int n, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i)
    threads.emplace_back([&work, i] {
      try {
        work(i);
      } catch (const std::exception& e) {
        ADD_FAILURE() << e.what();
      }
    });
  for (std::thread& t : threads) t.join();
}

// A queue between two threads.
class Channel {
 public:
  void send(Tensor x) {
    std::unique_lock<std::mutex> lock(mutex_);
    room_.wait(lock, [&] { return queue_.size() < 64; });
    queue_.push_back(std::move(x));
    filled_.notify_one();
  }
  Tensor receive() {
    std::unique_lock<std::mutex> lock(mutex_);
    filled_.wait(lock, [&] { return !queue_.empty(); });
    Tensor x = std::move(queue_.front());
    queue_.pop_front();
    room_.notify_one();
    return x;
  }

 private:
  std::mutex mutex_;
  std::condition_variable room_, filled_;
  std::deque<Tensor> queue_;
};

std::vector<float> train(int seed) {
  Generator generator(static_cast<std::uint64_t>(seed));
  std::vector<float> data(64);
  for (float& v : data) v = generator.uniform_float();
  const Tensor x = tensor(data).view({16, 4}), target = x.sum(1).gt(2).to(kLong);
  const Tensor w = full({2, 4}, 0.1f).requires_grad_(), b = zeros({2}).requires_grad_();
  for (int step = 0; step < 50; ++step) {
    cross_entropy(linear(tanh(x), w, b), target).backward();
    const NoGradGuard off;
    for (const Tensor* p : {&w, &b}) {
      p->sub_(p->grad(), 0.5);
      p->zero_grad();
    }
  }
  return w.to_vector<float>();
}

TEST(Threads, TrainSideBySideWithTheSameBits) {
  std::vector<std::vector<float>> alone, together(4);
  for (int i = 0; i < 4; ++i) alone.push_back(train(i));
  in_threads(4, [&](int i) {
    for (int round = 0; round < 3; ++round) together[static_cast<std::size_t>(i)] = train(i);
  });
  EXPECT_EQ(alone, together);
}

TEST(Threads, MayExtendDifferentiateAndDropAGraphInTurn) {
  const Tensor x = tensor({1.0, 2.0}, kDouble).requires_grad_();
  Tensor h;
  std::thread([&] { h = x * 2; }).join();
  std::thread([&] { h = h * h; }).join();
  Tensor loss;
  std::thread([&] { loss = h.sum(); }).join();
  std::thread([&] { loss.backward({}, /*retain_graph=*/true); }).join();
  EXPECT_EQ(x.grad().to_vector<double>(), (Doubles{8, 16}));
  std::thread([&] { loss.reset(); }).join();
  std::thread([&] { h.reset(); }).join();
  EXPECT_EQ((x * 3).sum().item<double>(), 9.0);
}

TEST(Threads, RecordInOrderWhateverTheirClocks) {
  // A graph begun in a thread that has recorded much, continued in one that has recorded nothing, and the other way.
  const Tensor x = tensor({1.0, 2.0}, kDouble).requires_grad_();
  for (const bool busy_first : {true, false}) {
    x.zero_grad();
    Tensor h;
    const auto busy = [&](const Tensor& in) {
      for (int i = 0; i < 1000; ++i) (in * 2).sum();
      return in * 3;
    };
    std::thread([&] { h = busy_first ? busy(x) : x * 3; }).join();
    std::thread([&] { h = busy_first ? h * h + h : busy(h) * h + h; }).join();
    std::thread([&] { (h + x * 3).sum().backward(); }).join();
    const Doubles want =
        busy_first ? Doubles{2 * 9 * 1 + 3 + 3, 2 * 9 * 2 + 3 + 3} : Doubles{6 * 9 * 1 + 6, 6 * 9 * 2 + 6};
    EXPECT_EQ(x.grad().to_vector<double>(), want);
  }
}

TEST(Threads, ShareLeavesAndTheirGradientsAddUp) {
  const Tensor w = ones({64}, kDouble).requires_grad_();
  const int threads = 4, rounds = 200;
  in_threads(threads, [&](int i) {
    for (int round = 0; round < rounds; ++round) (w * (i + 1)).sum().backward();
  });
  EXPECT_EQ(w.grad().to_vector<double>(), Doubles(64, rounds * (1 + 2 + 3 + 4)));
}

TEST(Threads, ShareManyLeavesInDifferentOrders) {
  std::vector<Tensor> leaves;
  for (int i = 0; i < 8; ++i) leaves.push_back(ones({16}, kDouble).requires_grad_());
  const int rounds = 100;
  in_threads(4, [&](int t) {
    for (int round = 0; round < rounds; ++round) {
      Tensor sum = zeros({16}, kDouble);
      for (std::size_t i = 0; i < 8; ++i) {
        const std::size_t k = t % 2 == 0 ? i : 7 - i;
        sum = sum + leaves[k] * static_cast<double>(k);
      }
      sum.sum().backward();
    }
  });
  for (std::size_t i = 0; i < 8; ++i)
    EXPECT_EQ(leaves[i].grad().to_vector<double>(), Doubles(16, 4.0 * rounds * static_cast<double>(i)));
}

TEST(Threads, DifferentiateByGradOverSharedLeaves) {
  const Tensor w = full({32}, 2.0, kDouble).requires_grad_();
  std::atomic<int> wrong{0};
  in_threads(4, [&](int) {
    for (int round = 0; round < 1000; ++round) {
      const Tensor g = autograd::grad({(w * w * w).sum()}, {w}, {}, std::nullopt, true)[0];
      const Tensor h = autograd::grad({g.sum()}, {w})[0];
      if (g.to_vector<double>() != Doubles(32, 12.0) || h.to_vector<double>() != Doubles(32, 12.0)) ++wrong;
    }
  });
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_FALSE(w.grad().defined());
}

struct Inner : autograd::Function<Inner> {
  static Tensor forward(autograd::AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * x;
  }
  static autograd::tensor_list backward(autograd::AutogradContext* ctx, autograd::tensor_list grads) {
    const AutoGradMode on(true);
    const Tensor x = ctx->get_saved_variables()[0].detach().requires_grad_();
    return autograd::grad({x * x}, {x}, {grads[0]});
  }
};

TEST(Threads, CallBackwardInsideBackwardSideBySide) {
  const Tensor w = ones({8}, kDouble).requires_grad_();
  const int rounds = 100;
  in_threads(4, [&](int) {
    for (int round = 0; round < rounds; ++round) Inner::apply(Inner::apply(w * 1)).sum().backward();  // d w^4 = 4
  });
  EXPECT_EQ(w.grad().to_vector<double>(), Doubles(8, 4.0 * 4 * rounds));
}

TEST(Threads, HaveAGradModeEach) {
  const NoGradGuard off;
  bool enabled = false;
  std::thread([&] {
    enabled = is_grad_enabled();
    set_grad_enabled(false);
  }).join();
  EXPECT_TRUE(enabled);
  bool after = false;
  std::thread([&] { after = is_grad_enabled(); }).join();
  EXPECT_TRUE(after);
}

TEST(Threads, HaveAGeneratorEach) {
  manual_seed(5);
  std::vector<float> other, again;
  std::thread([&] {
    manual_seed(5);
    other = rand({4}).to_vector<float>();
    rand({100});
  }).join();
  EXPECT_EQ(rand({4}).to_vector<float>(), other);
}

TEST(Threads, StayFlatFromProducerToConsumer) {
  Channel channel;
  const Tensor w = ones({8}).requires_grad_();
  const int warm = 500, items = kSanitized ? 1000 : 10000;
  std::int64_t living = 0, resident = 0;
  std::thread consumer([&] {
    for (int i = 0; i < warm + items; ++i) {
      if (i == warm) {
        living = living_bytes();
        resident = resident_bytes();
      }
      channel.receive().backward();  // and dropped here
      w.zero_grad();
    }
  });
  for (int i = 0; i < warm + items; ++i) channel.send((exp(w * 2) * ones({8})).sum());
  consumer.join();
  EXPECT_LE(living_bytes() - living, 256 * 1024);  // a leak would be a megabyte or more
  if (!kSanitized) {
    EXPECT_LE(resident_bytes() - resident, 1024 * 1024);
  }
}

TEST(Threads, StayFlatWhenTheyComeAndGo) {
  const Tensor w = ones({8}).requires_grad_();
  const auto once = [&] {
    std::thread([&] {
      for (int i = 0; i < 20; ++i) exp(w * 2).sum().backward();
      rand({8});
    }).join();
    w.zero_grad();
  };
  for (int i = 0; i < 50; ++i) once();
  const std::int64_t living = living_bytes(), resident = resident_bytes();
  const int threads = kSanitized ? 100 : 500;
  for (int i = 0; i < threads; ++i) once();
  EXPECT_LE(living_bytes() - living, threads * 64);
  if (!kSanitized && test::emulator().empty()) {  // an emulator keeps something for each thread
    EXPECT_LE(resident_bytes() - resident, 1024 * 1024);
  }
}

TEST(Threads, ThatOnlyFreeLeaveNothingBehind) {
  const auto once = [] {
    std::vector<Tensor> made;
    const Tensor w = ones({8}).requires_grad_();
    for (int i = 0; i < 100; ++i) made.push_back(exp(w));
    std::thread([moved = std::move(made)]() mutable { moved.clear(); }).join();
  };
  for (int i = 0; i < 20; ++i) once();
  const std::int64_t living = living_bytes();
  const int rounds = kSanitized ? 40 : 200;
  for (int i = 0; i < rounds; ++i) once();
  EXPECT_LE(living_bytes() - living, rounds * 1024) << "a hundred tensors of 200 bytes would be 20,000 each";
}

TEST(Threads, MayBeOutlivedByTheirTensors) {
  Tensor loss;
  Tensor w;
  std::thread([&] {
    w = tensor({1.0, 2.0}, kDouble).requires_grad_();
    loss = (exp(w) * w).sum();
  }).join();
  loss.backward();
  EXPECT_TRUE(w.grad().defined());
  std::thread([moved = std::move(loss), leaf = w]() mutable { moved.reset(); }).join();
  EXPECT_EQ(w.to_vector<double>(), (Doubles{1, 2}));
}

TEST(Threads, MayHoldTensorsOfTheirOwnUntilTheyEnd) {
  const Tensor w = ones({4}).requires_grad_();
  for (int i = 0; i < 4; ++i)
    std::thread([&] {
      thread_local Tensor kept;  // dies with the thread, after or before the pools
      thread_local std::vector<Tensor> more;
      kept = exp(w * 2);
      for (int k = 0; k < 10; ++k) more.push_back(kept * k);
    }).join();
  EXPECT_EQ(w.to_vector<float>(), (std::vector<float>{1, 1, 1, 1}));
}

// Alive until the program ends: destroyed after main() returns, in a static destructor.
Tensor& a_static_tensor() {
  static Tensor kept = ones({3}).requires_grad_();
  return kept;
}
Tensor global_graph = exp(ones({3}).requires_grad_());  // made before main()

TEST(StaticTensors, WorkBeforeAndAfterMain) {
  EXPECT_TRUE(global_graph.requires_grad());
  global_graph.sum().backward({}, /*retain_graph=*/true);
  (a_static_tensor() * 2).sum().backward();
  EXPECT_EQ(a_static_tensor().grad().to_vector<float>(), (std::vector<float>{2, 2, 2}));
}

// A vjp copies a saved value while its last handle ends in another thread.
TEST(Threads, DropHandlesWhileABackwardReadsTheirValues) {
  for (int round = 0; round < (kSanitized ? 100 : 1000); ++round) {
    const Tensor x = ones({16}).requires_grad_();
    Tensor h = exp(x);
    Tensor g = h * h;
    const Tensor loss = (g * h).sum();
    std::atomic<bool> go{false};
    std::thread dropper([&, dying = std::vector<Tensor>{std::move(h), std::move(g)}]() mutable {
      while (!go.load()) {
      }
      dying.clear();
    });
    go = true;
    loss.backward({}, std::nullopt, /*create_graph=*/round % 2 == 0);
    dropper.join();
    ASSERT_NEAR(x.grad()[0].item<float>(), 3 * std::exp(3.0f), 1e-3);
    x.zero_grad();
  }
}

TEST(Threads, ReadOneTensorTogether) {
  const Tensor x = arange(0, 1000, 1.0);
  const Tensor xt = x.view({10, 100}).t();
  std::atomic<int> wrong{0};
  in_threads(4, [&](int) {
    for (int i = 0; i < 200; ++i)
      if (xt.sum().item<float>() != 499500.0f || (x + x)[999].item<float>() != 1998.0f) ++wrong;
  });
  EXPECT_EQ(wrong.load(), 0);
}

TEST(NumberOfThreads, IsAtLeastOne) {
  const int before = get_num_threads();
  EXPECT_GE(before, 1);
  set_num_threads(3);
  EXPECT_EQ(get_num_threads(), 3);
  EXPECT_THROW(set_num_threads(0), Error);
  EXPECT_THROW(set_num_threads(-2), Error);
  EXPECT_EQ(get_num_threads(), 3);
  set_num_threads(before);
}

}  // namespace
}  // namespace tapegrad::test
