// squeeze_, unsqueeze_, t_, transpose_: the handle shows a view of what it showed.
#include <gtest/gtest.h>
#include <tapegrad/tapegrad.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

TEST(SizesInPlace, ShowTheSameElements) {
  Tensor x = arange(6).view({1, 2, 3});
  const auto* data = x.data_ptr<std::int64_t>();
  EXPECT_EQ(x.squeeze_().sizes(), (IntList{2, 3}));
  EXPECT_EQ(x.t_().sizes(), (IntList{3, 2}));
  EXPECT_EQ(x.unsqueeze_(0).sizes(), (IntList{1, 3, 2}));
  EXPECT_EQ(x.transpose_(0, 2).sizes(), (IntList{2, 3, 1}));
  EXPECT_EQ(x.squeeze_(2).sizes(), (IntList{2, 3}));
  EXPECT_TRUE(x.equal(tensor({{0, 1, 2}, {3, 4, 5}})));
  EXPECT_EQ(x.data_ptr<std::int64_t>(), data);
  EXPECT_EQ(zeros({1, 2}).squeeze_(0).sizes(), IntList{2});
}

TEST(SizesInPlace, AreRecorded) {
  const Tensor leaf = ones({2, 3}, requires_grad());
  Tensor y = leaf * 2;
  y.retain_grad();
  y.unsqueeze_(0).transpose_(1, 2);
  EXPECT_EQ(y.grad_fn()->name(), "TransposeBackward0");
  (y * tensor({{1.0f, 2.0f}, {3.0f, 4.0f}, {5.0f, 6.0f}})).sum().backward();
  EXPECT_TRUE(leaf.grad().equal(tensor({{2.0f, 6.0f, 10.0f}, {4.0f, 8.0f, 12.0f}})));
  EXPECT_EQ(y.grad().sizes(), (IntList{1, 3, 2}));
  y.mul_(2);  // alone, it owns its bytes
}

TEST(SizesInPlace, AreRefusedWhereSomethingWouldMissThem) {
  Tensor x = zeros({1, 2});
  const Tensor other = x;
  expect_error<ShapeError>([&] { x.squeeze_(); }, "squeeze_: a tensor of sizes [1, 2] that another handle shows");
  Tensor leaf = ones({1, 2}, requires_grad());
  expect_error<AutogradError>([&] { leaf.t_(); }, "t_: a leaf Variable that requires grad");
  Tensor y = leaf * 2;
  const NoGradGuard no_grad;
  expect_error<AutogradError>([&] { y.unsqueeze_(0); }, "history goes on unrecorded");
  expect_error<AutogradError>([&] { leaf.transpose_(0, 1); }, "use the out-of-place form");
  EXPECT_EQ(leaf.sizes(), (IntList{1, 2}));
  expect_error<IndexError>([&] { Tensor(ones({2})).unsqueeze_(4); }, "Dimension out of range");
  expect_error<AutogradError>([] { Tensor().squeeze_(); }, "undefined");
}

}  // namespace
}  // namespace tapegrad
