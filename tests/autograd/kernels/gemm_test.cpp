#include "autograd/kernels/gemm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "autograd/kernels/parallel.h"
#include "tests/autograd/kernels/targets.h"

namespace tapegrad::kernels {
namespace {

// A matrix of values that lies in memory by two strides; what lies between them is NaN, so that reading it shows.
template <class T>
struct Matrix {
  int64_t row, col;
  std::vector<T> memory;
  int64_t origin = 0;
  const T* data() const { return memory.data() + origin; }
  T at(int64_t i, int64_t j) const { return data()[i * row + j * col]; }
};

enum class Layout { kRows, kCols, kPaddedRows, kSteppedCols, kBackwards, kOneRow, kOneCol, kOneValue };
constexpr Layout kLayouts[] = {Layout::kRows,      Layout::kCols,   Layout::kPaddedRows, Layout::kSteppedCols,
                               Layout::kBackwards, Layout::kOneRow, Layout::kOneCol,     Layout::kOneValue};
constexpr Layout kDistinctLayouts[] = {Layout::kRows, Layout::kCols, Layout::kPaddedRows, Layout::kSteppedCols,
                                       Layout::kBackwards};

template <class T>
Matrix<T> make_matrix(int64_t rows, int64_t cols, Layout layout, unsigned seed) {
  Matrix<T> m{0, 0, {}};
  int64_t size = 0;
  switch (layout) {
    case Layout::kRows:
      m.row = cols, m.col = 1, size = rows * cols;
      break;
    case Layout::kCols:
      m.row = 1, m.col = rows, size = rows * cols;
      break;
    case Layout::kPaddedRows:
      m.row = cols + 3, m.col = 1, size = rows * (cols + 3);
      break;
    case Layout::kSteppedCols:
      m.row = 2 * cols + 1, m.col = 2, size = rows * (2 * cols + 1);
      break;
    case Layout::kBackwards:
      m.row = -cols, m.col = -1, size = rows * cols, m.origin = size - 1;
      break;
    case Layout::kOneRow:
      m.row = 0, m.col = 1, size = cols;
      break;
    case Layout::kOneCol:
      m.row = 1, m.col = 0, size = rows;
      break;
    case Layout::kOneValue:
      size = 1;
      break;
  }
  if (size == 0) m.origin = 0;
  m.memory.assign(static_cast<size_t>(size), std::numeric_limits<T>::quiet_NaN());
  uint32_t random = seed;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < cols; ++j) {
      random = random * 1664525 + 1013904223;  // Numerical Recipes' generator: far faster than <random> unoptimised
      const double value = static_cast<double>(random) / 0x1p31 - 1;
      m.memory[static_cast<size_t>(m.origin + i * m.row + j * m.col)] = static_cast<T>(value);
    }
  }
  return m;
}

constexpr int64_t kPad = 2;  // columns of C beyond n, which must stay as they are

template <class T>
struct Result {
  int64_t n;
  std::vector<T> memory;
  T at(int64_t i, int64_t j) const { return memory[static_cast<size_t>(i * (n + kPad) + j)]; }
  bool operator==(const Result& other) const {
    return memory.size() == other.memory.size() &&
           (memory.empty() || std::memcmp(memory.data(), other.memory.data(), memory.size() * sizeof(T)) == 0);
  }
};

template <class T>
T start_value(int64_t i) {
  return static_cast<T>(i % 7) - 3;
}

template <class T>
Result<T> product(int64_t m, int64_t n, int64_t k, const Matrix<T>& a, const Matrix<T>& b, bool accumulate = false,
                  const T* bias = nullptr) {
  Result<T> c{n, std::vector<T>(static_cast<size_t>(m * (n + kPad)))};
  for (size_t i = 0; i < c.memory.size(); ++i) c.memory[i] = start_value<T>(static_cast<int64_t>(i));
  gemm(m, n, k, a.data(), a.row, a.col, b.data(), b.row, b.col, c.memory.data(), n + kPad, accumulate, bias);
  return c;
}

template <class T>
void check(int64_t m, int64_t n, int64_t k, Layout layout_a, Layout layout_b, bool accumulate, bool with_bias) {
  const auto a = make_matrix<T>(m, k, layout_a, 1);
  const auto b = make_matrix<T>(k, n, layout_b, 2);
  const auto bias = make_matrix<T>(1, n, Layout::kRows, 3);
  const auto c = product(m, n, k, a, b, accumulate, with_bias ? bias.data() : nullptr);
  const long double eps = std::numeric_limits<T>::epsilon();
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n + kPad; ++j) {
      const T start = start_value<T>(i * (n + kPad) + j);
      if (j >= n) {
        ASSERT_EQ(c.at(i, j), start) << "beyond the last column, row " << i;
        continue;
      }
      long double want = accumulate ? start : 0, size = std::abs(want);
      for (int64_t p = 0; p < k; ++p) {
        const long double term = static_cast<long double>(a.at(i, p)) * b.at(p, j);
        want += term;
        size += std::abs(term);
      }
      if (with_bias) want += bias.at(0, j), size += std::abs(bias.at(0, j));
      const long double error = std::abs(c.at(i, j) - want);
      ASSERT_TRUE(error <= (4 + std::sqrt(static_cast<long double>(k))) * eps * size)
          << m << " x " << n << " x " << k << ", layouts " << static_cast<int>(layout_a) << " and "
          << static_cast<int>(layout_b) << ": C[" << i << ", " << j << "] = " << c.at(i, j) << ", not " << want;
    }
  }
}

// Every test runs once per SIMD target of this machine.
class Gemm : public testing::TestWithParam<Target> {
 protected:
  void TearDown() override { set_num_threads(threads_); }
  const OnTarget on_{GetParam()};
  int threads_ = num_threads();
};

INSTANTIATE_TEST_SUITE_P(Targets, Gemm, testing::ValuesIn(targets_here()),
                         [](const auto& target) { return std::string(name_of(target.param)); });

TEST_P(Gemm, MatchesTheTripleLoopAtEdgeSizes) {
  const int64_t sizes[] = {0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 129, 257, 300};
  std::mt19937 random(7);
  const auto pick = [&] { return sizes[random() % std::size(sizes)]; };
  for (int round = 0; round < 300; ++round) {
    int64_t m = pick(), n = pick(), k = pick();
    while (m * n * k > 300'000) (m > n && m > k ? m : n > k ? n : k) /= 2;
    const auto layout_a = kLayouts[random() % 8], layout_b = kLayouts[random() % 8];
    const bool accumulate = random() % 2 != 0, with_bias = random() % 2 != 0;
    if (round % 2 != 0) {
      check<float>(m, n, k, layout_a, layout_b, accumulate, with_bias);
    } else {
      check<double>(m, n, k, layout_a, layout_b, accumulate, with_bias);
    }
    if (HasFatalFailure()) return;
  }
}

TEST_P(Gemm, MatchesTheTripleLoopForEverySmallSize) {
  for (int64_t m = 0; m <= 19; ++m) {
    for (int64_t n = 0; n <= 35; n += m % 2 + 1) {
      check<float>(m, n, 5, Layout::kRows, Layout::kRows, false, false);
      check<double>(m, n, 5, Layout::kCols, Layout::kCols, true, true);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(Gemm, MatchesTheTripleLoopForEveryPairOfLayouts) {
  for (const Layout layout_a : kLayouts) {
    for (const Layout layout_b : kLayouts) {
      check<float>(33, 65, 37, layout_a, layout_b, true, true);
      check<double>(33, 65, 37, layout_a, layout_b, false, false);
      check<float>(1, 70, 90, layout_a, layout_b, false, true);
      check<float>(70, 1, 90, layout_a, layout_b, true, false);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(Gemm, MatchesTheTripleLoopWhenCutInBlocks) {
  check<float>(130, 67, 301, Layout::kRows, Layout::kCols, false, true);
  check<float>(65, 260, 257, Layout::kCols, Layout::kRows, true, false);
  check<float>(600, 5, 500, Layout::kRows, Layout::kCols, false, true);
  check<float>(3, 1000, 400, Layout::kRows, Layout::kSteppedCols, true, true);
  check<double>(70, 260, 129, Layout::kCols, Layout::kCols, false, true);
  for (const int64_t n : {2, 3, 5, 6, 9, 12, 13}) {
    check<float>(7, n, 2100, Layout::kRows, Layout::kCols, true, true);
    check<double>(6, n, 1100, Layout::kCols, Layout::kRows, false, true);
  }
}

TEST_P(Gemm, StaysWithinTheBoundOfLongOneSidedSums) {
  for (const int64_t k : {17, 100, 256, 784, 5000, 40'000, 300'000, 1'100'000}) {
    const float value = 0.1f;
    float c[2] = {};
    gemm<float>(1, 2, k, &value, 0, 0, &value, 0, 0, c, 2, false, nullptr);
    const double want = static_cast<double>(value) * value * static_cast<double>(k);
    EXPECT_LE(std::abs(c[1] - want) / want, (4 + std::sqrt(static_cast<double>(k))) * 0x1p-23) << "k = " << k;
  }
}

template <class T>
void expect_same_bits_for_every_layout(int64_t m, int64_t n, int64_t k) {
  const auto want = product(m, n, k, make_matrix<T>(m, k, Layout::kRows, 1), make_matrix<T>(k, n, Layout::kRows, 2));
  for (const Layout layout_a : kDistinctLayouts) {
    for (const Layout layout_b : kDistinctLayouts) {
      const auto c = product(m, n, k, make_matrix<T>(m, k, layout_a, 1), make_matrix<T>(k, n, layout_b, 2));
      EXPECT_TRUE(c == want) << m << " x " << n << " x " << k << ", layouts " << static_cast<int>(layout_a) << " and "
                             << static_cast<int>(layout_b);
    }
  }
}

TEST_P(Gemm, GivesTheSameBitsForAnyStrides) {
  const int64_t shapes[][3] = {{4, 4, 4},     {1, 50, 70},    {50, 1, 70},   {17, 10, 300}, {65, 100, 77},
                               {130, 33, 90}, {100, 70, 600}, {2, 300, 520}, {9, 5, 2100},  {10, 12, 300}};
  for (const auto& shape : shapes) {
    expect_same_bits_for_every_layout<float>(shape[0], shape[1], shape[2]);
    expect_same_bits_for_every_layout<double>(shape[0], shape[1], shape[2]);
  }
}

TEST_P(Gemm, GivesTheSameBitsAtAnyThreadCount) {
  const int64_t shapes[][3] = {{128, 512, 100}, {300, 10, 784}, {10, 784, 300}, {1, 3000, 700}, {520, 130, 40}};
  for (const auto& [m, n, k] : shapes) {
    const auto a = make_matrix<float>(m, k, Layout::kRows, 1);
    const auto b = make_matrix<float>(k, n, Layout::kCols, 2);
    set_num_threads(1);
    const auto want = product(m, n, k, a, b);
    for (const int threads : {2, 3, 4, 7}) {
      set_num_threads(threads);
      EXPECT_TRUE(product(m, n, k, a, b) == want) << threads << " threads, " << m << " x " << n << " x " << k;
    }
  }
}

TEST_P(Gemm, GivesTheSameBitsForAPartOfTheRows) {
  const int64_t m = 200, k = 300;
  const auto a = make_matrix<float>(m, k, Layout::kRows, 1);
  for (const int64_t n : {1, 5, 10, 90}) {
    const auto b = make_matrix<float>(k, n, Layout::kRows, 2);
    const auto whole = product(m, n, k, a, b);
    for (const int64_t rows : {1, 3, 50}) {
      const auto part = product(rows, n, k, a, b);
      for (int64_t i = 0; i < rows; ++i) {
        for (int64_t j = 0; j < n; ++j)
          ASSERT_EQ(part.at(i, j), whole.at(i, j)) << n << " columns, " << rows << " rows";
      }
    }
  }
}

TEST_P(Gemm, PropagatesNanAndInfinity) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const int64_t n : {1, 10, 40}) {
    auto a = make_matrix<float>(9, 20, Layout::kRows, 1);
    auto b = make_matrix<float>(20, n, Layout::kCols, 2);
    a.memory[3 * 20 + 4] = std::nanf("");
    a.memory[5 * 20 + 19] = infinity;
    a.memory[6 * 20 + 7] = infinity;
    for (int64_t j = 0; j < n; ++j)
      b.memory[static_cast<size_t>(j * 20 + 19)] = 1, b.memory[static_cast<size_t>(j * 20 + 7)] = 0;
    const auto c = product<float>(9, n, 20, a, b);
    for (int64_t j = 0; j < n; ++j) {
      EXPECT_TRUE(std::isfinite(c.at(2, j)));
      EXPECT_TRUE(std::isnan(c.at(3, j)));
      EXPECT_EQ(c.at(5, j), infinity);
      EXPECT_TRUE(std::isnan(c.at(6, j)));
    }
  }
}

TEST_P(Gemm, WithNothingToSumGivesZeroOrWhatWasThere) {
  const float bias[] = {1, 2};
  float c[] = {5, std::nanf(""), 7, 8};
  gemm<float>(2, 2, 0, nullptr, 0, 0, nullptr, 0, 0, c, 2, false, nullptr);
  EXPECT_EQ(c[1], 0);
  gemm<float>(2, 2, 0, nullptr, 0, 0, nullptr, 0, 0, c, 2, true, bias);
  gemm<float>(2, 2, 0, nullptr, 0, 0, nullptr, 0, 0, c, 2, true, nullptr);
  EXPECT_EQ(c[2], 1);
  EXPECT_EQ(c[3], 2);
  gemm<float>(0, 2, 3, nullptr, 3, 1, nullptr, 2, 1, nullptr, 2, false, bias);
  gemm<float>(2, 0, 3, nullptr, 3, 1, nullptr, 0, 1, nullptr, 0, false, bias);
}

TEST_P(Gemm, RunsInManyThreadsAtOnce) {
  const int64_t m = 128, n = 256, k = 64;
  const auto a = make_matrix<float>(m, k, Layout::kRows, 1);
  const auto b = make_matrix<float>(k, n, Layout::kCols, 2);
  const auto want = product(m, n, k, a, b);
  bool same[4] = {};
  std::vector<std::thread> threads;
  for (bool& result : same) {
    threads.emplace_back([&] {
      result = true;
      for (int i = 0; i < 5; ++i) result = result && product(m, n, k, a, b) == want;
    });
  }
  for (auto& thread : threads) thread.join();
  for (const bool result : same) EXPECT_TRUE(result);
}

}  // namespace
}  // namespace tapegrad::kernels
