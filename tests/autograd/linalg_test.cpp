// Linear algebra beyond its samples (registry/linalg.cpp): ill-conditioned and singular matrices, where derivatives
// end, NumPy's numbers, and matrices that stand in a batch.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <new>

#include <tapegrad/testing.h>

#include "sanitizers.h"

namespace tapegrad::test {
namespace {

const Tensor singular = tensor({{1.0, 2.0, 0.0}, {2.0, 4.0, 1.0}, {3.0, 6.0, 5.0}}, kDouble);

Tensor hilbert(std::int64_t n) {
  const Tensor i = arange(1, n + 1, kDouble);
  return 1 / (i.unsqueeze(0) + i.unsqueeze(1) - 1);
}
double largest(const Tensor& x) { return x.abs().max().item<double>(); }

// Hilbert's matrices of 2 to 10 rows have condition numbers up to 1.6e13: x is off by eps times that, b hardly at all.
TEST(Linalg, SolvesIllConditionedSystemsUpToTheirCondition) {
  const double eps = std::numeric_limits<double>::epsilon();
  for (std::int64_t n = 2; n <= 10; ++n) {
    const Tensor a = hilbert(n), ones_ = ones({n, 1}, kDouble), b = matmul(a, ones_), s = linalg::svdvals(a);
    const double condition = (s[0] / s[n - 1]).item<double>(), size = static_cast<double>(n);
    const Tensor by_lu = linalg::solve(a, b), by_cholesky = cholesky_solve(b, linalg::cholesky(a));
    for (const Tensor& x : {by_lu, by_cholesky, std::get<0>(linalg::lstsq(a, b, 0))}) {
      EXPECT_LE(largest(x - ones_), size * eps * condition) << n;
      EXPECT_LE(largest(matmul(a, x) - b), size * eps * largest(b) * 4) << n;
    }
  }
}

TEST(Linalg, FactorsGiveTheMatrixBack) {
  manual_seed(1);
  for (const auto& [m, n] : {std::pair{7, 7}, {30, 9}, {9, 30}}) {
    const Tensor a = randn({3, m, n}, kDouble);
    const auto [q, r] = linalg::qr(a);
    EXPECT_LE(largest(matmul(q, r) - a), 1e-14);
    EXPECT_LE(largest(matmul(q.transpose(1, 2), q) - eye(q.size(2), kDouble)), 1e-14);
    EXPECT_EQ(largest(r.tril(-1)), 0);
    EXPECT_TRUE(q.is_contiguous() && r.is_contiguous());
    const Tensor square = matmul(a, a.transpose(1, 2));
    const auto [w, v] = linalg::eigh(square);
    EXPECT_LE(largest(matmul(v * w.unsqueeze(-2), v.transpose(1, 2)) - square), 1e-12);
    EXPECT_TRUE((w.slice(1, 1) >= w.slice(1, 0, -1)).all().item<bool>());
  }
  const auto [q, r] = linalg::qr(ones({4, 2}), "complete");
  EXPECT_TENSOR_NEAR(matmul(q, q.t()), eye(4), 1e-6);
  EXPECT_EQ(r.sizes(), IntList({4, 2}));
  EXPECT_EQ(std::get<0>(linalg::qr(ones({4, 2}), "r")).numel(), 0);
}

// A matrix gives the same bits alone as in a batch, whatever place it has there.
TEST(Linalg, OfABatchIsThatOfEachMatrix) {
  manual_seed(2);
  const Tensor a = randn({4, 5, 5}), spd = matmul(a, a.transpose(1, 2)) + eye(5);
  for (std::int64_t i = 0; i < 4; ++i) {
    EXPECT_TENSOR_EQ(linalg::inv(a)[i], linalg::inv(a[i]));
    EXPECT_TENSOR_EQ(linalg::cholesky(spd)[i], linalg::cholesky(spd[i]));
    EXPECT_TENSOR_EQ(linalg::det(a)[i], linalg::det(a[i]));
    EXPECT_TENSOR_EQ(std::get<1>(linalg::qr(a))[i], std::get<1>(linalg::qr(a[i])));
    EXPECT_TENSOR_EQ(std::get<1>(linalg::eigh(spd))[i], std::get<1>(linalg::eigh(spd[i])));
    EXPECT_TENSOR_EQ(linalg::svdvals(a)[i], linalg::svdvals(a[i]));
  }
}

// numpy.linalg.lstsq([[1, 1], [1, 2], [1, 3], [1, 4]], [6, 5, 7, 10])
TEST(Linalg, LstsqHasTheNumbersOfNumPy) {
  const Tensor a = tensor({{1.0, 1.0}, {1.0, 2.0}, {1.0, 3.0}, {1.0, 4.0}}, kDouble),
               b = tensor({6.0, 5.0, 7.0, 10.0}, kDouble);
  const auto [x, rest, rank, none] = linalg::lstsq(a, b);
  EXPECT_TENSOR_NEAR(x, tensor({3.5, 1.4}, kDouble), 1e-14);
  EXPECT_TENSOR_NEAR(rest, tensor(4.2, kDouble), 1e-13);
  EXPECT_EQ(rank.item<std::int64_t>(), 2);
  EXPECT_EQ(none.numel(), 0);
  EXPECT_TENSOR_NEAR(linalg::svdvals(a), tensor({5.779378813233887, 0.773809106397227}, kDouble), 1e-14);
  // The shortest of many, of numpy.linalg.lstsq(ones((3, 2)), [1, 2, 6]): nothing is left over that counts.
  const auto [shortest, left, one, empty_] = linalg::lstsq(ones({3, 2}, kDouble), tensor({1.0, 2.0, 6.0}, kDouble));
  EXPECT_TENSOR_NEAR(shortest, tensor({1.5, 1.5}, kDouble), 1e-14);
  EXPECT_EQ(left.numel(), 0);
  EXPECT_EQ(one.item<std::int64_t>(), 1);
}

TEST(Linalg, DetOfASingularMatrixHasTheCofactorsAsGradient) {
  const Tensor a = singular.clone().requires_grad_();
  linalg::det(a).backward();
  EXPECT_TENSOR_NEAR(a.grad(), tensor({{14.0, -7.0, 0.0}, {-10.0, 5.0, 0.0}, {2.0, -1.0, 0.0}}, kDouble), 1e-13);
  const auto det = [](const TensorList& in) { return linalg::det(in[0]); };
  EXPECT_GRADIENTS_OK(det, {a});
  EXPECT_SECOND_GRADIENTS_OK(det, {a});
}

TEST(Linalg, GradientsEndWhereMathematicsEnds) {
  const Tensor a = eye(3, kDouble).requires_grad_();
  linalg::eigvalsh(a).square().sum().backward();
  EXPECT_TENSOR_NEAR(a.grad(), 2 * eye(3, kDouble), 1e-14);
  EXPECT_TRUE(autograd::grad({std::get<1>(linalg::eigh(a)).sum()}, {a})[0].isnan().any().item<bool>());
  const Tensor b = singular.clone().requires_grad_();
  EXPECT_THROW(std::get<1>(linalg::slogdet(b)).backward(), ValueError);
  const Tensor c = zeros({2, 3}, kDouble).requires_grad_();
  linalg::svdvals(c).sum().backward();
  EXPECT_TRUE(c.grad().isfinite().all().item<bool>());
}

// Of the matrix alone, whose other triangle is not read: symmetric, as PyTorch has it.
TEST(Linalg, GradientsOfSymmetricMatricesAreSymmetric) {
  const Tensor a = tensor({{4.0, 1.0, 0.5}, {1.0, 3.0, -1.0}, {0.5, -1.0, 5.0}}, kDouble).requires_grad_();
  linalg::cholesky(a).square().mul(arange(9, kDouble).view({3, 3})).sum().backward();
  EXPECT_TENSOR_NEAR(a.grad(), a.grad().t(), 1e-14);
  const auto halves = [](const TensorList& in) {
    const Tensor x = (in[0] + in[0].t()) / 2;
    const auto [w, v] = linalg::eigh(x);
    return linalg::cholesky(x).sum() + (matmul(v * w.exp(), v.t()) * linalg::inv(x)).sum();
  };
  EXPECT_GRADIENTS_OK(halves, {a});
  EXPECT_SECOND_GRADIENTS_OK(halves, {a});
}

TEST(Linalg, AFailedCallChangesNothing) {
  const Tensor a = tensor({{1.0, 2.0}, {2.0, 1.0}}, kDouble).requires_grad_(), before = a.detach().clone();
  EXPECT_THROW(linalg::cholesky(a), ValueError);
  EXPECT_TENSOR_EQ(a.detach(), before);
  EXPECT_EQ(a.version(), 0);
  EXPECT_FALSE(a.grad().defined());
  EXPECT_TENSOR_NEAR(linalg::solve(a, ones({2}, kDouble)).detach(), full({2}, 1 / 3.0, kDouble), 1e-15);
}

// In a process of its own, which may take 150 MB more, and what the tests before gave back: the factors fit, Eigen's
// copy of the matrix beside them does not. 0: as it should be; 2: the limit does not hold here.
int solve_with_little_memory() {
  const Tensor a = eye(4000, kDouble), b = ones({4000, 1}, kDouble);
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t limit = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + (std::size_t{150} << 20);
  const rlimit wanted{limit, limit};
  if (pages == 0 || setrlimit(RLIMIT_AS, &wanted) != 0) return 2;
  if (void* block = std::malloc(std::size_t{1} << 30); block != nullptr) return std::free(block), 2;
  try {
    linalg::solve(a, b);
    return 1;
  } catch (const std::bad_alloc&) {
    return largest(linalg::inv(eye(4, kDouble)) - eye(4, kDouble)) == 0 ? 0 : 3;
  }
}
TEST(Linalg, ThrowsBadAllocWhereADecompositionHasNoMemory) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer takes more addresses than that";
  const pid_t child = fork();
  if (child == 0) _exit(solve_with_little_memory());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << status;
  if (WEXITSTATUS(status) == 2) GTEST_SKIP() << "no limit on memory here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Linalg, NanGivesNanWhereNothingIsCompared) {
  const Tensor a = tensor({{1.0, std::nan("")}, {std::nan(""), 1.0}}, kDouble);
  EXPECT_TRUE(linalg::solve(a, ones({2}, kDouble)).isnan().any().item<bool>());
  EXPECT_TRUE(std::get<1>(linalg::qr(a)).isnan().any().item<bool>());
  EXPECT_TRUE(linalg::det(a).isnan().item<bool>());
}

TEST(Linalg, InFloatIsTheRoundedResultOfDouble) {
  manual_seed(3);
  const Tensor a = randn({6, 6}), wide = a.to(kDouble);
  EXPECT_TENSOR_EQ(std::get<0>(linalg::qr(a)), std::get<0>(linalg::qr(wide)).to(kFloat));
  EXPECT_TENSOR_EQ(linalg::svdvals(a), linalg::svdvals(wide).to(kFloat));
}

// Whatever stood in the bytes of its result.
TEST(Linalg, SlogdetReadsNothingOfItsResult) {
  const Tensor a = eye(2, kDouble) * 3;
  {
    std::vector<Tensor> dropped;
    for (int k = 0; k < 8; ++k) dropped.push_back(full({}, std::nan(""), kDouble));
  }
  EXPECT_DOUBLE_EQ(std::get<1>(linalg::slogdet(a)).item<double>(), 2 * std::log(3.0));
}

}  // namespace
}  // namespace tapegrad::test
