// Reductions, order, picks of the largest, and sums along a dim.
#include "tests/parity/parity.h"

namespace {

using Sizes = std::vector<int64_t>;

torch::Tensor grid() { return torch::tensor({{3.0, 1.0, 2.0}, {6.0, 5.0, 4.0}}); }

TEST(Reduce, Sums) {
  EXPECT_TRUE(same(grid().sum(), torch::tensor(21.0)));
  EXPECT_TRUE(same(grid().sum(0), torch::tensor({9.0, 6.0, 6.0})));
  EXPECT_TRUE(same(torch::sum(grid(), 1, /*keepdim=*/true), torch::tensor({{6.0}, {15.0}})));
  EXPECT_TRUE(same(grid().sum(torch::IntArrayRef({0, 1})), torch::tensor(21.0)));
  EXPECT_TRUE(same(grid().sum(-1), torch::tensor({6.0, 15.0})));
  EXPECT_TRUE(same(torch::zeros({0}).sum(), torch::tensor(0.0)));
  EXPECT_THROW(grid().sum(2), c10::Error);
}

TEST(Reduce, Means) {
  EXPECT_TRUE(same(grid().mean(), torch::tensor(3.5)));
  EXPECT_TRUE(same(grid().mean(0), torch::tensor({4.5, 3.0, 3.0})));
  EXPECT_TRUE(same(torch::mean(grid(), {1}, true), torch::tensor({{2.0}, {5.0}})));
  EXPECT_TRUE(std::isnan(torch::zeros({0}).mean().item<float>()));
}

TEST(Reduce, Spreads) {
  const torch::Tensor x = torch::tensor({1.0, 2.0, 4.0});
  EXPECT_TRUE(same(x.var(), torch::tensor(7.0 / 3)));
  EXPECT_TRUE(same(x.var(/*unbiased=*/false), torch::tensor(14.0 / 9)));
  EXPECT_TRUE(same(x.std(), torch::tensor(std::sqrt(7.0 / 3))));
  EXPECT_TRUE(same(torch::std(grid(), 1), torch::tensor({1.0, 1.0})));
  EXPECT_TRUE(same(torch::var(grid(), {0}, /*unbiased=*/true, /*keepdim=*/true), torch::tensor({{4.5, 8.0, 2.0}})));
}

TEST(Reduce, Extremes) {
  EXPECT_TRUE(same(grid().max(), torch::tensor(6.0)));
  EXPECT_TRUE(same(torch::min(grid()), torch::tensor(1.0)));
  const auto [values, indices] = grid().max(1);
  EXPECT_TRUE(same(values, torch::tensor({3.0, 6.0})));
  EXPECT_TRUE(same(indices, torch::tensor({0, 0})));
  EXPECT_TRUE(same(std::get<1>(torch::min(grid(), 0)), torch::tensor({0, 0, 0})));
  EXPECT_TRUE(same(std::get<0>(torch::max(grid(), 1, /*keepdim=*/true)), torch::tensor({{3.0}, {6.0}})));
  EXPECT_TRUE(same(grid().amax(0), torch::tensor({6.0, 5.0, 4.0})));
  EXPECT_TRUE(same(grid().amin(torch::IntArrayRef({0, 1})), torch::tensor(1.0)));
  EXPECT_THROW(torch::zeros({0}).max(), c10::Error);
}

TEST(Reduce, WhereExtremesAre) {
  EXPECT_TRUE(same(grid().argmax(), torch::tensor(3)));
  EXPECT_TRUE(same(grid().argmax(1), torch::tensor({0, 0})));
  EXPECT_TRUE(same(torch::argmin(grid(), 1, /*keepdim=*/true), torch::tensor({{1}, {2}})));
  EXPECT_EQ(grid().argmin().item<int64_t>(), 1);
}

TEST(Reduce, Products) {
  EXPECT_TRUE(same(grid().prod(), torch::tensor(720.0)));
  EXPECT_TRUE(same(grid().prod(0), torch::tensor({18.0, 5.0, 8.0})));
  EXPECT_TRUE(same(torch::prod(grid(), 1, /*keepdim=*/true), torch::tensor({{6.0}, {120.0}})));
}

TEST(Reduce, Truth) {
  const torch::Tensor x = torch::tensor({{true, false}, {true, true}});
  EXPECT_FALSE(x.all().item<bool>());
  EXPECT_TRUE(torch::any(x).item<bool>());
  EXPECT_TRUE(same(x.all(1), torch::tensor({false, true})));
  EXPECT_TRUE(same(x.any(0), torch::tensor({true, true})));
  EXPECT_EQ(torch::count_nonzero(torch::tensor({0, 3, 4})).item<int64_t>(), 2);
}

TEST(Reduce, Norms) {
  const torch::Tensor x = torch::tensor({{3.0, 4.0}, {0.0, 0.0}});
  EXPECT_TRUE(same(x.norm(), torch::tensor(5.0)));
  EXPECT_TRUE(same(x.norm(1), torch::tensor(7.0)));
  EXPECT_TRUE(same(torch::norm(x, 2, /*dim=*/1), torch::tensor({5.0, 0.0})));
  EXPECT_TRUE(same(x.norm(2, {1}, /*keepdim=*/true), torch::tensor({{5.0}, {0.0}})));
  EXPECT_TRUE(same(torch::logsumexp(torch::tensor({{0.0, 0.0}}), 1), torch::tensor({std::log(2.0)})));
}

TEST(Reduce, RunningTotals) {
  const torch::Tensor x = torch::tensor({{1, 2, 3}, {4, 5, 6}});
  EXPECT_TRUE(same(torch::cumsum(x, 1), torch::tensor({{1, 3, 6}, {4, 9, 15}})));
  EXPECT_TRUE(same(x.cumsum(0), torch::tensor({{1, 2, 3}, {5, 7, 9}})));
  EXPECT_TRUE(same(x.cumprod(1), torch::tensor({{1, 2, 6}, {4, 20, 120}})));
}

TEST(Reduce, Sorts) {
  const auto [values, indices] = torch::sort(grid(), 1);
  EXPECT_TRUE(same(values, torch::tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}})));
  EXPECT_TRUE(same(indices, torch::tensor({{1, 2, 0}, {2, 1, 0}})));
  EXPECT_TRUE(same(std::get<0>(grid().sort(0, /*descending=*/true))[0], torch::tensor({6.0, 5.0, 4.0})));
  EXPECT_TRUE(same(torch::argsort(torch::tensor({3, 1, 2})), torch::tensor({1, 2, 0})));
}

TEST(Reduce, TakesTheLargest) {
  const auto [values, indices] = torch::topk(torch::tensor({1.0, 5.0, 3.0}), 2);
  EXPECT_TRUE(same(values, torch::tensor({5.0, 3.0})));
  EXPECT_TRUE(same(indices, torch::tensor({1, 2})));
  EXPECT_TRUE(same(std::get<0>(grid().topk(1, 1, /*largest=*/false)), torch::tensor({{1.0}, {4.0}})));
  EXPECT_TRUE(same(torch::median(torch::tensor({4.0, 1.0, 3.0, 2.0})), torch::tensor(2.0)));
  EXPECT_THROW(torch::topk(torch::ones({2}), 3), c10::Error);
}

TEST(Reduce, Softmaxes) {
  const torch::Tensor x = torch::tensor({{0.0, 0.0}, {1000.0, 0.0}});
  EXPECT_TRUE(same(torch::softmax(x, 1), torch::tensor({{0.5, 0.5}, {1.0, 0.0}})));
  EXPECT_TRUE(same(torch::log_softmax(x, -1), torch::tensor({{-std::log(2.0), -std::log(2.0)}, {0.0, -1000.0}})));
  EXPECT_TRUE(same(x.softmax(0)[1], torch::tensor({1.0, 0.5})));
}

TEST(Reduce, Distances) {
  const torch::Tensor a = torch::tensor({{1.0, 0.0}, {0.0, 2.0}}), b = torch::tensor({{1.0, 0.0}});
  EXPECT_TRUE(same(torch::cdist(a, b), torch::tensor({{0.0}, {std::sqrt(5.0)}})));
  EXPECT_TRUE(same(torch::cosine_similarity(a, b, 1), torch::tensor({1.0, 0.0})));
  EXPECT_TRUE(same(torch::nn::CosineSimilarity()(a, b), torch::tensor({1.0, 0.0})));
  EXPECT_TRUE(same(torch::nn::PairwiseDistance()(a, a + 1), torch::full({2}, std::sqrt(2.0))));
  namespace F = torch::nn::functional;
  EXPECT_TRUE(same(F::normalize(torch::tensor({{3.0, 4.0}}), F::NormalizeFuncOptions().p(2).dim(1)),
                   torch::tensor({{0.6, 0.8}})));
}

}  // namespace
