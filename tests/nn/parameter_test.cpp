#include <gtest/gtest.h>
#include <tapegrad/autograd/grad.h>
#include <tapegrad/nn/module.h>
#include <tapegrad/optim/sgd.h>

#include "tests/common/expect_error.h"

namespace tapegrad {
namespace {

struct Scale : nn::Module {
  nn::Parameter w = register_parameter("w", tensor({1.0f, 2.0f}));
  Tensor forward(const Tensor& x) { return x * w; }
};

TEST(Parameter, IsALeafThatRequiresGrad) {
  const nn::Parameter p(tensor({1.0, 2.0}));
  EXPECT_TRUE(p.requires_grad());
  EXPECT_TRUE(p.is_leaf());
  EXPECT_FALSE(nn::Parameter(tensor(1.0), false).requires_grad());
  EXPECT_FALSE(nn::Parameter().defined());
}

TEST(Parameter, MadeOfATensorLeavesThatTensorAlone) {
  const Tensor x = tensor({1.0, 2.0});
  const nn::Parameter p(x);
  EXPECT_FALSE(x.requires_grad());
  EXPECT_EQ(p.data_ptr(), x.data_ptr());
}

TEST(Parameter, CannotBeMadeOfIntegers) {
  expect_error<AutogradError>([] { nn::Parameter(tensor({1, 2})); }, "only Tensors of floating point dtype");
  EXPECT_EQ(nn::Parameter(tensor({1, 2}), false).dtype(), kLong);
}

TEST(Parameter, AssignedAPlainTensorTakesItsValueInPlace) {
  Scale model;
  optim::SGD optimizer(model.parameters(), 1.0);
  const Tensor handle = model.parameters()[0];
  const std::int64_t version = handle.version();
  model.w = tensor({5.0, 6.0});  // Double: cast
  EXPECT_TRUE(handle.is_same(model.w));
  EXPECT_TRUE(handle.equal(tensor({5.0f, 6.0f})));
  EXPECT_GT(handle.version(), version);
  EXPECT_TRUE(model.w.requires_grad());
  model.forward(ones({2})).sum().backward();
  optimizer.step();
  EXPECT_TRUE(model.w.equal(tensor({4.0f, 5.0f})));
}

TEST(Parameter, TakesAnExpressionOfItself) {
  Scale model;
  model.w = model.w * 3 + 1;
  EXPECT_TRUE(model.w.is_leaf());
  EXPECT_TRUE(model.w.equal(tensor({4.0f, 7.0f})));
}

TEST(Parameter, RefusesAValueOfOtherSizes) {
  Scale model;
  expect_error<ShapeError>([&] { model.w = tensor({1.0f}); }, "sizes [1] was assigned to a parameter of sizes [2]");
  expect_error<Error>([&] { model.w = Tensor(); }, "undefined");
  EXPECT_TRUE(model.w.equal(tensor({1.0f, 2.0f})));
}

TEST(Parameter, AssignedAParameterShowsIt) {
  Scale a, b;
  a.w = b.w;
  EXPECT_TRUE(a.w.is_same(b.w));
  EXPECT_FALSE(a.parameters()[0].is_same(b.w));
}

TEST(Parameter, UndefinedBecomesALeafOfItsOwn) {
  nn::Parameter p;
  const Tensor x = tensor({1.0, 2.0});
  p = x;
  EXPECT_TRUE(p.requires_grad());
  EXPECT_NE(p.data_ptr(), x.data_ptr());
  EXPECT_TRUE(p.equal(x));
}

TEST(Parameter, IsHeldByATensorMemberToo) {
  struct Libtorch : nn::Module {
    Tensor w;
    Libtorch() { w = register_parameter("w", randn({3})); }
  };
  const Libtorch model;
  EXPECT_TRUE(model.w.is_same(model.parameters()[0]));
  EXPECT_TRUE(model.w.requires_grad());
}

}  // namespace
}  // namespace tapegrad
