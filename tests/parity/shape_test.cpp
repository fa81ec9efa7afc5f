// Shapes: views, copies in another order, tensors put together and taken apart.
#include "tests/parity/parity.h"

namespace {

using Sizes = std::vector<int64_t>;

torch::Tensor grid() { return torch::arange(6).view({2, 3}); }

TEST(Shape, IsRead) {
  const torch::Tensor x = torch::zeros({2, 3, 4});
  EXPECT_EQ(x.dim(), 3);
  EXPECT_EQ(x.ndimension(), 3);
  EXPECT_EQ(x.numel(), 24);
  EXPECT_EQ(x.size(1), 3);
  EXPECT_EQ(x.size(-1), 4);
  EXPECT_EQ(x.stride(0), 12);
  EXPECT_EQ(x.strides().vec(), (Sizes{12, 4, 1}));
  EXPECT_THROW(x.size(3), c10::Error);
  EXPECT_TRUE(x.sizes() == torch::IntArrayRef({2, 3, 4}));
}

TEST(Shape, IsViewed) {
  const torch::Tensor x = grid();
  EXPECT_TRUE(same(x.view({3, 2}), torch::tensor({{0, 1}, {2, 3}, {4, 5}})));
  EXPECT_EQ(sizes(x.view({-1})), (Sizes{6}));
  EXPECT_EQ(sizes(x.view(-1)), (Sizes{6}));
  EXPECT_EQ(sizes(x.view_as(torch::zeros({1, 6}))), (Sizes{1, 6}));
  EXPECT_THROW(x.view({4}), std::exception);
  EXPECT_THROW(x.t().view({6}), c10::Error);
  EXPECT_THROW(x.view({-1, -1}), std::exception);
}

TEST(Shape, IsReshaped) {
  EXPECT_TRUE(same(grid().t().reshape({6}), torch::tensor({0, 3, 1, 4, 2, 5})));
  EXPECT_TRUE(same(torch::reshape(grid(), {3, -1}), grid().view({3, 2})));
  EXPECT_EQ(sizes(torch::flatten(torch::zeros({2, 3, 4}), 1)), (Sizes{2, 12}));
  EXPECT_EQ(sizes(torch::zeros({2, 3, 4}).flatten()), (Sizes{24}));
  EXPECT_EQ(sizes(torch::zeros({2, 3, 4}).flatten(0, 1)), (Sizes{6, 4}));
}

TEST(Shape, IsTransposed) {
  const torch::Tensor x = torch::zeros({2, 3, 4});
  EXPECT_TRUE(same(grid().t(), torch::tensor({{0, 3}, {1, 4}, {2, 5}})));
  EXPECT_EQ(sizes(x.transpose(0, 2)), (Sizes{4, 3, 2}));
  EXPECT_EQ(sizes(x.permute({2, 0, 1})), (Sizes{4, 2, 3}));
  EXPECT_EQ(sizes(x.transpose(-1, -2)), (Sizes{2, 4, 3}));
  EXPECT_EQ(sizes(torch::swapaxes(x, 0, 1)), (Sizes{3, 2, 4}));
  EXPECT_EQ(sizes(torch::movedim(x, 0, 2)), (Sizes{3, 4, 2}));
}

TEST(Shape, IsContiguousOrNot) {
  const torch::Tensor x = grid().t();
  EXPECT_FALSE(x.is_contiguous());
  EXPECT_TRUE(x.contiguous().is_contiguous());
  EXPECT_TRUE(grid().contiguous().is_contiguous());
  EXPECT_TRUE(same(x.contiguous(), x));
  const torch::Tensor y = grid();
  EXPECT_TRUE(y.contiguous().is_same(y));
}

TEST(Shape, GainsAndLosesDims) {
  const torch::Tensor x = torch::zeros({2, 1, 3});
  EXPECT_EQ(sizes(x.unsqueeze(0)), (Sizes{1, 2, 1, 3}));
  EXPECT_EQ(sizes(x.unsqueeze(-1)), (Sizes{2, 1, 3, 1}));
  EXPECT_EQ(sizes(x.squeeze()), (Sizes{2, 3}));
  EXPECT_EQ(sizes(x.squeeze(1)), (Sizes{2, 3}));
  EXPECT_EQ(sizes(x.squeeze(0)), (Sizes{2, 1, 3}));
  EXPECT_THROW(x.unsqueeze(5), c10::Error);
}

TEST(Shape, Expands) {
  const torch::Tensor x = torch::tensor({{1}, {2}});
  EXPECT_TRUE(same(x.expand({2, 3}), torch::tensor({{1, 1, 1}, {2, 2, 2}})));
  EXPECT_EQ(sizes(x.expand({4, -1, -1})), (Sizes{4, 2, 1}));
  EXPECT_TRUE(same(x.expand_as(torch::zeros({2, 2})), torch::tensor({{1, 1}, {2, 2}})));
  EXPECT_EQ(sizes(torch::broadcast_to(x, {2, 5})), (Sizes{2, 5}));
  EXPECT_EQ(sizes(torch::broadcast_tensors({x, torch::zeros({3})})[1]), (Sizes{2, 3}));
  EXPECT_THROW(x.expand({3, 3}), c10::Error);
}

TEST(Shape, Repeats) {
  const torch::Tensor x = torch::tensor({1, 2});
  EXPECT_TRUE(same(x.repeat({2}), torch::tensor({1, 2, 1, 2})));
  EXPECT_TRUE(same(x.repeat({2, 1}), torch::tensor({{1, 2}, {1, 2}})));
  EXPECT_TRUE(same(torch::repeat_interleave(x, 2), torch::tensor({1, 1, 2, 2})));
  EXPECT_TRUE(same(x.repeat_interleave(torch::tensor({1, 3})), torch::tensor({1, 2, 2, 2})));
  EXPECT_TRUE(same(torch::tile(x, {2}), torch::tensor({1, 2, 1, 2})));
}

TEST(Shape, Joins) {
  const torch::Tensor x = torch::tensor({{1, 2}}), y = torch::tensor({{3, 4}});
  EXPECT_TRUE(same(torch::cat({x, y}), torch::tensor({{1, 2}, {3, 4}})));
  EXPECT_TRUE(same(torch::cat({x, y}, 1), torch::tensor({{1, 2, 3, 4}})));
  EXPECT_TRUE(same(torch::concat({x, y}, -1), torch::tensor({{1, 2, 3, 4}})));
  EXPECT_EQ(sizes(torch::stack({x, y})), (Sizes{2, 1, 2}));
  EXPECT_EQ(sizes(torch::stack({x, y}, -1)), (Sizes{1, 2, 2}));
  EXPECT_TRUE(same(torch::vstack({x, y}), torch::tensor({{1, 2}, {3, 4}})));
  EXPECT_TRUE(same(torch::hstack({x, y}), torch::tensor({{1, 2, 3, 4}})));
  std::vector<torch::Tensor> list = {x, y, x};
  EXPECT_EQ(sizes(torch::cat(list, 0)), (Sizes{3, 2}));
  EXPECT_THROW(torch::cat({x, torch::zeros({1, 3})}), c10::Error);
  EXPECT_THROW(torch::stack({x, torch::zeros({2})}), c10::Error);
}

TEST(Shape, Splits) {
  const torch::Tensor x = torch::arange(7);
  const auto parts = x.split(3);
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_TRUE(same(parts[2], torch::tensor({6})));
  EXPECT_EQ(torch::chunk(x, 2).size(), 2U);
  EXPECT_EQ(x.chunk(2)[0].numel(), 4);
  EXPECT_TRUE(same(torch::split_with_sizes(x, {2, 5})[1], torch::tensor({2, 3, 4, 5, 6})));
  EXPECT_TRUE(same(torch::unbind(grid(), 1)[2], torch::tensor({2, 5})));
  EXPECT_THROW(torch::split_with_sizes(x, {2, 2}), c10::Error);
}

TEST(Shape, Turns) {
  EXPECT_TRUE(same(torch::flip(grid(), {1}), torch::tensor({{2, 1, 0}, {5, 4, 3}})));
  EXPECT_TRUE(same(torch::roll(torch::arange(4), 1, 0), torch::tensor({3, 0, 1, 2})));
  EXPECT_TRUE(same(grid().flip({0, 1}), torch::tensor({{5, 4, 3}, {2, 1, 0}})));
  const auto axes = torch::meshgrid({torch::arange(2), torch::arange(3)});
  EXPECT_TRUE(same(axes[0], torch::tensor({{0, 0, 0}, {1, 1, 1}})));
  EXPECT_TRUE(same(axes[1], torch::tensor({{0, 1, 2}, {0, 1, 2}})));
}

TEST(Shape, Triangles) {
  const torch::Tensor x = torch::ones({2, 2}, torch::kLong);
  EXPECT_TRUE(same(torch::tril(x), torch::tensor({{1, 0}, {1, 1}})));
  EXPECT_TRUE(same(x.triu(1), torch::tensor({{0, 1}, {0, 0}})));
  EXPECT_TRUE(same(torch::diag(torch::tensor({1, 2})), torch::tensor({{1, 0}, {0, 2}})));
  EXPECT_TRUE(same(grid().diagonal(), torch::tensor({0, 4})));
}

TEST(Shape, SharesOrCopies) {
  torch::Tensor x = torch::zeros({2, 2});
  torch::Tensor view = x.view({4}), copy = x.clone(), handle = x, detached = x.detach();
  x[0][0] = 1;
  EXPECT_EQ(view[0].item<float>(), 1);
  EXPECT_EQ(copy[0][0].item<float>(), 0);
  EXPECT_EQ(detached[0][0].item<float>(), 1);
  EXPECT_TRUE(handle.is_same(x));
  EXPECT_EQ(x.data_ptr<float>(), view.data_ptr<float>());
}

TEST(Shape, IsResized) {
  torch::Tensor x = torch::arange(6);
  x.resize_({2, 2});
  EXPECT_TRUE(same(x, torch::tensor({{0, 1}, {2, 3}})));
  EXPECT_EQ(sizes(torch::empty({0}).resize_({3, 4})), (Sizes{3, 4}));
}

TEST(Shape, OfAScalar) {
  const torch::Tensor x = torch::tensor(4.0);
  EXPECT_EQ(x.dim(), 0);
  EXPECT_EQ(x.numel(), 1);
  EXPECT_EQ(sizes(x.unsqueeze(0)), (Sizes{1}));
  EXPECT_EQ(sizes(x.view({1, 1})), (Sizes{1, 1}));
  EXPECT_EQ(sizes(x.expand({3})), (Sizes{3}));
  EXPECT_THROW(x[0], c10::Error);
}

}  // namespace
