// t[i], t.index({...}), t.index_put_({...}, value), and what picks by index.
#include "tests/parity/parity.h"

namespace {

using namespace torch::indexing;

torch::Tensor grid() { return torch::arange(12).view({3, 4}); }

TEST(Index, ByANumber) {
  const torch::Tensor x = grid();
  EXPECT_TRUE(same(x[1], torch::tensor({4, 5, 6, 7})));
  EXPECT_TRUE(same(x[-1][0], torch::tensor(8)));
  EXPECT_TRUE(same(x.index({2}), torch::tensor({8, 9, 10, 11})));
  EXPECT_TRUE(same(x.index({1, -1}), torch::tensor(7)));
  EXPECT_THROW(x[3], c10::Error);
  EXPECT_THROW(x.index({0, 0, 0}), c10::Error);
}

TEST(Index, BySlices) {
  const torch::Tensor x = grid();
  EXPECT_TRUE(same(x.index({Slice(2)}), torch::tensor({{8, 9, 10, 11}})));
  EXPECT_TRUE(same(x.index({Slice(1, None), Slice(None, 2)}), torch::tensor({{4, 5}, {8, 9}})));
  EXPECT_TRUE(same(x.index({Slice(), 1}), torch::tensor({1, 5, 9})));
  EXPECT_TRUE(same(x.index({0, Slice(None, None, 2)}), torch::tensor({0, 2})));
  EXPECT_TRUE(same(x.index({Slice(-2, -1)}), torch::tensor({{4, 5, 6, 7}})));
  EXPECT_EQ(sizes(x.index({Slice(2, 1)})), (std::vector<int64_t>{0, 4}));
}

TEST(Index, ByNoneAndDots) {
  const torch::Tensor x = grid();
  EXPECT_EQ(sizes(x.index({None})), (std::vector<int64_t>{1, 3, 4}));
  EXPECT_EQ(sizes(x.index({Slice(), None, 1})), (std::vector<int64_t>{3, 1}));
  EXPECT_TRUE(same(x.index({"...", 0}), torch::tensor({0, 4, 8})));
  EXPECT_TRUE(same(x.index({Ellipsis, 1}), torch::tensor({1, 5, 9})));
  EXPECT_TRUE(same(x.view({3, 2, 2}).index({0, "...", 1}), torch::tensor({1, 3})));
}

TEST(Index, ByTensors) {
  const torch::Tensor x = grid(), rows = torch::tensor({2, 0}), columns = torch::tensor({1, 3});
  EXPECT_TRUE(same(x.index({rows}), torch::tensor({{8, 9, 10, 11}, {0, 1, 2, 3}})));
  EXPECT_TRUE(same(x.index({rows, columns}), torch::tensor({9, 3})));
  EXPECT_TRUE(same(x.index({rows.unsqueeze(1), columns}), torch::tensor({{9, 11}, {1, 3}})));
  EXPECT_TRUE(same(x.index({Slice(), columns}), torch::tensor({{1, 3}, {5, 7}, {9, 11}})));
  EXPECT_TRUE(same(x.index({torch::tensor({-1}), 0}), torch::tensor({8})));
  EXPECT_THROW(x.index({torch::tensor({3})}), c10::Error);
}

TEST(Index, ByMasks) {
  const torch::Tensor x = grid();
  EXPECT_TRUE(same(x.index({x > 8}), torch::tensor({9, 10, 11})));
  EXPECT_TRUE(same(x.index({torch::tensor({true, false, true}), 1}), torch::tensor({1, 9})));
  EXPECT_TRUE(same(torch::masked_select(x, x % 5 == 0), torch::tensor({0, 5, 10})));
  EXPECT_TRUE(same(torch::nonzero(x > 9), torch::tensor({{2, 2}, {2, 3}})));
  EXPECT_THROW(x.index({torch::tensor({true, false})}), c10::Error);
}

TEST(Index, GivesAView) {
  const torch::Tensor x = grid();
  x.index({1, Slice(0, 2)}).zero_();
  EXPECT_TRUE(same(x[1], torch::tensor({0, 0, 6, 7})));
  x.index({torch::tensor({0})}).zero_();  // a copy
  EXPECT_TRUE(same(x[0], torch::tensor({0, 1, 2, 3})));
}

TEST(Index, PutsValues) {
  torch::Tensor x = grid();
  x.index_put_({0, 0}, 50);
  x.index_put_({Slice(1, None), 1}, torch::tensor({60, 70}));
  x.index_put_({torch::tensor({0, 1}), torch::tensor({3, 3})}, torch::tensor({-1, -2}));
  EXPECT_TRUE(same(x, torch::tensor({{50, 1, 2, -1}, {4, 60, 6, -2}, {8, 70, 10, 11}})));
  x.index_put_({x > 9}, 0);
  EXPECT_TRUE(same(x, torch::tensor({{0, 1, 2, -1}, {4, 0, 6, -2}, {8, 0, 0, 0}})));
  x.index_put_({"...", 0}, torch::tensor({7}));
  EXPECT_TRUE(same(x.select(1, 0), torch::tensor({7, 7, 7})));
}

TEST(Index, AccumulatesWhatItPuts) {
  torch::Tensor x = torch::zeros({3});
  const torch::Tensor at = torch::tensor({1, 1, 2});
  x.index_put_({at}, torch::tensor({1.0, 2.0, 3.0}), /*accumulate=*/true);
  EXPECT_TRUE(same(x, torch::tensor({0.0, 3.0, 3.0})));
}

TEST(Index, IsAssignedTo) {
  torch::Tensor x = torch::zeros({2, 3});
  x[0] = torch::tensor({1.0, 2.0, 3.0});
  x[1][2] = 9;
  x.index({1, Slice(0, 2)}) = torch::tensor({5.0, 6.0});
  EXPECT_TRUE(same(x, torch::tensor({{1.0, 2.0, 3.0}, {5.0, 6.0, 9.0}})));
  x.index({Slice(), 1}) = 0;
  EXPECT_TRUE(same(x, torch::tensor({{1.0, 0.0, 3.0}, {5.0, 0.0, 9.0}})));
  torch::Tensor row = x[0];
  row = torch::ones({3});  // another tensor: x stays
  EXPECT_TRUE(same(x[0], torch::tensor({1.0, 0.0, 3.0})));
}

TEST(Index, CopiesIntoParts) {
  torch::Tensor x = torch::zeros({2, 2});
  x.slice(0, 0, 1).copy_(torch::tensor({{1.0, 2.0}}));
  x.narrow(1, 1, 1).add_(1);
  EXPECT_TRUE(same(x, torch::tensor({{1.0, 3.0}, {0.0, 1.0}})));
  EXPECT_THROW(x[0].copy_(torch::ones({3})), c10::Error);
}

TEST(Index, SelectsAlongADim) {
  const torch::Tensor x = grid(), at = torch::tensor({3, 0});
  EXPECT_TRUE(same(x.select(1, 2), torch::tensor({2, 6, 10})));
  EXPECT_TRUE(same(torch::index_select(x, 1, at), torch::tensor({{3, 0}, {7, 4}, {11, 8}})));
  EXPECT_TRUE(same(x.narrow(0, 1, 2), torch::tensor({{4, 5, 6, 7}, {8, 9, 10, 11}})));
  EXPECT_TRUE(same(x.index_select(0, torch::tensor({1}, torch::kInt)), torch::tensor({{4, 5, 6, 7}})));
  EXPECT_THROW(x.index_select(0, torch::tensor({5})), c10::Error);
}

TEST(Index, GathersAndScatters) {
  const torch::Tensor x = grid(), at = torch::tensor({{1}, {0}, {3}});
  EXPECT_TRUE(same(x.gather(1, at), torch::tensor({{1}, {4}, {11}})));
  EXPECT_TRUE(same(torch::zeros({3, 4}, torch::kLong).scatter_(1, at, 1),
                   torch::tensor({{0, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 1}})));
  EXPECT_TRUE(
      same(torch::zeros({2}).scatter_add(0, torch::tensor({1, 1}), torch::ones({2})), torch::tensor({0.0, 2.0})));
  EXPECT_TRUE(same(torch::zeros({2}).index_add(0, torch::tensor({0}, torch::kInt), torch::ones({1})),
                   torch::tensor({1.0, 0.0})));
  EXPECT_TRUE(same(torch::index_fill(x, 1, torch::tensor({0}), 9).select(1, 0), torch::tensor({9, 9, 9})));
}

TEST(Index, FillsByMask) {
  torch::Tensor x = torch::tensor({1.0, -2.0, 3.0});
  EXPECT_TRUE(same(x.masked_fill(x < 0, 0), torch::tensor({1.0, 0.0, 3.0})));
  x.masked_fill_(x > 2, -1);
  EXPECT_TRUE(same(x, torch::tensor({1.0, -2.0, -1.0})));
}

TEST(Index, OfABytesMask) {
  const torch::Tensor x = torch::tensor({1, 2, 3}), mask = torch::tensor({1, 0, 1}, torch::kByte);
  EXPECT_TRUE(same(x.index({mask}), torch::tensor({1, 3})));
  EXPECT_TRUE(same(x.index({mask.to(torch::kBool)}), torch::tensor({1, 3})));
}

TEST(Index, TypesAreNamed) {
  const std::vector<TensorIndex> where = {0, Slice(1, 3)};
  EXPECT_TRUE(same(grid().index(where), torch::tensor({1, 2})));
  torch::Tensor x = grid();
  x.index_put_(where, 0);
  EXPECT_TRUE(same(x[0], torch::tensor({0, 0, 0, 3})));
  EXPECT_EQ(sizes(grid().index({true})), (std::vector<int64_t>{1, 3, 4}));
}

TEST(Index, HasGradients) {
  const torch::Tensor x = torch::ones({3}, torch::requires_grad());
  (x.index({torch::tensor({0, 0, 2})}) * torch::tensor({1.0, 2.0, 3.0})).sum().backward();
  EXPECT_TRUE(same(x.grad(), torch::tensor({3.0, 0.0, 3.0})));
  torch::Tensor y = torch::zeros({2, 2});
  const torch::Tensor v = torch::tensor({2.0, 3.0}, torch::requires_grad());
  y.index_put_({Slice(), 0}, v * v);
  y.sum().backward();
  EXPECT_TRUE(same(v.grad(), torch::tensor({4.0, 6.0})));
}

}  // namespace
