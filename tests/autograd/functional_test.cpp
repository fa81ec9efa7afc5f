// jacobian, hessian, vjp, jvp, hvp against derivatives worked out by hand.
#include <tapegrad/testing.h>

namespace tapegrad::autograd::functional {
namespace {

Tensor doubles(const TensorData& data) { return tensor(data, kDouble); }

TEST(Jacobian, OfAnElementwiseFunctionIsDiagonal) {
  const Tensor x = doubles({1.0, 2.0, 3.0});
  EXPECT_TENSOR_EQ(jacobian([](const Tensor& t) { return t * t; }, x),
                   doubles({{2.0, 0.0, 0.0}, {0.0, 4.0, 0.0}, {0.0, 0.0, 6.0}}));
}

TEST(Jacobian, HasTheSizesOfOutputAndInputForEachPair) {
  const Tensor a = ones({2, 3}, kDouble), b = ones({3}, kDouble);
  const auto j = jacobian(
      [](const tensor_list& x) {
        return tensor_list{x[0].matmul(x[1]), x[0].sum()};
      },
      tensor_list{a, b});
  ASSERT_EQ(j.size(), 2U);
  EXPECT_EQ(j[0][0].sizes(), IntList({2, 2, 3}));
  EXPECT_EQ(j[0][1].sizes(), IntList({2, 3}));
  EXPECT_TENSOR_EQ(j[0][1], a);
  EXPECT_EQ(j[1][0].sizes(), IntList({2, 3}));
  EXPECT_TENSOR_EQ(j[1][1], zeros({3}, kDouble));  // the sum does not depend on b
}

TEST(Jacobian, OfEmptyAndOfConstantOutputsIsZeros) {
  const Tensor x = doubles({1.0, 2.0});
  EXPECT_EQ(jacobian([](const Tensor& t) { return t.narrow(0, 0, 0); }, x).sizes(), IntList({0, 2}));
  EXPECT_TENSOR_EQ(jacobian([](const Tensor& t) { return t.gt(0).to(kDouble); }, x), zeros({2, 2}, kDouble));
}

TEST(Jacobian, LeadsOnToWhatTheInputsWereMadeFromWithCreateGraph) {
  const Tensor w = doubles({2.0, 3.0}).requires_grad_();
  const Tensor j = jacobian([](const Tensor& t) { return t * t * t; }, w * 2, true);
  j.sum().backward();  // sum 3 (2w)^2, so 24 w
  EXPECT_TENSOR_NEAR(w.grad(), doubles({48.0, 72.0}), 1e-12);
}

TEST(Jacobian, TouchesNoGradAndLeavesInputsAlone) {
  const Tensor x = doubles({1.0}).requires_grad_(), plain = doubles({1.0});
  jacobian([&](const Tensor& t) { return t * x; }, plain);
  EXPECT_FALSE(x.grad().defined());
  EXPECT_FALSE(plain.requires_grad());
}

TEST(Jacobian, WorksWhereRecordingIsOff) {
  const NoGradGuard off;
  EXPECT_TENSOR_EQ(jacobian([](const Tensor& t) { return t.exp(); }, doubles({0.0})), doubles({{1.0}}));
}

TEST(Jacobian, RefusesIntegers) {
  EXPECT_THROW(jacobian([](const Tensor& t) { return t; }, arange(3)), AutogradError);
}

TEST(Hessian, OfAQuadraticFormIsItsSymmetricPart) {
  const Tensor a = doubles({{1.0, 2.0}, {3.0, 4.0}});
  const Tensor h =
      hessian([&](const Tensor& x) { return x.dot(a.mm(x.unsqueeze(1)).squeeze(1)); }, doubles({0.3, -1.0}));
  EXPECT_TENSOR_NEAR(h, doubles({{2.0, 5.0}, {5.0, 8.0}}), 1e-12);
}

TEST(Hessian, HasABlockForEachPairOfInputs) {
  const Tensor x = doubles({1.0, 2.0}), y = doubles({3.0});
  const auto h = hessian([](const tensor_list& in) { return tensor_list{(in[0] * in[1]).sum()}; }, tensor_list{x, y});
  EXPECT_TENSOR_EQ(h[0][0], zeros({2, 2}, kDouble));
  EXPECT_TENSOR_EQ(h[0][1], ones({2, 1}, kDouble));
  EXPECT_TENSOR_EQ(h[1][0], ones({1, 2}, kDouble));
  EXPECT_TENSOR_EQ(h[1][1], zeros({1, 1}, kDouble));
}

TEST(Hessian, RefusesAFunctionOfSeveralElements) {
  EXPECT_THROW(hessian([](const Tensor& x) { return x * x; }, doubles({1.0, 2.0})), AutogradError);
}

TEST(Products, AgreeWithTheJacobian) {
  manual_seed(3);
  const Tensor x = randn({4}, kDouble), v = randn({4}, kDouble), w = randn({3}, kDouble), m = randn({3, 4}, kDouble);
  const auto fn = [&](const tensor_list& in) { return tensor_list{m.matmul(in[0]).tanh()}; };
  const Tensor j = jacobian(fn, tensor_list{x})[0][0];
  const auto [out, vj] = vjp(fn, {x}, {w});
  EXPECT_TENSOR_EQ(out[0], fn({x})[0]);
  EXPECT_FALSE(out[0].requires_grad());
  EXPECT_TENSOR_NEAR(vj[0], w.matmul(j), 1e-14);
  EXPECT_TENSOR_NEAR(jvp(fn, {x}, {v}).second[0], j.matmul(v), 1e-14);
}

TEST(Products, OfTheHessianAgreeWithIt) {
  manual_seed(4);
  const Tensor x = randn({5}, kDouble), v = randn({5}, kDouble);
  const auto fn = [](const tensor_list& in) { return tensor_list{(in[0].exp() * in[0].sin()).sum().square()}; };
  const Tensor h = hessian(fn, tensor_list{x})[0][0];
  EXPECT_TENSOR_NEAR(hvp(fn, {x}, {v}).second[0], h.matmul(v), 1e-12);
  EXPECT_TENSOR_NEAR(h, h.t(), 1e-12);
}

TEST(Products, CheckTheSizesOfV) {
  const auto fn = [](const tensor_list& in) { return tensor_list{in[0].sum()}; };
  EXPECT_THROW(jvp(fn, {ones({3})}, {ones({2})}), ShapeError);
  EXPECT_THROW(hvp(fn, {ones({3})}, {}), ShapeError);
  EXPECT_THROW(vjp(fn, {ones({3})}, {ones({2})}), ShapeError);
}

}  // namespace
}  // namespace tapegrad::autograd::functional
