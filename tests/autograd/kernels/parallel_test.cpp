#include "autograd/kernels/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace tapegrad::kernels {
namespace {

class ParallelFor : public testing::Test {
 protected:
  void TearDown() override { set_num_threads(before_); }
  int before_ = num_threads();
};

using Chunk = std::pair<int64_t, int64_t>;

std::set<Chunk> chunks_of(int64_t n, int64_t grain) {
  std::vector<Chunk> seen(64);
  std::atomic<size_t> count{0};
  parallel_for(n, grain, [&](int64_t begin, int64_t end) noexcept { seen[count.fetch_add(1)] = {begin, end}; });
  return {seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(count.load())};
}

TEST_F(ParallelFor, VisitsEveryIndexOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    set_num_threads(threads);
    for (const int64_t n : {0, 1, 2, 99, 100, 101, 1000}) {
      std::vector<std::atomic<int>> visits(static_cast<size_t>(n));
      parallel_for(n, 10, [&](int64_t begin, int64_t end) noexcept {
        for (int64_t i = begin; i < end; ++i) visits[static_cast<size_t>(i)].fetch_add(1, std::memory_order_relaxed);
      });
      for (const auto& visit : visits) ASSERT_EQ(visit.load(), 1);
    }
  }
}

TEST_F(ParallelFor, CutsTheSameChunksAtAnyThreadCount) {
  const std::set<Chunk> want = {{0, 30}, {30, 60}, {60, 90}, {90, 95}};
  for (const int threads : {1, 2, 4}) {
    set_num_threads(threads);
    EXPECT_EQ(chunks_of(95, 30), want);
  }
  EXPECT_EQ(chunks_of(30, 30), (std::set<Chunk>{{0, 30}}));
}

TEST_F(ParallelFor, RunsOneChunkOnTheCaller) {
  set_num_threads(4);
  std::thread::id ran;
  parallel_for(5, 5, [&](int64_t, int64_t) noexcept { ran = std::this_thread::get_id(); });
  EXPECT_EQ(ran, std::this_thread::get_id());
}

TEST_F(ParallelFor, UsesSeveralThreads) {
  set_num_threads(2);
  const auto caller = std::this_thread::get_id();
  std::atomic<bool> helped{false};
  // The caller holds its chunk until another thread takes one.
  parallel_for(2, 1, [&](int64_t, int64_t) noexcept {
    if (std::this_thread::get_id() != caller) helped = true;
    while (!helped) std::this_thread::yield();
  });
  EXPECT_TRUE(helped);
}

TEST_F(ParallelFor, NeverUsesMoreThreadsThanWanted) {
  set_num_threads(4);
  parallel_for(100, 1, [](int64_t, int64_t) noexcept { std::this_thread::yield(); });
  set_num_threads(2);
  std::atomic<int> inside{0}, most{0};
  for (int round = 0; round < 50; ++round) {
    parallel_for(20, 1, [&](int64_t, int64_t) noexcept {
      const int now = inside.fetch_add(1) + 1;
      for (int seen = most.load(); now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      std::this_thread::yield();
      inside.fetch_sub(1);
    });
  }
  EXPECT_LE(most.load(), 2);
}

TEST_F(ParallelFor, RunsANestedLoopOnItsOwnThread) {
  set_num_threads(3);
  std::atomic<int> elsewhere{0}, total{0};
  parallel_for(6, 1, [&](int64_t, int64_t) noexcept {
    const auto outer = std::this_thread::get_id();
    parallel_for(8, 2, [&](int64_t begin, int64_t end) noexcept {
      if (std::this_thread::get_id() != outer) ++elsewhere;
      total += static_cast<int>(end - begin);
    });
  });
  EXPECT_EQ(elsewhere.load(), 0);
  EXPECT_EQ(total.load(), 48);
}

TEST_F(ParallelFor, ServesManyUserThreadsAtOnce) {
  set_num_threads(3);
  std::atomic<int64_t> wrong{0};
  std::vector<std::thread> users;
  for (int user = 0; user < 4; ++user) {
    users.emplace_back([&] {
      for (int round = 0; round < 500; ++round) {
        std::atomic<int64_t> sum{0};
        parallel_for(40, 4, [&](int64_t begin, int64_t end) noexcept {
          for (int64_t i = begin; i < end; ++i) sum.fetch_add(i, std::memory_order_relaxed);
        });
        if (sum.load() != 780) ++wrong;
      }
    });
  }
  for (auto& user : users) user.join();
  EXPECT_EQ(wrong.load(), 0);
}

TEST_F(ParallelFor, ShowsTheCallerWhatTheBodiesWrote) {
  std::vector<int64_t> values(1000);
  for (int64_t round = 1; round < 300; ++round) {
    set_num_threads(static_cast<int>(round % 4) + 1);
    parallel_for(1000, 50, [&](int64_t begin, int64_t end) noexcept {
      for (int64_t i = begin; i < end; ++i) values[static_cast<size_t>(i)] += i;
    });
    ASSERT_EQ(values[999], 999 * round);
    ASSERT_EQ(values[1], round);
  }
}

#ifdef __SSE__
TEST_F(ParallelFor, GivesWorkersTheFloatingPointModeOfTheCaller) {
  set_num_threads(4);
  const unsigned before = _mm_getcsr();
  for (const unsigned flush : {0x8000u, 0u}) {
    _mm_setcsr((before & ~0x8000u) | flush);
    std::atomic<int> different{0};
    parallel_for(64, 1, [&](int64_t, int64_t) noexcept {
      if ((_mm_getcsr() & 0x8000u) != flush) ++different;
      std::this_thread::yield();
    });
    EXPECT_EQ(different.load(), 0);
  }
  _mm_setcsr(before);
}
#endif

TEST_F(ParallelFor, TakesAConstBody) {
  std::atomic<int> calls{0};
  const auto body = [&](int64_t, int64_t) noexcept { ++calls; };
  parallel_for(10, 1, body);
  EXPECT_EQ(calls.load(), 10);
}

TEST(NumThreads, IsAtLeastOneAndCanBeSet) {
  const int before = num_threads();
  EXPECT_GE(before, 1);
  set_num_threads(5);
  EXPECT_EQ(num_threads(), 5);
  set_num_threads(before);
}

}  // namespace
}  // namespace tapegrad::kernels
